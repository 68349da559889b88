"""What officers type: read-backs by hand, ids, changes, urgency; and JSON from whatever is read."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from firebreak.cli import NOUNS
from firebreak.cli.frame import load
from firebreak.records.figures import date_time_group
from tests.nodes import NOTICE, Stage, command, must, template

READING = {
    *("call board", "call differences", "call show"),
    *("authority list", "handover show", "office reach", "onward card", "onward list"),
    "agreement check",
    "agreement diff",
    "agreement show",
    *("contact list", "contact matrix", "contact verify"),
    *("journal list", "journal show", "office list"),
    "evidence verify",
    *("humanitarian expiring", "humanitarian list", "humanitarian show"),
    "humanitarian stops",
    "inbox",
    *("incident evidence", "incident list", "incident review", "incident show"),
    "ledger verify",
    *("line checks", "line status", "route next", "route show"),
    *("mail show", "mail status"),
    "node status",
    "notice list",
    "party card",
    "party show",
    *("script check", "script groups", "script show"),
    "relay read",
    "relay show",
    "relay verify",
    "show",
    *("watch check", "watch explain", "watch list", "watch replay", "watch run", "watch tracks"),
}
DOING = {
    *("bench flood", "bench line", "bench rebuild", "bench watch", "bench wire"),
    *("call ical", "call publish"),
    *("contact export", "contact report", "demo march-2022", "journal export"),
    *("watch ack", "watch own", "watch prepare", "watch shelve", "watch unshelve"),
    *("agreement amend", "agreement keep", "agreement new", "agreement sign"),
    *("bundle export", "bundle import", "evidence export", "ledger export", "line roster"),
    *("bundle custody", "bundle send", "party relay", "relay admit", "relay consent"),
    *("relay give", "relay gloss"),
    *("relay handed", "relay init", "relay receipt", "relay returned", "relay run", "relay take"),
    *("humanitarian export", "humanitarian movement", "humanitarian site"),
    "humanitarian template",
    *("mail setup", "mail write"),
    *("paper print", "paper scan"),
    *("script key", "script read-back"),
    "line drill",  # its members are looked at in test_line_checks.py
    *("node run", "party enrol", "party init", "party key", "party peer", "party revoke"),
}
"""What is neither read nor sent; whatever is sent has --json with the other options of sending."""
POLYGON = "5512N01945E; 5520N01945E; 5520N02010E"
CORRIDOR = "5512N01945E; 5520N02010E; 5NM"
WITHOUT_AREA = (*NOTICE[:4], *NOTICE[6:])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template(tmp_path_factory.getbasetemp() / "parties")


@pytest.fixture(scope="module")
def stage(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Two nodes that hear each other."""
    with Stage.make(made, tmp_path_factory.mktemp("speaking") / "stage") as running:
        running.start("alpha", "bravo")
        running.line_up()
        yield running


@pytest.fixture(scope="module")
def circle(stage: Stage) -> str:
    return stage.notice("alpha")


# Read-back


def _values(stage: Stage, identity: str) -> dict[str, str]:
    fields = stage.record("bravo", identity)["critical"]
    return {field["name"]: field["value"] for field in fields}


def _by_hand(stage: Stage, notice: str, area: str) -> dict[str, str]:
    """What an officer types who has the notice on a slip; whole groups, short ones, small letters."""
    volume = stage.record("bravo", notice)["volume"]
    typed = {
        "start": f"{date_time_group(volume['start'])[:6]}z",
        "end": date_time_group(volume["end"]).lower(),
        "lower": "fl95",
        "upper": "FL 245",
        "area": area,
    }
    points = [name for name in _values(stage, notice) if name.startswith("point ")]
    return typed | dict(zip(points, area.split(";"), strict=False))


def _as_options(fields: dict[str, str]) -> list[str]:
    return [word for pair in fields.items() for word in ("--read-back", "=".join(pair))]


def _read_back(stage: Stage, identity: str) -> list[str]:
    read: list[str] = stage.record("alpha", identity)["body"]["read_back"]
    return read


@pytest.mark.parametrize(
    "area",
    [
        "551230N0194512E 15NM",
        "551230N 0194512E 27.78km",
        "circle 55°12′30″N 019°45′12″E 27780m",
        "CIRCLE 551230.0N 0194512.0E 27780 M",
    ],
)
def test_what_is_typed_by_hand_is_understood_and_signed_in_one_form(
    stage: Stage, circle: str, area: str
) -> None:
    typed = _by_hand(stage, circle, area)
    sent = stage.send("bravo", "ack", circle, *_as_options(typed))
    assert _read_back(stage, sent) == list(_values(stage, circle).values())


def test_each_prompt_shows_a_form_and_takes_it(stage: Stage) -> None:
    notice = stage.notice("alpha")
    typed = _by_hand(stage, notice, "551230N0194512E 15NM")
    said = stage.run("bravo", "ack", notice, answers="\n".join([*typed.values(), "y", ""]))
    assert (said.code, "DIFFERS" in said.err) == (0, False)
    assert "Read back start, for example 221430Z" in said.out
    assert "Read back lower, for example FL095 or 9500ft AMSL or SFC" in said.out
    assert "Read back area, for example 551230N0194512E 15NM" in said.out
    stage.until_state("alpha", notice, "understood")


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("area", "551230N0194512E 16NM"),
        ("area", "551231N0194512E 15NM"),
        ("area", "over there"),
        ("lower", "FL100"),
        ("lower", "9500ft AMSL"),
        ("upper", "UNL"),
        ("start", "+2h"),
        ("end", "010000ZJAN24"),
    ],
)
def test_a_slip_differs_and_is_signed_as_it_was_typed(
    stage: Stage, circle: str, field: str, typed: str
) -> None:
    fields = _by_hand(stage, circle, "551230N0194512E 15NM") | {field: typed}
    said = stage.run("bravo", "ack", circle, *_as_options(fields), answers="n\n")
    assert (said.code, f"DIFFERS in {field}: " in said.err) == (1, True)
    sent = stage.send("bravo", "ack", circle, *_as_options(fields))
    right = _values(stage, circle)
    assert _read_back(stage, sent) == list((right | {field: typed}).values())


@pytest.mark.parametrize(
    ("option", "area", "wrong"),
    [
        ("--polygon", POLYGON, POLYGON.replace("5520N02010E", "5520N02011E")),
        ("--corridor", CORRIDOR, CORRIDOR.replace("5NM", "6NM")),
    ],
)
def test_an_outline_is_read_back_by_its_points_or_by_its_check_word(
    stage: Stage, option: str, area: str, wrong: str
) -> None:
    notice = stage.send("alpha", *WITHOUT_AREA, option, area)
    right = _values(stage, notice)
    word = right["area"][-8:]
    for typed in (area, word.lower(), f"check {word}", right["area"]):
        fields = _by_hand(stage, notice, area) | {"area": typed}
        sent = stage.send("bravo", "ack", notice, *_as_options(fields))
        assert stage.record("alpha", sent)["body"]["read_back"][4:] == list(right.values())[4:]
    for typed in (wrong, "00000000", word[:7]):
        fields = _by_hand(stage, notice, area) | {"area": typed}
        said = stage.run("bravo", "ack", notice, *_as_options(fields), answers="n\n")
        assert (said.code, "DIFFERS in area: " in said.err) == (1, True)


def test_an_outline_too_long_for_one_field_is_signed_in_short(stage: Stage) -> None:
    many = "; ".join(f"55{minute}N01945E" for minute in range(10, 17)) + "; 5512N02010E"
    notice = stage.send("alpha", *WITHOUT_AREA, "--polygon", many)
    fields = _by_hand(stage, notice, many)
    wrong = fields | {"area": many.replace("5510N", "5509N")}
    sent = stage.send("bravo", "ack", notice, *_as_options(wrong))
    assert _read_back(stage, sent)[4].startswith("POLYGON 8 POINTS 0 HOLES CHECK ")
    endless = fields | {"area": "somewhere " * 10}
    said = stage.run("bravo", "ack", notice, *_as_options(endless), "--yes")
    assert (said.code, "more than 96 characters" in said.err) == (1, True)
    right = stage.send("bravo", "ack", notice, *_as_options(fields))
    assert _read_back(stage, right) == list(_values(stage, notice).values())


def test_a_query_and_its_answer_are_read_back_by_hand(stage: Stage) -> None:
    words = ("send", "query", "--track", "FB-0417", "--position", "551230N0194512E")
    query = stage.send("alpha", *words)
    observed = _values(stage, query)["observed"].partition("Z")[0] + "Z"
    typed = {"track": "FB-0417", "position": "5512.5N 01945.2E", "observed": observed}
    sent = stage.send("bravo", "ack", query, *_as_options(typed))
    assert _read_back(stage, sent) == list(_values(stage, query).values())
    answer = stage.send("bravo", "answer", query, "not-ours")
    sent = stage.send("alpha", "ack", answer, "--read-back", "reply=not-ours")
    assert _read_back(stage, sent) == ["NOT OURS"]


# Ids


@pytest.mark.parametrize("identity", ["", "abc", "../status", "xyz1", "?", "0" * 65])
@pytest.mark.parametrize(
    "words",
    [("show", "{}"), ("answer", "{}", "ours"), ("ack", "{}"), ("notice", "cancel", "{}")],
    ids=lambda words: words[0],
)
def test_what_is_no_id_is_refused(stage: Stage, words: tuple[str, ...], identity: str) -> None:
    said = stage.run("alpha", *(word.format(identity) for word in words))
    assert said.code == 1
    assert f"{identity!r} is no record's id: 4 to 64 hexadecimal digits" in said.err


def test_no_id_is_no_evidence(stage: Stage, tmp_path: Path) -> None:
    said = stage.run("alpha", "evidence", "export", "", "--out", tmp_path / "x", "--yes")
    assert (said.code, "is no record's id" in said.err) == (1, True)


def test_an_id_is_taken_in_capital_letters(stage: Stage, circle: str) -> None:
    assert circle[:8] in stage.must("bravo", "show", f" {circle[:12].upper()}").out


# Changes and urgency


@pytest.mark.parametrize(
    "words", [(), ("--reason", "none"), ("--upper", "FL245", "--circle", "551230N0194512E 15NM")]
)
def test_an_amendment_that_changes_nothing_is_refused(
    stage: Stage, circle: str, words: tuple[str, ...]
) -> None:
    said = stage.run("alpha", "notice", "amend", circle, *words, "--yes")
    assert (said.code, "Nothing is changed" in said.err) == (1, True)


def test_what_answers_is_as_urgent_as_what_it_answers(stage: Stage) -> None:
    words = ("send", "query", "--track", "U", "--position", "551230N0194512E")
    query = stage.send("alpha", *words, "--precedence", "flash")
    check = stage.send("alpha", "line", "check", "--text", "Rain.", "--precedence", "priority")
    sent = {
        stage.send("bravo", "answer", query, "ours"): "flash",
        stage.send("bravo", "answer", query, "ours", "--precedence", "routine"): "routine",
        stage.send("bravo", "ack", query, "--read-back", "all"): "flash",
        stage.send("bravo", "line", "reply", check, "--text", "Sun."): "priority",
        stage.send("bravo", "send", "text", "On yours.", "--about", query): "routine",
    }
    assert {id_: stage.record("alpha", id_)["precedence"] for id_ in sent} == sent


# Reading


def _options() -> dict[str, set[str]]:
    """The options of every command there is."""
    found = {}
    for name in NOUNS:
        noun = load(name)
        members = getattr(noun, "commands", None) or {"": noun}
        for word, member in members.items():
            found[f"{name} {word}".strip()] = {o for p in member.params for o in p.opts}
    return found


def test_whatever_is_read_is_had_as_json() -> None:
    options = _options()
    assert {name for name, given in options.items() if "--json" not in given} <= DOING
    assert options.keys() >= READING
    assert all("--json" in options[name] for name in READING)
    assert options.keys() - READING - DOING == {
        name for name, given in options.items() if "--yes" in given and name not in DOING
    }


def test_cards_and_agreements_are_data(made: Path, tmp_path: Path) -> None:
    alpha, signed = made / "alpha", made / "draft.agreement"
    card = must("party", "card", "--dir", alpha, "--json").data()
    assert card == must("party", "show", alpha / "card", "--json").data()
    assert (card["party"], card["version"], len(card["keys"])) == ("ALPHA", 1, 3)
    out = tmp_path / "copy.card"
    copied = must("party", "card", "--dir", alpha, "--out", out, "--json").data()
    assert copied == card | {"file": str(out)}
    checked = must("agreement", "check", signed, "--json").data()
    assert (checked["signed_by"], checked["missing"]) == (["ALPHA", "BRAVO"], [])
    assert checked["holds_now"]
    assert checked["roots"]["ALPHA"] == card["root"]
    same = must("agreement", "diff", signed, signed, "--json").data()
    assert same == {"same": True, "differences": []}
    text = (made / "draft.toml").read_text(encoding="utf-8")
    (tmp_path / "other.toml").write_text(text.replace('"ru"', '"uk"'), "utf-8")
    other = must("agreement", "diff", signed, tmp_path / "other.toml", "--json").data()
    assert not other["same"]
    assert other["differences"]


@pytest.mark.parametrize("words", [("verify", "--json"), ("verify",), ("export",)])
def test_logs_of_a_store_that_is_lost_are_not_shown_as_empty(
    made: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    alpha = Path(shutil.copytree(made / "alpha", tmp_path / "alpha"))
    (alpha / "store.db").unlink()
    said = command("ledger", *words, "--dir", alpha)
    assert (said.code, said.out) == (1, "")
    assert f"The store of {alpha} is lost" in said.err
    assert f"firebreak node run --dir {alpha}" in said.err
