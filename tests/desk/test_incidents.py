"""Both accounts side by side, what is agreed and disputed, promises kept, tallies with a denominator."""

from __future__ import annotations

from dataclasses import replace

from firebreak.desk.attested import dialogues
from firebreak.desk.entries.contacts import Direction
from firebreak.desk.incidents import Agreement, IncidentView, differing, review, view_of
from firebreak.desk.journal import Kept
from firebreak.desk.tables import Standing
from firebreak.desk.talks import attested_talk
from firebreak.records.incidents import (
    Account,
    Assessment,
    Close,
    Finding,
    FindingAnswer,
    FindingReply,
    FindingSort,
    Incident,
    IncidentSort,
    Stance,
)
from firebreak.records.kinds import Answer, Clarify, Reply
from firebreak.records.slots import Words
from firebreak.values import Millis
from tests.desk.kept import Diary
from tests.worlds import HOUR, MINUTE, NOW

OURS, THEIRS = Direction.OURS, Direction.THEIRS
REPORT = Incident(IncidentSort.MISSILE_OR_ROCKET, -2 * MINUTE, "field near the village")
ACCOUNT = Account(-HOUR, "field near the village", Words("en", "One rocket left its range."))


def words(text: str) -> Words:
    return Words("en", text)


def view(diary: Diary, now: int = NOW) -> IncidentView:
    (dialogue,) = dialogues(diary.counting())
    return view_of(attested_talk(dialogue), Millis(now))


def reported(**changes: object) -> tuple[Diary, Kept]:
    diary = Diary()
    return diary, diary.say(replace(REPORT, **changes))  # type: ignore[arg-type]  # the test's slots


def test_a_first_report_says_what_when_where_and_nothing_more() -> None:
    diary, _ = reported()
    seen = view(diary)
    assert (seen.sort, seen.place) == (REPORT.sort, REPORT.place)
    assert (seen.happened, seen.reported) == (NOW - 2 * MINUTE, NOW)
    assert (seen.standing, seen.stance_ours, seen.stance_theirs) == (Standing.REPORTED, None, None)
    assert (seen.ours, seen.theirs, seen.differing, seen.points) == (None, None, (), ())


def test_accident_not_attack_can_be_in_the_first_report() -> None:
    diary, _ = reported(stance=Stance.ACCIDENT_NOT_ATTACK)
    assert view(diary).stance_ours is Stance.ACCIDENT_NOT_ATTACK


def test_a_promised_word_is_overdue_until_its_side_says_more() -> None:
    diary, first = reported()
    diary.say(Assessment(Stance.ASSESSING, 20 * MINUTE), first, by=THEIRS, at=NOW + MINUTE)
    due = NOW + 21 * MINUTE
    assert (view(diary).promised, view(diary).promised_by) == (due, THEIRS)
    assert not view(diary, due - 1).overdue
    assert view(diary, due).overdue
    diary.say(Assessment(Stance.ASSESSING, 5 * MINUTE), first, at=NOW + 2 * MINUTE)
    assert view(diary).promised_by is OURS
    diary.say(Assessment(Stance.NOT_OURS), first, by=THEIRS, at=NOW + 3 * MINUTE)
    assert view(diary, due).promised == NOW + 7 * MINUTE
    diary.say(Assessment(Stance.CONCLUDED), first, at=NOW + 4 * MINUTE)
    assert view(diary, due).promised is None


def test_each_side_has_one_account_its_newest_and_where_they_differ_is_named() -> None:
    diary, first = reported()
    diary.say(ACCOUNT, first)
    assert view(diary).differing == ()
    theirs = replace(ACCOUNT, place="the ford", units=("2 Battery",))
    diary.say(theirs, first, by=THEIRS)
    assert view(diary).differing == ("place", "units")
    later = replace(ACCOUNT, place="the ford")
    diary.say(later, first, at=NOW + MINUTE)
    seen = view(diary)
    assert seen.ours is not None
    assert (seen.ours.body, seen.differing) == (later, ("happened", "units"))
    assert differing(seen.ours, None) == differing(None, seen.theirs) == ()


def test_facts_are_agreed_or_disputed_and_questions_answered_by_the_other_side_only() -> None:
    diary, first = reported()
    fact = diary.say(Finding(FindingSort.FACT, words("One rocket fell.")), first)
    asked = diary.say(Finding(FindingSort.QUESTION, words("From where?")), first, by=THEIRS)
    assert [point.stands for point in view(diary).points] == [Agreement.PROPOSED] * 2
    diary.say(FindingAnswer(FindingReply.DISPUTED, words("Two fell.")), fact, by=THEIRS)
    diary.say(FindingAnswer(FindingReply.ANSWERED, words("The range.")), asked)
    assert [point.stands for point in view(diary).points] == [
        Agreement.DISPUTED,
        Agreement.ANSWERED,
    ]
    diary.say(FindingAnswer(FindingReply.AGREED), fact, by=THEIRS, at=NOW + MINUTE)
    assert view(diary).points[0].stands is Agreement.AGREED


def test_it_is_closed_by_both_or_by_neither_and_opens_again_when_more_is_said() -> None:
    diary, first = reported()
    diary.say(Close(), first)
    assert (view(diary).standing, view(diary).closed_by) == (Standing.CLOSED_BY_ONE, (OURS,))
    diary.say(ACCOUNT, first, by=THEIRS, at=NOW + MINUTE)
    assert (view(diary).standing, view(diary).closed_by) == (Standing.REPORTED, ())
    diary.say(Close(), first, by=THEIRS, at=NOW + 2 * MINUTE)
    diary.say(Close(), first, at=NOW + 3 * MINUTE)
    assert view(diary).standing is Standing.CLOSED
    diary.say(ACCOUNT, first, at=NOW + 4 * MINUTE)
    assert view(diary).standing is Standing.CLOSED
    assert view(diary).closed_by == (THEIRS, OURS)


def test_a_clarification_has_its_clock() -> None:
    diary, first = reported()
    asked = diary.say(Clarify(words("Whose battery?")), first, answer_by=48 * HOUR)
    (clarification,) = view(diary).clarifications
    assert (clarification.due, clarification.answered) == (NOW + 48 * HOUR, False)
    diary.say(Answer(Reply.EXPLANATION), asked, by=THEIRS)
    assert view(diary).clarifications[0].answered


def test_a_tally_needs_a_denominator_that_both_agreed_to() -> None:
    diary, first = reported()
    of = diary.say(Finding(FindingSort.DENOMINATOR, words("all firings of November")), first)
    early, late = Millis(NOW - HOUR), Millis(NOW + HOUR)
    assert review([view(diary)], early, late).tally.count is None
    diary.say(FindingAnswer(FindingReply.DISPUTED), of, by=THEIRS)
    assert review([view(diary)], early, late).tally.count is None
    diary.say(FindingAnswer(FindingReply.AGREED), of, by=THEIRS, at=NOW + MINUTE)
    made = review([view(diary)], early, late)
    assert made.tally.out_of == words("all firings of November")
    assert made.tally.count == len(made.incidents) == 1
    assert review([view(diary)], late, Millis(late + HOUR)).incidents == ()
