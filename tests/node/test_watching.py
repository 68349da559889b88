"""The watch beside a node's line: configured, fed with what is agreed, and never in the line's way."""

import asyncio
import base64
import json
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.desk.overlap import Current
from firebreak.desk.releasability import Owner
from firebreak.errors import InvalidValue, Misuse, Refused
from firebreak.node.alerts import About
from firebreak.node.lookout import (
    NOTICES_AHEAD_MS,
    OVERRIDE,
    Files,
    Held,
    Lookout,
    Named,
    Phase,
    agreed_fences,
    all_fences,
    near_in_time,
    radar_of,
)
from firebreak.node.runner import Runner
from firebreak.node.side import Side
from firebreak.node.watching import MOST_WAITING, Watcher, not_looked_at
from firebreak.records.agreement import AgreedLine, AgreedZone, Channel
from firebreak.store.directory import NodeConfig, NodeDirectory, WatchConfig
from firebreak.store.interface import JournalLine, Store
from firebreak.values import (
    DEGREE,
    Height,
    HeightReference,
    HeightUnit,
    Millis,
    PartyNumber,
    Position,
)
from firebreak.volumes import Circle, Heights, Volume, Window
from firebreak.watch.advisories import Meeting
from firebreak.watch.fences import Fence, Kind, Line
from firebreak.watch.picture import Picture
from firebreak.watch.reports import Reports, no_reports
from tests.nodes import Stage, template, until
from tests.records.parties import smallest
from tests.sky import CLEAN, Aircraft, Sky, watch_this, watched

CENTRE = Position(55 * DEGREE, 19 * DEGREE)
ANY = Heights(None, None)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template(tmp_path_factory.getbasetemp() / "parties")


# node.toml

WATCH = WatchConfig(
    ("sbs://127.0.0.1:30003", 'readsb:/run/"odd"/aircraft.json'),
    ("border.geojson",),
    ("25/10 551230N0194512E 120m",),
)


def test_what_is_watched_stands_in_the_node_s_file_and_comes_back() -> None:
    config = NodeConfig("ALPHA", peers={"BRAVO": "127.0.0.1:1"}, watch=WATCH)
    assert NodeConfig.from_toml(config.to_toml()) == config
    plain = replace(config, watch=None)
    assert "watch" not in plain.to_toml()
    assert NodeConfig.from_toml(plain.to_toml()) == plain
    assert NodeConfig.from_toml(plain.to_toml() + "[watch]\n").watch == WatchConfig()


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ('[watch]\nsource = ["x"]\n', "source is no key of"),
        ('[watch]\nsources = "sbs://127.0.0.1:30003"\n', "sources of .watch. is a list of texts"),
        ("[watch]\nlines = [1]\n", "lines of .watch. is a list of texts"),
        ("watch = true\n", "watch is a table"),
    ],
)
def test_a_table_that_is_not_understood_is_refused(table: str, what: str) -> None:
    text = 'party = "ALPHA"\n'
    with pytest.raises(InvalidValue, match=what):
        NodeConfig.from_toml(table + text if table.startswith("watch") else text + table)


def test_a_peer_that_is_added_leaves_the_watch_as_it_is(made: Path, tmp_path: Path) -> None:
    with Stage.make(made, tmp_path / "stage") as stage:
        folder = stage.folder("alpha")
        config = replace(NodeDirectory.open(folder).config, watch=WATCH)
        (folder / "node.toml").write_text(config.to_toml(), encoding="utf-8")
        NodeDirectory.open(folder).with_peer("CHARLIE", "192.0.2.1:7140")
        assert NodeDirectory.open(folder).config.watch == WATCH


def test_radars() -> None:
    number, site = radar_of("25/10 551230N0194512E 120m")
    assert (number, site.height_m) == ((25, 10), 120)
    for text in ("25/10", "256/1 551230N0194512E 1m", "1/1 nowhere 1m", "1/1 551230N0194512E"):
        with pytest.raises(InvalidValue):
            radar_of(text)


# Fences of agreements, files and notices


def test_agreed_lines_and_zones_are_watched() -> None:
    path = (CENTRE, Position(56 * DEGREE, 20 * DEGREE), Position(57 * DEGREE, 19 * DEGREE))
    band = Heights(
        None, Height(195, HeightUnit.HUNDREDS_OF_FEET, HeightReference.STANDARD_PRESSURE)
    )
    agreement = replace(
        smallest(),
        lines=(AgreedLine("Open", path), AgreedLine("Ring", (*path, CENTRE))),
        zones=(
            AgreedZone("Low", Circle(CENTRE, 1_000), band),
            AgreedZone("All", Circle(CENTRE, 2_000), ANY),
        ),
    )
    opened, ring, low, everywhere = agreed_fences(agreement)
    assert [each.kind for each in (opened, ring, low, everywhere)] == [Kind.LINE] * 2 + [
        Kind.ZONE
    ] * 2
    assert isinstance(opened.geometry, Line)
    assert isinstance(ring.geometry, Line)
    assert (opened.geometry.closed, ring.geometry.closed) == (False, True)
    assert opened.geometry.latitude_e7.tolist() == [point.latitude_e7 for point in path]
    assert ring.geometry.longitude_e7.tolist() == [point.longitude_e7 for point in path]
    assert (low.heights, everywhere.heights) == (band, None)
    Picture(["x"], [opened, ring, low, everywhere])  # all of them sound


def held(start: int, end: int, index: int = 0, channel: Channel = Channel.AIR) -> Held:
    volume = Volume(Circle(CENTRE, 5_000), ANY, Window(Millis(start), Millis(end)))
    return Held(0, channel, Current((PartyNumber(1), index), (PartyNumber(1), index), volume))


NOON = 1_800_000_000_000


@given(st.integers(-3_600_000, 3_600_000), st.integers(1, 3_600_000))
def test_notices_of_the_next_minutes_are_watched(start: int, lasting: int) -> None:
    each = held(NOON + start, NOON + start + lasting)
    touches = start < NOTICES_AHEAD_MS and start + lasting > 0
    assert near_in_time([each], Millis(NOON)) == ([each] if touches else [])


def test_every_fence_has_a_key_of_its_own_and_sites_stay_protected() -> None:
    agreement = replace(smallest(), lines=(), zones=(AgreedZone("A", Circle(CENTRE, 9), ANY),))
    site = Fence("A", Circle(CENTRE, 10), name="A")
    files = Files((site, Fence("B", Circle(CENTRE, 10), name="B")), frozenset({"A"}))
    notices = [
        (held(NOON, NOON + 1, 0), Named("protected-site 3fa91c07", protected=True)),
        (held(NOON, NOON + 1, 1), Named("training 3fa91c07", protected=False)),
    ]
    fences, protected = all_fences(files, [agreement, agreement], notices)
    keys = [fence.key for fence in fences]
    assert keys == ["A", "A (2)", "A (3)", "B", "protected-site 3fa91c07", "training 3fa91c07"]
    assert protected == {"A (3)", "protected-site 3fa91c07"}
    assert fences[-1].window == Window(Millis(NOON), Millis(NOON + 1))


# Beside the line


def test_a_node_that_does_not_watch_loads_nothing_for_it() -> None:
    asked = (
        "import sys, firebreak.node.runner, firebreak.web.api;"
        "print(*(n for n in ('numba', 'numpy', 'firebreak.watch') if n in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_a_fault_in_the_watch_is_told_and_the_line_goes_on(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage.make(made, tmp_path / "stage")
    folder = stage.folder("alpha")
    config = replace(NodeDirectory.open(folder).config, watch=WATCH)
    (folder / "node.toml").write_text(config.to_toml(), encoding="utf-8")

    def fails(*_: object) -> None:
        raise ZeroDivisionError("a test")

    monkeypatch.setattr(Lookout, "_made", fails)

    async def scene() -> None:
        reports: list[object] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, report: reports.append(report["exception"]))
        runner = Runner(NodeDirectory.open(folder))
        await runner.start()
        assert runner.lookout is not None
        assert await runner.until(lambda: About.WATCH in runner.told, 30)
        assert runner.lookout.phase is Phase.FAILED
        assert runner.lookout.watcher is None
        assert [type(report) for report in reports] == [ZeroDivisionError]
        (told,) = (alert.text for _, alert in runner.node.alerts if alert.about is About.WATCH)
        assert "ZeroDivisionError: a test" in told
        assert not runner.leaving.is_set()
        await runner.settled()  # the line's store still takes what it is given
        await runner.stop()

    asyncio.run(scene())


def test_what_cannot_be_read_is_named_and_the_rest_is_watched(made: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.geojson").write_text("{", encoding="utf-8")
    (tmp_path / "site.geojson").write_text(SITE, encoding="utf-8")
    config = WatchConfig(
        ("telepathy://127.0.0.1:1", "sbs://127.0.0.1:9", "cot+tls://h:1?authorities=no.pem"),
        ("gone.kml", "broken.geojson", "site.geojson", "site.geojson"),
        ("a radar", "25/10 551230N0194512E 120m"),
    )
    lookout = Lookout(
        config, tmp_path, [], cast(Store, object()), lambda: Millis(NOON), lambda alert: None
    )
    watcher, files, troubles = lookout._made()
    assert [feed.source.text for feed in watcher.feeds] == ["sbs://127.0.0.1:9"]
    assert [fence.key for fence in files.fences] == ["Hospital", "Hospital (2)"]
    expected = ("telepathy", "cot+tls", "a radar", "gone.kml", "broken.geojson")
    assert len(troubles) == len(expected)
    for trouble, part in zip(troubles, expected, strict=True):
        assert part in trouble
    assert lookout.terms(None) == ()


SITE = (
    '{"type":"Feature","properties":{"name":"Hospital"},"geometry":{"type":"Polygon","coordinates":'
    "[[[19,55],[19.1,55],[19.1,55.1],[19,55.1],[19,55]]]}}"
)


def test_a_flood_that_nobody_takes_is_dropped_and_counted() -> None:
    picture = Picture(["x"])
    watcher = Watcher(picture, [], {}, lambda: Millis(NOON), lambda: 0.5, lambda: 0.0)

    class Many(Reports):
        def __len__(self) -> int:
            return MOST_WAITING - 1

    empty = no_reports()
    many = Many(*(getattr(empty, name) for name in Reports.__dataclass_fields__))
    watcher._take(many)
    watcher._take(many)
    assert watcher.dropped == MOST_WAITING - 1


def test_the_watcher_says_what_it_does_not_have() -> None:
    watcher = Watcher(Picture(["x"]), [], {}, lambda: Millis(NOON), lambda: 0.5, lambda: 0.0)
    for act in (watcher.acknowledge, watcher.unshelve, watcher.advisory):
        with pytest.raises(Misuse, match="stands now"):
            act("nothing")
    with pytest.raises(Misuse, match="stands now"):
        watcher.shelve("nothing", Millis(NOON + 1_000), "because")
    with pytest.raises(Misuse, match="stands now"):
        watcher.draft("nothing", ())
    assert not watcher.is_watched("icao:4ba111")
    assert watcher.tracks() == []


def test_whose_a_track_is_outlives_a_restart_and_the_line_is_up_meanwhile(
    made: Path, tmp_path: Path
) -> None:
    identity = "icao:4ba111"
    with Sky([Aircraft("4ba111", CLEAN)]) as sky, Stage.make(made, tmp_path / "stage") as stage:
        watch_this(stage, "alpha", sky)
        stage.start("alpha", "bravo")
        stage.line_up()
        sent = stage.send("bravo", "send", "text", "While alpha's watch gets ready.")
        assert "delivered" in stage.states("bravo", sent)
        watched(stage, "alpha")
        stage.must("alpha", "watch", "own", identity, "another's", "--label", "Blue one")
        assert stage.stop("alpha") == 0
        stage.start("alpha")
        watched(stage, "alpha")
        (track,) = stage.client("alpha").get("/watch/tracks")["tracks"]
        assert (track["owner"], track["label"]) == (Owner.ANOTHERS.value, "Blue one")


def _watches(watcher: Watcher, count: int) -> bool:
    return watcher.fences == count


def test_what_is_agreed_is_followed_as_it_changes(tmp_path: Path) -> None:
    path = (CENTRE, Position(56 * DEGREE, 20 * DEGREE))
    first = replace(smallest(), lines=(AgreedLine("Line North", path),))
    second = replace(first, lines=(*first.lines, AgreedLine("Line South", path)))
    over = replace(second, valid_until=Millis(first.valid_from + 1))
    shared = SimpleNamespace(agreement=first)
    side = cast(Side, SimpleNamespace(shared=shared, view=SimpleNamespace(currents={})))
    now = Millis(first.valid_from + 1_000)
    config, store = WatchConfig(), cast(Store, object())
    lookout = Lookout(config, tmp_path, [side], store, lambda: now, lambda alert: None)

    async def scene() -> list[int]:
        picture = Picture([])
        watcher = Watcher(picture, [], {}, lambda: now, lambda: 0.5, lambda: 0.0)
        following = asyncio.create_task(lookout._follow(watcher, Files((), frozenset())))
        found = []
        for agreement in (first, second, over):
            shared.agreement = agreement
            lookout.touched()
            wanted = {first: 1, second: 2, over: 0}[agreement]
            seen = partial(_watches, watcher, wanted)
            await asyncio.to_thread(until, seen, f"{wanted} lines are watched")
            found.append(watcher.fences)
        following.cancel()
        return found

    assert asyncio.run(scene()) == [1, 2, 0]


def test_a_fence_that_is_refused_is_named_and_keeps_no_other_out(tmp_path: Path) -> None:  # W-V17
    path = (CENTRE, Position(56 * DEGREE, 20 * DEGREE))
    agreement = replace(smallest(), lines=(AgreedLine("Line North", path),), zones=())
    same = np.array([55 * DEGREE] * 2, np.int32)
    still = Fence("Still", Line(same, same, closed=False), name="Still")
    now = Millis(agreement.valid_from + 1_000)
    told: list[str] = []
    lookout = Lookout(
        WatchConfig(),
        tmp_path,
        [],
        cast(Store, object()),
        lambda: now,
        lambda a: told.append(a.text),
    )
    watcher = Watcher(Picture([]), [], {}, lambda: now, lambda: 0.5, lambda: 0.0)
    assert asyncio.run(lookout._set(watcher, Files((still,), frozenset()), [agreement], []))
    assert watcher.fences == 1
    (text,) = told
    assert text.startswith("Still is not watched, the others are: ")
    assert lookout.troubles == told
    assert asyncio.run(lookout._set(watcher, Files((), frozenset()), [agreement], []))
    assert (watcher.fences, lookout.troubles) == (1, [])


@pytest.mark.parametrize("step_s", [7_200, -7_200, -20])
def test_a_clock_that_is_set_wrong_and_right_again_does_not_blind_the_watch(step_s: int) -> None:
    # W-V16
    off, ticks = [0], [0.0]
    fence = Fence("A", Circle(CENTRE, 10), name="A")
    watcher = Watcher(
        Picture(["x"], [fence]),
        [],
        {},
        lambda: Millis(NOON + off[0] + round(1_000 * ticks[0])),
        lambda: 0.5,
        lambda: ticks[0],
    )

    def cycle() -> list[str]:
        ticks[0] += 1
        watcher.standing = watcher._cycle([])
        return not_looked_at(watcher.standing)

    assert cycle() == []
    assert cycle() == []
    off[0] = 1_000 * step_s
    told = cycle()
    if abs(step_s) < 30:
        assert told == []
        assert watcher.standing is not None
        assert watcher.standing.at == NOON + 2_000  # held
        return
    assert "7,200 s" in told[0]
    assert ("began anew" in told[0]) is (step_s < 0)
    off[0] = 0
    told = cycle()
    assert ("began anew" in told[0]) is (step_s > 0)
    assert watcher.standing is not None
    assert watcher.standing.at == NOON + 1_000 * ticks[0]
    assert watcher.fences == 1


def test_what_fails_to_be_shown_is_told_and_the_watch_goes_on() -> None:
    watcher = Watcher(Picture(["x"]), [], {}, lambda: Millis(NOON), lambda: 0.5, lambda: 0.0)
    standing = watcher._cycle([])

    def full(_: object) -> None:
        raise Misuse("alerts cannot be written: No space left on device.")

    watcher.on_cycle = full
    watcher._show(standing)
    (told,) = not_looked_at(watcher._cycle([]))
    assert "No space left" in told
    watcher.on_cycle = lambda _: None
    watcher._show(standing)
    assert not_looked_at(watcher._cycle([])) == []


def test_every_limit_that_is_reached_is_said() -> None:
    watcher = Watcher(Picture(["x"]), [], {}, lambda: Millis(NOON), lambda: 0.5, lambda: 0.0)
    sound = watcher._cycle([])
    assert not_looked_at(sound) == []
    rates = replace(sound.rates, standing=1_007)
    reached = replace(sound, complete=False, uncompared=3, no_room=4, dropped=5, rates=rates)
    said = not_looked_at(reached)
    for sentence, part in zip(
        said, ("pairs", "3 tracks", "4 reports", "5 were", "1,007"), strict=True
    ):
        assert part in sentence


def test_a_decision_in_the_journal_counts_as_used_after_a_restart(tmp_path: Path) -> None:
    data = json.dumps({"decision": base64.b64encode(b"decided").decode()})
    lines = [JournalLine(Millis(NOON), OVERRIDE, data), JournalLine(Millis(NOON), "told", "{}")]
    store = cast(Store, SimpleNamespace(journal=lambda after: iter(lines)))
    lookout = Lookout(WatchConfig(), tmp_path, [], store, lambda: Millis(NOON), lambda alert: None)
    lookout.use(b"another", Millis(NOON))
    for decision in (b"decided", b"another"):
        with pytest.raises(Refused, match="used already"):
            lookout.use(decision, Millis(NOON))


def met(number: int, until_ms: int = NOON + 60_000) -> Meeting:
    return Meeting(f"a{number}", f"b{number}", Millis(NOON), Millis(until_ms), 100, None, False)


def test_an_advisory_beyond_those_given_in_full_is_found_and_acknowledged() -> None:
    picture = Picture(["x"])
    picture.set_meetings(met(number) for number in range(1_001))
    watcher = Watcher(picture, [], {}, lambda: Millis(NOON), lambda: 0.5, lambda: 0.0)
    watcher.standing = watcher._cycle([])
    given = {each.key for each in watcher.standing.advisories}
    (beyond,) = {f"notices:a{number}/b{number}" for number in range(1_001)} - given
    assert watcher.advisory(beyond).key == beyond
    assert watcher.acknowledge(beyond).stage.value == "acknowledged"


def test_meetings_that_are_over_and_stand_no_more_are_forgotten() -> None:
    picture = Picture(["x"])
    picture.set_meetings([met(1)])
    changes = picture.cycle(Millis(NOON)).changes
    picture.set_meetings([met(2)])
    assert [each.key for each in picture.advisories()] == ["notices:a1/b1"]  # it still stands
    picture.cycle(Millis(NOON + 30_000))
    picture.set_meetings([met(3)])
    assert len(picture._meetings) == len(picture._meeting_of) == 2
    assert picture.shown(changes.raised) == []  # of what is gone
