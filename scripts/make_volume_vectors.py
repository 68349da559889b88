"""Write vectors/volume/*.json: pairs of volumes on both sides of every limit.

Nothing here uses Firebreak's own geometry: distances come from GeographicLib, and each expected
answer follows from how its case was built (tests/volumes/making/). So the vectors judge us, or any
other implementation. Run: python scripts/make_volume_vectors.py [folder]
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))

from tests.volumes.making import edges, fourth, places, unsound  # noqa: E402  # the path comes first

FILES = {
    "circles": edges.circle_cases,
    "edges": edges.edge_cases,
    "tips": edges.tip_cases,
    "corridors": edges.corridor_cases,
    "mixed": edges.mixed_cases,
    "inside": edges.inside_cases,
    "holes": places.hole_cases,
    "poles": places.pole_cases,
    "large": places.large_cases,
    "small": places.small_cases,
    "touching": places.touching_cases,
    "drawn": places.drawn_cases,
    "heights": fourth.height_cases,
    "windows": fourth.window_cases,
    "combined": fourth.combined_cases,
    "invalid": unsound.invalid_cases,
}


def main(folder: Path) -> None:
    """Write every file anew, one case a line."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in FILES.items():
        lines = ",\n".join(json.dumps(case) for case in make())
        (folder / f"{name}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "vectors" / "volume")
