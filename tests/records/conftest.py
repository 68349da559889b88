"""What the tests of records share."""

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="session")
def specification() -> str:
    """spec/record.md."""
    return (ROOT / "spec" / "record.md").read_text(encoding="utf-8")
