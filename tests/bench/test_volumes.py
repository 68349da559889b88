"""The bench of the index of notices measures what it says, at a hundredth of the size."""

from pathlib import Path

import numpy as np
import pytest

from firebreak.bench.volumes import LOT, held_mb, inputs, part, queried
from firebreak.errors import Misuse
from firebreak.volumes import conflict
from firebreak.watch.index import NoticeIndex


def test_the_workload_is_answered_as_the_exact_check_answers_it() -> None:
    of = inputs(2_000)
    index = NoticeIndex()
    for lot in of.lots():
        assert len(lot) == LOT
        index.put_columns(lot)
    lot = of.lot
    for row in range(0, 2_000, 40):
        volume = of.volume(row)
        assert index.volume(row) == volume
        meets = (lot.start < lot.end[row]) & (lot.start[row] < lot.end)
        meets &= (lot.lower <= lot.upper[row]) & (lot.lower[row] <= lot.upper)
        first = lot.latitude_e7[lot.vertices[:-1]]
        near = abs(first - first[row]) < 15_000_000
        expected = [
            other
            for other in np.flatnonzero(meets & near).tolist()
            if conflict(volume, of.volume(other)) is not None
        ]
        assert index.conflicts(volume) == expected


def test_a_part_of_a_lot_is_its_rows() -> None:
    of = inputs(500)
    index = NoticeIndex()
    index.put_columns(part(of.lot, 120, 130))
    assert len(index) == 10
    assert all(index.volume(row) == of.volume(row) for row in range(120, 130))


def test_figures_are_measured(tmp_path: Path) -> None:
    of = inputs(1_000)
    median, late = queried(of)
    assert 0 < median <= late
    assert 20 < held_mb(of, tmp_path) < 1_000


def test_a_process_that_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(Misuse, match="failed"):
        held_mb(inputs(1), tmp_path)
