"""Ingest: reports a second of the processor's time, by format, as they come from a socket in pieces."""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from statistics import median
from typing import Final, Protocol

import numpy as np

from firebreak.bench.workloads import AT, aircraft
from firebreak.errors import Misuse
from firebreak.formats.ais import Ais
from firebreak.formats.asterix import DAY_MS, NAUTICAL_MILE_M, Asterix, Site
from firebreak.formats.asterix_items import CATEGORIES
from firebreak.formats.cot import Cot
from firebreak.formats.readsb import Readsb
from firebreak.formats.sbs import Sbs
from firebreak.values import Millis, Position
from firebreak.watch.reports import Floats, Reports, joined
from firebreak.watch.tracks import Tracks

REPORTS: Final = 6_000
ROUNDS: Final = 5
LEAST_S: Final = 0.1
"""A round goes on for as long, over the same input, each time into a new adapter."""
PIECE: Final = 64 << 10
COLUMNS_REPORTS: Final = 100_000
IN_BLOCK: Final = 20
"""Records of a data block; a tracking system's datagrams hold as many."""

_KNOT: Final = 1_852 / 3_600
_SITE: Final = Site(Position(500_000_000, 150_000_000))
_SENSOR: Final = (25, 201)


class _Adapter(Protocol):
    def feed(self, data: bytes, received: Millis, /) -> Reports:
        """The reports of these bytes."""


@dataclass(frozen=True)
class Input:
    """What an adapter is given: `number` reports, in pieces."""

    pieces: tuple[bytes, ...]
    number: int
    make: Callable[[], _Adapter]

    def taken(self) -> Reports:
        """Its reports, by a new adapter."""
        adapter = self.make()
        return joined([adapter.feed(piece, AT) for piece in self.pieces])


def measure(quick: bool = False) -> dict[str, float]:
    """Reports a second, by format: medians of ROUNDS. `columns`: into the table of tracks.

    quick: three rounds instead.
    """
    rounds = 3 if quick else ROUNDS
    found = {name: _rate(given, rounds) for name, given in inputs(REPORTS).items()}
    found["columns"] = _columns_rate(COLUMNS_REPORTS, rounds)
    return found


def inputs(number: int) -> dict[str, Input]:
    """An input of so many reports for each format, of the aircraft of `workloads`."""
    of = aircraft(number)
    lines: dict[str, tuple[Iterator[bytes], Callable[[], _Adapter]]] = {
        "ais": (_ais(of), lambda: Ais(0)),
        "asterix_021": (_blocks(21, _records_021(of)), lambda: Asterix(0, {})),
        "asterix_048": (_blocks(48, _records_048(of)), lambda: Asterix(0, {_SENSOR: _SITE})),
        "asterix_062": (_blocks(62, _records_062(of)), lambda: Asterix(0, {})),
        "sbs": (_sbs(of), lambda: Sbs(0)),
        "cot": (_cot(of), lambda: Cot(0)),
    }
    found = {
        name: Input(_pieces(b"".join(parts)), number, make) for name, (parts, make) in lines.items()
    }
    found["readsb"] = Input((_readsb(of),), number, lambda: Readsb(0))
    return found


def _rate(given: Input, rounds: int) -> float:
    """The median of the rounds. Raises Misuse if reports were lost."""
    if len(given.taken()) != given.number:
        raise Misuse("An adapter did not take all reports of the bench's input.")
    return median(_round(given.number, given.taken) for _ in range(rounds))


def _columns_rate(number: int, rounds: int) -> float:
    """Into a table that knows each track already; each time a second later."""
    data = b"".join(_blocks(21, _records_021(aircraft(number))))
    given = Asterix(0, {}).feed(data, AT)
    tracks, second = Tracks(), 0

    def take() -> None:
        nonlocal second
        second += 1
        at = given.at + 1_000 * second
        tracks.take(replace(given, at=at, received=at))

    take()
    return median(_round(number, take) for _ in range(rounds))


def _round(number: int, work: Callable[[], object]) -> float:
    times, begun = 0, time.process_time()
    while (taken := time.process_time() - begun) < LEAST_S or not times:
        work()
        times += 1
    return float(f"{number * times / taken:.3g}")


def _pieces(data: bytes) -> tuple[bytes, ...]:
    return tuple(data[place : place + PIECE] for place in range(0, len(data), PIECE))


# One report each


def _ais(of: dict[str, Floats]) -> Iterator[bytes]:
    from pyais import encode_dict

    for row in range(len(of["lat"])):
        fields = {
            "type": 1 if row % 2 else 18,
            "mmsi": 200_000_000 + row,
            "lat": of["lat"][row],
            "lon": of["lon"][row],
            "speed": of["gs"][row] / 10 / _KNOT,
            "course": of["trk"][row],
            "second": 60,
        }
        [line] = encode_dict(fields, talker_id="AI", sentence_type="VDM")
        yield line.encode("ascii") + b"\r\n"


def _sbs(of: dict[str, Floats]) -> Iterator[bytes]:
    now = time.strftime("%Y/%m/%d,%H:%M:%S.000", time.gmtime(AT / 1_000))
    for row in range(len(of["lat"])):
        feet = round(of["alt"][row] / 0.3048)
        place = f"{of['lat'][row]:.5f},{of['lon'][row]:.5f}"
        yield f"MSG,3,1,1,{row + 1:06X},1,{now},{now},,{feet},,,{place},,,0,0,0,0\r\n".encode()


def _cot(of: dict[str, Floats]) -> Iterator[bytes]:
    now, later = (
        time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(AT / 1_000 + more)) for more in (0, 60)
    )
    for row in range(len(of["lat"])):
        yield (
            f'<event version="2.0" uid="TRACK-{row}" type="a-f-A" time="{now}" start="{now}"'
            f' stale="{later}" how="m-g"><point lat="{of["lat"][row]:.6f}"'
            f' lon="{of["lon"][row]:.6f}" hae="{of["alt"][row]:.1f}" ce="10" le="10"/><detail>'
            f'<track course="{of["trk"][row]:.1f}" speed="{of["gs"][row]:.1f}"/></detail></event>'
        ).encode()


def _readsb(of: dict[str, Floats]) -> bytes:
    rows = [
        {
            "hex": f"{row + 1:06x}",
            "lat": round(float(of["lat"][row]), 6),
            "lon": round(float(of["lon"][row]), 6),
            "alt_baro": round(of["alt"][row] / 0.3048),
            "gs": round(of["gs"][row] / _KNOT, 1),
            "track": round(float(of["trk"][row]), 1),
            "seen_pos": 0.5,
        }
        for row in range(len(of["lat"]))
    ]
    return json.dumps({"now": AT / 1_000, "aircraft": rows}).encode()


def _blocks(category: int, records: Iterator[bytes]) -> Iterator[bytes]:
    waiting = list(records)
    for place in range(0, len(waiting), IN_BLOCK):
        body = b"".join(waiting[place : place + IN_BLOCK])
        yield struct.pack(">BH", category, 3 + len(body)) + body


def _time_of_day() -> bytes:
    return (AT % DAY_MS * 128 // 1_000).to_bytes(3, "big")


def _speed_and_course(of: dict[str, Floats], row: int) -> bytes:
    speed = round(of["gs"][row] / NAUTICAL_MILE_M * 2**14)
    return struct.pack(">HH", speed, int(of["trk"][row] * 2**16 / 360))


def _record(category: int, items: dict[str, bytes]) -> bytes:
    """A record with these items, in the order of the category's FSPEC."""
    names = [item.name for item in CATEGORIES[category]]
    places = [names.index(name) for name in items]
    octets = bytearray(1 + max(places) // 7)
    for place in places:
        octets[place // 7] |= 0x80 >> place % 7
    for octet in range(len(octets) - 1):
        octets[octet] |= 1
    return bytes(octets) + b"".join(items[name] for name in sorted(items, key=names.index))


def _records_021(of: dict[str, Floats]) -> Iterator[bytes]:
    """As ground stations send them."""
    unit = 2**30 / 180
    for row in range(len(of["lat"])):
        place = round(of["lat"][row] * unit), round(of["lon"][row] * unit)
        items = {
            "010": bytes(_SENSOR),
            "040": b"\x00",
            "161": struct.pack(">H", row % 4_096),
            "131": struct.pack(">ii", *place),
            "080": (row + 1).to_bytes(3, "big"),
            "073": _time_of_day(),
            "090": b"\x11\x12",
            "145": _level(of, row),
            "160": _speed_and_course(of, row),
            "020": b"\x05",
        }
        yield _record(21, items)


def _records_048(of: dict[str, Floats]) -> Iterator[bytes]:
    """As Mode S radars send them; range and azimuth are not those of the aircraft."""
    for row in range(len(of["lat"])):
        items = {
            "010": bytes(_SENSOR),
            "140": _time_of_day(),
            "020": b"\xa0",
            "040": struct.pack(">HH", (20 << 8) + row % 40_000, row * 16 % 2**16),
            "070": bytes(2),
            "090": _level(of, row),
            "220": (row + 1).to_bytes(3, "big"),
            "240": bytes(6),
            "250": b"\x01" + bytes(8),
            "161": struct.pack(">H", row % 4_096),
            "200": _speed_and_course(of, row),
            "170": b"\x40",
            "230": b"\x20\xf5",
        }
        yield _record(48, items)


def _records_062(of: dict[str, Floats]) -> Iterator[bytes]:
    """As a tracking system sends them."""
    unit = 2**25 / 180
    for row in range(len(of["lat"])):
        turn = np.radians(of["trk"][row])
        velocity = [round(4 * of["gs"][row] * way) for way in (np.sin(turn), np.cos(turn))]
        place = round(of["lat"][row] * unit), round(of["lon"][row] * unit)
        items = {
            "010": bytes(_SENSOR),
            "015": b"\x01",
            "070": _time_of_day(),
            "105": struct.pack(">ii", *place),
            "100": bytes(6),
            "185": struct.pack(">hh", *velocity),
            "210": bytes(2),
            "060": bytes(2),
            "380": b"\x80" + (row + 1).to_bytes(3, "big"),
            "040": struct.pack(">H", row % 65_536),
            "080": b"\x00",
            "136": _level(of, row),
            "135": _level(of, row),
            "220": bytes(2),
            "500": b"\x80" + struct.pack(">HH", 60, 60),
        }
        yield _record(62, items)


def _level(of: dict[str, Floats], row: int) -> bytes:
    return struct.pack(">h", round(of["alt"][row] / 0.3048 / 25))
