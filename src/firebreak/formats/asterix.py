"""Radar and ADS-B reports from ASTERIX: categories 021 (2.1 on), 048 and 062 (W-S30 to W-S36).

Compiled code finds where each record's items lie (asterix_walk, by the tables of asterix_items); what
they say is worked out here for all records at once. Names such as "145" are the items' numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from firebreak.errors import InvalidValue
from firebreak.formats.asterix_items import SLOTS, WANTED, packed
from firebreak.formats.asterix_radar import (
    convergence_degrees,
    measured,
    measurement_error_m,
)
from firebreak.formats.asterix_walk import FAULTS, walk
from firebreak.formats.refusals import (
    FASTEST_ON_GROUND_CM_S,
    FEET_A_METRE,
    UNSAID,
    Refusal,
    Refusals,
    sift,
)
from firebreak.values import DEGREE, HeightReference, Millis, Position
from firebreak.watch.reports import (
    Bools,
    Bytes,
    Domain,
    Floats,
    Ints,
    Longs,
    Naming,
    Reports,
    joined,
    no_reports,
)

SLICE: Final = 1 << 18
"""Octets that are looked at in one go, so that memory is bounded."""
MOST_DATAGRAM: Final = 65_535
DAY_MS: Final = 86_400_000

NAUTICAL_MILE_M: Final = 1_852.0
_CM_S: Final = 100 * NAUTICAL_MILE_M / 2**14
"""Speeds count 2^-14 nautical miles a second."""
_TURN: Final = 360 / 2**16
_QUARTER_LEVEL_FT: Final = 25.0
_GEOMETRIC_FT: Final = 6.25
_WITHIN_95: Final = 2.4478
"""In two dimensions 95 % are within so many standard deviations: sqrt(-2 ln 0.05)."""

_NACP_M: Final = (0, 18_520, 7_408, 3_704, 1_852, 926, 556, 186, 93, 30, 10, 3)
"""95 % bound by navigation accuracy category, DO-260B; 0: not said."""
_NIC_M: Final = (0, 37_040, 18_520, 7_408, 3_704, 1_852, 1_112, 371, 186, 75, 25, 8)
"""Bound by NUCp (DO-260) or NIC (DO-260A, B), the larger of both: the item does not say which."""

_SENSOR: Final = np.int64(int(Naming.SENSOR) << 56)
_ICAO: Final = np.int64(int(Naming.ICAO) << 56)
_NO_ADDRESSES: Final = (0, 0xFFFFFF)


@dataclass(frozen=True)
class Site:
    """Where a radar stands, or the reference point of a tracking system's plane.

    height_m: of a radar's antenna over the ellipsoid, -500 to 9,000. Raises InvalidValue.
    """

    position: Position
    height_m: int = 0

    def __post_init__(self) -> None:
        if not -500 <= self.height_m <= 9_000:
            raise InvalidValue(
                f"A radar at {self.height_m} m is outside -500 to 9,000 m; check its unit."
            )


class Asterix:
    """ASTERIX data blocks from a TCP connection or a file (`feed`), or from datagrams.

    source: the number for the column of that name. sites: by SAC and SIC; a radar that is not in it
    gives no positions (W-S34). replay: a recording is played: `received` is when it began, and a
    report's own time is that of its receipt (W-S4, W-S31). refused: counts, by reason.
    without_site: SAC and SIC of radars that were heard and are not in `sites`.
    """

    def __init__(
        self, source: int, sites: Mapping[tuple[int, int], Site], *, replay: bool = False
    ) -> None:
        self.refused = Refusals()
        self.without_site: set[tuple[int, int]] = set()
        self._source = source
        self._sites = dict(sites)
        self._replay = replay
        self._clock = -1
        self._rest = b""
        self._seeking = False
        self._items, self._categories = packed()

    def feed(self, data: bytes, received: Millis) -> Reports:
        """The reports that these bytes of a stream complete. Never raises for what is in them."""
        found = []
        for begin in range(0, len(data), SLICE):
            buffer = self._rest + data[begin : begin + SLICE]
            ends = np.array([len(buffer)], np.int64)
            reports, used = self._walk(buffer, ends, received, streamed=True)
            self._rest = buffer[used:]
            found.append(reports)
        return joined([reports for reports in found if len(reports)])

    def feed_datagrams(self, datagrams: Sequence[bytes], received: Millis) -> Reports:
        """The reports of whole datagrams, each for itself; one cut off or with a rest is refused."""
        found = []
        waiting: list[bytes] = []
        size = 0
        for datagram in datagrams:
            if len(datagram) > MOST_DATAGRAM:
                self.refused[Refusal.TOO_LONG] += 1
                continue
            waiting.append(datagram)
            size += len(datagram)
            if size >= SLICE:
                found.append(self._datagrams(waiting, received))
                waiting, size = [], 0
        found.append(self._datagrams(waiting, received))
        return joined([reports for reports in found if len(reports)])

    def cut(self) -> None:
        """The connection ended: an unfinished data block is dropped."""
        if self._rest:
            self.refused[Refusal.TRUNCATED] += 1
        self._rest, self._seeking = b"", False

    def _datagrams(self, datagrams: list[bytes], received: Millis) -> Reports:
        ends = np.cumsum([len(datagram) for datagram in datagrams], dtype=np.int64)
        return self._walk(b"".join(datagrams), ends, received, streamed=False)[0]

    def _walk(
        self, buffer: bytes, ends: Longs, received: Millis, *, streamed: bool
    ) -> tuple[Reports, int]:
        """The reports in a buffer, and how many octets of it are done with."""
        data = np.frombuffer(buffer, np.uint8)
        room = len(data) // 2 + 1
        places = np.empty((room, SLOTS), np.int32)
        heads = np.empty(room, np.int32)
        faults = np.zeros(len(FAULTS), np.int64)
        count, used, seeking = walk(
            data,
            ends,
            streamed,
            streamed and self._seeking,
            self._items,
            self._categories,
            places,
            heads,
            faults,
        )
        if streamed:
            self._seeking = bool(seeking)
        for why, number in zip(FAULTS, faults.tolist(), strict=True):
            if number:
                self.refused[why] += number
        if not count:
            return no_reports(), used
        return self._reports(data, places[:count], heads[:count], received), used

    def _reports(self, data: Bytes, places: Ints, heads: Ints, received: Millis) -> Reports:
        """What the records say, in the order in which they came."""
        table = _Table(len(heads))
        for category, read in ((21, _read_021), (48, self._read_048), (62, self._read_062)):
            rows = np.flatnonzero(heads == category)
            if len(rows):
                read(table, rows, _Records(data, places[rows], category))
        unreal = int(np.count_nonzero(table.unreal))
        if unreal:
            self.refused[Refusal.UNSUPPORTED] += unreal
            table.keep(~table.unreal)
        # What moves faster is not on the ground, whatever it says (W-S6).
        ground = table.ground & ~(table.speed_cm_s > FASTEST_ON_GROUND_CM_S)
        clock = received if self._clock < 0 else Millis(self._clock)
        at = _nearest(table.time_of_day_ms, clock)
        if self._replay and (at >= 0).any():
            # The middle, so that one radar whose clock is wrong moves nothing.
            self._clock = int(np.median(at[at >= 0]))
        return sift(
            self.refused,
            self._source,
            None if self._replay else received,
            identity=table.identity,
            at=at,
            latitude=table.latitude,
            longitude=table.longitude,
            height_ft=np.where(ground, 0.0, table.height_ft),
            height_reference=np.where(
                ground, HeightReference.GROUND, table.height_reference
            ).astype(np.uint8),
            speed_cm_s=table.speed_cm_s,
            course=table.course,
            climb_fpm=table.climb_fpm,
            accuracy_m=table.accuracy_m,
            domain=np.where(ground, Domain.GROUND, Domain.AIR).astype(np.uint8),
            replay=self._replay,
        )

    def _read_048(self, table: _Table, rows: Longs, records: _Records) -> None:
        """Monoradar target reports: slant range and azimuth from the radar's site."""
        kind = records.extended("020")
        table.unreal[rows] = (kind[0] & 0x12 != 0) | (kind[1] & 0x80 != 0)  # SIM, RAB; TST
        table.time_of_day_ms[rows] = records.scaled("140", 3, 1_000 / 128)
        address = records.unsigned("220", 3)
        number = records.unsigned("161", 2) & 0x0FFF
        table.identity[rows] = _identities(records, address, number, records.has("161"))
        # Flight levels that are not validated or garbled say nothing.
        level = records.unsigned("090", 2)
        pressure = np.where(
            records.has("090") & (level & 0xC000 == 0), _low_signed(level, 14) * 25.0, UNSAID
        )
        seen_ft = np.where(
            records.has("110"), _low_signed(records.unsigned("110", 2), 14) * 25.0, UNSAID
        )
        table.heights(
            rows,
            (pressure, HeightReference.STANDARD_PRESSURE),
            (seen_ft, HeightReference.MEAN_SEA_LEVEL),
        )
        speed = records.unsigned("200", 4)
        table.speed_cm_s[rows] = np.where(records.has("200"), (speed >> 16) * _CM_S, UNSAID)
        table.course[rows] = np.where(records.has("200"), (speed & 0xFFFF) * _TURN, UNSAID)
        status = records.unsigned("230", 2) >> 10 & 7
        table.ground[rows] = records.has("230") & ((status == 1) | (status == 3))

        polar = records.unsigned("040", 4)
        # ERR: the range is beyond 256 NM, and only the expansion field has it.
        far = kind[1] & 0x40 != 0
        slant = _times(polar >> 16, NAUTICAL_MILE_M / 256)
        azimuth = _times(polar & 0xFFFF, _TURN)
        sites = self._site_columns(records, named=True)
        height_m = table.height_ft[rows] / FEET_A_METRE
        latitude, longitude, spread = measured(*sites, slant, azimuth, height_m)
        known = records.has("040") & ~far
        table.latitude[rows] = np.where(known, latitude, UNSAID)
        table.longitude[rows] = np.where(known, longitude, UNSAID)
        table.accuracy_m[rows] = spread + measurement_error_m(slant)

    def _read_062(self, table: _Table, rows: Longs, records: _Records) -> None:
        """System tracks."""
        status = records.extended("080")
        table.unreal[rows] = status[1] & 0x80 != 0  # SIM
        table.time_of_day_ms[rows] = records.scaled("070", 3, 1_000 / 128)
        address = records.unsigned("380/ADR", 3)
        number = records.unsigned("040", 2)
        table.identity[rows] = _identities(records, address, number, records.has("040"), "380/ADR")
        latitude = records.scaled("105", 4, 180 / 2**25, signed=True)
        longitude = records.scaled("105", 4, 180 / 2**25, offset=4, signed=True)
        table.latitude[rows], table.longitude[rows] = latitude, longitude
        barometric = records.unsigned("135", 2)
        altitude = np.where(records.has("135"), _low_signed(barometric, 15) * 25.0, UNSAID)
        over_sea = barometric & 0x8000 != 0  # QNH applied
        table.heights(
            rows,
            (
                records.scaled("136", 2, _QUARTER_LEVEL_FT, signed=True),
                HeightReference.STANDARD_PRESSURE,
            ),
            (np.where(over_sea, UNSAID, altitude), HeightReference.STANDARD_PRESSURE),
            (np.where(over_sea, altitude, UNSAID), HeightReference.MEAN_SEA_LEVEL),
            (
                records.scaled("130", 2, _GEOMETRIC_FT, signed=True),
                HeightReference.ELLIPSOID,
            ),
        )
        table.climb_fpm[rows] = records.scaled("220", 2, 6.25, signed=True)
        east = records.scaled("185", 2, 25.0, signed=True)
        north = records.scaled("185", 2, 25.0, offset=2, signed=True)
        table.speed_cm_s[rows] = np.hypot(east, north)
        # The plane's north is true north at its reference point only.
        reference_latitude, reference_longitude, _ = self._site_columns(records, named=False)
        turn = convergence_degrees(reference_latitude, reference_longitude, latitude, longitude)
        course = np.degrees(np.arctan2(east, north)) + np.where(np.isnan(turn), 0.0, turn)
        table.course[rows] = np.mod(course, 360.0)
        mode = records.unsigned("380/COM", 2) >> 10 & 7
        aground = records.has("380/COM") & ((mode == 1) | (mode == 3))
        table.ground[rows] = aground | records.has("300")
        metres = np.hypot(
            records.scaled("500/APC", 2, 0.5), records.scaled("500/APC", 2, 0.5, offset=2)
        )
        degrees = np.hypot(
            records.scaled("500/APW", 2, 180 / 2**25),
            records.scaled("500/APW", 2, 180 / 2**25, offset=2),
        )
        # A degree of latitude has at most 111.7 km, one of longitude 111.4 km.
        metres = np.where(np.isnan(metres), degrees * 111_700, metres)
        table.accuracy_m[rows] = np.where(metres > 0, metres * _WITHIN_95, UNSAID)

    def _site_columns(self, records: _Records, *, named: bool) -> tuple[Floats, Floats, Floats]:
        """Latitude, longitude in degrees and height in m of each record's site; NaN if not given.

        named: note what is missing.
        """
        sensors, places = np.unique(records.unsigned("010", 2), return_inverse=True)
        table = np.full((len(sensors), 3), UNSAID)
        for row, sensor in enumerate(sensors.tolist()):
            key = (sensor >> 8, sensor & 255)
            site = self._sites.get(key)
            if site is not None:
                table[row] = (
                    site.position.latitude_e7 / DEGREE,
                    site.position.longitude_e7 / DEGREE,
                    site.height_m,
                )
            elif named:
                self.without_site.add(key)
        latitude, longitude, height = table[places].T
        return latitude, longitude, height


class _Records:
    """n records of one category; each item's values as a column of shape (n,)."""

    def __init__(self, data: Bytes, places: Ints, category: int) -> None:
        self._data = data
        self._places = places
        self._slots = {name: slot for slot, name in enumerate(WANTED[category])}

    def __len__(self) -> int:
        return len(self._places)

    def has(self, name: str) -> Bools:
        """Which records have an item."""
        found: Bools = self._places[:, self._slots[name]] >= 0
        return found

    def unsigned(self, name: str, octets: int, offset: int = 0) -> Longs:
        """An item's first octets, or those from an offset, as a number; any number where absent."""
        places = self._places[:, self._slots[name]] + offset
        value = np.zeros(len(places), np.int64)
        for octet in range(octets):
            value = value << 8 | self._data.take(places + octet, mode="clip")
        return value

    def scaled(
        self, name: str, octets: int, unit: float, *, offset: int = 0, signed: bool = False
    ) -> Floats:
        """A number in its unit; UNSAID where absent."""
        value = self.unsigned(name, octets, offset)
        if signed:
            value = _low_signed(value, 8 * octets)
        found: Floats = np.where(self.has(name), value * unit, UNSAID)
        return found

    def extended(self, name: str) -> tuple[Longs, Longs]:
        """The first two octets of an extended item, 0 where they are absent."""
        first = np.where(self.has(name), self.unsigned(name, 1), 0)
        second = np.where(first & 1 == 1, self.unsigned(name, 1, 1), 0)
        return first, second

    @cached_property
    def sensor(self) -> Longs:
        """SAC and SIC, shifted to their place in an identity; -1 where item 010 is absent."""
        return np.where(self.has("010"), self.unsigned("010", 2) << 32, -1)


class _Table:
    """n reports in work, in the units that `sift` takes."""

    def __init__(self, number: int) -> None:
        self.unreal = np.zeros(number, np.bool_)
        """Simulated, of a test target, or of a monitor on the ground: no thing that moves."""
        self.ground = np.zeros(number, np.bool_)
        self.identity = np.zeros(number, np.int64)
        self.height_reference = np.full(number, HeightReference.STANDARD_PRESSURE, np.uint8)
        self.time_of_day_ms = np.full(number, UNSAID)
        self.latitude = np.full(number, UNSAID)
        self.longitude = np.full(number, UNSAID)
        self.height_ft = np.full(number, UNSAID)
        self.speed_cm_s = np.full(number, UNSAID)
        self.course = np.full(number, UNSAID)
        self.climb_fpm = np.full(number, UNSAID)
        self.accuracy_m = np.full(number, UNSAID)

    def heights(self, rows: Longs, *columns: tuple[Floats, HeightReference]) -> None:
        """Take the first height that is said."""
        for heights, reference in columns:
            missing = rows[np.isnan(self.height_ft[rows])]
            given = heights[np.isnan(self.height_ft[rows])]
            self.height_ft[missing] = given
            self.height_reference[missing[~np.isnan(given)]] = reference

    def keep(self, which: Bools) -> None:
        """Leave the other rows out."""
        for name, column in list(vars(self).items()):
            setattr(self, name, column[which])


def _read_021(table: _Table, rows: Longs, records: _Records) -> None:
    """ADS-B target reports."""
    kind = records.extended("040")
    # RAB: of a field monitor; SIM, TST.
    table.unreal[rows] = (kind[0] & 0x02 != 0) | (kind[1] & 0x30 != 0)
    table.ground[rows] = kind[1] & 0x40 != 0  # GBS
    applicable = records.scaled("071", 3, 1_000 / 128)
    heard = records.scaled("073", 3, 1_000 / 128)
    sent = records.scaled("077", 3, 1_000 / 128)
    heard = np.where(np.isnan(heard), sent, heard)
    table.time_of_day_ms[rows] = np.where(np.isnan(applicable), heard, applicable)
    # ATP 0: an ICAO address. Others are one ground station's own: no number of a track has so many
    # bits, so that the two are never taken for each other.
    address, kind_of_address = records.unsigned("080", 3), kind[0] >> 5
    own = records.has("080") & (kind_of_address != 0)
    number = np.where(own, kind_of_address << 24 | address, records.unsigned("161", 2) & 0x0FFF)
    table.identity[rows] = _identities(
        records, np.where(own, 0, address), number, own | records.has("161"), "080"
    )
    for column, offset in ((table.latitude, 0), (table.longitude, 1)):
        fine = records.scaled("131", 4, 180 / 2**30, offset=4 * offset, signed=True)
        coarse = records.scaled("130", 3, 180 / 2**23, offset=3 * offset, signed=True)
        column[rows] = np.where(records.has("131"), fine, coarse)
    table.heights(
        rows,
        (
            records.scaled("145", 2, _QUARTER_LEVEL_FT, signed=True),
            HeightReference.STANDARD_PRESSURE,
        ),
        (
            # The greatest value says "higher than this", which is no height.
            np.where(
                records.unsigned("140", 2) == 0x7FFF,
                UNSAID,
                records.scaled("140", 2, _GEOMETRIC_FT, signed=True),
            ),
            HeightReference.ELLIPSOID,
        ),
    )
    # The first bit (RE) says that the value is beyond the range; then it is the range's end.
    vector = records.unsigned("160", 4)
    has_vector = records.has("160")
    table.speed_cm_s[rows] = np.where(has_vector, (vector >> 16 & 0x7FFF) * _CM_S, UNSAID)
    table.course[rows] = np.where(has_vector, (vector & 0xFFFF) * _TURN, UNSAID)
    rates = [
        np.where(records.has(name), _low_signed(records.unsigned(name, 2), 15) * 6.25, UNSAID)
        for name in ("155", "157")
    ]
    table.climb_fpm[rows] = np.where(np.isnan(rates[0]), rates[1], rates[0])
    quality = records.extended("090")
    accuracy = np.array(_NACP_M, np.float64)[np.minimum(quality[1] >> 1 & 15, 11)]
    accuracy = np.where(quality[1] >> 1 & 15 > 11, 0, accuracy)
    bound = np.array(_NIC_M, np.float64)[np.minimum(quality[0] >> 1 & 15, 11)]
    bound = np.where(quality[0] >> 1 & 15 > 11, 0, bound)
    metres = np.where(accuracy > 0, accuracy, bound)
    table.accuracy_m[rows] = np.where(metres > 0, metres, UNSAID)


def _identities(
    records: _Records, address: Longs, number: Longs, numbered: Bools, item: str = "220"
) -> Longs:
    """By ICAO address where there is one, else by the sensor's number, else 0 (W-S33).

    item: the one that holds the address.
    """
    by_sensor = np.where(numbered & (records.sensor >= 0), _SENSOR | records.sensor | number, 0)
    addressed = records.has(item) & ~np.isin(address, _NO_ADDRESSES)
    found: Longs = np.where(addressed, _ICAO | address, by_sensor)
    return found


def _times(value: Longs, unit: float) -> Floats:
    found: Floats = value.astype(np.float64) * unit
    return found


def _low_signed(value: Longs, bits: int) -> Longs:
    """The low bits as a number in two's complement."""
    half = 1 << (bits - 1)
    found: Longs = ((value & (2 * half - 1)) ^ half) - half
    return found


def _nearest(time_of_day_ms: Floats, received: Millis) -> Floats:
    """Times of day as ms UTC, on the day that brings them nearest to `received` (W-S31).

    A time of day of 24 h or more, or none, is -1, which the sieve refuses.
    """
    half = DAY_MS // 2
    said = (time_of_day_ms >= 0) & (time_of_day_ms < DAY_MS)
    of_day = np.rint(np.where(said, time_of_day_ms, 0.0)).astype(np.int64)
    found = received - half + (of_day - received + half) % DAY_MS
    times: Longs = np.where(said, found, -1)
    return times.astype(np.float64)
