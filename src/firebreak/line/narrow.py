"""The narrow line: bundles in datagrams of its own, for slow wires and for lossy ones (spec/narrow.md).

Pure. A session cuts bundles into pieces, the urgent ahead of all else at every datagram; keeps so
little under way that what is urgent finds the wire nearly free; repeats what is not acknowledged.
It trusts a short keyed sum for keeping strangers out, and the seal of each bundle for all else.
"""

from __future__ import annotations

import hashlib
import heapq
import hmac
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from firebreak.values import Precedence

ASK, ANSWER, DATA = 1, 2, 3
"""What a datagram is: its first byte."""
ACKNOWLEDGED, PIECE, PING = 1, 2, 3
"""What a frame is: its first byte."""

HINT_BYTES = 2
NONCE_BYTES = 8
NUMBER_BYTES = 4
TAG_BYTES = 8
MOST_DATAGRAM = 1_200
"""Bytes above UDP: these pass every path unbroken."""
MOST_MESSAGE = 1 << 20
"""Bytes of a bundle (B-1)."""
MOST_WAITING = 4 << 20
"""Bytes that wait for one peer before `put` refuses; urgent bundles may use half as much again."""
MOST_PARTS = 12 << 20
"""Bytes held for bundles that have come in part; the oldest is forgotten for a new one. All that an
honest peer has waiting fits: what it knows to be here it does not send again."""

KEPT_ALIVE = 20_000
"""ms without a word from the peer after which it is asked for one."""
ASK_AGAIN, LAST_ASK = 1_000, 15_000
"""ms between questions for a session: the first, and after a long silence."""
SILENCE = 60_000
"""ms without a word, or without an acknowledgement of ours, after which a session is over."""

_BELOW = 28
"""Bytes of IPv4 and UDP before each datagram: on a slow wire they count."""
_HEAD = 1 + HINT_BYTES + NUMBER_BYTES + TAG_BYTES
_HELLO_BYTES = 1 + HINT_BYTES + 2 * NONCE_BYTES + TAG_BYTES
_LEAST_DATAGRAM = _HEAD
_ACK_BYTES = 1 + NUMBER_BYTES + 4
_PIECE_HEAD = 1 + 2 + 3 + 3 + 2
_LEAST_WINDOW, _FIRST_WINDOW, _LAST_WINDOW = 288, 640, 1 << 18
"""Bytes under way, unacknowledged."""
_LEAST_ROOM = 192
"""Bytes of the smallest datagram that is cut: at 2,400 bit/s it takes the wire for 0.64 s."""
_LOSSY_WINDOW = 4_800
"""The least on a wire that loses much and does not queue."""
_QUEUE, _QUEUE_SHARE = 100, 8
"""ms that datagrams may wait on the wire for one another, or such a part of the shortest round trip if
that is more; above it less is kept under way."""
_CEILING_ROUNDS = 32
"""Round trips for which a window that made the wire queue is not tried again."""
_HELD_FOR_MORE, _HELD_FOR_ANSWER = 1_500, 100
"""ms for which nothing ordinary goes, so that an urgent answer finds the wire free: after a piece of an
urgent bundle, for the rest of it; and once it is whole, for the answer itself."""
_URGENT_ACK_DELAY = 50
"""ms that the acknowledgement of an urgent bundle waits for that answer to ride on."""
_BASE_KEPT = 60_000
"""ms for which a shortest round trip counts: paths change."""
_UNKNOWN_ROUND = 3_000
"""ms: the first guess of a round trip."""
_COPY_AFTER = 250
"""ms after which, on a wire that loses, an idle line says a thing again unasked."""
_LOSSY, _VERY_LOSSY = 0.06, 0.18
_ACK_DELAY = 20
"""ms that an acknowledgement waits for something to ride on."""
_REORDERED = 3
_FEW_IN_VAIN, _MOST_IN_VAIN = 2, 8
"""Losses in a row after which the wire may have become slow; may be cut, and is only probed."""
_LATE_KEPT = 512
_REPLAY_WINDOW = 64
_DONE_KEPT = 4_096
_SEQUENCE_BITS = 14
_SEQUENCES = 1 << _SEQUENCE_BITS
_MOST_MESSAGES = 4_096
_RETIRED_KEPT = 64
_CANDIDATES_KEPT = 8
_PART_OVERHEAD = 512
_URGENT = Precedence.IMMEDIATE
_URGENT_UNDER_WAY = 8_192
"""Bytes of urgent pieces that may be under way beyond the window."""


@dataclass(frozen=True, slots=True)
class LineKeys:
    """The two directions' keys of a line between two nodes."""

    out: bytes
    back: bytes

    @classmethod
    def of(cls, secret: bytes, ours: bytes, theirs: bytes) -> LineKeys:
        """From the secret that the pair shares and both X25519 sealing keys (N-1)."""

        def key(sender: bytes, receiver: bytes) -> bytes:
            return _mac(secret, b"firebreak narrow 1\x00" + sender + receiver, 32)

        return cls(key(ours, theirs), key(theirs, ours))


def hint(key: bytes) -> bytes:
    """By which a receiver finds the sender's key, whatever address the datagram comes from."""
    return _mac(key, b"hint", HINT_BYTES)


def _mac(key: bytes, data: bytes, size: int = TAG_BYTES) -> bytes:
    return hashlib.blake2s(data, key=key, digest_size=size).digest()


@dataclass(slots=True)
class _Message:
    number: int
    data: bytes
    precedence: Precedence
    order: int
    cut: int = 0
    missing: deque[_Piece] = field(default_factory=deque)
    unacknowledged: int = 0
    queued: bool = False

    def __lt__(self, other: _Message) -> bool:
        return (-self.precedence, self.order) < (-other.precedence, other.order)

    @property
    def has_more(self) -> bool:
        return bool(self.missing) or self.cut < len(self.data)


@dataclass(slots=True)
class _Piece:
    message: _Message
    start: int
    stop: int
    acknowledged: bool = False
    under_way: int = 0
    sent_at: int = 0


@dataclass(slots=True)
class _Flight:
    """One datagram on its way."""

    sent_at: int
    give_up_at: int
    size: int
    pieces: tuple[_Piece, ...]
    urgent: bool
    lost: bool = False


@dataclass(slots=True)
class _Part:
    """A bundle that has come in part."""

    data: bytearray
    missing: int
    starts: bytearray
    """A bit for each byte: whether a piece has come that begins there. It does not grow."""

    @classmethod
    def of(cls, total: int) -> _Part:
        """Of a bundle of so many bytes, of which none has come."""
        return cls(bytearray(total), total, bytearray(total // 8 + 1))

    @property
    def held(self) -> int:
        """Bytes of memory, about."""
        return _held_for(len(self.data))

    def begins(self, start: int) -> bool:
        """Note a piece by where it begins; False if it was there before."""
        place, bit = start // 8, 1 << start % 8
        before, self.starts[place] = self.starts[place], self.starts[place] | bit
        return not before & bit


def _is_queue(taken: int, base: int) -> bool:
    """Whether a round trip took so much longer than another one that datagrams wait on the wire."""
    return taken - base > max(_QUEUE, base // _QUEUE_SHARE)


def _held_for(total: int) -> int:
    return total + total // 8 + _PART_OVERHEAD


@dataclass(frozen=True, slots=True)
class Taken:
    """What a datagram brought.

    fresh: it answers this session and is the newest: it alone shows where the peer is; answer: what
    to send back to where it came from, whoever that is.
    """

    fresh: bool = False
    bundles: tuple[bytes, ...] = ()
    answer: bytes | None = None


NOTHING = Taken()


class Session:
    """One side of a narrow line. Times are ms of a clock that never goes back.

    randomness: as `secrets.token_bytes`. `take` what comes, `put` what is to go, hand out what is
    `due` now and again at `wake_at`.
    """

    def __init__(self, keys: LineKeys, randomness: Callable[[int], bytes], now: int) -> None:
        self._keys = keys
        self._randomness = randomness
        self._hint = hint(keys.out)
        self.meetings = 0
        self._begin(now)

    def _begin(self, now: int) -> None:
        """Know nothing of the peer, but what to ask."""
        self.met = False
        self._ours = self._randomness(NONCE_BYTES)
        self._theirs = bytes(NONCE_BYTES)
        self._candidates: OrderedDict[bytes, int] = OrderedDict()
        self._retired: deque[bytes] = deque(maxlen=_RETIRED_KEPT)
        self._ask_at, self._ask_every = now, ASK_AGAIN
        self._asked_at: int | None = None
        self._out_key = self._back_key = b""
        self._reset(now)

    def _reset(self, now: int) -> None:
        self.heard_at = now
        self._number = 0
        self._outgoing: tuple[deque[_Message], ...] = tuple(deque() for _ in Precedence)
        self._next_sequence = [0] * len(Precedence)
        self._order = 0
        self._waiting: list[_Message] = []
        self._waiting_bytes = 0
        self._flights: OrderedDict[int, _Flight] = OrderedDict()
        self._late: OrderedDict[int, _Flight] = OrderedDict()
        self._under_way = 0
        self._urgent_under_way = 0
        self._window = _FIRST_WINDOW
        self._starting = True
        self._queues = False
        self._limited = False
        self._shrunk_at = now
        self._ceiling, self._ceiling_until = _LAST_WINDOW, now
        self._held_until: int | None = None
        self._round: float | None = None
        self._hello_round: int | None = None
        self._spread = 0.0
        self._bases: deque[tuple[int, int]] = deque()
        self._in_vain = 0
        self._unanswered_since: int | None = None
        self._ping_at = now + KEPT_ALIVE
        self.loss = 0.0
        self._largest = 0
        self._seen = 0
        self._ack_at: int | None = None
        self._parts: OrderedDict[int, _Part] = OrderedDict()
        self._parts_bytes = 0
        self._done: OrderedDict[int, None] = OrderedDict()
        self._expected = [0] * len(Precedence)

    # -- what comes --------------------------------------------------------------------------

    def take(self, datagram: bytes, now: int) -> Taken:
        """What a datagram brings; nothing, if it is not the peer's own and new (N-2 to N-4)."""
        if not _LEAST_DATAGRAM <= len(datagram) <= MOST_DATAGRAM:
            return NOTHING
        match datagram[0]:
            case 1 | 2 if len(datagram) == _HELLO_BYTES:
                return self._hello(datagram, now)
            case 3:
                return self._data(datagram, now)
            case _:
                return NOTHING

    def _hello(self, datagram: bytes, now: int) -> Taken:
        body, tag = datagram[:-TAG_BYTES], datagram[-TAG_BYTES:]
        if not hmac.compare_digest(_mac(self._keys.back, body), tag):  # N-2
            return NOTHING
        theirs = body[3 : 3 + NONCE_BYTES]
        echo = body[3 + NONCE_BYTES :]
        if body[0] == ASK:
            if theirs in self._retired:
                return NOTHING
            self._ask_of(theirs, now)
            return Taken(answer=self._hello_out(ANSWER, theirs))  # it may be a repeat: no more
        if echo != self._ours or self.met:  # N-3
            return NOTHING
        self._meet(theirs, now, self._asked_at)
        return Taken(fresh=True)

    def _ask_of(self, theirs: bytes, now: int) -> None:
        """Keep the nonces of the last few that asked: an ask that is played again hides none."""
        if self.met and theirs == self._theirs:
            return
        self._candidates.setdefault(theirs, now)
        self._candidates.move_to_end(theirs)
        if len(self._candidates) > _CANDIDATES_KEPT:
            self._candidates.popitem(last=False)

    def _meet(self, theirs: bytes, now: int, since: int | None) -> None:
        """since: when the first word went that this one answers."""
        if self.met:
            self._retired.append(self._theirs)
        self._candidates.pop(theirs, None)
        self.met, self._theirs = True, theirs
        self.meetings += 1
        self._out_key = _mac(self._keys.out, self._ours + theirs, 32)
        self._back_key = _mac(self._keys.back, theirs + self._ours, 32)
        self._reset(now)
        self._hello_round = None if since is None else now - since
        self._ack_at = now  # shows the peer, too, that both have met

    def _data(self, datagram: bytes, now: int) -> Taken:
        body, tag = datagram[:-TAG_BYTES], datagram[-TAG_BYTES:]
        if not (self.met and hmac.compare_digest(_mac(self._back_key, body), tag)):
            asker = self._asker_of(body, tag)
            if asker is None:
                return NOTHING
            self._meet(
                asker, now, self._candidates[asker]
            )  # N-3: it names what this node has just drawn
        number = int.from_bytes(body[3 : 3 + NUMBER_BYTES], "big")
        newest = number > self._largest
        if not self._is_new(number):  # N-4
            self._ack_at = now if self._ack_at is None else self._ack_at
            return NOTHING
        self.heard_at, self._ping_at = now, now + KEPT_ALIVE
        return Taken(newest, tuple(self._frames(body, 3 + NUMBER_BYTES, now)))

    def _asker_of(self, body: bytes, tag: bytes) -> bytes | None:
        """Which of those that asked has made data of our answer."""
        for theirs in self._candidates:
            key = _mac(self._keys.back, theirs + self._ours, 32)
            if hmac.compare_digest(_mac(key, body), tag):
                return theirs
        return None

    def _is_new(self, number: int) -> bool:
        if number > self._largest:
            shift = number - self._largest
            window = (1 << _REPLAY_WINDOW) - 1
            self._seen = ((self._seen << shift) | (1 << (shift - 1))) & window if shift <= 64 else 0
            self._largest = number
            return True
        behind = self._largest - number
        if behind == 0 or behind > _REPLAY_WINDOW or self._seen >> (behind - 1) & 1:
            return False
        self._seen |= 1 << (behind - 1)
        return True

    def _frames(self, body: bytes, at: int, now: int) -> list[bytes]:
        """Every frame of a datagram; one that is malformed ends it."""
        whole: list[bytes] = []
        while at < len(body):
            code = body[at]
            if code == ACKNOWLEDGED and at + _ACK_BYTES <= len(body):
                largest = int.from_bytes(body[at + 1 : at + 5], "big")
                self._acknowledged(largest, int.from_bytes(body[at + 5 : at + 9], "big"), now)
                at += _ACK_BYTES
                continue
            self._ack_at = now + _ACK_DELAY if self._ack_at is None else self._ack_at
            if code == PIECE and at + _PIECE_HEAD <= len(body):
                number = int.from_bytes(body[at + 1 : at + 3], "big")
                start = int.from_bytes(body[at + 3 : at + 6], "big")
                total = int.from_bytes(body[at + 6 : at + 9], "big")
                size = int.from_bytes(body[at + 9 : at + 11], "big")
                at += _PIECE_HEAD + size
                if at > len(body) or not size:
                    break
                made = self._piece(number, start, total, body[at - size : at])
                whole += made
                urgent = number >> _SEQUENCE_BITS >= _URGENT
                if urgent and (made or number in self._parts):
                    self._held_until = now + (_HELD_FOR_ANSWER if made else _HELD_FOR_MORE)
                if made:
                    self._ack_at = now + (_URGENT_ACK_DELAY if urgent else 0)
            elif code == PING:
                at += 1
            else:
                break
        return whole

    def _piece(self, number: int, start: int, total: int, data: bytes) -> list[bytes]:
        """Put a piece to its bundle; the bundles that this lets go on, in order."""
        if not self._is_awaited(number) or total > MOST_MESSAGE or start + len(data) > total:
            return []
        part = self._parts.get(number)
        if part is None or len(part.data) != total:
            if part is not None:
                self._drop(number)
            while self._parts and self._parts_bytes + _held_for(total) > MOST_PARTS:  # N-7
                self._drop(next(iter(self._parts)))
            part = self._parts[number] = _Part.of(total)
            self._parts_bytes += part.held
        if not part.begins(start):
            return []
        part.data[start : start + len(data)] = data
        part.missing -= len(data)
        if part.missing > 0:
            return []
        if number >> _SEQUENCE_BITS < _URGENT:
            return self._in_order(number >> _SEQUENCE_BITS)
        self._done[number] = None
        if len(self._done) > _DONE_KEPT:
            self._done.popitem(last=False)
        return [self._finish(number)]

    def _is_awaited(self, number: int) -> bool:
        """Whether a bundle of this number is still to come."""
        precedence, sequence = number >> _SEQUENCE_BITS, number % _SEQUENCES
        if precedence >= _URGENT:
            return number not in self._done
        return (sequence - self._expected[precedence]) % _SEQUENCES < _SEQUENCES // 2

    def _in_order(self, precedence: int) -> list[bytes]:
        """N-8: the bundles of a precedence that are whole, up to the first that is not."""
        made: list[bytes] = []
        while True:
            number = precedence << _SEQUENCE_BITS | self._expected[precedence]
            part = self._parts.get(number)
            if part is None or part.missing > 0:
                return made
            made.append(self._finish(number))
            self._expected[precedence] = (self._expected[precedence] + 1) % _SEQUENCES

    def _finish(self, number: int) -> bytes:
        return bytes(self._drop(number).data)

    def _drop(self, number: int) -> _Part:
        part = self._parts.pop(number)
        self._parts_bytes -= part.held
        return part

    def _acknowledged(self, largest: int, before: int, now: int) -> None:
        """The peer has these datagrams: learn the wire's round trip, and what got lost."""
        newest: _Flight | None = None
        slow: _Flight | None = None
        gained = 0
        for number in [largest, *(largest - 1 - n for n in range(32) if before >> n & 1)]:
            flight = self._flights.pop(number, None)
            if flight is None:
                late = self._late.pop(number, None)
                if late is not None:  # it was not lost, only slower than was thought
                    self.loss = max(0.0, self.loss - 1 / 32)
                    slow = late if slow is None else slow
                    for piece in late.pieces:
                        self._settle(piece)
                continue
            self._land(flight)
            gained += flight.size
            self.loss += (0.0 - self.loss) / 32
            newest = flight if newest is None else newest
            for piece in flight.pieces:
                piece.under_way -= 1
                self._settle(piece)
        newest = newest or slow
        if newest is not None:
            self._in_vain, self._unanswered_since = 0, now if self._flights else None
            self._measure(now - newest.sent_at, gained, now)
        for number in [n for n in self._flights if n < largest - _REORDERED]:
            self._lose(number)

    def _settle(self, piece: _Piece) -> None:
        if piece.acknowledged:
            return
        piece.acknowledged = True
        message = piece.message
        message.unacknowledged -= piece.stop - piece.start
        if message.unacknowledged == 0:
            self._waiting_bytes -= len(message.data)

    def _land(self, flight: _Flight) -> None:
        self._under_way -= flight.size
        self._urgent_under_way -= flight.size if flight.urgent else 0

    def _measure(self, taken: int, gained: int, now: int) -> None:
        """Keep more under way while the wire does not queue, less once it does."""
        if self._round is None:
            self._round, self._spread = float(taken), taken / 8
            if self._hello_round is not None and _is_queue(taken, self._hello_round):
                # A word of a few bytes was so much quicker that size is what takes the time.
                self._shrink(_LEAST_WINDOW, now)
        else:
            self._spread += (abs(self._round - taken) - self._spread) / 4
            self._round += (taken - self._round) / 8
        while self._bases and (self._bases[-1][1] >= taken or self._bases[0][0] < now - _BASE_KEPT):
            self._bases.pop() if self._bases[-1][1] >= taken else self._bases.popleft()
        self._bases.append((now, taken))
        base = self._bases[0][1]
        self._queues = _is_queue(taken, base)
        if not self._queues:
            if self.loss > _LOSSY:
                self._window = max(self._window, _LOSSY_WINDOW)
            if self._limited:
                share = 1.0 if self._starting else min(1.0, 160 / self._window)
                most = _LAST_WINDOW if now >= self._ceiling_until else self._ceiling
                self._window = max(self._window, min(most, self._window + int(gained * share)))
        elif now - self._shrunk_at >= self._round:
            self._shrink(self._window * 3 // 4, now)
        self._limited = False

    def _shrink(self, window: int, now: int) -> None:
        """Keep less under way, and for a while no more than that."""
        rounds = 0.0 if self._round is None else _CEILING_ROUNDS * self._round
        self._starting, self._shrunk_at = False, now
        self._window = self._ceiling = max(_LEAST_WINDOW, window)
        self._ceiling_until = now + int(rounds)

    def _lose(self, number: int) -> None:
        flight = self._flights.pop(number)
        self._land(flight)
        self.loss += (1.0 - self.loss) / 32
        self._late[number] = flight
        if len(self._late) > _LATE_KEPT:
            self._late.popitem(last=False)
        for piece in flight.pieces:
            piece.under_way -= 1
            if not piece.acknowledged and piece.under_way == 0:
                piece.message.missing.append(piece)
                self._queue(piece.message)

    # -- what goes ---------------------------------------------------------------------------

    def put(self, bundle: bytes, precedence: Precedence) -> bool:
        """Take a bundle to be sent; False if the peers have not met or there is no room (N-7)."""
        room = MOST_WAITING * 3 // 2 if precedence >= _URGENT else MOST_WAITING
        outgoing = self._outgoing[precedence]
        while outgoing and outgoing[0].unacknowledged == 0:
            outgoing.popleft()
        full = self._waiting_bytes + len(bundle) > room or len(outgoing) >= _MOST_MESSAGES
        if not self.met or not bundle or full:
            return False
        number = precedence << _SEQUENCE_BITS | self._next_sequence[precedence]
        message = _Message(number, bundle, precedence, self._order)
        message.unacknowledged = len(bundle)
        outgoing.append(message)
        self._next_sequence[precedence] = (self._next_sequence[precedence] + 1) % _SEQUENCES
        self._order += 1
        self._waiting_bytes += len(bundle)
        self._queue(message)
        return True

    @property
    def waiting(self) -> int:
        """Bytes of bundles that are not acknowledged yet."""
        return self._waiting_bytes

    def _queue(self, message: _Message) -> None:
        if not message.queued:
            message.queued = True
            heapq.heappush(self._waiting, message)

    def due(self, now: int) -> list[bytes]:
        """The datagrams to send now."""
        made: list[bytes] = []
        if self.met and self._is_over(now):
            self._begin(now)
        if not self.met:
            if now >= self._ask_at:
                made.append(self._hello_out(ASK, bytes(NONCE_BYTES)))
                self._asked_at = now if self._asked_at is None else self._asked_at
                self._ask_at = now + self._ask_every
                self._ask_every = min(LAST_ASK, self._ask_every * 9 // 8)
            return made
        self._give_up(now)
        if self._held_until is not None and now >= self._held_until:
            self._held_until = None
        while (datagram := self._next(now)) is not None:
            made.append(datagram)
        return made

    def wake_at(self) -> int:
        """When `due` next has something, at the latest."""
        if not self.met:
            return self._ask_at
        times = [self.heard_at + SILENCE, self._ping_at]
        if self._ack_at is not None:
            times.append(self._ack_at)
        if self._unanswered_since is not None:
            times.append(self._unanswered_since + SILENCE)
        if self._waiting and self._held_until is not None:
            times.append(self._held_until)
        times += [flight.give_up_at for flight in self._flights.values()]
        if self._copies() > 1 and not self._waiting:
            times += [piece.sent_at + _COPY_AFTER for piece in self._repeatable()]
        return min(times)

    def _is_over(self, now: int) -> bool:
        """N-5: they are silent, or deaf."""
        since = self._unanswered_since
        return now - self.heard_at >= SILENCE or (since is not None and now - since >= SILENCE)

    def _hello_out(self, kind: int, echo: bytes) -> bytes:
        body = bytes([kind]) + self._hint + self._ours + echo
        return body + _mac(self._keys.out, body)

    def _give_up(self, now: int) -> None:
        overdue = [n for n, flight in self._flights.items() if flight.give_up_at <= now]
        for number in overdue:
            self._lose(number)
        if overdue:
            self._in_vain += 1
            if self._in_vain > _MOST_IN_VAIN or (self._queues and self._in_vain > _FEW_IN_VAIN):
                self._window, self._starting = _LEAST_WINDOW, False

    def _next(self, now: int) -> bytes | None:
        """One datagram: the most urgent piece first, and what fits beside it."""
        while self._waiting and not self._waiting[0].has_more:
            heapq.heappop(self._waiting).queued = False
        acks = self._ack_at is not None and self._ack_at <= now
        pieces: list[_Piece] = []
        if self._waiting:
            urgent = self._waiting[0].precedence >= _URGENT
            room = self._room(urgent)
            if self._may_send(room, urgent):
                pieces = self._fill(room - _BELOW - _HEAD - self._ack_size(), urgent)
            elif self._held_until is None:
                self._limited = True
        elif self._copies() > 1:
            pieces = self._again(now)
        ping = not pieces and self._ping_at <= now
        if not (pieces or acks or ping):
            return None
        return self._datagram(tuple(pieces), ping, now)

    def _room(self, urgent: bool) -> int:
        """Bytes that the next datagram may have on the wire: little, on a slow one.

        There a small piece of a large urgent bundle goes ahead, and has the peer keep its wire free.
        """
        most = MOST_DATAGRAM + _BELOW
        if not urgent:
            return min(most, max(_LEAST_ROOM, self._window // 2))
        message = self._waiting[0]
        ahead = self._window < most and message.cut == 0 and len(message.data) > 2 * _LEAST_ROOM
        return _LEAST_ROOM if ahead else most

    def _may_send(self, size: int, urgent: bool) -> bool:
        if urgent:
            return self._urgent_under_way < _URGENT_UNDER_WAY
        if self._held_until is not None:
            return False
        return self._under_way == 0 or self._under_way + size <= self._window

    def _ack_size(self) -> int:
        return _ACK_BYTES if self._ack_at is not None else 0

    def _fill(self, room: int, urgent: bool) -> list[_Piece]:
        pieces: list[_Piece] = []
        while self._waiting and room > _PIECE_HEAD + 32:
            message = self._waiting[0]
            if not message.has_more:
                heapq.heappop(self._waiting).queued = False
                continue
            if urgent and message.precedence < _URGENT:
                break  # nothing rides with what is urgent: it would take its time
            piece = self._piece_of(message, room - _PIECE_HEAD, bool(pieces))
            if piece is None:
                break
            if not piece.acknowledged:
                pieces.append(piece)
                room -= _PIECE_HEAD + piece.stop - piece.start
        return pieces

    def _piece_of(self, message: _Message, room: int, rides: bool) -> _Piece | None:
        """A lost piece as it was cut, or a new one. A lost one goes even where it has no room."""
        if message.missing:
            piece = message.missing[0]
            if rides and piece.stop - piece.start > room:
                return None
            return message.missing.popleft()
        stop = min(len(message.data), message.cut + room)
        piece = _Piece(message, message.cut, stop)
        message.cut = stop
        return piece

    def _copies(self) -> int:
        """How often a thing is said at once on a wire that loses this much, and does not queue."""
        if self._queues or self._in_vain > _FEW_IN_VAIN:
            return 1
        return 3 if self.loss > _VERY_LOSSY else 2 if self.loss > _LOSSY else 1

    def _repeatable(self) -> list[_Piece]:
        """Pieces under way that this wire wants said again."""
        if self._under_way + MOST_DATAGRAM // 2 > max(self._window, 4 * _FIRST_WINDOW):
            return []
        copies = self._copies()
        found = {
            id(piece): piece
            for flight in self._flights.values()
            for piece in flight.pieces
            if not piece.acknowledged and piece.under_way < copies
        }
        return list(found.values())

    def _again(self, now: int) -> list[_Piece]:
        pieces: list[_Piece] = []
        room = MOST_DATAGRAM - _HEAD - _ACK_BYTES
        for piece in self._repeatable():
            size = _PIECE_HEAD + piece.stop - piece.start
            if piece.sent_at + _COPY_AFTER <= now and size <= room:
                pieces.append(piece)
                room -= size
        return pieces

    def _datagram(self, pieces: tuple[_Piece, ...], ping: bool, now: int) -> bytes:
        self._number += 1
        parts = [bytes([DATA]), self._hint, self._number.to_bytes(NUMBER_BYTES, "big")]
        if self._ack_at is not None:
            self._ack_at = None
            parts.append(
                bytes([ACKNOWLEDGED])
                + self._largest.to_bytes(NUMBER_BYTES, "big")
                + (self._seen & 0xFFFFFFFF).to_bytes(4, "big")
            )
        for piece in pieces:
            message = piece.message
            parts += [
                bytes([PIECE]) + message.number.to_bytes(2, "big"),
                piece.start.to_bytes(3, "big") + len(message.data).to_bytes(3, "big"),
                (piece.stop - piece.start).to_bytes(2, "big"),
                message.data[piece.start : piece.stop],
            ]
            piece.under_way += 1
            piece.sent_at = now
        if ping:
            parts.append(bytes([PING]))
            self._ping_at = now + KEPT_ALIVE // 4
        body = b"".join(parts)
        if pieces or ping:
            self._depart(pieces, len(body) + TAG_BYTES + _BELOW, now)
        return body + _mac(self._out_key, body)

    def _depart(self, pieces: tuple[_Piece, ...], size: int, now: int) -> None:
        urgent = any(piece.message.precedence >= _URGENT for piece in pieces)
        self._under_way += size
        self._urgent_under_way += size if urgent else 0
        self._flights[self._number] = _Flight(now, now + self._patience(), size, pieces, urgent)
        if self._unanswered_since is None:
            self._unanswered_since = now

    def _patience(self) -> int:
        """ms until a datagram that was sent now counts as lost."""
        one = _UNKNOWN_ROUND if self._round is None else self._round + 4 * self._spread
        full = max(1.0, self._under_way / self._window)
        patience = max(200.0, one * full + 50)
        few, many = (max(0, self._in_vain - n) for n in (_FEW_IN_VAIN, _MOST_IN_VAIN))
        patience = max(patience, min(patience * 1.5**few, _UNKNOWN_ROUND))
        return int(patience * min(1.5**many, 5.0))
