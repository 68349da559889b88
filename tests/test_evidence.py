"""Evidence files: what verifies, what is said of it, and that everything else is refused."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from firebreak.errors import (
    BadProof,
    BadSignature,
    InvalidValue,
    Malformed,
    Misbehaviour,
    Refused,
)
from firebreak.evidence import (
    Evidence,
    LogPart,
    ProvenEntry,
    ReceiptGiven,
    Status,
    Verdict,
    collect,
    parse_evidence,
    verify,
)
from firebreak.keys import SigningKey
from firebreak.ledger import checkpoint as cp
from firebreak.ledger.judge import Void
from firebreak.ledger.merkle import consistency_proof
from firebreak.mldsa import MldsaKey, verify_line
from firebreak.records.agreement import (
    Channel,
    EvidenceMode,
    Mode,
    Publication,
    SignedAgreement,
)
from firebreak.records.kinds import (
    Acknowledge,
    AgreementVersion,
    Answer,
    Declared,
    Displayed,
    FreeText,
    Lapsed,
    LineState,
    Release,
    Reply,
    RosterUpdate,
)
from firebreak.records.record import NODE_AUTHOR, Reference, Seen
from firebreak.records.roster import RosterEntry
from firebreak.records.slots import Words
from firebreak.values import Millis, PartyNumber
from tests import evidence_example as example
from tests.conftest import ROOT
from tests.worlds import (
    ALPHA,
    BRAVO,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    START,
    World,
    WorldSource,
    a_notice,
    a_query,
    a_statement,
    make_party,
    seed_of,
    signed_by,
)

CONTROL, AIR, COMMAND = Channel.CONTROL, Channel.AIR, Channel.COMMAND
SPECIFICATION = example.SPECIFICATION


def export(
    world: World, *places: tuple[int, PartyNumber, int], size: int | None = None
) -> Evidence:
    return collect(world.signed, places, WorldSource(world, size))


def lines_of(part: LogPart) -> tuple[cp.SignatureLine, ...]:
    return cp.parse_note(cp.parse_proof(part.entries[0].proof).note)[1]


def only(evidence: Evidence) -> LogPart:
    (part,) = evidence.logs
    return part


def with_part(evidence: Evidence, **changes: object) -> bytes:
    """The file with its only log changed."""
    part = replace(only(evidence), **changes)  # type: ignore[arg-type]  # fields of many types
    return replace(evidence, logs=(part,)).encoded()


def with_proofs(evidence: Evidence, change: Callable[[cp.ProofFile], cp.ProofFile]) -> bytes:
    """The file with every proof text of its only log changed."""
    entries = tuple(
        replace(entry, proof=cp.render_proof(change(cp.parse_proof(entry.proof))))
        for entry in only(evidence).entries
    )
    return with_part(evidence, entries=entries)


@pytest.fixture(scope="module")
def world() -> World:
    return example.example_world()


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return example.example_evidence()


def dialogue() -> World:
    """A notice, shown, acknowledged; a query, its answer; each side's receipts."""
    world = World()
    notice = world.append(ALPHA, AIR, a_notice())
    about = world.reference(AIR, ALPHA, notice)
    world.give_receipt(AIR, ALPHA)
    world.append(BRAVO, AIR, Displayed(), refers_to=about)
    world.append(BRAVO, AIR, Acknowledge(("FL095", "FL195")), refers_to=about)
    query = world.append(BRAVO, AIR, a_query())
    world.give_receipt(AIR, BRAVO)
    asked = world.reference(AIR, BRAVO, query)
    world.append(ALPHA, AIR, Answer(Reply.OURS), refers_to=asked)
    world.give_receipt(AIR, ALPHA)
    return world


# What verifies


def test_a_file_is_authentic_only_under_the_roots_of_those_who_speak_in_it(
    world: World, evidence: Evidence
) -> None:
    data = evidence.encoded()
    verdict = verify(data, world.fingerprints)
    assert verdict.status is Status.AUTHENTIC
    assert str(verdict.status) == "authentic"
    assert [(p.name, p.fingerprint, p.pinned, p.speaks) for p in verdict.parties] == [
        ("ALPHA", world.fingerprints[0], True, True),
        ("BRAVO", world.fingerprints[1], True, True),
    ]
    (entry,) = verdict.entries
    assert (entry.channel, entry.party, entry.index, entry.size) == (AIR, ALPHA, 0, 1)
    assert entry.record == world.log(AIR, ALPHA).records[0].record
    assert entry.id == world.log(AIR, ALPHA).records[0].id
    assert entry.office == "air duty officer"
    assert entry.delivered == NOW + MINUTE
    assert verdict.void == ()


def test_without_roots_a_file_is_consistent_and_says_that_nobody_is_authenticated(
    evidence: Evidence,
) -> None:
    verdict = verify(evidence.encoded(), [])
    assert str(verdict.status) == "consistent, parties not authenticated"
    assert not any(party.pinned for party in verdict.parties)
    assert "no root fingerprint was given" in verdict.not_proved[0]


def test_what_is_read_is_what_was_written(evidence: Evidence) -> None:
    assert parse_evidence(evidence.encoded()) == evidence


def test_a_reader_of_proof_files_can_take_an_entry_out(evidence: Evidence, world: World) -> None:
    proof = cp.parse_proof(only(evidence).entries[0].proof)
    head, lines = cp.open_note(proof.note, world.parties[ALPHA].log_key)
    assert (proof.index, head.size, len(lines)) == (0, 1, 2)
    verify_line(head, world.parties[ALPHA].mldsa.public, lines[1])
    assert proof.extra == world.log(AIR, ALPHA).salt(0)


def test_a_dialogue_goes_into_one_file_with_what_it_refers_to() -> None:
    world = dialogue()
    evidence = export(world, (AIR, ALPHA, 1), (AIR, BRAVO, 1))
    verdict = verify(evidence.encoded(), world.fingerprints)
    assert [(e.party, e.index) for e in verdict.entries] == [(0, 0), (0, 1), (1, 1), (1, 2)]
    assert all(entry.delivered for entry in verdict.entries)
    # Of receipts the earliest for each entry; of BRAVO's log there is one for all.
    assert [len(part.receipts) for part in evidence.logs] == [2, 1]
    assert export(world, (AIR, BRAVO, 1), (AIR, ALPHA, 1)) == evidence


@pytest.mark.parametrize("size", [None, 1, 2, 3])
def test_a_receipt_may_be_of_another_size_than_the_head(size: int | None) -> None:
    """EV-16."""
    world = World()
    for _ in range(3):
        world.append(ALPHA, AIR, a_notice())
    world.give_receipt(AIR, ALPHA, size=2)
    world.append(ALPHA, AIR, a_notice())
    verdict = verify(export(world, (AIR, ALPHA, 0), size=size).encoded(), world.fingerprints)
    assert verdict.entries[0].delivered is not None
    assert verdict.entries[0].size == (size or 4)


def test_a_receipt_for_what_has_overtaken_proves_delivery_of_that_only() -> None:
    world = World()
    for _ in range(3):
        world.append(ALPHA, AIR, a_notice())
    world.give_receipt(AIR, ALPHA, held=[(0, 1), (2, 3)])
    verdict = verify(export(world, (AIR, ALPHA, 1), (AIR, ALPHA, 2)).encoded(), world.fingerprints)
    assert [entry.delivered is not None for entry in verdict.entries] == [False, True]


def test_what_two_officers_sign_comes_with_its_release() -> None:
    world = World()
    index = world.append_released(ALPHA, COMMAND, a_statement())
    evidence = export(world, (COMMAND, ALPHA, index))
    verdict = verify(evidence.encoded(), world.fingerprints[:1])
    assert [entry.office for entry in verdict.entries] == [
        "senior duty officer",
        "air duty officer",
    ]
    assert isinstance(verdict.entries[0].record.body, Release)


def test_only_those_who_speak_need_to_be_pinned() -> None:
    world = World()
    world.append(ALPHA, AIR, a_notice())
    data = export(world, (AIR, ALPHA, 0)).encoded()
    verdict = verify(data, [world.fingerprints[ALPHA]])
    assert verdict.status is Status.AUTHENTIC
    assert [party.speaks for party in verdict.parties] == [True, False]
    assert any("Who BRAVO is" in line for line in verdict.not_proved)
    with pytest.raises(BadProof, match="not among those given"):
        verify(data, [world.fingerprints[BRAVO]])


# What is said


def said(world: World, *places: tuple[int, PartyNumber, int]) -> Verdict:
    return verify(export(world, *places).encoded(), [])


def test_a_verdict_says_what_is_proved_and_what_is_not(evidence: Evidence) -> None:
    """EV-18."""
    verdict = verify(evidence.encoded(), [])
    proved, open_ = "\n".join(verdict.proved), "\n".join(verdict.not_proved)
    assert "signed by key 1 (air duty officer) of ALPHA" in proved
    assert "logged" in proved
    assert "delivered: BRAVO's node signed a receipt" in proved
    assert "EXERCISE" in proved
    assert "is true" in open_
    assert "read or understood" in open_


def test_undelivered_is_neither_received_nor_not_received() -> None:
    world = World()
    world.append(ALPHA, AIR, a_notice())
    verdict = said(world, (AIR, ALPHA, 0))
    assert "delivered" not in "\n".join(verdict.proved)
    assert any("received it. No receipt is in this file" in line for line in verdict.not_proved)


def test_a_lapse_is_its_authors_statement() -> None:
    world = World()
    world.append(ALPHA, AIR, a_query())
    about = world.reference(AIR, ALPHA, 0)
    world.append(ALPHA, AIR, Lapsed(), refers_to=about, composed_at=Millis(NOW + HOUR))
    verdict = said(world, (AIR, ALPHA, 1))
    assert any("that no answer was given" in line for line in verdict.not_proved)


def test_an_answer_that_a_lapse_had_not_seen_does_not_undo_it() -> None:
    """EV-13."""
    world = World()
    world.append(ALPHA, AIR, a_query())
    about = world.reference(AIR, ALPHA, 0)
    late = Millis(NOW + HOUR)
    lapsed = world.record(ALPHA, AIR, Lapsed(), refers_to=about, composed_at=late)
    world.append(BRAVO, AIR, Answer(Reply.OURS), refers_to=about)
    world.log(AIR, ALPHA).append(lapsed)
    assert len(said(world, (AIR, ALPHA, 1), (AIR, BRAVO, 0)).entries) == 3


# Every byte


def refused(data: bytes) -> bool:
    try:
        verify(data, [])
    except Misbehaviour:
        return True
    return False


SLICES = 8


@pytest.mark.parametrize("part", range(SLICES))
def test_no_byte_can_be_changed_added_or_left_out(evidence: Evidence, part: int) -> None:
    data = evidence.encoded()
    for place in range(part, len(data), SLICES):
        head, tail = data[:place], data[place + 1 :]
        flipped = bytes([data[place] ^ 1 << place // SLICES % 8])
        assert refused(head + flipped + tail), f"byte {place} changed"
        assert refused(head + tail), f"byte {place} left out"
        assert refused(head + flipped + data[place:]), f"a byte added at {place}"
    assert refused(data + b"\x00")


def test_a_file_that_ends_early_is_refused(evidence: Evidence) -> None:
    data = evidence.encoded()
    assert all(refused(data[:end]) for end in range(0, len(data), 13))


# Misshapen files (EV-1 to EV-7)


def test_what_is_no_evidence_file_is_refused(evidence: Evidence) -> None:
    from firebreak.records.cbor import decode, encode

    plain = decode(evidence.encoded())
    assert isinstance(plain, tuple)
    for other in (
        b"",
        encode("firebreak evidence 1"),
        encode(("firebreak evidence 2", *plain[1:])),
        encode(plain[:2]),
        encode((*plain, ())),
        encode((*plain[:2], ())),
        bytes(5 << 20),
    ):
        with pytest.raises(Malformed):
            verify(other, [])


def test_what_does_not_encode_to_the_same_bytes_is_refused(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """EV-2: no other spelling is known; should a part's reader ever take one, this stands behind."""
    data = evidence.encoded()
    monkeypatch.setattr(Evidence, "encoded", lambda self: data + b"\x00")
    with pytest.raises(Malformed, match="one encoding"):
        parse_evidence(data)


def test_lists_in_a_file_have_one_order_and_nothing_twice() -> None:
    """EV-3."""
    world = dialogue()
    evidence = export(world, (AIR, ALPHA, 0), (AIR, ALPHA, 1))
    alpha, bravo = evidence.logs
    two = replace(alpha, entries=alpha.entries[:1] * 2)
    swapped = replace(alpha, entries=alpha.entries[::-1])
    for logs in (
        (bravo, alpha),
        (alpha, alpha),
        (two, bravo),
        (swapped, bravo),
        (replace(alpha, entries=()), bravo),
        (replace(alpha, receipts=alpha.receipts[:1] * 2), bravo),
        (replace(alpha, receipts=alpha.receipts[::-1]), bravo),
        (),
    ):
        assert logs != (alpha, bravo)
        with pytest.raises(Malformed):
            verify(Evidence(world.signed, logs).encoded(), [])


def test_an_agreement_that_one_side_has_not_signed_proves_nothing(
    world: World, evidence: Evidence
) -> None:
    """EV-4."""
    signed = SignedAgreement(world.agreement, world.signed.signatures[:1])
    with pytest.raises(Malformed, match="BRAVO has not signed"):
        verify(replace(evidence, signed=signed).encoded(), [])


def test_nothing_under_a_deniable_agreement_is_evidence() -> None:
    """EV-4."""
    world = World(replace(World().agreement, evidence=EvidenceMode.DENIABLE))
    world.append(ALPHA, AIR, a_notice())
    with pytest.raises(Malformed, match="deniable"):
        export(world, (AIR, ALPHA, 0))


def test_a_roster_or_signature_from_elsewhere_is_refused(world: World, evidence: Evidence) -> None:
    """EV-5."""
    other = (make_party(0, roots=2), make_party(1))
    theirs = signed_by(world.agreement, other).signatures[0]
    ours = world.signed.signatures
    newer = replace(ours[0], roster=world.parties[0].next_roster())
    for first in (theirs, newer, replace(ours[0], secrets=theirs.secrets[:1])):
        signed = SignedAgreement(world.agreement, (first, ours[1]))
        with pytest.raises(BadSignature):
            verify(replace(evidence, signed=signed).encoded(), [])


def test_a_whole_file_under_other_roots_is_not_authentic(world: World) -> None:
    """EV-17: an impostor with the same names makes a file that is consistent, and no more."""
    impostor = World(parties=(make_party(0, roots=2), make_party(1, roots=2)))
    impostor.append(ALPHA, AIR, a_notice())
    data = export(impostor, (AIR, ALPHA, 0)).encoded()
    assert verify(data, []).status is Status.CONSISTENT
    with pytest.raises(BadProof, match="ALPHA"):
        verify(data, world.fingerprints)
    with pytest.raises(InvalidValue):
        verify(data, [b"short"])


def test_a_channel_or_log_that_the_agreement_does_not_name_is_refused(
    evidence: Evidence, world: World
) -> None:
    """EV-6."""
    with pytest.raises(Malformed):
        verify(with_part(evidence, channel=int(Channel.SEA)), [])
    for elsewhere in ({"channel": int(COMMAND)}, {"party": BRAVO}):
        with pytest.raises(BadProof, match="another log"):
            verify(with_part(evidence, **elsewhere), [])


def test_a_proof_gives_its_salt_and_nothing_else(evidence: Evidence) -> None:
    """EV-7, EV-10."""
    for extra in (None, bytes(15), bytes(17)):
        with pytest.raises(Malformed):
            verify(with_proofs(evidence, lambda p, e=extra: replace(p, extra=e)), [])  # type: ignore[misc]  # bound at once
    with pytest.raises(BadProof):
        verify(with_proofs(evidence, lambda proof: replace(proof, extra=bytes(16))), [])


def test_entries_of_one_log_stand_under_one_head() -> None:
    """EV-7."""
    world = World()
    world.append(ALPHA, AIR, a_notice())
    world.append(ALPHA, AIR, a_notice())
    early = only(export(world, (AIR, ALPHA, 0), size=1)).entries[0]
    late = only(export(world, (AIR, ALPHA, 1))).entries[0]
    part = LogPart(AIR, ALPHA, (early, late), ())
    with pytest.raises(Malformed, match="different heads"):
        verify(Evidence(world.signed, (part,)).encoded(), [])


def test_each_version_of_the_agreement_says_whether_it_is_an_exercise() -> None:
    world = World()
    real = replace(
        world.agreement,
        version=2,
        previous=world.agreement.digest(),
        mode=Mode.REAL,
    )
    body = AgreementVersion(signed_by(real, world.parties).encoded())
    world.append(ALPHA, CONTROL, body, to=())
    world.append(ALPHA, AIR, a_notice())
    world.agreement = real
    world.append(ALPHA, AIR, a_notice())
    early = "\n".join(said(world, (AIR, ALPHA, 0)).proved)
    both = said(world, (AIR, ALPHA, 0), (AIR, ALPHA, 1))
    assert "EXERCISE" in early
    assert "is real" not in early
    assert [agreement.mode for agreement in both.agreements] == [Mode.EXERCISE, Mode.REAL]
    assert "is real" in both.proved[1]


def test_nothing_under_a_version_that_says_deniable_is_evidence() -> None:
    """EV-4."""
    world = World()
    deniable = replace(
        world.agreement,
        version=2,
        previous=world.agreement.digest(),
        evidence=EvidenceMode.DENIABLE,
    )
    body = AgreementVersion(signed_by(deniable, world.parties).encoded())
    world.append(ALPHA, CONTROL, body, to=())
    world.agreement = deniable
    world.append(ALPHA, AIR, a_notice())
    with pytest.raises(Malformed, match="deniable"):
        export(world, (AIR, ALPHA, 0))


# Heads and proofs (EV-9 to EV-11)


def resigned(evidence: Evidence, lines: Callable[[cp.Checkpoint], list[cp.SignatureLine]]) -> bytes:
    def change(proof: cp.ProofFile) -> cp.ProofFile:
        head, _ = cp.parse_note(proof.note)
        return replace(proof, note=cp.note(head, lines(head)))

    return with_proofs(evidence, change)


def test_a_head_bears_exactly_its_logs_signature(evidence: Evidence, world: World) -> None:
    """EV-9."""
    key, stranger = world.parties[ALPHA].log, SigningKey(seed_of("stranger"))

    def line(head: cp.Checkpoint, by: SigningKey, named: SigningKey) -> cp.SignatureLine:
        return cp.ed25519_line(head.origin, named.public, cp.sign_checkpoint(head, by))

    def witness(head: cp.Checkpoint) -> cp.SignatureLine:
        return cp.SignatureLine("witness.example", bytes(4), bytes(72))

    verify(resigned(evidence, lambda head: [line(head, key, key)]), [])
    with pytest.raises(BadProof, match="names no ML-DSA-44 key"):
        verify(resigned(evidence, lambda head: [line(head, key, key), witness(head)]), [])
    with pytest.raises(BadProof):
        verify(resigned(evidence, lambda head: [line(head, stranger, stranger)]), [])
    with pytest.raises(BadProof):
        verify(resigned(evidence, lambda head: [line(head, stranger, key)]), [])


def test_both_signatures_under_a_head_are_verified(evidence: Evidence, world: World) -> None:
    """EV-9: the log's Ed25519 line, then its ML-DSA-44 line, no other and in no other order."""
    first, second = lines_of(only(evidence))
    stranger = MldsaKey(seed_of("stranger"))

    def refused_as(why: str, error: type[Misbehaviour], *lines: cp.SignatureLine) -> None:
        with pytest.raises(error, match=why):
            verify(resigned(evidence, lambda head: list(lines)), [])

    def by(key: MldsaKey, named: MldsaKey) -> cp.SignatureLine:
        head, _ = world.log(AIR, ALPHA).head()
        return replace(key.line(head), key_id=named.line(head).key_id)

    assert verify(resigned(evidence, lambda head: [first, second]), []).entries[0].mldsa
    spoiled = replace(second, signature=second.signature[:-1] + b"\x00")
    assert spoiled != second
    refused_as("does not belong", BadProof, first, spoiled)
    refused_as("names no ML-DSA-44 key", BadProof, first, by(stranger, stranger))
    refused_as("does not belong", BadProof, first, by(stranger, world.parties[ALPHA].mldsa))
    refused_as("names no ML-DSA-44 key", BadProof, first, replace(second, name="witness.example"))
    refused_as("more than its log's two", Malformed, first, second, by(stranger, stranger))
    refused_as("names no log key", BadProof, second, first)
    refused_as("names no log key", BadProof, second)
    bad = replace(first, signature=bytes(64))
    refused_as("not signed by its log's key", BadProof, bad, second)
    other = replace(second, signature=bytes(7) + b"\x01" + second.signature[8:])
    refused_as("does not belong", BadProof, first, other)


def test_a_log_whose_owner_gave_no_second_signature_is_shown_without(world: World) -> None:
    """EV-9."""
    made = dialogue()
    source = WorldSource(made, own=(ALPHA,))
    evidence = collect(made.signed, [(AIR, ALPHA, 1), (AIR, BRAVO, 1)], source)
    verdict = verify(evidence.encoded(), made.fingerprints)
    assert {(entry.party, entry.mldsa) for entry in verdict.entries} == {(0, True), (1, False)}
    told = [line for line in verdict.proved if "logged" in line]
    assert ["ML-DSA-44" in line for line in told] == [e.mldsa for e in verdict.entries]
    assert any("no quantum computer" in line for line in verdict.not_proved)


def test_a_second_signature_by_a_key_that_is_not_in_the_file_is_left_out() -> None:
    """EV-9: the roster that names it was logged, and no record in the file was written under it."""
    world = two_notices()
    alpha = world.parties[ALPHA]
    new = MldsaKey(seed_of("a new ML-DSA key"))
    keys = replace(alpha.roster.roster.node, mldsa=new.public)
    world.append_roster(ALPHA, alpha.next_roster(node=keys))
    head, _ = world.log(AIR, ALPHA).head()
    world.mldsa_lines[head.body()] = new.line(head)
    assert len(lines_of(only(export(world, (AIR, ALPHA, 0))))) == 1
    whole = export(world, (AIR, ALPHA, 0), (CONTROL, ALPHA, 0))
    assert len(lines_of(whole.logs[1])) == 2
    verify(whole.encoded(), world.fingerprints)


def test_a_record_stands_at_its_own_index_only() -> None:
    """EV-10, EV-11."""
    world = World()
    for _ in range(3):
        world.append(ALPHA, AIR, a_notice())
    evidence = export(world, (AIR, ALPHA, 1))
    for index in (0, 2):
        with pytest.raises(BadProof):
            verify(with_proofs(evidence, lambda p, n=index: replace(p, index=n)), [])  # type: ignore[misc]  # bound at once
    never_logged = world.record(ALPHA, AIR, a_notice()).data
    proof = only(evidence).entries[0].proof
    with pytest.raises(BadProof):
        verify(with_part(evidence, entries=(ProvenEntry(never_logged, proof),)), [])


# Judging (EV-8, EV-12, EV-13)


@pytest.mark.parametrize(
    ("slots", "error"),
    [
        ({"composed_at": Millis(START - 1)}, BadProof),
        ({"composed_at": Millis(START + 31 * DAY)}, BadProof),
        ({"author": 7, "key": SigningKey(seed_of("stranger"))}, BadProof),
        ({"key": SigningKey(seed_of("stranger"))}, BadSignature),
        ({"author": NODE_AUTHOR}, BadProof),
        ({"version": 2}, BadProof),
        ({"control": 1}, BadProof),
        ({"answer_by": 1_000}, BadProof),
    ],
)
def test_what_nodes_judge_void_proves_nothing(
    slots: dict[str, object], error: type[Exception]
) -> None:
    """EV-12."""
    world = World()
    world.append(ALPHA, AIR, a_notice(), **slots)
    with pytest.raises(error, match="proves nothing"):
        export(world, (AIR, ALPHA, 0))


def test_a_kind_that_its_channel_does_not_carry_proves_nothing() -> None:
    """EV-12."""
    world = World()
    world.append(ALPHA, COMMAND, a_notice())
    with pytest.raises(BadProof, match="kind-not-on-channel"):
        export(world, (COMMAND, ALPHA, 0))


def test_a_key_that_has_expired_proves_nothing() -> None:
    """EV-12."""
    party = make_party(0)
    node, first, second = party.roster.roster.entries
    ended = replace(first, valid_until=NOW)
    signed = party.next_roster(entries=(node, ended, second))
    world = World(parties=(replace(party, roster=signed), make_party(1)))
    world.append(ALPHA, AIR, a_notice())
    with pytest.raises(BadProof, match="author-expired"):
        export(world, (AIR, ALPHA, 0))


def test_what_is_no_record_proves_nothing() -> None:
    """EV-12."""
    world = World()
    signed = world.record(ALPHA, AIR, a_notice())
    world.log(AIR, ALPHA).append(replace(signed, data=b"junk"))
    with pytest.raises(Malformed):
        export(world, (AIR, ALPHA, 0))


def test_a_file_without_what_its_records_build_on_is_refused() -> None:
    """EV-12."""
    world = dialogue()
    evidence = export(world, (AIR, ALPHA, 1))
    alpha, _bravo = evidence.logs
    with pytest.raises(BadProof, match="refers to is not in the file"):
        verify(Evidence(world.signed, (alpha,)).encoded(), [])


def test_a_release_that_is_missing_or_is_no_second_persons_is_refused() -> None:
    """EV-12."""
    world = World()
    index = world.append_released(ALPHA, COMMAND, a_statement())
    evidence = export(world, (COMMAND, ALPHA, index))
    with pytest.raises(BadProof, match="release"):
        verify(with_part(evidence, entries=only(evidence).entries[1:]), [])
    alone = World()
    alone.append(ALPHA, COMMAND, a_statement())
    with pytest.raises(BadProof, match="release"):
        export(alone, (COMMAND, ALPHA, 0))
    same = World()
    signed = same.record(ALPHA, COMMAND, a_statement(), serial=1)
    same.append(ALPHA, COMMAND, Release(signed.id), to=())
    same.log(COMMAND, ALPHA).append(signed)
    with pytest.raises(BadProof, match="release"):
        export(same, (COMMAND, ALPHA, 1))


def test_a_release_stands_just_before_what_it_releases() -> None:
    """EV-12: leaving out the entry between the two does not bring them together."""
    world = World()
    signed = world.record(ALPHA, COMMAND, a_statement())
    world.append(ALPHA, COMMAND, Release(signed.id), author=2, to=())
    world.append(ALPHA, COMMAND, FreeText(Words("en", "Between.")), author=2)
    world.log(COMMAND, ALPHA).append(signed)
    evidence = export(world, (COMMAND, ALPHA, 0))
    release = only(evidence).entries[0]
    log = world.log(COMMAND, ALPHA)
    note = cp.parse_proof(release.proof).note
    proof = cp.render_proof(cp.ProofFile(2, tuple(log.proof(2)), note, log.salt(2)))
    with pytest.raises(BadProof, match="release"):
        verify(with_part(evidence, entries=(release, ProvenEntry(signed.data, proof))), [])


def test_a_release_of_what_needs_none_is_not_carried_along() -> None:
    """Nobody escapes evidence by logging a void release before a record that needs none."""
    world = World()
    world.append(ALPHA, AIR, Release(bytes(32)), author=NODE_AUTHOR, to=())
    world.append(ALPHA, AIR, a_notice())
    assert [entry.index for entry in said(world, (AIR, ALPHA, 1)).entries] == [1]


def test_a_new_roster_comes_with_the_control_entries_that_give_it() -> None:
    """EV-8."""
    world = World()
    alpha = world.parties[ALPHA]
    new = SigningKey(seed_of("a third officer"))
    entries = alpha.roster.roster.entries
    added = RosterEntry(new.public.raw, "air duty officer", START, Millis(START + 30 * DAY))
    world.append_roster(ALPHA, alpha.next_roster(entries=(*entries, added)))
    world.append(ALPHA, AIR, a_notice(), author=3, key=new)
    world.give_receipt(CONTROL, ALPHA)
    evidence = export(world, (AIR, ALPHA, 0))
    assert not any(part.receipts for part in evidence.logs)
    assert export(world, (CONTROL, ALPHA, 0)).logs[0].receipts
    verdict = verify(evidence.encoded(), world.fingerprints)
    assert [(e.channel, e.index, e.roster) for e in verdict.entries] == [(0, 0, 1), (1, 0, 2)]
    assert verdict.parties[0].roster == 2
    with pytest.raises(BadProof, match="control entries"):
        verify(replace(evidence, logs=evidence.logs[1:]).encoded(), [])


def test_control_entries_are_whole_from_the_first_one_on() -> None:
    """EV-8."""
    world = World()
    alpha = world.parties[ALPHA]
    world.append_roster(ALPHA, alpha.next_roster())
    world.append_roster(ALPHA, replace(alpha, roster=alpha.next_roster()).next_roster())
    evidence = export(world, (CONTROL, ALPHA, 1))
    assert len(only(evidence).entries) == 2
    with pytest.raises(BadProof, match="whole"):
        verify(with_part(evidence, entries=only(evidence).entries[1:]), [])


def test_a_revoked_key_cannot_hide_behind_an_older_roster() -> None:
    """EV-8, EV-12."""
    world = World()
    alpha = world.parties[ALPHA]
    node, first, second = alpha.roster.roster.entries
    ended = replace(first, valid_until=NOW)
    world.append_roster(ALPHA, alpha.next_roster(entries=(node, ended, second)))
    world.append(ALPHA, AIR, a_notice())
    with pytest.raises(BadProof, match="author-expired"):
        export(world, (AIR, ALPHA, 0))


@pytest.mark.parametrize(
    "slots",
    [
        {"refers_to": Reference(ALPHA, 0, bytes(8)), "seen": (Seen(ALPHA, 1, bytes(16)),)},
        {"refers_to": Reference(ALPHA, 0, bytes(8)), "seen": ()},
        {"refers_to": Reference(BRAVO, 0, bytes(8))},
    ],
)
def test_nobody_voids_the_other_partys_entry_by_referring_to_what_came_later(
    slots: dict[str, object],
) -> None:
    """EV-8, EV-13: BRAVO's first entry is void; ALPHA's, which refers to nothing void, is not."""
    world = World()
    alpha = world.parties[ALPHA]
    state = LineState(int(AIR), Declared.SUSPENDED)
    world.append(BRAVO, CONTROL, state, to=(), **slots)
    about = world.reference(CONTROL, BRAVO, 0)
    world.append(ALPHA, CONTROL, state, to=(), refers_to=about)
    body = RosterUpdate(alpha.next_roster().encoded())
    world.append(ALPHA, CONTROL, body, to=())
    world.append(ALPHA, AIR, a_notice())
    verdict = said(world, (AIR, ALPHA, 0), (CONTROL, BRAVO, 0))
    reasons = {(void.party, void.index): void.reason for void in verdict.void}
    assert reasons[ALPHA, 0] is Void.REFERENCE_VOID
    assert (BRAVO, 0) in reasons
    assert verdict.entries[-1].roster == 2


@pytest.mark.parametrize("poison", ["junk", "false seen", "not the next", "ring"])
def test_nobody_escapes_evidence_by_a_void_control_entry(poison: str) -> None:
    """EV-8: it stays in the file and has no effect, as at a node."""
    world = World()
    alpha = world.parties[ALPHA]
    roster = alpha.next_roster()
    signed = world.record(ALPHA, CONTROL, RosterUpdate(roster.encoded()), to=())
    match poison:
        case "junk":
            world.log(CONTROL, ALPHA).append(replace(signed, data=b"junk"))
        case "false seen":
            seen = (Seen(BRAVO, 9, bytes(16)),)
            world.append(ALPHA, CONTROL, RosterUpdate(roster.encoded()), to=(), seen=seen)
        case "not the next":
            world.append(ALPHA, CONTROL, RosterUpdate(alpha.roster.encoded()), to=())
        case "ring":
            seen = (Seen(BRAVO, 1, bytes(16)),)
            world.append(ALPHA, CONTROL, RosterUpdate(roster.encoded()), to=(), seen=seen)
            world.append_roster(BRAVO, world.parties[BRAVO].next_roster())
    new = SigningKey(seed_of("a third officer"))
    entries = alpha.roster.roster.entries
    added = RosterEntry(new.public.raw, "air duty officer", START, Millis(START + 30 * DAY))
    world.append_roster(ALPHA, alpha.next_roster(entries=(*entries, added)))
    world.append(ALPHA, AIR, a_notice(), author=3, key=new)
    verdict = verify(export(world, (AIR, ALPHA, 0)).encoded(), world.fingerprints)
    assert [(void.party, void.index) for void in verdict.void] == [(ALPHA, 0)]
    assert any("ALPHA control 0: anything; it is void" in line for line in verdict.not_proved)
    assert any((e.channel, e.index) == (AIR, 0) for e in verdict.entries)
    assert verdict.void[0].reason in set(Void)


def test_records_are_judged_after_those_that_they_refer_to_on_either_side() -> None:
    world = World()
    world.append(ALPHA, AIR, a_query())
    for turn in range(12):
        speaker, other = (BRAVO, ALPHA) if turn % 2 == 0 else (ALPHA, BRAVO)
        last = world.log(AIR, other).size - 1
        about = world.reference(AIR, other, last)
        world.append(speaker, AIR, FreeText(Words("en", "Go on.")), refers_to=about)
    verdict = said(world, (AIR, ALPHA, 6))
    assert len(verdict.entries) == 13


# Receipts (EV-14 to EV-16)


def given(world: World, data: bytes, hashes: tuple[bytes, ...] = ()) -> bytes:
    evidence = export(world, (AIR, ALPHA, 0))
    return with_part(evidence, receipts=(ReceiptGiven(data, hashes),))


def two_notices() -> World:
    world = World()
    world.append(ALPHA, AIR, a_notice())
    world.append(ALPHA, AIR, a_notice())
    return world


def test_a_receipt_is_the_other_partys_for_this_log() -> None:
    """EV-14."""
    world = two_notices()
    verify(given(world, world.receipt(AIR, ALPHA)), [])
    world.append(ALPHA, COMMAND, FreeText(Words("en", "Noted.")))
    for wrong in (
        world.receipt(AIR, ALPHA, key=world.parties[ALPHA].receipt),
        world.receipt(AIR, ALPHA, key=world.parties[BRAVO].record),
        world.receipt(COMMAND, ALPHA),
    ):
        with pytest.raises(BadSignature):
            verify(given(world, wrong), [])
    with pytest.raises(Malformed):
        verify(given(world, b"junk"), [])


def test_a_receipt_covers_an_entry_of_the_file() -> None:
    """EV-15."""
    world = two_notices()
    for held in ([(1, 2)], []):
        with pytest.raises(BadProof, match="covers none"):
            verify(given(world, world.receipt(AIR, ALPHA, held=held)), [])
    with pytest.raises(Malformed):
        verify(given(world, world.receipt(AIR, ALPHA, held=[(0, 3)])), [])


def test_a_receipt_is_for_the_same_history_as_the_head() -> None:
    """EV-16."""
    world = two_notices()
    small = world.receipt(AIR, ALPHA, size=1)
    hashes = tuple(consistency_proof(1, 2, world.log(AIR, ALPHA).subtree))
    verify(given(world, small, hashes), [])
    other = world.receipt(AIR, ALPHA, root=bytes(32))
    other_small = world.receipt(AIR, ALPHA, size=1, root=bytes(32))
    for data, proof in (
        (small, ()),
        (small, (bytes(32),)),
        (small, (*hashes, bytes(32))),
        (other, ()),
        (other_small, hashes),
        (world.receipt(AIR, ALPHA), hashes),
    ):
        with pytest.raises(BadProof):
            verify(given(world, data, proof), [])


# Collecting


def test_what_may_not_or_cannot_be_exported_is_refused(world: World) -> None:
    with pytest.raises(InvalidValue, match="at least one"):
        export(world)
    private = World(replace(World().agreement, publication=Publication.NEVER))
    private.append(ALPHA, AIR, a_notice())
    with pytest.raises(Refused, match="shown to others"):
        export(private, (AIR, ALPHA, 0))
    with pytest.raises(InvalidValue, match="not yet under a signed head"):
        export(two_notices(), (AIR, ALPHA, 1), size=1)
    stranger = two_notices()
    stranger.log(AIR, ALPHA).key = SigningKey(seed_of("stranger"))
    with pytest.raises(BadProof, match="log key known here"):
        export(stranger, (AIR, ALPHA, 0))


def test_the_earliest_receipt_is_the_one_that_goes_in() -> None:
    world = two_notices()
    world.give_receipt(AIR, ALPHA, size=1, at=Millis(NOW + 2 * HOUR))
    world.give_receipt(AIR, ALPHA, size=2, at=Millis(NOW + HOUR))
    entry = said(world, (AIR, ALPHA, 0)).entries[0]
    assert entry.receipts == (NOW + HOUR,)


def test_a_receipt_that_no_known_key_signed_is_left_out() -> None:
    world = two_notices()
    world.give_receipt(AIR, ALPHA, key=SigningKey(seed_of("stranger")), at=NOW)
    world.give_receipt(AIR, ALPHA)
    entry = said(world, (AIR, ALPHA, 0)).entries[0]
    assert len(entry.receipts) == 1
    assert entry.delivered != NOW


def test_a_log_key_that_was_changed_needs_the_control_entry_that_says_so() -> None:
    """EV-9."""
    world = two_notices()
    alpha = world.parties[ALPHA]
    new = SigningKey(seed_of("a new log key"))
    keys = replace(alpha.roster.roster.node, log=new.public.raw)
    world.append_roster(ALPHA, alpha.next_roster(node=keys))
    world.log(AIR, ALPHA).key = new
    with pytest.raises(BadProof, match="name the entry of its control log"):
        export(world, (AIR, ALPHA, 0))
    evidence = export(world, (AIR, ALPHA, 0), (CONTROL, ALPHA, 0))
    verify(evidence.encoded(), world.fingerprints)


# The specification


def test_the_specification_shows_what_the_code_does() -> None:
    """EV-1, EV-2, EV-19: the examples are the code's, and hold on any day."""
    text = SPECIFICATION.read_text(encoding="utf-8")
    assert text == example.with_examples(text)
    for shown in (example.evidence_example(), example.fork_example(), example.evidence_file()):
        assert shown in text


def requirements() -> list[int]:
    text = SPECIFICATION.read_text(encoding="utf-8")
    return [int(number) for number in re.findall(r"^- \*\*EV-([0-9]+)\*\* ", text, re.MULTILINE)]


def cited(*paths: str) -> set[int]:
    found: set[int] = set()
    for path in paths:
        files = sorted((ROOT / path).rglob("*.py")) or [ROOT / path]
        for file in files:
            text = file.read_text(encoding="utf-8")
            for match in re.finditer(r"\bEV-([0-9]+)(?: to EV-([0-9]+))?", text):
                found |= set(range(int(match[1]), int(match[2] or match[1]) + 1))
    return found


def test_each_requirement_has_one_number_and_is_cited_by_code_and_tests() -> None:
    listed = requirements()
    assert listed == list(range(1, len(listed) + 1))
    assert cited("src/firebreak/evidence", "src/firebreak/ledger/fork.py") == set(listed)
    assert set(listed) <= cited("tests/test_evidence.py", "tests/ledger/test_fork.py")
