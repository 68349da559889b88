"""Files of sites: strict, row by row, by line number (H-4)."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.desk.humanitarian_csv import (
    MOST_BYTES,
    MOST_ROWS,
    NEEDED,
    SiteRow,
    read_gazetteer,
    read_sites,
    template,
)
from firebreak.errors import Malformed
from firebreak.records.sites import SiteSort
from firebreak.values import Millis, Position
from tests.worlds import DAY, NOW

ROW = {
    "reference": "S1",
    "sort": "hospital",
    "name": "Mercy hospital",
    "place": "Kabul",
    "position": "34.5199137, 69.1789341",
    "datum": "WGS 84",
    "radius_m": "80",
    "from": "2026-11-20",
    "until": "2027-03-01T12:30Z",
    "verified_by": "head of mission",
    "verified_on": "200000ZNOV26",
    "revalidate_by": "2026-12-20",
    "contact": "duty officer",
}


def file_of(*rows: dict[str, str], columns: tuple[str, ...] = ()) -> bytes:
    text = io.StringIO()
    names = list(columns or dict.fromkeys(name for row in (ROW, *rows) for name in row))
    writer = csv.DictWriter(text, names, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def changed(**changes: str) -> dict[str, str]:
    return {**ROW, **changes}


def test_a_row_is_read() -> None:
    more = {"markings": "red cross on the roof", "telephone": "+000 555", "verifier": "A. Okoye"}
    sheet = read_sites(file_of(changed(**more)))
    assert sheet.refused == ()
    (row,) = sheet.rows
    assert isinstance(row, SiteRow)
    assert (row.line, row.reference, row.sort) == (2, "S1", SiteSort.HOSPITAL)
    assert row.position == Position(345_199_137, 691_789_341)
    assert (row.starts, row.ends) == (1_795_132_800_000, 1_803_904_200_000)
    assert row.verified_at == row.starts
    assert row.markings == "red cross on the roof"
    assert row.private == (("verifier", "A. Okoye"), ("telephone", "+000 555"))


def test_what_a_spreadsheet_program_adds_is_no_matter() -> None:
    data = b"\xef\xbb\xbf" + file_of(ROW).replace(b"\n", b"\r\n") + b",,,\r\n\r\n"
    assert len(read_sites(data).rows) == 1


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"datum": "ED50"}, "WGS 84 only"),
        ({"datum": ""}, "WGS 84 only"),
        ({"sort": "barracks"}, "barracks"),
        ({"position": "34,5199 69,1789"}, "point as decimal"),
        ({"position": "somewhere"}, "no position"),
        ({"position": "134.5, 69.1"}, "-90 to 90"),
        ({"radius_m": "0"}, "whole metres"),
        ({"radius_m": "5001"}, "whole metres"),
        ({"radius_m": "8e1"}, "whole metres"),
        ({"radius_m": "٨٠"}, "whole metres"),
        ({"until": "2026-11-20"}, "not after"),
        ({"until": "2026-02-30"}, "no day of the calendar"),
        ({"until": "next week"}, "until"),
        ({"from": "2026-11-20 14:30"}, "from"),
        ({"name": ""}, "1 to 100"),
        ({"name": "x" * 101}, "1 to 100"),
        ({"name": "x" * 121}, "120 are allowed"),
        ({"name": "Mercy\u202ehospital"}, "."),
        ({"name": "=HYPERLINK(1)"}, "formula"),
        ({"contact": "@SUM(1)"}, "formula"),
        ({"verified_by": "-cmd"}, "formula"),
        ({"reference": "x" * 25}, "24 are allowed"),
    ],
)
def test_a_row_that_is_wrong_is_refused_by_its_line(changes: dict[str, str], why: str) -> None:
    sheet = read_sites(
        file_of(changed(reference="S0"), changed(**changes), changed(reference="S9"))
    )
    assert [row.reference for row in sheet.rows] == ["S0", "S9"]
    ((line, said),) = [(each.line, each.why) for each in sheet.refused]
    assert line == 3
    assert why in said


def test_a_reference_stands_once() -> None:
    sheet = read_sites(file_of(ROW, ROW))
    assert len(sheet.rows) == 1
    assert "stands in line 2, too" in sheet.refused[0].why


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('S2,"hospital', "quotes"),
        ("S2,hospital", "2 cells for 13 columns"),
        (",".join(["x"] * 14), "14 cells"),
    ],
)
def test_a_broken_line_harms_no_other(line: str, why: str) -> None:
    whole = file_of(ROW, changed(reference="S3")).decode().splitlines()
    data = "\n".join([*whole[:2], line, *whole[2:]]).encode()
    sheet = read_sites(data)
    assert [row.line for row in sheet.rows] == [2, 4]
    assert sheet.refused[0].line == 3
    assert why in sheet.refused[0].why


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "lacks the columns"),
        (file_of(columns=NEEDED[:-1]), "'contact'"),
        (file_of(columns=(*NEEDED, "colour")), "does not know"),
        (file_of().replace(b"contact\n", b"contact,name\n"), "has twice"),
        (file_of(ROW).decode().encode("utf-16"), "not UTF-8"),
        (file_of(changed(name="a\0b")), "NUL"),
        (b"x" * (MOST_BYTES + 1), "Split it"),
        (file_of(*([ROW] * (MOST_ROWS + 1))), "Split it"),
        (b'"reference', "first line"),
    ],
)
def test_what_is_no_such_table_is_refused_whole(data: bytes, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        read_sites(data)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(NEEDED),
            st.text(st.characters(exclude_characters="\n\r\0", codec="utf-8"), max_size=40),
            max_size=3,
        ),
        max_size=6,
    )
)
def test_every_row_is_taken_or_refused_by_its_line(changes: list[dict[str, str]]) -> None:
    rows = [{**ROW, "reference": f"S{n}", **each} for n, each in enumerate(changes)]
    sheet = read_sites(file_of(*rows))
    taken = [row.line for row in sheet.rows]
    refused = [each.line for each in sheet.refused]
    assert sorted([*taken, *refused]) == list(range(2, len(rows) + 2))
    assert all(each.why for each in sheet.refused)


@given(st.integers(NOW, NOW + 10 * 366 * DAY))
def test_the_template_shows_a_row_that_is_taken(now: int) -> None:
    (row,) = read_sites(template(Millis(now)).encode()).rows
    assert row.verified_at < now < row.revalidate_by < row.ends
    assert row.starts <= now


def test_a_gazetteer_is_read() -> None:
    data = (
        'name,position,exact\nKabul,"34.5281, 69.1723",\nMercy hospital,"34.5199, 69.1789",yes\n'
        'Nowhere,there,no\nHalf,"1.5, 2.5",maybe\n'
    )
    sheet = read_gazetteer(data.encode())
    assert [(place.name, place.exact) for place in sheet.rows] == [
        ("Kabul", False),
        ("Mercy hospital", True),
    ]
    assert [each.line for each in sheet.refused] == [4, 5]
