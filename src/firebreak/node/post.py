"""A node's mail (spec/mail.md): bundles to counterparts whom the wire does not reach, letters, and what comes.

Nothing is mailed but what there is to say: records without a receipt, receipts, and answers to what
came. The logs themselves say what that is; so whatever is lost on the way is found and mailed again.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from firebreak.carriers.mail import (
    Action,
    BundleMail,
    Letter,
    Notice,
    bundle_mail,
    check_address,
    check_groups,
    new_message_id,
    read_mail,
)
from firebreak.carriers.maildir import Maildir
from firebreak.carriers.outbox import FILE, Due, Kind, Mailed, Outbox, hand_in
from firebreak.carriers.smtp import (
    NotTaken,
    Security,
    Server,
    Submission,
    Taken,
    parse_server,
    read_password,
)
from firebreak.errors import FirebreakError, InvalidValue, Misbehaviour, StoreTrouble
from firebreak.line import bundle as wire
from firebreak.line.link import LineStatus
from firebreak.node.alerts import About, Alert, Level
from firebreak.node.core import Node
from firebreak.node.shared import BUNDLE_BYTES
from firebreak.node.side import Side
from firebreak.records.agreement import Channel
from firebreak.records.figures import date_time_group
from firebreak.sealing import SUITE_OF, parse_header
from firebreak.store.directory import MailConfig, NodeDirectory
from firebreak.values import Millis, Precedence

LOOK_S: Final = 1.0
"""Seconds between looks at what has come and what is to go."""
APART: Final = 10_000
"""ms between two bundles that are mailed to one party: what comes meanwhile goes together (M-11)."""
WIRE_GONE: Final = 60_000
"""ms without an answer on the wire, where there is one, until mail takes its place."""
FIRST_AGAIN: Final = 15 * 60_000
LAST_AGAIN: Final = 12 * 3_600_000
"""ms until records without a receipt are mailed again, doubled each time (M-11)."""
LATE: Final = 3_600_000
"""ms on the way from which on a mail's delay is told."""
_MOST_RECORDS: Final = 500
"""Records of one mail."""
_MOST_ANSWERS: Final = 4
"""Answers that wait to be mailed to one party."""
_REMEMBERED: Final = 1_000
"""Bundles that are known by their sum: the same again is nothing new."""
_HOUR: Final = 3_600_000


@dataclass(slots=True)
class _Way:
    """What is known of mail to the other party of one agreement.

    said: by channel, up to where our log and our receipts for theirs were mailed; ask_at: when a node
    that recovers asks again; owed: whether their
    mail brought entries since our last; again_at: when records without a receipt go again; written:
    what the bundle covers that waits in the outbox, of that address.
    """

    said: dict[int, tuple[int, int]]
    wired_at: Millis
    again_at: Millis
    again: int = FIRST_AGAIN
    ask_at: int = 0
    not_before: int = 0
    owed: bool = False
    receipted: dict[int, int] = field(default_factory=dict)
    address: str = ""
    written: Mapping[int, tuple[int, int]] | None = None
    answers: list[bytes] = field(default_factory=list)


class Post:
    """Mail of one running node. Raises Misuse for a setting that cannot be followed.

    settled: waits until all that was given to the store is durable; touched: something has happened;
    fault: takes an error that nobody expected.
    """

    def __init__(
        self,
        directory: NodeDirectory,
        config: MailConfig,
        node: Node,
        clock: Callable[[], Millis],
        randomness: Callable[[int], bytes],
        settled: Callable[[], Awaitable[None]],
        touched: Callable[[], None],
        fault: Callable[[Exception], None],
    ) -> None:
        self.config = config
        self.node = node
        self.outbox = Outbox(directory.path / FILE)
        self._folder = directory.path
        self._wires = directory.config.peers
        self._server = server_of(directory.path, config)
        self._maildir = Maildir(directory.path / config.maildir)
        self._clock = clock
        self._randomness = randomness
        self._settled = settled
        self._touched = touched
        self._fault = fault
        self._started = clock()
        self._ways: dict[int, _Way] = {}
        self._seen: deque[bytes] = deque(maxlen=_REMEMBERED)
        self._attempt: Submission | None = None
        self._troubles: set[str] = set()
        self._read_again = self._started
        for address in config.peers.values():
            check_address(address)

    async def run(self) -> None:
        """Take in and send until cancelled."""
        try:
            await asyncio.gather(self._forever(self._take_all), self._forever(self._send_all))
        finally:
            if self._attempt is not None:
                self._attempt.cancel()

    async def _forever(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except FirebreakError as error:
                self._ail(work.__name__, str(error))
            except Exception as error:  # noqa: BLE001  # the line goes on; it is told
                self._fault(error)
            else:
                self._ail(work.__name__, None)
            await asyncio.sleep(LOOK_S)

    def _ail(self, what: str, text: str | None) -> None:
        """Tell once why something does not go on now, and once that it does again (None)."""
        if (text is not None) == (what in self._troubles):
            return
        if text is None:
            self._troubles.remove(what)
            self._tell(Level.INFO, "Mail goes on again.")
        else:
            self._troubles.add(what)
            self._tell(Level.CAUTION, text)

    def _tell(self, level: Level, text: str, about: About = About.MAIL) -> None:
        self.node.tell(Alert(self._clock(), level, about, text))
        self._touched()

    # -- what goes -----------------------------------------------------------------------------

    def answer(self, peer: str, data: bytes) -> bool:
        """Mail a sealed bundle that answers what came, where the wire is away; False if it cannot."""
        if (
            parse_header(data).suite is not SUITE_OF["mail"]
        ):  # B-10: it was sealed for a narrow line
            return False
        for number, side in enumerate(self.node.sides):
            if side.peer_name == peer and peer in self.config.peers:
                way = self._ways.get(number)
                if way is not None and len(way.answers) < _MOST_ANSWERS:
                    way.answers.append(data)
                    return True
        return False

    async def _send_all(self) -> None:
        self._follow_addresses()
        for number, side in enumerate(self.node.sides):
            await self._write(number, side)
        while True:
            due = await asyncio.to_thread(self.outbox.due, self._clock())
            if due is None:
                return
            await self._hand_in(due)

    def _follow_addresses(self) -> None:
        """The operator's word on the parties' addresses, as it stands now."""
        now = self._clock()
        if not 0 <= now - self._read_again < APART:
            self._read_again = now
            config = NodeDirectory.open(self._folder).config
            self._wires = config.peers
            if config.mail is not None:
                for address in config.mail.peers.values():
                    check_address(address)
                self.config = replace(self.config, peers=config.mail.peers)

    async def _write(self, number: int, side: Side) -> None:
        """Put into the outbox what there is to say to one party, if it is time (M-11)."""
        address, now = self.config.peers.get(side.peer_name), self._clock()
        way = self._ways.get(number)
        if way is None:
            said = await asyncio.to_thread(self.outbox.progress, _name(side))
            began = self._started if side.peer_name in self._wires else Millis(0)
            way = self._ways[number] = _Way(said, began, Millis(now + FIRST_AGAIN))
        link = side.shared.link
        if link.connected and link.status is not LineStatus.DOWN:
            way.wired_at, way.written, way.owed = now, None, False
            way.answers.clear()
            for channel in side.shared.books:
                held = side.shared.theirs(channel).durable
                way.said[channel] = (link.outgoing[channel].receipted, held)
            return
        waits = side.peer_name in self._wires and 0 <= now - way.wired_at < WIRE_GONE
        if address is None or waits or 0 < way.not_before - now <= APART:
            return
        for answer in way.answers:
            await self._put(side, Kind.ANSWER, address, answer, {})
        if way.answers:
            way.answers.clear()
            way.not_before = now + APART
        if address != way.address:  # what went to the one before is said again
            way.again_at = now if way.address else way.again_at
            way.address, way.written = address, None
        found = self._to_say(side, way, now)
        if found is None:
            return
        items, covers, precedence = found
        way.owed = False
        if way.written == covers:
            return  # it waits in the outbox just so
        sealed = self.node.seal(side, side.sending.bundle(items), precedence, SUITE_OF["mail"])
        await self._put(side, Kind.BUNDLE, address, sealed, covers)
        way.written, way.not_before = covers, now + APART

    def _to_say(
        self, side: Side, way: _Way, now: Millis
    ) -> tuple[list[wire.Item], dict[int, tuple[int, int]], Precedence] | None:
        """The items of the next bundle, what they cover by channel, and how urgent they are."""
        shared, link = side.shared, side.shared.link
        for channel, out in link.outgoing.items():
            before, way.receipted[channel] = way.receipted.get(channel, 0), out.receipted
            if out.receipted > before:
                way.again, way.again_at = FIRST_AGAIN, Millis(now + FIRST_AGAIN)
            elif out.receipted < before:  # they have lost what they had
                way.said[channel] = (out.receipted, 0)
        # Not by how far it is away alone: the clock may have been set back.
        again = now >= way.again_at or way.again_at - now > LAST_AGAIN
        items: list[wire.Item] = []
        covers: dict[int, tuple[int, int]] = {}
        precedence, count, size = Precedence.ROUTINE, 0, 0
        says = way.owed
        if shared.recovering and (now >= way.ask_at or way.ask_at - now > FIRST_AGAIN):
            items += [side.sending.want_item(channel) for channel in shared.books]
            way.ask_at, says = now + FIRST_AGAIN, True
        for channel in sorted(shared.books, key=lambda one: one != Channel.CONTROL):
            ours, theirs = way.said.get(channel, (0, 0))
            has, held = link.outgoing[channel].receipted, shared.theirs(channel).durable
            says = says or held > theirs
            if held or shared.recovering:
                items += side.sending.receipt_items(channel)
            start = has if again else max(has, ours)
            stop = min(shared.own(channel).durable, start + _MOST_RECORDS - count)
            reached = max(start, ours if not again else has)
            for how, item in side.sending.entries_items(channel, start, max(start, stop)):
                assert isinstance(item, wire.Entries)
                if size > BUNDLE_BYTES:
                    break
                items.append(item)
                size += sum(map(len, item.records))
                count += len(item.records)
                reached = item.start + len(item.records)
                precedence = max(precedence, how)
                says = True
            covers[channel] = (reached, held)
        if not says:
            return None
        if again:
            way.again = min(way.again * 2, LAST_AGAIN)
            way.again_at = Millis(now + way.again)
        return items, covers, precedence

    async def _put(
        self,
        side: Side,
        kind: Kind,
        address: str,
        sealed: bytes,
        covers: Mapping[int, tuple[int, int]],
    ) -> None:
        now = self._clock()
        sender = self.config.address
        message_id = new_message_id(sender, self._randomness(16))
        languages = side.shared.agreement.languages
        data = bundle_mail(sealed, sender, address, message_id, now, languages)
        subject = f"Firebreak bundle {check_groups(sealed)}"
        mailed = Mailed(message_id, kind, side.peer_name, address, subject, now)
        await asyncio.to_thread(self.outbox.put, mailed, data, _name(side), covers)

    async def _hand_in(self, due: Due) -> None:
        self._attempt = Submission(self._server)
        answer = await asyncio.to_thread(
            hand_in, self.outbox, due, self.config.address, self._attempt, self._clock
        )
        self._attempt = None
        to = due.mailed.to or due.mailed.receiver
        match answer:
            case Taken():
                self._said(due)
                self._ail(to, None)
            case NotTaken(reason, True):
                self._said(due)
                self._ail(to, None)
                self._undelivered(to, due.mailed, "", reason)
            case NotTaken(reason, _):
                self._ail(to, f"Mail to {to} waits here: {reason}. It is tried again by itself.")

    def _said(self, due: Due) -> None:
        """A bundle has left the outbox, for good or ill: the same is not written at once again."""
        for number, side in enumerate(self.node.sides):
            way = self._ways.get(number)
            if _name(side) == due.side and way is not None and due.covers:
                way.written = None
                for channel, (ours, theirs) in due.covers.items():
                    before = way.said.get(channel, (0, 0))
                    way.said[channel] = (max(ours, before[0]), max(theirs, before[1]))

    def _undelivered(self, to: str, mailed: Mailed, status: str, reason: str) -> None:
        """A mail that will not arrive: its records stay undelivered, which is not unanswered (M-7)."""
        why = " ".join(filter(None, (status, reason))) or "no reason was given"
        help_ = (
            f"firebreak party peer {mailed.to} --mail ADDRESS"
            if mailed.kind is not Kind.LETTER
            else "firebreak mail write"
        )
        self._tell(
            Level.WARNING,
            f"The mail of {date_time_group(mailed.at)} to {to} ({mailed.receiver}) was not delivered:"
            f" {why}. Check the address ({help_}), or use another way.",
        )

    # -- what comes ----------------------------------------------------------------------------

    async def _take_all(self) -> None:
        for name in await asyncio.to_thread(self._maildir.arrived):
            if any(side.shared.failed is not None for side in self.node.sides):
                return  # it stays where it is until the store can keep it
            try:
                data = await asyncio.to_thread(self._maildir.content, name)
                mail = await asyncio.to_thread(read_mail, data)
                good = await self._take(mail)
            except StoreTrouble:
                raise
            except FirebreakError as error:
                self._refuse(error)
                good = False
            except Exception as error:  # noqa: BLE001  # one mail must not keep back those behind it
                self._fault(error)
                good = False
            keep = self._maildir.taken if good else self._maildir.refused
            await asyncio.to_thread(keep, name)

    def _refuse(self, error: FirebreakError) -> None:
        if isinstance(error, Misbehaviour):
            self.node.refused[type(error).__name__] += 1
        self._tell(Level.CAUTION, f"A mail is kept aside. {error}", About.REFUSED_BUNDLE)

    async def _take(self, mail: BundleMail | Notice | Letter) -> bool:
        """Whether it could be taken. Raises Misbehaviour for what cannot, StoreTrouble."""
        match mail:
            case BundleMail(bundle, date):
                return await self._take_bundle(bundle, date)
            case Notice():
                mailed = await asyncio.to_thread(self.outbox.noticed, mail, self._clock())
                if mailed is None:
                    raise InvalidValue("It says what became of a mail that was not sent from here.")
                self._take_notice(mailed, mail)
            case Letter():
                mailed = await asyncio.to_thread(self.outbox.replied, mail, self._clock())
                if mailed is None:
                    raise InvalidValue(
                        f"It is from {mail.sender or 'nobody'} and answers nothing that was sent"
                        " from here. Read it in a mail program."
                    )
                what = "A program has answered" if mail.automatic else "There is a reply to"
                self._tell(
                    Level.INFO if mail.automatic else Level.WARNING,
                    f"{what} the mail of {date_time_group(mailed.at)} to {mailed.receiver}."
                    f" See: firebreak mail show {mailed.message_id}",
                )
        return True

    async def _take_bundle(self, bundle: bytes, date: Millis | None) -> bool:
        digest = hashlib.sha256(bundle).digest()
        if digest in self._seen:
            return True
        side, opened = self.node.addressed(bundle)  # M-13: whoever has mailed it
        before = self.node.refused_count
        side.receive(opened)
        await self._settled()  # durable before it is moved (M-12)
        self._touched()
        self._seen.append(digest)
        number = self.node.sides.index(side)
        way = self._ways.get(number)
        if way is not None and any(
            isinstance(item, wire.Entries | wire.Overtaking) for item in opened.items
        ):
            way.owed = True
        late = 0 if date is None else self._clock() - date
        if late >= LATE:
            days, hours = divmod(late // _HOUR, 24)
            shown = f"{days} d {hours} h" if days else f"{hours} h"
            self._tell(
                Level.INFO,
                f"A mail of {side.peer_name}'s was {shown} on its way, by the date that it bears. It"
                " was taken like any other.",
            )
        return self.node.refused_count == before

    def _take_notice(self, mailed: Mailed, notice: Notice) -> None:
        to = mailed.to or mailed.receiver
        match notice.action:
            case Action.FAILED:
                self._undelivered(to, mailed, notice.status, notice.reason)
            case Action.DELAYED:
                self._tell(
                    Level.INFO,
                    f"The mail of {date_time_group(mailed.at)} to {to} is delayed:"
                    f" {notice.reason or 'no reason was given'}. The mail servers still try.",
                )
            case Action.DELIVERED | Action.RELAYED | Action.EXPANDED:
                pass  # a mail server has it; only a receipt says that the node has


def server_of(folder: Path, config: MailConfig) -> Server:
    """The mail server that node.toml names. Raises Misuse for a setting that cannot be followed."""
    if not config.address or not config.server:
        raise InvalidValue(
            "Mail is not set up. Set it up: firebreak mail setup --address ADDRESS --server HOST:PORT"
        )
    check_address(config.address)
    host, port = parse_server(config.server)
    try:
        security = Security(config.security)
    except ValueError:
        raise InvalidValue(
            f"{config.security[:40]!r} is no security of mail. It is tls, starttls or none."
        ) from None
    password = read_password(folder / config.password) if config.user else ""
    authority = folder / config.authority if config.authority else None
    if authority is not None and not authority.is_file():
        raise InvalidValue(f"{authority}, with the certificates that mail trusts, is not there.")
    return Server(host, port, security, config.user, password, authority)


def _name(side: Side) -> str:
    return side.shared.base.id.hex()
