"""What a planted fault is, and how wrong code takes the place of right code for a while."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeAlias

import pytest

MOST_SEEDS = 200
"""Seeds within which a fault must be caught."""

Wrong = Callable[..., Any]
"""Wrong code: it is given the right function first, then what that is called with."""


class Planter:
    """Puts wrong code in the place of right code. reached: how often the wrong code was run."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.patch = patch
        self.reached = 0

    def function(self, where: object, name: str, wrong: Wrong) -> None:
        """Replace a function of a module, or a method of a class."""
        right = getattr(where, name)

        @wraps(right)
        def counted(*args: Any, **named: Any) -> Any:
            self.reached += 1
            return wrong(right, *args, **named)

        self.patch.setattr(where, name, counted)

    def attribute(self, of: type, name: str, wrong: Callable[[Any], object]) -> None:
        """Replace a property of a class."""
        assert isinstance(getattr(of, name), property)

        def counted(owner: Any) -> object:
            self.reached += 1
            return wrong(owner)

        self.patch.setattr(of, name, property(counted))

    def value(self, where: object, name: str, wrong: object) -> None:
        """Replace a constant of a module. That alone is not counted as reached."""
        self.patch.setattr(where, name, wrong)


@dataclass(frozen=True, slots=True)
class BySeeds:
    """An invariant of the hostile world breaks within MOST_SEEDS seeds.

    scenarios: the sorts of trouble (tests/hostile/seeds.py) whose seeds are tried; all if none.
    """

    scenarios: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ByTest:
    """A test fails that is there for the rule. test: its node id."""

    test: str


Catch: TypeAlias = BySeeds | ByTest


@dataclass(frozen=True, slots=True)
class Planted:
    """One fault. wrong: what goes wrong, as an operator would say it; caught: how that is noticed."""

    name: str
    wrong: str
    plant: Callable[[Planter], None]
    caught: Catch


@contextmanager
def planted(fault: Planted) -> Iterator[Planter]:
    """The fault is in the code, in this process, until the block ends."""
    with pytest.MonkeyPatch.context() as patch:
        planter = Planter(patch)
        fault.plant(planter)
        yield planter
