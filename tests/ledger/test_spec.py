"""spec/signature.md and spec/log.md against the code: examples, and where each MUST is met."""

import re
from collections.abc import Callable, Iterator

import pytest

from tests.conftest import ROOT
from tests.ledger import examples

SPECIFICATIONS = {"signature.md": "S", "log.md": "L"}


def requirements(name: str) -> list[str]:
    text = (ROOT / "spec" / name).read_text(encoding="utf-8")
    return re.findall(rf"^- \*\*({SPECIFICATIONS[name]}-[0-9]+)\*\* ", text, re.MULTILINE)


def cited(folder: str) -> set[str]:
    """Every S-n and L-n named under a folder, ranges such as "S-1 to S-3" written out."""
    return {
        f"{letter}-{number}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for letter, first, last in mentions(path.read_text(encoding="utf-8"))
        for number in range(first, last + 1)
    }


def mentions(text: str) -> Iterator[tuple[str, int, int]]:
    for match in re.finditer(r"\b([SL])-([0-9]+)(?: to \1-([0-9]+))?\b", text):
        yield match[1], int(match[2]), int(match[3] or match[2])


@pytest.mark.parametrize(
    ("name", "example"),
    [("signature.md", examples.signature_example), ("log.md", examples.log_example)],
)
def test_a_specification_opens_with_what_the_code_does(
    name: str, example: Callable[[], str]
) -> None:
    text = (ROOT / "spec" / name).read_text(encoding="utf-8")
    assert text.split("```\n")[1] == example()


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_each_requirement_has_one_number_and_is_cited_by_code_and_tests(name: str) -> None:
    listed = requirements(name)
    assert sorted(listed, key=lambda number: int(number[2:])) == [
        f"{SPECIFICATIONS[name]}-{number}" for number in range(1, len(listed) + 1)
    ]
    for folder in ("src/firebreak", "tests"):
        missing = set(listed) - cited(folder)
        assert not missing, f"{folder} cites no {sorted(missing)}"


def test_nothing_is_cited_that_no_specification_lists() -> None:
    listed = {number for name in SPECIFICATIONS for number in requirements(name)}
    for folder in ("src/firebreak/ledger", "tests/ledger"):
        assert cited(folder) <= listed
