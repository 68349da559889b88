"""KML and KMZ: placemarks are read; entities, bombs and damage are refused."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from firebreak.errors import Malformed
from firebreak.formats import kml as form
from firebreak.formats.areas import read_areas
from firebreak.formats.drawn import Kind
from tests.formats.drawings import (
    HOLE,
    PATH,
    SQUARE,
    kml,
    kmz,
    placemark,
    polygon_of,
    ring_of,
    text_of,
    zone,
)

LINE = f"<LineString><coordinates>\n {text_of(PATH)} </coordinates></LineString>"


def test_a_placemark_says_what_it_is() -> None:  # W-A1, W-A2
    said = (
        "<TimeSpan><begin>2026-11-22T00:00:00Z</begin><end>2026-11-23T00:00:00Z</end></TimeSpan>"
        '<ExtendedData><Data name="buffer_m"><value>500</value></Data>'
        '<SchemaData schemaUrl="#a"><SimpleData name="upper">FL195</SimpleData></SchemaData>'
        "</ExtendedData>"
    )
    drawings = read_areas(kml(placemark(polygon_of(SQUARE, HOLE), "Łąka", said), placemark(LINE)))
    drawn, line = drawings.drawn
    same = zone(SQUARE, HOLE).drawn[0]
    assert [ring.tolist() for ring in drawn.parts[0]] == [ring.tolist() for ring in same.parts[0]]
    assert (drawn.name, drawn.kind, drawn.buffer_m) == ("Łąka", Kind.ZONE, 500)
    assert drawn.heights.upper is not None
    assert drawn.window is not None
    assert drawn.window.end - drawn.window.start == 86_400_000
    assert (line.kind, len(line.parts[0][0])) == (Kind.LINE, 3)
    assert drawings.refusals == 0


def test_a_geometry_of_several_is_one_drawing() -> None:
    far = [[x + 1, y] for x, y in SQUARE]
    several = f"<MultiGeometry>{polygon_of(SQUARE)}{polygon_of(far)}</MultiGeometry>"
    (drawn,) = read_areas(kml(placemark(several))).drawn
    assert len(drawn.parts) == 2


def test_a_document_without_namespace_or_with_an_older_one_is_read() -> None:
    plain = kml(placemark(polygon_of(SQUARE)))
    space = b' xmlns="http://www.opengis.net/kml/2.2"'
    for other in (b"", b' xmlns="http://earth.google.com/kml/2.1"'):
        assert read_areas(plain.replace(space, other)).drawn
    with pytest.raises(Malformed, match="no KML"):
        read_areas(plain.replace(space, b' xmlns="urn:other"'))


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (placemark(""), "0 geometries"),
        (placemark(LINE + LINE), "2 geometries"),
        (placemark("<Point><coordinates>1,2</coordinates></Point>"), "is a Point"),
        (placemark("<MultiGeometry/>"), "geometry is empty"),
        (placemark(f"<MultiGeometry>{LINE}<Model/></MultiGeometry>"), "is a Model"),
        (placemark(f"<MultiGeometry>{LINE}{polygon_of(SQUARE)}</MultiGeometry>"), "mixes lines"),
        (placemark("<MultiGeometry>" * 9 + LINE + "</MultiGeometry>" * 9), "too deeply"),
        (placemark("<Polygon/>"), "0 outer rings"),
        (placemark(LINE.replace(",", ", ")), "with spaces between them only"),
        (placemark(LINE.replace("52", "nan")), "something else than numbers"),
        (placemark(LINE.replace("52", "5_2")), "something else than numbers"),
        (placemark(LINE.replace("52", "5-2")), "is no number"),
        (placemark(LINE.replace("52.0", "1e30")), "outside"),
        (placemark(LINE.replace("52.0", "1e999")), "not a finite"),
        (placemark(LINE.replace("52", "152")), "swapped"),
        (placemark(polygon_of(SQUARE), said="<name>twice</name>"), "given twice"),
        (
            "<NetworkLink><Link><href>http://192.0.2.1/a.kml</href></Link></NetworkLink>",
            "not followed",
        ),
    ],
)
def test_a_bad_placemark_is_told_and_leaves_the_others(bad: str, says: str) -> None:  # W-A3
    drawings = read_areas(kml(bad, placemark(ring_of(SQUARE), "Good")))
    assert [drawn.name for drawn in drawings.drawn] == ["Good"]
    (refused,) = drawings.refused
    assert says in refused.text


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "&a;" * 10}">' for n in range(9))
    + "]><kml><Document>&a8;</Document></kml>"
)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (BOMB.encode(), "document type or entities"),
        (
            b'<!DOCTYPE kml SYSTEM "http://192.0.2.1/a.dtd"><kml/>',
            "document type or entities",
        ),
        (BOMB.encode("utf-16"), "none that lines and zones are read from"),
        (
            b'<?xml version="1.0" encoding="utf-16"?>' + BOMB.encode("utf-16-le"),
            "UTF-8|document type|damaged",
        ),
        (b"<kml>\xff</kml>", "not UTF-8"),
        (b"<kml>", "damaged"),
        (b"<kml>&a;</kml>", "damaged"),
        (b"<html/>", "no KML"),
        (b"<" * 1_000_001, "elements"),
        (kml(), "it holds none"),
        (b"PK\x03\x04 and no more", "damaged or locked"),
    ],
)
def test_a_bad_document_is_refused_whole(data: bytes, says: str) -> None:  # W-A12
    with pytest.raises(Malformed, match=says):
        read_areas(data)


def test_no_file_beside_it_is_read(tmp_path: Path) -> None:  # W-A12
    secret = tmp_path / "secret"
    secret.write_text("20,52 21,52")
    for text in (
        f'<!DOCTYPE kml [<!ENTITY a SYSTEM "{secret}">]><kml><Placemark>&a;</Placemark></kml>',
        f'<kml xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{secret}"/></kml>',
    ):
        with pytest.raises(Malformed):
            read_areas(text.encode())


def test_pictures_are_passed_over_and_told() -> None:
    drawings = read_areas(kml("<GroundOverlay/>", placemark(LINE)))
    assert "1 GroundOverlay not read" in drawings.notes[-1].text


def test_a_packed_document_is_read() -> None:  # W-A1
    assert read_areas(kmz(kml(placemark(LINE)))).drawn[0].kind is Kind.LINE
    two = io.BytesIO(kmz(kml(placemark(LINE))))
    with zipfile.ZipFile(two, "a") as packed:
        packed.writestr("more.kml", kml())
    assert "1 further .kml" in read_areas(two.getvalue()).notes[-1].text


def test_a_packed_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:  # W-A4
    monkeypatch.setattr(form, "MOST_BYTES", 100_000)
    with pytest.raises(Malformed, match="larger than"):
        read_areas(kmz(b" " * 10_000_000))
    monkeypatch.setattr(form, "MOST_KMZ_BYTES", 100)
    with pytest.raises(Malformed, match="Unpack it"):
        read_areas(kmz(kml(placemark(LINE))))


def test_a_packed_file_without_kml_or_damaged_is_refused() -> None:
    with pytest.raises(Malformed, match=r"no \.kml"):
        read_areas(kmz(b"", "picture.png"))
    good = kmz(kml(placemark(LINE)))
    for at in range(30, len(good)):
        spoilt = good[:at] + bytes([good[at] ^ 0x55]) + good[at + 1 :]
        try:
            read_areas(spoilt)
        except Malformed:
            continue
