"""The compiled part of the table of tracks: finding rows, and folding one report after another.

A track is a row of 64-bit integers; the constants name its fields. Times ms UTC, positions 1e-7
degree, speeds cm/s, heights ft. Thresholds are numbered in spec/watch.md.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from firebreak.watch.compiled import compiled
from firebreak.watch.reports import ABSENT, Longs

# Fields of a row; the first thirteen are those of `Reports`, in its order but for the identity.
SOURCE: Final = 0
IDENTITY: Final = 1
AT: Final = 2
HEARD_AT: Final = 3
LATITUDE: Final = 4
LONGITUDE: Final = 5
HEIGHT: Final = 6
REFERENCE: Final = 7
SPEED: Final = 8
COURSE: Final = 9
CLIMB: Final = 10
ACCURACY: Final = 11
DOMAIN: Final = 12
FIRST_AT: Final = 13
REPORTS: Final = 14
DOUBTS: Final = 15
DOUBT_AT: Final = 16
STEADY_SINCE: Final = 17
TRUSTED_AT: Final = 18
TRUSTED_LATITUDE: Final = 19
TRUSTED_LONGITUDE: Final = 20
TRUSTED_SPEED: Final = 21
TRUSTED_COURSE: Final = 22
ANCHOR_AT: Final = 23
ANCHOR_LATITUDE: Final = 24
ANCHOR_LONGITUDE: Final = 25
ANCHOR_COURSE: Final = 26
CLAIMED_M: Final = 27
TURNED: Final = 28
REPEATED_SINCE: Final = 29
REPEATED_CLAIMS: Final = 30
JUMPED_AT: Final = 31
JUMPS_BACK: Final = 32
CLAIMED_HEIGHT_AT: Final = 33
ODD_HEIGHTS: Final = 34
SLOW_REPORTS: Final = 35
WRONG_SPEEDS: Final = 36
STRAY_AT: Final = 37
WAY_AT: Final = 38
WAY_LATITUDE: Final = 39
WAY_LONGITUDE: Final = 40
FIELDS: Final = 41

UNKNOWN: Final = -(2**31)

JUMP: Final = 1
WRONG_SPEED: Final = 2
SLOW_AND_HIGH: Final = 4
FROZEN: Final = 8
TWO_PLACES: Final = 16
NOWHERE: Final = 32
WRONG_HEIGHT: Final = 64

AIR: Final = 0
FASTEST_M_S: Final = (1_000.0, 60.0, 150.0)
"""Air, sea, ground: nothing that the watch is for goes faster (W-T8)."""
SLACK_M: Final = (3_000.0, 1_500.0, 1_500.0)
"""What two receivers, their clocks and rounding to seconds can make of one place (W-T8)."""
MOVING_CM_S: Final = (1_500, 150, 300)
"""From this speed on, a repeated position is stale, not new."""
CLOCK_SLACK_S: Final = 2.0
ANCHOR_MS: Final = 30_000
WRONG_SPEEDS_IN_TURN: Final = 2
STEADY_MS: Final = 60_000
PROBATION_MS: Final = 10_000
"""After a gap of LONGEST_BETWEEN_MS the last trusted position stays for so long (W-T15): what comes up
somewhere else and is found doubtful a few reports later must not have replaced it."""
FROZEN_MS: Final = 120_000
FROZEN_CLAIMS: Final = 6
HIGH_FT: Final = 25_000
SLOW_CM_S: Final = 4_100
FASTEST_CLIMB_FT_S: Final = 1_000.0
HEIGHT_SLACK_FT: Final = 2_000.0
ODD_HEIGHT_WEIGHT: Final = 2
MOST_ODD_HEIGHTS: Final = 12
"""A height that cannot follow the last counts two, one that can takes one off: spikes are decoded wrong
now and then by every receiver, two units or two sources that differ go on (W-T14)."""
SLOW_REPORTS_IN_TURN: Final = 3
ALTERNATING_MS: Final = 120_000
LONGEST_BETWEEN_MS: Final = 60_000
LATEST_STRAY_MS: Final = 60_000
"""A late report tells of a second place if it is no older than this (W-T12)."""
SHORTEST_WAY_MS: Final = 1_000
"""Speed and course are worked out over no less: what is shorter is mostly rounding (W-T17)."""

_MEAN_RADIUS_M: Final = 6_371_009.0
_RADIANS: Final = math.pi / 180e7
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)


@compiled
def apart_m(first_latitude: int, first_longitude: int, latitude: int, longitude: int) -> float:
    """Metres between two positions on a sphere: within 0.6 % of WGS 84."""
    one, other = first_latitude * _RADIANS, latitude * _RADIANS
    north = math.sin((other - one) / 2)
    east = math.sin((longitude - first_longitude) * _RADIANS / 2)
    part = north * north + math.cos(one) * math.cos(other) * east * east
    return 2 * _MEAN_RADIUS_M * math.asin(math.sqrt(min(1.0, part)))


@compiled
def bearing_cd(first_latitude: int, first_longitude: int, latitude: int, longitude: int) -> int:
    """The initial course from one position to another, 0.01 degree, on a sphere."""
    one, other = first_latitude * _RADIANS, latitude * _RADIANS
    turn = (longitude - first_longitude) * _RADIANS
    east = math.sin(turn) * math.cos(other)
    north = math.cos(one) * math.sin(other) - math.sin(one) * math.cos(other) * math.cos(turn)
    return int(math.degrees(math.atan2(east, north)) * 100) % 36_000


@compiled
def _slot(identity: int, mask: int) -> np.int64:
    return np.int64((np.uint64(identity) * _SPREAD) >> np.uint64(20)) & np.int64(mask)


@compiled
def fill_slots(slots: Longs, table: Longs, used: int) -> None:
    """Put every used row into the empty slots; open addressing, the size a power of two."""
    mask = len(slots) - 1
    for row in range(used):
        if table[row, IDENTITY] != 0:
            place = _slot(table[row, IDENTITY], mask)
            while slots[place] >= 0:
                place = (place + 1) & mask
            slots[place] = row


@compiled
def find_rows(slots: Longs, table: Longs, identities: Longs) -> Longs:
    """The row of each identity; -1: none."""
    mask = len(slots) - 1
    rows = np.full(len(identities), -1, np.int64)
    for number in range(len(identities)):
        place = _slot(identities[number], mask)
        while slots[place] >= 0:
            if table[slots[place], IDENTITY] == identities[number]:
                rows[number] = slots[place]
                break
            place = (place + 1) & mask
    return rows


@compiled
def _turn_cd(first: int, second: int) -> int:
    """The smaller angle between two courses, 0.01 degree."""
    turn = abs(first - second) % 36_000
    return min(turn, 36_000 - turn)


@compiled
def _start(track: Longs, report: Longs) -> None:
    """The first report of a track."""
    for number in range(13):
        if number != IDENTITY:
            track[number] = report[number]
    track[HEARD_AT] = report[AT]
    track[FIRST_AT] = report[AT]
    track[STEADY_SINCE] = report[AT] - PROBATION_MS
    track[CLAIMED_HEIGHT_AT] = report[AT]
    track[REPORTS] = 1
    if track[SPEED] == ABSENT:
        track[SPEED] = 0
    if track[COURSE] == ABSENT:
        track[COURSE] = 0
    if track[CLIMB] == ABSENT:
        track[CLIMB] = 0
    _trust(track)
    _set_anchor(track)
    _set_way(track)
    if report[LATITUDE] == 0 and report[LONGITUDE] == 0:
        track[DOUBTS] = NOWHERE  # W-T13
        track[DOUBT_AT] = report[AT]


@compiled
def _trust(track: Longs) -> None:
    track[TRUSTED_AT] = track[AT]
    track[TRUSTED_LATITUDE] = track[LATITUDE]
    track[TRUSTED_LONGITUDE] = track[LONGITUDE]
    track[TRUSTED_SPEED] = track[SPEED]
    track[TRUSTED_COURSE] = track[COURSE]


@compiled
def _set_anchor(track: Longs) -> None:
    track[ANCHOR_AT] = track[AT]
    track[ANCHOR_LATITUDE] = track[LATITUDE]
    track[ANCHOR_LONGITUDE] = track[LONGITUDE]
    track[ANCHOR_COURSE] = track[COURSE]
    track[CLAIMED_M] = 0
    track[TURNED] = 0


@compiled
def _set_way(track: Longs) -> None:
    track[WAY_AT] = track[AT]
    track[WAY_LATITUDE] = track[LATITUDE]
    track[WAY_LONGITUDE] = track[LONGITUDE]


@compiled
def _work_out_way(track: Longs, report: Longs) -> None:
    """Speed and course as far as the report does not say them, from a place 1 s ago or more (W-T17)."""
    milliseconds = report[AT] - track[WAY_AT]
    if milliseconds < SHORTEST_WAY_MS:
        return
    latitude, longitude = track[WAY_LATITUDE], track[WAY_LONGITUDE]
    moved = apart_m(latitude, longitude, report[LATITUDE], report[LONGITUDE])
    if report[SPEED] == ABSENT:
        track[SPEED] = int(100_000 * moved / milliseconds)
    if report[COURSE] == ABSENT and moved > 0:
        track[COURSE] = bearing_cd(latitude, longitude, report[LATITUDE], report[LONGITUDE])


@compiled
def _beyond_reach(track: Longs, report: Longs, moved: float) -> bool:
    """Whether nothing travels so far in the time between what is held and the report."""
    domain = report[DOMAIN]
    slack = SLACK_M[domain] + max(report[ACCURACY], 0) + max(track[ACCURACY], 0)
    seconds = abs(report[AT] - track[AT]) / 1_000.0
    return bool(moved > slack + FASTEST_M_S[domain] * (seconds + CLOCK_SLACK_S))


@compiled
def _take_late(track: Longs, report: Longs) -> None:
    """A late report moves nothing; two from where the track cannot have been are a doubt (W-T12).

    The clock of one of two sources may run ahead, so that all that the other says is late. The same
    report once more is no second one.
    """
    if track[AT] - report[AT] > LATEST_STRAY_MS:
        return
    moved = apart_m(track[LATITUDE], track[LONGITUDE], report[LATITUDE], report[LONGITUDE])
    if not _beyond_reach(track, report, moved):
        return
    between = abs(report[AT] - track[STRAY_AT])
    if between == 0:
        return
    track[STRAY_AT] = report[AT]
    if between <= ALTERNATING_MS:
        _doubt(track, TWO_PLACES, track[AT])


@compiled
def _repeats(track: Longs, report: Longs) -> bool:
    """Whether a moving track's report names the very position held."""
    speed = report[SPEED] if report[SPEED] != ABSENT else track[SPEED]
    return bool(
        report[LATITUDE] == track[LATITUDE]
        and report[LONGITUDE] == track[LONGITUDE]
        and speed >= MOVING_CM_S[report[DOMAIN]]
    )


@compiled
def _says_new(track: Longs, report: Longs) -> bool:
    return bool(
        (report[SPEED] != ABSENT and report[SPEED] != track[SPEED])
        or (report[COURSE] != ABSENT and report[COURSE] != track[COURSE])
        or (report[HEIGHT] != ABSENT and report[HEIGHT] != track[HEIGHT])
    )


@compiled
def _odd_height(track: Longs, report: Longs) -> bool:
    """A change of height that nothing makes."""
    if report[HEIGHT] == ABSENT or track[HEIGHT] == ABSENT:
        return False
    if report[REFERENCE] != track[REFERENCE]:
        return False
    seconds = (report[AT] - track[CLAIMED_HEIGHT_AT]) / 1_000.0
    bound = HEIGHT_SLACK_FT + FASTEST_CLIMB_FT_S * seconds
    return bool(abs(report[HEIGHT] - track[HEIGHT]) > bound)


@compiled
def _slow_and_high(report: Longs) -> bool:
    """A speed at which no aeroplane stays at that height."""
    return bool(
        report[DOMAIN] == AIR
        and report[HEIGHT] != ABSENT
        and report[HEIGHT] >= HIGH_FT
        and report[SPEED] != ABSENT
        and report[SPEED] < SLOW_CM_S
    )


@compiled
def _take_claims(track: Longs, report: Longs) -> int:
    """Speed, course, height and climb as far as the report says them; doubts that they raise."""
    new = 0
    if report[SPEED] != ABSENT:
        track[SPEED] = report[SPEED]
    if report[COURSE] != ABSENT:
        track[COURSE] = report[COURSE]
    odd = _odd_height(track, report)
    if odd:
        track[ODD_HEIGHTS] += ODD_HEIGHT_WEIGHT
        if track[ODD_HEIGHTS] >= MOST_ODD_HEIGHTS:  # W-T14
            track[ODD_HEIGHTS] = MOST_ODD_HEIGHTS
            new |= WRONG_HEIGHT
    elif track[ODD_HEIGHTS] > 0:
        track[ODD_HEIGHTS] -= 1
    if report[HEIGHT] != ABSENT and (not odd or new != 0):
        track[HEIGHT] = report[HEIGHT]
        track[REFERENCE] = report[REFERENCE]
        track[CLAIMED_HEIGHT_AT] = report[AT]
    track[CLIMB] = report[CLIMB] if report[CLIMB] != ABSENT else 0
    if _slow_and_high(report):
        track[SLOW_REPORTS] += 1
        if track[SLOW_REPORTS] >= SLOW_REPORTS_IN_TURN:  # W-T10
            new |= SLOW_AND_HIGH
    else:
        track[SLOW_REPORTS] = 0
    return new


@compiled
def _contradicts_speed(track: Longs) -> bool:
    """Over half a minute or more: positions that move otherwise than the reported speed."""
    moved = apart_m(
        track[ANCHOR_LATITUDE], track[ANCHOR_LONGITUDE], track[LATITUDE], track[LONGITUDE]
    )
    claimed = float(track[CLAIMED_M])
    slack = SLACK_M[track[DOMAIN]]
    too_far = moved > 1.5 * claimed + slack
    too_near = track[TURNED] == 0 and moved < 0.4 * claimed - slack / 3
    return bool(too_far or too_near)


@compiled
def _fold(track: Longs, report: Longs) -> int:
    """One report of a track that is held. 0: it moved; 1: nothing new; 2: late."""
    if report[AT] <= track[AT]:
        _take_late(track, report)
        return 2
    domain = report[DOMAIN]
    now = report[AT]
    new = 0
    if _repeats(track, report):
        if not _says_new(track, report):
            return 1  # W-T3
        if track[REPEATED_CLAIMS] == 0:
            track[REPEATED_SINCE] = now
        track[REPEATED_CLAIMS] += 1
        frozen = now - max(track[REPEATED_SINCE], track[AT]) >= FROZEN_MS
        if frozen and track[REPEATED_CLAIMS] >= FROZEN_CLAIMS:  # W-T11
            new |= FROZEN
        new |= _take_claims(track, report)
        track[HEARD_AT] = now
        if new != 0:
            _doubt(track, new, now)
        return 1
    seconds = (now - track[AT]) / 1_000.0
    moved = apart_m(track[LATITUDE], track[LONGITUDE], report[LATITUDE], report[LONGITUDE])
    if report[LATITUDE] == 0 and report[LONGITUDE] == 0:
        new |= NOWHERE  # W-T13
    if _beyond_reach(track, report, moved):
        new |= JUMP  # W-T8
        if now - track[JUMPED_AT] <= ALTERNATING_MS:
            track[JUMPS_BACK] += 1
        else:
            track[JUMPS_BACK] = 0
        if track[JUMPS_BACK] >= 2:
            new |= TWO_PLACES  # W-T12
        track[JUMPED_AT] = now
    claimed = (report[SPEED] if report[SPEED] != ABSENT else track[SPEED]) / 100.0
    steady = abs(moved - claimed * seconds) <= 0.3 * claimed * seconds + 500.0
    if new & JUMP == 0 and (report[SPEED] == ABSENT or report[COURSE] == ABSENT):
        _work_out_way(track, report)
    if seconds * 1_000.0 > LONGEST_BETWEEN_MS:
        track[STEADY_SINCE] = now
    speed_before = track[SPEED]
    new |= _take_claims(track, report)
    track[SOURCE] = report[SOURCE]
    track[AT] = now
    track[HEARD_AT] = now
    track[LATITUDE] = report[LATITUDE]
    track[LONGITUDE] = report[LONGITUDE]
    track[ACCURACY] = report[ACCURACY]
    track[DOMAIN] = domain
    track[REPORTS] += 1
    track[REPEATED_CLAIMS] = 0
    if new & JUMP or now - track[WAY_AT] >= SHORTEST_WAY_MS:
        _set_way(track)
    if new & JUMP or report[SPEED] == ABSENT or seconds * 1_000.0 > LONGEST_BETWEEN_MS:
        _set_anchor(track)
    else:
        track[CLAIMED_M] += int(max(speed_before, track[SPEED]) * seconds / 100.0)
        if _turn_cd(track[ANCHOR_COURSE], track[COURSE]) > 2_000:
            track[TURNED] = 1
        if now - track[ANCHOR_AT] >= ANCHOR_MS:
            track[WRONG_SPEEDS] = track[WRONG_SPEEDS] + 1 if _contradicts_speed(track) else 0
            if track[WRONG_SPEEDS] >= WRONG_SPEEDS_IN_TURN:  # W-T9
                new |= WRONG_SPEED
            _set_anchor(track)
    if new != 0:
        _doubt(track, new, now)
    elif track[DOUBTS] != 0:
        _regain(track, steady)
    elif track[SLOW_REPORTS] == 0 and now - track[STEADY_SINCE] >= PROBATION_MS:
        _trust(track)
    return 0


@compiled
def _doubt(track: Longs, new: int, now: int) -> None:
    if track[DOUBTS] == 0:
        track[DOUBT_AT] = now
    track[DOUBTS] |= new
    track[STEADY_SINCE] = now


@compiled
def _regain(track: Longs, steady: bool) -> None:
    """W-T15: trust comes back with a minute without a contradiction, where trust can have led."""
    if not steady:
        track[STEADY_SINCE] = track[AT]
    way = apart_m(
        track[TRUSTED_LATITUDE], track[TRUSTED_LONGITUDE], track[LATITUDE], track[LONGITUDE]
    )
    seconds = (track[AT] - track[TRUSTED_AT]) / 1_000.0
    bound = SLACK_M[track[DOMAIN]] + FASTEST_M_S[track[DOMAIN]] * seconds
    if way <= bound and track[AT] - track[STEADY_SINCE] >= STEADY_MS:
        track[DOUBTS] = 0
        track[JUMPS_BACK] = 0
        _trust(track)


@compiled
def fold_reports(table: Longs, lot: Longs, rows: Longs) -> Longs:
    """Fold reports, oldest first, into their rows (-1: skipped). Counts of moved, unchanged, late."""
    counts = np.zeros(3, np.int64)
    for number in range(len(rows)):
        row = rows[number]
        if row < 0:
            continue
        if table[row, AT] == UNKNOWN:
            _start(table[row], lot[number])
            counts[0] += 1
        else:
            counts[_fold(table[row], lot[number])] += 1
    return counts
