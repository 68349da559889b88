"""The verifiers that the tests compare: our package, the one-file tool, the Go program."""

import base64
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from firebreak.errors import BadProof, Misbehaviour
from firebreak.evidence import verify
from firebreak.keys import PublicKey
from firebreak.ledger import checkpoint as cp
from firebreak.ledger.commitment import commitment
from firebreak.ledger.fork import verify_fork
from firebreak.ledger.merkle import (
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from firebreak.ledger.tiles import parse_hash_tile, parse_path, tile_path
from tests.conftest import ROOT

TOOL = ROOT / "tools" / "verify_evidence.py"
GO_SOURCE = ROOT / "tools" / "checkpoints" / "main.go"
VECTORS = ROOT / "vectors"
REFUSED = "refused"
PATIENCE = 300
"""Seconds after which a program counts as hanging."""

Vector = dict[str, Any]


def load_tool() -> ModuleType:
    """The one-file verifier as a module."""
    spec = importlib.util.spec_from_file_location("verify_evidence", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def files(name: str) -> list[Path]:
    """The vectors of one folder, accepted and refused."""
    return sorted((VECTORS / name).glob("*/*.json"))


def read(path: Path) -> Vector:
    """One vector."""
    vector: Vector = json.loads(path.read_text(encoding="utf-8"))
    return vector


# Evidence


def data_of(vector: Vector) -> bytes:
    """The file of an evidence vector."""
    return base64.b64decode(vector["input_base64"], validate=True)


def roots_of(vector: Vector) -> list[bytes]:
    """The fingerprints that its reader was given."""
    return [bytes.fromhex(root) for root in vector["roots"]]


def ours_on_evidence(vector: Vector) -> str:
    """Our package's verdict."""
    try:
        if vector["level"] == "fork":
            verify_fork(data_of(vector), PublicKey.parse(bytes.fromhex(vector["log_key"])))
            return "fork"
        return str(verify(data_of(vector), roots_of(vector)).status)
    except Misbehaviour:
        return REFUSED


def tools_on_evidence(tool: ModuleType, vector: Vector) -> str:
    """The tool's verdict, as a module."""
    try:
        if vector["level"] == "fork":
            tool.verify_fork(data_of(vector), bytes.fromhex(vector["log_key"]))
            return "fork"
        return str(tool.verify_evidence(data_of(vector), roots_of(vector)).verdict)
    except tool.Refused:
        return REFUSED


def run_tool(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The tool as a program that sees nothing but the standard library."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(TOOL), *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


# Logs


def _checkpoint(vector: Vector, note: bytes) -> cp.Checkpoint:
    head, _ = cp.open_note(note, PublicKey.parse(bytes.fromhex(vector["key"])))
    if head.origin != vector["origin"]:
        raise BadProof("The checkpoint is of another log.")
    return head


def _hashes(vector: Vector) -> list[bytes]:
    return [bytes.fromhex(one) for one in vector["hashes"]]


def _on_inclusion(vector: Vector) -> None:
    leaf, root = leaf_hash(bytes.fromhex(vector["entry"])), bytes.fromhex(vector["root"])
    verify_inclusion(leaf, vector["index"], vector["size"], _hashes(vector), root)


def _on_consistency(vector: Vector) -> None:
    roots = [bytes.fromhex(vector[name]) for name in ("root1", "root2")]
    sizes = vector["size1"], vector["size2"]
    verify_consistency(sizes[0], roots[0], sizes[1], roots[1], _hashes(vector))


def _on_proof(vector: Vector) -> None:
    proof = cp.parse_proof(bytes.fromhex(vector["file"]))
    head = _checkpoint(vector, proof.note)
    if proof.extra is None:
        raise BadProof("The proof file does not give the salt.")
    leaf = leaf_hash(commitment(proof.extra, bytes.fromhex(vector["record"])))
    verify_inclusion(leaf, proof.index, head.size, proof.hashes, head.root)


def _on_tiles(vector: Vector) -> None:
    """Every tile that L-23 wants and no other, each hash what those under it give."""
    below: list[bytes] = []
    wanted = set()
    level, count = 0, vector["size"]
    while count:
        hashes: list[bytes] = []
        for index in range(-(-count // 256)):
            path = tile_path(level, index, min(256, count - 256 * index))
            wanted.add(path)
            if path not in vector["tiles"]:
                raise BadProof(f"There is no {path}.")
            content = bytes.fromhex(vector["tiles"][path])
            hashes += parse_hash_tile(parse_path(path)[2], content)
        if not level and root_of(hashes) != bytes.fromhex(vector["root"]):
            raise BadProof("The tiles do not give the root.")
        if level and hashes != [root_of(below[at : at + 256]) for at in range(0, 256 * count, 256)]:
            raise BadProof(f"Level {level} does not follow from the one below.")
        below, level, count = hashes, level + 1, count // 256
    if wanted != set(vector["tiles"]):
        raise BadProof("A tile is there that the log does not have.")


ON_LOGS: dict[str, Callable[[Vector], object]] = {
    "checkpoint": lambda vector: _checkpoint(vector, bytes.fromhex(vector["note"])),
    "inclusion": _on_inclusion,
    "consistency": _on_consistency,
    "proof": _on_proof,
    "tiles": _on_tiles,
    "path": lambda vector: parse_path(vector["path"]),
}


def ours_on_log(vector: Vector) -> str:
    """Our package's verdict on a vector of vectors/log."""
    try:
        ON_LOGS[vector["level"]](vector)
    except Misbehaviour:
        return REFUSED
    return "accepted"


def tools_on_log(tool: ModuleType, vector: Vector) -> str | None:
    """The tool's verdict; None for tiles, which no evidence holds."""
    try:
        match vector["level"]:
            case "checkpoint":
                _tools_head(tool, vector, bytes.fromhex(vector["note"]))
            case "inclusion":
                leaf = tool.leaf_hash(bytes.fromhex(vector["entry"]))
                root = bytes.fromhex(vector["root"])
                index, size = vector["index"], vector["size"]
                tool.check_inclusion(index, size, leaf, root, _hashes(vector))
            case "consistency":
                roots = [bytes.fromhex(vector[name]) for name in ("root1", "root2")]
                sizes = vector["size1"], vector["size2"]
                tool.check_consistency(sizes[0], roots[0], sizes[1], roots[1], _hashes(vector))
            case "proof":
                proof = tool.parse_proof_file(bytes.fromhex(vector["file"]))
                head = _tools_head(tool, vector, proof.note)
                record = bytes.fromhex(vector["record"])
                tool.demand(proof.extra, "no salt")
                leaf = tool.leaf_hash(tool.commitment(proof.extra, record))
                tool.check_inclusion(proof.index, head.size, leaf, head.root, proof.hashes)
            case _:
                return None
    except tool.Refused:
        return REFUSED
    return "accepted"


def _tools_head(tool: ModuleType, vector: Vector, data: bytes) -> Any:
    note = tool.parse_note(data)
    tool.demand(note.origin == vector["origin"], "another log")
    good = tool.log_line_is_good(note, note.lines[0], bytes.fromhex(vector["key"]))
    tool.demand(good, "not signed by the log's key")
    return note


def build_go(go: str, folder: Path) -> Path:
    """Build the Go program from Debian's packages, without network."""
    program = folder / "checkpoints"
    home = {"GOCACHE": str(folder / "cache"), "GOPATH": "/usr/share/gocode", "GOFLAGS": ""}
    subprocess.run(
        [go, "build", "-o", str(program), GO_SOURCE.name],
        cwd=GO_SOURCE.parent,
        env={**os.environ, **home, "GO111MODULE": "off", "GOPROXY": "off"},
        timeout=PATIENCE,
        check=True,
    )
    return program


def go_verdicts(program: Path, paths: Sequence[Path]) -> tuple[int, list[str]]:
    """The Go program's exit code, and its verdict on each vector of these files, in order."""
    ran = subprocess.run(
        [str(program), *map(str, paths)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert not ran.stderr, ran.stderr
    return ran.returncode, [line.split("\t")[0] for line in ran.stdout.splitlines()]
