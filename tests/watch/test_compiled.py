"""Compiled code is kept between runs, and never outlives a change of any source that it rests on."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

_RUN = """
import sys
sys.path.insert(0, sys.argv[1])
from firebreak.watch.outer import doubled
print(doubled(1), sum(doubled.stats.cache_hits.values()))
"""


def tree(place: Path) -> Path:
    """A small package that compiles as the watch does."""
    room = place / "firebreak" / "watch"
    room.mkdir(parents=True)
    for name in ("formats", "volumes"):
        (place / "firebreak" / name).mkdir()
        (place / "firebreak" / name / "__init__.py").touch()
    for empty in (place / "firebreak", room):
        (empty / "__init__.py").touch()
    (place / "firebreak" / "values.py").touch()
    shutil.copy(ROOT / "src" / "firebreak" / "watch" / "compiled.py", room)
    (room / "inner.py").write_text(
        "from firebreak.watch.compiled import compiled\n"
        "@compiled\ndef more(value):\n    return value + 1\n"
    )
    (room / "outer.py").write_text(
        "from firebreak.watch.compiled import compiled\nfrom firebreak.watch.inner import more\n"
        "@compiled\ndef doubled(value):\n    return more(value) * 2\n"
    )
    return place


def ran(place: Path) -> list[str]:
    """What the package computes, and whether its code was there already."""
    said = subprocess.run(
        [sys.executable, "-c", _RUN, str(place)], capture_output=True, text=True, check=True
    )
    return said.stdout.split()


def test_code_is_kept_and_a_callee_in_another_file_counts(tmp_path: Path) -> None:
    place = tree(tmp_path)
    assert ran(place) == ["4", "0"]
    assert ran(place) == ["4", "1"]
    inner = place / "firebreak" / "watch" / "inner.py"
    inner.write_text(inner.read_text().replace("value + 1", "value + 10"))
    assert ran(place) == ["22", "0"]
