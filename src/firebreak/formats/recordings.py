"""Recordings of flights and ships, in the formats of live sources and as tables (W-S70)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from firebreak.errors import InvalidValue, Malformed, Misuse
from firebreak.formats.refusals import Refusals
from firebreak.values import LATEST, Millis
from firebreak.watch.reports import Reports

if TYPE_CHECKING:
    from firebreak.formats.asterix import Site

PIECE: Final = 1 << 20
MOST_REPORTS: Final = 50_000_000
"""A replay holds all reports in memory, 50 bytes each."""

SUFFIXES: Final[Mapping[str, str]] = {
    ".csv": "csv",
    ".csv.gz": "csv",
    ".parquet": "parquet",
    ".sbs": "sbs",
    ".nmea": "ais",
    ".ais": "ais",
    ".ast": "asterix",
    ".cot": "cot",
}
"""What a file is by the end of its name; `form` says otherwise."""
DATED: Final = frozenset({"sbs", "cot"})
"""Formats that say the date with every report, so that none can be from the future."""
FORMS: Final = tuple(sorted(set(SUFFIXES.values())))


class _Adapter(Protocol):
    refused: Refusals

    def feed(self, data: bytes, received: Millis, /) -> Reports:
        """Reports of these bytes."""

    def cut(self) -> None:
        """The end."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A piece of a recording: its reports, the share of the file that was read, what was refused."""

    reports: Reports
    done: float
    refused: Refusals


def form_of(path: Path, form: str | None = None) -> str:
    """The format of a recording, as said or by its name. Raises InvalidValue."""
    if form is not None:
        if form not in FORMS:
            raise InvalidValue(f"There is no format {form!r}. Known are {', '.join(FORMS)}.")
        return form
    name = path.name.lower()
    for suffix, known in SUFFIXES.items():
        if name.endswith(suffix):
            return known
    raise InvalidValue(
        f"{path.name} does not tell its format by its name. Say it: --as with one of {', '.join(FORMS)}."
    )


def read_recording(
    path: Path,
    started: Millis,
    form: str | None = None,
    sites: Mapping[tuple[int, int], Site] | None = None,
) -> Iterator[Recording]:
    """The reports of a file, piece by piece (W-S70).

    started: when the recording began, for formats without a date (AIS without tag blocks, ASTERIX).
    sites: where the radars of an ASTERIX recording stand, by SAC and SIC. Raises Misuse for a file that
    cannot be read, Malformed for one of another format.
    """
    wanted = form_of(path, form)
    if not path.is_file():
        raise Misuse(f"There is no recording {path}. Check its name.")
    try:
        if wanted == "parquet":
            yield from _parquet(path)
        elif wanted == "csv":
            yield from _table(path)
        else:
            came = LATEST if wanted in DATED else started
            yield from _stream(path, _adapter(wanted, sites or {}), came)
    except OSError as error:
        raise Misuse(f"{path.name} cannot be read: {error.strerror}.") from error


def _parquet(path: Path) -> Iterator[Recording]:
    from firebreak.formats.opensky import parquet_reports

    refused, size = Refusals(), max(path.stat().st_size, 1)
    with path.open("rb") as file:
        for _, reports in parquet_reports(file, 0, path.name, refused):
            yield Recording(reports, min(file.tell() / size, 1.0), refused)


def _table(path: Path) -> Iterator[Recording]:
    from firebreak.formats.opensky import OpenSkyCsv

    table, size = OpenSkyCsv(0, path.name), max(path.stat().st_size, 1)
    with path.open("rb") as file:
        while data := file.read(PIECE):
            yield Recording(table.feed(data), file.tell() / size, table.refused)
    yield Recording(table.end(), 1.0, table.refused)


def _stream(path: Path, adapter: _Adapter, came: Millis) -> Iterator[Recording]:
    """came: when the bytes are said to have come; a report is then received at its own time."""
    size, count = max(path.stat().st_size, 1), 0
    with path.open("rb") as file:
        while data := file.read(PIECE):
            reports = adapter.feed(data, came)
            reports = replace(reports, received=reports.at.copy())
            count += len(reports)
            yield Recording(reports, file.tell() / size, adapter.refused)
    adapter.cut()
    if not count:
        raise Malformed(
            f"{path.name} holds no report of this format. Check it, or say another: --as."
        )


def _adapter(form: str, sites: Mapping[tuple[int, int], Site]) -> _Adapter:
    match form:
        case "sbs":
            from firebreak.formats.sbs import Sbs

            return Sbs(0, replay=True)
        case "ais":
            from firebreak.formats.ais import Ais

            return Ais(0, replay=True)
        case "asterix":
            from firebreak.formats.asterix import Asterix

            return Asterix(0, sites, replay=True)
        case _:
            from firebreak.formats.cot import Cot

            return Cot(0, replay=True)
