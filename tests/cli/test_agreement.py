"""`firebreak agreement`: two people pass one file back and forth; each refusal along the way."""

import json
import os
import re
from pathlib import Path

import pytest

from firebreak.records.agreement import Agreement, SignedAgreement
from firebreak.records.drafting import draft_to_toml, read_draft
from firebreak.sealing import SealingKeys
from firebreak.store.directory import NodeDirectory, read_agreement, reader_secret
from firebreak.store.keyfiles import NodeSecrets
from firebreak.values import PartyNumber
from tests.cli.conftest import Pair, Run

ALPHA, BRAVO = PartyNumber(0), PartyNumber(1)


def root(place: Path) -> str:
    return NodeDirectory.open(place).card().roster.root_fingerprint().hex()


def draft(run: Run, pair: Pair, *words: object) -> Agreement:
    code, _, err = run(
        "agreement", "new", "--minimal", "--dir", pair.alpha, "--with", pair.bravo / "card",
        "--out", pair.draft, *words,
    )  # fmt: skip
    assert (code, err) == (0, "")
    return read_draft(pair.draft.read_text())


def sign(run: Run, pair: Pair, here: Path, file: Path, *words: object) -> tuple[int, str, str]:
    there = pair.bravo if here == pair.alpha else pair.alpha
    return run("agreement", "sign", file, "--dir", here, "--fingerprint", root(there), *words)


def half(run: Run, pair: Pair) -> Path:
    """Signed by ALPHA."""
    draft(run, pair)
    assert sign(run, pair, pair.alpha, pair.draft)[0] == 0
    return pair.file


def whole(run: Run, pair: Pair) -> Path:
    """Signed by both, kept by BRAVO."""
    half(run, pair)
    assert sign(run, pair, pair.bravo, pair.file)[0] == 0
    return pair.file


def sealing(place: Path) -> list[SealingKeys]:
    return [NodeSecrets.load(place).sealing]


def test_two_people_pass_one_file_back_and_forth(run: Run, pair: Pair) -> None:
    made = draft(run, pair)
    assert sign(run, pair, pair.alpha, pair.draft)[0] == 0
    code, out, err = run("agreement", "check", pair.file)
    assert code == 1
    assert "ALPHA: signed by 1 of 1 root keys" in out
    assert "BRAVO has not signed" in err
    code, _, err = run("agreement", "keep", pair.file, "--dir", pair.alpha)
    assert code == 1
    assert "BRAVO has not signed" in err
    assert sign(run, pair, pair.bravo, pair.file)[0] == 0
    assert run("agreement", "keep", pair.file, "--dir", pair.alpha)[0] == 0
    code, out, err = run("agreement", "check", pair.file)
    assert (code, err) == (0, "")
    assert "BRAVO: signed by 2 of 3 root keys" in out
    for place in (pair.alpha, pair.bravo):
        [kept] = NodeDirectory.open(place).agreements()
        assert kept == read_agreement(pair.file)
        assert kept.agreement == made
        assert (place / "agreements" / f"{made.digest().hex()[:8]}.agreement").is_file()


def test_both_nodes_have_both_reader_secrets(run: Run, pair: Pair) -> None:
    signed = read_agreement(whole(run, pair))
    for giver in (ALPHA, BRAVO):
        opened = {
            reader_secret(signed, giver, ALPHA, sealing(pair.alpha)),
            reader_secret(signed, giver, BRAVO, sealing(pair.bravo)),
        }
        assert len(opened) == 1
    secrets = {reader_secret(signed, giver, ALPHA, sealing(pair.alpha)) for giver in (ALPHA, BRAVO)}
    assert len(secrets) == 2


def test_a_draft_says_what_comes_next(run: Run, pair: Pair) -> None:
    code, out, _ = run(
        "agreement", "new", "--dir", pair.alpha, "--with", pair.bravo / "card",
        "--out", pair.draft, "--days", 7, "--channel", "sea",
    )  # fmt: skip
    assert code == 0
    digits = "".join(out.split())
    assert root(pair.alpha) in digits
    assert root(pair.bravo) in digits
    assert "agreement sign" in out
    made = read_draft(pair.draft.read_text())
    assert [terms.channel.name for terms in made.channels] == ["CONTROL", "SEA", "COMMAND"]
    assert made.valid_until - made.valid_from == 7 * 86_400_000


def test_a_draft_overwrites_nothing(run: Run, pair: Pair) -> None:
    draft(run, pair)
    before = pair.draft.read_bytes()
    words = ("agreement", "new", "--dir", pair.alpha, "--with", pair.bravo / "card")
    code, _, err = run(*words, "--out", pair.draft)
    assert code == 1
    assert "nothing was changed" in err
    assert pair.draft.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["--channel", "control"], 1, "Name a channel to speak on"),
        (["--channel", "radio"], 2, "none of"),
        (["--days", "0"], 2, "--days"),
        (["--days", "367"], 2, "--days"),
    ],
)
def test_a_draft_that_cannot_be_is_refused(
    run: Run, pair: Pair, words: list[str], code: int, why: str
) -> None:
    found, _, err = run(
        "agreement", "new", "--dir", pair.alpha, "--with", pair.bravo / "card",
        "--out", pair.draft, *words,
    )  # fmt: skip
    assert found == code
    assert why in err
    assert not pair.draft.exists()


def test_a_party_does_not_agree_with_itself(run: Run, pair: Pair) -> None:
    code, _, err = run(
        "agreement", "new", "--dir", pair.alpha, "--with", pair.alpha / "card", "--out", pair.draft
    )
    assert code == 1
    assert "same name" in err


# The fingerprint


def asked(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"Type group (\d+) of the 16", text)]


def test_two_groups_are_asked_at_random(
    run: Run, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft(run, pair)
    groups = [root(pair.bravo)[at : at + 4] for at in range(0, 64, 4)]
    places: list[tuple[int, ...]] = []
    for _ in range(6):
        out = run("agreement", "sign", pair.draft, "--dir", pair.alpha, answers="zzzz\n")
        assert out[0] == 1
        places.append(tuple(asked(out[1] + out[2])))
        assert "nothing was signed" in out[2]
    assert len(set(places)) > 1
    monkeypatch.setattr("secrets.SystemRandom.sample", lambda self, where, count: [12, 3])
    answers = f"{groups[3].upper()}\n{groups[12][:2]} {groups[12][2:]}\n"
    code, out_, _ = run("agreement", "sign", pair.draft, "--dir", pair.alpha, answers=answers)
    assert code == 0
    assert asked(out_) == [4, 13]


def test_the_other_fingerprint_is_not_on_the_screen(run: Run, pair: Pair) -> None:
    draft(run, pair)
    _, out, err = run("agreement", "sign", pair.draft, "--dir", pair.alpha, answers="zzzz\n")
    said = "".join((out + err).split())
    assert root(pair.alpha) in said
    assert root(pair.bravo)[:16] not in said


@pytest.mark.parametrize("answers", ["", "\n", "zzzz\n"])
def test_without_the_right_groups_nothing_is_signed(run: Run, pair: Pair, answers: str) -> None:
    draft(run, pair)
    assert run("agreement", "sign", pair.draft, "--dir", pair.alpha, answers=answers)[0] == 1
    assert not pair.file.exists()
    assert not (pair.alpha / "agreements").exists()


def test_a_wrong_or_short_fingerprint_is_refused(run: Run, pair: Pair) -> None:
    draft(run, pair)
    right = root(pair.bravo)
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    for given in ([wrong], [right[:8]], [root(pair.alpha)], [right, wrong], [""]):
        words = [word for text in given for word in ("--fingerprint", text)]
        code, _, err = run("agreement", "sign", pair.draft, "--dir", pair.alpha, *words)
        assert code == 1, given
        assert "not the root fingerprint of BRAVO" in err
    assert not pair.file.exists()
    spoken = " ".join(right[at : at + 4] for at in range(0, 64, 4)).upper()
    words = ["--fingerprint", spoken, "--fingerprint", root(pair.alpha)]
    assert run("agreement", "sign", pair.draft, "--dir", pair.alpha, *words)[0] == 0


# Refusals at signing


def edited(pair: Pair, old: str, new: str) -> None:
    text = pair.draft.read_text()
    assert old in text
    pair.draft.write_text(text.replace(old, new, 1))


def refused(run: Run, pair: Pair, why: str, here: Path | None = None) -> None:
    code, _, err = sign(run, pair, here or pair.alpha, pair.draft)
    assert code == 1
    assert why in err
    assert not pair.file.exists()


def test_deniable_evidence_is_refused(run: Run, pair: Pair) -> None:
    draft(run, pair)
    edited(pair, 'evidence = "provable"', 'evidence = "deniable"')
    refused(run, pair, "provable evidence only")


def test_an_agreement_that_ended_is_refused(run: Run, pair: Pair) -> None:
    text = draft_to_toml(draft(run, pair))
    text = re.sub(r"valid_from = \S+", "valid_from = 2020-01-01T00:00:00Z", text)
    pair.draft.write_text(re.sub(r"valid_until = \S+", "valid_until = 2020-02-01T00:00:00Z", text))
    refused(run, pair, "The agreement ended at 010000ZFEB20")


def test_other_phrases_are_refused(run: Run, pair: Pair) -> None:
    made = draft(run, pair)
    edited(pair, made.catalogue.hex(), "00" * 32)
    refused(run, pair, "other phrases")


def test_a_mistake_in_the_draft_is_named(run: Run, pair: Pair) -> None:
    draft(run, pair)
    edited(pair, 'mode = "exercise"', 'mode = "war"')
    refused(run, pair, f"{pair.draft}: In the draft, mode: 'war' is none of: exercise, real")


def test_a_card_that_changed_since_is_refused(run: Run, pair: Pair) -> None:
    draft(run, pair)
    assert run("party", "enrol", "x", "--dir", pair.alpha)[0] == 0
    refused(run, pair, "another card of ALPHA")


def test_a_card_that_changed_before_countersigning_is_refused(run: Run, pair: Pair) -> None:
    half(run, pair)
    assert run("party", "enrol", "x", "--dir", pair.bravo)[0] == 0
    code, _, err = sign(run, pair, pair.bravo, pair.file)
    assert code == 1
    assert "Your card has changed" in err


def test_a_draft_needs_the_other_card(run: Run, pair: Pair) -> None:
    draft(run, pair)
    refused(run, pair, "card of ALPHA is not here", here=pair.bravo)
    assert sign(run, pair, pair.bravo, pair.draft, "--with", pair.alpha / "card")[0] == 0


def test_a_third_party_is_refused(run: Run, pair: Pair) -> None:
    charlie = pair.place / "charlie"
    file = whole(run, pair)
    for name in ("CHARLIE", "ALPHA"):
        place = charlie / name
        assert run("party", "init", name, "--dir", place)[0] == 0
        for words in (("sign", file), ("keep", file), ("amend", file, "--out", place / "x")):
            code, _, err = run("agreement", *words, "--dir", place)
            assert code == 1
            assert "is no party to it" in err


def test_a_side_signs_once(run: Run, pair: Pair) -> None:
    half(run, pair)
    before = pair.file.read_bytes()
    code, _, err = sign(run, pair, pair.alpha, pair.file)
    assert code == 1
    assert "signed this already" in err
    code, _, err = sign(run, pair, pair.alpha, pair.draft)
    assert code == 1
    assert "is there already" in err
    assert pair.file.read_bytes() == before


def test_too_few_root_keys_sign_nothing(run: Run, pair: Pair) -> None:
    half(run, pair)
    for number in (1, 2):
        (pair.bravo / "keys" / f"root-{number}.key").unlink()
    code, _, err = sign(run, pair, pair.bravo, pair.file)
    assert code == 1
    assert "2 must sign" in err
    assert read_agreement(pair.file).missing() == ("BRAVO",)


def test_an_office_that_nobody_holds_is_noted(run: Run, pair: Pair) -> None:
    assert run("party", "revoke", 1, "--dir", pair.alpha)[0] == 0
    draft(run, pair)
    code, _, err = sign(run, pair, pair.alpha, pair.draft)
    assert code == 0
    assert "no valid key on your card signs for air duty officer" in err


@pytest.mark.parametrize("at", [0, 1, 100, 700, -1])
def test_a_changed_byte_is_refused_everywhere(run: Run, pair: Pair, at: int) -> None:
    data = bytearray(whole(run, pair).read_bytes())
    data[at] ^= 1
    pair.file.write_bytes(data)
    for words in (
        ("check",),
        ("keep", "--dir", pair.alpha),
        ("show",),
        ("sign", "--dir", pair.bravo),
    ):
        code, _, err = run("agreement", words[0], pair.file, *words[1:])
        assert code == 1, words
        assert err.startswith("firebreak: ")
        assert "Traceback" not in err
        assert "A fault" not in err


def test_files_that_are_not_there_or_too_large(run: Run, pair: Pair) -> None:
    code, _, err = run("agreement", "check", pair.place / "none")
    assert code == 1
    assert "is not there" in err
    code, _, err = run("agreement", "check", pair.place)
    assert code == 1
    assert "cannot be read" in err
    big = pair.place / "big"
    big.touch()
    os.truncate(big, 1 << 30)
    code, _, err = run("agreement", "show", big)
    assert code == 1
    assert "more than" in err


# Keeping


def test_keeping_wants_our_own_signature(run: Run, pair: Pair) -> None:
    draft(run, pair)
    assert sign(run, pair, pair.bravo, pair.draft, "--with", pair.alpha / "card")[0] == 0
    code, _, err = run("agreement", "keep", pair.file, "--dir", pair.alpha)
    assert code == 1
    assert "Your side has not signed" in err


def test_another_agreement_of_the_same_version_is_refused(run: Run, pair: Pair) -> None:
    whole(run, pair)
    for name in ("draft.agreement", "draft.toml"):
        (pair.place / name).rename(pair.place / f"first.{name.split('.')[1]}")
    text = (pair.place / "first.toml").read_text()
    pair.draft.write_text(text.replace('track_delay = "0 min"', 'track_delay = "5 min"'))
    assert sign(run, pair, pair.bravo, pair.draft, "--with", pair.alpha / "card")[0] == 0
    assert sign(run, pair, pair.alpha, pair.file)[0] == 0
    code, _, err = run("agreement", "keep", pair.place / "first.agreement", "--dir", pair.alpha)
    assert code == 1
    assert "Another version 1 of this agreement is kept here" in err


def test_another_signature_of_ours_is_refused(run: Run, pair: Pair) -> None:
    whole(run, pair)
    first = pair.place / "first"
    pair.file.rename(first)
    [kept] = (pair.alpha / "agreements").iterdir()
    data = kept.read_bytes()
    kept.unlink()
    assert sign(run, pair, pair.alpha, pair.draft)[0] == 0
    assert next((pair.alpha / "agreements").iterdir()).read_bytes() != data
    code, _, err = run("agreement", "keep", first, "--dir", pair.alpha)
    assert code == 1
    assert "not the one that you gave" in err


# The next version


def second(run: Run, pair: Pair) -> Path:
    file = pair.place / "second.toml"
    code, _, err = run("agreement", "amend", pair.file, "--dir", pair.alpha, "--out", file)
    assert (code, err) == (0, "")
    return file


def test_a_next_version_keeps_logs_and_secrets(run: Run, pair: Pair) -> None:
    first = read_agreement(whole(run, pair))
    file = second(run, pair)
    file.write_text(file.read_text().replace('"10 min"', '"15 min"'))
    assert sign(run, pair, pair.alpha, file)[0] == 0
    signed = file.with_suffix(".agreement")
    assert sign(run, pair, pair.bravo, signed)[0] == 0
    made = read_agreement(signed)
    made.agreement.check_follows(first.agreement)
    for giver in (ALPHA, BRAVO):
        secrets = {reader_secret(each, giver, ALPHA, sealing(pair.alpha)) for each in (first, made)}
        assert len(secrets) == 1
    assert [a.agreement.version for a in NodeDirectory.open(pair.bravo).agreements()] == [1, 2]
    code, out, _ = run("agreement", "diff", pair.file, signed)
    assert code == 0
    assert "air: answer to query within 10 min → 15 min" in out
    assert len(out.splitlines()) == 3
    assert run("agreement", "diff", file, signed)[1] == "The two say the same.\n"


def test_a_next_version_takes_the_present_card(run: Run, pair: Pair) -> None:
    whole(run, pair)
    assert run("party", "enrol", "x", "--dir", pair.alpha)[0] == 0
    made = read_draft(second(run, pair).read_text())
    assert made.parties[0].roster == NodeDirectory.open(pair.alpha).card().roster.digest()


def test_a_next_version_wants_the_one_before(run: Run, pair: Pair) -> None:
    whole(run, pair)
    file = second(run, pair)
    for kept in (pair.alpha / "agreements").iterdir():
        kept.unlink()
    code, _, err = sign(run, pair, pair.alpha, file)
    assert code == 1
    assert "version before this one is not kept here" in err


def test_a_next_version_keeps_its_logs(run: Run, pair: Pair) -> None:
    whole(run, pair)
    file = second(run, pair)
    file.write_text(re.sub(r'logs = \["([0-9a-f]{2})', 'logs = ["00', file.read_text()))
    code, _, err = sign(run, pair, pair.alpha, file)
    assert code == 1
    assert "keeps its logs" in err


# Showing


def test_one_page_says_it_all(run: Run, pair: Pair) -> None:
    draft(run, pair)
    code, out, err = run("agreement", "show", pair.draft)
    assert (code, err) == (0, "")
    for said in (
        "EXERCISE", "version 1", "ALPHA: air duty officer", "line-check-reply", "0900Z, 1600Z",
        "query 10 min", "missile-launch 24 h", "64 MiB a day", "2000 records", "to 1000 m",
        "5 NM and 1000 ft, looked 5 min ahead",
        "Not signed by: ALPHA and BRAVO.",
    ):  # fmt: skip
        assert said in out, said
    assert len(out.splitlines()) <= 40


def test_real_mode_is_said_loudly(run: Run, pair: Pair) -> None:
    draft(run, pair)
    edited(pair, 'mode = "exercise"', 'mode = "real"')
    assert "REAL. What is said under it is meant." in run("agreement", "show", pair.draft)[1]


def test_json_says_everything(run: Run, pair: Pair) -> None:
    signed = read_agreement(whole(run, pair))
    code, out, _ = run("agreement", "show", pair.file, "--json")
    assert code == 0
    data = json.loads(out)
    assert data["digest"] == signed.agreement.digest().hex()
    assert (data["signed_by"], data["missing"]) == (["ALPHA", "BRAVO"], [])
    assert data["agreement"]["mode"] == "exercise"
    assert "notice" in data["agreement"]["channels"][1]["kinds"]
    assert set(data["agreement"]) == set(Agreement.__dataclass_fields__)


def test_a_file_without_signatures_is_shown_and_not_in_force(run: Run, pair: Pair) -> None:
    made = draft(run, pair)
    pair.file.write_bytes(SignedAgreement(made, ()).encoded())
    assert "Not signed by: ALPHA and BRAVO." in run("agreement", "show", pair.file)[1]
    assert run("agreement", "check", pair.file)[0] == 1
