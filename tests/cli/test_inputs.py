"""Values as officers type them: what is wrong is said in their words, and is wrong usage."""

import json
from pathlib import Path

import pytest

from firebreak.cli.inputs import area, check, future, metres, optional_area, past, span
from firebreak.errors import InvalidValue
from firebreak.records.slots import MAX_OFFSET, Span
from firebreak.values import Millis
from firebreak.volumes import Circle
from tests.cli.conftest import Pair, Run

NOW = Millis(1_795_000_020_000)
"""A whole minute of November 2026."""
HOUR = 3_600_000


@pytest.mark.parametrize("text", ["010000ZNOV99", "+99999h", "-9700h"])
def test_a_time_more_than_400_days_away_is_refused(text: str) -> None:
    for read in (future, past):
        with pytest.raises(InvalidValue, match="is more than 400 days away"):
            read(text, NOW)


def test_a_time_400_days_away_is_taken() -> None:
    assert future("+9600h", NOW) == NOW + MAX_OFFSET


def test_a_window_is_no_longer_than_400_days() -> None:
    with pytest.raises(InvalidValue, match="would last more than 400 days"):
        span("now", None, "9601h", NOW)
    assert span("now", None, "9600h", NOW) == Span(0, MAX_OFFSET)


def test_an_end_with_a_plus_counts_from_the_beginning() -> None:
    assert span("+3h", "+1h", None, NOW) == Span(3 * HOUR, HOUR)
    with pytest.raises(InvalidValue, match="would end before it begins"):
        span("+3h", "-1h", None, NOW)


@pytest.mark.parametrize("text", ["-5NM", "NaNNM", "1e400NM", "0NM", "0.0 km", "9999999999NM", "5"])
def test_a_distance_is_a_positive_number(text: str) -> None:
    with pytest.raises(InvalidValue, match="a distance is a positive number"):
        metres(text)


@pytest.mark.parametrize("text", ["-5NM", "-5 NM", "NaNNM", "1e400NM", "0NM"])
def test_a_wrong_radius_or_width_is_told_as_such(text: str) -> None:
    with pytest.raises(InvalidValue, match=f"^'{text}': a distance is a positive number"):
        optional_area(f"551230N0194512E {text}", None, None)
    with pytest.raises(InvalidValue, match=f"^'{text}': a distance is a positive number"):
        optional_area(None, None, f"5512N01945E; 5520N02010E; {text}")


def test_a_missing_radius_is_told_as_such() -> None:
    with pytest.raises(InvalidValue, match="lacks a distance at its end"):
        optional_area("551230N0194512E", None, None)
    made = area("551230N0194512E 5 NM", None, None)
    assert isinstance(made, Circle)
    assert made.radius_m == 9_260


@pytest.mark.parametrize(
    ("option", "metavar", "good", "bad"),
    [
        ("--precedence", "NAME", "FLASH", "loud"),
        ("--channel", "NAME", "air", "sea-bed"),
        ("--of", "CHANNEL", "air", "sea-bed"),
        ("--purpose", "NAME", "training", "fun"),
        ("--topic", "NAME", "an-accident", "weather"),
        ("--keep", "NAME", "drones", "cool"),
        ("--hazard", "NAME", "drifting-mine", "fog"),
        ("--doubt", "NAME", "position", "colour"),
        ("--reason", "NAME", "too-close", "because"),
        ("--kind", "NAME", "notice", "gossip"),
        ("reply", "REPLY", "not-ours", "perhaps"),
        ("declared", "STATE", "resumed", "asleep"),
        ("--circle", "POSITION RADIUS", "551230N0194512E 15NM", "551230N0194512E"),
        ("--polygon", "POSITIONS", "5512N01945E; 5520N01945E; 5520N02010E", "here; there"),
        ("--corridor", "POSITIONS WIDTH", "5512N01945E; 5520N02010E; 5NM", "5512N01945E"),
        ("--from", "TIME", "+2h", "soon"),
        ("--for", "DURATION", "90min", "long"),
        ("--position", "POSITION", "55.2, 19.7", "55.2,181"),
        ("--lower", "HEIGHT", "FL095", "FL99999"),
        ("--listen", "HOST:PORT", "127.0.0.1:7140", "nowhere"),
    ],
)
def test_each_value_is_checked_by_itself(option: str, metavar: str, good: str, bad: str) -> None:
    check(option, metavar, good)
    with pytest.raises(InvalidValue):
        check(option, metavar, bad)


def test_free_text_is_not_checked() -> None:
    check("--reason", "TEXT", "because")
    check("--field", "NAME", "lower")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("notice", "file", "--purpose", "fun", "--from", "now"), "'--purpose': 'fun' is none of"),
        (("send", "statement", "--topic", "weather", "--text", "x"), "'--topic'"),
        (("send", "text", "x", "--precedence", "loud"), "'--precedence'"),
        (("send", "text", "x", "--channel", "sea-bed"), "'--channel'"),
        (("send", "text", "x", "--answer-within", "soon"), "'--answer-within'"),
        (("inbox", "--kind", "notice", "--kind", "gossip"), "'--kind': 'gossip' is none of"),
        (("answer", "3fa91c07", "perhaps"), "'perhaps' is none of"),
        (("party", "init", "ALPHA", "--listen", "nowhere"), "'--listen'"),
        (("evidence", "verify", "x", "--root", "no"), "'no' is no root fingerprint"),
        (("notice", "amend", "3fa91c07", "--from", "010000ZNOV99"), "more than 400 days away"),
    ],
)
def test_a_wrong_value_is_wrong_usage(
    run: Run, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    place = () if words[0] == "evidence" else ("--dir", tmp_path)
    code, out, err = run(*words, *place)
    assert (code, out) == (2, "")
    assert said in err
    assert not list(tmp_path.iterdir())


# Places to write


@pytest.mark.parametrize("report", ["nowhere/x", "."])
def test_a_report_that_cannot_be_written_is_told_before_the_play(
    run: Run, tmp_path: Path, report: str
) -> None:
    code, out, err = run("demo", "--report", tmp_path / report, "--folder", tmp_path / "kept")
    assert (code, out) == (1, "")
    assert "cannot be written" in err
    assert "Nothing was played" in err
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_a_node_in_which_others_can_write_is_refused(run: Run, pair: Pair, mode: int) -> None:
    pair.alpha.chmod(mode)
    code, _, err = run("party", "card", "--dir", pair.alpha)
    assert code == 1
    assert f"chmod go-w {pair.alpha}" in err
    pair.alpha.chmod(mode & ~0o022)
    assert run("party", "card", "--dir", pair.alpha)[0] == 0


def test_logs_that_cannot_be_written_are_told(run: Run, pair: Pair, tmp_path: Path) -> None:
    (pair.alpha / "store.db").touch()
    code, _, err = run("ledger", "export", pair.alpha, "--out", tmp_path / "nowhere" / "x")
    assert code == 1
    assert "nowhere/x cannot be written: No such file or directory" in err


def test_headless_with_a_report_says_sizes_and_times(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = {
        "notice_signed_bytes": 200,
        "notice_sealed_narrow_bytes": 330,
        "delivered_p50_ms": 9,
        "delivered_over_socket": 12,
        "node_ready_s": 0.8,
        "help_s": 0.1,
    }
    monkeypatch.setattr("firebreak.scenarios.play.Play.run", lambda _: result)
    words = ("demo", "--headless", "--folder", tmp_path / "kept")
    code, out, err = run(*words, "--report", tmp_path / "report.json")
    assert (code, err) == (0, "")
    assert out == (
        "A typical notice: 200 B signed, 330 B sealed for a narrow link. Delivered in 9 ms (median"
        " of 12, by the nodes' clocks). A node listens after 0.80 s; `--help` takes 0.10 s.\n"
    )
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8")) == result
