"""Bytes as numbered groups of characters to read aloud, and check words (spec/spoken.md).

Pure. A group is four characters of data and two of check. Each sheet of up to 1,024 groups ends in
four groups of last check: Reed-Solomon over GF(2^20), of which every group is one symbol.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from firebreak.errors import InvalidValue, Malformed

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPRSTUWXYZ"
"""What is read aloud, in the order of their values 0 to 31: no I, O, Q and V (SP-1)."""
SPELLING: Final = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (
            *("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"),
            *("Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India"),
            *("Juliett", "Kilo", "Lima", "Mike", "November", "Oscar", "Papa", "Quebec", "Romeo"),
            *("Sierra", "Tango", "Uniform", "Victor", "Whiskey", "X-ray", "Yankee", "Zulu"),
        ),
        strict=True,
    )
)
"""The spelling alphabet of ICAO Annex 10, volume II, 5.2.1.3, and its digits."""
MOST_BYTES: Final = 65_535
GROUP: Final = 6
"""Characters of a group: four of data, then two of check."""
DATA_BITS: Final = 20
SHEET: Final = 1_024
"""Groups of a sheet, the last check included: within one, no two numbers have the same check."""
LAST: Final = 4
"""Groups of the last check of a sheet."""
CHECK_NUMBER: Final = 32_767
"""The number that is mixed into check words: no group has it."""

_LOOK_ALIKE = {
    "O": "0",
    "I": "1",
    **dict(zip("АВЕКМНОРСТУХІЗ", "ABEKMH0PCTYX13", strict=True)),  # Cyrillic
}
_TAKEN = {char: value for value, char in enumerate(ALPHABET)}
_TAKEN |= {looks: _TAKEN[char] for looks, char in _LOOK_ALIKE.items()}
_VALUES = _TAKEN | {char.lower(): value for char, value in _TAKEN.items()}
_NEVER = {"Q": "0, K or 9", "V": "U or W"}
_HYPHENS = "-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}"
_BLANK = re.compile(rf"[{_HYPHENS}\s]+")


class Content(IntEnum):
    """What the bytes are. On the wire, in the head group."""

    FILE = 0
    RECORD = 1
    ANSWER = 2
    BUNDLE = 3


@dataclass(frozen=True, slots=True)
class Message:
    """The bytes that were read over, whole."""

    content: Content
    data: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the groups `number` to `until`; again: whether to key them again."""

    number: int
    until: int
    what: str
    again: bool = True

    def __str__(self) -> str:
        if self.number == 0:
            return f"Group 0, the head: {self.what}"
        if self.number == self.until:
            return f"Group {self.number}: {self.what}"
        return f"Groups {self.number} to {self.until}: {self.what}"


@dataclass(frozen=True, slots=True)
class Unclear:
    """What is not whole yet. kept: the groups by number as far as keyed, "" where there is none."""

    kept: tuple[str, ...]
    faults: tuple[Fault, ...]


# Characters


def spelled(characters: str) -> str:
    """Kilo Three Mike …: each character's word; what has none stands as it is."""
    return " ".join(SPELLING.get(char, char) for char in characters)


def shown(group: str) -> str:
    """A group as it is printed: K3MF-7R."""
    return f"{group[:4]}-{group[4:]}"


def tight(word: str) -> str:
    """What was keyed, without blanks and hyphens, look-alikes and small letters made good (SP-2)."""
    plain = _BLANK.sub("", word)
    return "".join(ALPHABET[_VALUES[c]] if c in _VALUES else c for c in plain)


def _keyed(word: str) -> tuple[int, int] | None:
    """Data and check of a word, 20 and 10 bits; None if these are not six known characters."""
    if len(word) != GROUP or any(char not in _TAKEN for char in word):
        return None
    number = 0
    for char in word:
        number = number << 5 | _TAKEN[char]
    return number >> 10, number & 1_023


def _written(number: int, characters: int) -> str:
    places = range(5 * (characters - 1), -1, -5)
    return "".join(ALPHABET[number >> place & 31] for place in places)


# The check of a group


def _powers() -> list[int]:
    """The powers of the root x of x^5 + x^2 + 1, 31 of them."""
    found, value = [], 1
    for _ in range(31):
        found.append(value)
        value = value << 1 ^ (0x25 if value & 16 else 0)
    return found


_POWERS = _powers()
_PLACES = {value: place for place, value in enumerate(_POWERS)}


def _product(symbol: int, power: int) -> int:
    return 0 if symbol == 0 else _POWERS[(_PLACES[symbol] + power) % 31]


_SYMBOLS: Final = 11
_WEIGHED = tuple(
    tuple(_product(symbol, k) << 5 | _product(symbol, 2 * k) for symbol in range(32))
    for k in range(_SYMBOLS, 0, -1)
)
"""For the symbols of a word, the last first: what each adds to the two characters of check."""


def _check(data: int, number: int, length: int) -> int:
    """Ten bits over four symbols of data, three of number, four of length (SP-4)."""
    word, check = data << 35 | number << 20 | length, 0
    for weighed in _WEIGHED:
        check ^= weighed[word & 31]
        word >>= 5
    return check


def _group(data: int, number: int, length: int) -> str:
    return _written(data << 10 | _check(data, number, length), GROUP)


def _fits(word: str, number: int, length: int) -> bool:
    keyed = _keyed(word)
    return keyed is not None and _check(keyed[0], number, length) == keyed[1]


def fault_of(word: str, number: int, length: int) -> str | None:
    """What is wrong with a group as it was keyed, or None if it fits its number.

    length: bytes of the message; 0 for the head, whose number is 0.
    """
    plain = tight(word)
    strange = next((char for char in plain if char not in _TAKEN), None)
    if strange is not None:
        instead = f" Is it {_NEVER[strange]}?" if strange in _NEVER else ""
        return f"{strange} is never used.{instead} Ask for the group again."
    if len(plain) != GROUP:
        return f"{len(plain)} characters instead of {GROUP}. Ask for it again."
    if _fits(plain, number, length):
        return None if number else _fault_of_head(plain)
    if number and (other := _near(plain, number, length)) is not None:
        return f"this is group {other}. Ask for group {number}."
    return "its check does not fit: a character is wrong. Ask for it again."


def _near(word: str, number: int, length: int) -> int | None:
    around = (number + step * side for step in range(1, 9) for side in (1, -1))
    return next((n for n in around if n > 0 and _fits(word, n, length)), None)


def _fault_of_head(word: str) -> str | None:
    data = _data(word)
    if data >> 16 not in {int(content) for content in Content} or not data & MOST_BYTES:
        return "it names no kind of content, or no length. Ask for it again."
    return None


def _data(word: str) -> int:
    keyed = _keyed(word)
    assert keyed is not None, word
    return keyed[0]


def length_in(head: str) -> int:
    """Bytes of the message, said by a head that has no fault."""
    return _data(tight(head)) & MOST_BYTES


# The last check: Reed-Solomon over GF(2^20), x^20 + x^3 + 1

_FIELD = (1 << DATA_BITS) - 1


def _times_x(value: int, power: int) -> int:
    """Times x to the power of 0 to 3."""
    value <<= power
    over = value >> DATA_BITS
    return value & _FIELD ^ over ^ over << 3


def _times(one: int, other: int) -> int:
    made = 0
    while other:
        if other & 1:
            made ^= one
        one, other = _times_x(one, 1), other >> 1
    return made


def _over(one: int, other: int) -> int:
    """One divided by another, which is not 0: the multiplicative group has 2^20 - 1 elements."""
    inverse, power = 1, _FIELD - 1
    while power:
        if power & 1:
            inverse = _times(inverse, other)
        other, power = _times(other, other), power >> 1
    return _times(one, inverse)


def _generator() -> tuple[int, ...]:
    """Coefficients of (z+1)(z+x)(z+x^2)(z+x^3), the highest first, without the leading 1."""
    made = [1]
    for power in range(LAST):
        root = _times_x(1, power)
        scaled = [0, *(_times(value, root) for value in made)]
        made = [a ^ b for a, b in zip([*made, 0], scaled, strict=True)]
    return tuple(made[1:])


_GENERATOR = _generator()


def _last_check(symbols: Sequence[int]) -> list[int]:
    """The rest of the symbols, and four noughts, divided by the generator (SP-5)."""
    rest = [0] * LAST
    for symbol in symbols:
        first = symbol ^ rest[0]
        shifted = [*rest[1:], 0]
        if first:
            shifted = [a ^ _times(first, b) for a, b in zip(shifted, _GENERATOR, strict=True)]
        rest = shifted
    return rest


def _wrong_in(symbols: Sequence[int]) -> list[int] | None:
    """Places of the wrong symbols of a sheet: none, one or two; None if there must be more."""
    sums = [0] * LAST
    for symbol in symbols:
        sums = [_times_x(value, power) ^ symbol for power, value in enumerate(sums)]
    if not any(sums):
        return []
    first, second, third, fourth = sums
    both = _times(second, second) ^ _times(first, third)
    if both:  # two: their locators a and b have a + b = total and ab = product
        total = _over(_times(second, third) ^ _times(first, fourth), both)
        product = _over(_times(third, third) ^ _times(second, fourth), both)
    elif first and second:  # one: b = 0
        total, product = _over(second, first), 0
        if _times(total, third) != fourth or _times(total, second) != third:
            return None
    else:
        return None
    found, locator = [], 1
    for place in range(len(symbols) - 1, -1, -1):
        if _times(locator, locator ^ total) == product:
            found.append(place)
        locator = _times_x(locator, 1)
    return found[::-1] if len(found) == (2 if both else 1) else None


# Messages


def groups(message: Message) -> tuple[str, ...]:
    """A message as groups; a group's number is its place. Raises InvalidValue (SP-3)."""
    length = len(message.data)
    if not 0 < length <= MOST_BYTES:
        raise InvalidValue(f"1 to {MOST_BYTES} bytes can be read aloud, not {length}.")
    symbols = [message.content << 16 | length, *_packed(message.data)]
    whole: list[int] = []
    for start in range(0, len(symbols), SHEET - LAST):
        part = symbols[start : start + SHEET - LAST]
        whole += [*part, *_last_check(part)]
    return tuple(_group(data, number, length if number else 0) for number, data in enumerate(whole))


def count(length: int) -> int:
    """Groups of a message of so many bytes, the head and the last checks included."""
    content = 1 + -(-8 * length // DATA_BITS)
    return content + LAST * -(-content // (SHEET - LAST))


def _packed(data: bytes) -> list[int]:
    """20 bits each, the last filled up with noughts."""
    padded = data + bytes(-len(data) % 5)
    pairs = [int.from_bytes(padded[at : at + 5], "big") for at in range(0, len(padded), 5)]
    made = [half for pair in pairs for half in (pair >> DATA_BITS, pair & _FIELD)]
    return made[: -(-8 * len(data) // DATA_BITS)]


def _unpacked(symbols: Sequence[int], length: int) -> bytes:
    even = [*symbols, 0] if len(symbols) % 2 else symbols
    pairs = zip(even[::2], even[1::2], strict=True)
    data = b"".join((high << DATA_BITS | low).to_bytes(5, "big") for high, low in pairs)
    if any(data[length:]):
        raise Malformed(
            "What follows the last byte is not nought: these groups were not made by Firebreak."
            " Ask how they were made."
        )
    return data[:length]


def split_groups(text: str) -> tuple[str, ...]:
    """The groups of a text: one a line with any blanks in it, or several with blanks between.

    Of several on a line, words are joined as long as they make no more than a group, and words of
    nine characters or more are cut (SP-2).
    """
    found = []
    for line in text.splitlines():
        words = [word for word in (tight(word) for word in line.split()) if word]
        if sum(map(len, words)) <= GROUP + 2:
            found.append("".join(words))
            continue
        joined = ""
        for part in (part for word in words for part in _cut(word)):
            if len(joined) + len(part) > GROUP:
                found.append(joined)
                joined = ""
            joined += part
        found.append(joined)
    return tuple(group for group in found if group)


def _cut(word: str) -> list[str]:
    """A word that is longer than a group with two characters too many, cut into groups."""
    if len(word) <= GROUP + 2:
        return [word]
    return [word[at : at + GROUP] for at in range(0, len(word), GROUP)]


def read_groups(keyed: Sequence[str]) -> Message | Unclear:
    """The message, or what is wrong with its groups and where (SP-6 to SP-8).

    keyed: the groups in the order in which they were keyed. Where a group is named, put it right in
    `kept` at its number, and read again. Raises Malformed for what no slip makes.
    """
    words = [tight(word) for word in keyed]
    if not words:
        return Unclear((), (Fault(0, 0, "nothing is keyed yet. Key it first."),))
    if (said := fault_of(words[0], 0, 0)) is not None:
        return Unclear(("", *_without_head(words)), (Fault(0, 0, said),))
    length = length_in(words[0])
    total = count(length)
    laid = _Laying(words, length, total)
    laid.lay()
    right = sum(_fits(word, n, length) for n, word in enumerate(laid.kept) if n)
    others = min(len(words), total) - 1
    if right < min(others - 4, others / 2):  # two slips spoil four groups at most
        what = f"it says {length} bytes in {total} groups, and hardly any other fits. Ask for it again."
        return Unclear(("", *words[1:]), (Fault(0, 0, what),))
    if laid.faults:
        return Unclear(tuple(laid.kept), tuple(laid.faults))
    symbols = [_data(word) for word in laid.kept]
    if faults := _last_faults(symbols):
        return Unclear(tuple(laid.kept), tuple(faults))
    content = [symbol for place, symbol in enumerate(symbols) if not _is_last(place, total)]
    head = content[0]
    return Message(Content(head >> 16), _unpacked(content[1:], length))


def _without_head(words: list[str]) -> list[str]:
    """All words if the head was left out; all but the first if that was meant to be the head.

    Groups in their places agree on the message's length, whatever it is.
    """
    left_out, spoilt = (
        max(Counter(_lengths(words, first)).values(), default=0) for first in (1, 0)
    )
    return words if left_out > spoilt else words[1:]


def _lengths(words: list[str], first: int) -> Iterator[int]:
    """What the length adds to each check, if the words are numbered from `first`."""
    for number, word in enumerate(words, first):
        keyed = _keyed(word)
        if number > 0 and keyed is not None:
            yield _check(keyed[0], number, 0) ^ keyed[1]


def _is_last(number: int, total: int) -> bool:
    return number % SHEET >= SHEET - LAST or number >= total - LAST


def _last_faults(symbols: Sequence[int]) -> list[Fault]:
    faults = []
    for start in range(0, len(symbols), SHEET):
        sheet = symbols[start : start + SHEET]
        wrong = _wrong_in(sheet)
        if wrong is None:
            until = start + len(sheet) - 1
            what = (
                "more than two are wrong though each fits, and the last check cannot say which. Ask"
                " for all of them again."
            )
            faults.append(Fault(start, until, what))
        else:
            what = "it fits, and the last check says that it is wrong. Ask for it again."
            faults += [Fault(start + place, start + place, what) for place in wrong]
    return faults


_STEPS = (
    *((1, 1), (0, 1), (1, 0), (2, 2), (0, 2), (2, 0), (1, 2), (2, 1), (3, 3)),
    *((1, 3), (3, 1), (2, 3), (3, 2), (4, 4)),
)
"""How many words, and how many numbers, are gone past to where the groups fit again."""


@dataclass
class _Laying:
    """Words laid to their numbers, with what was left out, doubled or wrong between."""

    words: list[str]
    length: int
    total: int

    def __post_init__(self) -> None:
        self.kept = self.words[:1]
        self.faults: list[Fault] = []

    def fits(self, place: int, number: int) -> bool:
        inside = place < len(self.words) and number < self.total
        return inside and _fits(self.words[place], number, self.length)

    def lay(self) -> None:
        place, words = 1, self.words
        while place < len(words) and len(self.kept) < self.total:
            if self.fits(place, len(self.kept)):
                self.kept.append(words[place])
                place += 1
            else:
                past, numbers = self.step(place)
                self.go_past(words[place : place + past], numbers)
                place += past
        if place < len(words):
            what = f"{len(words) - place} more than there are were keyed; they are left away."
            self.faults.append(Fault(self.total - 1, self.total - 1, what, again=False))
        if len(self.kept) < self.total:
            self.faults.append(Fault(len(self.kept), self.total - 1, "not keyed yet. Key it."))

    def step(self, place: int) -> tuple[int, int]:
        """The least step after which the groups fit; in place if there is none."""
        number = len(self.kept)
        for past, numbers in _STEPS:
            to, at = place + past, number + numbers
            if to > len(self.words) or at > self.total:
                continue
            ended = to == len(self.words) and at == self.total
            sure = past == numbers or any(self.fits(to + n, at + n) for n in (1, 2, 3))
            last = to + 1 == len(self.words) or at + 1 == self.total
            if ended or (self.fits(to, at) and (sure or last)):
                return past, numbers
        return 1, 1

    def go_past(self, words: Sequence[str], numbers: int) -> None:
        """Keep words that do not fit in their places; the rest is left out, or too many."""
        first = len(self.kept)
        for number in range(first, first + numbers):
            if number - first < len(words):
                word = words[number - first]
                said = self.told(word, number)
            else:
                word, said = "", "left out. Ask for it."
            self.kept.append(word)
            self.faults.append(Fault(number, number, said))
        if len(words) > numbers:
            what = f"{len(words) - numbers} too many after it, perhaps said twice; left away."
            before = first + numbers - 1
            self.faults.append(Fault(before, before, what, again=False))

    def told(self, word: str, number: int) -> str:
        if not word:
            return "left out. Ask for it."
        return fault_of(word, number, self.length) or "uncertain. Ask for it again."


# Check words


@dataclass(frozen=True, slots=True)
class Doubt:
    """A word of a check that was misheard: its place from 1, what was heard, what it may have been.

    place 0: all of it; offered "": nothing is near enough.
    """

    place: int
    heard: str
    offered: str


@dataclass(frozen=True, slots=True)
class Heard:
    """A check as it was heard, in characters, and what of it is in doubt."""

    characters: str
    doubts: tuple[Doubt, ...]


def check_of(data: bytes) -> str:
    """The check of bytes: six characters, of which four carry 20 bits of their SHA-256 (SP-9)."""
    digest = hashlib.sha256(b"firebreak check 1\0" + data).digest()
    return _group(int.from_bytes(digest[:3], "big") >> 4, CHECK_NUMBER, 0)


def check_of_text(text: str) -> str:
    """The check of a text, however its lines are broken: in Unicode form C, single blanks (SP-9)."""
    return check_of(" ".join(unicodedata.normalize("NFC", text).split()).encode())


_VARIANTS = {
    "ALPHA": "A",
    "JULIET": "J",
    "XRAY": "X",
    "WHISKY": "W",
    "WUN": "1",
    "TOO": "2",
    "TREE": "3",
    "FOWER": "4",
    "FIFE": "5",
    "AIT": "8",
    "NINER": "9",
}
_WORDS = {word.upper(): char for char, word in SPELLING.items()} | _VARIANTS
_BETWEEN = re.compile(r"[\s,;.]+")
_LONGEST_HEARD = 200


def hear(text: str, expected: str | None = None) -> Heard:
    """A check as an officer typed what he heard: words, characters or both (SP-10).

    expected: our own check of the same, by which a wrong word is located; without it the check's own
    two last characters locate one. Raises InvalidValue for a text that is too long.
    """
    if len(text) > _LONGEST_HEARD:
        raise InvalidValue("A check has six words. Type these alone.")
    taken = tight(text)
    if len(taken) == GROUP and all(char in _TAKEN for char in taken):
        said = [(char, SPELLING[char]) for char in taken]
    else:
        said = [pair for word in _BETWEEN.split(text) if word for pair in _heard(word)]
    characters = "".join(char for char, _ in said)
    if len(said) != GROUP:
        return Heard(characters, (Doubt(0, text.strip(), ""),))
    if expected is not None:
        return Heard(characters, _differing(said, tight(expected)))
    unknown = [
        Doubt(place, word, SPELLING.get(_nearest(word), ""))
        for place, (char, word) in enumerate(said, 1)
        if char not in _TAKEN
    ]
    if unknown:
        return Heard(characters, tuple(unknown))
    if _fits(characters, CHECK_NUMBER, 0):
        return Heard(characters, ())
    return Heard(characters, (_mended(said),))


def _heard(word: str) -> list[tuple[str, str]]:
    """Characters of a word that was typed, each with what was heard; `?` for one not known."""
    plain = word.upper()
    if (char := _WORDS.get(plain)) is not None:
        return [(tight(char), word)]
    bare = tight(word)
    if len(bare) == 1 or any(char.isdigit() for char in _BLANK.sub("", word)):
        return [(char, char) for char in bare]
    if (char := _WORDS.get(_BLANK.sub("", plain))) is not None:
        return [(tight(char), word)]
    return [("?", word)]


def _differing(said: Sequence[tuple[str, str]], expected: str) -> tuple[Doubt, ...]:
    pairs = enumerate(zip(said, expected, strict=True), 1)
    return tuple(
        Doubt(place, word, SPELLING[right])
        for place, ((char, word), right) in pairs
        if char != right
    )


def _mended(said: Sequence[tuple[str, str]]) -> Doubt:
    """The one place where another character makes the check fit; distance 3 leaves one at most."""
    characters = "".join(char for char, _ in said)
    for place, (_, word) in enumerate(said):
        for char in ALPHABET:
            if _fits(characters[:place] + char + characters[place + 1 :], CHECK_NUMBER, 0):
                return Doubt(place + 1, word, SPELLING[char])
    return Doubt(0, " ".join(word for _, word in said), "")


def _nearest(word: str) -> str:
    """The character whose word is nearest to this one by letters; "" if none is near."""
    plain = word.upper()
    distance, char = min(
        (_letters_apart(plain, known), char) for known, char in _WORDS.items() if char in _TAKEN
    )
    return char if distance <= max(len(plain), 2) // 2 else ""


def _letters_apart(one: str, other: str) -> int:
    """Letters to change, put in or take out to make the one the other (Levenshtein)."""
    row = list(range(len(other) + 1))
    for number, mine in enumerate(one, 1):
        before, row[0] = row[0], number
        for place, theirs in enumerate(other, 1):
            change = before + (mine != theirs)
            before = row[place]
            row[place] = min(change, row[place] + 1, row[place - 1] + 1)
    return row[-1]
