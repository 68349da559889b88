"""The table of the field's requirements tells the truth, as far as a test can see it."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT
from tests.test_documents import is_there, names_of_tests, text

DOCUMENT = "docs/requirements.md"
STANDS = {"met", "partly", "not yet"}
ROW = re.compile(r"^\| (\d+) \| (.+) \| (.+) \| (.+) \| (.*) \|$", re.MULTILINE)
Row = tuple[str, str, str, str, str]


def rows_of(document: str) -> list[Row]:
    """Number, what is asked for, how it stands, in which files, shown by."""
    found: list[Row] = ROW.findall(document)
    return found


def faults(row: Row) -> list[str]:
    """What a row leaves out."""
    number, _, stands, files, shown = row
    tests = re.findall(r"`(tests/[^`]+)`", shown)
    missing = re.search(r"Missing: .{4,}$", shown)
    found = [] if stands in STANDS else [f"{number}: stands {stands!r}"]
    if stands == "met" and not (tests and missing is None):
        found.append(f"{number}: met, and no test or something missing")
    if stands in {"partly", "not yet"} and missing is None:
        found.append(f"{number}: {stands}, and not what is missing")
    for test in tests:
        file, _, name = test.partition("::")
        if not (ROOT / file).is_file() or name not in names_of_tests(ROOT / file):
            found.append(f"{number}: {test} is not there")
    named = re.findall(r"`([^`]+)`", files)
    found += [f"{number}: {path} is not there" for path in named if not is_there(path)]
    if stands != "not yet" and not named:
        found.append(f"{number}: no file")
    return found


ROWS = rows_of(text(DOCUMENT))


def test_each_of_the_59_numbers_is_there_once_and_in_order() -> None:
    assert [int(row[0]) for row in ROWS] == list(range(1, 60))
    assert text(DOCUMENT).count("\n| ") == 59 + text(DOCUMENT).count("\n| no. |")


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_each_row_names_what_it_rests_on_or_what_is_missing(row: Row) -> None:
    assert faults(row) == []


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("| 1 | a | met | `keys` | soon |", "no test"),
        (
            "| 1 | a | met | `keys` | `tests/test_keys.py::test_only_32_bytes_are_a_seed`. Missing: this |",
            "something missing",
        ),
        ("| 1 | a | met | `keys` | `tests/test_keys.py::test_never_written` |", "is not there"),
        ("| 1 | a | met | `keys` | `tests/test_nothing.py::test_a` |", "is not there"),
        ("| 1 | a | partly | `keys` | `tests/test_keys.py` |", "not what is missing"),
        ("| 1 | a | not yet | - | Missing: |", "not what is missing"),
        ("| 1 | a | nearly | `keys` | b |", "stands 'nearly'"),
        ("| 1 | a | partly | `no/room` | Missing: all the rest. |", "no/room is not there"),
        ("| 1 | a | partly | none | Missing: all the rest. |", "no file"),
    ],
)
def test_a_row_that_tells_less_is_found(row: str, says: str) -> None:
    (one,) = rows_of(row)
    assert any(says in fault for fault in faults(one))
