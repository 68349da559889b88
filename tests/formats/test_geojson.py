"""GeoJSON: what its features say, and what is refused of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from firebreak.errors import Malformed
from firebreak.formats import geojson
from firebreak.formats.areas import read_areas
from firebreak.formats.drawn import Kind
from firebreak.values import Height, HeightReference, HeightUnit
from firebreak.volumes import Heights, Window
from tests.formats.drawings import BOW, HOLE, PATH, SQUARE, collection, feature, read, zone


def test_a_feature_says_what_it_is() -> None:  # W-A2
    drawings = zone(
        SQUARE,
        HOLE,
        name="North",
        buffer_m=500,
        lower="2000 ft AMSL",
        upper="FL195",
        until="2026-11-22T14:30:00+02:00",
        **{"from": "220000ZNOV26", "protected": "yes"},
    )
    (drawn,) = drawings.drawn
    assert (drawn.name, drawn.kind, drawn.buffer_m) == ("North", Kind.ZONE, 500)
    assert drawn.heights == Heights(
        Height(2_000, HeightUnit.FEET, HeightReference.MEAN_SEA_LEVEL),
        Height(195, HeightUnit.HUNDREDS_OF_FEET, HeightReference.STANDARD_PRESSURE),
    )
    assert drawn.window == Window(1_795_305_600_000, 1_795_350_600_000)  # type: ignore[arg-type]  # plain numbers
    assert drawn.protected
    outer, hole = drawn.parts[0]
    assert outer.tolist()[0] == [520_000_000, 200_000_000]
    assert (len(outer), len(hole)) == (4, 4)
    assert outer.flags.c_contiguous
    assert drawings.refused == ()
    plain = zone(SQUARE).drawn[0]
    assert (plain.name, plain.buffer_m, plain.window) == ("zone 1", 0, None)
    assert plain.heights == Heights(None, None)
    assert not plain.protected


@pytest.mark.parametrize(
    ("form", "coordinates", "kind", "parts"),
    [
        ("LineString", PATH, Kind.LINE, 1),
        ("MultiLineString", [PATH, SQUARE], Kind.LINE, 2),
        ("Polygon", [SQUARE], Kind.ZONE, 1),
        ("MultiPolygon", [[SQUARE], [[[x + 1, y] for x, y in SQUARE]]], Kind.ZONE, 2),
    ],
)
def test_every_form_is_read(form: str, coordinates: Any, kind: Kind, parts: int) -> None:  # W-A1
    (drawn,) = read(feature(form, coordinates)).drawn
    assert (drawn.kind, len(drawn.parts)) == (kind, parts)
    alone = read_areas(json.dumps({"type": form, "coordinates": coordinates}).encode())
    assert len(alone.drawn[0].parts) == parts


def test_a_kind_that_is_said_decides() -> None:  # W-A2
    border = read(feature("Polygon", [SQUARE], kind="line")).drawn[0]
    assert border.kind is Kind.LINE
    assert len(border.parts[0][0]) == 5  # comes back to where it starts
    assert read(feature("LineString", SQUARE, kind="Zone")).drawn[0].kind is Kind.ZONE


def test_a_collection_of_geometries_is_read_part_by_part() -> None:
    parts = [
        {"type": "LineString", "coordinates": PATH},
        {"type": "Polygon", "coordinates": [SQUARE]},
        {"type": "GeometryCollection", "geometries": []},
    ]
    drawings = read(
        {"type": "Feature", "geometry": {"type": "GeometryCollection", "geometries": parts}}
    )
    assert [drawn.kind for drawn in drawings.drawn] == [Kind.LINE, Kind.ZONE]
    assert "collection of geometries in another" in drawings.refused[0].text


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (feature("Polygon", [SQUARE], buffer_m=-1), "buffer_m is “-1”"),
        (feature("Polygon", [SQUARE], buffer_m=2.5), "whole metres"),
        (feature("Polygon", [SQUARE], buffer_m=True), "whole metres"),
        (feature("Polygon", [SQUARE], buffer_m=10**30), "buffer_m"),
        (feature("Polygon", [SQUARE], kind="circle"), "write line or zone"),
        (feature("Polygon", [SQUARE], lower="9500"), "no height"),
        (feature("Polygon", [SQUARE], lower="FL200", upper="FL100"), "below the lower"),
        (feature("Polygon", [SQUARE], until="tomorrow"), "is no time"),
        (feature("Polygon", [SQUARE], until="2026-11-22T14:30:00"), "no zone"),
        (feature("Polygon", [SQUARE], until="1969-11-22T14:30:00Z"), "is no time"),
        (feature("Polygon", [SQUARE], until=1), "is no time"),
        (
            feature("Polygon", [SQUARE], until="220000ZNOV26", **{"from": "220000ZNOV26"}),
            "same time",
        ),
        (feature("Polygon", [SQUARE], protected="perhaps"), "write yes or no"),
        (feature("Polygon", [SQUARE], name=["a"]), "write a text"),
        (feature("Polygon", [SQUARE], Name="a", name="b"), "given twice"),
        (feature("LineString", PATH, kind="zone"), "does not end where it starts"),
        (feature("Point", [20, 52]), "geometry is Point"),
        (feature("Circle", [20, 52]), "of no kind that is known"),
        (feature("Polygon", SQUARE), "not nested"),
        (feature("Polygon", [[["20", "52"]] * 4]), "no number"),
        (feature("Polygon", [[[True, False]] * 4]), "no number"),
        (feature("Polygon", [[[20]] * 4]), "two or three numbers"),
        (feature("Polygon", [[[10**400, 1]] * 4]), "finite"),
        (feature("Polygon", [[[20, 120], [21, 120], [21, 122]]]), "swapped"),
        (feature("Polygon", []), "encloses nothing"),
        (feature("Polygon", {}), "not nested"),
        ({"type": "Feature", "geometry": None, "properties": None}, "no kind that is known"),
        ({"type": "Feature", "geometry": {"type": "GeometryCollection"}}, "is empty"),
        ({"type": "Feature", "properties": 7}, "no object"),
        ({"type": "Polygon"}, "no GeoJSON feature"),
        (7, "no GeoJSON feature"),
    ],
)
def test_a_bad_feature_is_told_and_leaves_the_others(bad: Any, says: str) -> None:  # W-A3
    drawings = read(bad, feature("Polygon", [SQUARE], name="Good"))
    assert [drawn.name for drawn in drawings.drawn] == ["Good"]
    (refused,) = drawings.refused
    assert refused.where == "feature 1"
    assert says in refused.text
    assert f"NOT READ  feature 1: {refused.text}" in drawings.report()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"{", "damaged"),
        (b'{"type": "FeatureCollection", "features": 1}', "no list of features"),
        (b'{"type": "Topology"}', "No line or zone"),
        (b'{"a": 1}', "has no type"),
        (b'{"type": "Polygon", "type": "Polygon"}', "one name twice"),
        (b'{"type": "Polygon", "coordinates": [[[NaN, 1]]]}', "NaN is no number"),
        (b'{"type": "Polygon", "coordinates": ' + b"[" * 100_000, "nested too deeply"),
        (b'{"type": "Polygon", "coordinates": [[[' + b"9" * 5_000, "damaged"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b'{"type": "LineString", "coordinates": [[1e400, 1], [1, 1]]}', "not a finite"),
        (b'{"type": "FeatureCollection", "features": []}', "it holds none"),
        (collection(feature("Polygon", [[[500, 1]] * 4])), "outside -180 to 180"),
    ],
)
def test_a_bad_document_is_refused_whole(data: bytes, says: str) -> None:
    with pytest.raises(Malformed, match=says):
        read_areas(data)


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("urn:ogc:def:crs:OGC:1.3:CRS84", True),
        ("urn:ogc:def:crs:EPSG::4326", True),
        ("urn:ogc:def:crs:EPSG::3857", False),
        ("EPSG:2180", False),
        ("", False),
    ],
)
def test_another_coordinate_system_is_refused(name: str, taken: bool) -> None:  # W-A6
    document = json.loads(collection(feature("Polygon", [SQUARE])))
    document["crs"] = {"type": "name", "properties": {"name": name}}
    data = json.dumps(document).encode()
    if taken:
        assert read_areas(data).drawn
    else:
        with pytest.raises(Malformed, match="other than WGS 84"):
            read_areas(data)


def test_a_million_points_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:  # W-A4
    monkeypatch.setattr("firebreak.formats.gathering.MOST_VERTICES", 10)
    assert read(feature("Polygon", [SQUARE]), feature("LineString", SQUARE)).drawn
    with pytest.raises(Malformed, match="more than 10 vertices"):
        read(
            feature("Polygon", [SQUARE]), feature("LineString", SQUARE), feature("LineString", PATH)
        )
    monkeypatch.setattr("firebreak.formats.gathering.MOST_FEATURES", 2)
    with pytest.raises(Malformed, match="more than 2 features"):
        read(*[feature("Point", [1, 1])] * 3)


def test_the_cost_of_a_document_is_known_before_it_is_parsed() -> None:  # W-A4
    most = geojson._MOST_LISTS
    with pytest.raises(Malformed, match="vertices"):
        read_areas(b'{"type": ' + b"[" * most)
    with pytest.raises(Malformed, match="vertices"):
        read_areas(b'{"type": ' + b"," * (geojson._MOST_VALUES + 1))


def test_the_report_says_all_of_it() -> None:  # W-A3
    drawings = read(
        feature("Polygon", [BOW], name="B\u202eow", colour="red"),
        feature("LineString", [[*point, 7] for point in PATH], name="x" * 100),
        feature("Point", [1, 2]),
    )
    text = "\n".join(drawings.report())
    assert text.startswith(
        "Read as GeoJSON: 1 line and 1 zone with 9 points in all; 4 repairs, 1 ref"
    )
    for part in (
        "NOT READ  feature 3: its geometry is Point",
        "repaired  feature 1 “Bow”: its name held characters that cannot be shown",
        "repaired  feature 1 “Bow”: the outline crosses",
        "had 100 characters; cut to 80",
        "heights of its points are not read",
        "properties that say nothing to the watch: colour",
    ):
        assert part in text
    assert "\u202e" not in text


def test_a_long_report_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firebreak.formats.gathering.MOST_LISTED", 3)
    drawings = read(*[feature("Point", [1, 1])] * 8, feature("Polygon", [SQUARE]))
    assert (len(drawings.refused), drawings.refusals) == (3, 8)
    assert "… and 5 more refused." in drawings.report()


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("buffer", "buffer_m"),
        ("Buffer_KM", "buffer_m"),
        ("bufferM", "buffer_m"),
        ("height", "lower and upper"),
        ("floor", "lower"),
        ("Ceiling", "upper"),
        ("start", "from"),
        ("valid until", "until"),
        ("is protected", "protected"),
    ],
)
def test_a_name_that_is_near_a_known_one_is_refused(name: str, instead: str) -> None:  # W-A2
    sound = feature("Polygon", [SQUARE], colour="red", highway="yes", name="North")
    drawings = read(sound, feature("Polygon", [SQUARE], **{name: "500"}))
    (refused,) = drawings.refused
    assert f"write {instead} instead, or leave it out" in str(refused)
    assert [drawn.name for drawn in drawings.drawn] == ["North"]
    assert len(read(feature("Polygon", [SQUARE], name="a", **{name: None})).drawn) == 1
