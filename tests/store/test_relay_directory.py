"""A relay's directory, and what a node's own says of relays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.errors import InvalidValue, KeyTrouble, Misuse
from firebreak.store.directory import NodeConfig, read_card
from firebreak.store.relay_directory import RelayConfig, RelayDirectory
from tests.nodes import command, must

ORIGIN = "firebreak.line/000102030405060708090a0b0c0d0e0f/0"
NAMES = st.text("abÄж \"'\\", min_size=1, max_size=40).map(lambda text: "x" + text[1:-1] + "x")


@given(NAMES)
def test_relay_toml_comes_back_as_it_was_written(name: str) -> None:
    config = RelayConfig(name[:40], ORIGIN, "[::1]:7150")
    assert RelayConfig.from_toml(config.to_toml()) == config


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        'name = "SWISS"',
        f'origin = "{ORIGIN}"',
        f'name = "SWISS"\norigin = "{ORIGIN}"\nparty = "X"',
        'name = "SWISS"\norigin = "nowhere"',
        f'name = ""\norigin = "{ORIGIN}"',
        f'name = 1\norigin = "{ORIGIN}"',
        f'name = "SWISS"\norigin = "{ORIGIN}"\nlisten = "here"',
    ],
)
def test_what_is_no_relay_toml_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        RelayConfig.from_toml(text)


@given(st.dictionaries(NAMES.map(lambda name: name[:40]), st.just("192.0.2.9:7150"), max_size=3))
def test_a_node_says_where_its_relays_are(relays: dict[str, str]) -> None:
    config = NodeConfig("ALPHA", relays=relays)
    assert NodeConfig.from_toml(config.to_toml()) == config


@pytest.mark.parametrize(
    "relays", ['relays = ["SWISS"]', "[relays]\nSWISS = 7150", "[relays]\nSWISS = 'x'"]
)
def test_a_node_s_relays_are_names_and_addresses(relays: str) -> None:
    with pytest.raises(InvalidValue):
        NodeConfig.from_toml(f'party = "ALPHA"\n{relays}\n')


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A relay, and two parties of one name."""
    folder = tmp_path_factory.mktemp("relay")
    must("relay", "init", folder / "swiss", "--name", "SWISS")
    for party in ("one", "two"):
        must("party", "init", "ALPHA", "--dir", folder / party)
    return folder


def test_two_parties_of_one_name_are_not_both_carried_for(place: Path) -> None:
    relay = RelayDirectory.open(place / "swiss")
    for _ in range(2):
        relay.admit(read_card(place / "one" / "card"))
    with pytest.raises(Misuse, match="Another party called ALPHA"):
        relay.admit(read_card(place / "two" / "card"))
    assert len(relay.parties()) == 1


def test_a_place_that_others_may_write_is_no_relay_s(place: Path) -> None:
    folder = place / "swiss"
    folder.chmod(0o777)
    try:
        with pytest.raises(KeyTrouble, match="Others on this machine"):
            RelayDirectory.open(folder)
    finally:
        folder.chmod(0o755)
    with pytest.raises(Misuse, match="There is no relay in"):
        RelayDirectory.open(place / "one")


def test_a_card_of_nobody_is_not_admitted(place: Path, tmp_path: Path) -> None:
    card = bytearray((place / "one" / "card").read_bytes())
    card[-1] ^= 1
    (tmp_path / "card").write_bytes(bytes(card))
    said = command("relay", "admit", tmp_path / "card", "--dir", place / "swiss")
    assert said.code == 1
