"""Tables at a terminal: nothing is cut off, no word is broken, and none is wider than the terminal."""

import io
from contextlib import redirect_stdout

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.cli.output import MOST_LINES, table
from firebreak.cli.render import lasting

WORDS = st.text("abcdefg", min_size=1, max_size=24)
CELLS = st.lists(WORDS, min_size=1, max_size=40).map(" ".join)
ROWS = st.integers(1, 8).flatmap(
    lambda count: st.lists(st.lists(CELLS, min_size=count, max_size=count), min_size=1, max_size=4)
)


def printed(
    rows: list[list[str]], capsys: pytest.CaptureFixture[str], *columns: str, whole: int = 0
) -> list[str]:
    table(rows, *columns, whole=whole)
    return capsys.readouterr().out.splitlines()


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@given(rows=ROWS)
def test_every_word_stands_unbroken_and_within_the_width(rows: list[list[str]]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("COLUMNS", "80")
        lines = _lines(rows)
    assert all(len(line) <= 80 for line in lines)
    words = " ".join(lines).split()
    for cell in (cell for row in rows for cell in row):
        for word in cell.split():
            assert word in words


def _lines(rows: list[list[str]]) -> list[str]:
    out = io.StringIO()
    with redirect_stdout(out):
        table(rows, *(f"h{number}" for number in range(len(rows[0]))))
    return out.getvalue().splitlines()


def test_what_fits_is_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed([["3fa91c07", "two words"]], capsys, "id", "what")
    assert any(line.split() == ["3fa91c07", "two", "words"] for line in lines)


def test_where_words_would_break_each_row_stands_by_itself(
    capsys: pytest.CaptureFixture[str],
) -> None:
    names = [f"heading-{number}-of-many" for number in range(6)]
    lines = printed([list("123456"), list("abcdef")], capsys, *names)
    assert [line.split() for line in lines if line.split()] == [
        [name, cell] for row in ("123456", "abcdef") for name, cell in zip(names, row, strict=True)
    ]


def test_a_row_is_no_tower(capsys: pytest.CaptureFixture[str]) -> None:
    long = " ".join(["word"] * 100)
    lines = printed([["x" * 24, "y" * 24, long]], capsys, "a", "b", "c")
    assert len([line for line in lines if "word" in line]) <= MOST_LINES + 2
    assert lines[1].split() == ["a", "x" * 24]


def test_whole_columns_are_never_broken(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [["221430Z NOV 26", " ".join(["word"] * 30)]]
    assert any("221430Z NOV 26" in line for line in printed(rows, capsys, "t", "w", whole=1))


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "0 min"),
        (59, "59 min"),
        (60, "1 h"),
        (1439, "23 h 59 min"),
        (2880, "2 d"),
        (4561, "3 d 4 h"),
    ],
)
def test_how_long_is_said_as_people_say_it(minutes: int, said: str) -> None:
    assert lasting(minutes * 60_000 + 59_999) == said
