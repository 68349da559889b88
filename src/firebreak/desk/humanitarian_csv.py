"""Sites and named places as organisations hand them in: CSV, read strictly, refused row by row.

UTF-8, a heading line, commas, quotes as of RFC 4180. A file adds and never removes (H-4).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from firebreak.desk.coordinates import MOST_PLACES, Place
from firebreak.desk.entries.humanitarian import MOST_NAME, REFERENCE
from firebreak.errors import InvalidValue, Malformed
from firebreak.records.cbor import check_text
from firebreak.records.figures import parse_date_time_group, parse_position
from firebreak.records.sites import SiteSort
from firebreak.records.spelling import named
from firebreak.values import LATEST, Millis, Position

T = TypeVar("T")

MOST_BYTES = 1 << 20
MOST_GAZETTEER_BYTES = 32 << 20
MOST_ROWS = 1_000
"""Of one file of sites: a list that people have looked through."""
MOST_CELL = 120
WGS84 = ("wgs84", "wgs 84", "wgs-84", "epsg:4326")
MOST_RADIUS_M = 5_000
NEEDED = (
    *("reference", "sort", "name", "place", "position", "datum", "radius_m", "from", "until"),
    *("verified_by", "verified_on", "revalidate_by", "contact"),
)
OPTIONAL = ("markings", "checked", "verifier", "telephone")
"""`verifier` and `telephone` are persons': they go into the private part."""
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![0-9 ])")
"""How a cell begins that a spreadsheet program would run."""
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}Z)?")


@dataclass(frozen=True, slots=True)
class SiteRow:
    """One site as a row says it. line: of the file; times: ms UTC."""

    line: int
    reference: str
    sort: SiteSort
    name: str
    place: str
    position: Position
    radius_m: int
    starts: Millis
    ends: Millis
    verified_by: str
    verified_at: Millis
    revalidate_by: Millis
    contact: str
    markings: str | None
    checked: str | None
    private: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RowRefused:
    """A row that was not taken: the line of the file, what is wrong, what to do."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Sheet(Generic[T]):
    """What a file holds: the rows that were taken, and those that were not."""

    rows: tuple[T, ...]
    refused: tuple[RowRefused, ...]


def template(now: Millis) -> str:
    """A file for an organisation to fill in: the columns, and a row that shows how, valid from now.

    The row's town is in no gazetteer, so that it is in doubt if it is handed in unchanged.
    """
    days = [
        f"{datetime.fromtimestamp(now / 1_000 + offset * 86_400, UTC):%Y-%m-%d}"
        for offset in (-1, 0, 90, 30)
    ]
    example = {
        "reference": "EXAMPLE-1",
        "sort": "hospital",
        "name": "Example hospital",
        "place": "Exampletown",
        "position": "34.5199137, 69.1789341",
        "datum": "WGS 84",
        "radius_m": "80",
        "from": days[1],
        "until": days[2],
        "verified_by": "head of mission",
        "verified_on": days[0],
        "revalidate_by": days[3],
        "contact": "duty officer",
        "markings": "red cross on the roof",
        "telephone": "+000 555 0100",
    }
    text = io.StringIO()
    writer = csv.DictWriter(text, (*NEEDED, *OPTIONAL), restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerow(example)
    return text.getvalue()


def read_sites(data: bytes) -> Sheet[SiteRow]:
    """The sites of a file. Raises Malformed for one that cannot be read as a table at all."""
    refused: list[RowRefused] = []
    rows: list[SiteRow] = []
    seen: dict[str, int] = {}
    for line, cells in _table(data, MOST_BYTES, MOST_ROWS, NEEDED, OPTIONAL, refused):
        try:
            row = _site(line, cells)
        except (InvalidValue, Malformed) as error:
            refused.append(RowRefused(line, str(error)))
            continue
        if row.reference in seen:
            why = f"reference {row.reference!r} stands in line {seen[row.reference]}, too."
            refused.append(RowRefused(line, f"{why} Give each site its own."))
            continue
        seen[row.reference] = line
        rows.append(row)
    return Sheet(tuple(rows), tuple(sorted(refused, key=lambda each: each.line)))


def read_gazetteer(data: bytes) -> Sheet[Place]:
    """Named places: columns name, position, and exact (yes or no) if it likes. Raises Malformed."""
    refused: list[RowRefused] = []
    places = []
    table = _table(
        data, MOST_GAZETTEER_BYTES, MOST_PLACES, ("name", "position"), ("exact",), refused
    )
    for line, cells in table:
        try:
            exact = _flag(cells.get("exact", ""))
            places.append(Place(_cell(cells, "name"), parse_position(cells["position"]), exact))
        except (InvalidValue, Malformed) as error:
            refused.append(RowRefused(line, str(error)))
    return Sheet(tuple(places), tuple(sorted(refused, key=lambda each: each.line)))


def _table(
    data: bytes,
    most_bytes: int,
    most_rows: int,
    needed: Sequence[str],
    optional: Sequence[str],
    refused: list[RowRefused],
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Each row with its line number, by column; empty lines left out. Raises Malformed."""
    if len(data) > most_bytes:
        raise Malformed(f"The file has {len(data)} bytes; {most_bytes} are allowed. Split it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed(
            f"The file is not UTF-8 (byte {error.start}). Save it as CSV UTF-8."
        ) from None
    if "\0" in text:
        raise Malformed("The file holds NUL characters. Save it as CSV UTF-8.")
    # A line's end within quotes would let one row pass for several, so every row is one line.
    lines = text.replace("\r\n", "\n").split("\n")
    headings = _cells(lines[0])
    if headings is None:
        raise Malformed("The first line cannot be read. It names the columns, between commas.")
    columns = [cell.strip().lower() for cell in headings]
    _check_columns(columns, needed, optional)
    full = [(n, line) for n, line in enumerate(lines[1:], 2) if line.strip(' ,"\r')]
    if len(full) > most_rows:
        raise Malformed(f"The file has {len(full)} rows; {most_rows} are allowed. Split it.")
    for number, line in full:
        cells = _cells(line)
        if cells is None:
            refused.append(RowRefused(number, "Its quotes do not match. Correct the row."))
        elif len(cells) != len(columns):
            what = f"It has {len(cells)} cells for {len(columns)} columns."
            refused.append(RowRefused(number, f"{what} Put cells with commas in quotes."))
        elif (wrong := _wrong(cells, columns)) is not None:
            refused.append(RowRefused(number, wrong))
        else:
            yield number, dict(zip(columns, (cell.strip() for cell in cells), strict=True))


def _cells(line: str) -> list[str] | None:
    try:
        rows = list(csv.reader([line], strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _check_columns(columns: Sequence[str], needed: Sequence[str], optional: Sequence[str]) -> None:
    missing = [name for name in needed if name not in columns]
    unknown = [name for name in columns if name not in (*needed, *optional)]
    twice = sorted({name for name in columns if columns.count(name) > 1})
    for what, names in (("lacks", missing), ("does not know", unknown), ("has twice", twice)):
        if names:
            shown = ", ".join(f"{name[:MOST_CELL]!r}" for name in names[:20])
            raise Malformed(
                f"The first line {what} the columns {shown}. Needed: {', '.join(needed)}."
                f" Possible: {', '.join(optional)}."
            )


def _wrong(cells: Sequence[str], columns: Sequence[str]) -> str | None:
    for name, cell in zip(columns, cells, strict=True):
        if len(cell) > MOST_CELL:
            return f"{name} has {len(cell)} characters; {MOST_CELL} are allowed."
        if _FORMULA.match(cell):
            return f"{name} begins as a formula does. Write it as text."
    return None


def _site(line: int, cells: Mapping[str, str]) -> SiteRow:
    if cells["datum"].lower() not in WGS84:
        raise InvalidValue(
            f"datum is {cells['datum']!r}: positions are of WGS 84 only. Have it converted by who"
            " measured it, and looked at on imagery; do not just write WGS 84."
        )
    reference = REFERENCE.plain(_cell(cells, "reference"))
    row = SiteRow(
        line,
        str(reference),
        named(SiteSort, _cell(cells, "sort").lower()),
        _cell(cells, "name", MOST_NAME),
        _cell(cells, "place"),
        parse_position(_cell(cells, "position")),
        _metres(_cell(cells, "radius_m")),
        _time(cells, "from"),
        _time(cells, "until"),
        _cell(cells, "verified_by", 64),
        _time(cells, "verified_on"),
        _time(cells, "revalidate_by"),
        _cell(cells, "contact", 64),
        cells.get("markings") or None,
        cells.get("checked") or None,
        tuple((name, cells[name]) for name in ("verifier", "telephone") if cells.get(name)),
    )
    for text in (row.name, row.place, row.markings or "", row.checked or "", row.contact):
        check_text(text)
    if row.ends <= row.starts:
        raise InvalidValue("until is not after from. Correct one of them.")
    return row


def _cell(cells: Mapping[str, str], name: str, most: int = MOST_CELL) -> str:
    text = cells[name]
    if not 1 <= len(text) <= most:
        raise InvalidValue(f"{name} has {len(text)} characters; 1 to {most} are allowed.")
    check_text(text)
    return text


def _metres(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text, re.ASCII) or not 1 <= int(text) <= MOST_RADIUS_M:
        raise InvalidValue(
            f"radius_m is {text!r}: whole metres, 1 to {MOST_RADIUS_M}. A larger site has an area:"
            " firebreak humanitarian site add"
        )
    return int(text)


def _time(cells: Mapping[str, str], name: str) -> Millis:
    text = _cell(cells, name)
    reading: Callable[[str], Millis] = _iso if _ISO.fullmatch(text) else parse_date_time_group
    try:
        return reading(text)
    except InvalidValue as error:
        raise InvalidValue(
            f"{name}: {error} Write 2026-11-22, 2026-11-22T14:30Z or 221430ZNOV26."
        ) from None


def _iso(text: str) -> Millis:
    """A day (its beginning, UTC) or a minute of one."""
    try:
        at = datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)
    except ValueError:
        raise InvalidValue(f"{text} is no day of the calendar.") from None
    made = round(at.timestamp() * 1_000)
    if not 0 <= made <= LATEST:
        raise InvalidValue(f"{text} lies outside the years that a record can name.")
    return Millis(made)


def _flag(text: str) -> bool:
    if text.lower() not in ("", "yes", "no"):
        raise InvalidValue(f"exact is {text!r}: write yes or no.")
    return text.lower() == "yes"
