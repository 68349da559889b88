"""Write vectors/accept/*.json and vectors/reject/*.json, and the example and tables of spec/record.md.

Seeds are fixed and nothing is drawn, so the files are the same each time. With a folder, the vectors
are written there and the specification is left alone. Run: python scripts/make_vectors.py [folder]
"""

import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))

from tests.records import record_example  # noqa: E402  # the path comes first
from tests.vectors import accept, decoding, judging, volumes  # noqa: E402  # the path comes first
from tests.vectors.shape import text_of  # noqa: E402

SOURCES = {
    "accept": [("", accept.vectors), ("judge-", judging.accepted)],
    "reject": [
        ("decode-", decoding.vectors),
        ("judge-", judging.rejected),
        ("volume-", volumes.vectors),
    ],
}


def main(folder: Path) -> None:
    """Write every file anew."""
    for name, sources in SOURCES.items():
        into = folder / name
        shutil.rmtree(into, ignore_errors=True)
        into.mkdir(parents=True)
        for prefix, vectors in sources:
            for file, vector in vectors():
                path = into / f"{prefix}{file}.json"
                assert not path.exists(), path.name
                path.write_text(text_of(vector), encoding="utf-8")


def renew_specification() -> None:
    """Write what spec/record.md shows of the code anew."""
    path = HERE / "spec" / "record.md"
    path.write_text(record_example.renewed(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        main(HERE / "vectors")
        renew_specification()
