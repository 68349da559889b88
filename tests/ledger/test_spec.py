"""spec/signature.md, log.md and record.md against the code: examples, and where each MUST is met."""

import re
from collections.abc import Callable, Iterator

import pytest

from firebreak.ledger.judge import Void
from tests.conftest import ROOT
from tests.ledger import examples

SPECIFICATIONS = {"S": "signature.md", "L": "log.md", "J": "log.md", "R": "record.md"}


def specification(letter: str) -> str:
    return (ROOT / "spec" / SPECIFICATIONS[letter]).read_text(encoding="utf-8")


def requirements(letter: str) -> list[str]:
    return re.findall(rf"^- \*\*({letter}-[0-9]+)\*\* ", specification(letter), re.MULTILINE)


def cited(folder: str) -> set[str]:
    """Every S-n, L-n, J-n and R-n named under a folder, ranges such as "S-1 to S-3" written out."""
    return {
        f"{letter}-{number}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for letter, first, last in mentions(path.read_text(encoding="utf-8"))
        for number in range(first, last + 1)
    }


def mentions(text: str) -> Iterator[tuple[str, int, int]]:
    for match in re.finditer(r"\b([SLJR])-([0-9]+)(?: to \1-([0-9]+))?\b", text):
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


@pytest.mark.parametrize("letter", SPECIFICATIONS)
def test_each_requirement_has_one_number_and_is_cited_by_code_and_tests(letter: str) -> None:
    listed = requirements(letter)
    assert sorted(listed, key=lambda number: int(number[2:])) == [
        f"{letter}-{number}" for number in range(1, len(listed) + 1)
    ]
    for folder in ("src/firebreak", "tests"):
        missing = set(listed) - cited(folder)
        assert not missing, f"{folder} cites no {sorted(missing)}"


def test_nothing_is_cited_that_no_specification_lists() -> None:
    listed = {number for letter in SPECIFICATIONS for number in requirements(letter)}
    for room in ("ledger", "records", "vectors"):
        for folder in (f"src/firebreak/{room}", f"tests/{room}"):
            assert cited(folder) <= listed


def test_the_reasons_are_those_of_the_code_in_the_order_of_the_steps() -> None:
    """spec/log.md §7: each row's reasons stand in judge.py at the step that the row names."""
    rows = re.findall(r"^\| (J-[0-9]+) \| .* \| (`.*`) \|$", specification("J"), re.MULTILINE)
    told = {reason.strip("`"): number for number, reasons in rows for reason in reasons.split(", ")}
    assert set(told) == set(Void)
    code = (ROOT / "src" / "firebreak" / "ledger" / "judge.py").read_text(encoding="utf-8")
    for reason in Void:
        raised = [place.start() for place in re.finditer(rf"Void\.{reason.name}\b(?! =)", code)]
        near = {
            number
            for place in raised
            for number in re.findall(r"J-[0-9]+", code[max(0, place - 260) : place + 1])[-1:]
        }
        assert told[reason] in near, reason
