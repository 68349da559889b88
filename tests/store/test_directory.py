"""A node's directory: who may write there, and whom its agreements name."""

import os
import shutil
import stat
from pathlib import Path

import pytest

from firebreak.errors import KeyTrouble
from firebreak.store.directory import NodeDirectory
from tests.nodes import PARTIES, Stage, must, template


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template(tmp_path_factory.getbasetemp() / "parties")


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702, 0o1777])
def test_a_folder_in_which_others_can_write_is_not_opened(
    made: Path, tmp_path: Path, mode: int
) -> None:
    place = tmp_path / "a node"
    shutil.copytree(made / "alpha", place)
    place.chmod(mode)
    with pytest.raises(KeyTrouble, match=f"chmod go-w '{place}'"):
        NodeDirectory.open(place)
    place.chmod(mode & ~0o022)
    assert NodeDirectory.open(place).config.party == "ALPHA"


def test_a_new_node_is_closed_to_others_whatever_the_umask_is(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        must("party", "init", "ALPHA", "--dir", tmp_path / "alpha")
    finally:
        os.umask(before)
    assert not stat.S_IMODE((tmp_path / "alpha").stat().st_mode) & 0o022
    assert NodeDirectory.open(tmp_path / "alpha").config.party == "ALPHA"


def test_whom_the_agreements_name(made: Path, tmp_path: Path) -> None:
    alpha = NodeDirectory.open(made / "alpha")
    assert alpha.is_agreed_with("BRAVO")
    assert not alpha.is_agreed_with("NOBODY")
    must("party", "init", "NEW", "--dir", tmp_path / "new")
    assert NodeDirectory.open(tmp_path / "new").is_agreed_with("NOBODY")


def test_a_node_that_starts_warns_of_a_peer_that_no_agreement_names(
    made: Path, tmp_path: Path
) -> None:
    with Stage.make(made, tmp_path / "stage") as stage:
        must("party", "peer", "NOBODY", "192.0.2.7:7140", "--dir", stage.folder("alpha"))
        stage.start(*PARTIES)
        warning = "WARNING: no agreement kept here names"
        assert f"{warning} NOBODY" in stage.log("alpha").read_text(encoding="utf-8")
        assert warning not in stage.log("bravo").read_text(encoding="utf-8")
