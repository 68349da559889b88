"""AIS against pyais, which nobody here wrote, and against the rules of spec/watch.md (W-S20 to W-S25)."""

from __future__ import annotations

import re
from random import Random
from typing import Any

import numpy as np
import pyais
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.formats.ais import (
    LONG_RANGE_M,
    LONGEST_LINE,
    MOST_NAMES,
    MOST_PENDING,
    PART_PATIENCE_MS,
    Ais,
)
from firebreak.formats.refusals import Refusal
from firebreak.values import DEGREE, HeightReference, Millis
from firebreak.watch.reports import (
    ABSENT,
    Domain,
    Naming,
    Reports,
    check_reports,
    identity,
    joined,
)
from tests.conftest import ROOT

NOW = Millis(1_700_000_060_500)
"""20.5 seconds after a full minute."""
SHIP = 261_182_000
PLACE: dict[str, Any] = {"mmsi": SHIP, "lat": 54.7, "lon": 18.9, "speed": 12.3, "course": 271.4}

PUBLISHED = [
    # Sentences in pyais's own documentation, recorded off the air, with what it prints for them.
    (b"!AIVDM,1,1,,B,15M67FC000G?ufbE`FepT@3n00Sa,0*5C", 366_053_209, 37.802118, -122.341618),
    (b"!AIVDM,1,1,,A,14eG;o@034o8sd<L9i:a;WF>062D,0*7D", 316_001_245, 49.200283, -123.87775),
    (b"!AIVDM,1,1,,B,K815>P8=5EikdUet,0*6B", 538_005_120, 24.681667, -79.641667),
]


def checksum(text: bytes) -> bytes:
    return b"%02X" % int(np.bitwise_xor.reduce(np.frombuffer(text, np.uint8)))


def sentence(body: bytes) -> bytes:
    return b"!" + body + b"*" + checksum(body) + b"\r\n"


def tagged(tag: bytes, line: bytes) -> bytes:
    return b"\\" + tag + b"*" + checksum(tag) + b"\\" + line


def encoded(kind: int, **fields: Any) -> bytes:
    """Lines of one message, by pyais."""
    parts = pyais.encode_dict(
        {"type": kind, **PLACE, **fields}, talker_id="AI", sentence_type="VDM", seq_id=3
    )
    return b"".join(part.encode("ascii") + b"\r\n" for part in parts)


def read(data: bytes, received: Millis = NOW, adapter: Ais | None = None) -> Reports:
    reports = (adapter or Ais(4)).feed(data, received)
    check_reports(reports)
    return reports


def refused(data: bytes, received: Millis = NOW) -> dict[Refusal, int]:
    adapter = Ais(4)
    assert len(read(data, received, adapter)) == 0
    return dict(adapter.refused)


def row_of(reports: Reports) -> dict[str, int]:
    assert len(reports) == 1
    return {name: int(getattr(reports, name)[0]) for name in Reports.__slots__}


@pytest.mark.parametrize(("line", "mmsi", "latitude", "longitude"), PUBLISHED)
def test_published_sentences(line: bytes, mmsi: int, latitude: float, longitude: float) -> None:
    row = row_of(read(line + b"\n"))
    assert row["identity"] == identity(Naming.MMSI, mmsi)
    assert abs(row["latitude_e7"] - latitude * DEGREE) <= 6
    assert abs(row["longitude_e7"] - longitude * DEGREE) <= 6


def test_the_example_of_the_specification() -> None:
    text = (ROOT / "spec" / "watch.md").read_text(encoding="utf-8")
    [line] = re.findall(r"^\\s:.*$", text, re.MULTILINE)
    row = row_of(read(line.encode() + b"\n"))
    assert row["identity"] == identity(Naming.MMSI, 366_053_209)
    assert (row["latitude_e7"], row["longitude_e7"]) == (378_021_183, -1_223_416_183)
    assert (row["speed_cm_s"], row["course_cd"], row["accuracy_m"]) == (0, 21_930, 30)
    assert row["at"] == 1_700_000_039_000


# Against pyais


def expected(line: bytes) -> dict[str, float] | Refusal:
    """What pyais and the specification make of a sentence that holds a position."""
    said: Any = pyais.decode(line.strip())
    if not 0 < int(said.mmsi) <= 999_999_999:
        return Refusal.NO_IDENTITY
    second = getattr(said, "second", 60)
    if said.lon == 181 or said.lat == 91 or second == 63:
        return Refusal.NO_POSITION
    if abs(said.lat) <= 1e-4 and abs(said.lon) <= 1e-4:
        return Refusal.NOWHERE
    knots = said.speed
    speed_said = knots != (63 if said.msg_type == 27 else 1023 if said.msg_type == 9 else 102.3)
    course_said = said.course != (511 if said.msg_type == 27 else 360)
    if abs(said.lat) > 90 or abs(said.lon) > 180 or (course_said and said.course > 360):
        return Refusal.OUT_OF_RANGE
    accuracy = (10 if said.accuracy else 30) + (LONG_RANGE_M if said.msg_type == 27 else 0)
    altitude = getattr(said, "alt", 4095) if said.msg_type == 9 else 4095
    return {
        "identity": identity(Naming.MMSI, int(said.mmsi)),
        "latitude_e7": said.lat * DEGREE,
        "longitude_e7": said.lon * DEGREE,
        "speed_cm_s": knots * 185_200 / 3_600 if speed_said else ABSENT,
        "course_cd": said.course * 100 % 36_000 if course_said else ABSENT,
        "accuracy_m": ABSENT if second in (61, 62) else accuracy,
        "height_ft": ABSENT if altitude == 4095 else altitude / 0.3048,
        "domain": Domain.AIR if said.msg_type == 9 else Domain.SEA,
    }


def agree(line: bytes) -> None:
    """Both say the same of it."""
    adapter = Ais(4)
    reports = read(line, adapter=adapter)
    wanted = expected(line)
    if isinstance(wanted, Refusal):
        assert len(reports) == 0
        assert dict(adapter.refused) == {wanted: 1}
        return
    assert not adapter.refused
    row = row_of(reports)
    for name, value in wanted.items():
        # pyais rounds positions to 1e-6 degree.
        margin = 5.01 if name in ("latitude_e7", "longitude_e7") else 0.51
        margin = 0 if name in ("identity", "domain") else margin
        off = abs(row[name] - value)
        if name == "longitude_e7":
            off = min(off, abs(off - 360 * DEGREE))
        assert off <= margin, name


@given(
    kind=st.sampled_from([1, 2, 3, 9, 18, 19, 27]),
    mmsi=st.integers(1, 999_999_999),
    latitude=st.floats(-90, 90) | st.just(91.0),
    longitude=st.floats(-180, 179.99) | st.just(181.0),
    speed=st.floats(0, 60),
    course=st.floats(0, 359.9) | st.just(360.0),
    accuracy=st.booleans(),
    second=st.integers(0, 63),
)
def test_what_pyais_encodes_is_read_as_pyais_reads_it(
    kind: int,
    mmsi: int,
    latitude: float,
    longitude: float,
    speed: float,
    course: float,
    accuracy: bool,
    second: int,
) -> None:
    fields = {"mmsi": mmsi, "lat": latitude, "lon": longitude, "speed": speed, "course": course}
    agree(encoded(kind, **fields, accuracy=accuracy, second=second))


ARMOUR = [chr(48 + value if value < 40 else 56 + value) for value in range(64)]


@given(
    kind=st.sampled_from([1, 2, 3, 9, 18, 19, 27]),
    values=st.lists(st.integers(0, 63), min_size=60, max_size=60),
)
def test_any_bits_are_read_as_pyais_reads_them(kind: int, values: list[int]) -> None:
    characters = {19: 52, 27: 16}.get(kind, 28)
    payload = "".join(ARMOUR[value] for value in (kind, *values))[:characters]
    agree(sentence(b"AIVDM,1,1,,A," + payload.encode() + b",0"))


@given(st.integers(0, 39), st.integers(0, 9999))
def test_a_type_that_holds_no_position_gives_none(kind: int, rest: int) -> None:
    if kind in (1, 2, 3, 9, 18, 19, 27):
        return
    payload = ARMOUR[kind].encode() + b"%028d" % rest * 3
    known = 0 < kind < 28
    outcome = refused(sentence(b"AIVDM,1,1,,A," + payload + b",0"))
    if kind not in (5, 24):
        assert outcome == ({} if known else {Refusal.UNSUPPORTED: 1})


# Values


def test_a_whole_row() -> None:
    assert row_of(read(encoded(1, second=18, accuracy=True))) == {
        "source": 4,
        "identity": identity(Naming.MMSI, SHIP),
        "at": 1_700_000_058_000,
        "received": NOW,
        "latitude_e7": 547_000_000,
        "longitude_e7": 189_000_000,
        "height_ft": ABSENT,
        "height_reference": HeightReference.MEAN_SEA_LEVEL,
        "speed_cm_s": 633,
        "course_cd": 27_140,
        "climb_fpm": ABSENT,
        "accuracy_m": 10,
        "domain": Domain.SEA,
    }


def test_a_search_and_rescue_aircraft_flies() -> None:
    row = row_of(read(encoded(9, alt=1_000, speed=130, second=18)))
    assert (row["domain"], row["height_ft"]) == (Domain.AIR, 3_281)
    assert row["height_reference"] == HeightReference.MEAN_SEA_LEVEL
    assert row["speed_cm_s"] == round(130 * 185_200 / 3_600)


def test_what_is_not_available_is_absent() -> None:
    row = row_of(read(encoded(1, speed=102.3, course=360.0, second=62)))
    assert (row["speed_cm_s"], row["course_cd"], row["accuracy_m"]) == (ABSENT,) * 3


# Refusals


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"nothing of the kind\n", Refusal.NOT_THE_FORMAT),
        (b"!AIVDM,1,1,,A,15M67FC000G?ufbE`FepT@3n00Sa,0\n", Refusal.NOT_THE_FORMAT),
        (b"!AIVDM,1,1,,A,15M67FC000G?ufbE`FepT@3n00Sa,0*5\n", Refusal.NOT_THE_FORMAT),
        (sentence(b"AIVDM,1,1,,A,15M67FC000G?ufbE`FepT@3n00S\x7f,0"), Refusal.NOT_THE_FORMAT),
        (sentence(b"AIVDM,1,1,,A,15M67FC000G?ufbE`FepT@3n00Sa,6"), Refusal.NOT_THE_FORMAT),
        (sentence(b"AIVDM,1,2,,A,15M67FC000G?ufbE`FepT@3n00Sa,0"), Refusal.NOT_THE_FORMAT),
        (sentence(b"AIVDM,1,1,,A,,0"), Refusal.NOT_THE_FORMAT),
        (sentence(b"AIVDM,1"), Refusal.NOT_THE_FORMAT),
        (b"!*00\n", Refusal.UNSUPPORTED),
        (b"!AIVDM,1,1,,B,15M67FC000G?ufbE`FepT@3n00Sa,0*5D\n", Refusal.CHECKSUM),
        (b"\\c:1700000000*00\\" + encoded(1), Refusal.CHECKSUM),
        (b"\\c:1700000000" + encoded(1), Refusal.NOT_THE_FORMAT),
        (sentence(b"GPGGA,1,2"), Refusal.UNSUPPORTED),
        (sentence(b"AIVDO,1,1,,A,15M67FC000G?ufbE`FepT@3n00Sa,0"), Refusal.UNSUPPORTED),
        (sentence(b"AIVDM,1,1,,A,15M67FC000G?ufbE`FepT@3n00S,0"), Refusal.TRUNCATED),
        (encoded(1, mmsi=0), Refusal.NO_IDENTITY),
        (encoded(1, lat=91, lon=181), Refusal.NO_POSITION),
        (encoded(1, second=63), Refusal.NO_POSITION),
        (encoded(27, lat=91, lon=181), Refusal.NO_POSITION),
        (encoded(1, lat=0, lon=0), Refusal.NOWHERE),
        (encoded(1, lat=90.5), Refusal.OUT_OF_RANGE),
        (encoded(1, course=361), Refusal.OUT_OF_RANGE),
        (tagged(b"c:1700000090", encoded(1, second=60)), Refusal.FROM_THE_FUTURE),
        (tagged(b"s:r1,c:1600000000", encoded(1, second=60)), Refusal.TOO_OLD),
        (b"!" * (LONGEST_LINE + 1) + b"\n", Refusal.TOO_LONG),
    ],
)
def test_refused_by_reason(data: bytes, why: Refusal) -> None:
    assert refused(data) == {why: 1}
    # And what comes after is read all the same.
    assert len(read(data + encoded(1))) == 1


def test_a_line_without_end_is_dropped_and_costs_nothing() -> None:
    adapter = Ais(4)
    for _ in range(100):
        assert len(read(b"!" * 1_000, adapter=adapter)) == 0
        assert len(adapter._rest) <= LONGEST_LINE
    assert adapter.refused == {Refusal.TOO_LONG: 1}
    assert len(read(b"\r\n" + encoded(1), adapter=adapter)) == 1


def test_a_connection_that_ends_leaves_nothing_behind() -> None:
    adapter, line = Ais(4), encoded(1)
    read(line[:20], adapter=adapter)
    adapter.cut()
    assert adapter.refused == {Refusal.TRUNCATED: 1}
    assert len(read(line[20:] + line, adapter=adapter)) == 1


def test_what_some_stations_add_behind_the_checksum_is_not_read() -> None:
    assert len(read(encoded(1).strip() + b",1241544035\n")) == 1
    assert refused(encoded(1).strip() + b"x\n") == {Refusal.NOT_THE_FORMAT: 1}


@given(st.lists(st.integers(1, 40)), st.randoms(use_true_random=False))
def test_pieces_of_any_length_give_the_same(cuts: list[int], chance: Any) -> None:
    lines = [encoded(kind, second=18) for kind in (1, 9, 19, 27, 5)] + [b"junk\n", b"!x*00\r"]
    chance.shuffle(lines)
    data = b"".join(lines)
    whole, parted = Ais(4), Ais(4)
    wanted = read(data, adapter=whole)
    found = []
    for cut in cuts:
        found.append(read(data[:cut], adapter=parted))
        data = data[cut:]
    found.append(read(data, adapter=parted))
    identities = np.concatenate([reports.latitude_e7 for reports in found])
    assert identities.tolist() == wanted.latitude_e7.tolist()
    assert parted.refused == whole.refused
    assert parted.names == whole.names


@given(st.binary(max_size=300))
def test_noise_is_refused_and_nothing_else(data: bytes) -> None:
    adapter = Ais(4)
    read(data, adapter=adapter)
    adapter.cut()


# Several parts


def parted() -> tuple[bytes, bytes]:
    """One position in two sentences."""
    payload = encoded(1, second=60).split(b",")[5]
    middle = len(payload) // 2
    return (
        sentence(b"AIVDM,2,1,7,A," + payload[:middle] + b",0"),
        sentence(b"AIVDM,2,2,7,A," + payload[middle:] + b",0"),
    )


def test_parts_are_put_together() -> None:
    first, second = parted()
    assert row_of(read(first + second)) == row_of(read(encoded(1, second=60)))
    # The time of the first part's tag block holds for all.
    row = row_of(read(tagged(b"c:1700000031", first) + second))
    assert row["at"] == 1_700_000_031_000


@pytest.mark.parametrize("order", [(1, 0), (0, 0, 0), (1, 1)])
def test_parts_out_of_order_or_alone_are_refused(order: tuple[int, ...]) -> None:
    parts, adapter = parted(), Ais(4)
    assert len(read(b"".join(parts[place] for place in order), adapter=adapter)) == 0
    adapter.cut()
    assert adapter.refused == {Refusal.TRUNCATED: len(order)}


def test_parts_of_different_messages_are_not_mixed() -> None:
    first, second = parted()
    other = sentence(second[1:-5].replace(b",7,A,", b",8,A,"))
    adapter = Ais(4)
    assert len(read(first + other, adapter=adapter)) == 0
    assert adapter.refused == {Refusal.TRUNCATED: 1}
    assert len(read(second, adapter=adapter)) == 1


def test_a_part_that_comes_too_late_finds_nothing() -> None:
    first, second = parted()
    for late in (NOW + PART_PATIENCE_MS + 1, NOW - 1):
        adapter = Ais(4)
        read(first, adapter=adapter)
        assert len(read(second, Millis(late), adapter)) == 0
        assert adapter.refused == {Refusal.TRUNCATED: 2}


def test_a_flood_of_first_parts_is_bounded() -> None:
    adapter = Ais(4)
    flood = b"".join(
        sentence(b"AIVDM,2,1,1,%d,15M67FC,0" % number) for number in range(3 * MOST_PENDING)
    )
    read(flood, adapter=adapter)
    assert len(adapter._pending) == MOST_PENDING
    assert adapter.refused == {Refusal.TOO_MANY: 2 * MOST_PENDING}


# Time


@given(st.integers(0, 59), st.integers(0, 119_999))
def test_the_second_is_put_to_the_minute_of_the_receipt(second: int, later: int) -> None:
    received = Millis(1_700_000_000_000 + later)
    at = row_of(read(encoded(1, second=second), received))["at"]
    assert at % 60_000 == second * 1_000
    assert received - 50_000 <= at < received + 10_000


@pytest.mark.parametrize("second", [60, 61, 62])
def test_without_a_second_it_is_the_receipt(second: int) -> None:
    assert row_of(read(encoded(1, second=second)))["at"] == NOW
    assert row_of(read(encoded(27)))["at"] == NOW


@pytest.mark.parametrize(
    ("tag", "at"),
    [
        (b"s:station,c:1700000031", 1_700_000_031_000),
        (b"c:1700000031250,s:x", 1_700_000_031_250),
        (b"s:station", NOW),
        (b"c:", NOW),
        (b"c:17000000312500", NOW),
        (b"c:1700o00031", NOW),
        (b"c:" + b"9" * 60, NOW),
    ],
)
def test_the_tag_block_s_time_comes_before_the_receipt(tag: bytes, at: int) -> None:
    assert row_of(read(tagged(tag, encoded(1, second=60))))["at"] == at


def test_a_recording_goes_through_its_minutes_by_the_seconds_it_holds() -> None:
    """Also with one ship in ten whose clock is wrong by anything."""
    began, chance = NOW, Random(6)
    adapter, whole = Ais(4, replay=True), 3_600
    lines = [encoded(1, second=chance.randrange(60), mmsi=SHIP + 1) for _ in range(60)]
    true = [encoded(1, second=(21 + later) % 60) for later in range(60)]
    data = b"".join(
        true[later % 60] + (lines[chance.randrange(60)] if later % 10 == 0 else b"")
        for later in range(whole)
    )
    middle = len(data) // 2 + 7
    reports = joined([read(part, began, adapter) for part in (data[:middle], data[middle:])])
    ours = reports.take(reports.identity == identity(Naming.MMSI, SHIP))
    late = ours.at - (began // 1_000 * 1_000 + 1_000 * np.arange(1, whole + 1))
    assert len(ours) == whole
    assert not late.any()
    assert (ours.received == ours.at).all()


def test_a_recording_s_tag_blocks_come_first() -> None:
    adapter = Ais(4, replay=True)
    line = tagged(b"c:1600000000", encoded(1, second=45)) + encoded(1, second=50)
    assert read(line, NOW, adapter).at.tolist() == [1_600_000_005_000, 1_600_000_010_000]


# Names


def test_names_are_remembered() -> None:
    adapter = Ais(4)
    read(encoded(5, shipname="EVER DIADEM"), adapter=adapter)
    read(encoded(24, mmsi=211_000_001, partno=0, shipname="ADA"), adapter=adapter)
    assert adapter.names == {
        identity(Naming.MMSI, SHIP): "EVER DIADEM",
        identity(Naming.MMSI, 211_000_001): "ADA",
    }
    assert not adapter.refused


@given(st.sampled_from([5, 24]), st.lists(st.integers(0, 63), max_size=90), st.integers(0, 5))
def test_static_messages_of_any_content_and_length_do_no_harm(
    kind: int, values: list[int], fill: int
) -> None:
    adapter = Ais(4)
    payload = "".join(ARMOUR[value] for value in (kind, *values)).encode()
    assert len(read(sentence(b"AIVDM,1,1,,A,%s,%d" % (payload, fill)), adapter=adapter)) == 0
    assert all(0 < len(name) <= 20 for name in adapter.names.values())
    if 6 * len(payload) - fill < (232 if kind == 5 else 160):
        assert adapter.refused == {Refusal.TRUNCATED: 1}


def test_names_are_bounded() -> None:
    adapter = Ais(4)
    adapter.names = dict.fromkeys(range(MOST_NAMES), "X")
    read(encoded(5, shipname="EVER DIADEM"), adapter=adapter)
    assert len(adapter.names) == MOST_NAMES
