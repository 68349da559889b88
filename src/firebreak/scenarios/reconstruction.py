"""A reconstruction: past attempts and contacts from public reports, entered at one real node.

Nothing is signed in the name of the other side: there is one party, with exercise keys, and its
counterparts are reached by voice and in person. Each entry names its sources (see march_2022.toml).
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, TypeVar

from firebreak.errors import InvalidValue
from firebreak.scenarios.alone import Alone
from firebreak.scenarios.stage import Command, Said

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PublicSource:
    """A public report: its title, who published it when, and where it can be read."""

    title: str
    published: str
    url: str

    @property
    def citation(self) -> str:
        """As an entry of the journal cites it."""
        return f"{self.published}: {self.url}"


@dataclass(frozen=True, slots=True)
class Offices:
    """A pair of offices, and the level at which they speak."""

    ours: str
    theirs: str
    level: str


@dataclass(frozen=True, slots=True)
class Report:
    """One attempt or contact as public reports have it; words as `firebreak contact add` takes them.

    at: YYYY-MM-DD or YYYY-MM, as exactly as it is known; sources: keys, the first is cited.
    """

    pair: str
    outcome: str
    at: str
    by: str
    way: str
    rung: str
    certainty: str
    sources: tuple[str, ...]
    text: str
    count: str = "1"


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """A whole one. since, as_of: the first and the last day that the matrix counts."""

    title: str
    note: str
    party: str
    other: str
    office: str
    since: str
    as_of: str
    sources: dict[str, PublicSource]
    pairs: dict[str, Offices]
    entries: tuple[Report, ...]


def load_reconstruction(name: str) -> Reconstruction:
    """A reconstruction that comes with the package, by name. Raises InvalidValue."""
    file = resources.files("firebreak.scenarios").joinpath(f"{name.replace('-', '_')}.toml")
    if not file.is_file():
        raise InvalidValue(f"There is no reconstruction {name!r}. The one there is: march-2022.")
    return reconstruction_of(tomllib.loads(file.read_text(encoding="utf-8")))


def reconstruction_of(data: dict[str, Any]) -> Reconstruction:
    """The reconstruction of such a table. Raises InvalidValue for an entry without pair or source."""
    entries = [_read(Report, each | {"sources": tuple(each["sources"])}) for each in data["entry"]]
    parts = {
        "entries": tuple(entries),
        "sources": {key: _read(PublicSource, each) for key, each in data["sources"].items()},
        "pairs": {key: _read(Offices, each) for key, each in data["pairs"].items()},
    }
    made = _read(Reconstruction, {k: v for k, v in data.items() if k != "entry"} | parts)
    for entry in made.entries:
        unknown = {entry.pair} - made.pairs.keys() | set(entry.sources) - made.sources.keys()
        if unknown or not entry.sources:
            raise InvalidValue(f"The entry of {entry.at}: {entry.text!r} names no source or pair.")
    return made


def _read(kind: type[T], data: dict[str, Any]) -> T:
    unknown = data.keys() - {each.name for each in fields(kind)}  # type: ignore[arg-type]  # dataclasses
    if unknown:
        raise InvalidValue(f"{kind.__name__} has the unknown key {min(unknown)}.")
    return kind(**data)


class Show(Protocol):
    """What watches the play: a terminal, or nothing."""

    def opening(self, told: Reconstruction, steps: int) -> None:
        """The play begins."""

    def step(self, number: int, words: Sequence[str], entry: Report | None) -> None:
        """A command is given; entry: what it enters, None where it prepares."""

    def closing(self, told: Reconstruction, directory: Path) -> None:
        """All is entered, and the node still runs."""


@dataclass(slots=True)
class Retelling:
    """One performance: a node alone, every entry by the command a user has, and what comes out."""

    told: Reconstruction
    folder: Path
    command: Command
    show: Show
    steps: int = 0
    alone: Alone = field(init=False)

    def __enter__(self) -> Retelling:
        self.alone = Alone(self.folder / "node", self.command)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.alone.close()

    def run(self) -> dict[str, Any]:
        """Make the party, start its node, enter everything. Gives the report (`reported`).

        Raises Misuse where a command refuses.
        """
        told = self.told
        self.show.opening(told, len(told.pairs) + len(told.entries))
        self.alone.make(told.party, told.office, "RECONSTRUCTION")
        self.alone.start()
        for pair in told.pairs.values():
            words = ["office", "keep", pair.ours, pair.theirs]
            self._enter([*words, "--party", told.other, "--level", pair.level], None)
        for entry in told.entries:
            self._enter(self._words(entry), entry)
        for page in self.pages():
            self.must(["contact", "report", str(page), *self.period()])
        self.show.closing(told, self.alone.directory)
        return self._report()

    def pages(self) -> list[Path]:
        """Where the record is kept as a page to print."""
        return [self.folder / f"contacts.{form}" for form in ("html", "pdf")]

    def _words(self, entry: Report) -> list[str]:
        pair = self.told.pairs[entry.pair]
        first, *others = (self.told.sources[key] for key in entry.sources)
        also = f" Also: {'; '.join(each.published for each in others)}." if others else ""
        options = {
            "--party": self.told.other,
            "--outcome": entry.outcome,
            "--way": entry.way,
            "--rung": entry.rung,
            "--by": entry.by,
            "--at": entry.at,
            "--count": entry.count,
            "--certainty": entry.certainty,
            "--source": "public-report",
            "--citation": first.citation,
            "--text": entry.text + also,
        }
        given = [word for option in options.items() for word in option]
        return ["contact", "add", pair.ours, pair.theirs, *given]

    def _enter(self, words: list[str], entry: Report | None) -> None:
        self.steps += 1
        self.show.step(self.steps, words, entry)
        self.must([*words, "--yes", "--json"])

    def must(self, words: Sequence[str]) -> Said:
        """Run a command at the node. Raises Misuse with its own words if it refuses."""
        return self.alone.must(words)

    def period(self) -> list[str]:
        """The options that say what the matrix counts."""
        return ["--since", self.told.since, "--as-of", self.told.as_of]

    def _report(self) -> dict[str, Any]:
        answer = self.must(["contact", "matrix", *self.period(), "--json"]).data()
        return reported(self.told, answer) | {"pages": [str(p.resolve()) for p in self.pages()]}


def reported(told: Reconstruction, answer: dict[str, Any]) -> dict[str, Any]:
    """What a staff officer would have wanted, from what the node's matrix says.

    last_contact and days_silent are null where there was no contact, or its day is not known;
    last_contact_within then says what is known of it.
    """
    return {
        "mark": "RECONSTRUCTION / EXERCISE",
        "title": told.title,
        "as_of": told.as_of,
        "since": told.since,
        "pairs": [_pair(row) for row in answer["matrix"]],
        "routes": answer["routes"],
        "attested": all(each["attested"] for each in answer["attempts"]),
        "sources": [
            {"title": each.title, "published": each.published, "url": each.url}
            for each in told.sources.values()
        ],
    }


def _pair(row: dict[str, Any]) -> dict[str, Any]:
    counts = ("attempted", "declined", "unanswered", "held")
    last, precision = row["last_contact"], row["last_precision"]
    day = None if last is None else datetime.fromtimestamp(last / 1_000, UTC).date()
    to_the_day = precision in ("minute", "hour", "day")
    return {
        "a": row["ours"],
        "b": row["theirs"],
        **{name: row[name] if row[name] == "unknown" else int(row[name]) for name in counts},
        "last_contact": day.isoformat() if day is not None and to_the_day else None,
        "last_contact_within": None if day is None else _within(day, precision),
        "days_silent": row["silent_days"],
        "not_attempted": row["not_attempted"],
    }


def _within(day: date, precision: str) -> str:
    match precision:
        case "month":
            return day.strftime("%Y-%m")
        case "year":
            return day.strftime("%Y")
        case _:
            return day.isoformat()
