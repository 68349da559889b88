"""vectors/accept and vectors/reject against the code, from the files alone (vectors/README.md)."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from firebreak.desk.overlap import volume_of
from firebreak.errors import InvalidValue, Malformed
from firebreak.keys import PublicKey
from firebreak.ledger.checkpoint import Checkpoint, sign_checkpoint
from firebreak.ledger.judge import Void
from firebreak.line.bundle import AGREEMENT_PREFIX, Bundle, Entries
from firebreak.records.agreement import Channel, parse_agreement
from firebreak.records.kinds import BODIES, Kind
from firebreak.records.record import Context, SignedRecord, parse_record, payload_of
from firebreak.records.roster import NodeKeys, Roster, RosterEntry, parse_roster_payload
from firebreak.sealing import Suite, open_bundle, seal
from firebreak.values import Millis, PartyNumber, Precedence
from firebreak.volumes import check
from tests.conftest import ROOT
from tests.ledger.held import Control, Held
from tests.vectors.line import AGREEMENT, PARTIES
from tests.vectors.shape import decoded
from tests.worlds import DAY, NOW

VECTORS = ROOT / "vectors"
MOST_SIGNED, MOST_SEALED = 210, 340
"""Bytes: the typical notice, signed; and alone in a narrow bundle with the log's signature, sealed."""

Vector = dict[str, Any]


def files(folder: str, level: str) -> list[Any]:
    """The vectors of one level, named after their files."""
    found = []
    for path in sorted((VECTORS / folder).glob("*.json")):
        vector = json.loads(path.read_text(encoding="utf-8"))
        if vector["level"] == level:
            found.append(pytest.param(vector, id=path.stem))
    return found


def read(vector: Vector) -> SignedRecord:
    """The record of a vector, its signature verified."""
    given = vector["context"]
    context = Context(
        bytes.fromhex(given["agreement"]),
        given["channel"],
        given["origin"],
        bytes.fromhex(given["catalogue"]),
    )
    assert context.external_aad().hex() == given["external_aad"]
    record = parse_record(bytes.fromhex(vector["input"]), context)
    record.signed.verify(
        PublicKey.parse(bytes.fromhex(given["public_key"])), context.external_aad()
    )
    return record


@pytest.mark.parametrize("vector", files("accept", "decode"))
def test_what_must_be_taken(vector: Vector) -> None:
    signed = read(vector)
    assert signed.id.hex() == vector["expect"]["id"]
    assert json.loads(json.dumps(decoded(signed.record))) == vector["decoded"]
    assert payload_of(signed.record) == signed.signed.payload
    assert signed.signed.encoded().hex() == vector["input"]


@pytest.mark.parametrize("vector", files("reject", "decode"))
def test_what_is_no_record(vector: Vector) -> None:
    with pytest.raises(Malformed):
        read(vector)


@pytest.mark.parametrize("vector", files("reject", "volume"))
def test_what_has_an_unsound_volume(vector: Vector) -> None:
    signed = read(vector)
    assert signed.id.hex() == vector["expect"]["id"]
    with pytest.raises(InvalidValue):
        check_volume(signed)


def check_volume(signed: SignedRecord) -> None:
    volume = volume_of(signed.record)
    assert volume is not None
    check(volume)


# Judging


def roster_of(given: Vector) -> Roster:
    """A roster whose keys are those given; what judging never asks for is stood in for."""
    if "payload" in given:
        return parse_roster_payload(bytes.fromhex(given["payload"]))
    entries = tuple(
        RosterEntry(
            bytes.fromhex(key["key"]),
            key["office"],
            Millis(key["valid_from"]),
            Millis(key["valid_until"]),
        )
        for key in given["keys"]
    )
    node = NodeKeys(b"log", b"receipt", b"mldsa", b"certificate", b"x25519", b"xwing")
    return Roster("party", 1, 1, (b"root",), node, entries)


def held_of(vector: Vector) -> Held:
    """A channel as the facts of a vector say it is held."""
    facts = vector["facts"]
    agreements: list[list[tuple[int, Any]]] = [[], []]
    for given in facts["agreements"]:
        agreement = parse_agreement(bytes.fromhex(given["payload"]))
        for party, since in enumerate(given["since"]):
            if since is not None:
                agreements[party].append((since, agreement))
    rosters = [[(each["since"], roster_of(each)) for each in side] for side in facts["rosters"]]
    held = Held(
        agreements[0][0][1],
        vector["channel"],
        Control(rosters, agreements, list(facts["control"])),
    )
    for entry in facts["entries"]:
        assert held.take(entry["party"], bytes.fromhex(entry["data"])).void == entry["void"]
    return held


@pytest.mark.parametrize("vector", files("accept", "judge") + files("reject", "judge"))
def test_every_verdict(vector: Vector) -> None:
    held = held_of(vector)
    judged = held.judge(vector["party"], bytes.fromhex(vector["input"]))
    assert {
        "id": judged.id.hex(),
        "reason": judged.void,
        "rank": judged.rank,
        "root": list(judged.root),
    } == vector["expect"]


@pytest.mark.parametrize("vector", files("reject", "judge")[:1] + files("accept", "judge")[:1])
def test_the_terms_told_are_those_of_the_payload(vector: Vector) -> None:
    for given in vector["facts"]["agreements"]:
        agreement = parse_agreement(bytes.fromhex(given["payload"]))
        told, terms = given["terms"], agreement.terms(vector["channel"])
        assert terms is not None
        assert told["version"] == agreement.version
        assert told["valid_from"] == agreement.valid_from
        assert told["valid_until"] == agreement.valid_until
        assert told["office_parties"] == [office.party for office in agreement.offices]
        assert told["channel"]["kinds"] == list(terms.kinds)
        assert told["channel"]["two_officers"] == list(terms.two_officers)
        assert told["channel"]["offices"] == list(terms.offices)
        for party, aad in enumerate(told["channel"]["external_aad"]):
            context = agreement.context(vector["channel"], PartyNumber(party))
            assert context.external_aad().hex() == aad


# The set as a whole


def test_there_is_a_record_of_every_kind() -> None:
    kinds = {param.values[0]["decoded"]["kind"] for param in files("accept", "decode")}
    assert kinds >= {kind.name for kind in BODIES}
    assert kinds - {kind.name for kind in Kind} == {200}


def test_every_reason_has_an_entry_that_is_void_for_it() -> None:
    reasons = {param.values[0]["expect"]["reason"] for param in files("reject", "judge")}
    assert reasons == set(Void)


def test_the_committed_files_are_what_the_generator_writes(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "make_vectors.py"
    spec = importlib.util.spec_from_file_location("make_vectors", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.main(tmp_path)
    for folder in ("accept", "reject"):
        written = {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()}
        kept = {path.name: path.read_bytes() for path in (VECTORS / folder).iterdir()}
        assert written.keys() == kept.keys()
        assert [name for name in written if written[name] != kept[name]] == []


# Sizes


def test_the_typical_notice_is_small() -> None:
    vector = json.loads((VECTORS / "accept" / "notice-typical.json").read_text(encoding="utf-8"))
    assert len(vector["decoded"]["body"]["contact"]) == 24
    assert len(vector["decoded"]["seen"]) == 1
    data = bytes.fromhex(vector["input"])
    assert len(data) <= MOST_SIGNED
    origin = vector["context"]["origin"]
    head = sign_checkpoint(Checkpoint(origin, 1, bytes(32)), PARTIES[0].log)
    item = Entries(Channel.AIR, 0, (data,), None, head)
    bundle = Bundle(AGREEMENT.id[:AGREEMENT_PREFIX], PartyNumber(0), (item,))
    to = PARTIES[1].sealing
    expires = Millis(NOW + DAY)
    sealed = seal(bundle.encoded(), to.public, Suite.NARROW, Precedence.ROUTINE, expires)
    assert open_bundle(sealed, [to], NOW)[1] == bundle.encoded()
    print(f"typical notice: {len(data)} B signed, {len(sealed)} B sealed with the log's signature")
    assert len(sealed) <= MOST_SEALED
    told = (ROOT / "spec" / "record.md").read_text(encoding="utf-8")
    assert f"signed record, {len(data)} bytes" in told
    assert f"that commits to it, it is {len(sealed)} bytes" in told
