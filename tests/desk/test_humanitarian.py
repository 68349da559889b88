"""The coordinator's register: consent, isolation, marks, lead times, what is due, escalation."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.desk.attested import dialogues
from firebreak.desk.entries.contacts import Direction, Rung
from firebreak.desk.entries.humanitarian import (
    Doubt,
    Enrolled,
    EntryWithdrawn,
    MovementEntered,
    Revalidated,
)
from firebreak.desk.entries.routes import Erased, Step
from firebreak.desk.humanitarian import (
    EMERGENCY_LEAD_MS,
    LEAD_MS,
    MARK_LETTERS,
    Item,
    Organisation,
    Register,
    check_told,
    late_by,
    mark_in,
    mark_of_bytes,
    marked,
    record_of,
)
from firebreak.desk.humanitarian_lists import Due, expiring, lines
from firebreak.desk.humanitarian_state import (
    Reached,
    StopSaid,
    UnitState,
    escalation,
    notified_of,
    stop_of,
    units_by_name,
)
from firebreak.desk.tables import Standing
from firebreak.desk.talks import attested_talk
from firebreak.errors import InvalidValue
from firebreak.records.contacts import Way
from firebreak.records.kinds import Acknowledge, Answer, Cancel, Reply
from firebreak.records.readback import critical_fields
from firebreak.records.sites import (
    Distributed,
    DistributedState,
    Movement,
    MovementState,
    MovementStep,
    Site,
    Stop,
)
from firebreak.values import Millis
from tests.desk.humanitarian_example import DAY, MOVEMENT, SITE, Channel, consented, marked_for
from tests.desk.kept import Diary
from tests.worlds import HOUR, NOW

MINUTE = 60_000
ORGANISATIONS = ("MERCY", "RELIEF", "WATER", "CARE")
PARTIES = ("ALPHA", "BRAVO")


# One organisation sees its own entries only (H-2)


steps = st.lists(
    st.tuples(
        st.sampled_from(("enter", "consent", "refuse", "tell", "withdraw", "verify", "erase")),
        st.sampled_from(ORGANISATIONS),
        st.sampled_from(("S1", "S2")),
        st.sampled_from(PARTIES),
    ),
    max_size=30,
)


@given(steps)
def test_no_organisations_list_holds_anothers_entry(
    taken: list[tuple[str, str, str, str]],
) -> None:
    channel = Channel()
    for organisation in ORGANISATIONS:
        channel.enrol(organisation)
    for what, organisation, reference, party in taken:
        do(channel, what, organisation, reference, party)
    whole = channel.register
    seen = []
    for organisation in ORGANISATIONS:
        own = whole.of(organisation)
        shown = repr((own, lines(own, channel.lines), expiring(own, [], NOW)))
        assert not [other for other in ORGANISATIONS if other != organisation and other in shown]
        seen += list(own.items)
    assert sorted(seen) == sorted(whole.items)
    assert whole.of("UNKNOWN").items == {}


def do(channel: Channel, what: str, organisation: str, reference: str, party: str) -> None:
    item = channel.register.items.get(f"{organisation}/{reference}")
    if what == "enter" or item is None:
        channel.site(organisation, reference, f"A site of {organisation}")
        return
    kept = next(k for k in channel.diary.entries if k.id == item.id)
    match what:
        case "consent" | "refuse":
            body = consented(organisation, reference, party, given=what == "consent")
            channel.diary.note(body, kept)
        case "tell":
            if not item.withdrawn and party in item.parties:
                channel.tell(item, party)
        case "withdraw":
            channel.diary.note(EntryWithdrawn(organisation, reference), kept)
        case "verify":
            until = Millis(NOW + 60 * DAY)
            channel.diary.note(
                Revalidated(organisation, reference, "head of mission", NOW, until), kept
            )
        case _:
            channel.diary.note(Erased("asked for"), kept)


def test_a_hundred_organisations_and_two_belligerents() -> None:
    """Each consents to what it likes; each party is told that, under its own mark, and no more."""
    channel = Channel()
    may: set[tuple[str, str]] = set()
    for number in range(100):
        organisation = f"ORG{number:03}"
        channel.diary.note(Enrolled(organisation, "duty desk"))
        parties = [party for n, party in enumerate(PARTIES) if number & 1 << n]
        may |= {(f"{organisation}/S1", party) for party in parties}
        item = channel.site(organisation, "S1", f"Site of {organisation}", *parties)
        for party in parties:
            channel.tell(item, party)
    whole = channel.register
    told = lines(whole, channel.lines)
    sent = {(f"{e.organisation}/{e.reference}", e.party) for e in told if e.mark is not None}
    assert sent == may
    assert len(may) == 100
    marks = [line.mark for line in told if line.mark]
    assert len(set(marks)) == len(marks)
    alone = [each for each in told if each.party is None]
    assert {each.reached for each in alone} == {Reached.NOT_SENT}
    for name in whole.organisations:
        own = whole.of(name)
        assert list(own.items) == [f"{name}/S1"]
        assert {line.organisation for line in lines(own, channel.lines)} == {name}


# Consent and withdrawal (H-10)


def test_nothing_is_told_without_consent_to_that_party() -> None:
    channel = Channel()
    channel.enrol("MERCY")
    item = channel.site("MERCY", "S1", "Mercy hospital", "ALPHA")
    check_told(channel.register, item, "ALPHA", NOW)
    with pytest.raises(InvalidValue, match="not consented"):
        check_told(channel.register, item, "BRAVO", NOW)


def test_nothing_is_told_for_an_organisation_that_has_left() -> None:
    channel = Channel()
    channel.enrol("MERCY")
    item = channel.site("MERCY", "S1", "Mercy hospital", "ALPHA")
    channel.diary.note(Enrolled("MERCY", "duty desk", ended=True))
    with pytest.raises(InvalidValue, match="not enrolled any more"):
        check_told(channel.register, item, "ALPHA", NOW)


def test_consent_can_be_taken_back_and_withdrawal_ends_all_of_it() -> None:
    channel = Channel()
    channel.enrol("MERCY")
    channel.site("MERCY", "S1", "Mercy hospital", "ALPHA", "BRAVO")
    channel.diary.note(consented("MERCY", "S1", "ALPHA", given=False))
    assert channel.register.items["MERCY/S1"].parties == ("BRAVO",)
    channel.diary.note(EntryWithdrawn("MERCY", "S1"))
    item = channel.register.items["MERCY/S1"]
    assert (item.withdrawn, item.parties) == (True, ())
    with pytest.raises(InvalidValue, match="withdrawn"):
        check_told(channel.register, item, "BRAVO", NOW)


def test_what_is_withdrawn_and_still_held_by_a_party_is_told() -> None:
    channel = Channel()
    channel.enrol("MERCY")
    item = channel.site("MERCY", "S1", "Mercy hospital", "ALPHA")
    channel.tell(item, "ALPHA")
    channel.diary.note(EntryWithdrawn("MERCY", "S1"))
    (due,) = expiring(channel.register, channel.lines, NOW)
    assert due.what is Due.STILL_HELD
    channel.lines = [replace(channel.lines[0], standing=Standing.CANCELLED)]
    assert expiring(channel.register, channel.lines, NOW) == []


# What is in doubt, or due, is not told (H-6, H-11)


def with_site(item: Item, **changes: object) -> Item:
    assert not isinstance(item.body, MovementEntered)
    return replace(item, body=replace(item.body, **changes))  # type: ignore[arg-type]  # as named


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"doubts": (Doubt.SWAPPED,)}, "swapped"),
        ({"revalidate_by": NOW}, "verified again"),
        ({"ends": NOW}, "expired"),
    ],
)
def test_a_site_that_is_not_sound_is_not_told(changes: dict[str, object], why: str) -> None:
    channel = Channel()
    channel.enrol("MERCY")
    item = with_site(channel.site("MERCY", "S1", "Mercy hospital", "ALPHA"), **changes)
    with pytest.raises(InvalidValue, match=why):
        check_told(channel.register, item, "ALPHA", NOW)


def test_a_doubt_that_was_settled_lets_it_be_told() -> None:
    channel = Channel()
    channel.enrol("MERCY")
    channel.diary.note(replace(SITE, doubts=(Doubt.SWAPPED, Doubt.ROUNDED)))
    channel.diary.note(consented("MERCY", "S1", "ALPHA"))
    until = Millis(NOW + 60 * DAY)
    channel.diary.note(Revalidated("MERCY", "S1", "security officer", NOW, until, "imagery seen"))
    item = channel.register.items["MERCY/S1"]
    check_told(channel.register, item, "ALPHA", NOW)
    record = record_of(item, "ABC-DEF", NOW)
    assert isinstance(record, Site)
    assert (record.verified_by, record.verified_at) == ("security officer", 0)
    assert record.revalidate_by == 60 * DAY


def test_a_site_is_due_before_and_overdue_after() -> None:
    channel = Channel()
    channel.enrol("MERCY")
    channel.site("MERCY", "S1", "Mercy hospital", "ALPHA")
    found = {
        at: [each.what for each in expiring(channel.register, [], Millis(NOW + at * DAY))]
        for at in (0, 20, 31, 80, 91)
    }
    assert found == {
        0: [],
        20: [Due.REVALIDATE],
        31: [Due.OVERDUE],
        80: [Due.OVERDUE, Due.EXPIRES],
        91: [Due.EXPIRED],
    }


# Marks (H-7)


@given(st.binary(min_size=6, max_size=6), st.text(min_size=1, max_size=100))
def test_a_mark_is_found_in_the_name_it_was_put_into(random: bytes, name: str) -> None:
    mark = mark_of_bytes(random)
    assert set(mark) <= {*MARK_LETTERS, "-"}
    assert mark_in(marked(name, mark)) == mark


def test_the_mark_is_in_the_name_and_the_position_is_the_same_for_all() -> None:
    channel = Channel()
    channel.enrol("MERCY")
    item = channel.site("MERCY", "S1", "Mercy hospital", *PARTIES)
    alpha, bravo = record_of(item, "AAA-AAA", NOW), record_of(item, "BBB-BBB", NOW)
    assert alpha.area == bravo.area == SITE.area
    assert alpha != bravo
    assert replace(alpha, name="") == replace(bravo, name="")
    assert (mark_in(alpha.name), mark_in(bravo.name)) == ("AAA-AAA", "BBB-BBB")


# Lead times (H-5)


MERCY = Register({"MERCY": Organisation(bytes(32), "MERCY", "duty desk", None, NOW)})


def movement(**changes: object) -> Item:
    body = replace(MOVEMENT, **changes)  # type: ignore[arg-type]  # as named
    return Item(bytes(32), body, NOW, ("ALPHA",))


def test_a_movement_is_told_48_hours_before_in_an_emergency_24() -> None:
    assert (LEAD_MS, EMERGENCY_LEAD_MS) == (48 * HOUR, 24 * HOUR)
    for emergency, lead in ((False, LEAD_MS), (True, EMERGENCY_LEAD_MS)):
        on_time = movement(starts=Millis(NOW + lead), emergency=emergency)
        assert isinstance(on_time.body, MovementEntered)
        assert late_by(on_time.body, NOW) == 0
        check_told(MERCY, on_time, "ALPHA", NOW)
        late = movement(starts=Millis(NOW + lead - MINUTE), emergency=emergency)
        with pytest.raises(InvalidValue, match="late by 0 h 1 min"):
            check_told(MERCY, late, "ALPHA", NOW)
        assert isinstance(late.body, MovementEntered)
        said = replace(late, body=replace(late.body, late_reason="the road opened today"))
        check_told(MERCY, said, "ALPHA", NOW)
        record = record_of(said, "AAA-AAA", NOW, ["+000 1"])
        assert isinstance(record, Movement)
        assert record.words is not None
        assert "Late by 0 h 1 min. Reason stated: the road opened today" in record.words.text
        assert ("Emergency movement." in record.words.text) == emergency
        assert record.contacts == ("+000 1",)


# How far it has come (H-1, H-3)


def told_by_voice() -> tuple[Diary, Site]:
    diary = Diary()
    site = record_of(Item(bytes(32), SITE, NOW), "AAA-AAA", NOW)
    assert isinstance(site, Site)
    return diary, site


def test_no_state_follows_from_another() -> None:
    diary, site = told_by_voice()
    first = diary.say(site)
    (dialogue,) = dialogues(diary.counting())
    talk = attested_talk(dialogue)
    before = notified_of(talk)
    assert before is not None
    assert before.reached is Reached.NOTIFIED  # said by voice: never shown as received
    fields = tuple(value for _, value in critical_fields(talk.said[0].record))
    diary.say(Acknowledge(fields), first, by=Direction.THEIRS)
    diary.say(Distributed("1st battery", DistributedState.RECEIVED, 0), first, by=Direction.THEIRS)
    diary.say(Distributed("2nd battery", DistributedState.LOADED, 0), first, by=Direction.THEIRS)
    (dialogue,) = dialogues(diary.counting())
    after = notified_of(attested_talk(dialogue))
    assert after is not None
    assert after.reached is Reached.ACKNOWLEDGED
    assert [(u.unit, u.state) for u in after.units] == [
        ("1st battery", DistributedState.RECEIVED),
        ("2nd battery", DistributedState.LOADED),
    ]
    assert "permitted" not in {str(state) for state in Reached}
    diary.say(Cancel("closed"), first)
    (dialogue,) = dialogues(diary.counting())
    gone = notified_of(attested_talk(dialogue))
    assert gone is not None
    assert gone.reached is Reached.WITHDRAWN


def test_a_unit_that_loaded_an_earlier_version_has_not_loaded_this_one() -> None:
    diary, site = told_by_voice()
    first = diary.say(site)
    diary.say(Distributed("3rd battery", DistributedState.LOADED, 0), first, by=Direction.THEIRS)
    diary.say(replace(site, place="Bagram"), first)
    (dialogue,) = dialogues(diary.counting())
    found = notified_of(attested_talk(dialogue))
    assert found is not None
    assert (found.units[0].state, found.units[0].earlier) == (DistributedState.LOADED, True)
    assert found.reached is Reached.NOTIFIED


def test_of_a_unit_the_version_that_holds_counts_then_the_time() -> None:
    loaded, received = DistributedState.LOADED, DistributedState.RECEIVED
    assert units_by_name(
        [
            UnitState("a", received, Millis(1)),
            UnitState("a", loaded, Millis(2), earlier=True),
            UnitState("b", loaded, Millis(5)),
            UnitState("b", received, Millis(6)),
        ]
    ) == (UnitState("a", received, Millis(1)), UnitState("b", received, Millis(6)))


def test_a_movement_of_which_no_arrival_is_reported_is_due() -> None:
    diary = Diary()
    record = record_of(movement(), "AAA-AAA", NOW, ["+000 1"])
    first = diary.say(record)
    ended = Millis(MOVEMENT.ends + 1)
    for step, due in ((MovementStep.DEPARTED, [Due.NO_ARRIVAL]), (MovementStep.ARRIVED, [])):
        diary.say(MovementState(step, 0), first, at=NOW + HOUR)
        (dialogue,) = dialogues(diary.counting())
        found = notified_of(attested_talk(dialogue))
        assert found is not None
        theirs = replace(found, ours=False)
        assert [each.what for each in expiring(Channel().register, [theirs], ended)] == due


# Under attack, stop (H-12)


def stop(**changes: object) -> StopSaid:
    made = StopSaid(
        bytes(32),
        "ALPHA",
        True,
        False,
        "Mercy hospital",
        NOW,
        Millis(NOW + 2 * MINUTE),
        None,
        None,
        True,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # as named


LADDER = (
    Step(Rung.DIRECT, "the office itself", widens=False),
    Step(Rung.DEFENCE_ATTACHE, "our attaché", widens=False),
    Step(Rung.THIRD_STATE, "Switzerland", widens=True),
)


def test_each_further_time_without_answer_proposes_the_next_office_then_the_next_rung() -> None:
    asked = stop()
    offices = ("air duty officer", "senior duty officer")
    assert escalation(asked, offices, LADDER, Millis(asked.due - 1)) is None
    found = [
        escalation(asked, offices, LADDER, Millis(asked.due + n * 2 * MINUTE)) for n in range(5)
    ]
    said = [each.proposal for each in found if each is not None]
    assert [each.step for each in found if each is not None] == [1, 2, 3, 4, 5]
    assert "air duty officer" in said[0]
    assert "senior duty officer" in said[1]
    assert "defence-attache: our attaché" in said[2]
    assert "a person decides" in said[3]
    assert said[4] == said[0]


def test_an_answered_stop_or_theirs_does_not_escalate() -> None:
    later = Millis(NOW + DAY)
    assert escalation(stop(answered_at=NOW), (), (), later) is None
    assert escalation(stop(ours=False), (), (), later) is None
    assert escalation(stop(), (), (), later) is not None


def test_a_stop_by_voice_is_open_until_a_final_answer() -> None:
    diary = Diary()
    asked = diary.say(Stop("Mercy hospital"), answer_by=2 * MINUTE)
    seen = []
    for reply, word in ((Reply.CHECKING, MINUTE), (Reply.WILL_DO, None)):
        diary.say(Answer(reply, word), asked, by=Direction.THEIRS, at=NOW + MINUTE)
        (dialogue,) = dialogues(diary.counting())
        found = stop_of(attested_talk(dialogue))
        assert found is not None
        seen.append((found.reply, found.unanswered(Millis(NOW + DAY))))
    assert seen == [(Reply.CHECKING, True), (Reply.WILL_DO, False)]


def test_a_site_told_by_fax_is_matched_by_its_mark() -> None:
    channel = Channel()
    channel.enrol("MERCY")
    item = channel.site("MERCY", "S1", "Mercy hospital", "BRAVO")
    kept = next(k for k in channel.diary.entries if k.id == item.id)
    body = marked_for(item, "BRAVO")
    channel.diary.note(body, kept)
    channel.diary.say(record_of(item, body.mark, NOW), way=Way.FAX)
    (dialogue,) = dialogues(channel.diary.counting())
    found = notified_of(attested_talk(dialogue))
    assert found is not None
    (line,) = lines(channel.register, [found])
    assert (line.mark, line.filed, line.reached) == (body.mark, found.id, Reached.NOTIFIED)
