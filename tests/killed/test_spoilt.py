"""Store files cut, altered, removed or mixed under a node that was killed.

The node either refuses to start with one line that says what to do, or stops taking anything as soon as
it has found the damage, or goes on with everything that was ever acknowledged.
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

from tests.killed.stores import logs_of, quiet, records, recovering
from tests.nodes import PARTIES, PATIENCE_S, Stage, until

Files = dict[str, bytes]
Harm = tuple[str, Callable[[Files], Files]]
"""What is done, in words, and its effect on the content of the store's files."""

SIZE = 40
"""Texts of ALPHA before the harm: some in the database file, the newest in the write-ahead log."""


def files_of(stage: Stage) -> Files:
    """The content of ALPHA's store files."""
    return {path.name: path.read_bytes() for path in stage.folder("alpha").glob("store.db*")}


def lay(stage: Stage, files: Files) -> None:
    """Write the content into the very files that are there, as `cp` does; others are removed."""
    folder = stage.folder("alpha")
    for path in folder.glob("store.db*"):
        if path.name not in files:
            path.unlink()
    for name, content in files.items():
        path = folder / name
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
            path.chmod(0o600)


def speak(stage: Stage, count: int) -> None:
    for number in range(count):
        stage.must("alpha", "send", "text", f"Number {number}.", "--yes", "--wait", PATIENCE_S)


def flipped(name: str, place: float, length: int, mask: int) -> Harm:
    def harm(files: Files) -> Files:
        content = bytearray(files[name])
        start = int(place * len(content))
        for index in range(start, min(start + length, len(content))):
            content[index] ^= mask
        return files | {name: bytes(content)}

    return f"{length} bytes of {name} from {place:.3f} on, with {mask:#x}", harm


def cut(name: str, keep: float) -> Harm:
    return (
        f"{name} cut at {keep:.3f}",
        lambda files: files | {name: files[name][: int(keep * len(files[name]))]},
    )


def without(*names: str) -> Harm:
    return f"{' and '.join(names)} removed", lambda files: (
        {name: content for name, content in files.items() if name not in names}
    )


def all_flipped() -> list[Harm]:
    chance = Random(5)
    return [
        flipped("store.db", 0.0, 100, 0xFF),
        flipped("store.db", 0.0, 1, 0x01),
        *(
            flipped("store.db", chance.random(), chance.choice((1, 64, 4096)), 0x80)
            for _ in range(9)
        ),
        *(flipped("store.db-wal", chance.random(), chance.choice((1, 64)), 0x80) for _ in range(3)),
        flipped("store.db-shm", 0.0, 4096, 0xFF),
        flipped("store.db.incarnation", 0.0, 8, 0xFF),
    ]


CUT = [
    *(cut("store.db", keep) for keep in (0.0, 0.1, 0.5, 0.97)),
    *(cut("store.db-wal", keep) for keep in (0.0, 0.4, 0.999)),
    cut("store.db.incarnation", 0.5),
    without("store.db-wal"),
    without("store.db-shm"),
    without("store.db.incarnation"),
    without("store.db.lock"),
    without("store.db-wal", "store.db-shm", "store.db.incarnation", "store.db.lock"),
]


class Trial:
    """ALPHA's node, killed, its files as they then were; BRAVO's runs throughout."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.ends: Counter[str] = Counter()
        stage.start(*PARTIES)
        stage.line_up()
        speak(stage, SIZE // 2)
        assert stage.stop("alpha") == 0  # the write-ahead log is taken into the file
        stage.start("alpha")
        stage.line_up()
        speak(stage, SIZE // 2)
        self.kill()

    def kill(self) -> None:
        quiet(self.stage)
        self.stage.stop("alpha", signal.SIGKILL)
        self.files = files_of(self.stage)
        self.acknowledged = records(logs_of(self.stage.folder("bravo")))

    def suffer(self, harms: Sequence[Harm]) -> None:
        for what, harm in harms:
            lay(self.stage, harm(self.files))
            end = self.end()
            self.ends[end] += 1
            print(f"{what}: {end}")

    def end(self) -> str:
        """Start the node, and see that it ends in one of three ways."""
        said = self.started()
        if said is not None:
            assert said.count("\n") == 1, said
            assert "store.db" in said
            assert "safe place" in said
            lay(self.stage, self.files)
            return "refused"
        stage = self.stage
        until(lambda: self.failed() or self.is_whole(), "alpha finds the damage or is whole")
        if self.failed():
            refusal = stage.run("alpha", "send", "text", "On damaged ground.", "--yes")
            assert refusal.code == 1
            assert "is damaged" in refusal.err
            stage.stop("alpha", signal.SIGKILL)
            assert records(logs_of(stage.folder("bravo"))) == self.acknowledged
            lay(stage, self.files)
            return "stopped"
        stage.must("alpha", "ledger", "verify")
        speak(stage, 1)
        self.kill()
        assert records(logs_of(stage.folder("alpha"))) == self.acknowledged
        return "went on"

    def started(self) -> str | None:
        """Start the node; what it said if it did not start."""
        log = self.stage.log("alpha")
        before = log.stat().st_size
        self.stage.spawn("alpha")
        process = self.stage.processes["alpha"]
        until(lambda: process.poll() is not None or self.answers(), "alpha starts or ends")
        if process.poll() is None:
            return None
        assert self.stage.processes.pop("alpha").wait() == 1
        return log.read_bytes()[before:].decode()

    def answers(self) -> bool:
        return self.stage.processes["alpha"].poll() is None and self.stage.answers("alpha")

    def failed(self) -> bool:
        status = self.stage.client("alpha").get("/status")["agreements"][0]
        return status["failed"] is not None

    def is_whole(self) -> bool:
        """Caught up, and its store read through."""
        log = self.stage.log("alpha").read_text(encoding="utf-8")
        through = log.rpartition("ALPHA listens")[2]
        return (
            "The whole store was read through" in through
            and not recovering(self.stage, "alpha")
            and records(logs_of(self.stage.folder("alpha"))) == self.acknowledged
        )


def test_altered_files(stage: Stage) -> None:
    trial = Trial(stage)
    trial.suffer(all_flipped())
    assert trial.ends["refused"]
    assert trial.ends["went on"]


def test_cut_and_missing_files(stage: Stage) -> None:
    trial = Trial(stage)
    trial.suffer(CUT)
    assert trial.ends["refused"]
    assert trial.ends["went on"]


def test_an_older_database_under_a_newer_write_ahead_log(stage: Stage) -> None:
    """`cp backup/store.db store.db`, where what a killed node left beside it is forgotten."""
    trial = Trial(stage)
    older = trial.files["store.db"]
    for _ in range(3):
        stage.start("alpha")
        stage.line_up()
        speak(stage, 12)
        trial.kill()
    trial.suffer([("an older store.db", lambda files: files | {"store.db": older})])
    assert trial.ends.total() == 1


def test_the_operator_does_what_the_message_says(stage: Stage) -> None:
    """Damaged, no backup: the files are moved away, the node is started, and has all again."""
    trial = Trial(stage)
    lay(stage, flipped("store.db", 0.0, 100, 0xFF)[1](trial.files))
    said = trial.started()
    assert said is not None
    assert "put the same files of the newest backup there, or none, and start the node" in said
    away = stage.place / "away"
    away.mkdir()
    for path in stage.folder("alpha").glob("store.db*"):
        path.rename(away / path.name)
    assert trial.end() == "went on"
