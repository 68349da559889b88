"""GeoPackage, read as SQLite; GDAL, which writes most of them, is the oracle."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from firebreak.errors import Malformed
from firebreak.formats.areas import read_area_file, read_areas
from firebreak.formats.drawn import Kind
from tests.formats.drawings import HOLE, SQUARE, geopackage, well_known, zone

GOOD = ("North", well_known([SQUARE, HOLE]))


def written(path: Path, geometry: str, form: str, system: str = "EPSG:4326") -> Path:
    """A GeoPackage by GDAL."""
    table = shapely.to_wkb(np.array([shapely.from_wkt(geometry)], object))
    fields = [np.array(["North"], object), np.array([500], np.int64)]
    pyogrio.raw.write(
        path,
        table,
        fields,
        ["name", "buffer_m"],
        layer="areas",
        driver="GPKG",
        geometry_type=form,
        crs=system,
    )
    return path


@pytest.mark.parametrize(
    ("geometry", "form", "kind", "points"),
    [
        ("LINESTRING (20 52, 20.25 52.125, 20.5 52)", "LineString", Kind.LINE, [3]),
        ("LINESTRING Z (20 52 1, 20.25 52.125 2, 20.5 52 3)", "LineString Z", Kind.LINE, [3]),
        (
            "MULTILINESTRING ((20 52, 20.5 52), (21 52, 21.5 52))",
            "MultiLineString",
            Kind.LINE,
            [2, 2],
        ),
        ("POLYGON ((20 52, 20.5 52, 20.5 52.25, 20 52.25, 20 52))", "Polygon", Kind.ZONE, [4]),
        (
            "MULTIPOLYGON Z (((20 52 1, 21 52 1, 21 53 1, 20 52 1)), ((22 52 1, 23 52 1, 23 53 1, 22 52 1)))",
            "MultiPolygon Z",
            Kind.ZONE,
            [3, 3],
        ),
    ],
)
def test_what_gdal_writes_is_read(
    tmp_path: Path, geometry: str, form: str, kind: Kind, points: list[int]
) -> None:  # W-A1
    drawings = read_area_file(written(tmp_path / "a.gpkg", geometry, form))
    (drawn,) = drawings.drawn
    assert (drawn.name, drawn.kind, drawn.buffer_m) == ("North", kind, 500)
    assert [len(ring) for part in drawn.parts for ring in part] == points
    _, _, table, _ = pyogrio.raw.read(tmp_path / "a.gpkg")
    theirs = shapely.get_coordinates(shapely.from_wkb(table[0]))[:, ::-1]
    ours = {tuple(point) for part in drawn.parts for ring in part for point in ring.tolist()}
    assert ours == {tuple(np.rint(point * 1e7).astype(int).tolist()) for point in theirs}
    assert drawings.refusals == drawings.repairs == 0


def test_another_coordinate_system_is_refused(tmp_path: Path) -> None:  # W-A6
    path = written(tmp_path / "a.gpkg", "LINESTRING (20 52, 21 52)", "LineString", "EPSG:3857")
    with pytest.raises(Malformed, match="EPSG 3857, not in WGS 84"):
        read_area_file(path)


def test_the_smallest_is_read() -> None:
    drawings = read_areas(geopackage(GOOD, ("Empty", None)))
    same = zone(SQUARE, HOLE).drawn[0]
    (drawn,) = drawings.drawn
    assert [ring.tolist() for ring in drawn.parts[0]] == [ring.tolist() for ring in same.parts[0]]
    assert "no geometry" in drawings.refused[0].text


@pytest.mark.parametrize(
    ("blob", "says"),
    [
        (b"", "no geometry"),
        (b"GP\x00\x11" + bytes(20), "extended kind"),
        (b"GP\x00\x0f" + bytes(20), "extended kind"),
        (GOOD[1][:-1], "ends too early"),
        (GOOD[1][:9], "damaged"),
        (GOOD[1][:13] + b"\xff\xff\xff\xff" + GOOD[1][17:], "ends too early"),
        (GOOD[1][:9] + b"\x01" + GOOD[1][10:], "no line and no polygon"),
        (GOOD[1][:9] + b"\x07" + GOOD[1][10:], "no line and no polygon"),
        (GOOD[1][:9] + b"\xff\xff\xff\x0f" + GOOD[1][13:], "not known"),
        (well_known([[[20.0, float("nan")]] * 4]), "not a finite"),
    ],
)
def test_a_bad_geometry_is_told_and_leaves_the_others(blob: bytes, says: str) -> None:  # W-A3
    drawings = read_areas(geopackage(("Bad", blob), GOOD))
    assert [drawn.name for drawn in drawings.drawn] == ["North"]
    (refused,) = drawings.refused
    assert says in refused.text
    assert refused.where == "layer areas, row 1"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("DROP TABLE areas; CREATE VIEW areas AS SELECT 1 AS fid, x'00' AS geom", "a view"),
        (
            """DROP TABLE areas; CREATE VIEW areas AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL
            SELECT i + 1 FROM n) SELECT i AS fid, x'00' AS geom FROM n""",
            "a view",
        ),
        (
            """DROP TABLE areas; CREATE TABLE areas (fid INTEGER, geom BLOB GENERATED ALWAYS AS
            (zeroblob(1000000000)))""",
            "a view",
        ),
        ("ALTER TABLE areas RENAME COLUMN geom TO shape", "no column of geometries"),
        ("DROP TABLE gpkg_geometry_columns", "no GeoPackage"),
        ("DELETE FROM gpkg_geometry_columns", "it holds none"),
        (
            """ALTER TABLE gpkg_spatial_ref_sys RENAME TO a; CREATE VIEW gpkg_spatial_ref_sys AS
            SELECT * FROM a""",
            "no GeoPackage",
        ),
    ],
)
def test_a_database_that_would_do_something_is_refused(more: str, says: str) -> None:  # W-A12
    with pytest.raises(Malformed, match=says):
        read_areas(geopackage(GOOD, more=more))


def test_a_damaged_database_is_refused() -> None:
    good = geopackage(GOOD)
    assert read_areas(good).drawn
    for data in (good[:16], good[:5_000], good[:100] + bytes(len(good) - 100)):
        with pytest.raises(Malformed):
            read_areas(data)
