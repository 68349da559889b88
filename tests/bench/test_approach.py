"""The bench of the closest approach, made short: its figures and its inputs. No figure is judged."""

import numpy as np
import pytest

from firebreak.bench import approach as bench
from firebreak.bench import workloads
from firebreak.watch.approach import AIR


def test_every_figure_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "TRUTH", 1_000)
    monkeypatch.setattr(bench, "ROUNDS", 1)
    found = bench.measure()
    assert set(found) == {"cpa_20k_ms", "cpa_100k_ms", "cpa_missed", "cpa_false"}
    assert all(found[key] > 0 for key in ("cpa_20k_ms", "cpa_100k_ms"))
    assert found["cpa_missed"] == found["cpa_false"] == 0


def test_growth_has_a_point_for_each_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "ROUNDS", 1)
    points = bench.growth((10, 20))
    assert [n for n, _ in points] == [10, 20]
    assert all(ms > 0 for _, ms in points)
    assert bench.GROWTH[0] == 1_000
    assert bench.GROWTH[-1] == 100_000


def test_the_truth_looks_at_every_pair_that_may_meet() -> None:
    """One that comes from 150 km away at the very end is among them; one 200 km away is not."""
    of = workloads.states(
        {
            "lat": np.array([50.0, 50.0, 50.0]), "lon": np.array([10.0, 12.2, 14.0]),
            "trk": np.array([90.0, 270.0, 270.0]), "gs": np.array([260.0, 260.0, 0.0]),
            "alt": np.zeros(3), "vs": np.zeros(3),
        }
    )  # fmt: skip
    a, b = bench._all_pairs(of, AIR)
    assert (0, 1) in zip(a.tolist(), b.tolist(), strict=True)
    assert (0, 2) not in zip(a.tolist(), b.tolist(), strict=True)
    assert bench.judged(of) == (0, 0, 1)


def test_the_inputs_are_the_seeded_ones() -> None:
    of = workloads.states(workloads.aircraft(100))
    assert of.latitude_e7[:3].tolist() == [480626068, 628513282, 384288900]
    assert of.height_ft[:3].tolist() == [2000, 38740, 30000]
    assert (len(workloads.zones(20)), len(workloads.lines(2, 500))) == (20, 2)
    shapes, start, end, lower, upper = workloads.volumes(50)
    assert all(shape.is_valid for shape in shapes)
    assert (start < end).all()
    assert (lower < upper).all()
    east, north = workloads.points(5)
    assert ((east > 13) & (east < 33) & (north > 43) & (north < 61)).all()
