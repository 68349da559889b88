"""A running node: clock, keys, store, sockets and one timer round the core, all on one event loop."""

from __future__ import annotations

import asyncio
import gc
import secrets
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from firebreak.carriers.carriers import Carriers, Events
from firebreak.carriers.socket import Address, PeerPin, Refusal
from firebreak.desk.entries.checks import Carrier
from firebreak.errors import FirebreakError, InvalidValue, KeyTrouble, StoreTrouble
from firebreak.line.narrow import LineKeys
from firebreak.node.alerts import About, Alert, Level
from firebreak.node.announce import announce
from firebreak.node.attention import Attention
from firebreak.node.calls import Calls
from firebreak.node.checks import Checks
from firebreak.node.checks import Surroundings as Around
from firebreak.node.core import Node, Outside
from firebreak.node.desk import Desk
from firebreak.node.humanitarian import Humanitarian
from firebreak.node.incidents import Incidents
from firebreak.node.journal import Journal
from firebreak.node.lamp import light
from firebreak.node.linecheck import LineChecks
from firebreak.node.lookout import Lookout
from firebreak.node.opening import joined
from firebreak.node.post import Post
from firebreak.node.relaying import Relaying
from firebreak.node.routes import Routes
from firebreak.node.side import Side
from firebreak.node.summoning import Summoning
from firebreak.records.roster import Roster
from firebreak.sealing import SealingPublic
from firebreak.store.check import read_through
from firebreak.store.directory import NodeDirectory
from firebreak.store.keyfiles import NodeSecrets, node_public
from firebreak.store.sqlite import SqliteStore, open_store, replace_lost
from firebreak.values import Millis

LONGEST_SLEEP: Final = 30.0
"""Seconds: the wall clock may be set, and a timer does not follow it."""
_LOOK_AFTER: Final = 0.05
"""Seconds after something happened until the timer is set anew: once for many things together."""
_IDLE_AFTER: Final = 0.05
"""Seconds until lines of the journal are committed alone, if nothing else is committed before."""
_OVERDUE_SLEEP: Final = 1.0
"""Seconds until the next tick where the last one left something due, as a store that fails does."""
_REFUSALS_APART: Final = 600.0
"""Seconds between alerts of one sort of refused caller: anybody may call."""


def clock() -> Millis:
    """This machine's clock."""
    return Millis(time.time_ns() // 1_000_000)


class Runner:
    """One node in its directory. Make it, `start` it within a loop, `stop` it.

    Raises Misuse or Misbehaviour, with what to do, for a directory that cannot run.
    """

    def __init__(self, directory: NodeDirectory) -> None:
        self.directory = directory
        self.secrets = NodeSecrets.load(directory.path)
        self.card = directory.card()
        self.started_at = clock()
        self.leaving = asyncio.Event()
        self._check_card()
        self.agreements = directory.agreements()
        self._narrow = directory.config.narrow
        self._joined = joined(directory, self.secrets, self.agreements)
        self._timer: asyncio.TimerHandle | None = None
        self._looks: asyncio.TimerHandle | None = None
        self._not_before = 0.0
        self.told: Counter[About] = Counter()
        self.watchers: list[Callable[[], None]] = []
        self._waiting: set[asyncio.Future[None]] = set()
        self._faults: set[str] = set()
        self._refused_at: dict[tuple[str, str | None], float] = {}
        self.lookout: Lookout | None = None
        self._watching: asyncio.Task[None] | None = None
        self.post: Post | None = None
        self._posting: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the store, listen and dial. Raises StoreTrouble, KeyTrouble or Misuse."""
        self._loop = asyncio.get_running_loop()
        path = self.directory.store
        if not path.exists():
            replace_lost(path)
        self.store: SqliteStore = open_store(
            path,
            self._in_turn,
            create=False,
            owner=self.secrets.log.public.raw,
            idle=self._when_idle,
        )
        try:
            self.node = Node(
                self.secrets.sealing,
                self._joined,
                Outside(
                    self.store,
                    clock,
                    self._send,
                    later=self._in_turn,
                    narrow=frozenset(self._narrow),
                ),
            )
            self.journal = Journal(
                self.store, self.secrets.log, self._own_rosters, clock, secrets.token_bytes
            )
            self.calls = Calls(self.node.sides, self.journal, clock)
            self.humanitarian = Humanitarian(self.node.sides, self.journal)
            self.desk = Desk(
                self.node.sides,
                self.journal,
                self.store,
                clock,
                self.node.tell,
                self._fault,
                self._own_rosters,
                self.calls.views,
            )
            self.incidents = Incidents(self.node.sides, self.journal)
            self.desk.more.append(self.incidents.still_open)
            self.desk.alarms.sources.append(self.incidents.due)
            self.summoning = Summoning(self.directory.config.summon, self.node.tell, clock)
            self.journal.observers.append(self.summoning.heard)
            self.node.observers.append(self._told)
            self._tell_void()
            for side in self.node.sides:
                light(side, self.store)
            self.line_checks = [LineChecks(side, clock()) for side in self.node.sides]
            around = Around(
                clock, self._carriers, self._trouble, self._card_version, self.started_at
            )
            self.checks = Checks(self.node.sides, self.journal, self.secrets.record, around)
            self.desk.alarms.sources += [self.checks.due, self.humanitarian.due]
            attention = Attention(self.node.sides, self.journal, clock)
            self.desk.alarms.sources.append(attention.due)
            self.post = self._post()
            self.carrier = self._carrier()
            self.relaying = Relaying(
                self.directory, self.secrets.tls, self.node, clock, self._where_relay
            )
            self.watchers.append(self.relaying.touched)
            self.routes = Routes(self.node.sides, self.journal, clock)
            self.desk.alarms.sources.append(self.routes.due)
            await self.carrier.start()
            await self.relaying.start()
        except BaseException:
            self.store.close()
            raise
        self.reading = self._loop.create_task(self._read_through())
        self._announce()
        self._tick()
        self._watch()
        if self.post is not None:
            self._posting = self._loop.create_task(self.post.run())
        gc.freeze()  # what is loaded now stays: the collector need not look at it again

    def leave(self) -> None:
        """Begin to end: whoever waits is woken, and asks for `stop`."""
        self.leaving.set()
        self._wake()

    async def stop(self) -> None:
        """Close the connections, then the store; what was submitted is finished first."""
        self.leave()
        for task in (self._watching, self._posting, *self.summoning.running):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        for handle in (self._timer, self._looks):
            if handle is not None:
                handle.cancel()
        await self.carrier.stop()
        await self.relaying.stop()
        await self.reading
        self.store.close()
        await asyncio.sleep(0)

    async def _read_through(self) -> bool:
        """Read the whole store once, beside the work; whether all of it is sound.

        Damage must not wait until somebody asks for what is damaged: nothing more is taken then.
        """
        path = self.directory.store
        try:
            return await asyncio.to_thread(read_through, path, self.leaving.is_set)
        except Exception as error:  # noqa: BLE001  # damage, or a fault: neither goes unsaid
            self._fault(error)
            return False

    def _watch(self) -> None:
        """Start the watch beside the line, if node.toml says what to watch."""
        watch = self.directory.config.watch
        if watch is None:
            return
        folder, sides = self.directory.path, self.node.sides
        self.lookout = Lookout(watch, folder, sides, self.store, clock, self.node.tell)
        self.watchers.append(self.lookout.touched)
        self._watching = self._loop.create_task(self.lookout.run())

    # -- what others ask of it ---------------------------------------------------------------

    def touched(self) -> None:
        """Something has happened: waiters look again, and the timer is set anew soon."""
        for watch in self.watchers:
            watch()
        self._wake()
        if self._looks is None and not self.leaving.is_set():
            self._looks = self._loop.call_later(_LOOK_AFTER, self._set_timer)

    def _wake(self) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until the condition holds, asked whenever something happens; False if time is up."""
        end = self._loop.time() + seconds
        while not condition():
            future: asyncio.Future[None] = self._loop.create_future()
            self._waiting.add(future)
            try:
                async with asyncio.timeout_at(end):
                    await future
            except TimeoutError:
                return condition()
            finally:
                self._waiting.discard(future)
        return True

    async def settled(self) -> None:
        """Wait until all that was given to the store is durable. Raises StoreTrouble."""
        future: asyncio.Future[None] = self._loop.create_future()
        self.store.submit([], finishing(future))
        await future

    def announced(self) -> list[str]:
        """Read card and agreements from the directory again and announce what is new of them.

        Returns what was announced, as sentences. Raises Misuse where it cannot be.
        """
        self.card = self.directory.card()
        self._check_card()
        self.agreements = self.directory.agreements()
        made = [line for side in self.node.sides for line in self._announce_on(side)]
        self.touched()
        return made

    # -- opening -----------------------------------------------------------------------------

    def _check_card(self) -> None:
        roster = self.card.roster
        ours = node_public(self.secrets)
        if roster.node != ours or roster.entries[0].key != self.secrets.record.public.raw:
            raise KeyTrouble(
                f"The keys in {self.directory.keys} are not those on this node's card. Put the keys"
                " that belong to the card back, or the card that belongs to the keys."
            )

    def _own_rosters(self) -> dict[int, Roster]:
        """Every version of the party's own roster, by its number."""
        versions = [*self.directory.own_cards(0), self.card]
        return {card.roster.version: card.roster for card in versions}

    def _carriers(self, peer: str) -> tuple[Carrier, ...]:
        """Ways of this node's bundles to a party, each tested in turn by line checks."""
        config = self.directory.config
        found = [Carrier.NARROW if peer in self._narrow else Carrier.WIRE]
        if config.mail is not None and config.mail.server and peer in config.mail.peers:
            found.append(Carrier.MAIL)
        if config.relays:
            found.append(Carrier.RELAY)
        return (*found, Carrier.BY_HAND)

    def _trouble(self, peer: str) -> str | None:
        return self.carrier.trouble(peer)

    def _card_version(self) -> int:
        return self.journal.roster

    def _tell_void(self) -> None:
        """What stands in our own journal and does not count, once at each start (JN-21)."""
        void = self.journal.void
        if void:
            first = void[0]
            what = "entry does" if len(void) == 1 else "entries do"
            text = (
                f"{len(void)} {what} not count in our own journal, the first number {first.index}:"
                f" {first.reason} See: firebreak journal list"
            )
            self.node.tell(Alert(clock(), Level.ALARM, About.VOID, text))

    def _carrier(self) -> Carriers:
        return Carriers(
            self.secrets.tls,
            self._pins(),
            self._line_keys(),
            parse_address(self.directory.config.listen),
            Events(self._take, self._connection, self._refused),
            secrets.token_bytes,
            self._where,
        )

    def _post(self) -> Post | None:
        """Mail, if node.toml sets it up."""
        mail = self.directory.config.mail
        if mail is None or not mail.server:
            return None
        told = (self.settled, self.touched, self._fault)
        return Post(self.directory, mail, self.node, clock, secrets.token_bytes, *told)

    def _line_keys(self) -> dict[str, LineKeys]:
        """Of each counterpart whose line is narrow, by name."""
        keys: dict[str, LineKeys] = {}
        ours = self.secrets.sealing
        for side in self.node.sides:
            if side.peer_name in self._narrow:
                theirs = side.shared.control.latest_roster(side.shared.peer).node
                secret = ours.shared_with(SealingPublic(theirs.x25519, theirs.xwing))
                keys[side.peer_name] = LineKeys.of(secret, ours.public.x25519, theirs.x25519)
        return keys

    def _where(self, peer: str) -> Address | None:
        """Where the operator says now that a counterpart is reached: it may have moved."""
        with suppress(FirebreakError, OSError):
            self.directory = NodeDirectory.open(self.directory.path)
        address = self.directory.config.peers.get(peer)
        return None if address is None else parse_address(address)

    def _where_relay(self, name: str) -> Address | None:
        """The same of a relay."""
        with suppress(FirebreakError, OSError):
            self.directory = NodeDirectory.open(self.directory.path)
        address = self.directory.config.relays.get(name)
        return None if address is None else parse_address(address)

    def _pins(self) -> dict[str, PeerPin]:
        """Each counterpart by name: the certificate on its newest roster, its address if known."""
        pins: dict[str, PeerPin] = {}
        roots: dict[str, bytes] = {}
        for side in self.node.sides:
            roster = side.shared.control.latest_roster(side.shared.peer)
            name, root = roster.party, roster.root_fingerprint()
            if roots.setdefault(name, root) != root:
                raise InvalidValue(
                    f"Two counterparts are both called {name}. Move the agreement with one of them"
                    f" out of {self.directory.agreements_folder}, and agree on another name."
                )
            address = self.directory.config.peers.get(name)
            pins[name] = PeerPin(
                roster.node.certificate,
                None if address is None else parse_address(address),
                name in self._narrow,
            )
        return pins

    def _announce(self) -> None:
        """What is new since the last run, on every side that may append; the others later."""
        for side in self.node.sides:
            try:
                self._announce_on(side)
            except FirebreakError as error:
                self.node.tell(Alert(clock(), Level.CAUTION, About.LINE, str(error)))

    def _announce_on(self, side: Side) -> list[str]:
        if side.shared.recovering:
            return []
        return announce(side, self.directory.own_cards, self.agreements)

    # -- what happens ------------------------------------------------------------------------

    def _in_turn(self, work: Callable[[], None]) -> None:
        """Do some work in a later turn of the loop."""
        self._loop.call_soon(self._do, work)

    def _when_idle(self, work: Callable[[], None]) -> None:
        """Do some work that nobody waits for, soon."""
        self._loop.call_later(_IDLE_AFTER, self._do, work)

    def _do(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001  # as above
            self._fault(error)
        self.touched()

    def _send(self, peer: str, data: bytes) -> bool:
        if self.post is None or self.carrier.connected(peer):
            return self.carrier.send(peer, data)
        return self.post.answer(peer, data)

    async def _take(self, peer: str, data: bytes) -> bool:
        good = False
        try:
            good = self.node.received_or_told(data, peer)
        except Exception as error:  # noqa: BLE001  # the line goes on; it is told, and not in silence
            self._fault(error)
        self.touched()
        await asyncio.sleep(0)  # the store and what it lets go on have a turn before the next
        return good

    def _connection(self, peer: str, stands: bool) -> None:
        self._do(lambda: self.node.connection(peer, stands))

    def _refused(self, refusal: Refusal) -> None:
        """Tell of a refused caller, but not of each: the carrier counts them all."""
        sort, now = (refusal.reason, refusal.peer), self._loop.time()
        if now - self._refused_at.get(sort, -_REFUSALS_APART) < _REFUSALS_APART:
            return
        self._refused_at[sort] = now
        self.node.tell(Alert(clock(), Level.CAUTION, About.LINE, refusal.text))

    def _told(self, number: int, alert: Alert) -> None:
        self.told[alert.about] += 1
        if alert.about is About.RECOVERED:
            self._loop.call_soon(self._announce)
        self.touched()

    def _fault(self, error: Exception) -> None:
        """A fault in the program: told once for each, in full to the loop's handler.

        A store that cannot be read or trusted is none: that ends what this node takes.
        """
        if isinstance(error, StoreTrouble):
            for side in self.node.sides:
                side.shared.store_failed(error)
            return
        self._loop.call_exception_handler({"message": "a fault in the program", "exception": error})
        what = " ".join(f"{type(error).__name__}: {error}".split())
        if what not in self._faults:
            self._faults.add(what)
            text = f"A fault in the program: {what}. Restart the node, and report it."
            self.node.tell(Alert(clock(), Level.ALARM, About.STORE, text))

    # -- time --------------------------------------------------------------------------------

    def _tick(self) -> None:
        try:
            self.node.tick()
            self.relaying.tick()
            self.desk.alarms.tick()
            for alert in (a for checks in self.line_checks for a in checks.tick(clock())):
                self.node.tell(alert)
            self.checks.tick()
        except Exception as error:  # noqa: BLE001  # the line goes on; it is told, and not in silence
            self._fault(error)
        wake = self._wake_at()
        left_due = wake is not None and wake <= clock()
        self._not_before = self._loop.time() + (_OVERDUE_SLEEP if left_due else 0.0)
        self._wake()
        self._set_timer()

    def _wake_at(self) -> Millis | None:
        times = [self.node.wake_at(), *(checks.wake_at() for checks in self.line_checks)]
        times.append(self.checks.wake_at())
        times.append(self.desk.alarms.wake_at())
        return min((time for time in times if time is not None), default=None)

    def _set_timer(self) -> None:
        """Wake when the core wants to, no sooner than allowed."""
        self._looks = None
        if self._timer is not None:
            self._timer.cancel()
        wake = self._wake_at()
        left = LONGEST_SLEEP if wake is None else (wake - clock()) / 1_000
        at = self._loop.time() + min(max(left, 0.0), LONGEST_SLEEP)
        self._timer = self._loop.call_at(max(at, self._not_before), self._tick)


def parse_address(text: str) -> Address:
    """Host and port of `host:port`, an IPv6 host in square brackets."""
    host, _, port = text.rpartition(":")
    return host.removeprefix("[").removesuffix("]"), int(port)


def finishing(future: asyncio.Future[None]) -> Callable[[FirebreakError | None], None]:
    """A callback for the store that finishes a future."""

    def finished(error: FirebreakError | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)

    return finished
