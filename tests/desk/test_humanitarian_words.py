"""A notification drifts into permission by one word: it stands nowhere in this channel (H-1, H-13)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from firebreak.phrases import LANGUAGES, note
from tests.conftest import ROOT

PACKAGE = ROOT / "src" / "firebreak"
WORD = re.compile(
    r"approv|\bодобр[еяи]|\bутвержд[её]н(?!и)|\bсхвал[еюи]|\bзатверджен(?!н)|\bzatwierdz|\bzaakcept"
    r"|\bzaaprob",
    re.IGNORECASE,
)
"""The word and its translations, in every form of them."""
FILES = sorted(
    {
        *PACKAGE.rglob("*humanitarian*.py"),
        PACKAGE / "desk" / "coordinates.py",
        PACKAGE / "records" / "sites.py",
        PACKAGE / "phrases" / "sites.py",
        *(PACKAGE / "phrases").glob("*.ftl"),
        ROOT / "spec" / "humanitarian.md",
        ROOT / "docs" / "handbook" / "coordinator.md",
    }
)


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_the_word_stands_nowhere(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines
    assert [line for line in lines if WORD.search(line)] == []


@pytest.mark.parametrize(
    "text", ["It is Approved.", "одобрено", "утверждён", "схвалено", "zatwierdzony", "approval"]
)
def test_the_word_would_be_found(text: str) -> None:
    assert WORD.search(text)


def test_all_of_the_channel_is_looked_at() -> None:
    names = {path.name for path in FILES}
    assert {"humanitarian.py", "humanitarian_csv.py", "humanitarian_state.py", "en.ftl"} <= names
    assert len(FILES) >= 15


@pytest.mark.parametrize("language", LANGUAGES)
def test_absence_removes_no_protection_in_every_language(language: str) -> None:
    said = note("absence", language)
    assert said.endswith(".")
    assert len(said) > 20
