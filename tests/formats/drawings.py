"""Small files of lines and zones in each form, for tests."""

from __future__ import annotations

import io
import json
import sqlite3
import struct
import zipfile
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from firebreak.formats.areas import read_areas
from firebreak.formats.drawn import Drawings

SQUARE = [[20.0, 52.0], [20.5, 52.0], [20.5, 52.25], [20.0, 52.25], [20.0, 52.0]]
BOW = [[20.0, 52.0], [20.5, 52.25], [20.5, 52.0], [20.0, 52.25], [20.0, 52.0]]
HOLE = [[20.1, 52.1], [20.1, 52.2], [20.2, 52.2], [20.2, 52.1], [20.1, 52.1]]
PATH = [[20.0, 52.0], [20.25, 52.125], [20.5, 52.0]]


def feature(form: str, coordinates: Any, **said: object) -> dict[str, Any]:
    """A GeoJSON feature."""
    geometry = {"type": form, "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": said}


def collection(*features: Any) -> bytes:
    """A GeoJSON document."""
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def read(*features: Any) -> Drawings:
    """What is read of these GeoJSON features."""
    return read_areas(collection(*features))


def zone(*rings: Any, **said: object) -> Drawings:
    """What is read of one polygon."""
    return read(feature("Polygon", list(rings), **said))


def text_of(points: Sequence[Sequence[float]]) -> str:
    """Coordinates as KML writes them."""
    return " ".join(",".join(map(str, point)) for point in points)


def ring_of(points: Sequence[Sequence[float]]) -> str:
    """A KML ring."""
    return f"<LinearRing><coordinates>{text_of(points)}</coordinates></LinearRing>"


def polygon_of(*rings: Sequence[Sequence[float]]) -> str:
    """A KML polygon."""
    outer, *holes = map(ring_of, rings)
    inner = "".join(f"<innerBoundaryIs>{hole}</innerBoundaryIs>" for hole in holes)
    return f"<Polygon><outerBoundaryIs>{outer}</outerBoundaryIs>{inner}</Polygon>"


def placemark(geometry: str, name: str = "North", said: str = "") -> str:
    """A KML placemark."""
    return f"<Placemark><name>{name}</name>{said}{geometry}</Placemark>"


def kml(*inside: str) -> bytes:
    """A KML document."""
    body = "".join(inside)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document><Folder>{body}</Folder></Document></kml>"
    ).encode()


def kmz(document: bytes, name: str = "doc.kml") -> bytes:
    """A packed KML document."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, document)
    return packed.getvalue()


def well_known(rings: Sequence[Sequence[Sequence[float]]]) -> bytes:
    """A GeoPackage geometry of a polygon."""
    body = struct.pack("<BII", 1, 3, len(rings))
    for ring in rings:
        body += struct.pack("<I", len(ring)) + b"".join(
            struct.pack("<2d", *point) for point in ring
        )
    return b"GP\x00\x01" + struct.pack("<i", 4326) + body


def geopackage(*rows: tuple[str, bytes | None], system: int = 4326, more: str = "") -> bytes:
    """A GeoPackage of one layer `areas`. more: SQL that is run at the end."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(
            """
            PRAGMA application_id = 1196444487;
            CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY,
                organization TEXT, organization_coordsys_id INTEGER, definition TEXT);
            CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT,
                geometry_type_name TEXT, srs_id INTEGER, z TINYINT, m TINYINT);
            CREATE TABLE areas (fid INTEGER PRIMARY KEY, geom BLOB, name TEXT, buffer_m INTEGER);
            """
        )
        database.execute(
            "INSERT INTO gpkg_spatial_ref_sys VALUES ('s', ?, 'EPSG', ?, '')", (system, system)
        )
        database.execute(
            "INSERT INTO gpkg_geometry_columns VALUES ('areas', 'geom', 'POLYGON', ?, 0, 0)",
            (system,),
        )
        database.executemany("INSERT INTO areas (name, geom) VALUES (?, ?)", rows)
        database.executescript(more)
        database.commit()
        return database.serialize()


def some_geojson() -> tuple[bytes, ...]:
    """Documents to begin with when looking for input that breaks the reader."""
    said = {"name": "North", "buffer_m": 5, "lower": "SFC", "upper": "FL195"}
    times = {"from": "220000ZNOV26", "until": "2026-11-23T00:00:00Z", "protected": "no"}
    far = [[x + 1, y] for x, y in SQUARE]
    east = [[179.0, 50.0], [180.0, 50.0], [180.0, 50.5], [179.0, 50.0]]
    west = [[-180.0, 50.0], [-179.0, 50.0], [-180.0, 50.5], [-180.0, 50.0]]
    polar = [[float(x), -80.0] for x in range(-180, 180, 40)]
    return (
        collection(feature("Polygon", [SQUARE, HOLE], **said, **times)),
        collection(feature("Polygon", [BOW]), feature("LineString", PATH, kind="line")),
        collection(feature("MultiPolygon", [[SQUARE], [far]]), feature("MultiLineString", [PATH])),
        collection(feature("MultiPolygon", [[east], [west]]), feature("Polygon", [polar])),
    )


def some_kml() -> tuple[bytes, ...]:
    """The same in KML."""
    span = "<TimeSpan><begin>2026-11-22T00:00:00Z</begin><end>2026-11-23T00:00:00Z</end></TimeSpan>"
    data = '<ExtendedData><Data name="buffer_m"><value>5</value></Data></ExtendedData>'
    line = f"<LineString><coordinates>{text_of(PATH)}</coordinates></LineString>"
    return (
        kml(placemark(polygon_of(SQUARE, HOLE), said=span + data)),
        kml(placemark(f"<MultiGeometry>{line}{line}</MultiGeometry>"), placemark(polygon_of(BOW))),
    )


def some_kmz() -> tuple[bytes, ...]:
    """The same, packed."""
    return tuple(map(kmz, some_kml()))


def some_geopackages() -> tuple[bytes, ...]:
    """The same as GeoPackages."""
    return (geopackage(("North", well_known([SQUARE, HOLE])), ("Bow", well_known([BOW]))),)
