"""A bundle as parts, each of which is one QR code on paper (spec/paper.md).

Part = `FBP` and version 1 (4 bytes) || first 8 bytes of SHA-256 of the bundle || length of the bundle
(3, big-endian) || how many parts hold the bundle itself (1) || this part's number from 0 (1) || its
bytes || CRC-32 of all before it (4, big-endian).

Numbers from the count on are spare: any `count` different parts give the bundle back.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from firebreak.carriers.paper_parity import restored, spare
from firebreak.desk.spoken import check_of, shown, spelled
from firebreak.errors import InvalidValue, Malformed

MAGIC: Final = b"FBP\x01"
WHOLE_BYTES: Final = 8
CODES_A_PAGE: Final = 9
"""Three by three: spec/paper.md §4 says why."""
LARGEST: Final = 640
"""Bytes of the bundle in one part: with all else they fit QR version 20-M (666)."""
_MOST_NUMBERS: Final = 255
_MOST_COUNT: Final = 212
"""With a fifth of them spare, they have the numbers 0 to 254."""
MAX_BYTES: Final = _MOST_COUNT * LARGEST
"""A bundle on paper has at most so many bytes: 29 pages."""
_HEAD_BYTES: Final = len(MAGIC) + WHOLE_BYTES + 3 + 1 + 1
_SUM_BYTES: Final = 4
MAX_PART: Final = _HEAD_BYTES + LARGEST + _SUM_BYTES
MOST_FORMS: Final = 4
"""Parts of one number that differ and are kept: one is true, the others were altered."""


@dataclass(frozen=True, slots=True)
class Sheaf:
    """All that the parts of one bundle have in common.

    whole: first 8 bytes of SHA-256 of the bundle; length: of the bundle; count: of the parts that hold
    it. Raises Malformed for numbers that no printer writes (PA-3).
    """

    whole: bytes
    length: int
    count: int

    def __post_init__(self) -> None:
        if not 0 < self.length <= MAX_BYTES or self.count != _count(self.length):
            raise Malformed(
                f"A code says that {self.length} bytes are in {self.count} parts, which no printer"
                " writes. Print the page again."
            )

    @property
    def part_bytes(self) -> int:
        """How much of the bundle is in each part; the last one is filled up with zeros."""
        return -(-self.length // self.count)

    @property
    def total(self) -> int:
        """How many parts there are, spare ones included (PA-4)."""
        least = self.count + max(2, -(-self.count // 5))
        page = -(-least // CODES_A_PAGE) * CODES_A_PAGE
        return min(page, max(least, 2 * self.count), _MOST_NUMBERS)

    @property
    def pages(self) -> int:
        return -(-self.total // CODES_A_PAGE)

    @property
    def check(self) -> str:
        """What names the bundle on pages and to the operator, as in K3MF-7R (spec/spoken.md SP-9)."""
        return shown(check_of(self.whole))

    @property
    def check_words(self) -> str:
        """The same in words, as two people read them to each other."""
        return spelled(check_of(self.whole))

    def on_page(self, page: int) -> range:
        """The numbers of the parts on a page, from 0."""
        return range(page * CODES_A_PAGE, min((page + 1) * CODES_A_PAGE, self.total))


def page_of(number: int) -> int:
    """On which page a part is, from 0."""
    return number // CODES_A_PAGE


@dataclass(frozen=True, slots=True)
class Part:
    """What one code holds. Raises Malformed for a number or a length that its sheaf has not."""

    sheaf: Sheaf
    number: int
    data: bytes

    def __post_init__(self) -> None:
        if self.number >= self.sheaf.total or len(self.data) != self.sheaf.part_bytes:
            raise Malformed(
                f"A code says that it is number {self.number + 1} of {self.sheaf.total} and holds"
                f" {len(self.data)} bytes, which no printer writes. Print the page again."
            )

    def encoded(self) -> bytes:
        """The bytes of the code (PA-2)."""
        sheaf = self.sheaf
        body = b"".join(
            (
                MAGIC,
                sheaf.whole,
                sheaf.length.to_bytes(3),
                sheaf.count.to_bytes(1),
                self.number.to_bytes(1),
                self.data,
            )
        )
        return body + zlib.crc32(body).to_bytes(_SUM_BYTES)


def parse_part(code: bytes) -> Part:
    """Read what a code holds. Raises Malformed for what is none of ours, or damaged (PA-2, PA-3)."""
    if code[:3] != MAGIC[:3]:
        raise Malformed("This code is not from a page of ours. Scan only the pages.")
    if len(code) <= _HEAD_BYTES + _SUM_BYTES or len(code) > MAX_PART:
        raise Malformed(f"A code of {len(code)} bytes is none of ours. Scan the page again.")
    if code[3] != MAGIC[3]:
        raise Malformed(
            f"The page is of version {code[3]}; this one reads version {MAGIC[3]}. Compare software"
            " versions with the sender."
        )
    if zlib.crc32(code[:-_SUM_BYTES]).to_bytes(_SUM_BYTES) != code[-_SUM_BYTES:]:
        raise Malformed("A code is damaged: its sum does not fit. Scan the page again.")
    at = len(MAGIC)
    whole, at = code[at : at + WHOLE_BYTES], at + WHOLE_BYTES
    sheaf = Sheaf(whole, int.from_bytes(code[at : at + 3]), code[at + 3])
    return Part(sheaf, code[at + 4], code[at + 5 : -_SUM_BYTES])


def cut(bundle: bytes) -> list[Part]:
    """All parts of a bundle, spare ones included. Raises InvalidValue where it is too long (PA-1)."""
    if not 0 < len(bundle) <= MAX_BYTES:
        raise InvalidValue(
            f"A bundle of {len(bundle)} bytes does not go on paper: at most {MAX_BYTES} do. Carry it"
            " as a file, on a stick."
        )
    whole = hashlib.sha256(bundle).digest()[:WHOLE_BYTES]
    sheaf = Sheaf(whole, len(bundle), _count(len(bundle)))
    size = sheaf.part_bytes
    padded = bundle.ljust(size * sheaf.count, b"\0")
    first = [padded[at : at + size] for at in range(0, len(padded), size)]
    rest = [spare(first, number) for number in range(sheaf.count, sheaf.total)]
    return [Part(sheaf, number, data) for number, data in enumerate([*first, *rest])]


def _count(length: int) -> int:
    return -(-length // LARGEST)


@dataclass(frozen=True, slots=True)
class Whole:
    """The bundle. altered: parts that were scanned and are not of it (PA-7)."""

    bundle: bytes
    altered: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Wanting:
    """Not enough parts yet: so many more are needed, of these."""

    more: int
    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Contradicting:
    """Enough parts, but they are not of one bundle; `doubtful` came in more than one form."""

    doubtful: tuple[int, ...]


@dataclass(slots=True)
class Gathered:
    """The different parts of one bundle that have been scanned so far, in any order."""

    sheaf: Sheaf
    forms: dict[int, list[bytes]] = field(default_factory=dict)

    def add(self, part: Part) -> bool:
        """Take a part of this sheaf; whether it is new. More than four forms of one are not kept."""
        forms = self.forms.setdefault(part.number, [])
        if part.data in forms or len(forms) == MOST_FORMS:
            return False
        forms.append(part.data)
        return True

    def result(self) -> Whole | Wanting | Contradicting:
        """What the parts give.

        One altered part, one altered page and parts in several forms are found out and left aside
        where the others are enough (PA-7).
        """
        count = self.sheaf.count
        if len(self.forms) < count:
            missing = tuple(n for n in range(self.sheaf.total) if n not in self.forms)
            return Wanting(count - len(self.forms), missing)
        for chosen in self._choices():
            if len(chosen) >= count and (bundle := self._put_together(chosen)) is not None:
                return Whole(bundle, self._altered(bundle))
        return Contradicting(tuple(n for n in sorted(self.forms) if len(self.forms[n]) > 1))

    def _choices(self) -> Iterator[dict[int, bytes]]:
        """Sets of parts to try: all, then without what is doubtful, then without one or a page."""
        first = {number: forms[0] for number, forms in sorted(self.forms.items())}
        yield first
        doubtful = [number for number in first if len(self.forms[number]) > 1]
        sure = _without(first, doubtful)
        yield sure
        for number in doubtful:
            for form in self.forms[number]:
                yield sure | {number: form}
                yield first | {number: form}
        yield first | {number: self.forms[number][1] for number in doubtful}
        for base in (first, sure) if doubtful else (first,):
            for page in range(self.sheaf.pages):
                yield _without(base, self.sheaf.on_page(page))
            for number in base:
                yield _without(base, [number])

    def _put_together(self, chosen: dict[int, bytes]) -> bytes | None:
        """The bundle that these parts make, unless its hash is another one."""
        made = b"".join(restored(chosen, self.sheaf.count))[: self.sheaf.length]
        return made if hashlib.sha256(made).digest()[:WHOLE_BYTES] == self.sheaf.whole else None

    def _altered(self, bundle: bytes) -> tuple[int, ...]:
        true = {part.number: part.data for part in cut(bundle)}
        return tuple(n for n, forms in sorted(self.forms.items()) if forms != [true[n]])


def _without(parts: dict[int, bytes], numbers: Iterable[int]) -> dict[int, bytes]:
    left_out = set(numbers)
    return {number: data for number, data in parts.items() if number not in left_out}


def gathered(parts: Iterable[Part]) -> list[Gathered]:
    """Parts sorted by the bundle that they say they are of, in the order of their first parts (PA-8)."""
    found: dict[Sheaf, Gathered] = {}
    for part in parts:
        found.setdefault(part.sheaf, Gathered(part.sheaf)).add(part)
    return list(found.values())
