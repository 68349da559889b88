"""The peers' bench without its peers: percentiles, table, plot, parsers, and what it says is missing."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from xml.etree import ElementTree

import pytest

from bench.peers import installing, report
from bench.peers.errand import (
    IN_FLIGHT,
    MESSAGE_BYTES,
    BenchError,
    Errand,
    Pending,
    Round,
    body,
    measure,
    number_of,
    percentile,
)
from bench.peers.firebreak_line import round_of
from bench.peers.installing import Missing, missing_text, packages_line, synapse_line
from bench.peers.main import Contestant, turned
from bench.peers.postfix import notice_number
from bench.peers.prosody import Stanzas, local_name
from bench.peers.report import ROWS, Axis, Result, number, plot, table

# -- figures -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "expected"), [(0.001, 1.0), (0.5, 50.0), (0.505, 51.0), (0.99, 99.0), (1.0, 100.0)]
)
def test_percentile_is_the_nearest_rank(share: float, expected: float) -> None:
    assert percentile([float(value) for value in range(100, 0, -1)], share) == expected


def test_percentile_of_one_value_is_that_value() -> None:
    assert percentile([7.0], 0.5) == percentile([7.0], 0.99) == 7.0


@pytest.mark.parametrize(("values", "share"), [([], 0.5), ([1.0], 0.0), ([1.0], 1.01)])
def test_percentile_refuses(values: list[float], share: float) -> None:
    with pytest.raises(ValueError, match="percentile"):
        percentile(values, share)


@pytest.mark.parametrize("value", [0, 1, 4_294_967_295])
def test_a_body_has_its_size_and_its_number(value: int) -> None:
    assert len(body(value).encode()) == MESSAGE_BYTES
    assert number_of(body(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.731, "0.73"), (7.31, "7.3"), (73.1, "73"), (733.4, "733"), (1317, "1317")],
)
def test_a_figure_shows_no_digit_that_says_nothing(value: float, text: str) -> None:
    assert number(value) == text


# -- the errand over a lane in memory ------------------------------------------------------------


@dataclass
class MemoryLane:
    """A peer whose acknowledgement comes at the loop's next turn, or that breaks."""

    key: str = "memory"
    breaks_after: int | None = None
    breaks_at_once: int | None = None
    carried: int = 0
    at_once: int = 0
    most_at_once: int = 0

    @asynccontextmanager
    async def clients(self, count: int) -> AsyncIterator[Sequence[Errand]]:
        yield [self._errand] * count

    async def _errand(self) -> None:
        self.carried += 1
        if self.breaks_after is not None and self.carried > self.breaks_after:
            raise ConnectionResetError("reset")
        self.at_once += 1
        if self.at_once == self.breaks_at_once:
            raise ConnectionResetError("reset")
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1


def test_a_lane_is_measured_alone_and_with_many_in_flight() -> None:
    lane = MemoryLane()
    found = asyncio.run(measure(lane, 0.02))
    assert lane.most_at_once == IN_FLIGHT
    assert 0 < found.p50_ms <= found.p99_ms
    assert found.alone_per_s > 0
    assert found.loaded_per_s > 0


@pytest.mark.parametrize("after", [0, IN_FLIGHT, IN_FLIGHT + 3])
def test_a_server_that_goes_is_named(after: int) -> None:
    with pytest.raises(BenchError, match=r"memory: the server is gone: .*reset"):
        asyncio.run(measure(MemoryLane(breaks_after=after), 60))


def test_a_server_that_goes_under_load_is_named() -> None:
    with pytest.raises(BenchError, match="memory: the server is gone"):
        asyncio.run(measure(MemoryLane(breaks_at_once=IN_FLIGHT), 0.02))


def test_an_acknowledgement_reaches_its_own_message_alone() -> None:
    async def scenario() -> None:
        pending = Pending()
        (first, one), (second, other) = pending.hand_in(), pending.hand_in()
        pending.acknowledge(second)
        assert (one.done(), other.done()) == (False, True)
        pending.acknowledge(first + 1_000)  # of another run
        pending.acknowledge(first)
        assert one.done()

    asyncio.run(scenario())


def test_a_later_run_uses_no_number_again() -> None:
    async def scenario() -> None:
        assert Pending().hand_in()[0] < Pending().hand_in()[0]

    asyncio.run(scenario())


@pytest.mark.parametrize("error", [None, ValueError("broken")])
def test_a_reader_that_ends_fails_what_waits_and_what_comes(error: Exception | None) -> None:
    async def read() -> None:
        if error is not None:
            raise error

    async def scenario() -> None:
        pending = Pending()
        _, waiting = pending.hand_in()
        pending.watch(asyncio.create_task(read()))
        with pytest.raises(BenchError, match="no acknowledgement can come"):
            await waiting
        with pytest.raises(BenchError, match="no acknowledgement can come"):
            pending.hand_in()

    asyncio.run(scenario())


# -- what the peers send -------------------------------------------------------------------------

STREAM = (
    b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' id='1' version='1.0' "
    b"xmlns:stream='http://etherx.jabber.org/streams'> "
    b"<message id='7' from='duty@alpha.test'><body>a &lt; b</body>"
    b"<request xmlns='urn:xmpp:receipts'/></message>\n<presence/>"
)


@pytest.mark.parametrize("step", [1, 7, len(STREAM)])
def test_stanzas_come_whole_however_the_bytes_are_cut(step: int) -> None:
    stanzas = Stanzas()
    whole = [
        stanza
        for start in range(0, len(STREAM), step)
        for stanza in stanzas.feed(STREAM[start : start + step])
    ]
    assert [local_name(stanza) for stanza in whole] == ["message", "presence"]
    assert whole[0].get("id") == "7"
    assert whole[0].findtext("jabber:client body") == "a < b"
    assert whole[0].find("urn:xmpp:receipts request") is not None


NOTICE = (
    b"Reporting-MTA: dns; bravo.test\r\nOriginal-Envelope-Id: message-42\r\n\r\n"
    b"Final-Recipient: rfc822; duty@bravo.test\r\nAction: delivered\r\n\r\n.\r\n"
)


def test_a_success_notice_names_its_message() -> None:
    assert notice_number(NOTICE) == 42


@pytest.mark.parametrize(
    "notice",
    [
        NOTICE.replace(b"delivered", b"relayed"),
        NOTICE.replace(b"delivered", b"failed"),
        NOTICE.replace(b"Original-Envelope-Id", b"X-Id"),
    ],
)
def test_another_notice_is_refused(notice: bytes) -> None:
    with pytest.raises(BenchError, match="not a notice of delivery"):
        notice_number(notice)


LINE = {"p50_ms": 2.5, "p99_ms": 6, "one_at_a_time_per_s": 390, "messages_per_s": 700}


def test_firebreaks_own_figures_are_read() -> None:
    assert round_of(LINE | {"help_s": 0.2}) == Round(2.5, 6.0, 390.0, 700.0, None)


@pytest.mark.parametrize("key", LINE)
def test_a_figure_that_firebreak_did_not_write_is_named(key: str) -> None:
    with pytest.raises(BenchError, match=key):
        round_of({name: value for name, value in LINE.items() if name != key})


# -- table and plot ------------------------------------------------------------------------------


def rounds(p50: float, loaded: float, *, cpu: float | None = 0.12) -> list[dict[str, Any]]:
    return [
        {
            "p50_ms": p50 * share,
            "p99_ms": 3 * p50 * share,
            "alone_per_s": 900 / p50,
            "loaded_per_s": loaded * share,
            "client_cpu": cpu,
        }
        for share in (1.5, 0.5, 1.0)
    ]


FIGURES: dict[str, Any] = {
    "machine": {
        "cpu": "A Processor & Co",
        "cores": 2,
        "kernel": "Linux 6.1",
        "filesystem": "ext4",
        "load_before": 0.25,
        "python": "3.11.7",
    },
    "versions": {"Firebreak": "0.1.0", "Postfix": "3.7.11"},
    "fsync_p50_ms": [0.2, 0.1, 0.3],
    "message_bytes": 330,
    "in_flight": 16,
    "seconds": 4.0,
    "lanes": {
        "firebreak": rounds(2.0, 720.0, cpu=None),
        "postfix_250": rounds(1.6, 600.0),
        "postfix_delivered": rounds(10.0, 150.0),
        "prosody_sqlite": rounds(5.0, 200.0),
        "prosody_files": rounds(1.4, 900.0),
        "synapse_send": rounds(19.0, 90.0),
        "synapse_sync": rounds(24.0, 91.0),
    },
}


def result() -> Result:
    return Result.from_json(json.loads(json.dumps(FIGURES)))


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_the_figures_survive_their_json() -> None:
    assert json.loads(json.dumps(result().to_json())) == FIGURES


def test_the_table_says_medians_spreads_and_ratios() -> None:
    lines = table(result()).splitlines()
    head, rule, *rows = [cells(line) for line in lines if line.startswith("|")]
    assert {len(row) for row in (head, rule, *rows)} == {len(head)}
    assert [row[0].strip("*") for row in rows] == [row.name for row in ROWS]
    firebreak, postfix, *_ = [dict(zip(head, row, strict=True)) for row in rows]
    assert firebreak["signed, receipt verified"] == "both"
    assert firebreak["messages/s, 16 in flight"] == "720 (360–1080)"
    assert firebreak["messages/s, one at a time"] == "450 (450–450)"
    assert firebreak["client's CPU"] == "–"
    assert postfix["signed, receipt verified"] == "no"
    assert postfix["p50, ms"] == "1.6 (0.80–2.4)"
    assert postfix["p99, ms"] == "4.8 (2.4–7.2)"
    assert postfix["Firebreak ÷ this"] == "1.2 ×"
    assert postfix["client's CPU"] == "12 %"


def test_every_row_but_ours_says_that_nothing_is_signed() -> None:
    assert [row.key for row in ROWS if row.signed != "no"] == ["firebreak"]


def test_the_table_names_machine_versions_and_disk() -> None:
    text = table(result())
    for part in ("A Processor & Co, 2 cores, Linux 6.1, ext4", "Postfix 3.7.11", "Firebreak 0.1.0"):
        assert part in text
    assert "synced: p50 0.20 (0.10–0.30) ms" in text


def test_a_target_is_reached_at_its_limit_and_not_below() -> None:
    text = table(result())
    assert "at least 1.2 × Postfix, to 250: 1.20 ×, reached" in text
    assert "at least 8.0 × Synapse, to sync: 7.91 ×, **not reached**" in text


def test_a_target_just_missed_is_not_rounded_up() -> None:
    slower = replace(
        result(), lanes=result().lanes | {"firebreak": [Round(2, 6, 450, 719.5, None)]}
    )
    assert "1.19 ×, **not reached**" in table(slower)


def test_the_plot_is_the_same_each_time_small_and_well_formed() -> None:
    drawn = plot(result())
    assert drawn == plot(result())
    assert len(drawn.encode()) < 20_000
    root = ElementTree.fromstring(drawn)
    texts = [element.text or "" for element in root.iter() if element.text]
    assert {row.name for row in ROWS} <= set(texts)
    assert "720" in texts
    # No reference to anything outside, and a ground of its own under the text.
    assert "href" not in drawn
    rectangles = [element for element in root.iter() if element.tag.endswith("rect")]
    assert rectangles[0].get("fill") == report.GROUND
    assert len(rectangles) == 1 + 2 * len(ROWS)


def test_every_mark_of_the_plot_is_inside_it() -> None:
    root = ElementTree.fromstring(plot(result()))
    width, height = float(root.get("width", "")), float(root.get("height", ""))
    for element in root.iter():
        if element.tag.endswith("rect"):
            right = float(element.get("x", "0")) + float(element.get("width", ""))
            assert right <= width
        if element.tag.endswith("text"):
            assert 0 <= float(element.get("x", "")) <= width - 20
            assert 0 <= float(element.get("y", "")) <= height
        if element.tag.endswith("path"):
            assert all(0 <= float(n) <= width for n in re.findall(r"[\d.]+", element.get("d", "")))


def test_an_axis_is_logarithmic_over_whole_powers() -> None:
    axis = Axis.over(100, [20.0, 900.0])
    assert axis.ticks() == [10.0, 100.0, 1000.0]
    assert [axis.at(tick) for tick in axis.ticks()] == [100, 250, 400]
    assert Axis.over(0, [10.0]).ticks() == [10.0, 100.0]


# -- what is missing -----------------------------------------------------------------------------


def test_what_is_missing_comes_with_its_line() -> None:
    text = missing_text([Missing("one thing", "make it"), Missing("another", "fetch it")])
    assert "one thing\n    make it\n" in text
    assert "another\n    fetch it\n" in text
    assert "--install" in text


def test_packages_are_installed_without_starting_or_keeping_a_service() -> None:
    line = packages_line(("postfix", "prosody", "lua-dbi-sqlite3"), systemd=True)
    assert line.startswith(f"echo '{installing.ANSWER}' | debconf-set-selections && ")
    assert "apt-get install --yes --no-install-recommends postfix prosody lua-dbi-sqlite3" in line
    assert line.endswith("&& systemctl disable --now postfix prosody")


def test_a_service_that_was_there_before_is_left_alone() -> None:
    assert packages_line(("lua-dbi-sqlite3",), systemd=True) == f"{installing.APT} lua-dbi-sqlite3"
    assert "systemctl" not in packages_line(("prosody",), systemd=False)
    assert "postfix" not in packages_line(("prosody",), systemd=True)


def test_synapse_goes_into_a_venv_of_its_own_that_git_ignores() -> None:
    ignored = (installing.ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert f"{installing.VENV.parent.relative_to(installing.ROOT)}/" in ignored
    assert synapse_line().startswith("python3 -m venv .benchmarks/synapse && ")


# -- rounds --------------------------------------------------------------------------------------


def test_each_round_begins_with_another_and_leaves_nobody_out() -> None:
    contestants = [Contestant(name, {}) for name in ("a", "b", "c")]
    orders = ["".join(each.name for each in turned(contestants, number)) for number in range(4)]
    assert orders == ["abc", "bca", "cab", "abc"]
