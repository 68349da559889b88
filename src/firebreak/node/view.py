"""One party's own view: what is current, what is awaited, who was last heard, what to tell.

Unlike the shared state it knows the clock, and is never part of a digest.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from firebreak.desk.dialogue import Place
from firebreak.desk.notices import is_blanket, is_late, reason_given
from firebreak.desk.overlap import Current, Overlap, overlaps, volume_of
from firebreak.errors import InvalidValue
from firebreak.ledger.judge import Judged, Void, seen_sizes
from firebreak.node.alerts import About, Level
from firebreak.node.logs import Log
from firebreak.node.shared import Shared
from firebreak.node.wording import void_text
from firebreak.records.figures import kilometres_text
from firebreak.records.kinds import Acknowledge, HazardWarning, Kind, LineCheckReply
from firebreak.records.record import NODE_AUTHOR, Record
from firebreak.records.spelling import duration_text
from firebreak.store import interface as rows
from firebreak.values import Millis, PartyNumber, Precedence
from firebreak.volumes import Conflict, Volume, check

DOUBTFUL_AFTER = 10 * 60_000
"""ms that a composed-at may differ from when the record was stored here; more is shown."""

_MINUTE = 60_000


class Timing(StrEnum):
    """What an author's composed-at looks like by this node's clock. It is shown, never corrected."""

    RIGHT = "right"
    DELAYED = "delayed"
    DOUBTFUL = "doubtful"


def timing(record: Record, stored_at: Millis) -> Timing:
    """Ahead of our clock is doubtful: nothing comes before it was composed. Behind may be the way.

    What nodes sign themselves is never called either.
    """
    ahead = record.composed_at - stored_at
    if record.author == NODE_AUTHOR or abs(ahead) <= DOUBTFUL_AFTER:
        return Timing.RIGHT
    return Timing.DOUBTFUL if ahead > 0 else Timing.DELAYED


@dataclass(slots=True)
class HumanLamp:
    """The human lamp: when a person of the other side last wrote, and for which office."""

    at: Millis | None = None
    office: str | None = None


class View:
    """currents: by channel and dialogue; conflicts: what each checked entry met; awaited: due times.

    unchecked: dialogues whose area is unsound; overdue: what was told to be so; lapsing: when a lapse
    of ours may next be tried; doubted: their clock was told to be ahead, and was not right since;
    given_back: older records of theirs that came while this node recovers.
    """

    def __init__(self, shared: Shared) -> None:
        self.shared = shared
        self.human = HumanLamp()
        self.doubted = False
        self.given_back = 0
        self.currents: dict[int, dict[Place, Current]] = {channel: {} for channel in shared.books}
        self.unchecked: dict[int, set[Place]] = {channel: set() for channel in shared.books}
        self.conflicts: dict[tuple[int, Place], list[Overlap]] = {}
        self.awaited: dict[tuple[int, Place], Millis] = {}
        self.overdue: set[tuple[int, Place]] = set()
        self.lapsing: dict[tuple[int, Place], Millis] = {}
        for channel, book in shared.books.items():
            for row in shared.around.store.open_dialogues(book.local):
                self.follow(channel, (PartyNumber(row.root[0]), row.root[1]))

    def committed(self, channel: int, log: Log, entry: rows.Entry, judged: Judged) -> None:
        place = (log.party, entry.index)
        if judged.void is not None:
            self.void(channel, place, judged.void)
            return
        record = judged.record
        assert record is not None
        self.follow(channel, judged.root)
        if self.blanket(channel, log.party, record):
            self.tell_blanket(channel, place)
        else:
            self.check_volume(channel, place, record, judged.root)
        if log.own:
            return
        if self.shared.asked is not None and record.composed_at < self.shared.asked:
            self.given_back += 1  # no news: told together once this node has recovered
            return
        if self.late(log.party, record):
            self.tell_late(channel, place, record)
        self.human_lamp(log.party, record)
        self.announce(channel, place, record, entry.stored_at)

    def void(self, channel: int, place: Place, void: Void) -> None:
        about = About.UNKNOWN if void is Void.UNKNOWN_KIND else About.VOID
        self.shared.alert(Level.WARNING, about, void_text(void), channel, place)

    def human_lamp(self, party: PartyNumber, record: Record) -> None:
        if record.author == NODE_AUTHOR:
            return
        roster = self.shared.control.roster(party, record.control)
        # What comes late was written before; that it was written later than it came, nobody can claim.
        written = min(self.shared.around.clock(), record.composed_at)
        if roster is not None and (self.human.at is None or written > self.human.at):
            self.human.at = written
            self.human.office = roster.entries[record.author].office

    def announce(self, channel: int, place: Place, record: Record, at: Millis) -> None:
        if record.author == NODE_AUTHOR or isinstance(record.body, Acknowledge | LineCheckReply):
            level = Level.INFO
        elif record.precedence is Precedence.FLASH:
            level = Level.ALARM
        else:
            level = Level.WARNING if record.precedence else Level.CAUTION
        name = Kind(record.kind).name.lower().replace("_", " ")
        text, found = f"Received: {name}.", timing(record, at)
        if found is Timing.DELAYED:
            text += (
                " It was composed long before it came: delayed on the way, or its clock is behind."
            )
        self.shared.alert(level, About.RECEIVED, text, channel, place)
        if record.author != NODE_AUTHOR and found is not Timing.DELAYED:
            self.tell_doubtful(channel, place, found is Timing.DOUBTFUL)

    def tell_doubtful(self, channel: int, place: Place, doubtful: bool) -> None:
        """That their clock is ahead of ours, once until a time of theirs was right again."""
        before, self.doubted = self.doubted, doubtful
        if doubtful and not before:
            text = (
                "Its time of composition lies ahead of this node's clock: one of the two clocks is"
                " wrong. The time stands as it was signed. Compare clocks by telephone; this is told"
                " again only after a time of theirs was right."
            )
            self.shared.alert(Level.CAUTION, About.DOUBTFUL_TIME, text, channel, place)

    def blanket(self, channel: int, party: PartyNumber, record: Record) -> bool:
        """Whether a notice is beyond the caps of the version of the agreement that it names."""
        agreement = self.shared.control.agreement(party, record.control, record.version)
        terms = agreement.terms(channel) if agreement is not None else None
        return terms is not None and is_blanket(record, terms)

    def claimed(self, channel: int, party: PartyNumber, record: Record | None) -> Volume | None:
        """The volume that a record claims; None where it claims none, as a blanket notice does."""
        if record is None or self.blanket(channel, party, record):
            return None
        return volume_of(record)

    def late(self, party: PartyNumber, record: Record) -> bool:
        """Whether a notice misses the lead time of the version of the agreement that it names."""
        agreement = self.shared.control.agreement(party, record.control, record.version)
        return agreement is not None and is_late(record, agreement)

    def tell_blanket(self, channel: int, place: Place) -> None:
        text = (
            "A blanket notice: it is larger or longer than the agreement allows, so it claims nothing"
            " and holds nobody up. Object to it, or ask for clarification."
        )
        self.shared.alert(Level.WARNING, About.BLANKET, text, channel, place)

    def tell_late(self, channel: int, place: Place, record: Record) -> None:
        reason = reason_given(record)
        why = "without a reason" if reason is None else f"the reason given is: {reason}"
        text = f"It came later than the lead time agreed, {why}."
        self.shared.alert(Level.CAUTION, About.LATE_NOTICE, text, channel, place)

    def check_volume(self, channel: int, place: Place, record: Record, root: Place) -> None:
        try:
            found = self.overlaps(channel, record, place[0], root)
        except InvalidValue as error:
            text = f"Its area cannot be checked ({error}). Treat it as meeting every notice."
            self.shared.alert(Level.WARNING, About.UNCHECKED_AREA, text, channel, place)
            return
        if volume_of(record) is not None and self.unchecked[channel] - {root}:
            text = "A notice held here has an area that cannot be checked: this one may meet it."
            self.shared.alert(Level.WARNING, About.UNCHECKED_AREA, text, channel, place)
        if not found:
            return
        self.conflicts[(channel, place)] = found
        for overlap in found:
            self.tell_conflict(channel, place, overlap)

    def tell_conflict(self, channel: int, place: Place, overlap: Overlap) -> None:
        met, other = overlap.conflict, overlap.with_.place
        ours, theirs = self._named(channel, place), self._named(channel, other)
        text = f"{ours[0].upper()}{ours[1:]} meets {theirs}: {margins_text(met)}."
        details = {
            "with_party": other[0],
            "with_index": other[1],
            "horizontal_overlap_m": met.horizontal_overlap_m,
        }
        self.shared.alert(Level.WARNING, About.CONFLICT, text, channel, place, details)
        if overlap.unseen:
            text = "It was filed on a stale picture: its author had not seen that notice."
            self.shared.alert(Level.WARNING, About.STALE_PICTURE, text, channel, place)

    def _named(self, channel: int, place: Place) -> str:
        """What claims a volume, as people name it: notice 4e999816 of Nordland."""
        judged = self.shared.books[channel].entry(*place)
        assert judged is not None
        assert judged.record is not None
        what = "hazard warning" if isinstance(judged.record.body, HazardWarning) else "notice"
        return f"{what} {judged.id.hex()[:8]} of {self.shared.base.parties[place[0]].name}"

    def follow(self, channel: int, root: Place) -> None:
        """Keep the view of a dialogue: what is current, what is awaited until when."""
        state = self.shared.books[channel].state(root)
        self.currents[channel].pop(root, None)
        self.unchecked[channel].discard(root)
        if state.current is not None:
            judged = self.shared.books[channel].entry(*state.current)
            volume = self.claimed(channel, state.current[0], judged.record) if judged else None
            if volume is not None and volume.window.end > self.shared.around.clock():
                self._keep_current(channel, Current(state.current, root, volume))
        for question in state.questions:
            key = (channel, question.place)
            due = question.due if question.open else None
            if self.awaited.get(key) != due:  # what is told and logged of the old time is done with
                self.overdue.discard(key)
                self.lapsing.pop(key, None)
            if due is not None:
                self.awaited[key] = due
            else:
                self.awaited.pop(key, None)

    def _keep_current(self, channel: int, current: Current) -> None:
        """An unsound volume is kept apart: it can be compared with nothing, and holds nobody up."""
        try:
            check(current.volume)
        except InvalidValue:
            self.unchecked[channel].add(current.root)
        else:
            self.currents[channel][current.root] = current

    def overlaps(
        self,
        channel: int,
        record: Record,
        party: PartyNumber | None = None,
        root: Place | None = None,
    ) -> list[Overlap]:
        """Current notices that a record's volume meets, its own dialogue's apart.

        party: its author's, ours if not given; root: its dialogue, by its reference if not given.
        Raises InvalidValue for an unsound volume.
        """
        volume = volume_of(record)
        if volume is None:
            return []
        author = self.shared.party if party is None else party
        own_root = root if root is not None else self.root_of(channel, record)
        others = [c for c in self.currents[channel].values() if c.root != own_root]
        return overlaps(volume, others, seen_sizes(record), author)

    def root_of(self, channel: int, record: Record) -> Place | None:
        if record.refers_to is None:
            return None
        target = self.shared.books[channel].entry(record.refers_to.party, record.refers_to.index)
        return target.root if target else None

    def expire(self, now: Millis) -> None:
        for channel, currents in self.currents.items():
            ended = [root for root, current in currents.items() if current.volume.window.end <= now]
            for root in ended:
                del currents[root]
                book = self.shared.books[channel]
                state = book.state(root)
                asked = any(question.open for question in state.questions)
                row = rows.Dialogue(book.local, root, asked, state.due, state.digest())
                self.shared.around.store.submit([row], self.shared.ignore)


def margins_text(met: Conflict) -> str:
    """31.6 km deep, 5000 ft of height, 61 min: whole minutes, rounded up."""
    feet = met.height_overlap_ft
    height = "no limit of height" if feet is None else f"{feet} ft of height"
    if not met.heights_comparable:
        height = f"at most {height}"
    lasting = duration_text(-(-met.window_overlap_ms // _MINUTE) * _MINUTE)
    return f"{kilometres_text(met.horizontal_overlap_m)} deep, {height}, {lasting}"
