"""SBS messages (spec/watch.md W-S10, W-S11)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.formats import sbs
from firebreak.formats.refusals import Refusal
from firebreak.formats.sbs import KEPT_MS, Sbs
from firebreak.values import HeightReference, Millis
from firebreak.watch.reports import (
    ABSENT,
    COLUMNS,
    Domain,
    Naming,
    Reports,
    check_reports,
    identity,
    identity_text,
)
from tests.conftest import ROOT

NOW = Millis(1_726_560_266_500)  # 2024-09-17T08:04:26.500Z
STAMP = "2024/09/17,08:04:26.123,2024/09/17,08:04:26.200"


def message(
    kind: int,
    name: str = "4CA1B2",
    stamp: str = STAMP,
    altitude: str = "",
    speed: str = "",
    track: str = "",
    latitude: str = "",
    longitude: str = "",
    climb: str = "",
    ground: str = "0",
) -> bytes:
    values = f"{altitude},{speed},{track},{latitude},{longitude},{climb}"
    return f"MSG,{kind},1,1,{name},1,{stamp},RYR1AB,{values},7000,0,0,0,{ground}\r\n".encode()


HERE = {"latitude": "55.061195", "longitude": "-14.76704"}
VELOCITY = message(4, speed="420.5", track="123.4", climb="-64")
POSITION = message(3, altitude="35000", **HERE)


def read(*messages: bytes, utc_offset_min: int = 0, replay: bool = False) -> tuple[Reports, Sbs]:
    adapter = Sbs(2, utc_offset_min=utc_offset_min, replay=replay)
    reports = adapter.feed(b"".join(messages), NOW)
    check_reports(reports)
    return reports, adapter


def test_the_parts_of_one_aircraft_are_put_together() -> None:
    reports, adapter = read(message(1), VELOCITY, POSITION)
    assert not adapter.refused
    assert len(reports) == 1
    assert identity_text(int(reports.identity[0])) == "icao:4ca1b2"
    assert (reports.at[0], reports.received[0], reports.source[0]) == (NOW - 377, NOW, 2)
    assert (reports.latitude_e7[0], reports.longitude_e7[0]) == (550_611_950, -147_670_400)
    assert (reports.height_ft[0], reports.height_reference[0]) == (35_000, 3)
    assert (reports.speed_cm_s[0], reports.course_cd[0]) == (21_632, 12_340)
    assert (reports.climb_fpm[0], reports.accuracy_m[0], reports.domain[0]) == (-64, ABSENT, 0)


def test_the_example_of_the_specification() -> None:
    text = (ROOT / "spec" / "watch.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("MSG,")]
    assert len(lines) == 2
    reports, _ = read("\n".join([*lines, ""]).encode())
    said = [int(getattr(reports, name)[0]) for name in COLUMNS if name != "source"]
    assert said[0] == identity(Naming.ICAO, 0x4CA1B2)
    assert said[1] == 1_726_560_266_123
    assert said[3:] == [550_611_950, -147_670_400, 35_000, 3, 21_632, 12_340, -64, ABSENT, 0]


def test_parts_of_others_are_left_alone() -> None:
    reports, _ = read(message(4, "4CA1B3", speed="420", track="12"), POSITION)
    assert (reports.speed_cm_s[0], reports.course_cd[0]) == (ABSENT, ABSENT)


def test_a_message_with_everything_is_enough() -> None:
    reports, _ = read(message(3, altitude="1000", speed="100", track="90", climb="0", **HERE))
    assert (reports.speed_cm_s[0], reports.course_cd[0], reports.climb_fpm[0]) == (5_144, 9_000, 0)


def test_a_part_too_old_is_not_put_to_a_position() -> None:
    late = "2024/09/17,08:04:26.123,,"
    early = "2024/09/17,08:04:16.122,,"
    assert KEPT_MS == 10_000
    old = message(4, stamp=early, speed="420", track="12"), message(5, stamp=early, altitude="9000")
    reports, _ = read(*old, message(3, stamp=late, **HERE))
    assert (reports.speed_cm_s[0], reports.height_ft[0]) == (ABSENT, ABSENT)


def test_on_the_ground() -> None:
    reports, _ = read(message(2, speed="12", track="10", ground="-1", **HERE))
    assert (reports.domain[0], reports.height_ft[0]) == (Domain.GROUND, 0)
    assert reports.height_reference[0] == HeightReference.GROUND


def test_a_flight_that_says_it_is_on_the_ground_is_in_the_air_at_an_unknown_height() -> None:
    reports, _ = read(message(3, altitude="0", speed="420", track="10", ground="-1", **HERE))
    assert (reports.domain[0], reports.height_ft[0]) == (Domain.AIR, ABSENT)


def test_an_address_that_is_no_icao_address_is_the_source_s_own() -> None:
    reports, _ = read(message(3, "~4CA1B2", **HERE))
    other = Sbs(3).feed(message(3, "~4ca1b2", **HERE), NOW)
    assert identity_text(int(reports.identity[0])).startswith("name:")
    assert reports.identity[0] != other.identity[0]


def test_without_a_time_it_is_of_now() -> None:
    reports, _ = read(message(3, stamp=",,,", **HERE))
    assert reports.at[0] == NOW


def test_local_time_is_told_by_the_operator() -> None:
    stamp = "2024/09/17,10:04:26.123,,"
    assert read(message(3, stamp=stamp, **HERE))[1].refused == {Refusal.FROM_THE_FUTURE: 1}
    reports, _ = read(message(3, stamp=stamp, **HERE), utc_offset_min=120)
    assert reports.at[0] == NOW - 377


def test_yesterday_is_refused_unless_a_recording_is_played() -> None:
    line = message(3, stamp="2024/09/16,08:04:26.123,,", **HERE)
    assert read(line)[1].refused == {Refusal.TOO_OLD: 1}
    assert len(read(line, replay=True)[0]) == 1


@pytest.mark.parametrize(
    ("why", "line"),
    [
        (Refusal.NOT_THE_FORMAT, b"GET / HTTP/1.1\r\n"),
        (Refusal.NOT_THE_FORMAT, b"\x1a2\x00\xff\n"),
        (Refusal.NOT_THE_FORMAT, b"MSG,9" + POSITION[5:]),
        (Refusal.NOT_THE_FORMAT, POSITION.replace(b"\r\n", b",more\r\n")),
        (Refusal.TRUNCATED, POSITION[:60] + b"\n"),
        (Refusal.NO_IDENTITY, message(3, "", **HERE)),
        (Refusal.NO_IDENTITY, message(3, "000000", **HERE)),
        (Refusal.NO_IDENTITY, message(3, "4CA1BG", **HERE)),
        (Refusal.BAD_TIME, message(3, stamp="2024-09-17,08:04:26,,", **HERE)),
        (Refusal.BAD_TIME, message(3, stamp="2024/02/30,08:04:26.123,,", **HERE)),
        (Refusal.BAD_TIME, message(3, stamp="2024/09/17,25:04:26.123,,", **HERE)),
        (Refusal.BAD_NUMBER, message(3, latitude="55.123456789012345", longitude="14")),  # W-S10
        (Refusal.BAD_NUMBER, message(3, latitude="55.1", longitude="nan")),
        (Refusal.BAD_NUMBER, message(3, latitude="5_5.1", longitude="14")),
        (Refusal.BAD_NUMBER, message(3, altitude="1e5", **HERE)),
        (Refusal.BAD_NUMBER, message(3, latitude="٥٥", longitude="14")),
        (Refusal.NO_POSITION, message(3, altitude="1000")),
        (Refusal.NO_POSITION, message(3, latitude="55.1")),
        (Refusal.NOWHERE, message(3, latitude="0.0", longitude="0.0")),
        (Refusal.OUT_OF_RANGE, message(3, latitude="155.06", longitude="14.7")),
        (Refusal.OUT_OF_RANGE, message(3, altitude="1000000", **HERE)),
        (Refusal.TOO_LONG, b"MSG,3," + b"x" * sbs.MOST_LINE + b"\n"),
    ],
)
def test_what_is_wrong_is_refused_and_counted_and_the_next_is_read(
    why: Refusal, line: bytes
) -> None:
    reports, adapter = read(line, POSITION)
    assert adapter.refused == {why: 1}
    assert len(reports) == 1


def test_messages_that_say_no_position_are_no_fault() -> None:
    lines = b"\r\nSTA,,5,179,400AE7,10103,2008/11/28,14:58:51.153,2008/11/28,14:58:51.153,RM\r\n"
    reports, adapter = read(lines, message(1), message(8), message(6), VELOCITY)
    assert not adapter.refused
    assert len(reports) == 0


def test_a_connection_that_ends_within_a_message_says_nothing_of_it() -> None:
    """Half a longitude is a longitude."""
    adapter = Sbs(0)
    assert len(adapter.feed(POSITION[:80], NOW)) == 0
    adapter.cut()
    assert adapter.refused == {Refusal.TRUNCATED: 1}
    assert len(adapter.feed(POSITION, NOW)) == 1


def test_a_flood_of_identities_does_not_grow_without_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sbs, "MOST_AIRCRAFT", 10)
    adapter = Sbs(0)
    for number in range(1, 100):
        adapter.feed(message(4, f"{number:06X}", speed="1", track="1") + VELOCITY, NOW)
    assert len(adapter._parts) == 10
    assert adapter.feed(POSITION, NOW).speed_cm_s[0] == 21_632


@given(st.integers(1, 200), st.binary(max_size=60))
def test_the_reports_do_not_depend_on_how_the_bytes_came(step: int, noise: bytes) -> None:
    data = VELOCITY + POSITION + noise + b"\n" + message(5, altitude="34000") + message(3, **HERE)
    whole, pieces = Sbs(0), Sbs(0)
    expected = whole.feed(data, NOW)
    parts = [pieces.feed(data[at : at + step], NOW) for at in range(0, len(data), step)]
    assert [h for part in parts for h in part.height_ft.tolist()] == expected.height_ft.tolist()
    assert pieces.refused == whole.refused
