"""spec/exchange.md against the code: the example, the items, and where each MUST is met."""

import re

import pytest

from firebreak.errors import Malformed
from firebreak.line import bundle as wire
from tests.conftest import ROOT
from tests.line import example
from tests.worlds import ALPHA

SPECIFICATION = (ROOT / "spec" / "exchange.md").read_text(encoding="utf-8")


def cited(folder: str) -> set[str]:
    found: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        found |= set(re.findall(r"\bE-[0-9]+\b", path.read_text(encoding="utf-8")))
    return found


def test_it_opens_with_what_the_code_does() -> None:
    assert SPECIFICATION.split("```\n")[1] == example.example()


def test_each_requirement_has_one_number_and_is_cited_by_code_and_tests() -> None:
    listed = re.findall(r"^- \*\*(E-[0-9]+)\*\* ", SPECIFICATION, re.MULTILINE)
    assert listed == [f"E-{number}" for number in range(1, len(listed) + 1)]
    assert cited("src/firebreak") == set(listed)
    assert cited("tests") == set(listed)


def test_the_items_are_those_listed() -> None:
    listed = re.findall(r"^\| ([0-9]) \| (\w+) \|", SPECIFICATION, re.MULTILINE)
    made = example.items(example.world())
    assert [name for _, name in listed] == list(made)
    for (code, _), item in zip(listed, made.values(), strict=True):
        assert wire.Bundle(b"abcd", ALPHA, (item,)).encoded()[9] == int(code)


@pytest.mark.parametrize("name", list(example.items(example.world())))
def test_every_item_is_read_as_it_was_written_and_nothing_else_is(name: str) -> None:
    """E-1"""
    data = example.bundle(example.world(), ALPHA, name)
    assert wire.parse_bundle(data).encoded() == data
    for other in (data[:-1], data + b"\x00", data[:8] + bytes([data[8] ^ 0x10]) + data[9:]):
        with pytest.raises(Malformed):
            wire.parse_bundle(other)
