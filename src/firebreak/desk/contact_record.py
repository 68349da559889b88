"""The contact record: every attempt and contact on every way, and what became of each.

Five outcomes that are never mixed: not attempted (by us), undelivered, unanswered, declined, held. An
attempt whose time for an answer has not passed has none of them yet: it is open. Our own inaction
never shows as the other side's silence, and a count that nobody knows stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from statistics import median_low
from typing import Final, assert_never

from firebreak.desk.attested import Attested, dialogues, said_of
from firebreak.desk.entries.calls import VoiceLog
from firebreak.desk.entries.checks import CheckTried, DrillCalled
from firebreak.desk.entries.contacts import (
    Certainty,
    Contacted,
    ContactTold,
    Direction,
    Rung,
    Said,
    Source,
    Struck,
)
from firebreak.desk.entries.offices import Counterpart
from firebreak.desk.journal import Kept, of_kind, standing
from firebreak.desk.outcomes import (
    SPOKEN,
    attested_reason,
    due_of,
    known_delivered,
    not_through,
    outcome_of_attested_call,
    silence,
)
from firebreak.records.calls import Call, CallState, CallStep
from firebreak.records.contacts import Outcome, Precision, Way
from firebreak.records.kinds import KIND_OF, NEEDS_ANSWER
from firebreak.values import Millis

DAY = 86_400_000
UNCOMMENTED: Final = "uncommented"
_ALWAYS: Final = Millis(0)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two offices that speak to each other: ours, and theirs with its party."""

    ours: str
    party: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt or contact.

    id: of the record or entry, 32 bytes; outcome: None while it is open; happened: ms UTC, as exactly
    as `precision` says; reported: when it was entered; count: None where unknown; answered: when the
    answer came, ms UTC; begun: when a call that was asked for last began by our own word, ms UTC;
    attested: by us alone, without a record of theirs; comment: what the other side says of it,
    "uncommented" where it says nothing; claimed_held: they alone say that it was held, and its
    outcome is None; exercise: it is never counted with what was real.
    """

    id: bytes
    pair: Pair
    way: Way
    rung: Rung
    by: Direction
    outcome: Outcome | None
    happened: Millis
    precision: Precision
    reported: Millis
    count: int | None = 1
    answered: Millis | None = None
    begun: Millis | None = None
    source: Source = Source.OWN_OFFICER
    certainty: Certainty = Certainty.CERTAIN
    attested: bool = True
    subject: str = ""
    citation: str | None = None
    stated_reason: str | None = None
    comment: str = UNCOMMENTED
    claimed_held: bool = False
    exercise: bool = field(kw_only=True)

    @property
    def doubtful(self) -> bool:
        """Whether it is said to have begun before it was asked for."""
        return self.begun is not None and self.begun < self.happened

    @property
    def met(self) -> Millis:
        """When the two spoke, if they did: of a call when it began, and not when it was asked for."""
        return self.happened if self.begun is None or self.doubtful else self.begun


_TOOK_PLACE = frozenset({CallStep.BEGUN, CallStep.ENDED, CallStep.BROKEN_OFF})


def by_our_word(outcome: Outcome | None, ours: Iterable[object]) -> tuple[Outcome | None, bool]:
    """The outcome of a call, and whether that it was held is their claim alone.

    ours: what our own side said in its dialogue.
    """
    if outcome is not Outcome.HELD:
        return outcome, False
    if any(isinstance(body, CallState) and body.step in _TOOK_PLACE for body in ours):
        return outcome, False
    return None, True


def as_it_stood(entries: Sequence[Kept], as_of: Millis) -> list[Kept]:
    """The entries that count as of a time: all of the journal's, struck ones and strikes too, are given.

    What happened by then counts, whenever it was entered. A strike entered later does not count
    against what was entered by then.
    """
    entered = {kept.id: kept.entry.at for kept in entries}
    return standing(
        kept
        for kept in entries
        if not (
            isinstance(kept.entry.body, Struck)
            and kept.entry.at > as_of
            and any(entered.get(about, as_of + 1) <= as_of for about in kept.entry.about[:1])
        )
    )


def attempts(
    entries: Sequence[Kept], logged: Iterable[Attempt], now: Millis, party: str
) -> list[Attempt]:
    """Every attempt and contact, by when it happened, then when it was entered.

    entries: those of the journal that count; logged: those that records of a node's line show; now:
    nothing said or held later changes what became of one; party: our own party's name, which no
    counterpart has.
    """
    found, failed = [*logged], not_through(entries, now)
    for dialogue in dialogues(_by(entries, now)):
        found += _attested(dialogue, dialogue.entries[0].id in failed, now)
    for kept, body in of_kind(entries, Contacted):
        if kept.id not in failed.values():
            found.append(_contacted(kept, body))
    for kept, log in of_kind(entries, VoiceLog):
        found = _with_log(found, kept, log, now)
    for kept, check in of_kind(entries, CheckTried):
        found.append(_check(kept, check))
    for kept, called in of_kind(entries, DrillCalled):
        found.append(_drilled(kept, called))
    return sorted(found, key=lambda each: (each.happened, each.reported, each.id))


def _by(entries: Sequence[Kept], now: Millis) -> list[Kept]:
    """What had been said by then."""
    return [kept for kept, said in of_kind(entries, Said) if said.happened <= now]


def _with_log(found: list[Attempt], kept: Kept, log: VoiceLog, now: Millis) -> list[Attempt]:
    """A log of a call that was asked for says that it was held; any other is a contact of its own."""
    if kept.entry.about:
        call = kept.entry.about[0]
        if any(each.id == call for each in found):
            if log.happened > now:
                return found
            return [_held(each, log.happened) if each.id == call else each for each in found]
    made = Attempt(
        kept.id,
        Pair(log.ours, log.party, log.theirs),
        log.way,
        Rung.DIRECT,
        # The request that it names is an attempt; this is none, even where the request was struck.
        Direction.UNKNOWN if kept.entry.about else log.by,
        Outcome.HELD,
        log.happened,
        Precision.MINUTE,
        kept.entry.at,
        subject=log.gist.text,
        exercise=not log.real,
    )
    return [*found, made]


def _held(call: Attempt, at: Millis) -> Attempt:
    begun = at if call.begun is None else call.begun
    return replace(call, outcome=Outcome.HELD, begun=begun, claimed_held=False)


def _contacted(kept: Kept, body: Contacted) -> Attempt:
    return Attempt(
        kept.id,
        Pair(body.ours, body.party, body.theirs),
        body.way,
        body.rung,
        body.by,
        body.outcome,
        body.happened,
        body.precision,
        kept.entry.at,
        count=body.count,
        source=body.source,
        certainty=body.certainty,
        subject=body.words.text if body.words else "",
        citation=body.citation,
        stated_reason=body.stated_reason,
        exercise=not body.real,
    )


def _check(kept: Kept, check: CheckTried) -> Attempt:
    outcome = Outcome.HELD if check.heard else Outcome.UNANSWERED
    if check.undelivered:
        outcome = Outcome.UNDELIVERED
    return Attempt(
        kept.id,
        Pair(kept.office, check.party, check.theirs),
        check.way,
        Rung.DIRECT,
        Direction.OURS,
        outcome,
        check.at,
        Precision.MINUTE,
        kept.entry.at,
        answered=check.at if check.heard else None,
        subject="line check",
        exercise=not check.real,
    )


def _drilled(kept: Kept, called: DrillCalled) -> Attempt:
    held = called.took is not None
    return Attempt(
        kept.id,
        Pair(kept.office, called.party, called.theirs),
        called.way,
        Rung.DIRECT,
        Direction.OURS,
        Outcome.HELD if held else Outcome.UNANSWERED,
        called.at,
        Precision.MINUTE,
        kept.entry.at,
        answered=None if called.took is None else Millis(called.at + called.took),
        subject="reachability drill",
        exercise=True,
    )


def _attested(dialogue: Attested, failed: bool, now: Millis) -> list[Attempt]:
    """What a dialogue by other ways shows: the exchange itself, and the call asked for in it.

    failed: it is noted that what opened it did not get through. A fax or letter of which nobody knows
    that it got there stays open, however long nothing comes: it is neither *undelivered*, which nobody
    said, nor *unanswered*, which would be a silence of theirs (JN-20).
    """
    opening, first = dialogue.opening, dialogue.entries[0]
    answer = next(
        (said_of(k) for k in dialogue.entries[1:] if said_of(k).by is not opening.by), None
    )
    answered = None if answer is None else answer.happened
    common = Attempt(
        first.id,
        Pair(opening.ours, opening.party, opening.theirs),
        opening.way,
        opening.rung,
        opening.by,
        None,
        opening.happened,
        Precision.MINUTE,
        first.entry.at,
        answered=answered,
        subject=KIND_OF[type(opening.body)].name.lower().replace("_", " "),
        exercise=not opening.real,
    )
    if isinstance(opening.body, Call):
        outcome = outcome_of_attested_call(dialogue, failed, now)
        ours, theirs = opening.body.principal, opening.body.counterpart
        if opening.by is Direction.THEIRS:
            ours, theirs = opening.body.counterpart, opening.body.principal
            if outcome is Outcome.UNANSWERED:
                outcome = None  # it is we who have not answered: no silence of theirs
        pair = Pair(ours, opening.party, theirs)
        steps = [said_of(k) for k in dialogue.entries]
        mine = [each for each in steps if each.by is Direction.OURS]
        outcome, claimed = by_our_word(outcome, (each.body for each in mine))
        call = replace(
            common,
            pair=pair,
            outcome=outcome,
            stated_reason=attested_reason(dialogue),
            begun=begun_at((each.happened, each.body) for each in mine),
            claimed_held=claimed,
        )
        return [call]
    if opening.way in SPOKEN or answer is not None:
        return [replace(common, outcome=Outcome.HELD)]
    if failed:
        return [replace(common, outcome=Outcome.UNDELIVERED)]
    asked = KIND_OF[type(opening.body)] in NEEDS_ANSWER and opening.by is Direction.OURS
    due = due_of(dialogue)
    passed = asked and due is not None and due <= now
    outcome = silence(known_delivered(dialogue, due, failed)) if passed else None
    return [replace(common, outcome=outcome)]


def begun_at(said: Iterable[tuple[int, object]]) -> Millis | None:
    """When a call last began, by what was said of it and when; None if nobody said that it had."""
    begun = [
        at + body.at
        for at, body in said
        if isinstance(body, CallState) and body.step is CallStep.BEGUN
    ]
    return Millis(max(0, *begun)) if begun else None


def commented(
    entries: Sequence[Kept], found: Iterable[Attempt], comments: Mapping[bytes, str]
) -> list[Attempt]:
    """The attempts with what the other side says of those that were told to it.

    comments: by the id of a record that told one; where several told the same, the newest counts.
    """
    said: dict[bytes, str] = {}
    for kept, _ in of_kind(entries, ContactTold):
        if len(kept.entry.about) == 2:
            told, record = kept.entry.about
            said[told] = comments.get(record, UNCOMMENTED)
    return [replace(each, comment=said[each.id]) if each.id in said else each for each in found]


def is_claim(each: Attempt) -> bool:
    """Whether it is known from the other side's word alone."""
    return each.source is Source.OTHER_SIDE and each.certainty is Certainty.CLAIMED


# The matrix


@dataclass(frozen=True, slots=True)
class Count:
    """How many: at least `least`; unknown where an entry says "repeatedly" and no number."""

    least: int = 0
    unknown: bool = False

    def plus(self, count: int | None) -> Count:
        """One entry more; None: it is not known how often."""
        return Count(self.least + (1 if count is None else count), self.unknown or count is None)

    def __str__(self) -> str:
        return "unknown" if self.unknown else str(self.least)


@dataclass(frozen=True, slots=True)
class Row:
    """One pair in the matrix, as of a time.

    exercise: of what it counts, never of both; attempted: by us; claimed: what they alone say took
    place, and in none of the outcomes;
    not_attempted: nobody of ours is known to have tried at all; last_contact: when
    both last spoke, ms UTC, with its precision; median_answer_ms: of what was answered; silent_days:
    whole days since the last contact, None if there never was one or its day is not known; overdue:
    longer silent, even if they spoke as late as its precision allows, than the two agreed.
    """

    pair: Pair
    exercise: bool
    attempted: Count
    undelivered: Count
    unanswered: Count
    declined: Count
    held: Count
    open: int
    by_them: Count
    claimed: Count
    last_contact: Millis | None
    last_precision: Precision | None
    last_attempt: Millis | None
    median_answer_ms: int | None
    silent_days: int | None
    cadence_days: int | None
    overdue: bool

    @property
    def not_attempted(self) -> bool:
        """Whether we are not known to have tried, which is no silence of theirs."""
        return self.attempted == Count() and self.held == Count()


def pairs_kept(entries: Sequence[Kept]) -> dict[Pair, Counterpart]:
    """The counterpart pairs of the journal, each as its newest entry has it, ended ones left out."""
    found: dict[Pair, Counterpart] = {}
    for _, body in of_kind(entries, Counterpart):
        pair = Pair(body.ours, body.party, body.theirs)
        found.pop(pair, None)
        if not body.ended:
            found[pair] = body
    return found


def ends(at: Millis, precision: Precision) -> Millis:
    """The last millisecond of the minute, hour, day, month or year that a time lies in."""
    match precision:
        case Precision.MINUTE:
            return Millis(at // 60_000 * 60_000 + 59_999)
        case Precision.HOUR:
            return Millis(at // 3_600_000 * 3_600_000 + 3_599_999)
        case Precision.DAY:
            return Millis(at // DAY * DAY + DAY - 1)
        case Precision.MONTH | Precision.YEAR:
            day = datetime.fromtimestamp(at / 1_000, UTC)
            over = precision is Precision.YEAR or day.month == 12
            year, month = (day.year + 1, 1) if over else (day.year, day.month + 1)
            return Millis(int(datetime(year, month, 1, tzinfo=UTC).timestamp()) * 1_000 - 1)
    assert_never(precision)


def within(found: Iterable[Attempt], since: Millis) -> list[Attempt]:
    """What may have happened at a time or later, as exactly as it is known."""
    return [each for each in found if ends(each.happened, each.precision) >= since]


def matrix(
    entries: Sequence[Kept],
    found: Sequence[Attempt],
    as_of: Millis,
    since: Millis = _ALWAYS,
    *,
    real: bool = False,
) -> list[Row]:
    """A row for each pair that is kept or occurs, as of a time; later attempts do not count.

    What is real stands first, exercise apart. since: what was over before it is not counted; the last
    contact is the last one ever; real: whether the node is real, even if nothing real occurs.
    """
    kept = pairs_kept(entries)
    known = [each for each in found if each.happened <= as_of]
    real = real or not all(each.exercise for each in known)
    rows = []
    for exercise in (False, True):
        cards = kept if exercise is not real else {}
        of_mode = [each for each in known if each.exercise is exercise]
        order = dict.fromkeys([*cards, *(each.pair for each in of_mode)])
        rows += [
            _row(
                pair,
                [each for each in of_mode if each.pair == pair],
                cards.get(pair),
                as_of,
                since,
                exercise,
            )
            for pair in order
        ]
    return rows


def _row(
    pair: Pair,
    ever: Sequence[Attempt],
    card: Counterpart | None,
    as_of: Millis,
    since: Millis,
    exercise: bool,
) -> Row:
    counts = dict.fromkeys(Outcome, Count())
    attempted = by_them = Count()
    claims = [each for each in within(ever, since) if is_claim(each)]
    ever = [each for each in ever if not is_claim(each)]
    of_pair = within(ever, since)
    claimed = Count()
    for each in [*claims, *(each for each in of_pair if each.claimed_held)]:
        claimed = claimed.plus(each.count)
    for each in of_pair:
        if each.outcome is not None:
            counts[each.outcome] = counts[each.outcome].plus(each.count)
        if each.outcome is Outcome.NOT_ATTEMPTED:
            continue
        match each.by:
            case Direction.OURS:
                attempted = attempted.plus(each.count)
            case Direction.THEIRS:
                by_them = by_them.plus(each.count)
            case Direction.UNKNOWN:  # either side may have sought it: neither count is known
                attempted = replace(attempted, unknown=True)
                by_them = replace(by_them, unknown=True)
            case _:
                assert_never(each.by)
    held = [each for each in ever if each.outcome is Outcome.HELD]
    last = max(held, key=lambda each: each.met, default=None)
    tried = [each.happened for each in ever if each.outcome is not Outcome.NOT_ATTEMPTED]
    took = [
        each.answered - each.happened
        for each in of_pair
        if each.answered is not None and each.by is Direction.OURS
    ]
    latest = None if last is None else min(ends(last.met, last.precision), as_of)
    known = last is not None and last.precision <= Precision.DAY
    silent = max(0, as_of - last.met) // DAY if last is not None and known else None
    cadence = card.cadence_days if card else None
    return Row(
        pair,
        exercise,
        attempted,
        counts[Outcome.UNDELIVERED],
        counts[Outcome.UNANSWERED],
        counts[Outcome.DECLINED],
        counts[Outcome.HELD],
        sum(each.outcome is None and not each.claimed_held for each in of_pair),
        by_them,
        claimed,
        None if last is None else last.met,
        None if last is None else last.precision,
        max(tried, default=None),
        median_low(took) if took else None,
        silent,
        cadence,
        cadence is not None and latest is not None and as_of - latest > cadence * DAY,
    )


def routes_used(found: Iterable[Attempt]) -> list[str]:
    """The routes that anything went by, in the order of the ladder."""
    used = {each.rung for each in found if each.outcome is not Outcome.NOT_ATTEMPTED}
    return [rung.name.lower().replace("_", "-") for rung in sorted(used)]
