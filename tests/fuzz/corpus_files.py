"""The corpus: for each target a folder of inputs, named by their hash or by what they once broke."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

CORPUS: Final = Path(__file__).parent / "corpus"
MOST_KEPT: Final = 2_048
"""Bytes of an input that is added by itself; longer ones are seldom worth their place."""


def corpus_of(name: str) -> dict[str, bytes]:
    """A target's inputs by file name."""
    return {path.name: path.read_bytes() for path in sorted((CORPUS / name).glob("*"))}


def add(name: str, data: bytes) -> None:
    """Keep an input, unless it is long."""
    if len(data) <= MOST_KEPT:
        folder = CORPUS / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
