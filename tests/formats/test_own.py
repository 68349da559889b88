"""What goes out to one's own systems: marked, of no affiliation, never about a protected site."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from firebreak.errors import InvalidValue, Refused
from firebreak.formats.cot import Cot
from firebreak.formats.own import NOT_FOR_TARGETING
from firebreak.formats.own_cap import NAMESPACE, cap_of_advisory
from firebreak.formats.own_cot import cot_of_advisory, cot_of_track
from firebreak.values import DEGREE, HeightReference, Millis, Position
from firebreak.watch.advisories import Advisory, Input, Level, Seen, Situation, Stage
from firebreak.watch.doubts import Doubt
from firebreak.watch.reports import Domain

NOON = Millis(1_795_348_800_000)
SCHEMA = Path(__file__).parent / "schemas" / "CAP-v1.2.xsd"
SENDER = "air-desk@example.org"

times = st.integers(0, 4_000_000_000_000).map(Millis)
texts = st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=30)
positions = st.builds(
    Position, st.integers(-90 * DEGREE, 90 * DEGREE), st.integers(-180 * DEGREE, 180 * DEGREE - 1)
)
tracks = st.builds(
    Seen,
    identity=texts,
    domain=st.sampled_from(Domain),
    position=positions,
    reported_at=times,
    height_ft=st.none() | st.integers(-2_000, 60_000),
    height_reference=st.sampled_from(HeightReference),
    speed_kt=st.integers(0, 2_000),
    course_degrees=st.integers(0, 360),
    doubts=st.integers(0, 127).map(Doubt),
    plausible=st.none() | positions,
)
advisories = st.builds(
    Advisory,
    key=texts,
    situation=st.sampled_from(Situation),
    level=st.sampled_from(Level),
    stage=st.sampled_from(Stage),
    present=st.booleans(),
    since=times,
    at=times,
    about=texts,
    protected=st.just(False),
    of_line=st.booleans(),
    tracks=st.tuples(tracks, tracks),
    in_s=st.integers(0, 1_200),
    margin_m=st.none() | st.integers(0, 100_000),
    vertical_ft=st.none() | st.integers(0, 60_000),
    side=st.sampled_from((-1, 0, 1)),
    inputs=st.lists(st.builds(Input, texts, texts, times, st.integers(0, 10**6)), max_size=3).map(
        tuple
    ),
)

SEEN = Seen(
    "icao:4baac6",
    Domain.AIR,
    Position(520_000_001, -1_800_000_000),
    NOON,
    38_000,
    HeightReference.STANDARD_PRESSURE,
    450,
    90,
    Doubt(0),
    None,
)
ADVISORY = Advisory(
    key="line:North/icao:4baac6",
    situation=Situation.LINE,
    level=Level.WARNING,
    stage=Stage.NEW,
    present=False,
    since=NOON,
    at=NOON,
    about="North",
    protected=False,
    of_line=True,
    tracks=(SEEN,),
    in_s=180,
    margin_m=40_000,
    vertical_ft=None,
    side=1,
    inputs=(Input("icao:4baac6", "radar", NOON, 2_000),),
)


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    """The schema of OASIS, unchanged."""
    data = SCHEMA.read_bytes()
    digest = "dd73a2e1f76efa451814b02b127bbf4c86cedc7bb21a77204231c38c84d8fd36"
    assert hashlib.sha256(data).hexdigest() == digest
    return etree.XMLSchema(etree.fromstring(data))


def texts_of(document: bytes) -> dict[str, list[str]]:
    """The texts of a CAP alert by element."""
    found: dict[str, list[str]] = {}
    for element in etree.fromstring(document).iter():
        name = etree.QName(element)
        assert name.namespace == NAMESPACE
        found.setdefault(name.localname, []).append(element.text or "")
    return found


@given(advisories, times, st.booleans())
def test_every_alert_keeps_to_the_schema(
    schema: etree.XMLSchema, advisory: Advisory, sent: Millis, exercise: bool
) -> None:  # W-O1, W-O4
    alert = cap_of_advisory(advisory, SENDER, sent, exercise, before=f"{SENDER},a,b")
    schema.assertValid(etree.fromstring(alert.document))
    said = texts_of(alert.document)
    assert said["scope"] == ["Restricted"]
    assert said["restriction"] == [NOT_FOR_TARGETING]
    assert NOT_FOR_TARGETING in said["note"][0]
    assert NOT_FOR_TARGETING in said["instruction"][0]
    assert said["status"] == ["Exercise" if exercise else "Actual"]
    assert said["severity"] == ["Unknown"]
    assert said["msgType"] == ["Cancel" if advisory.stage is Stage.CLEARED else "Update"]


def test_an_alert_says_what_the_advisory_says(schema: etree.XMLSchema) -> None:
    first = cap_of_advisory(ADVISORY, SENDER, NOON, exercise=True)
    schema.assertValid(etree.fromstring(first.document))
    said = texts_of(first.document)
    assert said["msgType"] == ["Alert"]
    assert "references" not in said
    assert said["sent"] == ["2026-11-22T12:00:00-00:00"]
    assert said["expires"] == ["2026-11-22T12:10:00-00:00"]
    assert said["urgency"] == ["Expected"]
    assert said["certainty"] == ["Possible"]
    assert said["circle"] == ["52.0000001,-180.0000000 0"]
    assert "crosses it in 180 s" in said["description"][0]
    assert "radar" in said["description"][0]
    assert said["valueName"][:3] == ["firebreak:level", "firebreak:stage", "firebreak:present"]
    later = replace(ADVISORY, stage=Stage.UPDATED, level=Level.ALARM, present=True)
    second = cap_of_advisory(later, SENDER, Millis(NOON + 5_000), True, before=first.reference)
    said = texts_of(second.document)
    assert said["references"] == [first.reference]
    assert said["certainty"] == ["Observed"]
    assert said["urgency"] == ["Immediate"]
    doubtful = replace(later, tracks=(replace(SEEN, doubts=Doubt.JUMP),))
    assert texts_of(cap_of_advisory(doubtful, SENDER, NOON, True).document)["certainty"] == [
        "Possible"
    ]
    over = cap_of_advisory(replace(ADVISORY, stage=Stage.CLEARED), SENDER, NOON, True, "a,b,c")
    said = texts_of(over.document)
    assert (said["msgType"], said["urgency"], said["responseType"]) == (
        ["Cancel"],
        ["Past"],
        ["AllClear"],
    )


def test_a_schema_that_takes_anything_would_be_noticed(schema: etree.XMLSchema) -> None:
    alert = etree.fromstring(cap_of_advisory(ADVISORY, SENDER, NOON, exercise=True).document)
    for name, text in (("sent", "2026-11-22T12:00:00Z"), ("scope", "Everyone"), ("status", "War")):
        (element,) = alert.iter(f"{{{NAMESPACE}}}{name}")
        before, element.text = element.text, text
        assert not schema.validate(alert)
        element.text = before
    assert schema.validate(alert)


def test_nothing_about_a_protected_site_goes_out() -> None:  # W-O2
    for situation in Situation:
        hospital = replace(ADVISORY, protected=True, situation=situation, tracks=(SEEN, SEEN))
        for stage in Stage:
            with pytest.raises(Refused, match="protected site"):
                cap_of_advisory(replace(hospital, stage=stage), SENDER, NOON, True, "a,b,c")
            with pytest.raises(Refused, match="protected site"):
                cot_of_advisory(replace(hospital, stage=stage), NOON, exercise=True)


@pytest.mark.parametrize("sender", ["", "air desk", "a,b", "<a>", "a&b", "x" * 81, "a\n"])
def test_a_sender_that_cap_does_not_allow_is_refused(sender: str) -> None:
    with pytest.raises(InvalidValue, match="sender"):
        cap_of_advisory(ADVISORY, sender, NOON, exercise=True)


def test_what_never_went_out_is_not_cancelled() -> None:
    with pytest.raises(InvalidValue, match="no alert went out"):
        cap_of_advisory(replace(ADVISORY, stage=Stage.CLEARED), SENDER, NOON, exercise=True)


def test_text_that_xml_cannot_hold_is_refused() -> None:
    with pytest.raises(InvalidValue, match="XML cannot"):
        cap_of_advisory(replace(ADVISORY, about="a\x00b"), SENDER, NOON, exercise=True)
    with pytest.raises(InvalidValue, match="XML cannot"):
        cot_of_track(replace(SEEN, identity="a\x00b"), NOON, exercise=True)


@pytest.mark.parametrize("sent", [-1, 253_402_300_800_000, 10**30])
def test_a_time_that_is_none_is_refused(sent: int) -> None:
    with pytest.raises(InvalidValue, match="no time"):
        cap_of_advisory(ADVISORY, SENDER, Millis(sent), exercise=True)
    with pytest.raises(InvalidValue, match="no time"):
        cot_of_track(SEEN, Millis(sent), exercise=True)


@given(tracks, times, st.booleans())
def test_a_track_is_never_called_hostile(
    seen: Seen, sent: Millis, exercise: bool
) -> None:  # W-O1, W-O3
    event = etree.fromstring(cot_of_track(seen, sent, exercise))
    assert re.fullmatch(r"a-u-[ASG]", event.get("type", ""))
    assert event.get("opex") == ("e" if exercise else "o")
    remarks = event.findtext("detail/remarks", "")
    assert remarks.startswith(NOT_FOR_TARGETING)
    assert ("DOUBTFUL" in remarks) == bool(seen.doubts)
    assert event.get("stale", "") >= event.get("start", "")
    point = event.find("point")
    assert point is not None
    assert round(float(point.get("lat", "")) * DEGREE) == seen.position.latitude_e7
    assert round(float(point.get("lon", "")) * DEGREE) == seen.position.longitude_e7
    known = seen.height_ft is not None and seen.height_reference is HeightReference.ELLIPSOID
    assert (point.get("hae") == "9999999.0") != known


@given(advisories, times)
def test_an_advisory_is_a_mark_without_affiliation(
    advisory: Advisory, sent: Millis
) -> None:  # W-O3
    event = etree.fromstring(cot_of_advisory(advisory, sent, exercise=False))
    assert event.get("type") == "b-m-p-s-m"
    assert event.findtext("detail/remarks", "").startswith(NOT_FOR_TARGETING)


def test_the_same_advisory_keeps_its_name_and_ends() -> None:
    first = etree.fromstring(cot_of_advisory(ADVISORY, NOON, exercise=True))
    over = replace(ADVISORY, stage=Stage.CLEARED, at=NOON)
    last = etree.fromstring(cot_of_advisory(over, NOON, exercise=True))
    assert first.get("uid") == last.get("uid")
    assert first.get("stale") == "2026-11-22T12:02:00.000Z"
    assert last.get("stale") == "2026-11-22T12:00:00.000Z"
    assert "CLEARED" in last.findtext("detail/remarks", "")
    other = etree.fromstring(cot_of_advisory(replace(ADVISORY, key="x"), NOON, exercise=True))
    assert other.get("uid") != first.get("uid")


def test_an_advisory_without_a_place_is_refused_as_an_event() -> None:
    with pytest.raises(InvalidValue, match="CAP alert"):
        cot_of_advisory(replace(ADVISORY, tracks=()), NOON, exercise=True)


def test_what_goes_out_can_be_read_again() -> None:
    adapter = Cot(0)
    data = cot_of_track(replace(SEEN, height_reference=HeightReference.ELLIPSOID), NOON, True)
    reports = adapter.feed(data, NOON)
    assert len(reports) == 1
    assert reports.latitude_e7[0] == SEEN.position.latitude_e7
    assert reports.longitude_e7[0] == SEEN.position.longitude_e7
    assert reports.height_ft[0] == SEEN.height_ft
    assert not adapter.refused
