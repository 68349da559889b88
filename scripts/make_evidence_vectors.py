"""Write vectors/evidence and vectors/log, each with accept/*.json and reject/*.json.

Seeds are fixed and nothing is drawn, so the files are the same each time. With a folder, the vectors
are written there. Run: python scripts/make_evidence_vectors.py [folder]
"""

import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))

from tests.vectors.shape import text_of  # noqa: E402  # the path comes first
from tests.verifiers import evidence_vectors, log_vectors  # noqa: E402  # the path comes first


def main(folder: Path) -> None:
    """Write every file anew."""
    for name, source in (("evidence", evidence_vectors.vectors), ("log", log_vectors.vectors)):
        for verdict in ("accept", "reject"):
            shutil.rmtree(folder / name / verdict, ignore_errors=True)
            (folder / name / verdict).mkdir(parents=True)
        for vector in source():
            path = folder / name / f"{vector.name}.json"
            assert not path.exists(), path.name
            path.write_text(text_of(vector.as_json()), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "vectors")
