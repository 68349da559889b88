"""What goes to one's own systems: told, told again, ended; never about a protected site (W-O5)."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from firebreak.errors import InvalidValue, Misuse
from firebreak.node.outlets import AGAIN_MS, CapOutlet, CotOutlet, parse_place
from firebreak.values import Millis
from firebreak.watch.advisories import Level, Situation, Stage
from tests.conftest import ROOT
from tests.desk.sightings import ADVISORY, NOW

PROTECTED = replace(ADVISORY, key="zone:Hospital/icao:4baac6", protected=True)
NOTICES = replace(ADVISORY, key="notices:a/b", situation=Situation.NOTICES, tracks=())
SCHEMA = ROOT / "tests" / "formats" / "schemas" / "CAP-v1.2.xsd"


@pytest.fixture
def screen() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        made.settimeout(5)
        yield made


def events(screen: socket.socket) -> list[etree._Element]:
    """All that has come."""
    found = []
    screen.setblocking(False)
    while True:
        try:
            found.append(etree.fromstring(screen.recv(65_535)))
        except BlockingIOError:
            return found


def test_an_advisory_and_its_track_are_told_and_told_again_and_ended(
    screen: socket.socket,
) -> None:
    outlet = CotOutlet(screen.getsockname(), exercise=True)
    outlet.tell([ADVISORY], NOW)
    first = events(screen)
    assert len(first) == 2
    outlet.tell([ADVISORY], Millis(NOW + 1_000))
    assert events(screen) == []
    outlet.tell([ADVISORY], Millis(NOW + AGAIN_MS))
    assert len(events(screen)) == 2
    outlet.tell([replace(ADVISORY, stage=Stage.ACKNOWLEDGED)], Millis(NOW + AGAIN_MS + 1))
    assert len(events(screen)) == 2
    outlet.tell([], Millis(NOW + AGAIN_MS + 2))
    (last,) = events(screen)
    assert last.get("uid") == first[0].get("uid")
    assert last.get("stale") == last.get("time")
    outlet.tell([], Millis(NOW + AGAIN_MS + 3))
    assert events(screen) == []
    for event in (*first, last):
        assert b"NOT FOR TARGETING" in etree.tostring(event)
        assert b"EXERCISE" in etree.tostring(event)
    outlet.close()


def test_nothing_about_a_protected_site_or_without_a_place_is_told_by_cot(
    screen: socket.socket,
) -> None:
    outlet = CotOutlet(screen.getsockname(), exercise=False)
    outlet.tell([PROTECTED, NOTICES], NOW)
    outlet.tell([], Millis(NOW + 1))
    assert events(screen) == []
    outlet.close()


def test_a_screen_that_is_down_does_not_stop_the_watch() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gone:
        gone.bind(("127.0.0.1", 0))
        place = gone.getsockname()
    outlet = CotOutlet(place, exercise=False)
    for step in range(5):
        outlet.tell([replace(ADVISORY, key=f"{step}")], Millis(NOW + step))
    outlet.close()


def test_alerts_are_written_updated_and_cancelled_by_the_schema(tmp_path: Path) -> None:
    outlet = CapOutlet(tmp_path / "alerts", "air-desk@example.org", exercise=True)
    outlet.tell([replace(ADVISORY, level=Level.WARNING), PROTECTED], NOW)
    outlet.tell([replace(ADVISORY, level=Level.WARNING)], Millis(NOW + 1_000))
    outlet.tell([ADVISORY], Millis(NOW + 2_000))
    outlet.tell([], Millis(NOW + 3_000))
    outlet.tell([replace(ADVISORY, level=Level.CAUTION)], Millis(NOW + 4_000))
    files = sorted((tmp_path / "alerts").iterdir())
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    kinds = []
    for file in files:
        alert = etree.parse(file)
        schema.assertValid(alert)
        kinds.append(alert.findtext("{*}msgType"))
        assert "Hospital" not in file.read_text(encoding="utf-8")
    assert kinds == ["Alert", "Update", "Cancel"]
    outlet.close()


def test_a_fall_to_caution_is_an_update_and_its_end_a_cancel(tmp_path: Path) -> None:
    outlet = CapOutlet(tmp_path, "air-desk@example.org", exercise=True)
    outlet.tell([replace(ADVISORY, level=Level.WARNING)], NOW)
    outlet.tell([replace(ADVISORY, level=Level.CAUTION)], Millis(NOW + 1_000))
    outlet.tell([], Millis(NOW + 2_000))
    kinds = [etree.parse(file).findtext("{*}msgType") for file in sorted(tmp_path.iterdir())]
    assert kinds == ["Alert", "Update", "Cancel"]


def test_what_could_not_be_written_is_said_and_tried_again(tmp_path: Path) -> None:
    folder = tmp_path / "alerts"
    outlet = CapOutlet(folder, "air-desk@example.org", exercise=True)
    folder.rmdir()
    with pytest.raises(Misuse, match="cannot be written"):
        outlet.tell([ADVISORY], NOW)
    folder.mkdir()
    outlet.tell([ADVISORY], Millis(NOW + 1_000))
    assert len(list(folder.iterdir())) == 1


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Misuse, match="cannot be written"):
        CapOutlet(tmp_path / "file" / "alerts", "a@b.org", exercise=False)


@pytest.mark.parametrize("text", ["", "host", "host:0", "host:65536", "host:", ":1", "a b:1"])
def test_a_place_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="HOST:PORT"):
        parse_place(text)


def test_a_place_is_a_host_and_a_port() -> None:
    assert parse_place("127.0.0.1:4242") == ("127.0.0.1", 4242)
    assert parse_place("[::1]:4242") == ("::1", 4242)


def test_a_host_that_is_not_there_is_said() -> None:
    with pytest.raises(Misuse, match="cannot be found"):
        CotOutlet(("no.such.host.invalid", 4242), exercise=False)
