"""ASTERIX against libasterix, which nobody here wrote, and the rules of spec/watch.md (W-S30 to W-S36)."""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firebreak.errors import InvalidValue
from firebreak.formats.asterix import DAY_MS, Asterix, Site
from firebreak.formats.asterix_items import CATEGORIES, SLOTS, WANTED, Form, Item, packed
from firebreak.formats.asterix_radar import measured, measurement_error_m
from firebreak.formats.asterix_walk import FAULTS, walk
from firebreak.formats.refusals import FASTEST_ON_GROUND_CM_S, Refusal
from firebreak.values import DEGREE, HeightReference, Millis, Position
from firebreak.watch.reports import (
    ABSENT,
    FASTEST_CM_S,
    Domain,
    Naming,
    Reports,
    check_reports,
    identity,
    identity_text,
)
from tests.conftest import ROOT
from tests.formats.asterix_example import any_items, block, compound, record

DAY = 19_700 * DAY_MS
NOON = Millis(DAY + DAY_MS // 2)
AT_NOON: Final = (43_200 * 128).to_bytes(3, "big")
RADAR = (25, 201)
SITE = Site(Position(500_000_000, 200_000_000), 300)
SITES = {RADAR: SITE}
SOURCE: Final = bytes(RADAR)


def read(data: bytes, received: Millis = NOON, adapter: Asterix | None = None) -> Reports:
    reports = (adapter or Asterix(4, SITES)).feed(data, received)
    check_reports(reports)
    return reports


def refused(data: bytes, received: Millis = NOON) -> dict[Refusal, int]:
    adapter = Asterix(4, SITES)
    assert len(read(data, received, adapter)) == 0
    adapter.cut()
    return dict(adapter.refused)


def row_of(reports: Reports) -> dict[str, int]:
    assert len(reports) == 1
    return {name: int(getattr(reports, name)[0]) for name in Reports.__slots__}


def signed(value: float, octets: int) -> bytes:
    return round(value).to_bytes(octets, "big", signed=True)


def place_130(latitude: float, longitude: float) -> bytes:
    return signed(latitude * 2**23 / 180, 3) + signed(longitude * 2**23 / 180, 3)


def place_105(latitude: float, longitude: float) -> bytes:
    return signed(latitude * 2**25 / 180, 4) + signed(longitude * 2**25 / 180, 4)


ADSB: Final = {
    "010": SOURCE,
    "040": bytes([0x00]),
    "073": AT_NOON,
    "080": bytes.fromhex("4ca1b2"),
    "130": place_130(52, 21),
}
PLOT: Final = {
    "010": SOURCE,
    "140": AT_NOON,
    "020": bytes([0xA0]),
    "040": bytes.fromhex("20004000"),  # 32 NM, east
    "090": (330 * 4).to_bytes(2, "big"),
    "220": bytes.fromhex("3c660c"),
}
TRACK: Final = {
    "010": SOURCE,
    "070": AT_NOON,
    "105": place_105(52, 21),
    "040": bytes.fromhex("1374"),
}
SMALLEST: Final = {21: ADSB, 48: PLOT, 62: TRACK}


def one(category: int, **changes: bytes | None) -> bytes:
    """A block with one record of the smallest kind, with items changed, added or left out (`i040`)."""
    items = {**SMALLEST[category]}
    for name, value in changes.items():
        if value is None:
            del items[name[1:]]
        else:
            items[name[1:]] = value
    return block(category, record(category, items))


# libasterix


@cache
def library() -> Any:
    """Its specifications; loading them takes some seconds."""
    return importlib.import_module("asterix.generated")


@cache
def base() -> Any:
    return importlib.import_module("asterix.base")


def editions(category: int) -> list[Any]:
    """Those whose FSPEC is the one that is read."""
    first = {21: (2, 1), 48: (1, 27), 62: (1, 16)}[category]
    return [
        found
        for found in library().manifest["CATS"][category]
        if tuple(int(part) for part in found.cv_edition) >= first
    ]


def form_of(variation: Any) -> tuple[Form, int]:
    """Form and octets of an item, or of one part of it."""
    for parent in variation.__mro__:
        match parent.__name__:
            case "Element" | "Group":
                return Form.FIXED, variation.cv_bit_size // 8
            case "Extended":
                sizes = {
                    sum(1 if part is None else part[1] for part in group)
                    for group in variation.cv_items_list
                }
                [bits] = sizes
                return Form.EXTENDED, bits // 8
            case "Repetitive" if variation.cv_rep_bytes is None:
                return Form.EXTENDED, (variation.cv_variation.cv_bit_size + 1) // 8
            case "Repetitive":
                assert variation.cv_rep_bytes == 1
                return Form.REPETITIVE, variation.cv_variation.cv_bit_size // 8
            case "Explicit":
                return Form.EXPLICIT, 0
            case "Compound":
                return Form.COMPOUND, 0
    raise AssertionError(variation)


def variation_of(item: Any) -> Any:
    rule = item.cv_rule
    return getattr(rule, "cv_variation", None) or rule.cv_default_variation


def compare(ours: Item, theirs: Any) -> None:
    if ours.form is Form.SPARE:
        assert theirs is None or not hasattr(theirs, "cv_non_spare")
        return
    item = getattr(theirs, "cv_non_spare", theirs)
    variation = variation_of(item)
    assert (ours.form, ours.octets) == form_of(variation), (ours.name, item.cv_name)
    if ours.form is Form.COMPOUND:
        assert len(ours.parts) == len(variation.cv_items_list)
        for part, other in zip(ours.parts, variation.cv_items_list, strict=True):
            compare(part, other)


@pytest.mark.parametrize("category", [21, 48, 62])
def test_the_tables_are_the_published_ones(category: int) -> None:
    found = editions(category)
    assert len(found) >= 6
    for edition in found:
        items = edition.cv_record.cv_items_list
        assert len(items) == len(CATEGORIES[category])
        for ours, theirs in zip(CATEGORIES[category], items, strict=True):
            compare(ours, theirs)
    for ours, theirs in zip(CATEGORIES[category], found[-1].cv_record.cv_items_list, strict=True):
        if ours.form is not Form.SPARE:
            assert (ours.name, ours.title) == (
                theirs.cv_non_spare.cv_name,
                theirs.cv_non_spare.cv_title,
            )


def theirs_of(data: bytes) -> list[Any] | None:
    """The records of one block by libasterix, or None."""
    [raw] = base().RawDatablock.parse(base().Bits.from_bytes(data))
    found = editions(raw.get_category())[-1].cv_uap.parse(raw.get_raw_records())
    return None if isinstance(found, ValueError) else list(found)


def bytes_of(theirs: Any, name: str) -> bytes | None:
    """An item's octets, or those of a part of it."""
    item, _, part = name.partition("/")
    found = theirs.get_item(item)
    if found is not None and part:
        found = found.variation.get_item(part)
    return None if found is None else bytes(found.unparse().to_bytes())


def walked(data: bytes) -> tuple[np.ndarray, dict[Refusal, int]]:
    """Where the items of one block lie, and what was refused."""
    places = np.empty((len(data) // 2 + 1, SLOTS), np.int32)
    heads = np.empty(len(places), np.int32)
    faults = np.zeros(len(FAULTS), np.int64)
    buffer = np.frombuffer(data, np.uint8)
    ends = np.array([len(data)], np.int64)
    count, used, _ = walk(buffer, ends, False, False, *packed(), places, heads, faults)
    assert used == len(data)
    why = {name: int(number) for name, number in zip(FAULTS, faults, strict=True) if number}
    return places[:count], why


def same_items(data: bytes) -> None:
    """Both find the same items at the same places in a block, or both refuse it.

    libasterix takes records without any item (octets of zero), which are refused here (W-S30).
    """
    places, why = walked(data)
    theirs = theirs_of(data)
    if theirs is None or not all(other.items_regular for other in theirs):
        assert (len(places), why) == (0, {Refusal.NOT_THE_FORMAT: 1})
        return
    assert not why
    assert len(places) == len(theirs)
    for row, other in zip(places, theirs, strict=True):
        for slot, name in enumerate(WANTED[data[0]]):
            wanted = bytes_of(other, name)
            found = None if row[slot] < 0 else data[row[slot] :][: len(wanted or b"x")]
            assert found == wanted, name


SLOWLY = settings(max_examples=60)
"""libasterix takes about a millisecond an item."""


@SLOWLY
@given(st.sampled_from([21, 48, 62]), st.integers(0, 2**64), st.integers(1, 4))
def test_any_records_are_found_as_libasterix_finds_them(
    category: int, seed: int, count: int
) -> None:
    chance = Random(seed)
    likely = chance.choice((0.1, 0.6, 1.0))
    records = (record(category, any_items(category, chance, likely)) for _ in range(count))
    same_items(block(category, *records))


@SLOWLY
@given(st.sampled_from([21, 48, 62]), st.integers(0, 2**64))
def test_a_damaged_record_is_never_read_otherwise(category: int, seed: int) -> None:
    """What libasterix takes is taken alike; it takes less, for it bounds extensions by what they mean."""
    chance = Random(seed)
    whole = bytearray(record(category, any_items(category, chance)))
    for _ in range(chance.choice((1, 1, 3))):
        whole[chance.randrange(min(len(whole), 12))] ^= 1 << chance.randrange(8)
    end = len(whole) if chance.random() < 0.5 else chance.randrange(1, len(whole) + 1)
    data = block(category, bytes(whole[:end]))
    if theirs_of(data) is not None:
        same_items(data)
    else:
        walked(data)


def quantity(theirs: Any, unit: str | None, item: str, *path: str) -> float | None:
    """What an item says in its unit, or as it is, by libasterix."""
    found = theirs.get_item(item)
    for name in path:
        found = None if found is None else found.variation.get_item(name)
    if found is None:
        return None
    if unit is None:
        return float(found.variation.content.as_uint())
    return float(found.variation.content.as_quantity(unit))


def flag(theirs: Any, item: str, name: str) -> bool:
    found = theirs.get_item(item)
    found = None if found is None else found.variation.get_item(name)
    return found is not None and found.as_uint() == 1


def first_said(*values: tuple[float | None, Any]) -> tuple[float | None, Any]:
    return next(((value, what) for value, what in values if value is not None), (None, None))


def expected(category: int, theirs: Any) -> dict[str, Any]:
    """What the specification makes of libasterix's numbers. None: not said."""

    def say(unit: str | None, item: str, *path: str) -> float | None:
        return quantity(theirs, unit, item, *path)

    said: dict[str, Any] = {"ground": False, "rate": None, "accuracy": None}
    match category:
        case 21:
            said["unreal"] = any(flag(theirs, "040", name) for name in ("RAB", "SIM", "TST"))
            said["ground"] = flag(theirs, "040", "GBS")
            said["time"], _ = first_said(*((say("s", name), 0) for name in ("071", "073", "077")))
            kind = int(say(None, "040", "ATP") or 0)
            address, number = say(None, "080"), say(None, "161", "TRNUM")
            if kind and address is not None:
                number, address = kind << 24 | int(address), None
            fine = "131" if theirs.get_item("131") is not None else "130"
            said["place"] = (say("°", fine, "LAT"), say("°", fine, "LON"))
            level, geometric = say("FL", "145"), say("ft", "140")
            said["height"], said["reference"] = first_said(
                (None if level is None else 100 * level, HeightReference.STANDARD_PRESSURE),
                (None if geometric == 204_793.75 else geometric, HeightReference.ELLIPSOID),
            )
            said["speed"], said["course"] = say("NM/s", "160", "GS"), say("°", "160", "TA")
            said["rate"], _ = first_said(
                (say("ft/min", "155", "BVR"), 0), (say("ft/min", "157", "GVR"), 0)
            )
        case 48:
            said["unreal"] = any(flag(theirs, "020", name) for name in ("RAB", "SIM", "TST"))
            said["time"] = say("s", "140")
            address, number = say(None, "220"), say(None, "161", "TRN")
            said["ground"] = say(None, "230", "STAT") in (1, 3)
            bad = flag(theirs, "090", "V") or flag(theirs, "090", "G")
            level, seen = say("FL", "090", "FL"), say("ft", "110", "3DH")
            said["height"], said["reference"] = first_said(
                (
                    None if level is None or bad else 100 * level,
                    HeightReference.STANDARD_PRESSURE,
                ),
                (seen, HeightReference.MEAN_SEA_LEVEL),
            )
            said["speed"], said["course"] = say("NM/s", "200", "GSP"), say("°", "200", "HDG")
            rho, theta = say("NM", "040", "RHO"), say("°", "040", "THETA")
            said["place"] = (None, None)
            if rho is not None and theta is not None and not flag(theirs, "020", "ERR"):
                height = math.nan if said["height"] is None else said["height"] * 0.3048
                polar = (50.0, 20.0, 300.0, rho * 1_852, theta, height)
                place = measured(*(np.array([value]) for value in polar))
                said["place"] = (float(place[0][0]), float(place[1][0]))
                bound = measurement_error_m(np.array([rho * 1_852]))
                said["accuracy"] = float(place[2][0] + bound[0])
        case 62:
            said["unreal"] = flag(theirs, "080", "SIM")
            said["time"] = say("s", "070")
            address, number = say(None, "380", "ADR"), say(None, "040")
            said["place"] = (say("°", "105", "LAT"), say("°", "105", "LON"))
            level, over = say("FL", "136"), say("FL", "135", "CTB")
            reference = (
                HeightReference.MEAN_SEA_LEVEL
                if flag(theirs, "135", "QNH")
                else HeightReference.STANDARD_PRESSURE
            )
            said["height"], said["reference"] = first_said(
                (None if level is None else 100 * level, HeightReference.STANDARD_PRESSURE),
                (None if over is None else 100 * over, reference),
                (say("ft", "130"), HeightReference.ELLIPSOID),
            )
            said["rate"] = say("ft/min", "220")
            east, north = say("m/s", "185", "VX"), say("m/s", "185", "VY")
            said["speed"] = said["course"] = None
            if east is not None and north is not None:
                said["speed"] = math.hypot(east, north) / 1_852
                said["course"] = math.degrees(math.atan2(east, north))
            aground = say(None, "380", "COM", "STAT") in (1, 3)
            said["ground"] = aground or theirs.get_item("300") is not None
            x, y = say("m", "500", "APC", "X"), say("m", "500", "APC", "Y")
            up, across = say("°", "500", "APW", "LAT"), say("°", "500", "APW", "LON")
            if x is not None and y is not None:
                said["accuracy"] = math.hypot(x, y) * 2.4478 or None
            elif up is not None and across is not None:
                said["accuracy"] = math.hypot(up, across) * 111_700 * 2.4478 or None
        case _:
            raise AssertionError(category)
    sac, sic = say(None, "010", "SAC"), say(None, "010", "SIC")
    if address is not None and 0 < address < 0xFFFFFF:
        said["identity"] = identity(Naming.ICAO, int(address))
    elif number is not None and sac is not None and sic is not None:
        said["identity"] = identity(Naming.SENSOR, int(sac) << 40 | int(sic) << 32 | int(number))
    else:
        said["identity"] = None
    return said


def why_refused(said: dict[str, Any]) -> Refusal | None:
    if said["unreal"]:
        return Refusal.UNSUPPORTED
    if said["identity"] is None:
        return Refusal.NO_IDENTITY
    if said["time"] is None or said["time"] >= 86_400:
        return Refusal.BAD_TIME
    latitude, longitude = said["place"]
    if latitude is None:
        return Refusal.NO_POSITION
    if abs(latitude) <= 1e-4 and abs(longitude) <= 1e-4:
        return Refusal.NOWHERE
    if abs(latitude) > 90 or abs(longitude) > 180:
        return Refusal.OUT_OF_RANGE
    if (said["speed"] or 0) * 185_200 > FASTEST_CM_S or abs(said["rate"] or 0) > 200_000:
        return Refusal.OUT_OF_RANGE
    if said["height"] is not None and not on_ground(said):
        return None if -20_000 <= said["height"] <= 200_000 else Refusal.OUT_OF_RANGE
    return None


def on_ground(said: dict[str, Any]) -> bool:
    speed = said["speed"]
    return said["ground"] and (speed is None or speed * 185_200 <= FASTEST_ON_GROUND_CM_S)


@SLOWLY
@given(st.sampled_from([21, 48, 62]), st.integers(0, 2**64))
def test_any_values_are_read_as_libasterix_reads_them(category: int, seed: int) -> None:
    chance = Random(seed)
    items = any_items(category, chance)
    items["010"] = SOURCE
    for name in (
        ("071", "073", "077") if category == 21 else ("140",) if category == 48 else ("070",)
    ):
        if name in items and chance.random() < 0.9:
            items[name] = chance.randrange(86_400 * 128).to_bytes(3, "big")
    for name, place in (("130", place_130), ("105", place_105)):
        if name in items and (name == "105" or category == 21):
            items[name] = place(chance.uniform(-95, 95), chance.uniform(-180, 179.9))
    if chance.random() < 0.8:
        items.pop("131", None)
    for name in {21: ("145", "140"), 48: (), 62: ("136", "130", "135")}[category]:
        if name in items and chance.random() < 0.8:
            items[name] = signed(chance.randrange(-400, 3_000), 2)
    data = block(category, record(category, items))
    [theirs] = theirs_of(data) or []
    said = expected(category, theirs)
    adapter = Asterix(4, SITES if category == 48 else {})
    clock = Millis(DAY + round(1_000 * (said["time"] or 0)) + 500)
    reports = read(data, clock, adapter)
    why = why_refused(said)
    if why is not None:
        assert dict(adapter.refused) == {why: 1}
        return
    assert not adapter.refused
    row = row_of(reports)
    assert row["identity"] == said["identity"]
    assert abs(row["at"] - DAY - said["time"] * 1_000) <= 0.51
    assert abs(row["latitude_e7"] - said["place"][0] * DEGREE) <= 0.51
    east = abs(row["longitude_e7"] - said["place"][1] * DEGREE)
    assert min(east, abs(east - 360 * DEGREE)) <= 0.51
    speed = None if said["speed"] is None else said["speed"] * 185_200
    ground = on_ground(said)
    assert row["domain"] == (Domain.GROUND if ground else Domain.AIR)
    course = None if said["course"] is None else said["course"] * 100
    height = 0 if ground else said["height"]
    for name, value in (
        ("height_ft", height),
        ("speed_cm_s", speed),
        ("climb_fpm", said["rate"]),
    ):
        assert row[name] == ABSENT if value is None else abs(row[name] - value) <= 0.51, name
    if course is None:
        assert row["course_cd"] == ABSENT
    else:
        assert abs((row["course_cd"] - course + 18_000) % 36_000 - 18_000) <= 0.51
    if ground:
        assert row["height_reference"] == HeightReference.GROUND
    elif height is not None:
        assert row["height_reference"] == said["reference"]
    if category != 21:
        assert row["accuracy_m"] == (
            ABSENT if said["accuracy"] is None else math.ceil(said["accuracy"] - 1e-6)
        )


# Values


@pytest.mark.parametrize("category", [21, 48, 62])
def test_the_smallest_record_that_says_enough(category: int) -> None:
    row = row_of(read(one(category)))
    assert (row["source"], row["at"], row["received"]) == (4, NOON, NOON)
    names = {21: "icao:4ca1b2", 48: "icao:3c660c", 62: "sensor:25/201/4980"}
    assert identity_text(row["identity"]) == names[category]


def test_a_plot_east_of_its_radar() -> None:
    row = row_of(read(one(48)))
    # 32 NM away and 10 km high: 58.4 km over the ground.
    assert row["longitude_e7"] / DEGREE == pytest.approx(20.815, abs=2e-3)
    assert row["latitude_e7"] / DEGREE == pytest.approx(49.998, abs=2e-3)
    assert (row["height_ft"], row["height_reference"]) == (33_000, 3)
    assert 400 < row["accuracy_m"] < 1_500


def test_without_a_height_a_plot_is_as_vague_as_that_makes_it() -> None:
    vague, known = (row_of(read(data)) for data in (one(48, i090=None), one(48)))
    assert vague["height_ft"] == ABSENT
    assert vague["accuracy_m"] > known["accuracy_m"] + 1_000


def test_a_radar_whose_site_is_not_given_has_no_positions_and_is_named() -> None:
    adapter = Asterix(4, {})
    assert len(read(one(48), adapter=adapter)) == 0
    assert adapter.refused == {Refusal.NO_POSITION: 1}
    assert adapter.without_site == {RADAR}


@pytest.mark.parametrize(
    ("first", "second", "metres"),
    [
        (0x00, None, ABSENT),
        (0x00 | 8 << 1, None, 186),
        (0x00 | 1 << 1, None, 37_040),
        (0x00 | 15 << 1, None, ABSENT),
        (0x01 | 8 << 1, 0x00 | 9 << 1, 30),
        (0x01 | 8 << 1, 0x00 | 0 << 1, 186),
        (0x01 | 8 << 1, 0x00 | 12 << 1, 186),
        (0x01, 0x00 | 1 << 1, 18_520),
    ],
)
def test_quality_indicators(first: int, second: int | None, metres: int) -> None:
    octets = bytes([first]) if second is None else bytes([first, second])
    assert row_of(read(one(21, i090=octets)))["accuracy_m"] == metres


def test_an_address_that_is_no_icao_address_is_the_station_s_own() -> None:
    row = row_of(read(one(21, i040=bytes([0x40]))))
    assert row["identity"] >> 56 == Naming.SENSOR
    assert row["identity"] & 0xFFFFFFFF == 2 << 24 | 0x4CA1B2
    for nobody in (bytes(3), b"\xff" * 3):
        numbered = row_of(read(one(21, i080=nobody, i161=bytes([0, 9]))))
        assert identity_text(numbered["identity"]) == "sensor:25/201/9"


def test_a_vehicle_is_on_the_ground_and_a_fast_one_is_not_believed() -> None:
    slow, fast = (
        row_of(read(one(21, i040=bytes([0x01, 0x40]), i160=speed.to_bytes(2, "big") + bytes(2))))
        for speed in (200, 4_000)
    )
    assert (slow["domain"], slow["height_ft"]) == (Domain.GROUND, 0)
    assert slow["height_reference"] == HeightReference.GROUND
    assert fast["domain"] == Domain.AIR


def test_the_course_of_a_system_track_is_turned_to_true_north() -> None:
    north = signed(0, 2) + signed(4 * 200, 2)
    far = place_105(50, 25)
    as_is = row_of(Asterix(4, {}).feed(one(62, i185=north, i105=far), NOON))
    turned = row_of(read(one(62, i185=north, i105=far)))
    assert as_is["course_cd"] == 0
    # 5 degrees of longitude at 50 N: the meridians meet at 5 * sin 50 degrees.
    assert turned["course_cd"] == pytest.approx(383, abs=3)
    assert turned["speed_cm_s"] == 20_000


@given(st.integers(0, 86_400 * 128 - 1), st.integers(-DAY_MS // 2 + 2, DAY_MS // 2 - 2))
def test_a_time_of_day_is_of_the_day_nearest_the_receipt(of_day: int, ahead: int) -> None:
    at = DAY + (of_day * 1_000 + 64) // 128
    adapter = Asterix(4, SITES, replay=True)
    reports = read(one(21, i073=of_day.to_bytes(3, "big")), Millis(at + ahead), adapter)
    assert abs(row_of(reports)["at"] - at) <= 1


def test_a_recording_goes_through_midnight() -> None:
    adapter = Asterix(4, SITES, replay=True)
    whole = 40  # hours
    for later in range(whole):
        of_day = (12 + later) % 24 * 3_600 * 128
        row = row_of(read(one(21, i073=of_day.to_bytes(3, "big")), NOON, adapter))
        assert row["at"] == row["received"] == NOON + later * 3_600_000


def test_the_example_of_the_specification() -> None:
    text = (ROOT / "spec" / "watch.md").read_text(encoding="utf-8")
    [line] = re.findall(r"^30 0014 .*$", text, re.MULTILINE)
    data = bytes.fromhex(line)
    assert data == one(48, i140=(21_600 * 128).to_bytes(3, "big"))
    row = row_of(read(data, Millis(DAY + DAY_MS // 4)))
    assert row["at"] == DAY + DAY_MS // 4
    assert row["height_ft"] == 33_000


# Refusals


def test_a_site_has_a_plausible_height() -> None:
    with pytest.raises(InvalidValue, match="unit"):
        Site(Position(0, 0), 12_000)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x15\x00", Refusal.TRUNCATED),
        (one(21)[:-1], Refusal.TRUNCATED),
        (block(62, record(62, TRACK)[:-1]), Refusal.NOT_THE_FORMAT),
        (block(62, record(62, TRACK) + b"\x00"), Refusal.NOT_THE_FORMAT),
        (block(48, b"\x01" * 40), Refusal.NOT_THE_FORMAT),
        (block(48, b"\x01\x01\x01\x01\x80" + SOURCE), Refusal.NOT_THE_FORMAT),
        (block(62, b"\x40\x00\x00"), Refusal.NOT_THE_FORMAT),
        (block(48, record(48, {**PLOT, "SP": b"\x00"})), Refusal.NOT_THE_FORMAT),
        (block(48, record(48, {**PLOT, "250": b"\xff"})), Refusal.NOT_THE_FORMAT),
        (block(34, b"\x80" + SOURCE), Refusal.UNSUPPORTED),
        (one(21, i040=bytes([0x02])), Refusal.UNSUPPORTED),
        (one(21, i040=bytes([0x01, 0x20])), Refusal.UNSUPPORTED),
        (one(48, i020=bytes([0xB0])), Refusal.UNSUPPORTED),
        (one(48, i020=bytes([0xA1, 0x80])), Refusal.UNSUPPORTED),
        (one(62, i080=bytes([0x01, 0x80])), Refusal.UNSUPPORTED),
        (one(48, i220=None), Refusal.NO_IDENTITY),
        (one(62, i010=None), Refusal.NO_IDENTITY),
        (one(48, i140=None), Refusal.BAD_TIME),
        (one(48, i140=(86_400 * 128).to_bytes(3, "big")), Refusal.BAD_TIME),
        (one(48, i140=(43_211 * 128).to_bytes(3, "big")), Refusal.FROM_THE_FUTURE),
        (one(48, i140=(42_000 * 128).to_bytes(3, "big")), Refusal.TOO_OLD),
        (one(48, i040=None), Refusal.NO_POSITION),
        (one(48, i020=bytes([0xA1, 0x40])), Refusal.NO_POSITION),
        (one(21, i130=None), Refusal.NO_POSITION),
        (one(21, i130=place_130(0, 0)), Refusal.NOWHERE),
        (one(21, i130=place_130(91, 0)), Refusal.OUT_OF_RANGE),
        (one(62, i105=place_105(52, 181)), Refusal.OUT_OF_RANGE),
        (one(62, i130=signed(32_500, 2)), Refusal.OUT_OF_RANGE),
    ],
)
def test_refused_by_reason(data: bytes, why: Refusal) -> None:
    assert refused(data) == {why: 1}


def test_one_bad_block_costs_no_other() -> None:
    bad = block(62, record(62, TRACK) + b"\x00")
    assert len(read(one(62) + bad + one(48) + block(2, b"\x80\x01\x01") + one(21))) == 3


def test_an_empty_block_is_no_fault() -> None:
    assert refused(block(48)) == {}


def test_a_stream_that_lost_its_framing_finds_it_again() -> None:
    adapter = Asterix(4, SITES)
    assert len(read(one(21) + b"\x00\x00\x00junk" + one(48) + one(62), adapter=adapter)) == 3
    assert adapter.refused == {Refusal.NOT_THE_FORMAT: 1}


def test_a_length_that_lies_takes_its_own_datagram_only() -> None:
    adapter = Asterix(4, SITES)
    lying = [
        b"\x15\xff\xff" + one(21)[3:],
        b"\x15\x00\x02" + one(21)[3:],
        b"\x15",
        b"",
        b"\x00" * 70_000,
        one(21)[:-1],
    ]
    datagrams = [part for bad in lying for part in (bad, one(21))]
    reports = adapter.feed_datagrams(datagrams, NOON)
    assert len(reports) == len(lying)
    assert adapter.refused == {
        Refusal.TRUNCATED: 3,
        Refusal.NOT_THE_FORMAT: 1,
        Refusal.TOO_LONG: 1,
    }


def test_no_datagrams_are_no_reports() -> None:
    assert len(Asterix(4, SITES).feed_datagrams([], NOON)) == 0


def pieces(data: bytes, cuts: list[int]) -> Iterator[bytes]:
    for cut in cuts:
        yield data[:cut]
        data = data[cut:]
    yield data


@given(st.lists(st.integers(0, 60)), st.randoms(use_true_random=False))
def test_pieces_of_any_length_give_the_same(cuts: list[int], chance: Random) -> None:
    blocks = [one(21), one(48), one(62), block(2, b"\x80\x01\x01"), b"\x00", block(62, b"\x40")]
    chance.shuffle(blocks)
    whole, parted = Asterix(4, SITES), Asterix(4, SITES)
    wanted = read(b"".join(blocks), adapter=whole)
    found = [read(piece, adapter=parted) for piece in pieces(b"".join(blocks), cuts)]
    identities = np.concatenate([part.identity for part in found])
    assert identities.tolist() == wanted.identity.tolist()
    assert parted.refused == whole.refused


@given(st.binary(max_size=400))
def test_noise_is_refused_and_nothing_else(data: bytes) -> None:
    adapter = Asterix(4, SITES)
    read(data, adapter=adapter)
    check_reports(adapter.feed_datagrams([data], NOON))
    adapter.cut()
    assert len(read(one(21), adapter=adapter)) == 1


def test_what_waits_is_bounded_by_the_longest_block() -> None:
    adapter = Asterix(4, SITES)
    for _ in range(50):
        read(b"\x15\xff\xff" + b"\x00" * 8_000, adapter=adapter)
        assert len(adapter._rest) < 65_535


def test_parts_of_compound_items_are_found() -> None:
    derived = compound(62, "380", {"ADR": bytes.fromhex("4ca1b2"), "TID": b"\x00"})
    accuracy = compound(62, "500", {"APW": bytes([0, 10, 0, 0])})
    row = row_of(read(one(62, i380=derived, i500=accuracy)))
    assert identity_text(row["identity"]) == "icao:4ca1b2"
    assert row["accuracy_m"] == math.ceil(10 * 180 / 2**25 * 111_700 * 2.4478)
    unknown = compound(62, "500", {"APC": bytes(4)})
    assert row_of(read(one(62, i500=unknown)))["accuracy_m"] == ABSENT
