"""The command line against two real nodes: what officers do, and what they are told."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nodes import NOTICE, Stage, command, must, root_of, template, until


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template(tmp_path_factory.getbasetemp() / "parties")


@pytest.fixture(scope="module")
def stage(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Two nodes that hear each other, for all tests that leave them running."""
    with Stage.make(made, tmp_path_factory.mktemp("line") / "stage") as running:
        running.start("alpha", "bravo")
        running.line_up()
        yield running


@pytest.fixture
def own_stage(made: Path, tmp_path: Path) -> Iterator[Stage]:
    """Two nodes that a test may stop and start; none runs yet."""
    with Stage.make(made, tmp_path / "stage") as still:
        yield still


# Notices


def test_a_notice_is_delivered_displayed_and_understood(stage: Stage) -> None:
    notice = stage.notice("alpha")
    assert stage.states("alpha", notice) == ["delivered"]
    shown = stage.must("bravo", "inbox")
    assert notice[:8] in shown.out
    stage.until_state("alpha", notice, "displayed")
    fields = {f["name"]: f["value"] for f in stage.record("bravo", notice)["critical"]}
    read_back = [word for pair in fields.items() for word in ("--read-back", "=".join(pair))]
    stage.send("bravo", "ack", notice, *read_back)
    stage.until_state("alpha", notice, "understood")
    dialogue = stage.must("alpha", "show", notice[:8]).out
    assert "acknowledged" in dialogue
    assert re.search(r"delivered \d{8}Z[A-Z]{3}\d\d by node", dialogue)
    assert "understood" in dialogue
    assert "Уведомление о планируемой деятельности" in dialogue


def test_what_is_typed_at_the_prompts_is_read_back_and_a_slip_is_told_before_signing(
    stage: Stage,
) -> None:
    notice = stage.notice("alpha", "--unit", "third squadron")
    fields = [field["value"] for field in stage.record("bravo", notice)["critical"]]
    wrong = ["221430ZNOV26", *fields[1:]]
    said = stage.run("bravo", "ack", notice, answers="\n".join([*wrong, "n", ""]))
    assert said.code == 1
    assert "DIFFERS in start" in said.err
    assert "understood" not in stage.states("bravo", notice)
    said = stage.run("bravo", "ack", notice, answers="\n".join([*wrong, "y", "y", ""]))
    assert said.code == 0
    stage.until_state("alpha", notice, "read-back-differs")


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--read-back", "start=221430ZNOV26"), "Read back end, too"),
        (("--read-back", "altitude=1"), "the fields are: start, end, lower, upper, area"),
    ],
)
def test_a_read_back_that_is_not_whole_is_refused(
    stage: Stage, words: tuple[str, ...], what: str
) -> None:
    said = stage.run("bravo", "ack", stage.notice("alpha"), *words, "--yes")
    assert (said.code, what in said.err) == (1, True)


def test_conflicts_are_shown_with_margins_before_signing_and_a_no_sends_nothing(
    stage: Stage,
) -> None:
    met, sent = (
        stage.notice("bravo"),
        stage.client("alpha").get("/records", box="out", kind="notice"),
    )
    said = stage.run("alpha", *NOTICE, answers="n\n")
    assert said.code == 1
    assert f"CONFLICT: meets {met[:8]} of BRAVO: in place by 55560 m (30.0 NM)" in said.out
    assert "Sign and send this?" in said.out
    assert "Stopped." in said.err
    assert stage.client("alpha").get("/records", box="out", kind="notice") == sent
    mine = stage.notice("alpha")
    for party in ("alpha", "bravo"):
        assert met in [margin["id"] for margin in stage.record(party, mine)["conflicts"]]
        assert not stage.record(party, mine)["stale_picture"]
    listed = stage.must("bravo", "notice", "list").out
    assert "55560 m" in " ".join(listed.split())


def test_what_was_not_read_is_shown_before_signing_and_then_counts_as_displayed(
    stage: Stage,
) -> None:
    unread = stage.send("bravo", "send", "text", "The strait is closed to us all day.")
    said = stage.run("alpha", "send", "text", "Good morning.", answers="y\n")
    assert said.code == 0
    assert "Not displayed here before, so perhaps not read:" in said.out
    assert "The strait is closed to us all day." in said.out
    stage.until_state("bravo", unread, "displayed")


def test_a_notice_is_amended_and_cancelled_by_its_originator_only(stage: Stage) -> None:
    notice = stage.notice("alpha")
    amended = stage.send(
        "alpha", "notice", "amend", notice, "--upper", "FL100", "--reason", "lower cloud"
    )
    body = stage.record("bravo", amended)["body"]
    assert body["notice"]["heights"]["upper"]["value"] == 100
    old, new = stage.record("bravo", notice), stage.record("bravo", amended)
    assert old["body"]["area"] == body["notice"]["area"]
    assert (old["volume"]["start"], old["volume"]["end"]) == (
        new["volume"]["start"],
        new["volume"]["end"],
    )
    moved = stage.send("alpha", "notice", "amend", amended, "--from", "+5h")
    volume = stage.record("bravo", moved)["volume"]
    assert volume["end"] - volume["start"] == old["volume"]["end"] - old["volume"]["start"]
    said = stage.run("bravo", "notice", "cancel", notice, "--yes")
    assert said.code == 1
    assert "Only its originator may change this" in said.err
    stage.send("alpha", "notice", "cancel", moved, "--reason", "not flown")
    listed = stage.must("bravo", "notice", "list", "--json").data()
    assert moved not in [record["id"] for record in listed["records"]]
    assert stage.record("bravo", notice)["standing"] == "cancelled"


def test_a_notice_says_nothing_of_unit_or_reason_unless_it_is_given(stage: Stage) -> None:
    body = stage.record("bravo", stage.notice("alpha"))["body"]
    assert {slot for slot, value in body.items() if value is None} == {
        "unit",
        "late_reason",
        "words",
    }
    body = stage.record("bravo", stage.notice("alpha", "--unit", "third squadron"))["body"]
    assert body["unit"] == "third squadron"


def test_a_late_notice_needs_its_reason_and_is_marked_late(stage: Stage) -> None:
    late = (*NOTICE[:3], "training", *NOTICE[4:], "--from", "+5min")
    said = stage.run("alpha", *late, "--yes")
    assert said.code == 1
    assert "--reason" in said.err
    told = stage.must("alpha", *late, "--reason", "the tanker came early", "--yes", "--json")
    assert "LATE: the lead time agreed is missed by" in told.err
    assert stage.record("alpha", told.data()["id"])["late"]


# Questions


def test_is_this_yours(stage: Stage) -> None:
    query = stage.send(
        *("alpha", "send", "query", "--track", "FB-0417", "--position", "551230N0194512E"),
        *("--observed", "-1min", "--height", "FL245", "--speed", 420, "--course", 270),
        *("--precedence", "flash"),
    )
    assert stage.record("bravo", query)["precedence"] == "flash"
    assert "due" in stage.must("bravo", "inbox", "--waiting").out
    stage.send("bravo", "answer", query, "checking", "--next-word", "+10min")
    assert stage.record("alpha", query)["question"]["standing"] == "checking"
    said = stage.run("bravo", "answer", query, "checking", "--yes")
    assert (said.code, "Give next word by" in said.err) == (1, True)
    stage.send("bravo", "answer", query, "not-ours", "--doubt", "position", "--text", "civil")
    assert stage.record("alpha", query)["question"]["standing"] == "answered"
    assert stage.states("alpha", query).count("answered") == 2


def test_a_complaint_on_the_tactical_line_is_refused_with_its_place(stage: Stage) -> None:
    words = ("send", "complaint", "--rule", "article 4", "--text", "Not notified.", "--yes")
    said = stage.run("alpha", *words, "--channel", "air")
    assert said.code == 1
    assert "it belongs on the command channel" in said.err
    assert stage.record("bravo", stage.send("alpha", *words[:-1]))["channel"] == "command"


def test_what_two_officers_sign_stands_behind_its_release(stage: Stage) -> None:
    text = ("--text", "Live firing ends today.")
    words = ("send", "statement", "--channel", "command", "--topic", "our-exercise", *text)
    keys = stage.folder("alpha") / "keys"
    assert "--release KEYFILE" in stage.run("alpha", *words, "--yes").err
    same = keys / "officer-1-air-duty-officer.key"
    assert "The same key" in stage.run("alpha", *words, "--yes", "--release", same).err
    second = keys / "officer-2-senior-duty-officer.key"
    said = stage.run("alpha", *words, "--release", second, answers="y\nn\n")
    assert said.code == 1
    released = stage.send("alpha", *words, "--release", second)
    record = stage.record("bravo", released)
    assert record["void"] is None
    assert record["office"] == "air duty officer"


@pytest.mark.parametrize(
    "words",
    [
        (
            "restraint",
            "--keep",
            "drones",
            "--place",
            "the lighthouse",
            "--from",
            "now",
            "--for",
            "4h",
        ),
        ("hazard", "--hazard", "drifting-mine", "--circle", "5512N01945E 2NM", "--for", "6h"),
        ("statement", "--channel", "air", "--topic", "an-accident", "--text", "It was a cable."),
        ("text", "Наш переводчик на месте.", "--language", "ru"),
        (
            *("text", "Dzień dobry.", "--language", "pl", "--translation", "Good day."),
            *("--translated-into", "en", "--by-machine"),
        ),
        ("line-state", "suspended", "--of", "air", "--reason", "by order"),
        ("line-state", "resumed", "--of", "air"),
    ],
    ids=lambda words: words[0],
)
def test_each_kind_is_sent_and_read_in_both_languages(stage: Stage, words: tuple[str, ...]) -> None:
    record = stage.record("bravo", stage.send("alpha", "send", *words))
    assert record["kind"] == words[0]
    assert record["void"] is None
    assert set(record["sentence"]) == {"en", "ru"}


def test_each_kind_that_refers_is_sent(stage: Stage) -> None:
    notice = stage.notice("alpha")
    for words in (
        ("read", notice),
        ("passed", notice, "--passed-to", "chief of staff"),
        ("not-understood", notice, "--what", "the heights"),
        ("say-again", notice, "--field", "lower", "--field", "upper"),
        ("object", notice, "--reason", "too-close"),
        ("clarify", notice, "--text", "Does the area include the strait?"),
        ("text", "About yours.", "--about", notice),
    ):
        stage.send("bravo", "send", *words)
    stage.send("alpha", "send", "correct", notice, "--field", "contact", "--right", "line 4")
    states = set(stage.states("alpha", notice))
    assert {"read", "passed", "not-understood", "say-again", "corrected"} <= states
    assert stage.record("alpha", notice)["standing"] == "objected"


def test_a_suspension_is_shown_beside_the_traffic_that_goes_on(stage: Stage) -> None:
    stage.send("bravo", "send", "line-state", "suspended", "--of", "air", "--reason", "by order")
    assert "SUSPENDED by BRAVO" in stage.must("alpha", "line", "status").out
    stage.send("alpha", "send", "text", "We hear you all the same.")
    stage.send("bravo", "send", "line-state", "resumed", "--of", "air")
    assert "SUSPENDED" not in stage.must("alpha", "line", "status").out


def test_a_line_check_is_answered_by_a_person(stage: Stage) -> None:
    check = stage.send("alpha", "line", "check", "--text", "Snow since dawn.")
    said = stage.run("bravo", "answer", check, "ours", "--yes")
    assert "firebreak line reply" in said.err
    stage.send("bravo", "line", "reply", check, "--text", "Here the storks are back.")
    assert stage.record("alpha", check)["question"]["standing"] == "answered"
    status = stage.must("alpha", "line", "status", "--json").data()
    assert status["agreements"][0]["human"]["office"] == "air duty officer"


# Offices and keys


def test_a_new_key_is_announced_and_signs(stage: Stage) -> None:
    for _ in range(2):  # one version after the other, each announced
        must("party", "enrol", "air duty officer", "--dir", stage.folder("bravo"))
    assert "Version 3 of the card" in stage.must("bravo", "line", "roster").out
    assert "Nothing is new" in stage.must("bravo", "line", "roster").out
    key = stage.folder("bravo") / "keys" / "officer-4-air-duty-officer.key"
    said = stage.send("bravo", "send", "text", "The relief is here.", "--key", key)
    assert stage.record("alpha", said)["void"] is None


def test_a_new_version_of_the_agreement_comes_into_force(own_stage: Stage, tmp_path: Path) -> None:
    own_stage.start("alpha", "bravo")
    own_stage.line_up()
    alpha, bravo = own_stage.folder("alpha"), own_stage.folder("bravo")
    (first,) = (alpha / "agreements").iterdir()
    draft, signed = tmp_path / "second.toml", tmp_path / "second.agreement"
    must("agreement", "amend", first, "--dir", alpha, "--out", draft)
    text = draft.read_text(encoding="utf-8").replace('["en", "ru"]', '["en", "uk"]')
    draft.write_text(text, "utf-8")
    must("agreement", "sign", draft, "--dir", alpha, "--fingerprint", root_of(bravo))
    must("agreement", "sign", signed, "--dir", bravo, "--fingerprint", root_of(alpha))
    must("agreement", "keep", signed, "--dir", alpha)
    for party in ("alpha", "bravo"):
        assert "Version 2 of the agreement" in own_stage.must(party, "line", "roster").out
    record = own_stage.record("bravo", own_stage.send("alpha", "send", "text", "Good morning."))
    assert (record["void"], set(record["sentence"])) == (None, {"en", "uk"})
    own_stage.stop("alpha")
    own_stage.start("alpha")
    until(lambda: own_stage.line("alpha") == "up", "the line is up again")
    own_stage.notice("alpha")
    found = [must("ledger", "verify", folder, "--json").data() for folder in (alpha, bravo)]
    assert found[0].keys() == found[1].keys()


def test_an_office_is_chosen_and_an_unknown_one_refused(stage: Stage) -> None:
    text = ("send", "text", "From the senior.", "--as", "senior duty officer")
    record = stage.record("bravo", stage.send("alpha", *text))
    assert record["office"] == "senior duty officer"
    assert record["to"] == ["BRAVO, senior duty officer"]
    said = stage.run("alpha", *text[:-1], "harbour master", "--yes")
    assert (said.code, "No valid key for harbour master" in said.err) == (1, True)
    said = stage.run("alpha", *text, "--addressee", "cook", "--yes")
    assert (said.code, "'cook'" in said.err) == (1, True)


def test_a_key_that_others_can_read_signs_nothing(stage: Stage, tmp_path: Path) -> None:
    key = tmp_path / "loose.key"
    key.write_bytes(
        (stage.folder("alpha") / "keys" / "officer-1-air-duty-officer.key").read_bytes()
    )
    key.chmod(0o644)
    said = stage.run("alpha", "send", "text", "x", "--key", key, "--yes")
    assert said.code == 1
    assert "Others on this machine can reach" in said.err


# Reading


def test_an_ambiguous_or_unknown_id_is_told(stage: Stage) -> None:
    assert "No record's id begins with" in stage.run("alpha", "show", "0" * 64).err
    assert "4 to 64 hexadecimal digits" in stage.run("alpha", "show", "xyz").err


def test_the_inbox_pages_and_filters(stage: Stage) -> None:
    for number in range(3):
        stage.send("alpha", "send", "text", f"Message {number}.")
    stage.send("bravo", "send", "text", "All three are here.")
    texts = stage.must("bravo", "inbox", "--kind", "text", "--limit", 2, "--json").data()["records"]
    assert [record["body"]["words"]["text"] for record in texts] == ["Message 2.", "Message 1."]
    every = stage.must("bravo", "inbox", "--all", "--limit", 1_000, "--json").data()["records"]
    assert {record["ours"] for record in every} == {True, False}
    assert len({record["id"] for record in every}) == len(every)
    assert stage.must("bravo", "inbox", "--unread", "--kind", "text").out.count("Message") == 3
    assert "Nothing here" in stage.must("bravo", "inbox", "--unread", "--kind", "text").out


def test_both_ledgers_verify_and_are_the_same(stage: Stage) -> None:
    for number in range(3):
        stage.send("alpha", "send", "text", f"Entry {number}.")
        stage.send("bravo", "send", "text", f"Entry {number}.")
    found = {}

    def level() -> bool:
        for party in ("alpha", "bravo"):
            found[party] = must("ledger", "verify", stage.folder(party), "--json").data()
        return bool(found["alpha"] == found["bravo"])

    until(level, "both sides hold the same")
    assert all(re.fullmatch(r"[0-9a-f]{64}", log["root"]) for log in found["alpha"].values())
    assert sum(log["size"] for log in found["alpha"].values()) > 5
    assert (
        "Every entry, commitment and head verifies"
        in must("ledger", "verify", "--dir", stage.folder("alpha")).out
    )


def test_the_logs_are_written_as_plain_text(stage: Stage, tmp_path: Path) -> None:
    notice = stage.notice("alpha")
    must("ledger", "export", stage.folder("bravo"), "--out", tmp_path / "logs.txt")
    text = (tmp_path / "logs.txt").read_text(encoding="utf-8")
    assert f"notice  id {notice}" in text
    assert stage.record("alpha", notice)["sentence"]["en"] in text
    again = command("ledger", "export", stage.folder("bravo"), "--out", tmp_path / "logs.txt")
    assert (again.code, "nothing was changed" in again.err) == (1, True)


# Evidence


def test_evidence_is_exported_verified_and_every_tampering_found(
    stage: Stage, tmp_path: Path
) -> None:
    query = stage.send("alpha", "send", "query", "--track", "X", "--position", "5512N01945E")
    file = tmp_path / "query.evidence"
    stage.must("alpha", "evidence", "export", query, "--out", file, "--yes")
    plain = must("evidence", "verify", file)
    assert "consistent, parties not authenticated" in plain.out
    roots = [root_of(stage.folder(party)) for party in ("alpha", "bravo")]
    pinned = must("evidence", "verify", file, "--root", roots[0], "--root", roots[1])
    assert "Verdict: authentic." in pinned.out
    assert "delivered: BRAVO's node signed a receipt" in pinned.out
    wrong = command("evidence", "verify", file, "--root", "ab" * 32)
    assert wrong.code == 1
    assert command("evidence", "verify", file, "--root", "no").code == 2
    data = file.read_bytes()
    spoiled = [data[:-1], data + b"\x00", *(_flipped(data, at) for at in range(0, len(data), 307))]
    for bad in spoiled:
        (tmp_path / "bad").write_bytes(bad)
        said = command("evidence", "verify", tmp_path / "bad")
        assert said.code == 1
        assert said.err.startswith("firebreak: ")
    assert command("evidence", "verify", tmp_path / "nowhere").code == 1


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_evidence_of_a_whole_dialogue(stage: Stage, tmp_path: Path) -> None:
    query = stage.send("alpha", "send", "query", "--track", "Y", "--position", "5512N01945E")
    answer = stage.send("bravo", "answer", query, "ours")
    until(lambda: "answered" in stage.states("alpha", query), "the answer")
    file = tmp_path / "dialogue.evidence"
    stage.must("alpha", "evidence", "export", query, "--dialogue", "--out", file, "--yes")
    shown = must("evidence", "verify", file, "--json").data()
    assert {query, answer} <= {record["id"] for record in shown["records"]}


# Without the other side, without a wire, after a crash


def test_what_is_not_delivered_ends_with_code_3_and_is_delivered_later(own_stage: Stage) -> None:
    own_stage.start("alpha")
    said = own_stage.run("alpha", *NOTICE, "--yes", "--wait", "0.1", "--json")
    assert said.code == 3
    assert "sent again until one comes" in said.err
    notice = said.data()["id"]
    assert own_stage.states("alpha", notice) == ["undelivered"]
    own_stage.start("bravo")
    own_stage.until_state("alpha", notice, "delivered")


def test_a_killed_node_loses_nothing_that_it_acknowledged(own_stage: Stage) -> None:
    own_stage.start("alpha", "bravo")
    own_stage.line_up()
    notice = own_stage.notice("alpha")
    assert own_stage.stop("bravo", signal.SIGKILL) == -signal.SIGKILL
    said = own_stage.run("alpha", "send", "text", "Are you there?", "--yes", "--json")
    text = said.data()["id"]
    own_stage.stop("alpha", signal.SIGKILL)
    own_stage.start("alpha", "bravo")
    own_stage.until_state("alpha", text, "delivered")
    assert own_stage.record("bravo", notice)["standing"] == "filed"
    status = own_stage.client("bravo").get("/status")["agreements"][0]
    assert status["human"]["office"] == "air duty officer"
    assert not status["recovering"]
    own_stage.notice("bravo")


def test_records_travel_by_file_where_there_is_no_wire(own_stage: Stage, tmp_path: Path) -> None:
    own_stage.start("alpha")
    said = own_stage.must("alpha", *NOTICE, "--yes", "--json")
    notice = said.data()["id"]
    there, back = tmp_path / "there.firebreak", tmp_path / "back.firebreak"
    exported = own_stage.must("alpha", "bundle", "export", "--out", there)
    assert "1 records and our receipts, sealed to BRAVO" in exported.out
    own_stage.stop("alpha")
    own_stage.start("bravo")
    assert "1 new entries of ALPHA" in own_stage.must("bravo", "bundle", "import", there).out
    assert "nothing new" in own_stage.must("bravo", "bundle", "import", there).out
    assert own_stage.record("bravo", notice)["kind"] == "notice"
    own_stage.must("bravo", "bundle", "export", "--out", back)
    own_stage.stop("bravo")
    own_stage.start("alpha")
    assert own_stage.states("alpha", notice) == ["undelivered"]
    assert "1 of ours delivered" in own_stage.must("alpha", "bundle", "import", back).out
    assert own_stage.states("alpha", notice) == ["delivered"]
    spoiled = _flipped(there.read_bytes(), 400)
    (tmp_path / "bad").write_bytes(spoiled)
    assert own_stage.run("alpha", "bundle", "import", tmp_path / "bad").code == 1
    assert own_stage.run("alpha", "bundle", "import", there).code == 1


def test_without_a_running_node_the_commands_say_how_to_start_it(own_stage: Stage) -> None:
    for words in (("inbox",), ("line", "status"), ("send", "text", "x", "--yes")):
        said = own_stage.run("alpha", *words)
        assert said.code == 1
        assert f"firebreak node run --dir {own_stage.folder('alpha')}" in said.err


def test_a_node_that_is_reached_by_a_very_long_path(made: Path, tmp_path: Path) -> None:
    deep = tmp_path / ("long" * 20) / ("folder" * 10)
    deep.mkdir(parents=True)
    with Stage.make(made, deep / "stage") as stage:
        assert len(os.fspath(stage.folder("alpha"))) > 108
        stage.start("alpha")
        assert "not connected" in stage.must("alpha", "line", "status").out
