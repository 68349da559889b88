"""Cursor on Target events (spec/watch.md W-S14, W-S15)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.formats import cot
from firebreak.formats.cot import Cot
from firebreak.formats.refusals import Refusal
from firebreak.values import HeightReference, Millis
from firebreak.watch.reports import ABSENT, Domain, Reports, check_reports, identity_text

NOW = Millis(1_726_560_266_500)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def event(
    uid: str = "ANDROID-1",
    kind: str = "a-f-A-M-F",
    time: str = "2024-09-17T08:04:26.123Z",
    start: str | None = None,
    stale: str = "2024-09-17T08:06:26Z",
    point: str = '<point lat="55.061195" lon="-14.76704" hae="3048.0" ce="10.0" le="9999999.0"/>',
    detail: str = '<detail><contact callsign="A"/><track course="123.4" speed="210.5"/></detail>',
) -> bytes:
    times = f'time="{time}" start="{start or time}" stale="{stale}"'
    about = f'version="2.0" uid="{uid}" type="{kind}" how="m-g"'
    return f"<event {about} {times}>{point}{detail}</event>".encode()


def read(*data: bytes, replay: bool = False) -> tuple[Reports, Cot]:
    adapter = Cot(2, replay=replay)
    reports = adapter.feed(b"".join(data), NOW)
    check_reports(reports)
    return reports, adapter


def at(latitude: str = "55.1", longitude: str = "14.7", more: str = "") -> str:
    return f'<point lat="{latitude}" lon="{longitude}" {more}/>'


def test_an_event_is_read() -> None:
    reports, adapter = read(HEAD.encode(), event())
    assert not adapter.refused
    assert identity_text(int(reports.identity[0])).startswith("name:")
    assert (reports.at[0], reports.received[0], reports.source[0]) == (NOW - 377, NOW, 2)
    assert (reports.latitude_e7[0], reports.longitude_e7[0]) == (550_611_950, -147_670_400)
    assert (reports.height_ft[0], reports.height_reference[0]) == (10_000, 0)
    assert (reports.speed_cm_s[0], reports.course_cd[0]) == (21_050, 12_340)
    assert (reports.climb_fpm[0], reports.accuracy_m[0]) == (ABSENT, 25)  # 95 % of a sigma of 10 m


@pytest.mark.parametrize(
    ("kind", "domain"),
    [("a-f-A", Domain.AIR), ("a-h-S-X", Domain.SEA), ("a-u-G-U-C", 2), ("a-n-U", Domain.SEA)],
)
def test_the_domain_is_by_the_third_part(kind: str, domain: int) -> None:
    assert read(event(kind=kind))[0].domain[0] == domain


@pytest.mark.parametrize("affiliation", ["f", "h", "n", "u", "p", "j", "k", "s", "."])
def test_the_affiliation_leaves_no_trace(affiliation: str) -> None:
    one, _ = read(event(kind=f"a-{affiliation}-A-M-F"))
    other, _ = read(event(kind="a-o-A-M-F"))
    assert repr(one) == repr(other)


def test_aircraft_and_ships_of_gateways_keep_their_identities() -> None:
    reports, _ = read(event("ICAO-4CA1B2"), event("MMSI-261182000"), event("icao-4ca1b2x"))
    texts = [identity_text(int(one)) for one in reports.identity]
    assert texts[:2] == ["icao:4ca1b2", "mmsi:261182000"]
    assert texts[2].startswith("name:")


def test_unknown_heights_and_errors_are_absent() -> None:
    reports, _ = read(event(point=at(more='hae="9999999.0" ce="9999999.0" le="9999999"')))
    assert (reports.height_ft[0], reports.accuracy_m[0]) == (ABSENT, ABSENT)
    reports, _ = read(event(point=at(), detail=""))
    assert (reports.height_ft[0], reports.speed_cm_s[0], reports.course_cd[0]) == (ABSENT,) * 3


def test_the_earlier_of_time_and_start_is_when_it_was_there() -> None:
    early = event(start="2024-09-17T08:03:26Z")
    zone = event(time="2024-09-17T10:04:26.1239+02:00", stale="2024-09-17T10:06:26+02:00")
    assert read(early, zone)[0].at.tolist() == [NOW - 60_500, NOW - 377]


@given(st.integers(1, 700), st.sampled_from(["", "\n", HEAD, "  " + HEAD + "\r\n"]))
def test_the_reports_do_not_depend_on_how_the_bytes_came(step: int, between: str) -> None:
    data = between.encode().join([b"", event("a"), event("b", kind="t-x-c-t"), event("c"), b""])
    adapter = Cot(0)
    parts = [adapter.feed(data[begin : begin + step], NOW) for begin in range(0, len(data), step)]
    assert sum(map(len, parts)) == 2
    assert adapter.refused == {Refusal.UNSUPPORTED: 1}


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + b"".join(
        f'<!ENTITY lol{k} "{"&lol%s;" % (k - 1 if k > 1 else "") * 10}">'.encode()
        for k in range(1, 10)
    )
    + b"]>"
)
EXTERNAL = b'<!DOCTYPE event [<!ENTITY file SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("why", "data"),
    [
        (Refusal.NOT_THE_FORMAT, b"GET / HTTP/1.1\r\n\r\n"),
        (Refusal.NOT_THE_FORMAT, b"<events/>"),
        (Refusal.NOT_THE_FORMAT, b"<event><point></event>"),
        (Refusal.NOT_THE_FORMAT, b"<event \xff/>"),
        (Refusal.NOT_THE_FORMAT, event("&lol;")),
        (Refusal.NOT_THE_FORMAT, event("a\0b")),
        (Refusal.NOT_THE_FORMAT, event(detail="<!DOCTYPE a>")),
        (Refusal.NOT_THE_FORMAT, event(detail="<!ENTITY a 'b'>")),
        (Refusal.HOSTILE, event(detail="<a>" * 64 + "</a>" * 64)),
        (Refusal.TOO_LONG, event(detail="<!--" + "x" * cot.MOST_EVENT + "-->")),
        (Refusal.UNSUPPORTED, b"\xbf\x01\xbf\x12\x34"),
        (Refusal.UNSUPPORTED, event(kind="b-m-p-s-m")),
        (Refusal.UNSUPPORTED, event(kind="a-f-P")),
        (Refusal.UNSUPPORTED, event(kind="a-f")),
        (Refusal.UNSUPPORTED, b"<event/>"),
        (Refusal.NO_POSITION, event(point="")),
        (Refusal.NO_POSITION, event(point='<point lat="55.1"/>')),
        (Refusal.NO_IDENTITY, event("")),
        (Refusal.NO_IDENTITY, event("x" * 257)),
        (Refusal.NO_IDENTITY, event("ICAO-000000")),
        (Refusal.BAD_NUMBER, event(point=at("nan"))),
        (Refusal.BAD_NUMBER, event(point=at("5_5.1"))),
        (Refusal.BAD_NUMBER, event(point=at("55,1"))),
        (Refusal.BAD_NUMBER, event(point=at(more='hae="INF"'))),
        (Refusal.OUT_OF_RANGE, event(point=at("1e99"))),
        (Refusal.OUT_OF_RANGE, event(point=at("114.7", "55.1"))),
        (Refusal.OUT_OF_RANGE, event(point=at(more='hae="100000.0"'))),
        (Refusal.NOWHERE, event(point=at("0.0", "0.0"))),
        (Refusal.BAD_TIME, event(time="2024-09-17 08:04:26")),
        (Refusal.BAD_TIME, event(time="2024-09-31T08:04:26Z")),
        (Refusal.BAD_TIME, event(stale="2024-09-17T08:04:26.122Z")),
        (Refusal.FROM_THE_FUTURE, event(time="2024-09-17T08:05:26Z")),
        (Refusal.TOO_OLD, event(time="2024-09-17T08:00:00Z", stale="2024-09-17T08:01:00Z")),
        (Refusal.TOO_OLD, event(time="2024-09-16T08:04:26Z", stale="2025-01-01T00:00:00Z")),
    ],
)
def test_what_is_wrong_is_refused_and_counted_and_the_next_is_read(
    why: Refusal, data: bytes
) -> None:
    reports, adapter = read(data, event())
    assert adapter.refused == {why: 1}
    assert len(reports) == 1


@pytest.mark.parametrize("dtd", [BOMB, EXTERNAL])
def test_a_document_type_is_refused_and_its_entities_mean_nothing(dtd: bytes) -> None:
    inside = event("&lol9;&file;")
    reports, adapter = read(dtd, inside, event())
    assert adapter.refused == {Refusal.HOSTILE: 1, Refusal.NOT_THE_FORMAT: 1}
    assert len(reports) == 1


def test_a_document_type_that_reaches_the_parser_is_refused() -> None:
    """Should the cutting ever let one through."""
    for dtd in (BOMB, EXTERNAL):
        with pytest.raises(cot._Bad) as raised:
            cot._event(dtd + event())
        assert raised.value.why is Refusal.HOSTILE


def test_an_event_without_end_is_not_kept() -> None:
    adapter = Cot(0)
    for _ in range(40):
        adapter.feed(b"<event " + b"x" * 8_000, NOW)
        assert len(adapter._rest) <= cot.MOST_EVENT
    assert adapter.refused == {Refusal.TOO_LONG: 1}
    assert len(adapter.feed(b"</event>" + event(), NOW)) == 1


def test_garbage_without_end_is_not_kept() -> None:
    adapter = Cot(0)
    for _ in range(40):
        adapter.feed(b"<x" * 4_000, NOW)
        assert len(adapter._rest) <= 256
    assert adapter.refused[Refusal.NOT_THE_FORMAT] == 40


def test_a_connection_that_ends_within_an_event_says_nothing_of_it() -> None:
    adapter = Cot(0)
    adapter.feed(event()[:-8], NOW)
    adapter.cut()
    assert adapter.refused == {Refusal.TRUNCATED: 1}
    assert len(adapter.feed(event(), NOW)) == 1


def test_yesterday_is_taken_while_a_recording_is_played() -> None:
    old = event(time="2024-09-16T08:04:26Z", stale="2024-09-16T08:06:26Z")
    assert len(read(old, replay=True)[0]) == 1


def test_height_is_over_the_ellipsoid() -> None:
    assert read(event())[0].height_reference[0] == HeightReference.ELLIPSOID
