"""KML 2.2 and KMZ: placemarks with lines and polygons (OGC 12-007r2; spec/watch.md, W-A1).

No document type, no entity, no network: a document with a type is refused before it is parsed.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Final

import numpy as np
from lxml import etree

from firebreak.errors import InvalidValue, Malformed
from firebreak.formats.drawn import MOST_BYTES
from firebreak.formats.gathering import Gathering
from firebreak.formats.mending import Path, grid

MOST_KMZ_BYTES: Final = 16 << 20
"""Of a packed file: its list of contents is held in memory."""
_MOST_ELEMENTS: Final = 500_000
_NAMESPACES: Final = (
    "http://www.opengis.net/kml/2.2",
    "http://earth.google.com/kml/2.0",
    "http://earth.google.com/kml/2.1",
    "http://earth.google.com/kml/2.2",
)
_GEOMETRIES: Final = ("Polygon", "LineString", "LinearRing", "MultiGeometry")
_UNREAD: Final = ("Point", "Model", "Track", "MultiTrack")
_NUMBERS: Final = re.compile(r"[0-9eE+\-.,\s]*", re.ASCII)
_DEEPEST: Final = 8
_TOO_LARGE: Final = f"The KML document is larger than {MOST_BYTES >> 20} MiB. Split it."


def gather_kmz(data: bytes) -> Gathering:
    """The document in a packed file: its first .kml. Raises Malformed."""
    if len(data) > MOST_KMZ_BYTES:  # W-A4
        raise Malformed(f"The KMZ file is larger than {MOST_KMZ_BYTES >> 20} MiB. Unpack it.")
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            names = [name for name in packed.namelist() if name.lower().endswith(".kml")]
            if not names:
                raise Malformed("The packed file holds no .kml. Is it a KMZ file?")
            with packed.open(names[0]) as member:
                document = member.read(MOST_BYTES + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
        OverflowError,
    ) as error:
        raise Malformed(f"The KMZ file is damaged or locked: {str(error)[:80]}") from error
    if len(document) > MOST_BYTES:  # W-A4: whatever size the list of contents claims
        raise Malformed(_TOO_LARGE)
    gathering = gather_kml(document)
    if len(names) > 1:
        gathering.note("the file", f"{len(names) - 1:,} further .kml in it not read.")
    return gathering


def gather_kml(data: bytes) -> Gathering:
    """All placemarks of a document. Raises Malformed for one that is not KML, or too large."""
    gathering = Gathering("KML")
    root = _root(data)
    number = 0
    others: dict[str, int] = {}
    for element in root.iter(etree.Element):
        match _name(element):
            case "Placemark":
                number += 1
                _placemark(element, f"placemark {number:,}", gathering)
            case "NetworkLink":
                gathering.refuse("a network link", "it is not followed; save what it names as KML.")
            case "GroundOverlay" | "PhotoOverlay" | "ScreenOverlay":
                name = _name(element)
                others[name] = others.get(name, 0) + 1
    for other, count in others.items():
        gathering.note("the file", f"{count:,} {other} not read: a picture, no line or zone.")
    return gathering


def _root(data: bytes) -> etree._Element:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed(
            f"The KML file is not UTF-8 at byte {error.start:,}. Save it as UTF-8."
        ) from error
    if "<!DOCTYPE" in text or "<!ENTITY" in text:  # W-A12: before anything parses it
        raise Malformed("The KML file has a document type or entities. Save it without them.")
    if text.count("<") > 2 * _MOST_ELEMENTS:  # W-A4
        raise Malformed(f"The KML file has more than {_MOST_ELEMENTS:,} elements. Split it.")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        remove_comments=True,
        remove_pis=True,
        # One text may hold a million vertices; size, elements and entities are bounded above.
        huge_tree=True,
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Malformed(f"The KML file is damaged: {str(error)[:120]}") from error
    if _name(root) != "kml":
        raise Malformed("This is XML, but no KML: its outermost element is not kml.")
    return root


def _name(element: etree._Element) -> str:
    """The element's name if it is one of KML, or of none; `gx:` names come without prefix too."""
    name = etree.QName(element)
    known = not name.namespace or name.namespace in _NAMESPACES or "/kml/ext/" in name.namespace
    return name.localname if known else ""


def _children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    return (child for child in element.iterchildren(etree.Element) if _name(child) in names)


def _text(element: etree._Element) -> str:
    return (element.text or "").strip()


def _placemark(placemark: etree._Element, where: str, into: Gathering) -> None:
    geometries = list(_children(placemark, *_GEOMETRIES, *_UNREAD))
    if len(geometries) != 1:
        into.refuse(where, f"it has {len(geometries)} geometries; one line or polygon is wanted.")
        return
    try:
        said = _said(placemark)
        paths: list[Path] = []
        polygons: list[list[Path]] = []
        _geometry(geometries[0], where, paths, polygons, into, _DEEPEST)
        if not paths and not polygons:
            raise InvalidValue("its geometry is empty; draw it, or leave it out.")
    except InvalidValue as error:
        into.refuse(where, str(error))
        return
    into.take(where, said, paths=paths, polygons=polygons)


def _said(placemark: etree._Element) -> dict[str, object]:
    """The name, what stands in ExtendedData, and the TimeSpan."""
    said: dict[str, object] = {}

    def say(key: str, value: str) -> None:
        if key in said:
            raise InvalidValue("a property is given twice; give it once.")
        said[key] = value

    for name in _children(placemark, "name"):
        say("name", _text(name))
    for span in _children(placemark, "TimeSpan"):
        for end in _children(span, "begin", "end"):
            say("from" if _name(end) == "begin" else "until", _text(end))
    for extended in _children(placemark, "ExtendedData"):
        for item in extended.iter(etree.Element):
            if _name(item) == "Data":
                say(item.get("name", ""), "".join(map(_text, _children(item, "value"))))
            elif _name(item) == "SimpleData":
                say(item.get("name", ""), _text(item))
    return said


def _geometry(
    element: etree._Element,
    where: str,
    paths: list[Path],
    polygons: list[list[Path]],
    into: Gathering,
    deeper: int,
) -> None:
    match _name(element):
        case "LineString" | "LinearRing":
            paths.append(_coordinates(element, where, into))
        case "Polygon":
            polygons.append(_polygon(element, where, into))
        case "MultiGeometry" if deeper:
            for part in _children(element, *_GEOMETRIES, *_UNREAD):
                _geometry(part, where, paths, polygons, into, deeper - 1)
        case "MultiGeometry":
            raise InvalidValue("its geometries are nested too deeply; draw them apart.")
        case other:
            raise InvalidValue(f"its geometry is a {other}; a line or a polygon is wanted.")


def _polygon(element: etree._Element, where: str, into: Gathering) -> list[Path]:
    outer = _boundaries(element, "outerBoundaryIs", where, into)
    if len(outer) != 1:
        raise InvalidValue(f"a polygon has {len(outer)} outer rings; give it one.")
    return [*outer, *_boundaries(element, "innerBoundaryIs", where, into)]


def _boundaries(element: etree._Element, name: str, where: str, into: Gathering) -> list[Path]:
    return [
        _coordinates(ring, where, into)
        for boundary in _children(element, name)
        for ring in _children(boundary, "LinearRing")
    ]


def _coordinates(element: etree._Element, where: str, into: Gathering) -> Path:
    """`longitude,latitude[,height]`, with white space between."""
    text = " ".join(map(_text, _children(element, "coordinates")))
    if _NUMBERS.fullmatch(text) is None:
        raise InvalidValue("its coordinates hold something else than numbers; correct them.")
    points = text.split()
    into.count(len(points))
    if not points:
        return np.empty((0, 2), np.int64)
    widths = {point.count(",") for point in points}
    if not widths <= {1, 2}:
        raise InvalidValue(
            "its coordinates are not longitude,latitude[,height] with spaces between them only."
        )
    try:
        rows = [point.split(",", 2) for point in points]
        longitude = np.array([float(row[0]) for row in rows], np.float64)
        latitude = np.array([float(row[1]) for row in rows], np.float64)
        high = any(len(row) > 2 and float(row[2] or 0) != 0 for row in rows)
    except ValueError:
        raise InvalidValue("a coordinate is no number; correct it.") from None
    if high:
        into.note(where, "heights of its points are not read; say lower and upper.")
    return grid(latitude, longitude)
