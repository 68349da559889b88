"""How the adapters of position reports read their input, and what they begin with.

An adapter refuses by counting, so that nothing is raised: what it gives must be in range, and the same
however the bytes came.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import numpy as np

from firebreak.carriers.feeds import EXAMPLES
from firebreak.errors import FirebreakError
from firebreak.formats.cot import Cot
from firebreak.formats.opensky import OpenSkyCsv, parquet_reports
from firebreak.formats.readsb import Readsb
from firebreak.formats.refusals import Refusals
from firebreak.formats.sbs import Sbs
from firebreak.watch.reports import COLUMNS, Reports, check_reports, joined, no_reports
from tests.formats import test_cot, test_opensky, test_readsb, test_sbs

NOW = test_sbs.NOW


def _same(one: Reports, other: Reports) -> None:
    check_reports(one)
    for name in COLUMNS:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


def _halves(data: bytes) -> tuple[bytes, bytes]:
    middle = len(data) // 2
    return data[:middle], data[middle:]


def read_sbs(data: bytes) -> None:
    whole, pieces = Sbs(0), Sbs(0)
    reports = whole.feed(data, NOW)
    _same(reports, joined([pieces.feed(half, NOW) for half in _halves(data)]))
    assert whole.refused == pieces.refused
    whole.cut()


def read_cot(data: bytes) -> None:
    whole, pieces = Cot(0), Cot(0)
    reports = whole.feed(data, NOW)
    _same(reports, joined([pieces.feed(half, NOW) for half in _halves(data)]))
    whole.cut()


def read_readsb(data: bytes) -> None:
    adapter = Readsb(0)
    check_reports(adapter.feed(data, NOW))
    check_reports(adapter.feed(data, NOW))


def _csv(*pieces: bytes) -> Reports | None:
    adapter = OpenSkyCsv(0, "flight.csv")
    try:
        return joined([*(adapter.feed(piece) for piece in pieces), adapter.end()])
    except FirebreakError:
        return None


def read_csv(data: bytes) -> None:
    whole, pieces = _csv(data), _csv(*_halves(data))
    if data.startswith(b"\x1f\x8b"):  # where it breaks, how much was unpacked depends on the pieces
        check_reports(whole or no_reports())
    else:
        assert (whole is None) == (pieces is None)
        _same(whole or no_reports(), pieces or no_reports())
    if whole is None:
        OpenSkyCsv(0, "flight.csv").feed(data + b"\n")


def read_parquet(data: bytes) -> None:
    for _, reports in parquet_reports(io.BytesIO(data), 0, "flight.parquet", Refusals()):
        check_reports(reports)


def some_sbs() -> Iterator[bytes]:
    yield test_sbs.VELOCITY + test_sbs.POSITION
    yield test_sbs.message(3, "~4CA1B2", stamp=",,,", altitude="0", ground="-1", **test_sbs.HERE)
    yield b"STA,,5,179,400AE7,10103,2008/11/28,14:58:51.153,2008/11/28,14:58:51.153,RM\r\n"


def some_cot() -> Iterator[bytes]:
    yield test_cot.HEAD.encode() + test_cot.event() + test_cot.event("MMSI-261182000", "a-n-S")
    yield test_cot.BOMB + test_cot.event("&lol9;")
    yield test_cot.event(detail="<a>" * 64 + "</a>" * 64)


def some_readsb() -> Iterator[bytes]:
    yield test_readsb.document(test_readsb.AIRLINER)
    yield test_readsb.document(test_readsb.changed(alt_baro="ground", hex="~4ca1b2", gs=3))


def some_csv() -> Iterator[bytes]:
    yield test_opensky.table(test_opensky.SI, test_opensky.SI)
    yield test_opensky.table(test_opensky.AVIATION, {**test_opensky.AVIATION, "track": '"12"'})
    yield gzip.compress(test_opensky.table(test_opensky.AVIATION), mtime=0)


def some_parquet() -> Iterator[bytes]:
    arrow: Any = import_module("pyarrow")
    moments = arrow.array([1_726_560_266_250], arrow.timestamp("ms", "UTC"))
    columns = {"timestamp": moments, "latitude": [55.1], "longitude": [14.7]}
    yield test_opensky.packed(test_opensky.typed(test_opensky.SI)).getvalue()
    yield test_opensky.packed(columns).getvalue()


def some_sources() -> Iterator[bytes]:
    yield from (one.encode() for one in EXAMPLES.split(", "))
    yield b"sbs+tls://[::1]:30003?utc_offset=+02:00&pin=" + b"ab" * 32
    yield b"asterix://239.0.0.1:8600?interface=192.0.2.1&sender=192.0.2.7"
