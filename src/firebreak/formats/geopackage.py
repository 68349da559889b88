"""GeoPackage (OGC 12-128r19): feature tables in WGS 84 (spec/watch.md, W-A1).

A GeoPackage is an SQLite database. It is opened from memory, to read only, and may do nothing but hold
tables: no view, virtual table or trigger of it is run, and a query ends after a stated number of steps.
"""

from __future__ import annotations

import re
import sqlite3
import struct
from contextlib import closing
from typing import Final

import numpy as np

from firebreak.errors import InvalidValue, Malformed
from firebreak.formats.gathering import Gathering
from firebreak.formats.mending import Path, grid

_STEPS: Final = 50_000_000
"""Of SQLite's machine: a file of a million vertices takes a hundredth."""
_MOST_LAYERS: Final = 100
_MOST_COLUMNS: Final = 200
_ENVELOPES: Final = (0, 32, 48, 48, 64)
_LINE, _POLYGON = 2, 3
_READING: Final = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ)
_LAYERS: Final = """
SELECT g.table_name, g.column_name, s.organization, s.organization_coordsys_id
FROM gpkg_geometry_columns g JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id ORDER BY 1
"""


def gather_geopackage(data: bytes) -> Gathering:
    """The features of all layers. Raises Malformed for what is no sound GeoPackage."""
    gathering = Gathering("GeoPackage")
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            # The header says how it is journalled; a copy in memory has no journal beside it.
            database.deserialize(data[:18] + b"\x01\x01" + data[20:])
            _confine(database)
            _layers(database, gathering)
    except (sqlite3.Error, UnicodeDecodeError, OverflowError) as error:
        raise Malformed(f"The GeoPackage file is damaged: {str(error)[:120]}") from error
    return gathering


def _confine(database: sqlite3.Connection) -> None:
    """W-A12: the file's own schema can name work to do; none of it is done."""
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA cell_size_check = ON")
    left = _STEPS

    def spend() -> int:
        nonlocal left
        left -= 10_000
        return int(left < 0)

    def allow(action: int, *_: object) -> int:
        return sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY

    database.set_progress_handler(spend, 10_000)
    database.set_authorizer(allow)


def _layers(database: sqlite3.Connection, into: Gathering) -> None:
    tables = {
        name
        for name, sql in database.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
        )
        if _is_plain_table(str(sql).lower())
    }
    if not {"gpkg_geometry_columns", "gpkg_spatial_ref_sys"} <= tables:
        raise Malformed("This is an SQLite database, but no GeoPackage with features.")
    layers = database.execute(_LAYERS).fetchmany(_MOST_LAYERS + 1)
    if len(layers) > _MOST_LAYERS:
        raise Malformed(f"The GeoPackage file has more than {_MOST_LAYERS} layers. Split it.")
    for table, column, organization, system in layers:
        where = f"layer {_plain(table)}"
        if (str(organization).upper(), system) not in (("EPSG", 4326), ("OGC", "CRS84")):  # W-A6
            into.refuse(
                where,
                f"it is in {_plain(organization)} {_plain(system)}, not in WGS 84. Convert it to"
                " EPSG:4326, and read it again.",
            )
        elif table not in tables:
            into.refuse(where, "it is a view or no table; save it as a table.")
        else:
            _layer(database, str(table), str(column), where, into)


def _is_plain_table(sql: str) -> bool:
    """No virtual table, and none with a column that is computed."""
    return sql.startswith("create table") and re.search(r"\bas\s*\(", sql) is None


def _layer(
    database: sqlite3.Connection, table: str, column: str, where: str, into: Gathering
) -> None:
    quoted = table.replace('"', '""')
    rows = database.execute(f'SELECT * FROM "{quoted}"')
    names = [description[0] for description in rows.description]
    if column not in names or len(names) > _MOST_COLUMNS:
        into.refuse(where, "it has no column of geometries, or too many columns.")
        return
    place = names.index(column)
    for number, row in enumerate(rows, 1):
        feature = f"{where}, row {number:,}"
        said: dict[str, object] = {
            name: value
            for name, value in zip(names, row, strict=True)
            if name != column and not isinstance(value, bytes) and name not in ("fid", "ogc_fid")
        }
        try:
            paths, polygons = _shapes(row[place], into)
        except InvalidValue as error:
            into.refuse(feature, str(error))
            continue
        into.take(feature, said, paths=paths, polygons=polygons)


def _plain(value: object) -> str:
    return "".join(filter(str.isprintable, str(value)[:60]))


def _shapes(blob: object, into: Gathering) -> tuple[list[Path], list[list[Path]]]:
    """Paths and polygons of a GeoPackage geometry: a header, then well-known binary."""
    if not isinstance(blob, bytes) or blob[:2] != b"GP" or len(blob) < 8:
        raise InvalidValue("it has no geometry.")
    flags = blob[3]
    envelope = flags >> 1 & 7
    if flags & 0x30 or envelope >= len(_ENVELOPES):
        raise InvalidValue("its geometry is empty, or of an extended kind.")
    shapes = _Shapes(blob, 8 + _ENVELOPES[envelope], into)
    try:
        found = shapes.read()
    except (struct.error, ValueError):
        raise InvalidValue("its geometry is damaged.") from None
    return found


class _Shapes:
    """Well-known binary (OGC 06-103r4): no deeper than a collection of one kind."""

    def __init__(self, blob: bytes, place: int, into: Gathering) -> None:
        self.blob = blob
        self.place = place
        self.into = into
        self.order = "<"

    def read(self) -> tuple[list[Path], list[list[Path]]]:
        """The geometry at the place."""
        kind, width = self._head()
        match kind:
            case 2:
                return [self._path(width)], []
            case 3:
                return [], [self._polygon(width)]
            case 5:
                return [self._path(self._part(_LINE)) for _ in range(self._count(9))], []
            case 6:
                return [], [self._polygon(self._part(_POLYGON)) for _ in range(self._count(9))]
            case _:
                raise InvalidValue("its geometry is no line and no polygon.")

    def _head(self) -> tuple[int, int]:
        """The kind without its dimensions, and the bytes of a point."""
        self.order = "<" if self.blob[self.place : self.place + 1] == b"\x01" else ">"
        (code,) = struct.unpack_from(self.order + "I", self.blob, self.place + 1)
        self.place += 5
        dimensions, kind = divmod(code & 0x0FFFFFFF, 1_000)
        if dimensions > 3:
            raise InvalidValue("its geometry is of a kind that is not known.")
        extra = (code >> 31 & 1) + (code >> 30 & 1) or (0, 1, 1, 2)[dimensions]
        return kind, 16 + 8 * extra

    def _part(self, wanted: int) -> int:
        kind, width = self._head()
        if kind != wanted:
            raise InvalidValue("its geometry mixes kinds.")
        return width

    def _count(self, least: int) -> int:
        """How many follow, of at least so many bytes each: never more than there are."""
        (count,) = struct.unpack_from(self.order + "I", self.blob, self.place)
        self.place += 4
        if count * least > len(self.blob) - self.place:
            raise InvalidValue("its geometry is damaged: it ends too early.")
        return int(count)

    def _polygon(self, width: int) -> list[Path]:
        return [self._path(width) for _ in range(self._count(4))]

    def _path(self, width: int) -> Path:
        count = self._count(width)
        self.into.count(count)
        numbers = np.frombuffer(self.blob, self.order + "f8", count * width // 8, self.place)
        self.place += count * width
        points = numbers.reshape(count, width // 8).astype(np.float64)
        return grid(points[:, 1], points[:, 0])
