"""Lines and zones out of files: GeoJSON, KML, KMZ and GeoPackage, known by content (spec/watch.md, W-A1).

Nothing here decides that a file's lines are agreed: a person names the file (W-A13).
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np

from firebreak.errors import InvalidValue, Malformed, Misuse
from firebreak.formats.drawn import MOST_BYTES, Drawings, Drawn, Kind, Vertices, positions
from firebreak.formats.gathering import Gathering
from firebreak.records.agreement import AgreedLine, AgreedZone
from firebreak.values import LATEST, Millis
from firebreak.volumes import (
    MOST_VERTICES,
    Area,
    Corridor,
    Heights,
    Polygon,
    Volume,
    Window,
    check,
)
from firebreak.watch.fences import Fence, Line, Region

_LONGEST_AGREED_NAME = 40
_ALWAYS = Window(Millis(0), LATEST)
_ANY_HEIGHT = Heights(None, None)
_FORMS = "GeoJSON, KML, KMZ and GeoPackage are read."


def read_areas(data: bytes) -> Drawings:
    """The lines and zones that the bytes of a file hold. Raises Malformed if they hold none.

    What the report of the result says must reach the operator: a zone that was refused is not watched.
    """
    if len(data) > MOST_BYTES:  # W-A4
        raise Malformed(
            f"The file of lines and zones is larger than {MOST_BYTES >> 20} MiB. Simplify it"
            " outwards, or split it."
        )
    return _gathered(data).done()


def read_area_file(path: Path) -> Drawings:
    """`read_areas` of a file. Raises Misuse if it cannot be read, Malformed as above."""
    if not path.is_file():  # a pipe would be waited for
        raise Misuse(
            f"{path.name} cannot be read: it is not there, or no plain file. Check its name, or save them as"
            " a file."
        )
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Misuse(f"{path.name} cannot be read: {error.strerror}. Check its rights.") from error
    try:
        return read_areas(data)
    except Malformed as error:
        raise Malformed(f"{path.name}: {error}") from error


def _gathered(data: bytes) -> Gathering:
    """By the first bytes: what a file is called says nothing (W-A1)."""
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if data[:16] == b"SQLite format 3\0":
        from firebreak.formats.geopackage import gather_geopackage

        return gather_geopackage(data)
    if data[:4] == b"PK\x03\x04":
        from firebreak.formats.kml import gather_kmz

        return gather_kmz(data)
    if start[:1] == b"{":
        from firebreak.formats.geojson import gather_geojson

        return gather_geojson(data)
    if start[:1] == b"<":
        from firebreak.formats.kml import gather_kml

        return gather_kml(data)
    if not data:
        raise Malformed(f"The file of lines and zones is empty. {_FORMS}")
    raise Malformed(f"The file is none that lines and zones are read from. {_FORMS}")


class Watched(NamedTuple):
    """What the watch watches. protected: the keys of those fences that are protected sites."""

    fences: tuple[Fence, ...]
    protected: frozenset[str]


def fences_of(drawings: Drawings) -> Watched:
    """A fence for each part, under a key of its own: the name, from its second use on with a number."""
    fences: list[Fence] = []
    protected: set[str] = set()
    used = Counter[str]()
    taken = set[str]()
    for drawn in drawings.drawn:
        for part in drawn.parts:
            key = drawn.name
            while key in taken:
                used[drawn.name] += 1
                key = f"{drawn.name} ({used[drawn.name] + 1})"
            taken.add(key)
            if drawn.protected:
                protected.add(key)
            fences.append(
                Fence(
                    key=key,
                    geometry=_geometry(drawn.kind, part),
                    name=drawn.name,
                    buffer_m=drawn.buffer_m,
                    heights=None if drawn.heights == _ANY_HEIGHT else drawn.heights,
                    window=drawn.window,
                )
            )
    return Watched(tuple(fences), frozenset(protected))


def _geometry(kind: Kind, part: tuple[Vertices, ...]) -> Line | Region:
    if kind is Kind.ZONE:
        outer, *holes = (_line(ring, closed=True) for ring in part)
        return Region(outer, tuple(holes))
    (path,) = part
    closed = len(path) > 3 and bool((path[0] == path[-1]).all())
    return _line(path[:-1] if closed else path, closed)


def _line(path: Vertices, closed: bool) -> Line:
    return Line(np.ascontiguousarray(path[:, 0]), np.ascontiguousarray(path[:, 1]), closed)


def agreed_line(drawn: Drawn) -> AgreedLine:
    """A line as an agreement holds it. Raises InvalidValue, with the reason, if it does not fit."""
    _check_fits(drawn, Kind.LINE)
    if drawn.heights != _ANY_HEIGHT:
        raise InvalidValue(f"{drawn.name}: an agreed line has no heights; leave them out.")
    path = positions(drawn.parts[0][0])
    _check_sound(drawn.name, Corridor(path, 1), _ANY_HEIGHT)
    return AgreedLine(drawn.name, path)


def agreed_zone(drawn: Drawn) -> AgreedZone:
    """A zone as an agreement holds it. Raises InvalidValue, with the reason, if it does not fit."""
    _check_fits(drawn, Kind.ZONE)
    outer, *holes = (positions(ring) for ring in drawn.parts[0])
    area = Polygon(outer, tuple(holes))
    _check_sound(drawn.name, area, drawn.heights)
    return AgreedZone(drawn.name, area, drawn.heights)


def _check_fits(drawn: Drawn, kind: Kind) -> None:
    if drawn.kind is not kind:
        raise InvalidValue(f"{drawn.name} is a {drawn.kind}, not a {kind}.")
    if len(drawn.name) > _LONGEST_AGREED_NAME:
        raise InvalidValue(
            f"{drawn.name}: an agreement's names have at most {_LONGEST_AGREED_NAME} characters."
        )
    if len(drawn.parts) > 1:
        raise InvalidValue(
            f"{drawn.name} has {len(drawn.parts):,} parts; an agreement holds each under its own name."
        )
    if drawn.vertices > MOST_VERTICES:
        raise InvalidValue(
            f"{drawn.name} has {drawn.vertices:,} points; an agreement holds {MOST_VERTICES:,} at most."
            " Simplify it outwards, or split it. The watch takes it as it is."
        )
    if drawn.protected:
        raise InvalidValue(
            f"{drawn.name} is a protected site; file it as a notice of that purpose."
        )
    if drawn.buffer_m or drawn.window is not None:
        raise InvalidValue(f"{drawn.name}: an agreement holds no buffer and no window of it.")


def _check_sound(name: str, area: Area, heights: Heights) -> None:
    try:
        check(Volume(area, heights, _ALWAYS))
    except InvalidValue as error:
        raise InvalidValue(f"{name}: {error}") from error
