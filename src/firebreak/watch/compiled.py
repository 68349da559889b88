"""The one way to compile a numeric function to machine code; the code is kept between runs."""

import hashlib
import pkgutil
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")

ROOMS: Final = ("firebreak", "firebreak.formats", "firebreak.volumes", "firebreak.watch")
"""Where compiled functions stand, and what they take constants from."""


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """The function, compiled at its first call and cached beside its source or in the user's cache.

    Division by zero raises as in Python; no reordering of floating point (no "fastmath"), so the
    same input gives the same output in every run on one machine.
    """
    made: Any = numba.njit(nogil=True)(function)
    made.enable_caching()
    # By itself the cache looks at the function's own file; constants and callees of other files are
    # compiled in as well, and must not outlive their change.
    made._cache._cache_file._source_stamp = _stamp()
    kept: Callable[P, R] = made
    return kept


@lru_cache(maxsize=1)
def _stamp() -> bytes:
    """A digest of all sources that compiled code can rest on."""
    total = hashlib.sha256()
    for room in ROOMS:
        for module in pkgutil.iter_modules(pkgutil.resolve_name(room).__path__):
            if module.ispkg:
                continue
            name = f"{module.name}.py"
            total.update(name.encode() + (pkgutil.get_data(room, name) or b""))
    return total.digest()
