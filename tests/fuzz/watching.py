"""What is promised of every decoder, and one input held against it.

Nothing but a refusal may come out (the two families of `errors.py`); what is taken must encode to the
bytes it came from; neither time nor memory may grow without bound.
"""

from __future__ import annotations

import signal
import traceback
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import islice
from types import FrameType
from typing import Any, Final

from firebreak.errors import FirebreakError, Misbehaviour
from tests.fuzz.mutation import Shape

PATIENCE_S: Final = 20.0
"""Seconds of this process's own computing, so that a busy machine is no hang. Nothing that a decoder
does takes a tenth of it; what does not end takes all of it."""

SPARE_BYTES: Final = 2 << 20
BYTES_A_BYTE: Final = 200
"""What one byte of input may cost in memory at most: a tuple of small arrays costs about 70."""


class Broken(AssertionError):
    """A decoder broke a promise. The text says which, and how."""


class Hang(BaseException):
    """The time is up. No Exception, so that no decoder can swallow it."""


@dataclass(frozen=True)
class Target:
    """One way in. read: raises a refusal, or gives what the bytes mean.

    examples: valid inputs; again: the one encoding of what was read, where there is one; covers: the
    functions that read from outside and are tried here, by full name; spare: bytes that may be used
    whatever the input's length; most: bytes of an input that a guided run makes; theirs: what is wrong
    is always the sender's, a Misbehaviour; keeps: what forgets earlier inputs, so that one is measured.
    """

    name: str
    read: Callable[[bytes], Any]
    examples: Callable[[], Iterable[bytes]]
    shape: Shape
    covers: tuple[str, ...] = ()
    again: Callable[[Any], bytes] | None = None
    spare: int = SPARE_BYTES
    most: int = 4_096
    theirs: bool = False
    keeps: tuple[Callable[[], object], ...] = ()


def attempt(target: Target, data: bytes) -> str:
    """Have a target read an input. Gives what came of it, in a word; raises Broken."""
    family = Misbehaviour if target.theirs else FirebreakError
    try:
        value = target.read(data)
    except family as error:
        if not str(error):
            raise Broken(f"{target.name} refused without a word: {type(error).__name__}") from error
        str(error).encode()  # an operator's message can be written
        return type(error).__name__
    except (Exception, Hang) as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        raise Broken(
            f"{target.name} let {type(error).__name__} out at {where.name}, line {where.lineno}:"
            f" {error}"
        ) from error
    if target.again is not None:
        encoded = target.again(value)
        if encoded != data:
            raise Broken(f"{target.name} took bytes that are not the one encoding of what they say")
    return "taken"


def measured(target: Target, data: bytes) -> str:
    """`attempt`, with an end to patience and to memory."""
    _warm(target)
    for forget in target.keeps:
        forget()
    allowed = target.spare + BYTES_A_BYTE * len(data)
    tracemalloc.start()
    try:
        with _patience():
            outcome = attempt(target, data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    if peak > allowed:
        raise Broken(f"{target.name} used {peak} bytes for an input of {len(data)}")
    return outcome


@cache
def _warm(target: Target) -> None:
    """Load what is loaded once, such as the phrases."""
    for example in islice(target.examples(), 1):
        attempt(target, example)


@contextmanager
def _patience() -> Iterator[None]:
    """Raise Hang after PATIENCE_S of this process's own computing."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise Hang(f"no end after {PATIENCE_S:g} s of computing")

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
