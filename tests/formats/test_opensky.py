"""Recorded flights as tables, CSV and Parquet (spec/watch.md W-S13)."""

from __future__ import annotations

import csv
import gzip
import io
import math
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module, resources
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.errors import Malformed, Misuse
from firebreak.formats import opensky
from firebreak.formats.opensky import OpenSkyCsv, Units, layout_of, parquet_reports
from firebreak.formats.refusals import Refusal, Refusals
from firebreak.values import LATEST, HeightReference
from firebreak.watch.reports import (
    ABSENT,
    COLUMNS,
    Domain,
    Reports,
    check_reports,
    identity_text,
    joined,
)

pyarrow: Any = import_module("pyarrow")  # it publishes no types
parquet: Any = import_module("pyarrow.parquet")

SI = {
    "time": "1726560266",
    "icao24": "4ca1b2",
    "lat": "55.061195",
    "lon": "-14.76704",
    "velocity": "210.5",
    "heading": "123.4",
    "vertrate": "-2.54",
    "callsign": "RYR1AB  ",
    "onground": "False",
    "baroaltitude": "10668.0",
    "geoaltitude": "10700.0",
    "lastposupdate": "1726560265.5",
    "lastcontact": "1726560265.9",
}
AVIATION = {
    "timestamp": "2024-09-17T08:04:26.250Z",
    "icao24": "4ca1b2",
    "latitude": "55.061195",
    "longitude": "-14.76704",
    "altitude": "35000.0",
    "groundspeed": "420.5",
    "track": "-121",
    "vertical_rate": "-64",
}


def table(*rows: Mapping[str, str]) -> bytes:
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    return "".join(f"{line}\n" for line in lines).encode()


def read(data: bytes, step: int | None = None) -> tuple[Reports, OpenSkyCsv]:
    adapter = OpenSkyCsv(2, "flight.csv")
    pieces = [data[at : at + (step or len(data))] for at in range(0, len(data), step or len(data))]
    reports = joined([*(adapter.feed(piece) for piece in pieces), adapter.end()])
    check_reports(reports)
    return reports, adapter


def same(one: Reports, other: Reports) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in COLUMNS)


def test_state_vectors_are_si() -> None:
    reports, adapter = read(table(SI))
    assert not adapter.refused
    assert adapter.layout is not None
    assert str(adapter.layout) == "units m/s and m, by the columns velocity, vertrate, baroaltitude"
    assert identity_text(int(reports.identity[0])) == "icao:4ca1b2"
    assert reports.at[0] == reports.received[0] == 1_726_560_265_500
    assert (reports.latitude_e7[0], reports.longitude_e7[0]) == (550_611_950, -147_670_400)
    assert (reports.height_ft[0], reports.height_reference[0]) == (35_000, 3)
    assert (reports.speed_cm_s[0], reports.course_cd[0]) == (21_050, 12_340)
    assert (reports.climb_fpm[0], reports.accuracy_m[0], reports.source[0]) == (-500, ABSENT, 2)


def test_files_of_flight_analysis_are_in_knots_and_feet() -> None:
    reports, adapter = read(table(AVIATION))
    assert not adapter.refused
    assert adapter.layout is not None
    assert adapter.layout.units is Units.AVIATION
    assert reports.at[0] == 1_726_560_266_250
    assert (reports.height_ft[0], reports.speed_cm_s[0]) == (35_000, 21_632)
    assert (reports.climb_fpm[0], reports.course_cd[0]) == (-64, 23_900)


def test_a_name_of_both_families_follows_the_others() -> None:
    si = {**SI, "vertical_rate": SI["vertrate"]}
    del si["vertrate"]
    assert same(read(table(si))[0], read(table(SI))[0])
    geometric = {**AVIATION, "altitude": "", "geoaltitude": "35675"}
    reports, _ = read(table(geometric))
    assert (reports.height_ft[0], reports.height_reference[0]) == (35_675, 0)
    assert reports.height_reference[0] == HeightReference.ELLIPSOID


def test_the_time_is_the_position_s_or_the_last_message_s() -> None:
    without = {name: value for name, value in SI.items() if name != "lastposupdate"}
    assert read(table(without))[0].at[0] == 1_726_560_265_900
    del without["lastcontact"]
    assert read(table(without))[0].at[0] == 1_726_560_266_000


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("1726560266", 1_726_560_266_000),
        ("1726560266.25", 1_726_560_266_250),
        ("1726560266250", 1_726_560_266_250),
        ("1.72656026625e9", 1_726_560_266_250),
        ("2024-09-17 08:04:26", 1_726_560_266_000),
        ("2024-09-17T08:04:26.25", 1_726_560_266_250),
        ("2024-09-17 08:04:26.250999999+00:00", 1_726_560_266_250),
    ],
)
def test_times_are_read(text: str, at: int) -> None:
    assert read(table({**AVIATION, "timestamp": text}))[0].at.tolist() == [at]


@pytest.mark.parametrize(
    "text",
    [
        "now",
        "today",
        "NaT",
        "2024-09-17",
        "2024-09-17T08:04:26+02:00",
        "2024-09-17T08:04:26.Z",
        "2024-09-17T08:04:26;5Z",
        "2024-09-31T08:04:26Z",
        "2024-09-17T24:04:26Z",
        "2024-09-17T08:04:26.25x",
        "2024-09-17T08:04:26.1234567891234567",
        "2024-0x-17T08:04:26Z",
        "-5",
        "1e300",
        "17265602_66",
        "",
    ],
)
def test_a_bad_time_is_refused(text: str) -> None:
    reports, adapter = read(table(AVIATION, {**AVIATION, "timestamp": text}))
    assert adapter.refused == {Refusal.BAD_TIME: 1}
    assert len(reports) == 1


@pytest.mark.parametrize(
    ("why", "change"),
    [
        (Refusal.NO_IDENTITY, {"icao24": ""}),
        (Refusal.NO_IDENTITY, {"icao24": "4ca1bg"}),
        (Refusal.NO_IDENTITY, {"icao24": "4ca1b"}),
        (Refusal.NO_IDENTITY, {"icao24": "000000"}),
        (Refusal.NO_POSITION, {"latitude": ""}),
        (Refusal.BAD_NUMBER, {"longitude": "nan"}),  # W-S1
        (Refusal.BAD_NUMBER, {"latitude": "null"}),
        (Refusal.NOWHERE, {"latitude": "0", "longitude": "0.0"}),
        (Refusal.OUT_OF_RANGE, {"latitude": "-90.0000001"}),
        (Refusal.OUT_OF_RANGE, {"altitude": "350000"}),
        (Refusal.BAD_NUMBER, {"latitude": "55,1".replace(",", ";")}),
        (Refusal.BAD_NUMBER, {"latitude": "5_5"}),
        (Refusal.BAD_NUMBER, {"latitude": "5-5"}),
        (Refusal.BAD_NUMBER, {"latitude": "5.5.1"}),
        (Refusal.BAD_NUMBER, {"latitude": "-"}),
        (Refusal.BAD_NUMBER, {"latitude": "."}),
        (Refusal.BAD_NUMBER, {"latitude": "inf"}),
        (Refusal.BAD_NUMBER, {"latitude": "1e999"}),
        (Refusal.BAD_NUMBER, {"groundspeed": "fast"}),
        (Refusal.BAD_NUMBER, {"altitude": "٣٥"}),
        (Refusal.NOT_THE_FORMAT, {"track": "1,2"}),
        (Refusal.TOO_LONG, {"track": "1" * 2 * opensky.MOST_LINE}),
    ],
)
def test_a_bad_row_is_refused_and_the_others_are_read(why: Refusal, change: dict[str, str]) -> None:
    for step in (None, 1_000):
        reports, adapter = read(table(AVIATION, {**AVIATION, **change}, AVIATION), step)
        if why is Refusal.TOO_LONG and step is None:
            why_here = Refusal.BAD_NUMBER  # it came whole: nothing had to be kept
        else:
            why_here = why
        assert adapter.refused == {why_here: 1}
        assert len(reports) == 2


def test_blank_lines_and_other_ends_of_lines_are_no_fault() -> None:
    data = table(AVIATION, AVIATION)
    reports, adapter = read(data.replace(b"\n", b"\r\n") + b"\n\n" + data.split(b"\n")[1])
    assert len(reports) == 3
    assert not adapter.refused


def test_quoted_cells_are_read() -> None:
    row = {**SI, "callsign": '"A, ""B"""', "lat": '"55.061195"'}
    assert same(read(table(row))[0], read(table(SI))[0])
    quoted = {f'"{name}"': value for name, value in SI.items()}
    assert same(read(table(quoted))[0], read(table(SI))[0])


numbers = st.from_regex(r"\A-?[0-9]{0,12}(\.[0-9]{0,12})?\Z") | st.floats().map(repr)


@given(st.lists(numbers, min_size=1, max_size=20))
def test_numbers_are_those_that_python_reads(texts: list[str]) -> None:
    data = ",".join(texts).encode() + b","
    text = np.concatenate((np.frombuffer(data, np.uint8), np.zeros(64, np.uint8)))
    length = np.array([len(one) for one in texts], np.int64)
    start = np.concatenate(([0], np.cumsum(length + 1)[:-1])).astype(np.int64)
    values, bad = opensky._decimals(text, start, length)
    for one, value, refused in zip(texts, values, bad, strict=True):
        try:
            expected = float(one)
        except ValueError:
            assert refused == (one != "")
            continue
        if math.isfinite(expected):
            assert not refused
            assert value == pytest.approx(expected, rel=1e-15, abs=0)
        else:
            assert math.isnan(value) or refused


def moment(milliseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


@given(
    st.lists(
        st.tuples(
            st.integers(86_400_000, LATEST).map(moment),
            st.floats(-90, 90).map(lambda x: round(x, 7)),
            st.floats(-179.9, 179.9).map(lambda x: round(x, 7)),
            st.integers(-1_000, 45_000),
            st.integers(0, 600),
            st.integers(1, 0xFFFFFF),
        ),
        min_size=1,
        max_size=8,
    ),
    st.integers(1, 300),
)
def test_against_the_csv_module(rows: list[tuple[Any, ...]], step: int) -> None:
    made = [
        {
            "timestamp": at.isoformat(timespec="milliseconds"),
            "icao24": f"{number:06x}",
            "latitude": repr(latitude),
            "longitude": repr(longitude),
            "altitude": str(altitude),
            "groundspeed": str(speed),
        }
        for at, latitude, longitude, altitude, speed, number in rows
    ]
    data = table(*made)
    reports, adapter = read(data, step)
    expected = [
        row
        for row in csv.DictReader(io.StringIO(data.decode()))
        if max(abs(float(row["latitude"])), abs(float(row["longitude"]))) > 1e-4
    ]
    assert sum(adapter.refused.values()) == len(rows) - len(expected)
    for k, row in enumerate(expected):
        assert moment(int(reports.at[k])) == datetime.fromisoformat(row["timestamp"])
        assert identity_text(int(reports.identity[k])) == f"icao:{row['icao24']}"
        assert reports.latitude_e7[k] == round(float(row["latitude"]) * 1e7)
        assert reports.longitude_e7[k] == round(float(row["longitude"]) * 1e7)
        assert reports.height_ft[k] == int(row["altitude"])


def test_on_the_ground() -> None:
    slow = {**SI, "onground": "True", "velocity": "5.0"}
    fast = {**SI, "onground": "True"}
    reports, _ = read(table(slow, fast))
    assert reports.domain.tolist() == [Domain.GROUND, Domain.AIR]
    assert reports.height_ft.tolist() == [0, 35_000]


# Whole files


def flight() -> bytes:
    file = resources.files("firebreak.scenarios").joinpath("flights/gnss-disturbed-airliner.csv.gz")
    return file.read_bytes()


def test_a_real_flight_is_one_track_named_by_its_file() -> None:
    reports, adapter = read(flight())
    assert not adapter.refused
    rows = list(csv.DictReader(io.StringIO(gzip.decompress(flight()).decode())))
    assert len(reports) == len(rows)
    assert len(set(reports.identity.tolist())) == 1
    for k in range(0, len(rows), 97):
        assert reports.latitude_e7[k] == round(float(rows[k]["latitude"]) * 1e7)
        assert reports.height_ft[k] == round(float(rows[k]["altitude"]))


@pytest.mark.parametrize("step", [1_000, 65_536])
def test_packed_and_plain_are_the_same_in_pieces_of_any_length(step: int) -> None:
    whole, _ = read(flight())
    assert same(read(flight(), step)[0], whole)
    assert same(read(gzip.decompress(flight()), step)[0], whole)


def test_several_packed_members_are_one_file() -> None:
    data = table(SI, SI)
    assert len(read(gzip.compress(data[:100]) + gzip.compress(data[100:]))[0]) == 2


def test_a_packed_file_cut_off_is_counted() -> None:
    reports, adapter = read(flight()[:40_000])
    assert adapter.refused == {Refusal.TRUNCATED: 1}
    assert 0 < len(reports) < 8_669


def test_a_packed_file_that_is_damaged_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opensky, "PIECE", 1 << 16)
    packed = bytearray(gzip.compress(table(*[SI] * 5_000)))
    packed[-6] ^= 0xFF  # of the sum of its content
    reports, adapter = read(bytes(packed))
    assert adapter.refused == {Refusal.NOT_THE_FORMAT: 1}
    assert len(reports) <= 5_000


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opensky, "SPARE", 1 << 20)
    monkeypatch.setattr(opensky, "PIECE", 1 << 18)
    bomb = gzip.compress(table(SI) + b"\n" * (32 << 20))
    reports, adapter = read(bomb)
    assert adapter.refused == {Refusal.HOSTILE: 1}
    assert len(reports) <= 1
    assert len(adapter._text) <= opensky.MOST_LINE


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no lines"),
        (b"x" * (opensky.MOST_LINE + 1), "does not end"),
        (b"a,b,c\n1,2,3\n", "no column for the time and the latitude and the longitude"),
        (b"time,lat\n", "no column for the longitude"),
        (b"time,lat,lon,latitude\n", "Two columns"),
        (b"time,lat,lon,velocity,altitude\n", "mixes two systems of units"),
        (b"time,lat,lon,geoaltitude\n", "do not tell the units"),
        (b"time,lat,lon" + b",x" * 600 + b"\n", "more than 512 columns"),
        (b"PAR1" + bytes(100), "no column"),
        (b"\x1f\x8b" + bytes(100), "cannot be unpacked"),
        (bytes(range(256)), "no column"),
    ],
)
def test_another_file_is_refused_with_a_reason(data: bytes, says: str) -> None:
    adapter = OpenSkyCsv(0, "x")
    with pytest.raises(Malformed, match=says):
        joined([adapter.feed(data), adapter.end()])


def test_positions_alone_need_no_units() -> None:
    assert str(layout_of(["Time", " lat", "lon "])) == "positions only"


# Parquet


def packed(columns: Mapping[str, object]) -> io.BytesIO:
    file = io.BytesIO()
    parquet.write_table(pyarrow.table(dict(columns)), file)
    return file


def from_parquet(file: io.BytesIO, refused: Refusals | None = None) -> Reports:
    made = list(parquet_reports(file, 2, "flight.csv", Refusals() if refused is None else refused))
    reports = joined([reports for _, reports in made])
    check_reports(reports)
    return reports


def typed(row: Mapping[str, str], texts: Sequence[str] = ("icao24", "callsign")) -> dict[str, Any]:
    """Two rows, the second without height and speed."""
    made: dict[str, Any] = {}
    for name, value in row.items():
        if name in texts:
            made[name] = [value, value]
        elif name == "onground":
            made[name] = [False, None]
        elif name == "time":
            made[name] = pyarrow.array([int(value)] * 2, pyarrow.int32())
        else:
            none = name in ("baroaltitude", "geoaltitude", "velocity")
            made[name] = pyarrow.array([float(value), None if none else float(value)])
    return made


def test_parquet_is_the_same_as_csv() -> None:
    second = {**SI, "baroaltitude": "", "geoaltitude": "", "velocity": "", "onground": ""}
    assert same(from_parquet(packed(typed(SI))), read(table(SI, second))[0])


@pytest.mark.parametrize(
    "times",
    [
        pyarrow.array([1_726_560_266_250_000_000] * 2, pyarrow.timestamp("ns", "UTC")),
        pyarrow.array([1_726_560_266_250] * 2, pyarrow.timestamp("ms", "Europe/Vienna")),
        pyarrow.array([1_726_560_266_250_000] * 2, pyarrow.timestamp("us")),
        pyarrow.array([1_726_560_266.25] * 2),
        pyarrow.array(["2024-09-17T08:04:26.250Z"] * 2),
        pyarrow.array(["2024-09-17T08:04:26.250Z"] * 2).dictionary_encode(),
    ],
)
def test_parquet_s_kinds_of_time(times: object) -> None:
    columns = {"timestamp": times, "latitude": [55.1, None], "longitude": [14.7, 14.7]}
    refused = Refusals()
    assert from_parquet(packed(columns), refused).at.tolist() == [1_726_560_266_250]
    assert refused == {Refusal.NO_POSITION: 1}


def test_parquet_refuses_row_by_row() -> None:
    columns = {
        "time": [1_726_560_266.0, None, 1.0, 1.0, 1.0, math.nan],
        "lat": [55.0, 55.0, math.inf, 0.0, 55.0, 55.0],
        "lon": [14.0, 14.0, 14.0, 0.0, 14.0, 14.0],
        "icao24": ["4ca1b2", "4ca1b2", "4ca1b2", "4ca1b2", None, "4ca1b2"],
    }
    refused = Refusals()
    assert len(from_parquet(packed(columns), refused)) == 1
    assert refused == {
        Refusal.BAD_TIME: 2,
        Refusal.OUT_OF_RANGE: 1,
        Refusal.NOWHERE: 1,
        Refusal.NO_IDENTITY: 1,
    }


def test_a_large_parquet_file_comes_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opensky, "ROWS_AT_ONCE", 100)
    columns = {
        "time": np.arange(1e9, 1e9 + 250),
        "lat": np.full(250, 5.0),
        "lon": np.full(250, 5.0),
    }
    sizes = [len(one) for _, one in parquet_reports(packed(columns), 0, "x", Refusals())]
    assert max(sizes) <= 100
    assert sum(sizes) == 250


def test_parquet_of_other_columns_is_refused() -> None:
    with pytest.raises(Malformed, match="no column for the time"):
        from_parquet(packed({"lat": [1.0], "lon": [1.0]}))
    with pytest.raises(Malformed, match="cannot be read"):
        from_parquet(packed({"time": [1.0], "lat": [[1.0]], "lon": [1.0]}))
    with pytest.raises(Malformed, match="cannot be read"):
        from_parquet(packed({"time": [1.0], "lat": ["north"], "lon": [1.0]}))


@given(st.integers(0, 10_000), st.integers(1, 255), st.booleans())
def test_damaged_parquet_is_refused_or_read(place: int, change: int, cut: bool) -> None:
    data = bytearray(packed(typed(SI)).getvalue())
    place %= len(data)
    if cut:
        del data[place:]
    else:
        data[place] ^= change
    try:
        from_parquet(io.BytesIO(bytes(data)))
    except Malformed as error:
        assert "Parquet" in str(error) or "column" in str(error)  # noqa: PT017  # or it was read


def test_without_the_package_the_operator_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(Misuse, match=r"firebreak-line\[parquet\]"):
        next(parquet_reports(io.BytesIO(), 0, "x", Refusals()))
