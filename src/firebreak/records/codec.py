"""Typed slots: from what the wire carries to what a record means, and back, strictly.

A codec has two halves: `plain(value)` for the wire and `value(plain)` from it. Both raise Malformed
with the name of the slot. Decoded classes validate themselves, so both directions meet the same rules.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Generic, Protocol, TypeVar

from firebreak.errors import InvalidValue, Malformed
from firebreak.records.cbor import Plain, check_text

T = TypeVar("T")
E = TypeVar("E", bound=IntEnum)


class Codec(Protocol[T]):
    """One slot of a record."""

    def plain(self, value: T, /) -> Plain: ...
    def value(self, plain: Plain, /) -> T: ...


@dataclass(frozen=True, slots=True)
class Integer:
    """An integer from `least` to `most`, both included."""

    least: int = 0
    most: int = 2**63 - 1

    def plain(self, value: int) -> Plain:
        return self.value(value)

    def value(self, plain: Plain) -> int:
        if type(plain) is not int and (isinstance(plain, bool) or not isinstance(plain, int)):
            raise Malformed("should be an integer")
        if not self.least <= plain <= self.most:
            raise Malformed(f"is {plain}, outside {self.least} to {self.most}")
        return plain


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no: 1 or 0 on the wire (R-5 knows no boolean)."""

    def plain(self, value: bool) -> Plain:
        return int(self.value(int(value)))

    def value(self, plain: Plain) -> bool:
        if type(plain) is not int or plain not in (0, 1):
            raise Malformed("should be 0 or 1")
        return plain == 1


@dataclass(frozen=True, slots=True)
class Text:
    """A text of `least` to `most` characters (R-9)."""

    most: int
    least: int = 1

    def plain(self, value: str) -> Plain:
        check_text(value)
        return self.value(value)

    def value(self, plain: Plain) -> str:
        if not isinstance(plain, str):
            raise Malformed("should be a text")
        if not self.least <= len(plain) <= self.most:
            raise Malformed(f"has {len(plain)} characters; {self.least} to {self.most} are allowed")
        return plain


@dataclass(frozen=True, slots=True)
class Octets:
    """Bytes, `least` to `most` of them."""

    least: int
    most: int

    def plain(self, value: bytes) -> Plain:
        return self.value(value)

    def value(self, plain: Plain) -> bytes:
        if not isinstance(plain, bytes):
            raise Malformed("should be bytes")
        if not self.least <= len(plain) <= self.most:
            raise Malformed(f"has {len(plain)} bytes; {self.least} to {self.most} are allowed")
        return plain


class Choice(Generic[E]):
    """One member of a closed list of codes."""

    def __init__(self, options: type[E]) -> None:
        self.members = {int(member): member for member in options}

    def plain(self, value: E) -> Plain:
        return int(value)

    def value(self, plain: Plain) -> E:
        if not isinstance(plain, int) or isinstance(plain, bool):
            raise Malformed("should be an integer code")
        member = self.members.get(plain)
        if member is None:
            raise Malformed(f"has the unknown code {plain}")
        return member


@dataclass(frozen=True, slots=True)
class Maybe(Generic[T]):
    """A slot that may be absent: None is an empty array on the wire."""

    inner: Codec[T]

    def plain(self, value: T | None) -> Plain:
        return () if value is None else self.inner.plain(value)

    def value(self, plain: Plain) -> T | None:
        return None if plain == () else self.inner.value(plain)


@dataclass(frozen=True, slots=True)
class Items(Generic[T]):
    """An array of `least` to `most` slots of one sort."""

    inner: Codec[T]
    most: int
    least: int = 0

    def plain(self, value: Sequence[T]) -> Plain:
        self._count(len(value))
        return tuple(self.inner.plain(item) for item in value)

    def value(self, plain: Plain) -> tuple[T, ...]:
        if not isinstance(plain, tuple):
            raise Malformed("should be an array")
        self._count(len(plain))
        return tuple(self.inner.value(item) for item in plain)

    def _count(self, count: int) -> None:
        if not self.least <= count <= self.most:
            raise Malformed(f"has {count} items; {self.least} to {self.most} are allowed")


class Struct(Generic[T]):
    """A dataclass as an array of its slots, in order, none left out (R-10)."""

    def __init__(self, build: type[T], /, **slots: Codec[Any]) -> None:
        if build.__match_args__[: len(slots)] != tuple(slots):  # type: ignore[attr-defined]  # a dataclass
            raise TypeError(f"the slots of {build.__name__} are not in the order of its fields")
        self.build = build
        self.slots = tuple(slots.items())
        self._readers = tuple(enumerate(codec.value for codec in slots.values()))

    def plain(self, value: T) -> tuple[Plain, ...]:
        made: list[Plain] = []
        try:
            for name, codec in self.slots:
                made.append(codec.plain(getattr(value, name)))
        except Malformed as error:
            raise self._named(len(made), error) from error
        return tuple(made)

    def value(self, plain: Plain) -> T:
        slots = self.values(plain)
        try:
            return self.build(*slots)
        except InvalidValue as error:
            raise Malformed(str(error)) from error

    def values(self, plain: Plain) -> list[Any]:
        """The slots alone, in order."""
        if not isinstance(plain, tuple) or len(plain) != len(self.slots):
            raise Malformed(f"should be an array of {len(self.slots)}")
        place = -1
        try:
            return [read(plain[place := number]) for number, read in self._readers]
        except Malformed as error:
            raise self._named(place, error) from error

    def _named(self, place: int, error: Malformed) -> Malformed:
        return Malformed(f"{self.slots[place][0]}: {error}")


class OneOf(Generic[T]):
    """One of several structs, told apart by a leading code."""

    def __init__(self, options: dict[int, Struct[Any]]) -> None:
        self.options = options
        self.codes = {struct.build: code for code, struct in options.items()}

    def plain(self, value: T) -> Plain:
        code = self.codes[type(value)]
        return (code, *self.options[code].plain(value))

    def value(self, plain: Plain) -> T:
        if not isinstance(plain, tuple) or not plain or not isinstance(plain[0], int):
            raise Malformed("should be an array that begins with a code")
        struct = self.options.get(plain[0])
        if struct is None:
            raise Malformed(f"has the unknown code {plain[0]}")
        built: T = struct.value(plain[1:])
        return built


@dataclass(frozen=True, slots=True)
class Nothing:
    """A body without slots: an empty array."""

    build: Callable[[], Any]

    def plain(self, value: object) -> Plain:
        return ()

    def value(self, plain: Plain) -> Any:
        if plain != ():
            raise Malformed("should be empty")
        return self.build()
