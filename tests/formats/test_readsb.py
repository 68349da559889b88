"""readsb's aircraft.json (spec/watch.md W-S12)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from firebreak.formats import readsb
from firebreak.formats.readsb import Readsb
from firebreak.formats.refusals import Refusal
from firebreak.values import HeightReference, Millis
from firebreak.watch.reports import ABSENT, Domain, Reports, check_reports, identity_text

NOW = Millis(1_726_560_266_500)
AIRLINER = {
    "hex": "4ca1b2",
    "type": "adsb_icao",
    "flight": "RYR1AB  ",
    "alt_baro": 35_000,
    "alt_geom": 35_675,
    "gs": 420.5,
    "track": 123.4,
    "baro_rate": -64,
    "geom_rate": 0,
    "lat": 55.061195,
    "lon": -14.76704,
    "nic": 8,
    "rc": 186,
    "nac_p": 9,
    "seen_pos": 0.377,
    "seen": 0.1,
    "rssi": -5.4,
}


def document(*aircraft: Any, now: Any = NOW / 1000, **more: Any) -> bytes:
    return json.dumps({"now": now, "messages": 7, "aircraft": aircraft, **more}).encode()


def read(*aircraft: Any, replay: bool = False) -> tuple[Reports, Readsb]:
    adapter = Readsb(2, replay=replay)
    reports = adapter.feed(document(*aircraft), NOW)
    check_reports(reports)
    return reports, adapter


def changed(**change: Any) -> dict[str, Any]:
    """None takes a field away."""
    return {key: value for key, value in {**AIRLINER, **change}.items() if value is not None}


def test_an_aircraft_is_read() -> None:
    reports, adapter = read(AIRLINER)
    assert not adapter.refused
    assert identity_text(int(reports.identity[0])) == "icao:4ca1b2"
    assert (reports.at[0], reports.received[0], reports.source[0]) == (NOW - 377, NOW, 2)
    assert (reports.latitude_e7[0], reports.longitude_e7[0]) == (550_611_950, -147_670_400)
    assert (reports.height_ft[0], reports.height_reference[0]) == (35_000, 3)
    assert (reports.speed_cm_s[0], reports.course_cd[0]) == (21_632, 12_340)
    assert (reports.climb_fpm[0], reports.accuracy_m[0], reports.domain[0]) == (-64, 30, 0)


def test_without_a_pressure_height_the_geometric_one_is_taken() -> None:
    reports, _ = read(changed(alt_baro=None, baro_rate=None, geom_rate=128))
    assert (reports.height_ft[0], reports.climb_fpm[0]) == (35_675, 128)
    assert reports.height_reference[0] == HeightReference.ELLIPSOID


def test_on_the_ground_and_what_only_says_so() -> None:
    ground, flying = read(changed(alt_baro="ground", gs=12.0), changed(alt_baro="ground"))[0], None
    assert (ground.domain[0], ground.height_ft[0], ground.height_reference[0]) == (2, 0, 2)
    flying = read(changed(alt_baro="ground", alt_geom=None))[0]
    assert (flying.domain[0], flying.height_ft[0]) == (Domain.AIR, ABSENT)


@pytest.mark.parametrize(
    ("quality", "metres"),
    [
        ({"nac_p": 11, "rc": 7, "nic": 11}, 3),
        ({"nac_p": 7}, 186),
        ({"nac_p": 0, "rc": 186}, 186),
        ({"nac_p": None, "rc": 0, "nic": 5}, 1_852),
        ({"nac_p": None, "rc": None, "nic": 11}, 8),
        ({"nac_p": None, "rc": None, "nic": 0}, ABSENT),
        ({"nac_p": 12, "rc": None, "nic": None}, ABSENT),
        ({"nac_p": 7.5, "rc": None, "nic": -1}, ABSENT),
    ],
)
def test_accuracy_is_the_bound_of_95_per_cent_or_wider(
    quality: dict[str, Any], metres: int
) -> None:
    assert read(changed(**quality))[0].accuracy_m[0] == metres


def test_a_position_that_was_there_before_is_not_reported_again() -> None:
    adapter = Readsb(0)
    assert len(adapter.feed(document(AIRLINER), NOW)) == 1
    second = document(changed(seen_pos=1.4), now=NOW / 1000 + 1)
    assert len(adapter.feed(second, Millis(NOW + 1000))) == 0
    third = document(changed(seen_pos=0.3), now=NOW / 1000 + 2)
    assert adapter.feed(third, Millis(NOW + 2000)).at.tolist() == [NOW + 1700]
    assert not adapter.refused


def test_an_age_that_creeps_is_not_a_new_position_each_time() -> None:
    adapter = Readsb(0)
    found = [
        len(adapter.feed(document(changed(seen_pos=0.1 + 0.9 * k), now=NOW / 1000 + k), NOW))
        for k in range(6)
    ]
    assert found == [1, 0, 0, 1, 0, 0]


@pytest.mark.parametrize(
    ("why", "one"),
    [
        (Refusal.NOT_THE_FORMAT, "an aircraft"),
        (Refusal.NO_IDENTITY, changed(hex=None)),
        (Refusal.NO_IDENTITY, changed(hex="4ca1b")),
        (Refusal.NO_IDENTITY, changed(hex="000000")),
        (Refusal.NO_IDENTITY, changed(hex=4_956_594)),
        (Refusal.BAD_NUMBER, changed(lat="55.06")),
        (Refusal.BAD_NUMBER, changed(lat=True)),
        (Refusal.BAD_NUMBER, changed(gs=[420])),
        (Refusal.BAD_NUMBER, changed(gs=float("nan"))),
        (Refusal.BAD_NUMBER, changed(alt_baro=float("inf"))),
        (Refusal.BAD_NUMBER, changed(alt_baro="air")),
        (Refusal.BAD_NUMBER, changed(alt_geom=10**400)),
        (Refusal.NO_POSITION, changed(lon=None)),
        (Refusal.BAD_TIME, changed(seen_pos=None)),
        (Refusal.BAD_TIME, changed(seen_pos=-3600)),
        (Refusal.TOO_OLD, changed(seen_pos=3600)),
        (Refusal.NOWHERE, changed(lat=0, lon=0)),
        (Refusal.OUT_OF_RANGE, changed(lat=114.7, lon=55.0)),
        (Refusal.OUT_OF_RANGE, changed(track=720)),
    ],
)
def test_a_bad_aircraft_is_refused_and_the_others_are_read(why: Refusal, one: object) -> None:
    reports, adapter = read(one, changed(hex="abcdef"))
    assert adapter.refused == {why: 1}
    assert len(reports) == 1


def test_one_that_is_heard_but_not_located_is_no_fault() -> None:
    reports, adapter = read(changed(lat=None, lon=None, seen_pos=None))
    assert len(reports) == 0
    assert not adapter.refused


@pytest.mark.parametrize(
    ("why", "data"),
    [
        (Refusal.TRUNCATED, document(AIRLINER)[:-30]),
        (Refusal.NOT_THE_FORMAT, b""),
        (Refusal.NOT_THE_FORMAT, b"\xff\xfe{"),
        (Refusal.NOT_THE_FORMAT, b"[1, 2]"),
        (Refusal.NOT_THE_FORMAT, b'{"now": 1, "aircraft": {}}'),
        (Refusal.NOT_THE_FORMAT, b'{"aircraft": []}'),
        (Refusal.NOT_THE_FORMAT, b'{"now": ' + b"9" * 5_000 + b', "aircraft": []}'),
        (Refusal.HOSTILE, b"[" * 200_000),
        (Refusal.BAD_TIME, document(AIRLINER, now=float("nan"))),
        (Refusal.BAD_TIME, document(AIRLINER, now=10**300)),
        (Refusal.FROM_THE_FUTURE, document(AIRLINER, now=NOW / 1000 + 7_200)),
        (Refusal.TOO_OLD, document(AIRLINER, now=NOW / 1000 - 86_400)),
    ],
)
def test_a_bad_document_is_refused_and_the_next_is_read(why: Refusal, data: bytes) -> None:
    adapter = Readsb(0)
    assert len(adapter.feed(data, NOW)) == 0
    assert adapter.refused == {why: 1}
    assert len(adapter.feed(document(AIRLINER), NOW)) == 1


def test_yesterday_is_taken_while_a_recording_is_played() -> None:
    adapter = Readsb(0, replay=True)
    assert len(adapter.feed(document(AIRLINER, now=NOW / 1000 - 86_400), NOW)) == 1


def test_more_than_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readsb, "MOST_AIRCRAFT", 2)
    reports, adapter = read(*(changed(hex=f"abcde{k}") for k in range(5)))
    assert (len(reports), adapter.refused) == (2, {Refusal.TOO_MANY: 3})
    monkeypatch.setattr(readsb, "MOST_BYTES", 100)
    reports, adapter = read(AIRLINER)
    assert (len(reports), adapter.refused) == (0, {Refusal.TOO_LONG: 1})
