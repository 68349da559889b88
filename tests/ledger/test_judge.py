"""Judging: every reason by construction, and what must hold of every verdict whatever is said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firebreak.errors import Malformed
from firebreak.ledger.judge import MAY_REFER, OPENING, REFERS, Judged, Void
from firebreak.records import sign1
from firebreak.records.agreement import Agreement, Channel
from firebreak.records.cbor import Plain, decode, encode
from firebreak.records.kinds import (
    KIND_OF,
    NEEDS_ANSWER,
    NODE_KINDS,
    Acknowledge,
    AgreementVersion,
    Amend,
    Answer,
    Body,
    Cancel,
    Displayed,
    Kind,
    Lapsed,
    LineCheck,
    LineCheckReply,
    Read,
    Release,
    Reply,
    RosterUpdate,
    UnknownBody,
)
from firebreak.records.record import NODE_AUTHOR, Record, Seen, SignedRecord, record_id, sign_record
from firebreak.records.roster import sign_roster
from firebreak.values import Millis, OfficeNumber, PartyNumber
from tests.ledger.held import Control, Held
from tests.strategies import RECORDS, plains
from tests.vectors.accept import CALL, bodies
from tests.vectors.judging import ALPHA, BRAVO, CASES, QUIET, RESTRAINT, WITHDRAWN, Case
from tests.vectors.line import AGREEMENT, END, NOTICE, ON_CONTROL, PARTIES, Bench
from tests.worlds import DAY, HOUR, MINUTE, NOW, START, a_query, seed_of, signed_by

ANY_BYTES = st.binary(max_size=120)


def whole(bench: Bench, tried: Case) -> Judged:
    """Take the entry of a case."""
    party, data = tried.make(bench)
    return bench.held.take(party, data)


@pytest.mark.parametrize("tried", CASES, ids=lambda tried: tried.name)
def test_every_reason_by_construction(tried: Case) -> None:
    """J-1 to J-31: the reason, and that the next entry is judged as if nothing had been."""
    bench = Bench(tried.channel)
    judged = whole(bench, tried)
    assert judged.void == tried.void
    if judged.void is not None:
        party = bench.held.arrivals[-1]
        assert judged.root == (party, len(bench.held.entries[party]) - 1)
        assert bench.held.judge(BRAVO, _harmless(bench, BRAVO)).void is None


def _harmless(bench: Bench, party: int) -> bytes:
    if bench.channel != Channel.CONTROL:
        return bench.sign(party, NOTICE, serial=2**40).data
    roster = replace(PARTIES[party].roster.roster, version=2)
    signed = sign_roster(roster, PARTIES[party].roots[:1])
    return bench.sign(party, RosterUpdate(signed.encoded()), to=(), serial=2**40).data


def test_every_reason_is_tried() -> None:
    assert {tried.void for tried in CASES} == {*Void, None}


@pytest.mark.parametrize("tried", CASES, ids=lambda tried: tried.name)
def test_a_verdict_is_the_same_when_more_has_been_said(tried: Case) -> None:
    """Whoever judges again later, and holds more by then, judges the same."""
    bench = Bench(tried.channel)
    whole(bench, tried)
    before = [bench.held.verdicts(party) for party in (ALPHA, BRAVO)]
    for party in (BRAVO, ALPHA, BRAVO):
        bench.held.take(party, _harmless(bench, party))
    again = rejudged(bench.held)
    for party in (ALPHA, BRAVO):
        assert again.verdicts(party)[: len(before[party])] == before[party]


def rejudged(held: Held) -> Held:
    """The same logs judged anew by a reader who holds the whole of the other log meanwhile."""
    control = held.control
    if held.channel == Channel.CONTROL:
        rosters = [versions[0][1] for versions in control.rosters]
        control = Control.first(held.base, rosters)
    fresh = Hindsight(held.base, held.channel, control)
    fresh.later = [[data for data, _ in entries] for entries in held.entries]
    for party in held.arrivals:
        fresh.take(party, held.entries[party][len(fresh.entries[party])][0])
    return fresh


class Hindsight(Held):
    """A reader who, of the digests of a log, knows those still to come as well."""

    later: list[list[bytes]]

    def digest(self, party: PartyNumber, size: int) -> bytes | None:
        """See `judge.Facts`."""
        if party > 1 or size > len(self.later[party]):
            return None
        whole_log = Held(self.base, self.channel, self.control)
        for data in self.later[party][:size]:
            whole_log.entries[party].append((data, EMPTY))
        return whole_log.digest(party, size)


EMPTY = Judged(
    None, record_id(AGREEMENT.context(1, PartyNumber(0)), b""), 0, None, (PartyNumber(0), 0)
)


# Nothing wedges


@given(ANY_BYTES)
def test_any_bytes_are_judged_and_void(data: bytes) -> None:
    bench = Bench()
    judged = bench.held.take(ALPHA, data)
    assert judged.void is Void.MALFORMED
    assert judged.record is None
    assert bench.held.judge(ALPHA, bench.sign(ALPHA, NOTICE).data).void is None


@given(st.data())
def test_a_changed_byte_makes_an_entry_void(data: st.DataObject) -> None:
    """J-1, J-6: and it uses up neither serial nor control size (J-27)."""
    bench = Bench()
    good = bench.sign(ALPHA, NOTICE).data
    bad = bytearray(good)
    bad[data.draw(st.integers(0, len(bad) - 1))] ^= data.draw(st.integers(1, 255))
    assert bench.held.take(ALPHA, bytes(bad)).void is not None
    assert bench.held.tails[ALPHA].serials == {}
    assert bench.held.judge(ALPHA, good).void is None


def test_ids_of_what_fails_early() -> None:
    """J-30"""
    bench = Bench()
    signed = bench.sign(ALPHA, NOTICE)
    assert bench.held.judge(ALPHA, b"").id == bytes(32)
    payload = signed.signed.payload + b"\x00"
    astray = sign1.sign(PARTIES[0].key(1), signed.context.external_aad(), payload)
    assert bench.held.judge(ALPHA, astray.encoded()).id == record_id(signed.context, payload)
    unknown = bench.sign(ALPHA, NOTICE, version=9)
    assert bench.held.judge(ALPHA, unknown.data).id == unknown.id


# Who, and when


@pytest.mark.parametrize(
    ("at", "void"),
    [
        (START - 1, Void.AUTHOR_EXPIRED),
        (START, None),
        (END - 1, None),
        (END, Void.AGREEMENT_EXPIRED),
        (START + 365 * DAY, Void.AUTHOR_EXPIRED),
    ],
)
def test_limits_in_time(at: int, void: Void | None) -> None:
    """J-7, J-8: from the start, included, to the end, not included."""
    bench = Bench()
    assert bench.put(ALPHA, bench.sign(ALPHA, NOTICE, composed_at=at)).void is void


def test_an_agreement_that_begins_later_is_not_in_force_before() -> None:
    """J-8"""
    later = replace(AGREEMENT, valid_from=Millis(NOW + HOUR))
    bench = Bench(agreement=later)
    early = bench.sign(ALPHA, NOTICE, composed_at=NOW + HOUR - 1)
    assert bench.put(ALPHA, early).void is Void.AGREEMENT_EXPIRED
    assert bench.put(ALPHA, bench.sign(ALPHA, NOTICE, composed_at=NOW + HOUR)).void is None


def test_a_revoked_key_cannot_hide_behind_an_older_roster() -> None:
    """J-2, J-7: once its party's log has named the new roster, the old one is gone."""
    bench = Bench()
    old = PARTIES[0].roster.roster
    entries = [replace(e, valid_until=NOW) if n == 1 else e for n, e in enumerate(old.entries)]
    revoked = replace(old, version=2, entries=tuple(entries))
    bench.held.control.rosters[ALPHA].append((1, revoked))
    bench.held.control.sizes[ALPHA] = 1
    thief = bench.sign(ALPHA, NOTICE, author=1, control=0)
    assert bench.held.judge(ALPHA, thief.data).void is None
    bench.say(ALPHA, NOTICE, author=2, control=1)
    assert bench.held.judge(ALPHA, thief.data).void is Void.CONTROL_BACKWARDS
    newer = bench.sign(ALPHA, NOTICE, author=1, control=1)
    assert bench.held.judge(ALPHA, newer.data).void is Void.AUTHOR_EXPIRED


def test_a_new_key_signs_once_its_roster_is_logged() -> None:
    """J-3, J-5: by the roster at the control size named, and no other."""
    bench = Bench()
    old = PARTIES[0].roster.roster
    fresh = replace(old.entries[1], key=PARTIES[1].officer.public.raw)
    bench.held.control.rosters[ALPHA].append(
        (1, replace(old, version=2, entries=(*old.entries, fresh)))
    )
    signed = {
        control: bench.sign(ALPHA, NOTICE, author=4, control=control, key=PARTIES[1].officer)
        for control in (0, 1)
    }
    assert bench.held.judge(ALPHA, signed[1].data).void is Void.CONTROL_NOT_HELD
    bench.held.control.sizes[ALPHA] = 1
    assert bench.held.judge(ALPHA, signed[1].data).void is None
    assert bench.held.judge(ALPHA, signed[0].data).void is Void.UNKNOWN_AUTHOR


def test_a_second_version_of_the_agreement() -> None:
    """J-4: known to each party from its own control log on, with its own terms."""
    bench = Bench()
    terms = replace(AGREEMENT.channels[1], kinds=(int(Kind.QUERY),), two_officers=())
    second = replace(
        AGREEMENT,
        version=2,
        previous=AGREEMENT.digest(),
        channels=(AGREEMENT.channels[0], terms, AGREEMENT.channels[2]),
    )
    bench.held.control.agreements[ALPHA].append((1, second))
    bench.held.control.sizes[:] = [1, 1]
    context = second.context(Channel.AIR, PartyNumber(0))
    for control, void in ((0, Void.AGREEMENT_VERSION), (1, Void.KIND_NOT_ON_CHANNEL)):
        record = replace(bench.sign(ALPHA, NOTICE).record, version=2, control=control)
        data = sign_record(record, context, PARTIES[0].officer).data
        assert bench.held.judge(ALPHA, data).void is void
    query = replace(bench.sign(ALPHA, a_query()).record, version=2, control=1)
    assert (
        bench.held.judge(ALPHA, sign_record(query, context, PARTIES[0].officer).data).void is None
    )
    theirs = bench.sign(BRAVO, a_query(), version=2, control=1)
    assert bench.held.judge(BRAVO, theirs.data).void is Void.AGREEMENT_VERSION


def test_what_uses_up_a_serial_and_moves_the_control_size() -> None:
    """J-27"""
    bench = Bench()
    bench.held.control.sizes[ALPHA] = 9
    forged = bench.sign(ALPHA, NOTICE, serial=50, control=9, key=PARTIES[1].officer)
    assert bench.put(ALPHA, forged).void is Void.SIGNATURE
    assert bench.held.tails[ALPHA].serials == {}
    assert bench.held.tails[ALPHA].control == 0
    void = bench.sign(ALPHA, NOTICE, serial=7, control=3, answer_by=MINUTE)
    assert bench.put(ALPHA, void).void is Void.ANSWER_BY
    assert bench.held.tails[ALPHA].serials == {1: 7}
    assert bench.held.tails[ALPHA].control == 3
    again = bench.sign(ALPHA, NOTICE, serial=7, control=3)
    assert bench.held.judge(ALPHA, again.data).void is Void.SERIAL


# What may be said


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.name.lower())
def test_an_officer_s_kinds_and_the_node_s(kind: Kind) -> None:
    """J-14: a stolen node signs no officer's words, and no officer the node's."""
    bench = Bench(Channel.CONTROL if kind in ON_CONTROL else Channel.AIR, everything())
    body = one_of_each()[kind]
    author = 1 if kind in NODE_KINDS else NODE_AUTHOR
    wanted = Void.NOT_FOR_OFFICERS if kind in NODE_KINDS else Void.NOT_FOR_THE_NODE
    assert bench.put(ALPHA, bench.sign(ALPHA, body, author=author)).void is wanted


def everything() -> Agreement:
    """The agreement with every kind on the air channel but those of control, by one officer each."""
    kinds = tuple(int(kind) for kind in Kind if kind not in (*ON_CONTROL, Kind.RELEASE))
    air = replace(AGREEMENT.channels[1], kinds=kinds, two_officers=())
    return replace(AGREEMENT, channels=(AGREEMENT.channels[0], air, AGREEMENT.channels[2]))


def one_of_each() -> dict[Kind, Body]:
    """A body of every kind."""
    made: dict[Kind, Body] = {}
    for body in bodies().values():
        if not isinstance(body, UnknownBody):
            made.setdefault(KIND_OF[type(body)], body)
    return made


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.name.lower())
def test_what_each_kind_may_refer_to(kind: Kind) -> None:
    """J-18 to J-22, R-19: every kind about every kind, one's own and the other side's."""
    if kind in ON_CONTROL:
        return
    anything = ("either", frozenset(Kind) - {Kind.RELEASE})
    whose, allowed = REFERS.get(kind) or MAY_REFER.get(kind, anything)
    for target, theirs in ((target, theirs) for target in Kind for theirs in (True, False)):
        if target in ON_CONTROL:
            continue
        bench = Bench(agreement=everything())
        about = put_target(bench, target, BRAVO if theirs else ALPHA)
        signed = bench.sign(ALPHA, one_of_each()[kind], about=about, composed_at=NOW + 9 * HOUR)
        void = bench.put(ALPHA, signed).void
        if target not in allowed:
            assert void is Void.REFERENCE_KIND, (target, theirs)
        elif whose == "own" and theirs:
            assert void is Void.NOT_ORIGINATOR, (target, theirs)
        elif whose == "others" and not theirs:
            assert void is Void.REFERENCE_KIND, (target, theirs)
        else:
            assert void is None, (target, theirs)
            opened = bench.held.entries[ALPHA][-1][1].root == (
                ALPHA,
                len(bench.held.entries[ALPHA]) - 1,
            )
            assert opened == (kind in OPENING)  # J-28


def put_target(bench: Bench, kind: Kind, party: int, hour: int = 8) -> tuple[int, int]:
    """A valid record of a kind in a party's log, and an hour before it what it must refer to."""
    slots: dict[str, Any] = {"composed_at": NOW + hour * HOUR}
    if kind in REFERS:
        whose, allowed = REFERS[kind]
        first = Kind.NOTICE if Kind.NOTICE in allowed else min(allowed)
        side = party if whose == "own" else 1 - party
        slots["about"] = put_target(bench, first, side, hour - 1)
    return bench.say(party, one_of_each()[kind], **slots)


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.name.lower())
def test_only_questions_want_an_answer(kind: Kind) -> None:
    """J-16, R-20"""
    bench = Bench(Channel.CONTROL if kind in ON_CONTROL else Channel.AIR, everything())
    wrong = None if kind in NEEDS_ANSWER else MINUTE
    signed = bench.sign(ALPHA, one_of_each()[kind], answer_by=wrong)
    assert bench.put(ALPHA, signed).void is Void.ANSWER_BY


@pytest.mark.parametrize(
    ("to", "void"),
    [
        ((), None),
        ((2,), None),
        ((0,), Void.OFFICE_NOT_ON_CHANNEL),
        ((1, 2), Void.OFFICE_NOT_ON_CHANNEL),
        ((2, 3), Void.OFFICE_NOT_ON_CHANNEL),
        ((2, 255), Void.OFFICE_NOT_ON_CHANNEL),
    ],
)
def test_addressees(to: tuple[int, ...], void: Void | None) -> None:
    """J-15"""
    bench = Bench()
    offices = tuple(OfficeNumber(office) for office in to)
    assert bench.put(ALPHA, bench.sign(ALPHA, NOTICE, to=offices)).void is void


def test_a_lapse_hides_no_answer_and_no_silence_looks_like_one() -> None:
    """J-23, J-24: whichever way an answer and a lapse cross, both are kept and neither is void."""
    bench = Bench()
    bench.say(ALPHA, a_query(), composed_at=NOW)
    unseen = (Seen(PartyNumber(1), 0, bytes(16)),)
    lapse = bench.sign(ALPHA, Lapsed(), about=(ALPHA, 0), composed_at=NOW + HOUR, seen=unseen)
    answer = bench.sign(BRAVO, Answer(Reply.OURS), about=(ALPHA, 0))
    verdicts = []
    for first, second in (((ALPHA, lapse), (BRAVO, answer)), ((BRAVO, answer), (ALPHA, lapse))):
        held = Held(AGREEMENT, Channel.AIR, bench.held.control)
        held.take(ALPHA, bench.held.entries[ALPHA][0][0])
        for party, signed in (first, second):
            assert held.take(party, signed.data).void is None
        verdicts.append((held.verdicts(ALPHA), held.verdicts(BRAVO)))
    assert verdicts[0] == verdicts[1]


def test_what_its_author_took_back_did_not_go_unanswered() -> None:
    """J-31: a cancellation counts from where it stands on, and not before."""
    bench = Bench()
    bench.say(ALPHA, CALL, composed_at=NOW)
    for body in (Lapsed(), Cancel(), Lapsed()):
        bench.put(ALPHA, bench.sign(ALPHA, body, about=(ALPHA, 0), composed_at=NOW + HOUR))
    verdicts = [judged.void for judged in rejudged(bench.held).verdicts(ALPHA)]
    assert verdicts == [None, None, None, WITHDRAWN]


def test_two_officers_and_never_one() -> None:
    """J-26: one officer's key alone cannot send it, by any arrangement of two entries."""
    for author, releasing in ((1, 1), (1, None), (2, 2)):
        bench = Bench()
        signed = bench.sign(ALPHA, RESTRAINT, author=author, serial=5)
        if releasing is not None:
            bench.say(ALPHA, Release(signed.id), author=releasing, serial=4, to=())
        assert bench.put(ALPHA, signed).void is Void.RELEASE_MISSING


def test_a_release_counts_once() -> None:
    """J-26: it stands just before one record."""
    bench = Bench()
    signed = bench.sign(ALPHA, RESTRAINT, serial=1)
    bench.say(ALPHA, Release(signed.id), author=2, to=())
    assert bench.put(ALPHA, signed).void is None
    assert bench.put(ALPHA, signed).void is Void.SERIAL


# Both sides, and the order


def history(data: st.DataObject) -> Held:
    """Up to a dozen entries of both sides, many of them void, each having seen some of the other's."""
    bench = Bench()
    for _ in range(data.draw(st.integers(1, 12))):
        party = data.draw(st.sampled_from((ALPHA, BRAVO)))
        bench.put(party, spoken(data, bench, party))
    return bench.held


SPOKEN: list[Body] = [
    NOTICE,
    a_query(),
    LineCheck(QUIET),
    Amend(NOTICE),
    Cancel(),
    Acknowledge(("as sent",)),
    Answer(Reply.NOT_OURS),
    Answer(Reply.CHECKING, MINUTE),
    LineCheckReply(QUIET),
    Lapsed(),
    Displayed(),
    Read(),
]


def spoken(data: st.DataObject, bench: Bench, party: int) -> SignedRecord:
    """Something a side may say, rightly or wrongly, about something said before."""
    body = data.draw(st.sampled_from(SPOKEN))
    other = bench.world.log(bench.channel, 1 - party)
    size = data.draw(st.integers(0, other.size))
    slots: dict[str, Any] = {
        "seen": (Seen(PartyNumber(1 - party), size, other.digests[size][:16]),),
        "composed_at": NOW + data.draw(st.integers(0, 30)) * MINUTE,
    }
    places = [(side, n) for side in (0, 1) for n in range(len(bench.held.entries[side]))]
    referring = data.draw(st.booleans())
    if places and referring:
        slots["about"] = data.draw(st.sampled_from(places))
    if data.draw(st.integers(0, 9)) == 0:
        slots["key"] = PARTIES[1 - party].officer
    return bench.sign(party, body, **slots)


@settings(max_examples=60)
@given(st.data())
def test_both_sides_judge_alike_in_whatever_order_entries_come(data: st.DataObject) -> None:
    """Each reader takes an entry once it holds what the entry has seen, and in any order else."""
    first = history(data)
    other = Held(first.base, first.channel, first.control)
    while len(other.arrivals) < len(first.arrivals):
        ready = [party for party in (0, 1) if _ready(first, other, party)]
        party = data.draw(st.sampled_from(ready))
        other.take(party, first.entries[party][len(other.entries[party])][0])
    for party in (ALPHA, BRAVO):
        assert other.verdicts(party) == first.verdicts(party)
        assert other.tails[party] == first.tails[party]
    assert order(other) == order(first)


def _ready(whole_log: Held, part: Held, party: int) -> bool:
    at = len(part.entries[party])
    if at == len(whole_log.entries[party]):
        return False
    record = whole_log.entries[party][at][1].record
    return record is None or all(
        seen.size <= len(part.entries[seen.party]) for seen in record.seen if seen.party <= 1
    )


def order(held: Held) -> list[tuple[int, int, int]]:
    """The canonical order: rank, party, index."""
    return sorted(
        (judged.rank, party, index)
        for party in (ALPHA, BRAVO)
        for index, judged in enumerate(held.verdicts(party))
    )


@settings(max_examples=60)
@given(st.data())
def test_the_order_is_causal_and_never_changes(data: st.DataObject) -> None:
    """J-29: after all before it and all it has seen; what is in order stays so as more comes."""
    held = history(data)
    for party in (ALPHA, BRAVO):
        ranks = [judged.rank for judged in held.verdicts(party)]
        assert ranks == sorted(set(ranks))
        for judged in held.verdicts(party):
            if judged.void is None and judged.record is not None:
                for seen in judged.record.seen:
                    before = held.verdicts(seen.party)[: seen.size]
                    assert all(judged.rank > each.rank for each in before)
    positions = order(held)
    fresh = Held(held.base, held.channel, held.control)
    for party in held.arrivals:
        fresh.take(party, held.entries[party][len(fresh.entries[party])][0])
        assert order(fresh) == [place for place in positions if _holds(fresh, place)]


def _holds(held: Held, place: tuple[int, int, int]) -> bool:
    _, party, index = place
    return index < len(held.entries[party])


def test_rank_of_an_entry_whose_seen_is_false() -> None:
    """J-29: it counts only the entry before it."""
    bench = Bench()
    for _ in range(3):
        bench.say(BRAVO, NOTICE)
    bench.say(ALPHA, NOTICE, seen=())
    lie = (Seen(PartyNumber(1), 3, seed_of("lie")[:16]),)
    assert bench.put(ALPHA, bench.sign(ALPHA, NOTICE, seen=lie)).rank == 2
    assert bench.put(ALPHA, bench.sign(ALPHA, NOTICE)).rank == 4


# Whatever is said, the line goes on


@given(RECORDS, st.integers(0, 3), st.booleans())
def test_any_record_is_judged(record: Record, author: int, on_control: bool) -> None:
    """No record, however odd, makes judging fail or the next entry void."""
    channel = Channel.CONTROL if on_control else Channel.AIR
    bench = Bench(channel)
    context = AGREEMENT.context(channel, PartyNumber(0))
    for control in (record.control, 0):
        odd = replace(record, version=1, author=author, control=control)
        bench.held.take(ALPHA, sign_record(odd, context, PARTIES[0].key(author)).data)
    assert len(bench.held.entries[ALPHA]) == 2
    if channel == Channel.AIR:
        assert bench.held.judge(ALPHA, bench.sign(ALPHA, NOTICE, author=2).data).void in (
            None,
            Void.SERIAL,
        )


@settings(max_examples=150)
@given(st.data())
def test_a_changed_roster_or_agreement_is_void(data: st.DataObject) -> None:
    """J-25: any part of the signed file put in place by anything else."""
    bench = Bench(Channel.CONTROL)
    second = replace(AGREEMENT, version=2, previous=AGREEMENT.digest())
    roster = replace(PARTIES[0].roster.roster, version=2)
    good = data.draw(
        st.sampled_from(
            [
                signed_by(second, PARTIES).encoded(),
                sign_roster(roster, PARTIES[0].roots[:1]).encoded(),
            ]
        )
    )
    bad = encode(changed(data, decode(good)))
    body: Body = RosterUpdate(bad) if data.draw(st.booleans()) else AgreementVersion(bad)
    judged = bench.put(ALPHA, bench.sign(ALPHA, body, to=()))
    assert judged.void is Void.CONTROL_BODY or bad == good


def changed(data: st.DataObject, plain: Plain) -> Plain:
    """A part of an item, chosen at random, put in place by something else; into signed bytes too."""
    if isinstance(plain, tuple) and plain and data.draw(st.integers(0, 4)):
        at = data.draw(st.integers(0, len(plain) - 1))
        return (*plain[:at], changed(data, plain[at]), *plain[at + 1 :])
    if isinstance(plain, bytes) and len(plain) > 100 and data.draw(st.booleans()):
        try:
            return encode(changed(data, decode(plain)))
        except Malformed:
            return plain
    return data.draw(plains())
