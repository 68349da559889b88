"""Neutral terms that both sides agreed on: offered to whoever writes. No wording is ever refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from firebreak.records.agreement import NeutralTerm


def offered(texts: Iterable[str], terms: Sequence[NeutralTerm]) -> list[NeutralTerm]:
    """The agreed terms whose other word occurs in one of the texts, as a word of its own."""
    said = list(texts)
    return [term for term in terms if any(_occurs(term.instead_of, text) for text in said)]


def _occurs(word: str, text: str) -> bool:
    pattern = rf"(?<!\w){re.escape(word)}(?!\w)"
    return re.search(pattern, text, re.IGNORECASE) is not None
