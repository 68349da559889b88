"""PostGIS in a PostgreSQL cluster of its own: the same polygons, points and volumes, one process each.

The cluster is on a Unix socket in a temporary folder, holds everything in memory that it can, never
waits for the disk, and uses no parallel workers, as ours does not. Times are psql's: from the query sent
to its last row received, before anything is printed.
"""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely

from bench.peers.errand import PATIENCE_S, BenchError, percentile
from bench.peers.processes import running, tied
from firebreak.bench import fences as ours
from firebreak.bench.volumes import Inputs, inputs, queries
from firebreak.bench.workloads import lines, zones
from firebreak.watch.fences import Fences

BINARIES = Path("/usr/lib/postgresql/15/bin")
USER = "postgres"
SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "2GB",
    "work_mem": "256MB",
    "maintenance_work_mem": "1GB",
    "max_wal_size": "8GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
}
TIME = re.compile(r"^Time: ([0-9.]+) ms", re.MULTILINE)
ROUNDS = 3
"""Of which the best counts."""
PIECE_VERTICES = 256
"""Of a subdivided polygon: of 32 to 4,096 and none at all the fastest here."""
WITHIN_M = 50_000
DISTANCE_POINTS = 10_000
CHUNK = 20_000

FENCES = """
CREATE UNLOGGED TABLE fences (id int, shape geometry);
CREATE UNLOGGED TABLE points (id int, place geometry);
"""
PIECES = f"""
CREATE UNLOGGED TABLE pieces AS SELECT id, ST_Subdivide(shape, {PIECE_VERTICES}) AS shape FROM fences;
ANALYZE pieces;
"""
TRACKS = """
DROP TABLE IF EXISTS tracks;
CREATE UNLOGGED TABLE tracks AS SELECT * FROM points WHERE id < {count};
ANALYZE tracks;
"""
# With one of the two indices alone, the planner has one way to go.
INDEX_POINTS = "CREATE INDEX by_place ON tracks USING gist (place);"
UNINDEX_POINTS = "DROP INDEX by_place;"
INDEX_PIECES = "CREATE INDEX by_shape ON pieces USING gist (shape);"
UNINDEX_PIECES = "DROP INDEX by_shape;"
INSIDE = "SELECT count(*) FROM pieces JOIN tracks ON ST_Intersects(pieces.shape, tracks.place);\n"
DISTANCE = f"""
CREATE UNLOGGED TABLE edges AS
    SELECT ST_Subdivide(ST_Boundary(ST_Scale(shape, 1e-7, 1e-7)), {PIECE_VERTICES})::geography AS edge
    FROM fences WHERE id = 0;
CREATE UNLOGGED TABLE places AS
    SELECT id, ST_Scale(place, 1e-7, 1e-7)::geography AS place
    FROM points WHERE id < {DISTANCE_POINTS};
CREATE INDEX by_edge ON edges USING gist (edge);
ANALYZE edges, places;
"""
# On the sphere, which is less exact than on the ellipsoid, and faster.
DISTANCES = f"""
SELECT count(*) FROM (
    SELECT places.id, min(ST_Distance(edge, place, false)) FROM places
    JOIN edges ON ST_DWithin(edge, place, {WITHIN_M}, false) GROUP BY places.id
) AS near;
"""
VOLUMES = """
CREATE UNLOGGED TABLE volumes (id int, shape geometry, during tstzrange, heights int4range);
"""
INDEX = """
CREATE INDEX by_all ON volumes USING gist (shape, during, heights);
VACUUM ANALYZE volumes;
"""
PREPARE = """
SET plan_cache_mode = force_generic_plan;
PREPARE conflicts (geometry, tstzrange, int4range) AS
    SELECT id FROM volumes
    WHERE shape && $1 AND during && $2 AND heights && $3 AND ST_Intersects(shape, $1);
"""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running PostgreSQL; its folder is also the current one of what psql reads and writes."""

    folder: Path

    def run(self, script: str) -> str:
        """What psql says. Raises BenchError if a statement fails."""
        words: list[str | Path] = [BINARIES / "psql", "-XqAt", "-v", "ON_ERROR_STOP=1"]
        done = subprocess.run(
            [*words, "-h", self.folder, "-U", USER, "-d", "postgres"],
            input=script,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise BenchError(f"PostgreSQL refused:\n{done.stderr.strip()[-1000:]}")
        return done.stdout

    def best(self, query: str) -> tuple[float, int]:
        """The best of ROUNDS in milliseconds, after one that counts for nothing; the number it gives."""
        said = self.run(query + "\\timing on\n" + query * ROUNDS)
        return min(times(said)), int(said.split()[0])

    def copy(self, table: str, rows: Iterable[str]) -> None:
        """Write the rows to a file and take it into the table."""
        file = self.folder / f"{table}.copy"
        with file.open("w", encoding="ascii") as sink:
            sink.writelines(rows)
        self.run(f"\\copy {table} FROM '{file}'\n")
        file.unlink()


@contextmanager
def postgis(folder: Path) -> Iterator[Cluster]:
    """A cluster in this new folder, until it has ended and is removed."""
    folder.mkdir()
    user = USER if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)
    data = folder / "data"
    first: list[str | Path] = [
        BINARIES / "initdb",
        "--no-sync",
        "-A",
        "trust",
        "-U",
        USER,
        "-E",
        "UTF8",
        "-D",
        data,
    ]
    done = subprocess.run(
        tied(first, user), cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise BenchError(f"PostgreSQL's cluster was not made:\n{done.stderr.strip()[-1000:]}")
    settings = [word for item in SETTINGS.items() for word in ("-c", "=".join(item))]
    words: list[str | Path] = [BINARIES / "postgres", "-D", data, "-k", folder, *settings]
    cluster = Cluster(folder)
    try:
        with running(words, folder / "postgres.log", folder / ".s.PGSQL.5432", user):
            _until_ready(cluster)
            cluster.run("CREATE EXTENSION postgis;")
            yield cluster
    finally:
        shutil.rmtree(folder)


def _until_ready(cluster: Cluster) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            cluster.run("SELECT 1;")
        except BenchError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def times(said: str) -> list[float]:
    """Milliseconds of each statement, as psql's timing tells them."""
    return [float(found) for found in TIME.findall(said)]


def measure_postgis(folder: Path, sizes: Sequence[int], points: Sequence[int]) -> dict[str, float]:
    """All figures. sizes: volumes held. points: tracks for points in polygons, the most of them last.

    `postgis_inside_<n>k_ms`: the better of two ways, by point over an index of the polygons, and by
    polygon over one of the points, which move and so are indexed anew; `postgis_inside_indexed_<n>k_ms`:
    the same, that index there already; `postgis_inside_differs`: pairs more or fewer
    than ours; `postgis_distance_10k_ms`: the distance from the first line of 10,000 points, beside
    `ours_distance_10k_ms`: that line's inside, distance and crossing for the same; of one query
    `postgis_volumes_<n>k_p50_us` and `_p99_us`, and `postgis_volumes_<n>k_found`: of all queries.
    """
    with postgis(folder / "postgis") as cluster:
        figures = _fences(cluster, points)
        for size in sizes:
            figures |= _volumes(cluster, size)
    return figures


def _fences(cluster: Cluster, counts: Sequence[int]) -> dict[str, float]:
    wanted = ours.all_fences(lines(), zones())
    fences = Fences(wanted)
    cluster.run(FENCES)
    cluster.copy("fences", _rows(np.array(ours.polygons(fences))))
    y, x = ours.positions(counts[-1])
    cluster.copy("points", _rows(np.asarray(shapely.points(x.astype(float), y.astype(float)))))
    cluster.run(PIECES)
    figures: dict[str, float] = {}
    pairs = 0
    for count in counts:
        cluster.run(TRACKS.format(count=count))
        built = times(
            cluster.run(f"\\timing on\n{INDEX_POINTS}\n\\timing off\n{UNINDEX_POINTS}\n" * ROUNDS)
        )
        cluster.run(INDEX_POINTS)
        by_polygon, pairs = cluster.best(INSIDE)
        cluster.run(UNINDEX_POINTS + INDEX_PIECES)
        by_point, _ = cluster.best(INSIDE)
        cluster.run(UNINDEX_PIECES)
        thousands = f"{count // 1000}k_ms"
        figures[f"postgis_inside_{thousands}"] = min(min(built) + by_polygon, by_point)
        figures[f"postgis_inside_indexed_{thousands}"] = min(by_polygon, by_point)
    figures["postgis_inside_differs"] = abs(pairs - len(fences.inside(y, x)[0]))

    cluster.run(DISTANCE)
    figures["postgis_distance_10k_ms"], _ = cluster.best(DISTANCES)
    line, tracks = Fences(wanted[:1]), ours.tracks(DISTANCE_POINTS)
    figures["ours_distance_10k_ms"], _ = ours.timed(lambda: line.look(tracks))
    return figures


def _rows(shapes: npt.NDArray[np.object_]) -> Iterator[str]:
    for first in range(0, len(shapes), CHUNK):
        texts = shapely.to_wkb(shapes[first : first + CHUNK], hex=True)
        yield from (f"{first + row}\t{text}\n" for row, text in enumerate(texts))


def _volumes(cluster: Cluster, count: int) -> dict[str, float]:
    of = inputs(count)
    cluster.run(f"DROP TABLE IF EXISTS volumes; {VOLUMES}")
    cluster.copy("volumes", ("\t".join(row) + "\n" for row in volume_rows(of)))
    cluster.run(INDEX)
    asked = [row for row, _ in queries(of)]
    rows = list(volume_rows(of, asked))
    script = "".join(
        f"EXECUTE conflicts ('{shape}', '{during}', '{heights}');\n"
        for _, shape, during, heights in rows
    )
    found = cluster.run(PREPARE + script).split()
    if missing := {str(row) for row in asked} - set(found):
        raise BenchError(f"PostGIS did not find {len(missing)} of the volumes asked for.")
    taken = [
        times(cluster.run(f"{PREPARE}\\o {os.devnull}\n\\timing on\n{script}"))
        for _ in range(ROUNDS)
    ]
    best = min(taken, key=lambda each: percentile(each, 0.5))
    key = f"postgis_volumes_{count // 1000}k"
    return {
        f"{key}_p50_us": 1_000 * percentile(best, 0.5),
        f"{key}_p99_us": 1_000 * percentile(best, 0.99),
        f"{key}_found": len(found),
    }


def volume_rows(
    of: Inputs, wanted: Sequence[int] | None = None
) -> Iterator[tuple[str, str, str, str]]:
    """Number, shape, window and heights of each volume, or of those wanted, as PostgreSQL reads them."""
    lot = of.lot
    every = np.arange(len(lot)) if wanted is None else np.asarray(wanted)
    for first in range(0, len(every), CHUNK):
        some = every[first : first + CHUNK]
        shapes = shapely.to_wkb(of.shapes[some], hex=True)
        start, end = (
            np.datetime_as_string(at[some].astype("datetime64[ms]")) for at in (lot.start, lot.end)
        )
        for k, row in enumerate(some.tolist()):
            during = f"[{start[k]}Z,{end[k]}Z)"
            yield str(row), shapes[k], during, f"[{lot.lower[row]},{lot.upper[row]}]"
