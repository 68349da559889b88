"""Three verifiers agree: our package, tools/verify_evidence.py, and Go's sumdb (vectors/README.md)."""

import ast
import base64
import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firebreak.errors import Malformed, Misbehaviour
from firebreak.keys import PublicKey, SigningKey
from firebreak.ledger.checkpoint import Checkpoint, sign_checkpoint
from firebreak.ledger.fork import Fork, SignedHead
from firebreak.mldsa import MldsaKey
from tests.conftest import ROOT, needs_package
from tests.verifiers import evidence_vectors, log_vectors, readers
from tests.verifiers.readers import REFUSED, Vector
from tests.worlds import World, WorldParty, make_party, seed_of

EVIDENCE = [pytest.param(readers.read(path), id=path.stem) for path in readers.files("evidence")]
LOG = [pytest.param(readers.read(path), id=path.stem) for path in readers.files("log")]
RECORDS = [path for name in ("accept", "reject") for path in (readers.VECTORS / name).glob("*")]
READ = sorted(path for path in RECORDS if not path.stem.startswith("judge-"))
JUDGED = sorted(path for path in RECORDS if path.stem.startswith("judge-"))


@pytest.fixture(scope="session")
def tool() -> ModuleType:
    return readers.load_tool()


@pytest.fixture(scope="session")
def go(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go program, built once a session in a folder of its own."""
    line = "apt-get install golang-go golang-golang-x-mod-dev"
    command = needs_package("go", line)
    library = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb")
    if not library.is_dir():
        needs_package("golang-golang-x-mod-dev", line)
    return readers.build_go(command, tmp_path_factory.mktemp("go"))


# Evidence


@pytest.mark.parametrize("vector", EVIDENCE)
def test_package_and_tool_agree_on_evidence(tool: ModuleType, vector: Vector) -> None:
    expected = vector["expect"]["verdict"]
    assert readers.ours_on_evidence(vector) == expected
    assert readers.tools_on_evidence(tool, vector) == expected


def test_the_vectors_are_what_the_script_writes(tmp_path: Path) -> None:
    made = {**_texts("evidence", evidence_vectors), **_texts("log", log_vectors)}
    found = {
        f"{name}/{path.parent.name}/{path.stem}": readers.read(path)
        for name in ("evidence", "log")
        for path in readers.files(name)
    }
    assert found == made


def _texts(name: str, source: Any) -> dict[str, Vector]:
    return {
        f"{name}/{vector.name}": json.loads(json.dumps(vector.as_json()))
        for vector in source.vectors()
    }


@pytest.mark.parametrize("name", ["accept/notice-dialogue", "accept/second-signature"])
def test_the_tool_needs_nothing_installed(tmp_path: Path, name: str) -> None:
    """As a program with `-I -S`: verdict words, exit codes, and what it says of each record."""
    vector = readers.read(ROOT / "vectors" / "evidence" / f"{name}.json")
    path = tmp_path / "file.evidence"
    path.write_bytes(readers.data_of(vector))
    roots = [word for root in vector["roots"] for word in ("--root", root)]
    ran = readers.run_tool(str(path), *roots)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("verdict: authentic\n")
    assert "ALPHA air 0: notice (kind 1)" in ran.stdout
    assert "BRAVO's node signed a receipt" in ran.stdout
    assert "- That what a record says is true" in ran.stdout
    ran = readers.run_tool(str(path))
    assert ran.stdout.startswith("verdict: consistent, parties not authenticated\n")
    assert "anybody can make such a file" in ran.stdout
    told = json.loads(readers.run_tool(str(path), "--json", *roots).stdout)
    assert told["verdict"] == "authentic"
    ran = readers.run_tool(str(path), "--root", "00" * 32)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("refused: ALPHA's root fingerprint is not among those given")


def test_the_tool_is_python_3_9_and_its_standard_library() -> None:
    tree = ast.parse(readers.TOOL.read_text(encoding="utf-8"), feature_version=(3, 9))
    named = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            named.add(node.module or "")
    assert {name.split(".")[0] for name in named} <= sys.stdlib_module_names
    assert readers.run_tool("--help").returncode == 0


def test_the_tool_says_what_is_wrong_with_how_it_is_used(tmp_path: Path) -> None:
    assert readers.run_tool(str(tmp_path / "none")).returncode == 2
    assert readers.run_tool(__file__, "--root", "short").returncode == 2
    assert readers.run_tool(__file__).returncode == 1
    shown = readers.run_tool("--help")
    assert (shown.returncode, "--root FINGERPRINT" in shown.stdout) == (0, True)
    assert readers.run_tool(__file__, "--card", __file__).returncode == 2


def test_the_tool_takes_the_log_key_of_a_fork_from_a_card(tmp_path: Path) -> None:
    """The card's root keys vouch for the log key: pinned, the proof is authentic."""
    alpha, bravo = make_party(0), make_party(1)
    world = World()
    origin = world.log(evidence_vectors.AIR, 0).origin
    data = _forked(origin, alpha)
    proof, card, other = (tmp_path / name for name in ("fork", "card", "other"))
    proof.write_bytes(data)
    card.write_bytes(alpha.roster.encoded())
    other.write_bytes(bravo.roster.encoded())
    pinned = ("--root", alpha.fingerprint.hex())
    ran = readers.run_tool(str(proof), "--card", str(card), *pinned)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("verdict: authentic\n+ The log key of ALPHA")
    ran = readers.run_tool(str(proof), "--card", str(card))
    assert ran.stdout.startswith("verdict: consistent, parties not authenticated\n")
    assert readers.run_tool(str(proof), "--card", str(other)).returncode == 1
    root = ("--root", bravo.fingerprint.hex())
    assert readers.run_tool(str(proof), "--card", str(card), *root).returncode == 1
    assert readers.run_tool(str(proof)).returncode == 2


def _forked(origin: str, party: WorldParty) -> bytes:
    heads = []
    for root in (bytes(32), bytes([1] * 32)):
        signature = sign_checkpoint(Checkpoint(origin, 1, root), party.log)
        heads.append(SignedHead(1, root, signature))
    return Fork(origin, heads[0], heads[1], None).encoded()


ACCEPTED = [
    readers.data_of(readers.read(path))
    for path in readers.files("evidence")
    if path.parent.name == "accept" and readers.read(path)["level"] == "evidence"
]


@settings(max_examples=60)
@given(
    data=st.sampled_from(ACCEPTED),
    at=st.integers(0),
    how=st.sampled_from(["flip", "cut", "insert", "drop"]),
    byte=st.integers(1, 255),
)
def test_no_change_of_an_accepted_file_is_taken(
    tool: ModuleType, data: bytes, at: int, how: str, byte: int
) -> None:
    place = at % len(data)
    changed = {
        "flip": data[:place] + bytes([data[place] ^ byte]) + data[place + 1 :],
        "cut": data[:place],
        "insert": data[:place] + bytes([byte]) + data[place:],
        "drop": data[:place] + data[place + 1 :],
    }[how]
    if changed == data:  # a byte left out of a run of the same
        return
    vector = {"level": "evidence", "roots": [], "input_base64": base64.b64encode(changed)}
    assert readers.ours_on_evidence(vector) == REFUSED
    assert readers.tools_on_evidence(tool, vector) == REFUSED


# Keys and signatures


def test_both_judge_the_edge_cases_of_ed25519_alike(tool: ModuleType, shared_vectors: Path) -> None:
    cases = json.loads((shared_vectors / "ed25519" / "ed25519vectors.json").read_text())
    assert len(cases) == 914
    taken = []
    for case in cases:
        key, signature = bytes.fromhex(case["key"]), bytes.fromhex(case["sig"])
        message = case["msg"].encode()
        ours = _signed(key, message, signature)
        assert tool.signature_is_good(key, message, signature) == ours, case["number"]
        taken += [case["number"]] if ours else []
    assert len(taken) == 1


def _signed(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        PublicKey.parse(key).verify(message, signature)
    except Misbehaviour:
        return False
    return True


@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=200))
@settings(max_examples=25)
def test_what_one_signs_the_other_takes(tool: ModuleType, seed: bytes, message: bytes) -> None:
    key = SigningKey(seed)
    signature = key.sign(message)
    assert tool.signature_is_good(key.public.raw, message, signature)
    assert not tool.signature_is_good(key.public.raw, message + b"\0", signature)


def test_points_of_small_order_make_no_key_and_move_no_signature(tool: ModuleType) -> None:
    """S-3 holds against a key moved by a point of order 2, 4 or 8, on the curve as it is."""
    good = PublicKey.parse(make_party(0).log.public.raw).raw
    point = tool._decode_point(good)
    eighth = tool._decode_point(tool.ORDER_8_Y.to_bytes(32, "little"))
    for times in range(1, 8):
        moved = tool._encode_point(tool._add(point, tool._multiply(times, eighth, 0, eighth)))
        assert not tool.key_is_good(moved)
        with pytest.raises(Malformed):
            PublicKey.parse(moved)
    assert tool.key_is_good(good)


def test_both_take_the_same_second_signatures(tool: ModuleType) -> None:
    """ML-DSA-44 of the tool's own against a library's, over keys and messages of many lengths."""
    for number in range(6):
        key = MldsaKey(seed_of(f"ML-DSA key {number}"))
        head = Checkpoint(log_vectors.ORIGIN, number, seed_of(f"root {number}"))
        line = key.line(head, number)
        note = tool.Note(head.origin, head.size, head.root, [])
        theirs = tool.Line(line.name, line.key_id, line.signature)
        assert tool.mldsa_line_is_good(note, theirs, key.public)
        other = tool.Note(head.origin, head.size + 1, head.root, [])
        assert not tool.mldsa_line_is_good(other, theirs, key.public)


# Records


@pytest.mark.parametrize("path", READ, ids=lambda path: path.stem)
def test_both_read_records_alike(tool: ModuleType, path: Path) -> None:
    vector = readers.read(path)
    data = bytes.fromhex(vector["input"])
    taken = path.parent.name == "accept" or vector["level"] == "volume"
    try:
        record = tool.parse_record(data)
    except tool.Refused:
        assert not taken
        return
    assert taken
    given_context = bytes.fromhex(vector["context"]["external_aad"])
    message = tool.signed_bytes(given_context, record.payload)
    key = bytes.fromhex(vector["context"]["public_key"])
    assert tool.signature_is_good(key, message, record.signature)
    if "id" in vector["expect"]:
        assert record.id(given_context).hex() == vector["expect"]["id"]


@pytest.mark.parametrize("path", JUDGED, ids=lambda path: path.stem)
def test_both_judge_alike(tool: ModuleType, path: Path) -> None:
    """vectors/README.md, level judge: each entry's verdict, and the id of the last."""
    vector = readers.read(path)
    judge, logs = _judge(tool, vector)
    entry = None
    last = {"party": vector["party"], "data": vector["input"], "void": vector["expect"]["reason"]}
    for given_entry in [*vector["facts"]["entries"], last]:
        log = logs[given_entry["party"]]
        entry = tool.Entry(len(log.entries), bytes.fromhex(given_entry["data"]), None)
        log.entries[entry.index] = entry
        judge.judge(log, entry)
        said = re.match(r"J-\d+, ([a-z-]+)", entry.void) if entry.void else None
        assert (said[1] if said else entry.void) == given_entry["void"]
    assert entry is not None
    assert entry.id.hex() == vector["expect"]["id"]


def _judge(tool: ModuleType, vector: Vector) -> tuple[Any, list[Any]]:
    facts, channel = vector["facts"], vector["channel"]
    versions = [
        (given["since"], tool.parse_agreement(bytes.fromhex(given["payload"])))
        for given in facts["agreements"]
    ]
    histories = [[(r["since"], _roster(tool, r)) for r in facts["rosters"][p]] for p in (0, 1)]
    first = versions[0][1]
    first.rosters.update({party: histories[party][0][1] for party in (0, 1)})
    logs = [tool.Log(channel, party, None, {}, []) for party in (0, 1)]
    control = [
        tool.Log(0, party, None, dict.fromkeys(range(facts["control"][party])), [])
        for party in (0, 1)
    ]
    judge = tool.Judge(first, [*(control if channel else ()), *logs], (0, channel))
    for party in (0, 1):
        known = [(since[party], v) for since, v in versions if since[party] is not None]
        judge.histories[party] = tool.History(histories[party], known)
    return judge, logs


def _roster(tool: ModuleType, given_roster: Vector) -> Any:
    if "payload" in given_roster:
        return tool.parse_roster(bytes.fromhex(given_roster["payload"]))
    seats = [
        tool.Seat(bytes.fromhex(k["key"]), k["office"], k["valid_from"], k["valid_until"])
        for k in given_roster["keys"]
    ]
    return tool.Roster(b"", "", 1, 1, [], b"", b"", b"", seats)


# Logs


@pytest.mark.parametrize("vector", LOG)
def test_package_and_tool_agree_on_logs(tool: ModuleType, vector: Vector) -> None:
    expected = vector["expect"]["verdict"]
    assert readers.ours_on_log(vector) == expected
    assert readers.tools_on_log(tool, vector) in (expected, None)


def test_go_says_what_the_vectors_expect_of_it(go: Path) -> None:
    paths = readers.files("log")
    code, verdicts = readers.go_verdicts(go, paths)
    expected = [readers.read(path)["expect"]["sumdb"] for path in paths]
    assert verdicts == expected
    assert code == 0


def test_go_takes_no_checkpoint_of_which_a_bit_was_changed(
    go: Path, tool: ModuleType, tmp_path: Path
) -> None:
    """Every bit of a note. Go may take one that only respells base64; we do not (L-14)."""
    good = log_vectors.note()
    vectors = []
    for bit in range(8 * len(good)):
        data = bytearray(good)
        data[bit // 8] ^= 1 << bit % 8
        vectors.append(_a_checkpoint(bytes(data)))
    path = tmp_path / "bits.json"
    path.write_text(json.dumps(vectors))
    _, verdicts = readers.go_verdicts(go, [path])
    assert len(verdicts) == len(vectors)
    taken = [bit for bit, verdict in enumerate(verdicts) if verdict == "accepted"]
    last = good.rindex(b"=") - 1
    assert {bit // 8 for bit in taken} <= {last}
    for vector in vectors:
        assert readers.ours_on_log(vector) == REFUSED
        assert readers.tools_on_log(tool, vector) == REFUSED


def _a_checkpoint(data: bytes) -> Vector:
    slots = log_vectors.checkpoint_slots(data)
    return {"level": "checkpoint", **slots, "expect": {"verdict": REFUSED, "sumdb": REFUSED}}


def test_go_takes_the_evidence_of_its_own_logs(go: Path, tmp_path: Path) -> None:
    """The proofs in accepted evidence files are C2SP tlog-proofs under the rosters' log keys."""
    tool = readers.load_tool()
    vectors = []
    for data in ACCEPTED:
        evidence = tool.verify_evidence(data)
        for item in tool.decode(data)[2]:
            for record, proof in item[2]:
                note = tool.parse_note(tool.parse_proof_file(proof).note)
                (key,) = {
                    roster.log
                    for roster in evidence.rosters[item[1]]
                    if tool.log_line_is_good(note, note.lines[0], roster.log)
                }
                slots = {"record": record.hex(), "file": proof.hex(), "key": key.hex()}
                expect = {"verdict": "accepted", "sumdb": "accepted"}
                shown = {"level": "proof", "origin": note.origin, **slots, "expect": expect}
                vectors.append(shown)
    path = tmp_path / "proofs.json"
    path.write_text(json.dumps(vectors))
    code, verdicts = readers.go_verdicts(go, [path])
    assert (code, set(verdicts)) == (0, {"accepted"})
    assert len(verdicts) == len(vectors)
