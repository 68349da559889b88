"""`firebreak bench watch` made small: every key is there; its peers, where they are not, are named. And
the peers' bench without its peers: table, plot and what it says is missing. No figure is judged."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from bench.peers import watch_installing
from bench.peers.bluesky import columns
from bench.peers.postgis import times, volume_rows
from bench.peers.watch_report import Scale, plot, ratios, table
from firebreak.bench import approach, fences, ingest, volumes
from firebreak.bench import watch as bench
from firebreak.bench.approach import judged
from firebreak.bench.machine import described
from firebreak.bench.workloads import aircraft, lines, states, zones
from firebreak.cli import main

KEYS = {
    "cpa_20k_ms", "cpa_100k_ms", "cpa_missed", "cpa_false", "fences_100k_ms",
    "fences_ratio_shapely", "fences_disagreements_geos", "volumes_100k_p50_us",
    "volumes_1m_p50_us", "volumes_1m_ratio_strtree", "inserts_per_s", "ingest_per_s",
    "cycle_100k_core_share", "rss_mb",
}  # fmt: skip
NONE_OF = {"cpa_missed", "cpa_false", "fences_disagreements_geos"}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bench with little of everything."""
    few = volumes.inputs
    little: dict[ModuleType, dict[str, Any]] = {
        approach: {"TRUTH": 500, "ROUNDS": 1, "GROWTH": (100,)},
        fences: {
            "ROUNDS": 1, "COMPARED": 2_000, "lines": lambda: lines(2, 300),
            "zones": lambda: zones(20), "aircraft": lambda _: aircraft(200),
            "positions": lambda _, seed=3: POSITIONS(200, seed),
        },
        ingest: {"REPORTS": 60, "COLUMNS_REPORTS": 60, "LEAST_S": 0.0, "ROUNDS": 1},
        volumes: {"QUERIES": 20, "GROWTH": (500,), "inputs": lambda n: few(n // 1_000)},
        bench: {
            "CYCLE_TRACKS": 200, "WARM_CYCLES": 1, "CYCLES": 1,
            "lines": lambda: lines(2, 300), "zones": lambda: zones(20),
        },
    }  # fmt: skip
    for module, values in little.items():
        for name, value in values.items():
            monkeypatch.setattr(module, name, value)


POSITIONS = fences.positions


@pytest.mark.usefixtures("small")
def test_every_figure_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["bench", "watch", "--json", "watch.json"]) == 0
    found = json.loads((tmp_path / "watch.json").read_text(encoding="utf-8"))
    assert found.keys() >= {*KEYS, "cpa_growth_ms", "volumes_growth_us"}
    assert found["machine"] == described()
    assert all(found[key] == 0 for key in NONE_OF)
    assert all(rate > 0 for rate in found["ingest_per_s"].values())
    assert all(found[key] > 0 for key in KEYS - NONE_OF - {"ingest_per_s"})
    assert "peers" not in found
    assert "The peers were not run: there is no bench/peers/watch.py" in capsys.readouterr().err


def test_the_peers_run_beside_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bench/peers").mkdir(parents=True)
    (tmp_path / "bench/peers/watch.py").write_text(
        "import json, sys\n"
        "_, ours, given, written, told = sys.argv\n"
        "found = json.load(open(given))\n"
        "json.dump({**found, 'peers': {'given': found['a']}}, open(told, 'w'))\n",
        encoding="utf-8",
    )
    assert bench.peers({"a": 7.0}, tmp_path, print) == {"peers": {"given": 7.0}}


def test_peers_that_cannot_run_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bench/peers").mkdir(parents=True)
    (tmp_path / "bench/peers/watch.py").write_text("raise SystemExit('none here')", "utf-8")
    assert bench.peers({}, tmp_path, print) == {}
    said = capsys.readouterr().err
    assert "The peers were not run: none here" in said
    assert "--install" in said


# -- what a peer reported is judged ---------------------------------------------------------------


def test_another_programs_pairs_are_judged_by_the_same_truth() -> None:
    """Two 1 km apart on one course are a conflict; the third is 100 km away."""
    of = states(
        {
            "lat": np.array([50.0, 50.01, 50.9]), "lon": np.array([10.0, 10.0, 10.0]),
            "trk": np.zeros(3), "gs": np.full(3, 200.0), "alt": np.zeros(3), "vs": np.zeros(3),
        }
    )  # fmt: skip
    none = np.zeros(0, np.int64)
    assert judged(of, reported=(none, none)) == (1, 0, 1)
    assert judged(of, reported=(np.array([0]), np.array([1]))) == (0, 0, 1)
    assert judged(of, reported=(np.array([0]), np.array([2]))) == (1, 1, 1)


def test_bluesky_is_given_the_same_aircraft() -> None:
    given = aircraft(50)
    for name, values in columns(states(given)).items():
        apart = (values - given[name] + 180) % 360 - 180 if name == "trk" else values - given[name]
        assert np.abs(apart).max() < {"alt": 0.2, "gs": 0.006, "vs": 0.003}.get(name, 0.006)


def test_postgis_is_given_the_same_volumes() -> None:
    of = volumes.inputs(40)
    rows = list(volume_rows(of))
    assert [row[0] for row in rows] == [str(n) for n in range(40)]
    assert list(volume_rows(of, [7])) == [rows[7]]
    start = np.datetime64(int(of.lot.start[7]), "ms")
    assert rows[7][2].startswith(f"[{start}Z,")
    assert rows[7][2].endswith("Z)")
    assert rows[7][3] == f"[{of.lot.lower[7]},{of.lot.upper[7]}]"


def test_psqls_times_are_read() -> None:
    said = "12\nTime: 0.254 ms\n\nTime: 4321.123 ms (00:04.321)\n"
    assert times(said) == [0.254, 4321.123]


# -- table and plot -------------------------------------------------------------------------------

OURS: dict[str, Any] = {
    "machine": "a machine", "cpa_20k_ms": 10.0, "cpa_100k_ms": 100.0, "cpa_missed": 0,
    "cpa_false": 0, "fences_1k_ms": 9.0, "fences_inside_1k_ms": 0.4, "fences_100k_ms": 400.0,
    "fences_inside_100k_ms": 15.0, "fences_ratio_shapely": 9.99, "fences_shapely_prepared_ms": 149.9,
    "fences_disagreements_geos": 0, "volumes_100k_p50_us": 10.0, "volumes_1m_p50_us": 50.0,
    "volumes_1m_ratio_strtree": 4.0,
}  # fmt: skip
PEERS: dict[str, float] = {
    "bluesky_1k_ms": 25.0, "bluesky_10k_ms": 2_500.0, "bluesky_20k_ms": 5_000.0,
    "bluesky_missed": 5, "bluesky_false": 8, "bluesky_true_conflicts": 1_243,
    "postgis_inside_100k_ms": 800.0, "postgis_inside_indexed_100k_ms": 500.0,
    "postgis_inside_differs": 0, "postgis_distance_10k_ms": 1_400.0, "ours_distance_10k_ms": 4.0,
    "postgis_volumes_100k_p50_us": 149.0,
}  # fmt: skip
FOUND = {**OURS, "peers": PEERS | ratios(OURS, PEERS)}


def test_ratios_are_of_one_run() -> None:
    assert ratios(OURS, PEERS) == pytest.approx(
        {
            "cpa_20k_ratio_bluesky": 500, "inside_100k_ratio_postgis": 800 / 15,
            "inside_indexed_100k_ratio_postgis": 500 / 15, "distance_10k_ratio_postgis": 350,
            "volumes_100k_ratio_postgis": 14.9,
        }
    )  # fmt: skip


def test_the_table_says_what_is_reached_and_what_is_not() -> None:
    said = table(FOUND)
    verdicts = {line.split(" | ")[1]: line for line in said.splitlines() if "BlueSky, c" in line}
    assert "500 × | 500 × | reached" in verdicts["BlueSky, compiled"]
    assert "9.9 × | 10 × | **not reached**" in said
    assert "14.9 × | 15 × | **not reached**" in said
    assert "4 × | 4 × | reached" in said
    assert "BlueSky missed 5 and made up 8; Firebreak missed 0 and made up 0" in said
    assert said.endswith("a machine\n")


@pytest.mark.parametrize("grown", [{}, {"cpa_growth_ms": {"1000": 1.0, "100000": 130.0}}])
def test_the_plot_names_every_line_and_keeps_within_its_frame(grown: dict[str, Any]) -> None:
    drawn = plot(FOUND | grown)
    root = ElementTree.fromstring(drawn)
    words = " ".join("".join(each.itertext()) for each in root)
    for name in ("Firebreak", "BlueSky", "PostGIS", "Shapely", "STRtree"):
        assert name in words
    assert drawn == plot(FOUND | grown)
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for each in root.iter("{http://www.w3.org/2000/svg}text"):
        assert 0 <= float(each.attrib["x"]) <= width
        assert 0 <= float(each.attrib["y"]) <= height


def test_a_scale_spans_whole_powers_of_ten() -> None:
    scale = Scale.over([3.0, 500.0], 0, 300)
    assert scale.ticks() == [1, 10, 100, 1_000]
    assert [scale.at(tick) for tick in scale.ticks()] == [0, 100, 200, 300]


# -- what is missing ------------------------------------------------------------------------------


def test_what_is_missing_comes_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_installing, "bluesky_version", lambda: None)
    monkeypatch.setattr(watch_installing, "package_versions", lambda _: {})
    bluesky, packages = watch_installing.find_missing()
    assert bluesky.line.startswith("python3 -m venv .benchmarks/bluesky && ")
    assert packages.line.endswith("postgresql-15 postgresql-15-postgis-3")


def test_nothing_is_missing_where_all_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_installing, "bluesky_version", lambda: "1.1.0")
    monkeypatch.setattr(
        watch_installing, "package_versions", lambda names: dict.fromkeys(names, "1")
    )
    assert watch_installing.find_missing() == []
