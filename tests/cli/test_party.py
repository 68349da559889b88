"""`firebreak party`: a new party, its card, officers that come and go, and what is refused."""

import stat
from contextlib import closing
from pathlib import Path

import pytest

from firebreak.keys import SigningKey, spoken
from firebreak.records.roster import SignedRoster
from firebreak.store.directory import NodeDirectory, read_card
from firebreak.store.keyfiles import NodeSecrets, officer, read_secret
from firebreak.store.sqlite import open_read_only
from tests.cli.conftest import Pair, Run

OFFICERS = ("air duty officer", "senior duty officer")


def test_a_new_party_has_keys_and_a_card(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "alpha"
    code, out, err = run("party", "init", "ALPHA", "--dir", place)
    assert (code, err) == (0, "")
    node = NodeDirectory.open(place)
    card = node.card()
    assert [entry.office for entry in card.roster.entries] == ["node", *OFFICERS]
    assert (card.roster.party, card.roster.version, card.roster.threshold) == ("ALPHA", 1, 1)
    assert " ".join(out.split()).count(spoken(card.roster.root_fingerprint())) == 1
    secrets = NodeSecrets.load(place)
    assert secrets.record.public.raw == card.roster.entries[0].key
    assert secrets.certificate == card.roster.node.certificate
    for index, office in enumerate(OFFICERS, 1):
        assert node.officer_key(index, office).public.raw == card.roster.entries[index].key
    years = (card.roster.entries[0].valid_until - card.roster.entries[0].valid_from) / 86_400_000
    assert 1_095 <= years <= 1_096
    assert (node.config.listen, dict(node.config.peers)) == ("127.0.0.1:7140", {})


def test_secrets_are_for_their_owner_alone(pair: Pair) -> None:
    keys = pair.bravo / "keys"
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    assert len(list(keys.glob("root-*.key"))) == 3
    for path in keys.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_offices_and_address_are_as_asked(run: Run, tmp_path: Path) -> None:
    offices = ("--office", "chief of staff", "--office", "вахтовий офіцер")
    code, _, _ = run("party", "init", "Šumava", "--dir", tmp_path, *offices, "--listen", "[::1]:9")
    assert code == 0
    node = NodeDirectory.open(tmp_path)
    assert [entry.office for entry in node.card().roster.entries][1:] == list(offices[1::2])
    assert node.config.listen == "[::1]:9"
    assert node.officer_key(2, offices[3]).public.raw == node.card().roster.entries[2].key


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["A" * 41], "is no party's name"),
        ([" ALPHA"], "is no party's name"),
        ([""], "is no party's name"),
        (["AL\u202ePHA"], "control or formatting"),
        (["ALPHA", "--office", "node"], "is no office's name"),
        (["ALPHA", "--office", ""], "0 characters"),
        (["ALPHA", "--office", "x", "--office", "x"], "given twice"),
        (["ALPHA", "--listen", "7140"], "is no address"),
        (["ALPHA", "--listen", "host:70000"], "is no address"),
        (["ALPHA", "--roots", "2", "--threshold", "3"], "3 of 2 root keys cannot sign"),
    ],
)
def test_a_party_that_cannot_be_is_refused_and_nothing_is_made(
    run: Run, tmp_path: Path, words: list[str], why: str
) -> None:
    place = tmp_path / "new"
    code, out, err = run("party", "init", *words, "--dir", place)
    assert (code, out) == (2 if "--listen" in words else 1, "")
    assert why in err
    assert not place.exists()


@pytest.mark.parametrize("words", [["--roots", "0"], ["--roots", "17"], ["--threshold", "x"]])
def test_counts_out_of_range_are_wrong_usage(run: Run, tmp_path: Path, words: list[str]) -> None:
    assert run("party", "init", "ALPHA", "--dir", tmp_path / "new", *words)[0] == 2


def test_nothing_is_overwritten(run: Run, pair: Pair) -> None:
    before = {path: path.read_bytes() for path in pair.alpha.rglob("*") if path.is_file()}
    code, _, err = run("party", "init", "CHARLIE", "--dir", pair.alpha)
    assert code == 1
    assert "nothing was changed" in err
    assert {path: path.read_bytes() for path in pair.alpha.rglob("*") if path.is_file()} == before


def test_the_node_is_found_by_option_environment_or_place(
    run: Run, pair: Pair, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = run("party", "card")
    assert code == 1
    assert "--dir" in err
    assert "FIREBREAK_DIR" in err
    monkeypatch.chdir(pair.bravo)
    assert run("party", "card")[1].startswith("BRAVO:")
    monkeypatch.setenv("FIREBREAK_DIR", str(pair.alpha))
    assert run("party", "card")[1].startswith("ALPHA:")
    assert run("party", "card", "--dir", pair.bravo)[1].startswith("BRAVO:")


def test_a_place_without_a_node_says_how_to_make_one(run: Run, tmp_path: Path) -> None:
    code, _, err = run("party", "card", "--dir", tmp_path)
    assert code == 1
    assert "firebreak party init NAME" in err


def test_the_card_is_shown_and_copied(run: Run, pair: Pair, tmp_path: Path) -> None:
    out = tmp_path / "bravo.card"
    assert run("party", "card", "--dir", pair.bravo, "--out", out)[0] == 0
    assert out.read_bytes() == (pair.bravo / "card").read_bytes()
    shown = [run("party", "show", place)[1] for place in (out, pair.bravo)]
    assert shown[0] == shown[1]
    assert "signed by 2 of 3 root keys (2 needed)" in shown[0]
    fingerprint = read_card(out).roster.root_fingerprint()
    assert spoken(fingerprint) in " ".join(shown[0].split())


def test_a_damaged_card_is_refused(run: Run, pair: Pair) -> None:
    path = pair.alpha / "card"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    code, _, err = run("party", "show", path)
    assert code == 1
    assert "refused" in err
    assert str(path) in err


def test_the_card_of_another_party_is_refused(run: Run, pair: Pair) -> None:
    (pair.alpha / "card").write_bytes((pair.bravo / "card").read_bytes())
    code, _, err = run("party", "card", "--dir", pair.alpha)
    assert code == 1
    assert "is the card of BRAVO" in err


# Officers


def card_of(place: Path) -> SignedRoster:
    return NodeDirectory.open(place).card()


def test_an_officer_is_enrolled_by_a_key_made_elsewhere(
    run: Run, pair: Pair, tmp_path: Path
) -> None:
    secret = tmp_path / "petrov.key"
    code, public, err = run("party", "key", "air duty officer", "--out", secret)
    assert code == 0
    assert "stays here" in err
    key = SigningKey(read_secret(secret, officer("air duty officer")))
    assert public.strip() == key.public.raw.hex()
    (tmp_path / "petrov.pub").write_text(public)
    before = card_of(pair.bravo).roster
    for version, given in ((2, tmp_path / "petrov.pub"), (3, "00" * 32)):
        code, _, err = run(
            "party", "enrol", "air duty officer", "--dir", pair.bravo, "--public-key", given
        )
        assert code == (0 if version == 2 else 1), err
    after = card_of(pair.bravo).roster
    after.check_follows(before)
    assert after.entries[3].key == key.public.raw
    assert after.entries[3].office == "air duty officer"


def test_an_officer_is_enrolled_by_a_key_made_here(run: Run, pair: Pair) -> None:
    code, out, _ = run("party", "enrol", "chief of staff", "--dir", pair.alpha)
    assert code == 0
    node = NodeDirectory.open(pair.alpha)
    entry = node.card().roster.entries[3]
    assert entry.key.hex() in out
    assert node.officer_key(3, "chief of staff").public.raw == entry.key


@pytest.mark.parametrize(
    ("given", "why"),
    [("zz", "not there"), ("00" * 31, "not there"), ("00" * 32, "small order")],
)
def test_what_is_no_public_key_is_refused(run: Run, pair: Pair, given: str, why: str) -> None:
    code, _, err = run("party", "enrol", "x", "--dir", pair.alpha, "--public-key", given)
    assert code == 1
    assert why in err
    assert card_of(pair.alpha).roster.version == 1


def test_a_key_is_enrolled_once(run: Run, pair: Pair) -> None:
    key = card_of(pair.alpha).roster.entries[1].key.hex()
    code, _, err = run("party", "enrol", "x", "--dir", pair.alpha, "--public-key", key)
    assert code == 1
    assert "stands twice" in err


def test_an_officer_is_revoked_and_keeps_the_number(run: Run, pair: Pair) -> None:
    before = card_of(pair.bravo).roster
    code, out, _ = run("party", "revoke", 1, "--dir", pair.bravo)
    assert code == 0
    assert "air duty officer" in out
    after = card_of(pair.bravo).roster
    after.check_follows(before)
    assert after.entries[1].valid_until < before.entries[1].valid_until
    assert "ended" in run("party", "card", "--dir", pair.bravo)[1]
    code, _, err = run("party", "revoke", 1, "--dir", pair.bravo)
    assert code == 1
    assert "already" in err


@pytest.mark.parametrize("number", [0, 3, 99])
def test_only_an_officers_key_is_revoked(run: Run, pair: Pair, number: int) -> None:
    code, _, err = run("party", "revoke", number, "--dir", pair.alpha)
    assert code == 1
    assert "no officer's key" in err


def test_two_of_three_root_keys_must_be_at_hand(run: Run, pair: Pair) -> None:
    (pair.bravo / "keys" / "root-1.key").unlink()
    assert run("party", "enrol", "x", "--dir", pair.bravo)[0] == 0
    (pair.bravo / "keys" / "root-2.key").unlink()
    code, _, err = run("party", "enrol", "y", "--dir", pair.bravo)
    assert code == 1
    assert "1 root keys lie in" in err
    assert card_of(pair.bravo).roster.version == 2


def test_a_peer_is_noted(run: Run, pair: Pair) -> None:
    for address in ("192.0.2.7:7140", "bravo.example:1"):
        assert run("party", "peer", 'BRA"VO', address, "--dir", pair.alpha)[0] == 0
        config = NodeDirectory.open(pair.alpha).config
        assert dict(config.peers) == {'BRA"VO': address}
        assert config.party == "ALPHA"
    long = ".".join(["x" * 63] * 2)
    assert run("party", "peer", "BRAVO", f"{long}.:1", "--dir", pair.alpha)[0] == 0
    noted = NodeDirectory.open(pair.alpha).config
    for address in ("nowhere", "host..example:7141", ".example:1", f"{'x' * 64}.example:1", ".:1"):
        code, _, err = run("party", "peer", "BRAVO", address, "--dir", pair.alpha)
        assert code == 1
        assert "is no address" in err
    assert NodeDirectory.open(pair.alpha).config == noted


def test_a_line_is_set_narrow_and_broad_and_otherwise_left_as_it_is(run: Run, pair: Pair) -> None:
    for words, narrow, told in (
        (("192.0.2.7:1", "--narrow"), ("BRAVO",), "by a narrow line. Restart the node"),
        (("192.0.2.8:1",), ("BRAVO",), "192.0.2.8:1, by a narrow line.\n"),
        (("192.0.2.8:1", "--broad"), (), "by a broad line. Restart the node"),
        (("192.0.2.9:1",), (), "192.0.2.9:1, by a broad line.\n"),
    ):
        code, out, _ = run("party", "peer", "BRAVO", *words, "--dir", pair.alpha)
        assert code == 0
        assert told in out
        assert NodeDirectory.open(pair.alpha).config.narrow == narrow


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("party = ", "not TOML"),
        ('party = "A"\nport = 1', "port is no key"),
        ("party = 1", "are texts"),
        ("", "are texts"),
        ('party = "A"\npeers = "B"', "are texts"),
        ('party = "A"\n[peers]\nB = 1', "are texts"),
        ('party = "A"\nlisten = "x"', "is no address"),
        ('party = "A"\nnarrow = "B"', "a list of names"),
        ('party = "A"\nnarrow = [1]', "a list of names"),
    ],
)
def test_a_wrong_node_file_is_refused(run: Run, pair: Pair, text: str, why: str) -> None:
    (pair.alpha / "node.toml").write_text(text)
    code, _, err = run("party", "card", "--dir", pair.alpha)
    assert code == 1
    assert why in err


def test_a_store_is_made_with_the_keys(run: Run, tmp_path: Path) -> None:
    """So that keys without one are known to have lost it."""
    assert run("party", "init", "ALPHA", "--dir", tmp_path / "alpha")[0] == 0
    with closing(open_read_only(tmp_path / "alpha" / "store.db")) as store:
        assert store.restored is None
    assert (tmp_path / "alpha" / "store.db").stat().st_mode & 0o777 == 0o600
