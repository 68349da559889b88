"""Recorded flights as tables: OpenSky's state vectors and files like them, CSV or Parquet (W-S13).

The columns' names say the units. OpenSky's own (`velocity`, `vertrate`, `baroaltitude`) are SI: m/s and
m. Those of flight-analysis tools (`groundspeed`, `altitude`) are knots, feet and feet a minute. Some
names (`vertical_rate`, `geoaltitude`) occur in both and follow the others; a file that mixes the two, or
does not tell, is refused. A recording has no time of receipt: a report is received at its own time.
"""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from typing import Any, BinaryIO, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from firebreak.errors import Malformed, Misuse
from firebreak.formats.refusals import (
    CM_S_A_KNOT,
    FASTEST_ON_GROUND_CM_S,
    FEET_A_METRE,
    FPM_A_METRE_A_SECOND,
    UNSAID,
    Refusal,
    Refusals,
    sift,
)
from firebreak.values import HeightReference
from firebreak.watch.reports import (
    Bools,
    Bytes,
    Domain,
    Floats,
    Longs,
    Naming,
    Reports,
    identity,
    joined,
    no_reports,
    text_identity,
)

MOST_LINE: Final = 65_536
"""Bytes of a line, the header's too."""
MOST_COLUMNS: Final = 512
PIECE: Final = 1 << 20
"""Bytes of text that are read at once."""
MOST_RATIO: Final = 200
"""How many times its own size a compressed file may give, after the first SPARE bytes."""
SPARE: Final = 64 << 20
ROWS_AT_ONCE: Final = 65_536
"""Of a Parquet file."""


class Role(Enum):
    """What a column says."""

    IDENTITY = "identity"
    TIME = "time"
    POSITION_TIME = "time of the position"
    CONTACT = "time of the last message"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    SPEED = "speed"
    COURSE = "course"
    CLIMB = "climb"
    PRESSURE_HEIGHT = "height over standard pressure"
    GEOMETRIC_HEIGHT = "height over the ellipsoid"
    ON_GROUND = "on the ground"


class Units(Enum):
    """Which of the two families a file is of."""

    SI = "m/s and m"
    AVIATION = "knots, feet and feet a minute"


NAMES: Final[Mapping[str, tuple[Role, Units | None]]] = {
    "icao24": (Role.IDENTITY, None),
    "icao": (Role.IDENTITY, None),
    "hex": (Role.IDENTITY, None),
    "time": (Role.TIME, None),
    "timestamp": (Role.TIME, None),
    "lastposupdate": (Role.POSITION_TIME, None),
    "time_position": (Role.POSITION_TIME, None),
    "lastcontact": (Role.CONTACT, None),
    "last_contact": (Role.CONTACT, None),
    "lat": (Role.LATITUDE, None),
    "latitude": (Role.LATITUDE, None),
    "lon": (Role.LONGITUDE, None),
    "longitude": (Role.LONGITUDE, None),
    "velocity": (Role.SPEED, Units.SI),
    "groundspeed": (Role.SPEED, Units.AVIATION),
    "heading": (Role.COURSE, None),
    "track": (Role.COURSE, None),
    "true_track": (Role.COURSE, None),
    "vertrate": (Role.CLIMB, Units.SI),
    "vertical_rate": (Role.CLIMB, None),
    "baroaltitude": (Role.PRESSURE_HEIGHT, Units.SI),
    "baro_altitude": (Role.PRESSURE_HEIGHT, Units.SI),
    "altitude": (Role.PRESSURE_HEIGHT, Units.AVIATION),
    "geoaltitude": (Role.GEOMETRIC_HEIGHT, None),
    "geo_altitude": (Role.GEOMETRIC_HEIGHT, None),
    "onground": (Role.ON_GROUND, None),
    "on_ground": (Role.ON_GROUND, None),
}
"""What each name says, and which units it betrays. Case and spaces round a name do not matter."""

_MEASURED: Final = {Role.SPEED, Role.CLIMB, Role.PRESSURE_HEIGHT, Role.GEOMETRIC_HEIGHT}
_PLACES: Final = {Role.LATITUDE, Role.LONGITUDE}
_TIMES: Final = {Role.TIME, Role.POSITION_TIME, Role.CONTACT}
_TO_CM_S: Final = {Units.SI: 100.0, Units.AVIATION: CM_S_A_KNOT}
_TO_FEET: Final = {Units.SI: FEET_A_METRE, Units.AVIATION: 1.0}
_TO_FPM: Final = {Units.SI: FPM_A_METRE_A_SECOND, Units.AVIATION: 1.0}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each role's column is, and the units; None: nothing in the file has a unit."""

    columns: Mapping[Role, int]
    units: Units | None
    names: tuple[str, ...]

    def __str__(self) -> str:
        """For the operator: what was understood."""
        if self.units is None:
            return "positions only"
        return f"units {self.units.value}, by the columns {', '.join(self.names)}"


def layout_of(header: Sequence[str]) -> Layout:
    """What a file with these columns says. Raises Malformed, naming what is missing or mixed."""
    if len(header) > MOST_COLUMNS:
        raise Malformed(f"The file has more than {MOST_COLUMNS} columns. Give a table of flights.")
    columns: dict[Role, int] = {}
    betrayed: dict[Units, list[str]] = {}
    for place, name in enumerate(header):
        plain = name.strip().strip('"').lower()
        role, units = NAMES.get(plain, (None, None))
        if role is None:
            continue
        if role in columns:
            raise Malformed(f"Two columns of the file say the {role.value}. Leave one of them.")
        columns[role] = place
        if units is not None:
            betrayed.setdefault(units, []).append(plain)
    missing = [
        f"the {role.value}" for role in (Role.LATITUDE, Role.LONGITUDE) if role not in columns
    ]
    if not columns.keys() & {Role.TIME, Role.POSITION_TIME}:
        missing.insert(0, "the time")
    if missing:
        raise Malformed(
            f"The file has no column for {' and '.join(missing)}. It must have `time` or `timestamp`,"
            " `lat` or `latitude`, `lon` or `longitude` in its first line."
        )
    if len(betrayed) > 1:
        mixed = "; ".join(f"{', '.join(n)}: {units.value}" for units, n in betrayed.items())
        raise Malformed(f"The file mixes two systems of units ({mixed}). Use the names of one.")
    if not betrayed and columns.keys() & _MEASURED:
        raise Malformed(
            "The columns do not tell the units. Call them velocity, vertrate, baroaltitude where they"
            " are in m/s and m, or groundspeed, vertical_rate, altitude where in knots and feet."
        )
    ((units, names),) = betrayed.items() or ((None, ()),)
    return Layout(columns, units, tuple(names))


class OpenSkyCsv:
    """The adapter for CSV, plain or gzip. name: of the file; without a column of identities it is
    one track, named by it.

    `feed` takes pieces of any length, `end` gives the last line. Both raise Malformed for a file that
    is no table of flights.
    """

    def __init__(self, source: int, name: str) -> None:
        self.refused: Refusals = Refusals()
        self.layout: Layout | None = None
        self._source = source
        self._name = text_identity(name)
        self._text = b""
        self._dropping = False
        self._width = 0
        self._unpacking: _Unpacking | None = None
        self._begun = b""
        self._decided = False

    def feed(self, data: bytes) -> Reports:
        """The reports of the lines that these bytes complete."""
        if not self._decided:
            self._begun += data
            if len(self._begun) < 2:
                return no_reports()
            data, self._begun, self._decided = self._begun, b"", True
            if data.startswith(b"\x1f\x8b"):
                self._unpacking = _Unpacking(self.refused)
        pieces: Iterable[bytes]
        if self._unpacking is None:
            pieces = (data[at : at + PIECE] for at in range(0, len(data), PIECE))
        else:
            pieces = self._unpacking.feed(data)
        return joined([self._lines(piece) for piece in pieces])

    def end(self) -> Reports:
        """The reports of a last line without its end."""
        if self._unpacking is not None and (self._unpacking.broken or not self._unpacking.ended):
            if not self._unpacking.broken:
                self.refused[Refusal.TRUNCATED] += 1
            self._text = b""  # a number cut off is another number
        reports = self._lines(b"\n") if self._text else no_reports()
        if self.layout is None:
            packed = "cannot be unpacked" if self._unpacking is not None else "has no lines"
            raise Malformed(f"The file {packed}. Give a table of flights, CSV or Parquet.")
        return reports

    def _lines(self, piece: bytes) -> Reports:
        text = self._text + piece
        end = text.rfind(b"\n") + 1
        whole, self._text = text[:end], text[end:]
        if self._dropping and end:
            whole = whole[whole.index(b"\n") + 1 :]
            self._dropping = False
        if len(self._text) > MOST_LINE:
            if self.layout is None:
                raise Malformed("The file is no table: its first line does not end.")
            if not self._dropping:
                self.refused[Refusal.TOO_LONG] += 1
            self._text, self._dropping = b"", True
        if self.layout is None and whole:
            header, _, whole = whole.partition(b"\n")
            names = header.decode("utf-8-sig", errors="replace").rstrip("\r").split(",")
            self.layout, self._width = layout_of(names), len(names)
        if self.layout is None or not whole:
            return no_reports()
        if b'"' in whole:
            whole = self._unquoted(whole)
            if not whole:
                return no_reports()
        cells = _Cells.of(whole.replace(b"\r", b""), self._width, self.refused)
        return cells.reports(self.layout, self._source, self._name, self.refused)

    def _unquoted(self, text: bytes) -> bytes:
        """The same lines without quotation marks; a comma within a pair of them becomes a space."""
        made = []
        for line in text.removesuffix(b"\n").split(b"\n"):
            if b'"' not in line:
                made.append(line)
                continue
            plain = line.decode("utf-8", errors="replace").replace("\r", "")
            try:
                (row,) = csv.reader([plain])
            except (csv.Error, ValueError):
                self.refused[Refusal.NOT_THE_FORMAT] += 1
                continue
            made.append(",".join(cell.replace(",", " ") for cell in row).encode())
        return b"".join(line + b"\n" for line in made)


class _Unpacking:
    """A gzip stream, its members one after the other, in bounded pieces."""

    def __init__(self, refused: Refusals) -> None:
        self.ended = False
        self._refused = refused
        self._given = 0
        self._taken = 0
        self.broken = False
        self._member = zlib.decompressobj(31)

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._taken += len(data)
        while data and not self.broken:
            if self.ended:
                self._member, self.ended = zlib.decompressobj(31), False
            try:
                piece = self._member.decompress(data, PIECE)
            except zlib.error:
                self._break(Refusal.NOT_THE_FORMAT)
                return
            self._given += len(piece)
            if self._given > SPARE + MOST_RATIO * self._taken:
                self._break(Refusal.HOSTILE)
                return
            if piece:
                yield piece
            self.ended = self._member.eof
            data = self._member.unused_data if self.ended else self._member.unconsumed_tail

    def _break(self, why: Refusal) -> None:
        self._refused[why] += 1
        self.broken = True


Text: TypeAlias = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Cells:
    """Rows of a text: where each cell begins, and its length; both of shape (rows, width)."""

    text: Text
    start: Longs
    length: Longs

    @classmethod
    def of(cls, whole: bytes, width: int, refused: Refusals) -> _Cells:
        """The cells of lines that have ended; lines of another number of cells are counted."""
        text = np.frombuffer(whole, np.uint8)
        ends = np.flatnonzero((text == ord(",")) | (text == ord("\n")))
        last = text[ends] == ord("\n")
        starts = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))
        if (
            len(ends) % width
            or not last[width - 1 :: width].all()
            or last.sum() * width != len(ends)
        ):
            row = np.cumsum(last) - last
            cells = np.bincount(row)
            empty = (cells == 1) & (ends - starts == 0)[np.flatnonzero(np.diff(row, prepend=-1))]
            odd = int(((cells != width) & ~empty).sum())
            if odd:
                refused[Refusal.NOT_THE_FORMAT] += odd
            regular = (cells == width)[row]
            starts, ends = starts[regular], ends[regular]
        starts = starts.reshape(-1, width)
        # Behind the last cell there is room for any that is read at full width.
        padded = np.concatenate((text, np.zeros(_WIDEST, np.uint8)))
        return cls(padded, starts, ends.reshape(-1, width) - starts)

    def reports(self, layout: Layout, source: int, name: int, refused: Refusals) -> Reports:
        """What the rows say."""
        columns, bad = dict[Role, Floats](), np.zeros(len(self.start), np.bool_)
        identities: Longs | None = None
        timeless = np.zeros(len(self.start), np.bool_)
        for role, place in layout.columns.items():
            start = np.ascontiguousarray(self.start[:, place])
            length = np.ascontiguousarray(self.length[:, place])
            match role:
                case Role.IDENTITY:
                    identities = _addresses(self.text, start, length)
                case Role.ON_GROUND:
                    first = self.text[start]
                    yes = (first == ord("T")) | (first == ord("t")) | (first == ord("1"))
                    columns[role] = (yes & (length > 0)).astype(np.float64)
                case _ if role in _TIMES:
                    columns[role], faulty = _times(self.text, start, length)
                    timeless |= faulty
                case _:
                    columns[role], faulty = _decimals(self.text, start, length)
                    bad |= faulty
                    if role in _PLACES:  # W-S1: an empty cell says nothing, a word is no number
                        bad |= np.isnan(columns[role]) & (length > 0)
        _count(refused, timeless, bad)
        return _reports(columns, identities, ~(bad | timeless), layout, source, name, refused)


_WIDEST: Final = 40
"""Bytes of a cell that may be a number."""
_MOST_DIGITS: Final = 18
_NUMERIC: Final = np.isin(np.arange(256), np.frombuffer(b"0123456789+-.eE ", np.uint8))
"""Bytes of a number that is not plain."""
_TENS: Final = 10.0 ** np.arange(_MOST_DIGITS + 1)


def _decimals(text: Text, start: Longs, length: Longs) -> tuple[Floats, Bools]:
    """The numbers that cells say, NaN for empty ones; and which cells say something else.

    Digits with or without a sign and a point are read in columns, exactly rounded up to 2^53; any
    other cell by itself.
    """
    number = len(start)
    mantissa, places = np.zeros(number, np.int64), np.zeros(number, np.int64)
    digits, points = np.zeros(number, np.int64), np.zeros(number, np.int64)
    negative = (text[start] == ord("-")) & (length > 0)
    plain = (length > 0) & (length <= _WIDEST)
    widest = min(int(length.max(initial=0)), _WIDEST)
    for k in range(widest):
        byte = text[start + k]
        inside = k < length
        digit = byte - np.uint8(ord("0"))
        is_digit = (digit <= 9) & inside
        is_point = (byte == ord(".")) & inside
        np.copyto(mantissa, mantissa * 10 + digit, where=is_digit & (digits < _MOST_DIGITS))
        digits += is_digit
        places += is_digit & (points > 0)
        points += is_point
        if k == 0:
            plain &= is_digit | is_point | negative
        else:
            plain &= is_digit | is_point | ~inside
    plain &= (digits > 0) & (digits <= _MOST_DIGITS) & (points <= 1)
    values: Floats = mantissa / _TENS[np.minimum(places, _MOST_DIGITS)]
    values[negative] *= -1.0
    values[~plain] = UNSAID
    bad = np.zeros(number, np.bool_)
    others = np.flatnonzero(~plain & (length > 0))
    if len(others):
        begin, size = start[others], length[others]
        unsaid = _is_a_word(text, begin, size)
        numeric = ~unsaid & (size <= _WIDEST)
        for k in range(widest):
            numeric &= _NUMERIC[text[begin + k]] | (k >= size)
        bad[others[~unsaid & ~numeric]] = True
        for row in others[numeric]:
            cell = text[start[row] : start[row] + length[row]].tobytes().strip()
            try:
                values[row] = float(cell) if cell else UNSAID
            except ValueError:
                bad[row] = True
            else:
                bad[row] = bool(np.isinf(values[row]))
    return values, bad


def _is_a_word(text: Text, start: Longs, length: Longs) -> Bools:
    """Which cells are a word for nothing."""
    found = np.zeros(len(start), np.bool_)
    for word in (b"nan", b"null", b"none", b"na"):
        same = length == len(word)
        for k, byte in enumerate(word):
            same &= text[start + k] | 0x20 == byte
        found |= same
    return found


_STAMP: Final = 19
_MARKS: Final = ((4, b"-"), (7, b"-"), (10, b"T "), (13, b":"), (16, b":"))
_LONGEST_STAMP: Final = 29
"""`2018-11-26T09:38:15.123456789`."""


def _times(text: Text, start: Longs, length: Longs) -> tuple[Floats, Bools]:
    """Times in ms UTC, NaN for empty cells; and which cells say something else.

    Seconds or milliseconds since 1970, or ISO 8601 in UTC: `Z`, `+00:00` or nothing at its end.
    """
    stamped = (length >= _STAMP) & (text[start + 4] == ord("-"))
    values, bad = _decimals(text, start, np.where(stamped, 0, length))
    values = _scaled(values)
    if not stamped.any():
        return values, bad
    rows = np.flatnonzero(stamped)
    begin, size = start[rows], np.minimum(length[rows], _LONGEST_STAMP + 6)
    size = size - (text[begin + size - 1] == ord("Z"))
    zone = np.ones(len(rows), np.bool_)
    for back, byte in enumerate(b"+00:00"):
        zone &= text[begin + size - 6 + back] == byte
    size = np.minimum(size - 6 * zone, _LONGEST_STAMP)
    within = np.arange(_LONGEST_STAMP) < size[:, None]
    matrix = np.where(within, text[begin[:, None] + np.arange(_LONGEST_STAMP)], 0).astype(np.uint8)
    good = (size == _STAMP) | (matrix[:, _STAMP] == ord(".")) & (size > _STAMP + 1)
    good &= length[rows] <= _LONGEST_STAMP + 6
    digits = matrix - np.uint8(ord("0")) <= 9
    for place in range(_LONGEST_STAMP):
        marks = next((marks for at, marks in _MARKS if at == place), b"")
        if marks:
            good &= np.isin(matrix[:, place], np.frombuffer(marks, np.uint8))
        elif place != _STAMP:
            good &= digits[:, place] | ~within[:, place]
    matrix[~good] = np.frombuffer(b"1970-01-01T00:00:00".ljust(_LONGEST_STAMP, b"\0"), np.uint8)
    stamps = matrix.view(f"S{_LONGEST_STAMP}")[:, 0]
    values[rows], wrong = _moments(stamps)
    bad[rows] = ~good | wrong
    values[bad] = UNSAID
    return values, bad


def _scaled(values: Floats) -> Floats:
    """Seconds since 1970 as milliseconds; from 1e11 on, which as seconds is the year 5138, they are."""
    return np.where(np.abs(values) < 1e11, values * 1000, values)


def _moments(stamps: npt.NDArray[np.bytes_]) -> tuple[Floats, Bools]:
    """ms of stamps of the right form; and which name no day or hour that there is."""
    wrong = np.zeros(len(stamps), np.bool_)
    try:
        return stamps.astype("datetime64[ms]").astype(np.int64).astype(np.float64), wrong
    except ValueError:
        values = np.zeros(len(stamps), np.float64)
    for row, stamp in enumerate(stamps):
        try:
            values[row] = np.datetime64(stamp.decode("ascii"), "ms").astype(np.int64)
        except ValueError:
            wrong[row] = True
    return values, wrong


_NIBBLES: Final = np.full(256, 255, np.uint8)
for _value, _pair in enumerate(("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")):
    _NIBBLES[ord(_pair)] = _value
for _value, _letter in enumerate("abcdef", 10):
    _NIBBLES[ord(_letter)] = _NIBBLES[ord(_letter.upper())] = _value


def _addresses(text: Text, start: Longs, length: Longs) -> Longs:
    """The identities of cells of six hexadecimal digits; 0 for any other, and for the address 0."""
    number, good = np.zeros(len(start), np.int64), length == 6
    for k in range(6):
        nibble = _NIBBLES[text[start + k]]
        good &= nibble < 16
        number = number << 4 | nibble
    return np.where(good & (number > 0), number | identity(Naming.ICAO, 0), 0)


def _reports(
    columns: Mapping[Role, Floats],
    identities: Longs | None,
    good: Bools,
    layout: Layout,
    source: int,
    name: int,
    refused: Refusals,
) -> Reports:
    """What columns say in the file's units. good: the rows that were read; (n,)."""
    if not good.all():
        columns = {role: column[good] for role, column in columns.items()}
        identities = None if identities is None else identities[good]
    number = int(good.sum())
    unsaid = np.full(number, UNSAID)

    def said(role: Role, factors: Mapping[Units, float]) -> Floats:
        column = columns.get(role)
        return unsaid if column is None or layout.units is None else column * factors[layout.units]

    at = columns.get(Role.POSITION_TIME)
    if at is None:
        at = np.fmin(columns[Role.TIME], columns.get(Role.CONTACT, unsaid))
    speed = said(Role.SPEED, _TO_CM_S)
    height, geometric = said(Role.PRESSURE_HEIGHT, _TO_FEET), said(Role.GEOMETRIC_HEIGHT, _TO_FEET)
    by_shape = np.isnan(height) & ~np.isnan(geometric)
    reference = np.where(by_shape, HeightReference.ELLIPSOID, HeightReference.STANDARD_PRESSURE)
    height = np.where(by_shape, geometric, height)
    ground: Bools = columns.get(Role.ON_GROUND, np.zeros(number)) > 0
    ground &= ~(speed > FASTEST_ON_GROUND_CM_S)
    return sift(
        refused,
        source,
        None,
        identity=np.full(number, name, np.int64) if identities is None else identities,
        at=at,
        latitude=columns[Role.LATITUDE],
        longitude=columns[Role.LONGITUDE],
        height_ft=np.where(ground, 0.0, height),
        height_reference=_bytes(np.where(ground, HeightReference.GROUND, reference)),
        speed_cm_s=speed,
        course=columns.get(Role.COURSE, unsaid),
        climb_fpm=said(Role.CLIMB, _TO_FPM),
        accuracy_m=unsaid,
        domain=_bytes(np.where(ground, Domain.GROUND, Domain.AIR)),
    )


def parquet_reports(
    file: BinaryIO, source: int, name: str, refused: Refusals
) -> Iterator[tuple[Layout, Reports]]:
    """The reports of a Parquet file, at most ROWS_AT_ONCE at a time, with what was understood.

    file: open, and can be searched; the rest as for `OpenSkyCsv`. Raises Misuse where the package
    that reads Parquet is missing, Malformed for a file that is no table of flights.
    """
    arrow = _arrow()
    parquet: Any = import_module("pyarrow.parquet")
    try:
        opened = parquet.ParquetFile(file)
        header = [str(column) for column in opened.schema_arrow.names]
        layout = layout_of(header)
        wanted = [header[place] for place in layout.columns.values()]
        for batch in opened.iter_batches(batch_size=ROWS_AT_ONCE, columns=wanted):
            columns, identities = dict[Role, Floats](), None
            timeless, bad = np.zeros(len(batch), np.bool_), np.zeros(len(batch), np.bool_)
            for role, place in layout.columns.items():
                column = batch.column(header[place])
                if role is Role.IDENTITY:
                    identities = _addresses(*_text_of(column))
                elif role in _TIMES:
                    columns[role], faulty = _arrow_times(column)
                    timeless |= faulty
                else:
                    columns[role] = column.cast(arrow.float64()).to_numpy(zero_copy_only=False)
            _count(refused, timeless, bad)
            good = ~(timeless | bad)
            yield (
                layout,
                _reports(columns, identities, good, layout, source, text_identity(name), refused),
            )
    except (arrow.ArrowException, OSError, ValueError, KeyError) as error:
        raise Malformed(
            f"The Parquet file cannot be read: {_first_line(error)}. Check that it is whole, or give the"
            " same table as CSV."
        ) from error


def _arrow() -> Any:
    """The package, which publishes no types; it is an extra."""
    try:
        return import_module("pyarrow")
    except ModuleNotFoundError as error:
        raise Misuse(
            "Reading Parquet needs the package pyarrow: install firebreak-line[parquet], or give the"
            " same table as CSV."
        ) from error


def _arrow_times(column: Any) -> tuple[Floats, Bools]:
    """A Parquet column of times; see `_times`. Times without a zone are UTC."""
    arrow = _arrow()
    if arrow.types.is_timestamp(column.type):
        moments = column.cast(arrow.timestamp("ms", column.type.tz), safe=False)
        whole = moments.cast(arrow.int64()).cast(arrow.float64(), safe=False)
        values: Floats = whole.to_numpy(zero_copy_only=False)
        return values, np.zeros(len(values), np.bool_)
    if arrow.types.is_floating(column.type) or arrow.types.is_integer(column.type):
        values = column.cast(arrow.float64(), safe=False).to_numpy(zero_copy_only=False)
        return _scaled(values), np.zeros(len(values), np.bool_)
    return _times(*_text_of(column))


def _text_of(column: Any) -> tuple[Text, Longs, Longs]:
    """A Parquet column's texts as the cells of a text."""
    arrow = _arrow()
    plain = column.cast(arrow.large_string())
    _, offsets, data = plain.buffers()
    bounds = np.frombuffer(offsets, np.int64)[plain.offset : plain.offset + len(plain) + 1]
    text = np.frombuffer(data or b"", np.uint8)
    lengths = np.diff(bounds)
    lengths[plain.is_null().to_numpy(zero_copy_only=False)] = 0
    return np.concatenate((text, np.zeros(_WIDEST, np.uint8))), bounds[:-1].copy(), lengths


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".")[:200]


def _count(refused: Refusals, timeless: Bools, bad: Bools) -> None:
    """Count rows of bad times, and of the others those of bad numbers."""
    for why, rows in ((Refusal.BAD_TIME, timeless), (Refusal.BAD_NUMBER, bad & ~timeless)):
        if rows.any():
            refused[why] += int(rows.sum())


def _bytes(column: npt.NDArray[np.generic]) -> Bytes:
    return column.astype(np.uint8)
