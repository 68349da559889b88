"""Recordings: known by their names, read whole, and refused where they are something else (W-S70)."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from firebreak.errors import InvalidValue, Malformed, Misuse
from firebreak.formats.recordings import FORMS, SUFFIXES, form_of, read_recording
from firebreak.values import Millis
from firebreak.watch.reports import Reports, check_reports, joined

STARTED = Millis(1_726_560_000_000)
TABLE = "time,icao24,lat,lon,velocity,heading,vertrate,baroaltitude,onground\n" + "".join(
    f"{1_726_560_266 + row},4ca1b2,{55 + row / 100:.4f},14.5,210.0,0.0,0,10668.0,False\n"
    for row in range(50)
)
SBS = b"".join(
    b"MSG,3,1,1,4CA1B2,1,2024/09/17,08:04:%02d.123,2024/09/17,08:04:%02d.200,,35000,,,55.%04d,14.76,,,"
    b"0,0,0,0\r\n" % (second, second, second)
    for second in range(60)
)


def read(path: Path, form: str | None = None) -> tuple[Reports, list[float]]:
    """All reports, and how far each piece came."""
    pieces = list(read_recording(path, STARTED, form))
    return joined([piece.reports for piece in pieces]), [piece.done for piece in pieces]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_name_tells_the_format(suffix: str) -> None:
    assert form_of(Path(f"Night.of{suffix.upper()}")) == SUFFIXES[suffix]
    assert form_of(Path("misleading" + suffix), "sbs") == "sbs"


def test_what_no_name_tells_must_be_said() -> None:
    with pytest.raises(InvalidValue, match="--as"):
        form_of(Path("night.bin"))
    with pytest.raises(InvalidValue, match="no format"):
        form_of(Path("night.csv"), "word")
    assert set(FORMS) == set(SUFFIXES.values())


@pytest.mark.parametrize("name", ["flights.csv", "flights.csv.gz"])
def test_a_table_is_read_whole(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    data = TABLE.encode()
    path.write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    reports, done = read(path)
    check_reports(reports)
    assert len(reports) == 50
    assert done == sorted(done)
    assert done[-1] == 1.0


def test_the_bytes_of_a_live_format_are_read_at_their_own_times(tmp_path: Path) -> None:
    path = tmp_path / "night.sbs"
    path.write_bytes(SBS)
    reports, _ = read(path)
    check_reports(reports)
    assert len(reports) == 60
    assert reports.at[-1] - reports.at[0] == 59_000


@pytest.mark.parametrize("form", ["sbs", "ais", "asterix", "cot"])
def test_a_file_without_a_report_of_its_format_is_refused(form: str, tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_bytes(b"Dear colleague, nothing here is a position. " * 50)
    with pytest.raises(Malformed, match="no report"):
        read(path, form)


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.csv"
    path.write_text("dear,colleague\n1,2\n")
    with pytest.raises(Malformed):
        read(path)


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="no recording"):
        read(tmp_path / "gone.csv")
