"""Recordings on the command line: sought by time, written where one can write, named alike."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, cast

import pytest
from rich.console import Console

from firebreak.cli.inputs import recorded
from firebreak.cli.watch import _json_line, _screen
from firebreak.errors import InvalidValue
from firebreak.node.watching import Standing, Watcher
from firebreak.records.figures import parse_date_time_group
from firebreak.values import Millis
from firebreak.watch.alarms import Rates
from tests.cli.conftest import Run

FIRST = parse_date_time_group("170804ZSEP24")
MINUTE = 60_000
LINES = json.dumps(
    {
        "type": "Feature",
        "properties": {"name": "East", "kind": "line"},
        "geometry": {"type": "LineString", "coordinates": [[23.6, 47.0], [23.6, 52.0]]},
    }
)


@pytest.fixture
def flight(tmp_path: Path) -> Path:
    """Ten minutes of a flight of 2024 that stops reporting speeds that fit its height."""
    rows = ["timestamp,latitude,longitude,groundspeed,track,altitude"]
    for second in range(0, 600, 5):
        stamp = f"2024-09-17T08:{4 + second // 60:02}:{second % 60:02}Z"
        east = 22.0 + 2e-4 * second
        rows.append(f"{stamp},49.0,{east:.6f},{20 if second > 300 else 300},90,38000")
    file = tmp_path / "flight.csv"
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "lines.geojson").write_text(LINES, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("170920ZSEP24", FIRST + 76 * MINUTE),
        ("170920Z", FIRST + 76 * MINUTE),
        ("+10min", FIRST + 10 * MINUTE),
        ("010000ZJAN01", parse_date_time_group("010000ZJAN01")),
    ],
)
def test_a_time_in_a_recording_is_near_its_first_report(text: str, found: int) -> None:  # W-S70
    assert recorded(text, FIRST) == found


@pytest.mark.parametrize("text", ["now", "soon", "170920A", "992500Z"])
def test_what_is_no_time_in_a_recording_is_refused(text: str) -> None:  # W-S70
    with pytest.raises(InvalidValue, match="Write a date-time group"):
        recorded(text, Millis(FIRST))


def test_an_old_recording_is_sought(run: Run, flight: Path) -> None:
    lines = ("--lines", flight.parent / "lines.geojson", "--started", "170804ZSEP24")
    code, out, err = run("watch", "replay", flight, *lines, "--from", "170804ZSEP24")
    assert code == 0, err
    assert "Preparing" in err
    assert "DOUBTFUL" in out
    code, later, _ = run("watch", "replay", flight, *lines, "--from", "170813Z")
    assert code == 0
    assert "DOUBTFUL" not in later
    assert later.splitlines()[-1] == out.splitlines()[-1]
    code, out, err = run("watch", "replay", flight, *lines, "--from", "170920Z")
    assert (code, out) == (1, "")
    assert "after the recording's end" in err


def test_a_track_has_one_name_everywhere(run: Run, flight: Path) -> None:
    found = flight.parent / "found.json"
    lines = ("--lines", flight.parent / "lines.geojson")
    code, out, _ = run("watch", "replay", flight, *lines, "--json", found)
    assert code == 0
    doubtful = json.loads(found.read_text(encoding="utf-8"))["doubtful"]
    assert {each["id"] for each in doubtful} == {"flight.csv"}
    assert "name:" not in out


@pytest.mark.parametrize("place", [".", "nowhere/found.json"])
def test_what_cannot_be_written_is_told_before(run: Run, flight: Path, place: str) -> None:
    given = ("--lines", flight.parent / "lines.geojson", "--json", flight.parent / place)
    code, out, err = run("watch", "replay", flight, *given)
    assert (code, out) == (1, "")
    assert "cannot be written" in err
    assert "Nothing was played" in err


@pytest.mark.parametrize("words", [("check",), ("replay", "{flight}", "--lines")])
def test_a_pipe_of_lines_is_refused(run: Run, flight: Path, words: tuple[str, ...]) -> None:
    pipe = flight.parent / "pipe"
    os.mkfifo(pipe)
    given = [word.format(flight=flight) for word in words]
    code, out, err = run("watch", *given, pipe)
    assert (code, out) == (1, "")
    assert "cannot be read: it is not there, or no plain file. Check its name" in err


class _NoSources:
    def health(self) -> dict[str, Any]:
        return {}


@pytest.mark.parametrize("complete", [True, False])
def test_what_was_not_looked_at_is_shown(
    capsys: pytest.CaptureFixture[str], complete: bool
) -> None:
    watcher = cast("Watcher", _NoSources())
    standing = Standing(FIRST, 2, (), Rates(0, 0, 0, 0), complete, 3)
    _json_line(watcher, standing)
    told = json.loads(capsys.readouterr().out)["not_looked_at"]
    Console(width=120).print(_screen(watcher, standing))
    shown = capsys.readouterr().out
    assert ("WARNING: More pairs were near" in shown, len(told)) == (
        not complete,
        int(not complete),
    )
