"""A scenario as data: what is said, who does what, what is awaited (see line.toml)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from datetime import datetime
from importlib import resources
from typing import Any

from firebreak.errors import InvalidValue
from firebreak.records.figures import parse_position
from firebreak.values import Millis, Position


@dataclass(frozen=True, slots=True)
class Wait:
    """Until a record shows a state, or its dialogue stands so. id: a saved name."""

    id: str
    state: str | None = None
    standing: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step. run: a command's words; refused: part of the refusal that must come instead.

    after: what must be seen first; await_: what must be seen then; save: a name for the record's id;
    read_back: the saved record whose critical fields are read back as they stand on the screen;
    conflicts: the command must have shown conflicts; flight: replay the flight through the watch;
    wire: "cut" or "mend"; evidence: export and verify the record saved under this name.
    """

    say: str = ""
    who: str = ""
    run: tuple[str, ...] = ()
    save: str | None = None
    read_back: str | None = None
    after: Wait | None = None
    await_: Wait | None = None
    refused: str | None = None
    conflicts: bool = False
    flight: bool = False
    wire: str | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class FlightUse:
    """Which minutes of which recorded flight are replayed, under which label, and who watches."""

    file: str
    begin: datetime
    end: datetime
    track: str
    watched_by: str

    @property
    def begin_ms(self) -> Millis:
        """The first moment, ms UTC."""
        return Millis(int(self.begin.timestamp() * 1_000))

    @property
    def end_ms(self) -> Millis:
        """The last one."""
        return Millis(int(self.end.timestamp() * 1_000))


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole scenario. line: the agreed line's name and path."""

    title: str
    note: str
    parties: tuple[str, str]
    languages: tuple[str, ...]
    line_name: str
    line_path: tuple[Position, ...]
    flight: FlightUse
    steps: tuple[Step, ...]


def load_scenario(name: str) -> Scenario:
    """A scenario that comes with the package, by name. Raises InvalidValue."""
    file = resources.files("firebreak.scenarios").joinpath(f"{name}.toml")
    if not file.is_file():
        raise InvalidValue(f"There is no scenario {name!r}. The one there is: line.")
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    first, second = data["parties"]
    line = data["agreement"]["line"]
    return Scenario(
        data["title"],
        data["note"],
        (first, second),
        tuple(data["agreement"]["languages"]),
        line["name"],
        tuple(parse_position(text) for text in line["path"]),
        FlightUse(**data["flight"]),
        tuple(_step(step) for step in data["step"]),
    )


_STEP_KEYS = {field.name.rstrip("_") for field in fields(Step)}


def _step(data: dict[str, Any]) -> Step:
    unknown = set(data) - _STEP_KEYS
    if unknown:
        raise InvalidValue(f"A step has the unknown key {', '.join(sorted(unknown))}.")
    values = dict(data)
    values["run"] = tuple(values.get("run", ()))
    values["await_"] = _wait(values.pop("await", None))
    values["after"] = _wait(values.get("after"))
    return Step(**values)


def _wait(data: dict[str, str] | None) -> Wait | None:
    return None if data is None else Wait(**data)
