"""The humanitarian channel over three real nodes, by the commands that people have."""

from __future__ import annotations

import base64
import csv
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from firebreak.cli.entering import Hand
from firebreak.cli.humanitarian_desk import Office
from firebreak.desk.entries.humanitarian import Enrolled, SiteEntered
from firebreak.desk.humanitarian import UN_DISCLOSE, marked
from firebreak.desk.journal import Body
from firebreak.records.contacts import Way
from firebreak.records.sites import SiteSort
from firebreak.values import Millis, Position
from firebreak.volumes import Circle
from tests.cli.conftest import Run
from tests.coordinator import Three
from tests.desk.humanitarian_example import DAY, consented
from tests.nodes import Said, command, must, until

H = "humanitarian"
YES = ("--yes", "--wait", 30)
COLUMNS = (
    "reference,sort,name,place,position,datum,radius_m,from,until,verified_by,verified_on,"
    "revalidate_by,contact,verifier,telephone\n"
)
ROW = (
    '{0},hospital,{1},Kabul,"{2}",WGS 84,80,{from_},{until},head of mission,{from_},{next},'
    "duty officer,A. Okoye,+000 555 0100\n"
)
ABSENCE = "Absence from this list removes no legal protection."


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Three]:
    with Three.make(tmp_path_factory.mktemp("coordinator")) as made:
        gazetteer = 'name,position\nKabul,"34.5281113, 69.1723377"\n'
        (made.stage.folder("ocha") / "gazetteer.csv").write_text(gazetteer, "utf-8")
        yield made


def ocha(three: Three, *words: object, answers: str = "") -> Said:
    return three.stage.must("ocha", H, *words, answers=answers)


def sites(place: Path, *rows: tuple[str, str, str]) -> Path:
    """A file of sites that hold now."""
    file = place / "sites.csv"
    text = COLUMNS + "".join(
        ROW.format(*row, from_=day(-2), until=day(90), next=day(30)) for row in rows
    )
    file.write_text(text, "utf-8")
    return file


def day(offset: int) -> str:
    return (datetime.now(UTC) + timedelta(days=offset)).strftime("%Y-%m-%d")


@pytest.fixture(scope="module")
def mercy(three: Three, tmp_path_factory: pytest.TempPathFactory) -> Three:
    """MERCY is enrolled and has handed in S1 and, in doubt, S2."""
    person = ("--person", "A. Okoye, head of mission", "--telephone", "+000 555 0100")
    ocha(three, "enrol", "MERCY", "--desk", "duty officer", *person, "--yes")
    file = sites(
        tmp_path_factory.mktemp("files"),
        ("S1", "Mercy hospital", "34.5199137, 69.1789341"),
        ("S2", "East clinic", "69.1789341, 34.5199137"),
    )
    said = ocha(three, "import", file, "--organisation", "MERCY", "--yes")
    assert "SWAPPED" in said.out
    return three


def test_a_file_of_sites_is_told_acknowledged_loaded_and_withdrawn(mercy: Three) -> None:
    three, stage = mercy, mercy.stage
    refused = stage.run("ocha", H, "file", "MERCY/S1", "--to", "ALPHA", "--yes")
    assert refused.code == 1
    assert "has not consented" in refused.err
    ocha(three, "consent", "MERCY/S1", "--party", "ALPHA", "--party", "BRAVO", "--yes")
    ocha(three, "file", *YES)
    lines = three.lines("MERCY/S1")
    assert {party: line["reached"] for party, line in lines.items()} == {
        "ALPHA": "received",
        "BRAVO": "received",
    }
    marks = {line["mark"] for line in lines.values()}
    assert len(marks) == 2
    there = {party: three.state(party)["notified"][0] for party in ("alpha", "bravo")}
    assert there["alpha"]["area"] == there["bravo"]["area"]
    for party, told in there.items():
        mark = lines[party.upper()]["mark"]
        assert told["name"] == marked("Mercy hospital", mark)

    identity = there["alpha"]["id"]
    stage.must("alpha", "ack", identity, "--read-back", "all", *YES)
    unit = ("--unit", "3rd battery", "--state")
    stage.must("alpha", H, "distributed", identity, *unit, "received", "--when", "-1min", *YES)
    stage.must("alpha", H, "distributed", identity, *unit, "loaded", *YES)
    shown = ocha(three, "show", "MERCY/S1").out
    assert re.search(r"3rd battery: loaded, ", shown)
    assert "loaded is not permitted" in shown.replace("\n", " ")
    line = three.lines("MERCY/S1")
    assert (line["ALPHA"]["reached"], line["BRAVO"]["reached"]) == ("acknowledged", "received")

    words = ("--revalidate-by", "+60d", "--checked", "imagery seen")
    ocha(three, "site", "validate", "MERCY/S1", *words, "--yes")
    assert three.lines("MERCY/S1")["ALPHA"]["outdated"]
    ocha(three, "file", "MERCY/S1", *YES)
    again = three.lines("MERCY/S1")["ALPHA"]
    assert (again["reached"], again["outdated"]) == ("received", False)
    assert again["mark"] not in marks
    assert again["units"][0]["earlier"]
    assert "ALPHA has MERCY/S1 already" in ocha(three, "file", "MERCY/S1", *YES).out
    assert "Nothing waits" in ocha(three, "file", *YES).out

    said = ocha(three, "withdraw", "MERCY/S1", "--from", "BRAVO", "--reason", "asked", *YES)
    assert said.out.startswith(UN_DISCLOSE)
    lines = three.lines("MERCY/S1")
    assert (lines["ALPHA"]["reached"], lines["BRAVO"]["reached"]) == ("received", "withdrawn")
    assert three.state("bravo")["notified"][0]["reached"] == "withdrawn"
    assert stage.run("ocha", H, "file", "MERCY/S1", "--to", "BRAVO", "--yes").code == 1


def test_what_is_in_doubt_is_told_to_nobody_until_it_is_settled(mercy: Three) -> None:
    ocha(mercy, "consent", "MERCY/S2", "--party", "BRAVO", "--yes")
    before = len(mercy.state("bravo")["notified"])
    refused = mercy.stage.run("ocha", H, "file", "MERCY/S2", "--to", "BRAVO", "--yes")
    assert (refused.code, "in doubt" in refused.err) == (1, True)
    assert len(mercy.state("bravo")["notified"]) == before
    words = ("--checked", "telephoned; it is a ship", "--yes")
    ocha(mercy, "site", "validate", "MERCY/S2", *words)
    ocha(mercy, "file", "MERCY/S2", "--to", "BRAVO", *YES)
    assert len(mercy.state("bravo")["notified"]) == before + 1


def test_rows_that_are_wrong_are_named_by_line_and_the_same_again_is_no_new_version(
    mercy: Three, tmp_path: Path
) -> None:
    ocha(mercy, "enrol", "RELIEF", "--desk", "duty officer", "--yes")
    good = ("S1", "Depot", "34.5200137, 69.1800341")
    file = sites(tmp_path, good, ("S2", "School", "nowhere"), good)
    said = mercy.stage.run("ocha", H, "import", file, "--organisation", "RELIEF", "--yes")
    assert said.code == 1
    assert "line 3: not taken" in said.err
    assert "line 4: not taken" in said.err
    assert list(entries(mercy, "RELIEF")) == ["RELIEF/S1"]
    again = ocha(mercy, "import", sites(tmp_path, good), "--organisation", "RELIEF", "--yes")
    assert "0 entered, 1 as before, 0 not taken" in again.out
    nobody = mercy.stage.run("ocha", H, "import", file, "--organisation", "NOBODY", "--yes")
    assert (nobody.code, "not enrolled" in nobody.err) == (1, True)


def entries(three: Three, organisation: str | None = None) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in three.state("ocha", organisation)["entries"]}


MOVEMENT = (
    *("--name", "Convoy 7", "--corridor", "3431N06911E; 3420N06930E; 500m", "--until", "+6h"),
    *("--vehicles", 4, "--fleet", "4 white lorries", "--markings", "blue roofs, thermal panels"),
    *("--staff", 9, "--contact", "+000 555 0123", "--contact", "HF 5123"),
    *("--waiting", "north lay-by", "--yes"),
)


def test_a_late_movement_says_why_and_its_telephones_can_be_erased(
    mercy: Three, tmp_path: Path
) -> None:
    stage = mercy.stage
    add = (H, "movement", "add", "MERCY/M1", *MOVEMENT, "--from", "+20h")
    refused = stage.run("ocha", *add)
    assert (refused.code, "--late-reason" in refused.err) == (1, True)
    stage.must("ocha", *add, "--emergency", "--late-reason", "the road opened today")
    ocha(mercy, "consent", "MERCY/M1", "--party", "BRAVO", "--yes")
    ocha(mercy, "file", "MERCY/M1", "--to", "BRAVO", *YES)
    told = mercy.state("bravo")["notified"][-1]
    record = stage.record("bravo", told["id"])
    assert record["body"]["contacts"] == ["+000 555 0123", "HF 5123"]
    assert "Emergency movement. Late by 4 h" in record["body"]["words"]["text"]
    assert "the road opened today" in record["body"]["words"]["text"]

    for step, standing in (("departed", "under-way"), ("holding", "holding"), ("moving", None)):
        ocha(mercy, "movement", "state", "MERCY/M1", step, "--place", "gate", *YES)
        assert standing in (None, mercy.state("bravo")["notified"][-1]["standing"])
    stage.must("bravo", H, "movement", "state", told["id"], "denied", "--text", "closed", *YES)
    line = mercy.lines("MERCY/M1")["BRAVO"]
    assert [(each["step"], each["ours"]) for each in line["steps"]][-1] == ("denied", False)
    assert "denied" in ocha(mercy, "show", "MERCY/M1").out

    # Erased (H-8, H-9)
    part = tmp_path / "m1.private"
    assert "+000 555 0123" in ocha(mercy, "private", "MERCY/M1").out
    ocha(mercy, "private", "MERCY/M1", "--out", part)
    kept = stage.client("ocha").get("/journal")["entries"]
    raw = b"".join(base64.b64decode(each["signed"]) for each in kept)
    assert b"Okoye" not in raw
    assert b"+000 555" not in raw
    folder = stage.folder("ocha") / "private"
    before = len(list(folder.iterdir()))
    ocha(mercy, "erase", "MERCY/M1", "--reason", "asked for", "--yes")
    assert len(list(folder.iterdir())) == before - 1
    assert mercy.stage.run("ocha", H, "private", "MERCY/M1").code == 1
    assert "MERCY/M1: entry" in ocha(mercy, "committed", part).out
    part.write_bytes(part.read_bytes().replace(b"0123", b"0124"))
    assert stage.run("ocha", H, "committed", part).code == 1
    ocha(mercy, "withdraw", "MERCY/M1", "--from", "BRAVO", *YES)
    ocha(mercy, "consent", "MERCY/M1", "--party", "BRAVO", "--yes")
    refused = stage.run("ocha", H, "file", "MERCY/M1", "--to", "BRAVO", "--yes")
    assert (refused.code, "were erased" in refused.err) == (1, True)


def test_an_unanswered_stop_alarms_and_an_answer_ends_it(mercy: Three) -> None:
    stage = mercy.stage
    where = ("--position", "34.5199, 69.1789", "--answer-within", "1s")
    said = ocha(mercy, "stop", "Mercy hospital, Kabul", *where, *YES)
    assert said.out.count("FLASH on the humanitarian channel") == 2
    stops = {each["party"]: each for each in mercy.state()["stops"]}
    assert set(stops) == {"ALPHA", "BRAVO"}

    def alarmed() -> set[str]:
        alerts = stage.client("ocha").get("/alerts")["alerts"]
        texts = [each["text"] for each in alerts if each["about"] == H]
        return {party for party in stops for text in texts if f"{party} has not answered" in text}

    until(lambda: alarmed() == {"ALPHA", "BRAVO"}, "both alarm")
    found = {each["party"]: each["escalation"] for each in mercy.state()["stops"]}
    assert found["ALPHA"]["proposal"] == "Call air duty officer of ALPHA by voice."
    stage.must("alpha", "answer", stops["ALPHA"]["id"], "will-do", *YES)
    found = {each["party"]: each["escalation"] for each in mercy.state()["stops"]}
    assert found["ALPHA"] is None
    assert found["BRAVO"] is not None
    shown = ocha(mercy, "stops").out
    assert re.search(r"to ALPHA: .*\n +Answered .*: will-do", shown)
    assert re.search(r"to BRAVO: .*\n +Not answered; .* Next: ", shown)
    listed = ocha(mercy, "stops", "--json").data()["stops"]
    assert [each["id"] for each in listed] == [each["id"] for each in mercy.state()["stops"]]
    assert "WE HAVE NOT ANSWERED" in stage.must("bravo", H, "stops").out


def test_a_stop_by_voice_is_shown_to_be_read_and_attested(mercy: Three) -> None:
    words = ("--to", "CHARLIE", "--by", "voice", "--addressee", "duty officer")
    said = ocha(mercy, "stop", "Mercy hospital", *words, answers="y\ny\n")
    assert "Read this to duty officer of CHARLIE, by voice" in said.out
    assert "Under attack, stop" in said.out
    last = mercy.state()["stops"][-1]
    assert (last["party"], last["attested"], last["received"]) == ("CHARLIE", True, False)


def test_what_fails_towards_one_party_does_not_keep_it_from_the_other(mercy: Three) -> None:
    before = len(mercy.state("alpha")["stops"])
    words = ("stop", "Depot", "--to", "NOBODY", "--to", "ALPHA", *YES)
    said = mercy.stage.run("ocha", H, *words)
    assert (said.code, "NOBODY" in said.err) == (1, True)
    assert len(mercy.state("alpha")["stops"]) == before + 1


BY_FAX = ("--to", "CHARLIE", "--by", "fax", "--addressee", "duty officer", "--yes")


def test_a_party_without_a_node_is_told_by_fax_and_it_is_attested(
    mercy: Three, tmp_path: Path
) -> None:
    ocha(mercy, "enrol", "WATER", "--desk", "duty officer", "--yes")
    file = sites(tmp_path, ("S1", "Pump house", "34.5219137, 69.1799341"))
    ocha(mercy, "import", file, "--organisation", "WATER", "--yes")
    ocha(mercy, "consent", "WATER/S1", "--party", "CHARLIE", "--party", "ALPHA", "--yes")
    said = ocha(mercy, "file", "WATER/S1", *BY_FAX)
    assert "Read this to duty officer of CHARLIE, by fax" in said.out
    line = mercy.lines("WATER/S1")["CHARLIE"]
    assert (line["reached"], line["attested"]) == ("notified", True)
    ocha(mercy, "file", "WATER/S1", "--to", "ALPHA", *YES)

    file.write_text(
        file.read_text("utf-8").replace(f",{day(-2)},{day(30)}", f",{day(-9)},{day(30)}")
    )
    older = mercy.stage.run("ocha", H, "import", file, "--organisation", "WATER", "--yes")
    assert (older.code, "verified later already" in older.err) == (1, True)

    half = mercy.stage.run("ocha", H, "withdraw", "WATER/S1", *YES)
    assert (half.code, "CHARLIE: No agreement" in half.err) == (1, True)
    lines = mercy.lines("WATER/S1")
    assert (lines["ALPHA"]["reached"], lines["CHARLIE"]["reached"]) == ("withdrawn", "notified")
    due = ocha(mercy, "expiring", "--json").data()["due"]
    assert [each["what"] for each in due if each["name"] == "WATER/S1"] == ["still-held"]
    by_fax = ("--by", "fax", "--addressee", "duty officer", "--yes")
    ocha(mercy, "withdraw", "WATER/S1", "--from", "CHARLIE", *by_fax)
    assert mercy.lines("WATER/S1")["CHARLIE"]["reached"] == "withdrawn"
    ocha(mercy, "enrol", "WATER", "--desk", "duty officer", "--leaves", "--yes")
    gone = mercy.stage.run("ocha", H, "import", file, "--organisation", "WATER", "--yes")
    assert (gone.code, "not enrolled" in gone.err) == (1, True)


def test_a_hundred_organisations_each_see_their_own(mercy: Three, tmp_path: Path) -> None:
    """Entered by one officer, told to the parties that each consented to, over real lines."""
    office = Office(Hand(mercy.stage.folder("ocha"), yes=True))
    bodies: list[tuple[Body, list[bytes]]] = []
    expected = {"ALPHA": 0, "BRAVO": 0}
    for number in range(100):
        name, now = f"ORG{number:03}", office.moment
        where = Circle(Position(345_000_137 + number * 1_000, 691_789_341), 80)
        until_, again = Millis(now + 90 * DAY), Millis(now + 30 * DAY)
        verified = ("head of mission", now, again, "duty desk")
        title = f"Site of {name}"
        sort, way = SiteSort.CLINIC, Way.MAIL
        site = SiteEntered(name, "S1", sort, title, "Kabul", where, now, until_, *verified, way)
        bodies += [(Enrolled(name, "duty desk"), []), (site, [])]
        for bit, party in enumerate(expected):
            if number & 1 << bit:
                expected[party] += 1
                bodies.append((consented(name, "S1", party), []))
    for first in range(0, len(bodies), 64):
        office.note(bodies[first : first + 64])
    before = {party: len(mercy.state(party.lower())["notified"]) for party in expected}
    mine = [f"ORG{number:03}/S1" for number in range(100)]
    held = entries(mercy)
    for party in expected:
        told = [name for name in mine if party in held[name]["parties"]]
        ocha(mercy, "file", *told, "--to", party, *YES)
    for party, count in expected.items():
        notified = mercy.state(party.lower())["notified"]
        assert len(notified) == before[party] + count
    for number in (0, 3, 99):
        shown = mercy.state("ocha", f"ORG{number:03}")
        assert [each["name"] for each in shown["entries"]] == [f"ORG{number:03}/S1"]
        assert shown["notified"] == shown["stops"] == []
        assert {line["mark"] for line in shown["lines"]} == {None}
        others = {f"ORG{n:03}" for n in range(100)} | {"MERCY", "RELIEF", "WATER"}
        others.remove(f"ORG{number:03}")
        assert not [other for other in others if other in json.dumps(shown)]
    out = tmp_path / "org3.json"
    ocha(mercy, "export", "ORG003", "--out", out)
    assert "ORG004" not in out.read_text(encoding="utf-8")
    told = json.loads(out.read_text(encoding="utf-8"))
    assert (told["note"], told["mark"]) == (ABSENCE, "EXERCISE")


def test_every_list_says_that_absence_removes_no_protection(mercy: Three, tmp_path: Path) -> None:
    shown = [
        ocha(mercy, "list").out,
        ocha(mercy, "site", "list", "--organisation", "MERCY").out,
        ocha(mercy, "list", "--organisation", "NOBODY").out,
        ocha(mercy, "expiring").out,
        ocha(mercy, "show", "MERCY/S1").out,
        mercy.stage.must("alpha", H, "list").out,
    ]
    assert [text for text in shown if ABSENCE not in text] == []
    assert [text.startswith("*** EXERCISE ***") for text in shown[:3]] == [True] * 3
    for words in (("list", "--json"), ("expiring", "--json"), ("site", "list", "--json")):
        assert ocha(mercy, *words).data()["note"] == ABSENCE
    choices: list[tuple[str, ...]] = [(), ("--party", "ALPHA"), ("--organisation", "NOBODY")]
    for number, choice in enumerate(choices):
        file = tmp_path / f"{number}.csv"
        ocha(mercy, "list", "--csv", file, *choice)
        rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
        assert rows
        assert {row["note"] for row in rows} == {ABSENCE}
        if choice == ("--party", "ALPHA"):
            assert {row["party"] for row in rows} == {"ALPHA"}
            assert [row for row in rows if f"[{row['mark']}]" not in row["name"]] == []
            assert "MERCY" not in file.read_text(encoding="utf-8")
            told = [n for n in mercy.state("alpha")["notified"] if n["reached"] != "withdrawn"]
            assert [row["name"] for row in rows] == [n["name"] for n in told]
            assert [row["area"] for row in rows] == [n["where"] for n in told]


def test_what_was_keyed_in_by_telephone_goes_out_as_no_formula(
    mercy: Three, tmp_path: Path
) -> None:
    """H-4; and its private part, changed behind our back, is not taken for what was committed to."""
    words = (
        *("--sort", "clinic", "--name", "=1+1", "--place", "Kabul", "--handed-in", "voice"),
        *("--circle", "343112.3N0691044.2E 60m", "--until", "+90d", "--revalidate-by", "+40d"),
        *("--verified-by", "head of mission", "--contact", "desk", "--person", "B. Name", "--yes"),
    )
    ocha(mercy, "site", "add", "MERCY/S7", *words)
    out = tmp_path / "all.csv"
    ocha(mercy, "list", "--csv", out)
    (row,) = [
        row
        for row in csv.DictReader(out.read_text(encoding="utf-8").splitlines())
        if row["entry"] == "MERCY/S7"
    ]
    assert row["name"] == "'=1+1"
    assert entries(mercy)["MERCY/S7"]["body"]["way"] == "voice"

    commitment = entries(mercy)["MERCY/S7"]["body"]["private"]
    part = mercy.stage.folder("ocha") / "private" / f"{commitment}.private"
    assert part.stat().st_mode & 0o077 == 0
    part.write_bytes(part.read_bytes().replace(b"B. Name", b"C. Name"))
    said = mercy.stage.run("ocha", H, "private", "MERCY/S7")
    assert (said.code, "was changed" in said.err) == (1, True)


def test_a_template_is_written_once(mercy: Three, tmp_path: Path) -> None:
    file = tmp_path / "sites.csv"
    assert command(H, "template", file).code == 0
    again = command(H, "template", file)
    assert (again.code, "is there already" in again.err) == (1, True)


def test_what_is_due_is_listed(mercy: Three) -> None:
    due = ocha(mercy, "expiring", "--within", "80d", "--json").data()["due"]
    assert {each["what"] for each in due if each["name"] == "MERCY/S1"} == {"revalidate"}
    assert ocha(mercy, "expiring", "--within", "1d", "--organisation", "RELIEF").out.startswith(
        "Nothing is due"
    )


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("enrol", "A/B", "--desk", "x"), "no slash"),
        (("consent", "MERCY/S9", "--party", "ALPHA"), "no entry"),
        (("site", "validate", "MERCY/M1"), "is a movement"),
        (("withdraw", "MERCY/S9"), "no entry"),
        (("erase", "NOBODY", "--reason", "x"), "no organisation"),
        (("file", "MERCY/S1", "--by", "voice"), "--to PARTY"),
        (("movement", "state", "MERCY/S9", "arrived"), "No party was told"),
        (("import", "nowhere.csv", "--organisation", "MERCY"), "not there"),
        (("import", "x.csv", "--organisation", "MERCY", "--gazetteer", "nowhere"), "gazetteer"),
        (("import", "x.csv", "--organisation", "MERCY", "--handed-in", "node"), "no node"),
        (("distributed", "ffff", "--unit", "x", "--state", "loaded"), "ffff"),
    ],
)
def test_what_cannot_be_is_refused(mercy: Three, words: tuple[str, ...], why: str) -> None:
    said = mercy.stage.run("ocha", H, *words, "--yes")
    assert said.code == 1
    assert why in said.err


@pytest.mark.parametrize("noun", ["site", "movement"])
def test_each_inner_command_has_help_with_an_example(run: Run, noun: str) -> None:
    _, out, _ = run(H, noun, "--help")
    section = out.split("Commands:", 1)[1].split("\n\n", 1)[0]
    commands = [line.split()[0] for line in section.splitlines() if line[:3].strip(" ")[:1]]
    assert len(commands) >= 2
    for inner in commands:
        code, out, _ = run(H, noun, inner, "--help")
        assert code == 0
        assert f"firebreak {H} {noun} {inner}" in out.split("Example:", 1)[1]


def test_a_party_works_by_itself(tmp_path: Path) -> None:
    """No list here is of a node: what cannot be reached is said."""
    folder = tmp_path / "alone"
    must("party", "init", "ALONE", "--dir", folder)
    said = command(H, "list", "--dir", folder)
    assert said.code == 1
    assert "node" in said.err
