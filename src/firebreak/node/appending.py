"""Composing and appending: nothing enters our log that the rules would make void."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from firebreak.desk.dialogue import Place
from firebreak.desk.notices import extent_m, notice_of, reason_given
from firebreak.desk.overlap import volume_of
from firebreak.errors import Malformed, Misuse, Refused, StoreTrouble
from firebreak.ledger.judge import Judged, Tail, parse_entry
from firebreak.node.logs import Log
from firebreak.node.sending import Sending
from firebreak.node.shared import Done, DraftContext, Shared
from firebreak.node.view import View
from firebreak.node.wording import void_text
from firebreak.records import sign1
from firebreak.records.agreement import Channel
from firebreak.records.kinds import NEVER_HELD_UP, Body, Displayed, Kind, Lapsed
from firebreak.records.record import (
    ID_PREFIX,
    NODE_AUTHOR,
    SEEN_DIGEST,
    Record,
    Reference,
    Seen,
    parse_payload,
    record_id,
    sign_record,
)
from firebreak.records.spelling import code_name, duration_text, length_text, name_of
from firebreak.store import interface as rows
from firebreak.values import Millis, OfficeNumber, Precedence, RecordId

CLOCK_TOLERANCE = 5 * 60_000
"""ms: own officers' composed-at may differ by this from the node's clock."""


class Appending:
    """One side's way into its own logs. checks: each refuses our own words that it holds back;
    wants_second: whether our own rule wants a second officer for a kind, beside the agreement's."""

    def __init__(self, shared: Shared, sending: Sending, view: View) -> None:
        self.shared = shared
        self.sending = sending
        self.view = view
        self.checks: list[Callable[[int, Record], None]] = []
        self.wants_second: Callable[[int], bool] = lambda kind: False

    def draft(self, channel: int, author: int) -> DraftContext:
        """What a record composed now on this channel says of its surroundings."""
        own, theirs = self.shared.own(channel), self.shared.theirs(channel)
        seen = Seen(self.shared.peer, theirs.durable, self.digest(channel, theirs))
        return DraftContext(
            self.shared.agreement.version,
            self.shared.control.sizes[self.shared.party],
            own.tail.serials.get(author, -1) + 1,
            (seen,),
            self.shared.around.clock(),
        )

    def digest(self, channel: int, log: Log) -> bytes:
        digest = self.shared.books[channel].digest(log.party, log.durable)
        assert digest is not None
        return digest[:SEEN_DIGEST]

    def submit(self, channel: int, records: Sequence[bytes], done: Done) -> list[rows.Entry]:
        """Append signed records to our log on a channel, all or none.

        done(None) once they are durable; done(error) if they never will be. Raises Refused, with
        what to do, and changes nothing, if the rules would make any of them void. Records that are
        handed in again, since the answer did not come, are not appended again: it is given again.
        """
        self.may_append(channel)
        try:
            verdicts = self.would_be_valid(channel, records)
        except Refused:
            kept = self.kept_already(channel, records)
            if kept is None:
                raise
            self.shared.around.store.submit([], done)  # after what may still be on its way there
            return kept
        book, log, now = (
            self.shared.books[channel],
            self.shared.own(channel),
            self.shared.around.clock(),
        )
        taken = [self.shared.take_judged(book, log, *verdict, now) for verdict in verdicts]
        return self._commit(channel, taken, done)

    def kept_already(self, channel: int, records: Sequence[bytes]) -> list[rows.Entry] | None:
        """The entries that these very records made when they were handed in before, if they were."""
        book, log = self.shared.books[channel], self.shared.own(channel)
        start = self._index_of(channel, log, records[0])
        if start is None:
            return None
        found = [book.stored(log.party, start + n) for n in range(len(records))]
        kept = [stored[0] for stored in found if stored is not None]
        return kept if [entry.record for entry in kept] == list(records) else None

    def _index_of(self, channel: int, log: Log, data: bytes) -> int | None:
        try:
            payload = sign1.parse(data).payload
            record = parse_payload(payload)
        except Malformed:
            return None
        agreement = self.shared.control.agreement(log.party, record.control, record.version)
        if agreement is None:
            return None
        identity = record_id(agreement.context(channel, log.party), payload)
        recent = (entry for entry, _ in reversed(log.recent.values()))
        for entry in (*recent, *self.shared.around.store.find(identity)):
            if entry.origin == log.origin and entry.record_id == identity:
                return entry.index
        return None

    def may_append(self, channel: int) -> None:
        """Raises Misuse, with what to do, where nothing may be appended now."""
        refusal = self.refusal(channel)
        if refusal is not None:
            raise refusal

    def refusal(self, channel: int) -> Misuse | None:
        """Why nothing may be appended to our log on a channel now; None if it may."""
        if self.shared.failed is not None:
            return self.shared.failed
        if self.shared.recovering:
            return Refused(
                "This node is recovering: its store is new in this place, or an older copy. It"
                " appends nothing until the other side has said what it holds, and that is here."
                " Use the telephone meanwhile."
            )
        if self.shared.own(channel).forked:
            return Refused(
                "This log has two histories; nothing more may be appended. Root keys must open a"
                " new epoch. Use the telephone meanwhile."
            )
        return None

    def would_be_valid(
        self, channel: int, records: Sequence[bytes]
    ) -> list[tuple[bytes, Judged, Tail]]:
        """Each record, how it is judged, and the log's tail after it. Raises Refused."""
        book, log = self.shared.books[channel], self.shared.own(channel)
        tail: Tail = log.tail
        now = self.shared.around.clock()
        made = []
        for data in records:
            before = tail.release
            judged, tail = book.try_judge(log, tail, parse_entry(data))
            if judged.record is not None:
                self.scope(channel, judged.record)
            if judged.void is not None:
                raise Refused(void_text(judged.void))
            assert judged.record is not None
            self.own_clock(judged.record, now)
            self.own_volume(channel, judged.record)
            self.own_desk(channel, judged.record)
            self.own_release(judged.id, judged.record, before)
            made.append((data, judged, tail))
        return made

    def scope(self, channel: int, record: Record) -> None:
        """A kind that this channel does not carry is refused with the channel where it belongs."""
        terms = self.shared.terms(channel)
        if (
            record.kind in terms.kinds
            or record.kind not in set(Kind)
            or record.kind == Kind.RELEASE
        ):
            return
        kind = Kind(record.kind)
        name = kind.name.lower().replace("_", " ")
        belongs = self.shared.agreement.channel_for(kind)
        where = (
            f"it belongs on the {belongs.name.lower()} channel"
            if belongs is not None
            else "no channel of this agreement carries it; the parties would have to agree on one"
        )
        here = Channel(channel).name.lower()
        raise Refused(f"A {name} is not carried on the {here} channel: {where}.")

    def own_clock(self, record: Record, now: Millis) -> None:
        if abs(record.composed_at - now) > CLOCK_TOLERANCE:
            raise Refused(
                "The record's time of composition differs from this node's clock by more than five"
                " minutes. Set the clock of your machine, then compose it again."
            )
        if not self.shared.agreement.valid_from <= now < self.shared.agreement.valid_until:
            raise Refused("The agreement is not in force now. Agree on a new version.")

    def own_desk(self, channel: int, record: Record) -> None:
        """What the desk holds back of our own words, as "ready" before a call is staffed."""
        for check in self.checks:
            check(channel, record)

    def own_release(
        self, identity: RecordId, record: Record, release: tuple[bytes, int] | None
    ) -> None:
        """Our own rule for two officers is kept as the agreement's is (J-26). release: just before."""
        if not self.wants_second(record.kind):
            return
        if release is None or release[0] != identity or release[1] == record.author:
            raise Refused(
                f"Our own rule: a {code_name(Kind, record.kind)} is released by a second officer."
                " Have one sign too: --release KEYFILE"
            )

    def own_volume(self, channel: int, record: Record) -> None:
        volume = volume_of(record)
        if volume is None:
            return
        self.not_blanket(channel, record)
        self.not_late_without_reason(record)
        for overlap in self.view.overlaps(channel, record):
            if overlap.unseen and record.kind not in NEVER_HELD_UP:
                raise Refused(
                    "A notice of the other side that this one overlaps came in meanwhile."
                    " Read it first (`firebreak inbox`), then file again."
                )

    def not_blanket(self, channel: int, record: Record) -> None:
        """A notice wider or longer than the channel allows is refused with the cap that it breaks."""
        notice = notice_of(record)
        if notice is None or not self.view.blanket(channel, self.shared.party, record):
            return
        terms = self.shared.terms(channel)
        extent, duration = extent_m(notice.area), notice.window.duration
        if extent > terms.widest_notice_m:
            what = f"is {-(-extent // 1_000):,} km across"
            cap, instead = length_text(terms.widest_notice_m), "smaller areas"
        else:
            what = f"lasts {duration_text(duration)}"
            cap, instead = duration_text(terms.longest_notice_ms), "shorter times"
        raise Refused(
            f"The notice {what}; the agreement allows {cap} on this channel, and a blanket notice"
            f" claims nothing. File several notices, for {instead}."
        )

    def not_late_without_reason(self, record: Record) -> None:
        """A notice that misses its lead time says why."""
        notice = notice_of(record)
        if notice is None or reason_given(record) is not None:
            return
        if self.view.late(self.shared.party, record):
            raise Refused(
                f"The notice comes later than was agreed for {name_of(notice.purpose)}. Give the"
                " reason (`--reason`), then file it again."
            )

    def append(self, channel: int, records: Sequence[bytes], done: Done) -> list[rows.Entry]:
        """Append what came back from the other side's mirror, valid or void as it was."""
        book, log, now = (
            self.shared.books[channel],
            self.shared.own(channel),
            self.shared.around.clock(),
        )
        taken = [self.shared.take(book, log, parse_entry(data), now) for data in records]
        return self._commit(channel, taken, done)

    def _commit(
        self, channel: int, taken: Sequence[tuple[rows.Entry, Judged]], done: Done
    ) -> list[rows.Entry]:
        """Make durable what was appended to our log in memory, under a new head; then send it."""
        book, log = self.shared.books[channel], self.shared.own(channel)
        size = log.tail.size
        signed = self.shared.sign_head(log, size, log.frontier.root())
        entries = [entry for entry, _ in taken]
        writes = [*entries, signed, *self.shared.rows_for(book, log, taken)]

        def finished(error: StoreTrouble | None) -> None:
            if error is not None:
                self.shared.store_failed(error)
                done(error)
                return
            log.settle(size, signed.root)
            log.head = signed
            for entry, judged in taken:
                self.view.committed(channel, log, entry, judged)
            urgent = tuple(
                entry.index
                for entry, judged in taken
                if judged.record is not None and judged.record.precedence >= Precedence.IMMEDIATE
                if not self.shared.recovering  # then they gave it back, and have it
            )
            self.sending.perform(
                self.shared.link.appended(channel, size, urgent, self.shared.around.clock())
            )
            done(None)
            self.sending.flush()

        self.shared.around.store.submit(writes, finished)
        return entries

    def append_as_node(
        self,
        channel: int,
        body: Body,
        about: Place,
        to: tuple[OfficeNumber, ...] = (),
        done: Done = lambda error: None,
    ) -> None:
        """Append a record that the node itself signs: `displayed` and `lapsed` only."""
        draft = self.draft(channel, NODE_AUTHOR)
        target = self.shared.books[channel].entry(*about)
        assert target is not None
        kind = {Displayed: Kind.DISPLAYED, Lapsed: Kind.LAPSED}[type(body)]
        record = Record(
            draft.version,
            NODE_AUTHOR,
            draft.control,
            to,
            kind,
            Reference(about[0], about[1], target.id[:ID_PREFIX]),
            draft.now,
            Precedence.ROUTINE,
            None,
            draft.serial,
            draft.seen,
            body,
        )
        signed = sign_record(
            record,
            self.shared.agreement.context(channel, self.shared.party),
            self.shared.keys.record,
        )
        self.submit(channel, [signed.data], done)
