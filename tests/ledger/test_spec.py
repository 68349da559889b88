"""spec/ against the code: two examples, and where each MUST of every file is met."""

import re
from collections.abc import Callable, Iterator

import pytest

from firebreak.ledger.judge import Void
from tests.conftest import ROOT
from tests.ledger import examples

SPECIFICATIONS = {
    "A": "agreement.md",
    "AT": "attempts.md",
    "B": "sealing.md",
    "C": "custody.md",
    "D": "dialogue.md",
    "E": "exchange.md",
    "EV": "evidence.md",
    "H": "humanitarian.md",
    "J": "log.md",
    "JN": "journal.md",
    "L": "log.md",
    "M": "mail.md",
    "N": "narrow.md",
    "P": "phrases.md",
    "PA": "paper.md",
    "R": "record.md",
    "S": "signature.md",
    "SP": "spoken.md",
    "V": "volume.md",
}
SHOWN_BY = {  # tests that show a rule and do not name it, or name it only through their vectors
    "A-22": "desk/test_notices.py::test_a_notice_beyond_a_cap_is_blanket",
    "V-1 to V-11": "volumes/test_vectors.py::test_unsound_volume_is_refused",
    "V-12": "volumes/test_vectors.py::test_conflict_is_as_the_vector_says",
    "V-13": "volumes/test_conflict.py::test_circles_on_both_sides_of_the_limit",
}
RULE = re.compile(r"- \*\*([A-Z]+)-([0-9]+)\*\* ")


MENTION = re.compile(rf"(?<![*])\b({'|'.join(SPECIFICATIONS)})-([0-9]+)(?: to \1-([0-9]+))?\b")


def specification(letter: str) -> str:
    return (ROOT / "spec" / SPECIFICATIONS[letter]).read_text(encoding="utf-8")


def requirements(letter: str) -> list[str]:
    return re.findall(rf"^- \*\*({letter}-[0-9]+)\*\* ", specification(letter), re.MULTILINE)


def cited(folder: str) -> set[str]:
    """Every rule named under a folder, ranges such as "S-1 to S-3" written out."""
    return {
        f"{letter}-{number}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for letter, first, last in mentions(path.read_text(encoding="utf-8"))
        for number in range(first, last + 1)
    }


def mentions(text: str) -> Iterator[tuple[str, int, int]]:
    for match in re.finditer(MENTION, text):
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
    assert sorted(listed, key=lambda number: int(number.split("-")[1])) == [
        f"{letter}-{number}" for number in range(1, len(listed) + 1)
    ]
    for folder in ("src/firebreak", "tests"):
        missing = set(listed) - cited(folder)
        assert not missing, f"{folder} cites no {sorted(missing)}"


WATCH = (ROOT / "spec" / "watch.md").read_text(encoding="utf-8")
"""Its rules have two letters and a number, in lists and in tables: W-T8."""


def test_each_requirement_of_the_watch_is_cited_by_code_and_tests() -> None:
    listed = re.findall(r"^(?:- |\| )\*\*(W-[A-Z][0-9]+)\*\* ", WATCH, re.MULTILINE)
    assert len(listed) == len(set(listed)) > 100
    for folder in ("src/firebreak", "tests"):
        found = set()
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            for match in re.finditer(r"\bW-([A-Z])([0-9]+)(?: to W-\1([0-9]+))?\b", text):
                last = int(match[3] or match[2])
                found |= {f"W-{match[1]}{number}" for number in range(int(match[2]), last + 1)}
        assert set(listed) - found == set(), folder
        assert found - set(listed) == set(), folder


def test_no_file_of_the_specification_is_left_out() -> None:
    assert {*SPECIFICATIONS.values(), "watch.md"} == {
        path.name for path in (ROOT / "spec").iterdir()
    }


@pytest.mark.parametrize("name", sorted(set(SPECIFICATIONS.values())))
def test_a_must_stands_in_a_numbered_rule_only(name: str) -> None:
    text = (ROOT / "spec" / name).read_text(encoding="utf-8")
    prose = "".join(text.split("```")[::2])  # without the examples
    blocks = re.split(r"\n(?! )", prose)  # a rule goes on in lines that are indented
    stray = [block for block in blocks if re.search(r"\bMUST\b", block) and not RULE.match(block)]
    assert stray == []


@pytest.mark.parametrize("rule", SHOWN_BY)
def test_what_is_said_to_show_a_rule_exists(rule: str) -> None:
    file, name = SHOWN_BY[rule].split("::")
    assert f"def {name}(" in (ROOT / "tests" / file).read_text(encoding="utf-8")


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
