"""The example that opens spec/narrow.md: two nodes meet, and one bundle crosses."""

from __future__ import annotations

from textwrap import wrap

from firebreak.line.narrow import LineKeys, Session
from firebreak.values import Precedence

SECRET = bytes(range(32))
ALPHA, BRAVO = b"\xa1" * 32, b"\xb2" * 32
BUNDLE = b"a sealed bundle"


def example() -> str:
    """The text of the block."""
    ours, theirs = LineKeys.of(SECRET, ALPHA, BRAVO), LineKeys.of(SECRET, BRAVO, ALPHA)
    alpha = Session(ours, lambda size: bytes(range(0x10, 0x10 + size)), 0)
    bravo = Session(theirs, lambda size: bytes(range(0x40, 0x40 + size)), 0)
    [ask] = alpha.due(0)
    answer = bravo.take(ask, 1).answer
    assert answer is not None
    alpha.take(answer, 2)
    assert alpha.put(BUNDLE, Precedence.FLASH)
    [data] = alpha.due(2)
    assert bravo.take(data, 3).bundles == (BUNDLE,)
    shown = {
        "shared secret": SECRET,
        "ALPHA's key": ALPHA,
        "BRAVO's key": BRAVO,
        "key, ALPHA to BRAVO": ours.out,
        "key, BRAVO to ALPHA": ours.back,
        "ALPHA asks": ask,
        "BRAVO answers": answer,
        "ALPHA sends": data,
    }
    return "".join(line(name, value) for name, value in shown.items())


def line(name: str, value: bytes) -> str:
    rows = wrap(value.hex(), 72)
    return "".join(f"{name if n == 0 else '':20} {row}\n" for n, row in enumerate(rows))


if __name__ == "__main__":
    print(example(), end="")
