"""How the adapters of AIS and ASTERIX read their input, and what they begin with.

Both count what they refuse and raise nothing; what they give must be in range, and the same however the
bytes came.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import numpy as np

from firebreak.formats.ais import Ais
from firebreak.formats.asterix import Asterix
from firebreak.watch.reports import COLUMNS, Reports, check_reports, joined
from tests.formats import asterix_example, test_ais, test_asterix

NOON = test_asterix.NOON


def _same(one: Reports, other: Reports) -> None:
    check_reports(one)
    for name in COLUMNS:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


def _halves(data: bytes) -> tuple[bytes, bytes]:
    middle = len(data) // 2
    return data[:middle], data[middle:]


def read_ais(data: bytes) -> None:
    for replay in (False, True):
        whole, pieces = Ais(0, replay=replay), Ais(0, replay=replay)
        reports = whole.feed(data, test_ais.NOW)
        halves = [pieces.feed(half, test_ais.NOW) for half in _halves(data)]
        # Of messages in several parts, those put together come after the others of one piece.
        assert len(reports) == sum(map(len, halves)) or replay
        check_reports(reports)
        assert whole.refused.keys() == pieces.refused.keys() or replay
        whole.cut()


def some_ais() -> Iterator[bytes]:
    for kind in (1, 3, 5, 9, 18, 19, 24, 27):
        yield test_ais.encoded(kind, second=18)
    yield b"".join(test_ais.parted())
    yield test_ais.tagged(b"s:station,c:1700000031", test_ais.encoded(1)) * 2
    yield b"".join(line + b"\r\n" for line, *_ in test_ais.PUBLISHED)


def read_asterix(data: bytes) -> None:
    whole, pieces = (Asterix(0, test_asterix.SITES) for _ in range(2))
    reports = whole.feed(data, NOON)
    _same(reports, joined([pieces.feed(half, NOON) for half in _halves(data)]))
    assert whole.refused == pieces.refused
    whole.cut()
    check_reports(whole.feed_datagrams(_halves(data), NOON))


def some_asterix() -> Iterator[bytes]:
    for category in (21, 48, 62):
        yield test_asterix.one(category)
        for seed in range(4):
            items = asterix_example.any_items(category, Random(seed))
            yield asterix_example.block(
                category,
                asterix_example.record(category, items),
                asterix_example.record(category, test_asterix.SMALLEST[category]),
            )
    yield b"".join(test_asterix.one(category) for category in (62, 48, 21)) + b"\x22\x00\x04\x00"
