"""The bench of fences, made short: it gives every figure, and agrees with GEOS. No time is judged."""

from functools import partial

import pytest
import shapely

from firebreak.bench import fences as bench
from firebreak.bench import workloads
from firebreak.watch.fences import Fences


@pytest.mark.parametrize("quick", [True, False])
def test_every_figure_is_there(monkeypatch: pytest.MonkeyPatch, quick: bool) -> None:
    monkeypatch.setattr(bench, "lines", partial(workloads.lines, 2, 500))
    monkeypatch.setattr(bench, "zones", partial(workloads.zones, 60))
    monkeypatch.setattr(bench, "ROUNDS", 1)
    monkeypatch.setattr(bench, "COMPARED", 20_000)
    said: list[str] = []
    figures = bench.measure(said.append, quick)
    assert len(said) == 4
    assert figures["fences_disagreements_geos"] == 0
    for name in (
        "fences_1k_ms",
        "fences_10k_ms",
        "fences_100k_ms",
        "fences_ratio_shapely",
        "fences_mb",
    ):
        assert figures[name] > 0


def test_all_ways_of_shapely_find_the_same() -> None:
    fences = Fences(bench.all_fences(workloads.lines(2, 500), workloads.zones(300)))
    shapes = bench.polygons(fences)
    y, x = bench.positions(20_000)
    found = fences.inside(y, x)
    ours = set((found[0] * len(fences) + found[1]).tolist())
    tree = shapely.STRtree(shapes)
    float_x, float_y = x.astype(float), y.astype(float)
    assert len(ours) > 100
    assert set(bench._by_polygon(shapes, float_x, float_y).tolist()) == ours
    assert set(bench._by_tree(shapes, float_x, float_y).tolist()) == ours
    assert set(bench._by_polygon_tree(tree, shapes, float_x, float_y).tolist()) == ours
