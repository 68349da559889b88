"""The sieve that all adapters' reports pass, and the cutting of lines (spec/watch.md W-S1 to W-S6)."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.formats.lines import Lines
from firebreak.formats.refusals import (
    AHEAD_MS,
    OLDEST_MS,
    UNSAID,
    Refusal,
    Refusals,
    Row,
    believed_on_ground,
    shown,
    sift_rows,
)
from firebreak.values import LATEST, Millis
from firebreak.watch.reports import ABSENT, Reports, check_reports, identity_text

NOW = Millis(1_726_560_266_000)
GOOD = Row(1 << 56 | 0x4CA1B2, NOW - 500, 55.2, 14.7, 35_000, 3, 21_600, 359.999, -64, 92.6, 0)


def sifted(*rows: Row, replay: bool = False) -> tuple[Reports, Refusals]:
    refused = Refusals()
    reports = sift_rows(rows, refused, 3, NOW, replay=replay)
    check_reports(reports)
    return reports, refused


def test_a_good_report_passes_rounded() -> None:
    reports, refused = sifted(GOOD)
    assert not refused
    assert identity_text(int(reports.identity[0])) == "icao:4ca1b2"
    assert (reports.source[0], reports.at[0], reports.received[0]) == (3, NOW - 500, NOW)
    assert (reports.latitude_e7[0], reports.longitude_e7[0]) == (552_000_000, 147_000_000)
    assert (reports.course_cd[0], reports.accuracy_m[0]) == (0, 93)


@pytest.mark.parametrize(
    ("why", "change"),
    [
        (Refusal.NO_IDENTITY, {"identity": 0}),
        (Refusal.BAD_TIME, {"at": UNSAID}),
        (Refusal.BAD_TIME, {"at": math.inf}),
        (Refusal.BAD_TIME, {"at": -1.0}),
        (Refusal.BAD_TIME, {"at": LATEST + 1}),
        (Refusal.FROM_THE_FUTURE, {"at": NOW + AHEAD_MS + 1}),
        (Refusal.FROM_THE_FUTURE, {"at": NOW + 7_200_000}),
        (Refusal.TOO_OLD, {"at": NOW - OLDEST_MS - 1}),
        (Refusal.TOO_OLD, {"at": NOW - 86_400_000}),
        (Refusal.NO_POSITION, {"latitude": UNSAID}),
        (Refusal.NO_POSITION, {"longitude": UNSAID}),
        (Refusal.NOWHERE, {"latitude": 0.0, "longitude": -0.0}),
        (Refusal.NOWHERE, {"latitude": 0.00005, "longitude": -0.00005}),
        (Refusal.OUT_OF_RANGE, {"latitude": 90.0000001}),
        (Refusal.OUT_OF_RANGE, {"latitude": -119.5}),
        (Refusal.OUT_OF_RANGE, {"longitude": 180.0000001}),
        (Refusal.OUT_OF_RANGE, {"latitude": math.inf}),
        (Refusal.OUT_OF_RANGE, {"longitude": -math.inf}),
        (Refusal.OUT_OF_RANGE, {"height_ft": 200_001}),
        (Refusal.OUT_OF_RANGE, {"height_ft": -20_001}),
        (Refusal.OUT_OF_RANGE, {"height_ft": math.inf}),
        (Refusal.OUT_OF_RANGE, {"speed_cm_s": -1}),
        (Refusal.OUT_OF_RANGE, {"speed_cm_s": 1_000_001}),
        (Refusal.OUT_OF_RANGE, {"course": 360.1}),
        (Refusal.OUT_OF_RANGE, {"climb_fpm": 1e9}),
        (Refusal.OUT_OF_RANGE, {"accuracy_m": -0.1}),
    ],
)
def test_a_bad_report_is_refused_once_and_the_others_pass(
    why: Refusal, change: dict[str, Any]
) -> None:
    reports, refused = sifted(GOOD, GOOD._replace(**change), GOOD)
    assert refused == {why: 1}
    assert len(reports) == 2


def test_the_limits_themselves_pass() -> None:
    rows = [
        GOOD._replace(at=NOW + AHEAD_MS),
        GOOD._replace(at=NOW - OLDEST_MS),
        GOOD._replace(latitude=90.0, longitude=180.0),
        GOOD._replace(latitude=-90.0, longitude=-180.0),
        GOOD._replace(latitude=0.0, longitude=14.7),
    ]
    reports, refused = sifted(*rows)
    assert not refused
    assert reports.longitude_e7.tolist()[2:4] == [-1_800_000_000] * 2


def test_a_recording_is_old_but_never_of_the_future() -> None:
    old, ahead = GOOD._replace(at=NOW - 10 * OLDEST_MS), GOOD._replace(at=NOW + AHEAD_MS + 1)
    reports, refused = sifted(old, ahead, replay=True)
    assert refused == {Refusal.FROM_THE_FUTURE: 1}
    assert reports.at.tolist() == [old.at]


def test_what_is_not_said_is_absent() -> None:
    row = GOOD._replace(course=UNSAID, height_ft=UNSAID, speed_cm_s=UNSAID)
    reports, _ = sifted(row._replace(climb_fpm=UNSAID, accuracy_m=UNSAID))
    names = ("height_ft", "speed_cm_s", "climb_fpm", "accuracy_m", "course_cd")
    assert [int(getattr(reports, name)[0]) for name in names] == [ABSENT] * 5


def test_a_course_is_turned_into_range() -> None:
    reports, _ = sifted(*(GOOD._replace(course=course) for course in (-121.0, 360.0, -0.001, 12.5)))
    assert reports.course_cd.tolist() == [23_900, 0, 0, 1_250]


wild = st.floats() | st.floats(-400, 400) | st.sampled_from([0.0, UNSAID, math.inf, -math.inf])


@given(
    st.lists(
        st.builds(
            Row,
            st.integers(0, 2**63 - 1),
            wild | st.floats(NOW - 2e6, NOW + 2e5),
            wild,
            wild,
            wild,
            st.integers(0, 3),
            wild,
            wild,
            wild,
            wild,
            st.integers(0, 2),
        ),
        max_size=8,
    ),
    st.booleans(),
)
def test_whatever_passes_is_in_range_and_the_rest_is_counted(rows: list[Row], replay: bool) -> None:
    reports, refused = sifted(*rows, replay=replay)
    assert len(reports) + sum(refused.values()) == len(rows)


def test_no_column_is_shared_with_another() -> None:
    reports, _ = sifted(GOOD)
    changed = replace(reports, at=reports.at + 1)
    reports.received[0] += 1
    assert changed.received[0] == NOW + 1
    assert reports.at[0] == NOW - 500
    assert all(np.shares_memory(reports.at, c) is False for c in (reports.received,))


def test_what_is_fast_is_not_on_the_ground() -> None:
    assert believed_on_ground(UNSAID)
    assert believed_on_ground(10_300)
    assert not believed_on_ground(10_301)


def test_counts_are_shown_the_most_first() -> None:
    refused = Refusals({Refusal.TOO_OLD: 3, Refusal.OUT_OF_RANGE: 1_200, Refusal.BAD_TIME: 3})
    assert shown(refused) == "1,200 out of range, 3 bad time, 3 too old"
    assert shown(Refusals()) == "none"
    refused.update(Refusals({Refusal.TOO_OLD: 2}))
    assert refused[Refusal.TOO_OLD] == 5


# Lines


@given(st.lists(st.binary(max_size=12)), st.lists(st.integers(0, 60)))
def test_lines_do_not_depend_on_how_the_bytes_came(parts: list[bytes], cuts: list[int]) -> None:
    data = b"\n".join(parts)
    whole, pieces = Lines(8, Refusals()), Lines(8, Refusals())
    bounds = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    got = [line for a, b in pairwise(bounds) for line in pieces.feed(data[a:b])]
    assert got == whole.feed(data)
    assert whole._refused == pieces._refused


def test_a_line_too_long_is_dropped_and_the_next_is_read() -> None:
    refused = Refusals()
    lines = Lines(8, refused)
    assert lines.feed(b"a" * 9) == []
    assert lines._remainder == b""
    assert lines.feed(b"a" * 100 + b"\nnext\r\n") == [b"next"]
    assert refused == {Refusal.TOO_LONG: 1}
    assert lines.feed(b"b" * 9 + b"\nnext\n") == [b"next"]
    assert refused == {Refusal.TOO_LONG: 2}


def test_a_line_cut_off_is_no_line() -> None:
    refused = Refusals()
    lines = Lines(8, refused)
    lines.feed(b"half")
    lines.cut()
    assert refused == {Refusal.TRUNCATED: 1}
    assert lines.feed(b"whole\n") == [b"whole"]
