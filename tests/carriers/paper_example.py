"""The example that opens spec/paper.md: the parts of the bundle that opens spec/sealing.md."""

from __future__ import annotations

import re
from textwrap import wrap

from firebreak.carriers.paper import cut
from tests.conftest import ROOT


def bundle() -> bytes:
    """The seven lines from version to ciphertext, joined."""
    block = (ROOT / "spec" / "sealing.md").read_text(encoding="utf-8").split("```\n")[1]
    rows = re.search(r"^version .*?\n\n", block, re.MULTILINE | re.DOTALL)
    assert rows is not None
    return bytes.fromhex("".join(row[20:] for row in rows[0].splitlines()))


def example() -> str:
    """The text of the block."""
    rows = [("bundle", bundle())]
    rows += [(f"code {part.number + 1}", part.encoded()) for part in cut(bundle())]
    return (
        "\n".join(
            f"{name if number == 0 else '':8} {row}"
            for name, value in rows
            for number, row in enumerate(wrap(value.hex(), 72))
        )
        + "\n"
    )


if __name__ == "__main__":
    print(example(), end="")
