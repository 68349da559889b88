"""Lines and zones from any file, as the watch and as an agreement takes them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

import firebreak
from firebreak.errors import InvalidValue, Malformed, Misuse
from firebreak.formats import areas
from firebreak.formats.areas import agreed_line, agreed_zone, fences_of, read_area_file, read_areas
from firebreak.volumes import Polygon
from firebreak.watch.fences import Fences, Kind, Line, Region
from firebreak.watch.picture import Picture
from tests.conftest import ROOT
from tests.formats.drawings import (
    BOW,
    HOLE,
    PATH,
    SQUARE,
    collection,
    feature,
    geopackage,
    kml,
    kmz,
    placemark,
    polygon_of,
    read,
    well_known,
    zone,
)


def test_a_file_is_known_by_its_content(tmp_path: Path) -> None:  # W-A1
    page = kml(placemark(polygon_of(SQUARE)))
    for data, form in (
        (collection(feature("Polygon", [SQUARE])), "GeoJSON"),
        (b"\xef\xbb\xbf \n" + collection(feature("Polygon", [SQUARE])), "GeoJSON"),
        (page, "KML"),
        (kmz(page), "KML"),
        (geopackage(("a", well_known([SQUARE]))), "GeoPackage"),
    ):
        path = tmp_path / "misleading.txt"
        path.write_bytes(data)
        drawings = read_area_file(path)
        assert drawings.form == form
        assert [ring.tolist() for ring in drawings.drawn[0].parts[0]] == [
            ring.tolist() for ring in zone(SQUARE).drawn[0].parts[0]
        ]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"icao24,lat,lon\n", "none that lines"),
        (b"\x89PNG\r\n\x1a\n", "none that lines"),
        (b"[1, 2]", "none that lines"),
        (bytes(100), "none that lines"),
    ],
)
def test_other_files_are_refused(data: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "lines.geojson"
    path.write_bytes(data)
    with pytest.raises(Malformed, match=f"lines.geojson: .*{says}"):
        read_area_file(path)


def test_a_file_that_is_too_large_or_not_there_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # W-A4
    with pytest.raises(Misuse, match="cannot be read: it is not there"):
        read_area_file(tmp_path / "none.kml")
    with pytest.raises(Misuse, match="cannot be read"):
        read_area_file(tmp_path)
    monkeypatch.setattr(areas, "MOST_BYTES", 1_000)
    path = tmp_path / "large.kml"
    path.write_bytes(b"<" * 1_001)
    with pytest.raises(Malformed, match="larger than"):
        read_area_file(path)


def test_the_watch_takes_what_was_drawn() -> None:
    watched = fences_of(
        read(
            feature("Polygon", [SQUARE, HOLE], name="North", buffer_m=500, upper="FL195"),
            feature("Polygon", [BOW], name="North"),
            feature("LineString", PATH, name="North (2)", until="220000ZNOV26"),
            feature("Polygon", [SQUARE], name="Border", kind="line"),
            feature("Polygon", [SQUARE], name="Hospital", protected=True),
        )
    )
    assert [fence.key for fence in watched.fences] == [
        "North",
        "North (2)",
        "North (3)",
        "North (2) (2)",
        "Border",
        "Hospital",
    ]
    assert watched.protected == {"Hospital"}
    north, _, _, line, border, _ = watched.fences
    assert isinstance(north.geometry, Region)
    assert len(north.geometry.holes) == 1
    assert (north.buffer_m, north.kind, north.window) == (500, Kind.ZONE, None)
    assert north.heights is not None
    assert isinstance(line.geometry, Line)
    assert not line.geometry.closed
    assert line.window is not None
    assert line.heights is None
    assert isinstance(border.geometry, Line)
    assert border.geometry.closed
    assert len(border.geometry.latitude_e7) == 4
    Fences(watched.fences)


def test_a_piece_that_the_watch_would_not_take_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firebreak.formats.gathering.MOST_POINTS", 4)
    drawings = read(feature("Polygon", [SQUARE, HOLE]), feature("Polygon", [SQUARE]))
    assert "8 points in one piece; the watch takes 4" in drawings.refused[0].text
    assert len(drawings.drawn) == 1


def circle(points: int) -> list[list[float]]:
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    ring = np.column_stack((20 + np.cos(angle), 52 + np.sin(angle))).round(7).tolist()
    return [*ring, ring[0]]


def test_nothing_is_watched_that_nobody_named() -> None:  # W-A13
    """No map comes with the package: a breach is computed against files that a person gave."""
    package = Path(firebreak.__file__).parent
    drawn = {".geojson", ".kml", ".kmz", ".gpkg", ".shp", ".topojson"}
    assert [path for path in package.rglob("*") if path.suffix.lower() in drawn] == []
    assert len(Picture([]).fences) == 0


def test_positions_are_rounded_to_the_grid() -> None:  # W-A5
    drawn = read_areas(
        b'{"type":"LineString","coordinates":[[20.00000004,52.00000006],[21,53.12345678949]]}'
    )
    (line,) = drawn.drawn
    assert line.parts[0][0].tolist() == [[520_000_001, 200_000_000], [531_234_568, 210_000_000]]


def test_the_specification_s_example_holds() -> None:
    text = (ROOT / "spec" / "watch.md").read_text(encoding="utf-8")
    section = text.partition("## Lines and zones from files")[2].partition("\n## ")[0]
    drawn, report = re.findall(r"```(?:json)?\n(.*?)```", section, re.DOTALL)
    assert read(json.loads(drawn)).report() == tuple(report.splitlines())


def test_an_agreement_takes_what_fits() -> None:
    agreed = agreed_zone(zone(SQUARE, HOLE, name="North", upper="FL195").drawn[0])
    assert isinstance(agreed.area, Polygon)
    assert (agreed.name, len(agreed.area.outer), len(agreed.area.holes)) == ("North", 4, 1)
    assert agreed.heights.upper is not None
    line = agreed_line(read(feature("LineString", PATH, name="Line")).drawn[0])
    assert (line.name, len(line.path)) == ("Line", 3)
    assert len(agreed_zone(zone(circle(2_000), name="Round").drawn[0]).area.outer) == 2_000  # type: ignore[union-attr]  # a polygon


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (feature("LineString", PATH), "is a line, not a zone"),
        (feature("Polygon", [SQUARE], name="x" * 41), "at most 40 characters"),
        (feature("Polygon", [BOW]), "has 2 parts"),
        (feature("Polygon", [circle(2_001)]), "2,001 points; an agreement holds 2,000"),
        (feature("Polygon", [SQUARE], buffer_m=5), "no buffer"),
        (feature("Polygon", [SQUARE], until="220000ZNOV26"), "no window"),
        (feature("Polygon", [SQUARE], protected=1), "protected site"),
        (
            feature("Polygon", [[[20, 52], [20.000001, 52], [20.000001, 52.000001]]]),
            "zone 1: The polygon",
        ),
    ],
)
def test_an_agreement_refuses_what_does_not_fit(given: object, says: str) -> None:
    (drawn,) = read(given).drawn
    with pytest.raises(InvalidValue, match=says):
        agreed_zone(drawn)


def test_an_agreed_line_has_no_heights() -> None:
    (drawn,) = read(feature("LineString", PATH, upper="FL100")).drawn
    with pytest.raises(InvalidValue, match="no heights"):
        agreed_line(drawn)


def test_what_one_reader_reads_is_exact() -> None:
    """Every 1e-7 degree is told from its neighbours."""
    ring = [[20.0000001, 52.0000002], [20.5, 52.0], [20.4999999, 52.2500003]]
    (outer,) = read_areas(collection(feature("Polygon", [[*ring, ring[0]]]))).drawn[0].parts[0]
    assert {tuple(point) for point in outer.tolist()} == {
        (520_000_002, 200_000_001),
        (520_000_000, 205_000_000),
        (522_500_003, 204_999_999),
    }
