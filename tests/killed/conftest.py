"""Two parties with an agreement, each with a node to be started as a process of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nodes import Stage, template


@pytest.fixture
def stage(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    made = template(tmp_path_factory.getbasetemp() / "parties")
    with Stage.make(made, tmp_path / "stage") as still:
        yield still
