"""What must not wait, and what ends soon: all of it computed from the logs and the journal.

FLASH that nobody here has taken; notices and agreements that are about to end; our requests for
clarification that were not answered in time, after which a meeting is asked for. node/due.py tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from heapq import heapify, heappop, heappush
from typing import Final

from firebreak.desk import attested, journal
from firebreak.desk.attested import Attested
from firebreak.desk.dialogue import Place
from firebreak.desk.entries.contacts import Direction, Said
from firebreak.desk.journal import of_kind
from firebreak.desk.overlap import volume_of
from firebreak.desk.tables import Standing
from firebreak.node.alerts import About, Level
from firebreak.node.due import LOOK_AGAIN_MS, Due
from firebreak.node.following import Following
from firebreak.node.journal import Journal
from firebreak.node.side import Side
from firebreak.records.calls import Call, Means
from firebreak.records.figures import exact_date_time_group
from firebreak.records.kinds import (
    NODE_KINDS,
    Acknowledge,
    Clarify,
    HazardWarning,
    Kind,
    LineCheckReply,
)
from firebreak.records.record import Record
from firebreak.records.spelling import code_name
from firebreak.values import Millis, PartyNumber, Precedence
from firebreak.volumes import Window

_MINUTE: Final = 60_000
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR

FLASH_AGAIN: Final = 2 * _MINUTE
"""ms after which FLASH that nobody has taken alarms again; again as often."""
FLASH_FOR: Final = _DAY
"""ms after which it alarms no more. It stays in the inbox."""
NOTICE_AHEAD: Final = 30 * _MINUTE
"""ms before a notice ends that it is told, at most; of a short one, its last quarter."""
AGREEMENT_AHEAD: Final = 7 * _DAY
"""ms before an agreement ends that it is told; again every day."""
MEETING_WITHIN: Final = 48 * _HOUR
"""ms after an unanswered clarification in which a meeting is asked for (Vienna Document 2011, III)."""
MEETING_AGAIN: Final = 12 * _HOUR
_LOOK_BACK: Final = 400 * _HOUR
"""ms before the start that the logs are read: 48 h to answer and 48 h to meet, and room."""

_Key = tuple[int, int, Place]
"""Number of the side, channel, place."""


class Attention:
    """What logs and journal show, back to what can matter; what was taken or answered is forgotten."""

    def __init__(self, sides: Sequence[Side], kept: Journal, clock: Callable[[], Millis]) -> None:
        self._sides, self._journal = sides, kept
        since = Millis(clock() - _LOOK_BACK)
        self._following = Following(sides, frozenset(Kind) - NODE_KINDS, since)
        self._urgent: dict[_Key, Millis] = {}
        self._asked: list[_Key] = []
        self._meetings: dict[str, Millis] = {}
        self._ending = [
            (_told_at(current.volume.window), (number, channel, current.place), current.root)
            for number, side in enumerate(sides)
            for channel, currents in side.view.currents.items()
            for current in currents.values()
        ]
        heapify(self._ending)
        self._soon: dict[_Key, Place] = {}
        self._folded = -1
        self._said_ends: list[tuple[Window, Due]] = []
        self._said_asked: list[tuple[bytes, str, Millis]] = []

    def due(self, now: Millis) -> Iterator[Due]:
        """All of it, as a source of `Alarms`."""
        self._follow()
        self._fold()
        yield from self._flash(now)
        yield from self._notices(now)
        yield from self._agreements(now)
        yield from self._meetings_due(now)

    # -- FLASH ---------------------------------------------------------------------------------

    def _flash(self, now: Millis) -> Iterator[Due]:
        """What overtakes on the line is told as it comes, and counts here once it is in its log."""
        for key, came in list(self._urgent.items()):
            if came + FLASH_FOR <= now:
                del self._urgent[key]
                continue
            number, channel, place = key
            side = self._sides[number]
            judged = side.shared.books[channel].held(*place)[1]
            assert judged.record is not None
            short = judged.id.hex()[:8]
            text = (
                f"FLASH, and nobody here has taken it: {code_name(Kind, judged.record.kind)} {short}"
                f" of {side.peer_name}. Read, acknowledge or answer it: firebreak show {short}"
            )
            at = Millis(came + FLASH_AGAIN)
            yield Due(
                f"flash {judged.id.hex()}", at, Level.ALARM, About.RECEIVED, text, FLASH_AGAIN
            )

    # -- what ends -----------------------------------------------------------------------------

    def _notices(self, now: Millis) -> Iterator[Due]:
        while self._ending and self._ending[0][0] <= now + LOOK_AGAIN_MS:
            _, key, root = heappop(self._ending)
            self._soon[key] = root
        for key, root in list(self._soon.items()):
            number, channel, place = key
            side = self._sides[number]
            current = side.view.currents[channel].get(root)
            if current is None or current.place != place:  # over, cancelled or amended
                del self._soon[key]
            elif now < current.volume.window.end:
                judged = side.shared.books[channel].held(*place)[1]
                assert judged.record is not None
                ours = place[0] == side.shared.party
                yield _ends(judged.id, judged.record, side.peer_name, ours=ours)
        yield from (due for window, due in self._said_ends if now < window.end)

    def _agreements(self, now: Millis) -> Iterator[Due]:
        for side in self._sides:
            agreement = side.shared.agreement
            if agreement.valid_until <= now:
                continue
            text = (
                f"The agreement with {side.peer_name} ends at"
                f" {exact_date_time_group(agreement.valid_until)}. After that nothing can be said"
                " under it. Make its next version with them: firebreak agreement amend"
            )
            at = Millis(agreement.valid_until - AGREEMENT_AHEAD)
            key = f"agreement {agreement.digest().hex()}"
            yield Due(key, at, Level.WARNING, About.EXPIRY, text, _DAY)

    # -- clarifications ------------------------------------------------------------------------

    def _meetings_due(self, now: Millis) -> Iterator[Due]:
        for identity, party, due in [*self._unanswered(now), *self._said_asked]:
            if not due <= now < due + MEETING_WITHIN or self._meetings.get(party, 0) >= due:
                continue
            by = exact_date_time_group(Millis(due + MEETING_WITHIN))
            text = (
                f"{party} did not answer our request for clarification {identity.hex()[:8]} in time."
                f" Ask for a meeting, to be held by {by}: firebreak call request --means in-person"
            )
            key = f"meeting {identity.hex()}"
            yield Due(key, due, Level.WARNING, About.LAPSED, text, MEETING_AGAIN)

    def _unanswered(self, now: Millis) -> Iterator[tuple[bytes, str, Millis]]:
        """Clarifications that we asked for on a line: id, party, when the answer was due."""
        for number, channel, place in self._asked:
            side = self._sides[number]
            book = side.shared.books[channel]
            judged = book.held(*place)[1]
            state = book.state(judged.root)
            question = next((each for each in state.questions if each.place == place), None)
            record = judged.record
            if question is None or record is None or record.answer_due is None:
                continue
            late = question.due if question.open else record.answer_due
            lapsed = question.open or question.standing is Standing.LAPSED
            if lapsed and late is not None and late <= now:
                yield judged.id, side.peer_name, late

    def _meet(self, party: str, at: Millis) -> None:
        self._meetings[party] = max(at, self._meetings.get(party, at))

    def _fold(self) -> None:
        """The journal anew, where it has grown: sources are asked at every record of a line."""
        size = len(self._journal.entries)
        if size == self._folded:
            return
        counting, self._folded = journal.standing(self._journal.entries), size
        aloud = attested.dialogues(counting)
        self._said_ends = [ending for dialogue in aloud for ending in _said_ending(dialogue)]
        self._said_asked = [asked for dialogue in aloud for asked in _said_asked(dialogue)]
        for kept, said in of_kind(counting, Said):
            if said.by is Direction.OURS and _asks_to_meet(said.body):
                self._meet(said.party, kept.entry.at)

    # -- the logs ------------------------------------------------------------------------------

    def _follow(self) -> None:
        numbers = {id(side): number for number, side in enumerate(self._sides)}
        taken: set[_Key] = set()
        for side, channel, place in self._following.fresh():
            self._take((numbers[id(side)], channel, place), taken)
        for key in taken:  # last: our log may be read before theirs
            self._urgent.pop(key, None)

    def _take(self, key: _Key, taken: set[_Key]) -> None:
        number, channel, place = key
        side = self._sides[number]
        entry, judged = side.shared.books[channel].held(*place)
        record = judged.record
        assert record is not None
        volume = volume_of(record)
        if volume is not None:
            heappush(self._ending, (_told_at(volume.window), key, judged.root))
        if place[0] != side.shared.party:
            if _alarms(record):
                self._urgent[key] = entry.stored_at
            return
        if record.refers_to is not None:
            of = (PartyNumber(record.refers_to.party), record.refers_to.index)
            taken.add((number, channel, of))
        if isinstance(record.body, Clarify):
            self._asked.append(key)
        if _asks_to_meet(record.body):
            self._meet(side.peer_name, entry.stored_at)


def _alarms(record: Record) -> bool:
    """Whether somebody must act on it: what only ends our own waiting does not call for that."""
    ends = isinstance(record.body, Acknowledge | LineCheckReply)
    return record.precedence is Precedence.FLASH and not ends


def _asks_to_meet(body: object) -> bool:
    return isinstance(body, Call) and body.means is Means.IN_PERSON


def _told_at(window: Window) -> Millis:
    ahead = min(NOTICE_AHEAD, (window.end - window.start) // 4)
    return Millis(window.end - ahead)


def _said_ending(dialogue: Attested) -> Iterator[tuple[Window, Due]]:
    """The notice or warning that holds of a dialogue by voice, fax, mail or in person, if any."""
    for kept in dialogue.entries:
        if attested.place_of(kept) == dialogue.state.current:
            said, record = attested.said_of(kept), attested.record_of(kept)
            volume = volume_of(record)
            if volume is not None:
                ours = said.by is Direction.OURS
                yield volume.window, _ends(kept.id, record, said.party, ours=ours)


def _said_asked(dialogue: Attested) -> Iterator[tuple[bytes, str, Millis]]:
    """Clarifications of ours that were not answered there: id, party, when the answer is due."""
    by_place = {attested.place_of(kept): kept for kept in dialogue.entries}
    for question in dialogue.state.questions:
        kept = by_place.get(question.place)
        if kept is None or not question.open or question.due is None:
            continue
        said = attested.said_of(kept)
        if said.by is Direction.OURS and isinstance(said.body, Clarify):
            yield kept.id, said.party, question.due


def _ends(identity: bytes, record: Record, party: str, *, ours: bool) -> Due:
    volume = volume_of(record)
    assert volume is not None
    hazard = isinstance(record.body, HazardWarning)
    short, what = identity.hex()[:8], "hazard warning" if hazard else "notice"
    whose = f"Our {what} {short} to" if ours else f"The {what} {short} of"
    text = f"{whose} {party} ends at {exact_date_time_group(volume.window.end)}."
    if not ours:
        text += " After that it claims nothing; absence of notice is not absence of activity."
    elif hazard:
        text += " If the danger lasts longer, warn anew before: firebreak send hazard"
    else:
        text += f" If the activity goes on, say so before: firebreak notice amend {short}"
    at = _told_at(volume.window)
    return Due(f"ends {identity.hex()}", at, Level.CAUTION, About.EXPIRY, text)
