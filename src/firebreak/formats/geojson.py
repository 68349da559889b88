"""GeoJSON (RFC 7946): lines and polygons, with what their properties say (spec/watch.md, W-A1)."""

from __future__ import annotations

import json
from itertools import chain
from typing import Any, Final

import numpy as np

from firebreak.errors import InvalidValue, Malformed
from firebreak.formats.drawn import MOST_FEATURES, MOST_VERTICES
from firebreak.formats.gathering import Gathering
from firebreak.formats.mending import Path, grid

_MOST_LISTS: Final = 2 * MOST_VERTICES
_MOST_VALUES: Final = 6 * MOST_VERTICES
"""Brackets and commas: what decides the memory that a document takes once parsed."""
_GEOMETRIES: Final = ("LineString", "MultiLineString", "Polygon", "MultiPolygon")


def gather_geojson(data: bytes) -> Gathering:
    """All features of a document. Raises Malformed for one that is not GeoJSON, or too large."""
    gathering = Gathering("GeoJSON")
    document = _document(data)
    if not isinstance(document, dict):
        raise Malformed("This is JSON, but no GeoJSON: an object with a type is wanted.")
    _check_system(document.get("crs"))
    match document.get("type"):
        case "FeatureCollection":
            features = document.get("features")
            if not isinstance(features, list):
                raise Malformed(
                    "The GeoJSON FeatureCollection has no list of features. Export it anew."
                )
            if len(features) > MOST_FEATURES:
                raise Malformed(f"The file has more than {MOST_FEATURES:,} features. Split it.")
            for number, feature in enumerate(features, 1):
                _feature(feature, f"feature {number:,}", gathering)
        case "Feature":
            _feature(document, "feature 1", gathering)
        case str():
            _geometry(document, {}, "the geometry", gathering)
        case _:
            raise Malformed("This is JSON, but no GeoJSON: it has no type.")
    return gathering


def _document(data: bytes) -> Any:
    # json decodes UTF-16 and UTF-32 too, in which the counts below would not see the brackets.
    text = data.removeprefix(b"\xef\xbb\xbf")
    if text.count(b"[") + text.count(b"{") > _MOST_LISTS or text.count(b",") > _MOST_VALUES:
        raise Malformed(f"The file has more than {MOST_VERTICES:,} vertices. Split it.")  # W-A4
    try:
        return json.loads(
            text.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant
        )
    except UnicodeDecodeError as error:
        raise Malformed(
            f"The GeoJSON file is not UTF-8 at byte {error.start:,}. Save it as UTF-8."
        ) from error
    except RecursionError as error:
        raise Malformed("The GeoJSON file is nested too deeply. Save it anew.") from error
    except ValueError as error:
        raise Malformed(f"The GeoJSON file is damaged: {str(error)[:120]}") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):  # another reader would take the other one
        raise ValueError("an object has one name twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _check_system(value: Any) -> None:
    """RFC 7946 knows WGS 84 alone; its forerunner could name another system (W-A6)."""
    if value is None:
        return
    name = ""
    if isinstance(value, dict) and isinstance(value.get("properties"), dict):
        name = str(value["properties"].get("name", ""))[:80]
    if name.upper().replace("::", ":") not in (
        "URN:OGC:DEF:CRS:OGC:1.3:CRS84",
        "URN:OGC:DEF:CRS:EPSG:4326",
        "EPSG:4326",
    ):
        raise Malformed(
            "The GeoJSON file names a coordinate system other than WGS 84. Convert it to WGS 84"
            " (EPSG:4326), and read it again."
        )


def _feature(feature: Any, where: str, into: Gathering) -> None:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        into.refuse(where, "it is no GeoJSON feature; export it anew.")
        return
    said = feature.get("properties")
    if said is not None and not isinstance(said, dict):
        into.refuse(where, "its properties are no object; export it anew.")
        return
    _geometry(feature.get("geometry"), said or {}, where, into)


def _geometry(geometry: Any, said: dict[str, Any], where: str, into: Gathering) -> None:
    form = geometry.get("type") if isinstance(geometry, dict) else None
    if form == "GeometryCollection":
        _collection(geometry, said, where, into)
        return
    if form not in _GEOMETRIES:
        known = form if form in ("Point", "MultiPoint") else "of no kind that is known"
        into.refuse(where, f"its geometry is {known}; a line or a polygon is wanted.")
        return
    inner = geometry.get("coordinates")
    try:
        if form == "LineString":
            into.take(where, said, paths=[_path(inner, where, into)])
        elif form == "MultiLineString":
            into.take(where, said, paths=[_path(path, where, into) for path in _list(inner)])
        elif form == "Polygon":
            into.take(where, said, polygons=[[_path(ring, where, into) for ring in _list(inner)]])
        else:
            polygons = [
                [_path(ring, where, into) for ring in _list(polygon)] for polygon in _list(inner)
            ]
            into.take(where, said, polygons=polygons)
    except InvalidValue as error:
        into.refuse(where, str(error))


def _collection(
    geometry: dict[str, Any], said: dict[str, Any], where: str, into: Gathering
) -> None:
    members = geometry.get("geometries")
    if not isinstance(members, list) or not members:
        into.refuse(where, "its collection of geometries is empty.")
        return
    for number, member in enumerate(members, 1):
        if isinstance(member, dict) and member.get("type") == "GeometryCollection":
            into.refuse(where, "it has a collection of geometries in another.")
            continue
        _geometry(member, said, f"{where}, part {number:,}", into)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise InvalidValue("its coordinates are not nested as its type wants.")
    return value


def _path(value: Any, where: str, into: Gathering) -> Path:
    """A list of positions: longitude, latitude and, unread, a height."""
    points = _list(value)
    into.count(len(points))
    if not points:
        return np.empty((0, 2), np.int64)
    if set(map(type, points)) != {list}:
        raise InvalidValue("its coordinates are not nested as its type wants.")
    if not set(map(len, points)) <= {2, 3, 4}:
        raise InvalidValue("a position has not two or three numbers.")
    if not set(map(type, chain.from_iterable(points))) <= {int, float}:
        raise InvalidValue("a coordinate is no number; correct it.")
    try:
        longitude = np.array([point[0] for point in points], np.float64)
        latitude = np.array([point[1] for point in points], np.float64)
    except OverflowError:
        raise InvalidValue("a coordinate is not a finite number; correct it.") from None
    if any(len(point) > 2 and point[2] != 0 for point in points):
        into.note(where, "heights of its points are not read; say lower and upper.")
    return grid(latitude, longitude)
