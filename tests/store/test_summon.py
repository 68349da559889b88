"""[summon] in node.toml: read as it was written, and anything else refused by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.errors import InvalidValue
from firebreak.store.directory import NodeConfig, SummonConfig
from tests.strategies import texts

NODE = 'party = "ALPHA"\n[summon]\n'


@given(texts(40, 0), texts(40, 0), st.lists(texts(40), max_size=4))
def test_it_is_read_as_it_was_written(commander: str, interpreter: str, run: list[str]) -> None:
    config = NodeConfig("ALPHA", summon=SummonConfig(commander, interpreter, tuple(run)))
    assert NodeConfig.from_toml(config.to_toml()) == config


def test_what_is_left_out_is_empty() -> None:
    found = NodeConfig.from_toml(f'{NODE}commander = "+48 555 0101"')
    assert found.summon == SummonConfig("+48 555 0101")
    assert NodeConfig.from_toml('party = "ALPHA"').summon is None


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('run = "page desk"', "run is a list of words"),
        ("run = [1]", "run is a list of words"),
        ("commander = 7", "commander and interpreter are texts"),
        ('commander = ["+48"]', "commander and interpreter are texts"),
        ('shell = "yes"', r"shell is no key of \[summon\]"),
    ],
)
def test_anything_else_is_refused_by_name(line: str, why: str) -> None:
    with pytest.raises(InvalidValue, match=why):
        NodeConfig.from_toml(NODE + line)


def test_it_is_a_table() -> None:
    with pytest.raises(InvalidValue, match="summon is a table"):
        NodeConfig.from_toml('party = "ALPHA"\nsummon = 7\n')
