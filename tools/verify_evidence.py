#!/usr/bin/env python3
"""Verify a Firebreak evidence file, or a proof of a fork, with nothing installed but Python.

One file, Python 3.9 or newer, its standard library only: copy it, read it, run it.

    python3 verify_evidence.py FILE --root FINGERPRINT --root FINGERPRINT

It was written from spec/ and shares no code with the firebreak package. Rules are cited by
the numbers they have there: S signature.md, R record.md, A agreement.md, L and J log.md,
E exchange.md, EV evidence.md. What is signed is checked over the very bytes of the file.

Exit codes: 0 verified; 1 refused; 2 wrong usage, or the file cannot be read.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import re
import stringprep
import sys
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NoReturn

Item = Any
"""A decoded item: an int, bytes, a str, or a list of these."""
Check = Callable[[Item], None]

BIG = 2**53
LAST_TIME = 253_402_300_799_999
DAY = 86_400_000
SPAN = 400 * DAY
LAST_SIZE = 2**63 - 1


class Refused(Exception):
    """The file does not prove what it is meant to prove; the text says why."""


def refuse(why: str) -> NoReturn:
    raise Refused(why)


def demand(condition: object, why: str) -> None:
    if not condition:
        refuse(why)


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


# --- Ed25519: spec/signature.md -------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
ORDER_8_Y = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
SMALL_ORDER_Y = frozenset({0, 1, P - 1, ORDER_8_Y, P - ORDER_8_Y})

Point = tuple[int, int, int, int]
"""Extended coordinates: x = X/Z, y = Y/Z, T = X*Y/Z (RFC 8032 section 5.1.4)."""
NEUTRAL: Point = (0, 1, 1, 0)


def _add(p: Point, q: Point) -> Point:
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * D * p[3] * q[3] % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _double(p: Point) -> Point:
    a, b = p[0] * p[0] % P, p[1] * p[1] % P
    h = a + b
    e = h - (p[0] + p[1]) ** 2
    g = a - b
    f = 2 * p[2] * p[2] + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def _negate(p: Point) -> Point:
    return P - p[0], p[1], p[2], P - p[3]


def _multiply(s: int, p: Point, k: int, q: Point) -> Point:
    """Return [s]p + [k]q, both multiples in one pass over the bits."""
    table = (NEUTRAL, p, q, _add(p, q))
    total = NEUTRAL
    for place in range(max(s.bit_length(), k.bit_length()) - 1, -1, -1):
        total = _double(total)
        chosen = (s >> place & 1) | (k >> place & 1) << 1
        if chosen:
            total = _add(total, table[chosen])
    return total


def _encode_point(p: Point) -> bytes:
    inverse = pow(p[2], P - 2, P)
    x, y = p[0] * inverse % P, p[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _decode_point(text: bytes) -> Point | None:
    """Return the point that a string outside the refused encodings stands for, if there is one."""
    number = int.from_bytes(text, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P != u:
        x = x * ROOT_OF_MINUS_ONE % P
        if v * x * x % P != u:
            return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def _refused_encoding(text: bytes) -> bool:
    """Say whether 32 bytes are one of the 48 strings of signature.md."""
    y = int.from_bytes(text, "little") & (2**255 - 1)
    return y >= P or y in SMALL_ORDER_Y


_base_y = 4 * pow(5, P - 2, P) % P
_base = _decode_point(_base_y.to_bytes(32, "little"))
assert _base is not None
BASE: Point = _base


@lru_cache(maxsize=4096)
def _key_point(key: bytes) -> Point | None:
    if len(key) != 32 or _refused_encoding(key):  # S-1, S-2
        return None
    point = _decode_point(key)
    if point is None:
        return None
    x, y, z, _ = _multiply(L, point, 0, NEUTRAL)
    return point if x % P == 0 and (y - z) % P == 0 else None  # S-3


def key_is_good(key: bytes) -> bool:
    """Say whether 32 bytes may stand in a roster or an agreement as a key (S-1 to S-3)."""
    return _key_point(key) is not None


def signature_is_good(key: bytes, message: bytes, signature: bytes) -> bool:
    """Verify by the one rule of spec/signature.md, cofactorless."""
    point = _key_point(key)
    if point is None or len(signature) != 64:  # S-4
        return False
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    if _refused_encoding(r) or s >= L:  # S-5, S-6
        return False
    k = int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % L
    # S-7. R is not a refused encoding, so it is the one spelling of its point: comparing the
    # bytes compares the points, and a string that is no point equals none.
    return _encode_point(_multiply(s, BASE, k, _negate(point))) == r


def root_fingerprint(threshold: int, keys: Sequence[bytes]) -> bytes:
    counts = bytes((threshold, len(keys)))
    return sha256(b"firebreak root\0", counts, *sorted(keys))  # S-10


# --- ML-DSA-44: FIPS 204, verification only -------------------------------------------------------

Q = 8_380_417
GAMMA_1, GAMMA_2, TAU, BETA, OMEGA = 2**17, (Q - 1) // 88, 39, 78, 80
ROWS = COLUMNS = 4
Polynomial = list[int]


def _bit_reversed(number: int) -> int:
    return int(f"{number:08b}"[::-1], 2)


ZETAS = [pow(1753, _bit_reversed(k), Q) for k in range(256)]


def _ntt(source: Polynomial) -> Polynomial:
    w, k, length = list(source), 0, 128
    while length:
        for start in range(0, 256, 2 * length):
            k += 1
            zeta = ZETAS[k]
            for j in range(start, start + length):
                t = zeta * w[j + length] % Q
                w[j + length] = (w[j] - t) % Q
                w[j] = (w[j] + t) % Q
        length //= 2
    return w


def _inverse_ntt(source: Polynomial) -> Polynomial:
    w, k, length = list(source), 256, 1
    while length < 256:
        for start in range(0, 256, 2 * length):
            k -= 1
            zeta = -ZETAS[k]
            for j in range(start, start + length):
                t = w[j]
                w[j] = (t + w[j + length]) % Q
                w[j + length] = zeta * (t - w[j + length]) % Q
        length *= 2
    return [value * 8_347_681 % Q for value in w]  # 256^-1


def _unpack(data: bytes, bits: int) -> Polynomial:
    number, mask = int.from_bytes(data, "little"), (1 << bits) - 1
    return [number >> bits * i & mask for i in range(256)]


def _rejection_sampled(seed: bytes) -> Polynomial:
    """One polynomial of the public matrix (RejNTTPoly)."""
    length = 1008
    while True:
        stream = hashlib.shake_128(seed).digest(length)
        values = []
        for at in range(0, length, 3):
            value = int.from_bytes(stream[at : at + 3], "little") & 0x7FFFFF
            if value < Q:
                values.append(value)
        if len(values) >= 256:
            return values[:256]
        length *= 2


def _challenge(seed: bytes) -> Polynomial:
    """SampleInBall: 39 coefficients of 1 or -1."""
    stream = hashlib.shake_256(seed).digest(8 + 136 * 16)
    signs, at = int.from_bytes(stream[:8], "little"), 8
    c = [0] * 256
    for i in range(256 - TAU, 256):
        while stream[at] > i:
            at += 1
        j = stream[at]
        at += 1
        c[i] = c[j]
        c[j] = -1 if signs & 1 else 1
        signs >>= 1
    return c


def _hints(data: bytes) -> list[set[int]] | None:
    """HintBitUnpack: for each row the places with a hint; None where the packing is not the one."""
    hints: list[set[int]] = []
    start = 0
    for row in range(ROWS):
        end = data[OMEGA + row]
        if not start <= end <= OMEGA:
            return None
        places = list(data[start:end])
        if places != sorted(set(places)):
            return None
        hints.append(set(places))
        start = end
    return None if any(data[start:OMEGA]) else hints


def _high_bits(value: int, hinted: bool) -> int:
    """UseHint: which of 44 slices the value is in, moved to the neighbour where hinted."""
    low = value % (2 * GAMMA_2)
    if low > GAMMA_2:
        low -= 2 * GAMMA_2
    if value - low == Q - 1:
        high, low = 0, low - 1
    else:
        high = (value - low) // (2 * GAMMA_2)
    if hinted:
        high += 1 if low > 0 else -1
    return high % 44


def mldsa44_is_good(key: bytes, message: bytes, signature: bytes) -> bool:
    """Verify a pure ML-DSA-44 signature with an empty context (FIPS 204 algorithms 3 and 8)."""
    if len(key) != 1312 or len(signature) != 2420:
        return False
    seed, commitment = key[:32], signature[:32]
    hints = _hints(signature[-(OMEGA + ROWS) :])
    z = [
        [GAMMA_1 - v for v in _unpack(signature[32 + 576 * i : 608 + 576 * i], 18)]
        for i in range(COLUMNS)
    ]
    if hints is None or any(abs(v) >= GAMMA_1 - BETA for row in z for v in row):
        return False
    tr = hashlib.shake_256(key).digest(64)
    mu = hashlib.shake_256(tr + b"\0\0" + message).digest(64)
    c = _ntt(_challenge(commitment))
    z = [_ntt(row) for row in z]
    packed = b""
    for i in range(ROWS):
        t = _ntt([v << 13 for v in _unpack(key[32 + 320 * i : 352 + 320 * i], 10)])
        total = [-x * y for x, y in _pairs(c, t)]
        for j in range(COLUMNS):
            a = _rejection_sampled(seed + bytes((j, i)))
            total = [old + x * y for old, (x, y) in _pairs(total, _pairs(a, z[j]))]
        w = _inverse_ntt([v % Q for v in total])
        high = sum(_high_bits(v, at in hints[i]) << 6 * at for at, v in enumerate(w))
        packed += high.to_bytes(192, "little")
    return hashlib.shake_256(mu + packed).digest(32) == commitment


def _pairs(a: Sequence[Any], b: Sequence[Any]) -> list[tuple[Any, Any]]:
    return [(a[i], b[i]) for i in range(256)]


# --- Encoding: record.md section 2 ----------------------------------------------------------------

HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\uf8ff"
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffc\U000e0000-\U0010ffff"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)


def _text_is_good(text: str) -> bool:
    """R-9. What Unicode 3.2 did not have is left out of the question of normal form."""
    if HIDDEN.search(text):
        return False
    if text.isascii():
        return True
    run = ""
    for character in text:
        if stringprep.in_table_a1(character):
            if not unicodedata.is_normalized("NFC", run):
                return False
            run = ""
        else:
            run += character
    return unicodedata.is_normalized("NFC", run)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        part = self.data[self.at : self.at + count]
        demand(len(part) == count, "the encoding ends early (R-7)")
        self.at += count
        return part

    def head(self) -> tuple[int, int]:
        first = self.take(1)[0]
        major, low = first >> 5, first & 31
        if low < 24:
            return major, low
        demand(low < 28, "a length is indefinite or reserved (R-6)")
        size = 1 << (low - 24)
        number = int.from_bytes(self.take(size), "big")
        least = 24 if size == 1 else 1 << (4 * size)
        demand(number >= least, "a number is not in its shortest form (R-6)")
        return major, number

    def item(self, depth: int = 1) -> Item:
        major, number = self.head()
        if major == 0:
            return number
        if major == 1:
            return -1 - number
        if major == 2:
            return self.take(number)
        if major == 3:
            try:
                text = self.take(number).decode("utf-8")
            except UnicodeDecodeError:
                refuse("a text is not UTF-8 (R-9)")
            demand(_text_is_good(text), "a text is not in normal form, or hides characters (R-9)")
            return text
        demand(major == 4, "an item is no integer, string or array (R-5)")
        demand(depth <= 12, "arrays are nested more than 12 deep (R-8)")
        demand(number <= len(self.data) - self.at, "the encoding ends early (R-7)")
        return [self.item(depth + 1) for _ in range(number)]

    def end(self) -> None:
        demand(self.at == len(self.data), "something follows the encoding (R-7)")


def decode(data: bytes) -> Item:
    reader = _Reader(data)
    item = reader.item()
    reader.end()
    return item


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes((major << 5 | number,))
    for low, size in ((24, 1), (25, 2), (26, 4)):
        if number < 1 << 8 * size:
            return bytes((major << 5 | low,)) + number.to_bytes(size, "big")
    return bytes((major << 5 | 27,)) + number.to_bytes(8, "big")


def encode(item: Item) -> bytes:
    if isinstance(item, int):
        return _head(0, item) if item >= 0 else _head(1, -1 - item)
    if isinstance(item, bytes):
        return _head(2, len(item)) + item
    if isinstance(item, str):
        text = item.encode()
        return _head(3, len(text)) + text
    return _head(4, len(item)) + b"".join(encode(part) for part in item)


# Checks of decoded items. Each refuses what is out of its range and says nothing otherwise.


def integer(item: Item, low: int, high: int, what: str = "a number") -> int:
    demand(isinstance(item, int) and low <= item <= high, f"{what} is not {low} to {high}")
    return int(item)


def octets(item: Item, low: int, high: int, what: str = "a byte string") -> bytes:
    demand(isinstance(item, bytes) and low <= len(item) <= high, f"{what} has a wrong length")
    return bytes(item)


def text(item: Item, low: int, high: int, what: str = "a text") -> str:
    demand(isinstance(item, str) and low <= len(item) <= high, f"{what} has a wrong length")
    return str(item)


def array(item: Item, low: int, high: int, what: str = "an array") -> list[Item]:
    demand(isinstance(item, list) and low <= len(item) <= high, f"{what} has a wrong length")
    return list(item)


def optional(item: Item) -> Item | None:
    """Return what a slot that may be absent holds; absent is an empty array (R-5)."""
    return None if item == [] else item


def strictly_ascending(values: Sequence[Any]) -> bool:
    return all(values[i] < values[i + 1] for i in range(len(values) - 1))


def a_number(low: int, high: int) -> Check:
    return lambda item: demand(integer(item, low, high) is not None, "")


def a_text(low: int, high: int) -> Check:
    return lambda item: demand(text(item, low, high), "")


def some_bytes(low: int, high: int) -> Check:
    return lambda item: demand(octets(item, low, high), "")


def maybe(check: Check) -> Check:
    return lambda item: None if item == [] else check(item)


def many(low: int, high: int, check: Check) -> Check:
    def inner(item: Item) -> None:
        for part in array(item, low, high):
            check(part)

    return inner


def slots(*checks: Check) -> Check:
    def inner(item: Item) -> None:
        parts = array(item, len(checks), len(checks), "a structure")
        for place, check in enumerate(checks):
            check(parts[place])

    return inner


# --- Places, heights, kinds: record.md sections 4 and 5 -------------------------------------------

MOST_DEGREES = 1_800_000_000
position = slots(
    a_number(-MOST_DEGREES // 2, MOST_DEGREES // 2), a_number(-MOST_DEGREES, MOST_DEGREES - 1)
)


def path(item: Item) -> None:
    numbers = array(item, 2, 4000, "a path")
    demand(len(numbers) % 2 == 0, "a path has half a point (R-15)")
    for at in range(0, len(numbers), 2):
        position(numbers[at : at + 2])


def area(item: Item) -> None:
    parts = array(item, 3, 3, "an area")
    form = integer(parts[0], 0, 2, "the form of an area")
    if form == 1:
        path(parts[1])
        many(0, 64, path)(parts[2])
    else:
        (position if form == 0 else path)(parts[1])
        integer(parts[2], 1, 20_000_000, "a radius or half width")


def height(item: Item) -> None:
    value, unit, reference = array(item, 3, 3, "a height")
    integer(unit, 0, 2, "a unit")
    integer(reference, 0, 3, "a reference of heights")
    demand((unit == 2) == (reference == 3), "a flight level without standard pressure (R-14)")
    low, high = (-10, 999) if unit == 2 else (-20_000, 200_000)
    integer(value, low, high, "a height")


def language(item: Item) -> None:
    demand(re.fullmatch("[a-z]{2,3}", text(item, 2, 3)), "a language is not two or three letters")


heights = slots(maybe(height), maybe(height))
window = slots(a_number(-SPAN, SPAN), a_number(1, SPAN))
words = slots(language, a_text(1, 2000), maybe(slots(language, a_text(1, 2000), a_number(1, 2))))
a_notice = slots(
    a_number(1, 17),
    area,
    heights,
    window,
    a_text(1, 64),
    maybe(a_text(1, 64)),
    maybe(a_text(1, 120)),
    maybe(words),
)
a_reason = maybe(a_text(1, 120))
a_name = a_text(1, 64)
a_past = a_number(-SPAN, 0)


def an_answer(item: Item) -> None:
    slots(a_number(1, 10), maybe(a_number(1, SPAN)), maybe(a_number(1, 4)), maybe(words))(item)
    demand((item[0] == CHECKING) == (item[1] != []), "only “checking” has a next word (R-17)")


ACCEPTED, OTHER_TIME, DEPUTY, DECLINED, AWAITING_AUTHORITY = 1, 2, 3, 5, 6
CALL_WINDOWS = {ACCEPTED: (1, 1), OTHER_TIME: (1, 8), DEPUTY: (0, 8)}
"""How many windows such a call answer names; no other answer names any."""


def a_call_answer(item: Item) -> None:
    slots(
        a_number(1, 6),
        many(0, 8, window),
        maybe(a_name),
        a_reason,
        maybe(a_number(1, SPAN)),
        maybe(words),
    )(item)
    reply, windows, deputy, reason, next_word = item[:5]
    least, most = CALL_WINDOWS.get(reply, (0, 0))
    demand(least <= len(windows) <= most, "a call answer's windows (R-23)")
    demand((reply == DEPUTY) == (deputy != []), "only “deputy” names one (R-23)")
    demand((reply == DECLINED) == (reason != []), "only “declined” states a reason (R-23)")
    awaiting = reply == AWAITING_AUTHORITY
    demand(awaiting == (next_word != []), "only “awaiting authority” has a next word (R-23)")


BROKEN_OFF = 4


def a_call_state(item: Item) -> None:
    slots(a_number(1, 4), a_past, a_reason)(item)
    demand(item[0] == BROKEN_OFF or item[2] == [], "only what was broken off has a reason (R-24)")


ASSESSING = 1


def an_assessment(item: Item) -> None:
    slots(a_number(1, 5), maybe(a_number(1, SPAN)), maybe(words))(item)
    demand(item[0] != ASSESSING or item[1] != [], "“assessing” has a next word (R-25)")


NOTICE, AMEND, CANCEL, NOT_UNDERSTOOD, SAY_AGAIN, CLARIFY, QUERY = 1, 2, 3, 5, 6, 9, 10
ANSWER, RESTRAINT, COMPLAINT, HAZARD, LINE_CHECK, LINE_CHECK_REPLY = 11, 13, 14, 15, 17, 18
LAPSED, DISPLAYED, READ, RELEASE, ROSTER, AGREEMENT = 19, 20, 21, 23, 24, 25
CALL, CALL_ANSWER, INCIDENT, ASSESSMENT, FINDING, CONTACT = 27, 28, 32, 33, 35, 38
SITE, MOVEMENT, STOP = 40, 41, 44
CHECKING = 7
ABOUT_VOID = {DISPLAYED, READ, NOT_UNDERSTOOD, SAY_AGAIN, CLARIFY}  # J-20


@dataclass(frozen=True)
class Kind:
    """A row of record.md section 5; `of` empty is "any", which leaves out releases.

    Without `must` it need not refer; if it does, `whose` and `of` hold all the same.
    """

    name: str
    body: Check
    must: bool = False
    whose: str = ""
    of: tuple[int, ...] = ()
    wants_answer: bool = False
    by_node: bool = False


KINDS = {
    1: Kind("notice", a_notice),
    2: Kind("amend", slots(a_notice, a_reason), True, "own", (NOTICE, AMEND)),
    3: Kind("cancel", slots(a_reason), True, "own", (NOTICE, AMEND, HAZARD, CALL, SITE, MOVEMENT)),
    4: Kind("acknowledge", slots(many(0, 12, a_text(1, 96))), True, "others"),
    5: Kind("not understood", slots(a_reason), True, "others"),
    6: Kind("say again", slots(many(0, 12, a_text(1, 48))), True, "others"),
    7: Kind("correct", slots(a_text(1, 48), a_text(1, 200)), True, "own"),
    8: Kind("object", slots(a_number(1, 6), maybe(words)), True, "others", (NOTICE, AMEND)),
    9: Kind("clarify", slots(words), True, "others", wants_answer=True),
    10: Kind(
        "query",
        slots(
            a_text(1, 32),
            position,
            a_number(-SPAN, 0),
            maybe(height),
            maybe(a_number(0, 20_000)),
            maybe(a_number(0, 359)),
            maybe(words),
        ),
        wants_answer=True,
    ),
    11: Kind("answer", an_answer, True, "others", (CLARIFY, QUERY, RESTRAINT, COMPLAINT, STOP)),
    12: Kind("statement", slots(a_number(1, 7), words, maybe(area), maybe(window))),
    13: Kind(
        "restraint",
        slots(a_number(1, 6), a_text(1, 120), maybe(area), maybe(window), maybe(words)),
        wants_answer=True,
    ),
    14: Kind("complaint", slots(a_text(1, 120), a_number(-SPAN, 0), words, maybe(position))),
    15: Kind("hazard", slots(a_number(1, 10), area, heights, window, maybe(words))),
    16: Kind("text", slots(words)),
    17: Kind("line check", slots(words), wants_answer=True),
    18: Kind("line check reply", slots(words), True, "others", (LINE_CHECK,)),
    19: Kind(
        "lapsed",
        slots(),
        True,
        "own",
        (CLARIFY, QUERY, RESTRAINT, LINE_CHECK, CALL, STOP),
        by_node=True,
    ),
    20: Kind("displayed", slots(), True, "others", by_node=True),
    21: Kind("read", slots(), True, "others"),
    22: Kind("passed", slots(a_text(1, 64)), True, "others"),
    23: Kind("release", slots(some_bytes(32, 32))),
    24: Kind("roster", slots(some_bytes(1, 60_000)), by_node=True),
    25: Kind("agreement", slots(some_bytes(1, 60_000)), by_node=True),
    26: Kind("line state", slots(a_number(0, 255), a_number(1, 2), a_reason)),
    27: Kind(
        "call",
        slots(
            a_name,
            a_name,
            a_name,
            words,
            a_number(1, 4),
            many(1, 8, window),
            a_number(1, 5),
            many(1, 4, language),
            a_number(1, 4),
        ),
        wants_answer=True,
    ),
    28: Kind("call answer", a_call_answer, True, "others", (CALL, CALL_ANSWER)),
    29: Kind("call state", a_call_state, True, of=(CALL,)),
    30: Kind(
        "readout", slots(words, many(0, 12, words), maybe(a_number(1, SPAN))), True, of=(CALL,)
    ),
    31: Kind("follow up", slots(words), True, of=(CALL,)),
    32: Kind(
        "incident",
        slots(a_number(1, 11), a_past, a_text(1, 120), maybe(position), maybe(a_number(1, 5))),
    ),
    33: Kind("assessment", an_assessment, True, of=(INCIDENT,)),
    34: Kind(
        "account",
        slots(
            a_past,
            a_text(1, 120),
            words,
            maybe(position),
            many(0, 16, a_name),
            maybe(a_text(1, 200)),
            many(0, 16, slots(some_bytes(32, 32), a_number(0, 2**32), a_name, a_text(1, 120))),
            a_reason,
            maybe(a_text(1, 200)),
        ),
        True,
        of=(INCIDENT,),
    ),
    35: Kind("finding", slots(a_number(1, 3), words), True, of=(INCIDENT,)),
    36: Kind("finding answer", slots(a_number(1, 3), maybe(words)), True, "others", (FINDING,)),
    37: Kind("close", slots(), True, of=(INCIDENT,)),
    38: Kind(
        "contact",
        slots(
            a_name,
            a_name,
            a_number(1, 5),
            a_number(1, 5),
            a_past,
            a_number(1, 5),
            maybe(a_number(1, 100_000)),
            a_reason,
            maybe(words),
        ),
    ),
    39: Kind("contact answer", slots(a_number(1, 2), maybe(words)), True, "others", (CONTACT,)),
    40: Kind(
        "site",
        slots(
            a_number(1, 12),
            a_text(1, 120),
            a_text(1, 120),
            area,
            window,
            a_name,
            a_past,
            a_number(1, SPAN),
            a_name,
            a_reason,
            maybe(words),
        ),
        whose="own",
        of=(SITE,),
    ),
    41: Kind(
        "movement",
        slots(
            a_text(1, 120),
            area,
            window,
            a_number(0, 1_000),
            a_text(1, 120),
            a_text(1, 120),
            a_number(0, 10_000),
            many(1, 8, a_name),
            a_reason,
            maybe(words),
        ),
        whose="own",
        of=(MOVEMENT,),
    ),
    42: Kind(
        "movement state",
        slots(a_number(1, 8), a_past, maybe(a_text(1, 120)), maybe(words)),
        True,
        of=(MOVEMENT,),
    ),
    43: Kind(
        "distributed",
        slots(a_name, a_number(1, 4), a_past),
        True,
        "others",
        (NOTICE, AMEND, HAZARD, ANSWER, INCIDENT, ASSESSMENT, SITE, MOVEMENT, STOP),
    ),
    44: Kind("stop", slots(a_text(1, 120), maybe(position), maybe(words)), wants_answer=True),
}


def promised(kind: int, body: Item) -> Item:
    """After how many ms an answer promises its next word; None if it is a final answer."""
    if kind == ANSWER and body[0] == CHECKING:
        return body[1]
    return body[4] if kind == CALL_ANSWER and body[0] == AWAITING_AUTHORITY else None


CHANNELS = ("control", "air", "sea", "ground", "command", "strategic", "humanitarian")
PRECEDENCES = ("routine", "priority", "immediate", "flash")


# --- Envelope and record: record.md sections 1 and 3 ----------------------------------------------

ENVELOPE = bytes.fromhex("8443a10127a0")


def open_envelope(data: bytes) -> tuple[bytes, bytes]:
    """Return payload and signature of a COSE_Sign1 in its one form (R-1)."""
    demand(data.startswith(ENVELOPE), "no signed record or receipt: its envelope differs (R-1)")
    reader = _Reader(data)
    reader.at = len(ENVELOPE)
    demand(data[reader.at : reader.at + 1] and data[reader.at] >> 5 == 2, "no payload (R-1)")
    payload = reader.item()
    demand(reader.take(2) == b"\x58\x40", "no signature of 64 bytes (R-1)")
    signature = reader.take(64)
    reader.end()
    return payload, signature


def signed_bytes(context: bytes, payload: bytes) -> bytes:
    """Return RFC 9052's Sig_structure."""
    return encode(["Signature1", b"\xa1\x01\x27", context, payload])


@dataclass(frozen=True)
class Record:
    payload: bytes
    signature: bytes
    version: int
    author: int
    control: int
    to: list[int]
    kind: int
    refers_to: tuple[int, int, bytes] | None
    composed_at: int
    precedence: int
    answer_by: int | None
    serial: int
    seen: list[tuple[int, int, bytes]]
    body: list[Item]

    @property
    def what(self) -> str:
        return KINDS[self.kind].name if self.kind in KINDS else f"unknown kind {self.kind}"

    def id(self, context: bytes) -> bytes:
        return sha256(encode(context), encode(self.payload))

    def seen_of(self, party: int) -> int:
        return max((size for of, size, _ in self.seen if of == party), default=0)


def parse_record(data: bytes) -> Record:
    demand(1 <= len(data) <= 65_535, "a record is empty or too long (R-2)")
    payload, signature = open_envelope(data)
    parts = array(decode(payload), 12, 12, "a record (R-10)")
    refers_to = None
    if optional(parts[5]) is not None:
        party, index, prefix = array(parts[5], 3, 3, "refers_to")
        refers_to = (
            integer(party, 0, 15, "the party referred to"),
            integer(index, 0, BIG, "the index referred to"),
            octets(prefix, 8, 8, "the prefix referred to"),
        )
    answer_by = optional(parts[8])
    seen = []
    for one in array(parts[10], 0, 15, "seen"):
        party, size, digest = array(one, 3, 3, "seen")
        integer(party, 0, 15, "a party seen")
        integer(size, 0, BIG, "a size seen")
        seen.append((party, size, octets(digest, 16, 16, "a digest seen")))
    record = Record(
        payload,
        signature,
        version=integer(parts[0], 1, 65_535, "version"),
        author=integer(parts[1], 0, 65_535, "author"),
        control=integer(parts[2], 0, BIG, "control"),
        to=[integer(office, 0, 255, "to") for office in array(parts[3], 0, 32, "to")],
        kind=integer(parts[4], 1, 255, "kind"),
        refers_to=refers_to,
        composed_at=integer(parts[6], 0, LAST_TIME, "composed_at"),
        precedence=integer(parts[7], 0, 3, "precedence"),
        answer_by=None if answer_by is None else integer(answer_by, 1, SPAN, "answer_by"),
        serial=integer(parts[9], 0, BIG, "serial"),
        seen=seen,
        body=array(parts[11], 0, len(payload), "the body"),
    )
    demand(strictly_ascending(record.to), "`to` does not ascend (R-12)")
    demand(strictly_ascending([one[0] for one in seen]), "`seen` does not ascend (R-12)")
    if record.kind in KINDS:
        KINDS[record.kind].body(record.body)
    return record


# --- Roster and agreement: agreement.md -----------------------------------------------------------


def _key(item: Item) -> bytes:
    key = octets(item, 32, 32, "a public key")
    demand(key_is_good(key), "a public key is not one (S-1 to S-3)")
    return key


def _titled(payload: bytes, title: str, count: int) -> list[Item]:
    demand(len(payload) <= 65_535, f"{title} is too long (A-1)")
    found, parts = array(decode(payload), 2, 2, title)
    demand(found == title, f"no “{title}” (A-1)")
    return array(parts, count, count, title)


@dataclass(frozen=True)
class Seat:
    """An entry of a roster: a key, and the office that it signs for."""

    key: bytes
    office: str
    valid_from: int
    valid_until: int


@dataclass(frozen=True)
class Roster:
    payload: bytes
    party: str
    version: int
    threshold: int
    roots: list[bytes]
    log: bytes
    receipt: bytes
    mldsa: bytes
    seats: list[Seat]

    @property
    def digest(self) -> bytes:
        return sha256(self.payload)

    @property
    def fingerprint(self) -> bytes:
        return root_fingerprint(self.threshold, self.roots)

    def check_root_signatures(self, signatures: Item, context: Item, payload: bytes) -> None:
        """A-14: a threshold of different root keys, in order, every one given valid."""
        places = []
        message = signed_bytes(encode(context), payload)
        for one in array(signatures, 0, 16, "root signatures"):
            place, signature = array(one, 2, 2, "a root signature")
            places.append(integer(place, 0, len(self.roots) - 1, "the place of a root key"))
            demand(
                signature_is_good(self.roots[place], message, octets(signature, 64, 64)),
                f"a root key of {self.party} did not sign what it should have (A-14)",
            )
        demand(strictly_ascending(places), "root signatures do not ascend (A-14)")
        demand(len(places) >= self.threshold, f"too few root keys of {self.party} signed (A-14)")


def parse_roster(payload: bytes) -> Roster:
    parts = _titled(payload, "firebreak roster 1", 6)
    threshold = integer(parts[2], 1, 16, "threshold")
    roots = [_key(key) for key in array(parts[3], 1, 16, "roots")]
    demand(threshold <= len(roots) and strictly_ascending(roots), "root keys or threshold (A-12)")
    node = array(parts[4], 6, 6, "the node's keys")
    log, receipt = _key(node[0]), _key(node[1])
    octets(node[2], 1312, 1312, "the ML-DSA-44 key")
    octets(node[3], 1, 2048, "the certificate")
    octets(node[4], 32, 32, "the X25519 key")
    octets(node[5], 1216, 1216, "the X-Wing key")
    seats = []
    for entry in array(parts[5], 1, 512, "entries of a roster"):
        key, office, start, end = array(entry, 4, 4, "an entry of a roster")
        seats.append(
            Seat(
                _key(key),
                text(office, 1, 64, "an office"),
                integer(start, 0, LAST_TIME, "valid_from"),
                integer(end, 0, LAST_TIME, "valid_until"),
            )
        )
        demand(start <= end, "a key ends before it begins (A-19)")
        demand((office == "node") == (len(seats) == 1), "the first entry is the node's (A-13)")
    keys = [*roots, log, receipt, *(seat.key for seat in seats)]
    demand(len(set(keys)) == len(keys), "a key has two uses in a roster (A-18)")
    return Roster(
        payload,
        text(parts[0], 1, 40, "party"),
        integer(parts[1], 1, 65_535, "the roster's version"),
        threshold,
        roots,
        log,
        receipt,
        node[2],
        seats,
    )


def parse_card(data: bytes) -> Roster:
    """A card is a roster's payload and the root signatures that its own threshold wants."""
    payload, signatures = array(decode(data), 2, 2, "a card")
    roster = parse_roster(octets(payload, 1, 65_535, "a roster"))
    roster.check_root_signatures(signatures, ["firebreak roster 1"], roster.payload)
    return roster


def check_roster_follows(new: Roster, old: Roster) -> None:
    """A-20."""
    same = (new.party, new.threshold, new.roots) == (old.party, old.threshold, old.roots)
    demand(same and new.version == old.version + 1, "not the next roster (A-20)")
    demand(len(new.seats) >= len(old.seats), "the next roster leaves out a key (A-20)")
    for place, was in enumerate(old.seats):
        now = new.seats[place]
        kept = (now.key, now.office, now.valid_from) == (was.key, was.office, was.valid_from)
        demand(kept and now.valid_until <= was.valid_until, "an entry was changed (A-20)")


@dataclass(frozen=True)
class Terms:
    """What judging asks of a channel."""

    kinds: set[int]
    two_officers: set[int]
    offices: list[int]
    origins: list[tuple[bytes, int]]


@dataclass(frozen=True)
class Agreement:
    payload: bytes
    id: bytes
    version: int
    previous: bytes | None
    title: str
    mode: int
    evidence: int
    valid_from: int
    valid_until: int
    catalogue: bytes
    names: list[str]
    fingerprints: list[bytes]
    roster_digests: list[bytes]
    offices: list[tuple[int, str]]
    channels: dict[int, Terms]
    shapes: int
    rosters: dict[int, Roster] = field(default_factory=dict)
    """Of those parties that signed the file."""

    @property
    def digest(self) -> bytes:
        return sha256(self.payload)

    def origin(self, channel: int, party: int) -> str:
        digits, epoch = self.channels[channel].origins[party]
        return f"firebreak.line/{digits.hex()}/{epoch}"

    def record_context(self, channel: int, party: int) -> bytes:
        """external_aad of the records in one log (R-3)."""
        origin = self.origin(channel, party)
        return encode(["firebreak record 1", self.digest, channel, origin, self.catalogue])


def _channel(item: Item, offices: list[tuple[int, str]]) -> tuple[int, Terms]:
    parts = array(item, 11, 11, "a channel")
    number = integer(parts[0], 0, 6, "a channel")
    kinds = [integer(kind, 1, 255, "a kind") for kind in array(parts[1], 0, 255, "kinds")]
    two = [integer(kind, 1, 255, "a kind") for kind in array(parts[2], 0, 255, "two_officers")]
    seats = [integer(at, 0, len(offices) - 1, "an office") for at in array(parts[3], 0, 64)]
    origins = []
    for one in array(parts[4], 2, 2, "origins (A-7)"):
        digits, epoch = array(one, 2, 2, "an origin")
        origins.append((octets(digits, 16, 16, "an origin"), integer(epoch, 0, 2**32 - 1)))
    within = []
    for one in array(parts[5], 0, 64, "answer_within"):
        kind, _ = array(one, 2, 2, "answer_within")
        slots(a_number(1, 255), a_number(0, SPAN))(one)
        within.append(kind)
    slots(a_number(1, 2**40), a_number(1, 2**32), a_number(1, 2**32))(parts[6])
    integer(parts[7], 0, 1_000_000, "track_precision_m")
    integer(parts[8], 0, SPAN, "track_delay_ms")
    integer(parts[9], 1, 20_100_000, "widest_notice_m")
    integer(parts[10], 1, SPAN, "longest_notice_ms")
    for ordered in (kinds, two, seats, within):
        demand(strictly_ascending(ordered), "a channel's list does not ascend (A-8, A-9)")
    demand(set(two) | set(within) <= set(kinds), "a kind that the channel lacks is named (A-9)")
    demand({offices[at][0] for at in seats} == {0, 1}, "a party has no office there (A-8)")
    return number, Terms(set(kinds), set(two), seats, origins)


def _unique(values: Sequence[Any], what: str) -> None:
    demand(len(set(values)) == len(values), f"{what} stands twice")


def parse_agreement(payload: bytes) -> Agreement:
    parts = _titled(payload, "firebreak agreement 1", 23)
    version = integer(parts[1], 1, 65_535, "the agreement's version")
    previous = optional(parts[2])
    demand((version == 1) == (previous is None), "previous does not go with the version (A-5)")
    maybe(some_bytes(32, 32))(parts[2])
    integer(parts[6], 0, 3, "publication")
    valid_from = integer(parts[7], 0, LAST_TIME, "valid_from")
    valid_until = integer(parts[8], 0, LAST_TIME, "valid_until")
    demand(valid_until > valid_from, "the agreement ends before it begins (A-4)")
    many(1, 16, language)(parts[10])
    _unique(parts[10], "a language (A-15)")
    names, fingerprints, digests = [], [], []
    for party in array(parts[11], 2, 2, "parties (A-3)"):
        name, fingerprint, digest = array(party, 3, 3, "a party")
        names.append(text(name, 1, 40, "a party's name"))
        fingerprints.append(octets(fingerprint, 32, 32, "a root fingerprint"))
        digests.append(octets(digest, 32, 32, "a roster's digest"))
    _unique(names, "a party's name (A-3)")
    _unique(fingerprints, "a root fingerprint (A-3)")
    offices = []
    for office in array(parts[12], 2, 255, "offices"):
        party, role = array(office, 2, 2, "an office")
        offices.append((integer(party, 0, 1, "an office's party"), text(role, 1, 64, "a role")))
    _unique(offices, "an office (A-8)")
    channels = [_channel(one, offices) for one in array(parts[13], 1, 7, "channels")]
    numbers = [number for number, _ in channels]
    demand(strictly_ascending(numbers) and numbers[0] == 0, "the order of channels (A-6)")
    _unique([digits for _, terms in channels for digits, _ in terms.origins], "an origin (A-7)")
    carried = {number for number, terms in channels if {17, 18} <= terms.kinds}
    many(0, 256, slots(a_number(0, 6), a_number(0, 1439)))(parts[14])
    demand(strictly_ascending(parts[14]), "line_checks do not ascend (A-15)")
    demand({one[0] for one in parts[14]} <= carried, "line checks where none are carried (A-15)")
    many(0, 64, slots(a_number(1, 255), a_number(0, SPAN)))(parts[15])
    demand(strictly_ascending([one[0] for one in parts[15]]), "lead_times (A-15)")
    many(0, 64, slots(a_text(1, 40), path))(parts[16])
    many(0, 256, slots(a_text(1, 40), area, heights))(parts[17])
    many(0, 16, slots(a_text(1, 40), _key_check, a_number(0, 1)))(parts[18])
    many(0, 16, slots(a_text(1, 64), _key_check))(parts[19])
    many(0, 366, a_number(0, LAST_TIME // DAY))(parts[21])
    demand(strictly_ascending(parts[21]), "holidays do not ascend (A-15)")
    many(0, 64, slots(a_text(1, 64), a_text(1, 64)))(parts[22])
    for listed in (parts[16], parts[17], parts[18], parts[19], parts[22]):
        _unique([one[0] for one in listed], "a name (A-15)")
    feet = maybe(a_number(1, 100_000))
    many(0, 2, slots(a_number(1, 2), a_number(1, 100_000), feet, a_number(1, 3600)))(parts[20])
    separated = [one[0] for one in parts[20]]
    demand(strictly_ascending(separated), "separations do not ascend (A-23)")
    demand(set(separated) <= set(numbers), "a separation where there is no channel (A-23)")
    return Agreement(
        payload,
        id=octets(parts[0], 16, 16, "the agreement's id"),
        version=version,
        previous=previous,
        title=text(parts[3], 1, 120, "the title"),
        mode=integer(parts[4], 0, 1, "mode"),
        evidence=integer(parts[5], 0, 1, "evidence"),
        valid_from=valid_from,
        valid_until=valid_until,
        catalogue=octets(parts[9], 32, 32, "catalogue"),
        names=names,
        fingerprints=fingerprints,
        roster_digests=digests,
        offices=offices,
        channels=dict(channels),
        shapes=len(parts[16]) + len(parts[17]),
    )


def _key_check(item: Item) -> None:
    _key(item)


def parse_agreement_file(data: bytes) -> Agreement:
    """Return an agreement with the rosters of those who signed it (A-10, A-11, A-14, A-17)."""
    demand(len(data) <= 65_535, "an agreement file is too long (A-1)")
    payload, signed = array(decode(data), 2, 2, "an agreement file")
    agreement = parse_agreement(octets(payload, 1, 65_535, "an agreement"))
    parties = []
    for one in array(signed, 0, 2, "party signatures"):
        party, card, secrets, signatures = array(one, 4, 4, "a party signature")
        parties.append(integer(party, 0, 1, "a party"))
        roster = parse_card(octets(card, 1, 65_535, "a card"))
        named = (
            agreement.names[party],
            agreement.roster_digests[party],
            agreement.fingerprints[party],
        )
        demand((roster.party, roster.digest, roster.fingerprint) == named, "another card (A-11)")
        many(2, 2, slots(a_number(0, 1), some_bytes(1, 4096)))(secrets)
        demand([secret[0] for secret in secrets] == [0, 1], "the sealed secrets (A-17)")
        context = ["firebreak agreement 1", party, secrets]
        roster.check_root_signatures(signatures, context, agreement.payload)
        agreement.rosters[party] = roster
    demand(strictly_ascending(parties), "party signatures do not ascend (A-11)")
    return agreement


def check_agreement_follows(new: Agreement, old: Agreement) -> None:
    """A-21."""
    same = (new.id, new.names, new.fingerprints) == (old.id, old.names, old.fingerprints)
    next_one = new.version == old.version + 1 and new.previous == old.digest
    demand(same and next_one, "not the next version of the agreement (A-21)")
    demand(new.offices[: len(old.offices)] == old.offices, "an office changed its number (A-21)")
    for number in new.channels.keys() & old.channels.keys():
        for party in (0, 1):
            now = new.channels[number].origins[party]
            was = old.channels[number].origins[party]
            demand(now[0] == was[0] and now[1] >= was[1], "a log's origin was changed (A-21)")


# --- Tree, checkpoint, note, proof file: log.md sections 1 to 5 -----------------------------------


def commitment(salt: bytes, record: bytes) -> bytes:
    return sha256(b"firebreak commitment\0", salt, record)  # L-19


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\0", entry)


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1", left, right)


EMPTY_ROOT = hashlib.sha256().digest()


def _split(size: int) -> int:
    """The greatest power of 2 below the number of leaves (L-1)."""
    return 1 << (size - 1).bit_length() - 1


def check_inclusion(
    index: int, size: int, leaf: bytes, root: bytes, hashes: Sequence[bytes]
) -> None:
    """L-2 to L-4."""
    demand(0 <= index < size <= LAST_SIZE, "an inclusion proof's index is not below its size (L-2)")
    sides = []  # of the siblings, from the root down
    first, count = index, size
    while count > 1:
        k = _split(count)
        sides.append("right" if first < k else "left")
        first, count = (first, k) if first < k else (first - k, count - k)
    demand(len(hashes) == len(sides), "an inclusion proof has a wrong number of hashes (L-3)")
    demand(all(len(one) == 32 for one in [leaf, root, *hashes]), "a hash is not 32 bytes (L-3)")
    for sibling, side in [(hashes[i], sides[-1 - i]) for i in range(len(sides))]:
        leaf = node_hash(leaf, sibling) if side == "right" else node_hash(sibling, leaf)
    demand(leaf == root, "an inclusion proof does not lead to the root (L-4)")


def check_consistency(
    size1: int, root1: bytes, size2: int, root2: bytes, hashes: Sequence[bytes]
) -> None:
    """L-5 to L-7: fold both roots out of the hashes, deepest first."""
    demand(1 <= size1 <= size2 <= LAST_SIZE, "a consistency proof's sizes (L-5, L-6)")
    demand(all(len(one) == 32 for one in [root1, root2, *hashes]), "a hash is not 32 bytes (L-3)")
    sides = []
    old, count, whole = size1, size2, True
    while old != count:
        k = _split(count)
        if old <= k:
            sides.append("right")
            count = k
        else:
            sides.append("left")
            old, count, whole = old - k, count - k, False
    # What is left is a subtree complete in both: the whole old tree, or the proof's first hash.
    given = list(hashes)
    demand(
        len(given) == len(sides) + (0 if whole else 1),
        "a consistency proof has a wrong number of hashes (L-3)",
    )
    one = two = root1 if whole else given.pop(0)
    for sibling, side in [(given[i], sides[-1 - i]) for i in range(len(sides))]:
        if side == "right":
            two = node_hash(two, sibling)
        else:
            one, two = node_hash(sibling, one), node_hash(sibling, two)
    demand((one, two) == (root1, root2), "a consistency proof does not lead to both roots (L-7)")


DECIMAL = re.compile("0|[1-9][0-9]{0,18}")
ORIGIN = re.compile("firebreak\\.line/[0-9a-f]{32}/(0|[1-9][0-9]{0,9})")


def _decimal(line: str, most: int) -> int:
    demand(DECIMAL.fullmatch(line) and int(line) <= most, "a number is not in its form (L-9)")
    return int(line)


def _unbase64(line: str, low: int, high: int) -> bytes:
    try:
        data = base64.b64decode(line.encode("ascii"), validate=True)
    except ValueError:
        refuse("base64 is not in its form (L-14)")
    demand(base64.b64encode(data).decode() == line, "base64 is not in its one form (L-14)")
    demand(low <= len(data) <= high, "base64 of a wrong length")
    return data


@dataclass(frozen=True)
class Line:
    """A signature line of a note."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True)
class Note:
    origin: str
    size: int
    root: bytes
    lines: list[Line]

    @property
    def text(self) -> bytes:
        return checkpoint_text(self.origin, self.size, self.root)


def checkpoint_text(origin: str, size: int, root: bytes) -> bytes:
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n".encode()


def _lines(data: bytes) -> list[str]:
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError:
        refuse("a note is not UTF-8")
    demand(whole.endswith("\n"), "the last line has no newline")
    return whole[:-1].split("\n")


def check_origin(origin: str) -> None:
    match = ORIGIN.fullmatch(origin)
    demand(match and int(match[1]) < 2**32, "an origin is not in its form (L-8)")


def parse_note(data: bytes) -> Note:
    demand(len(data) <= 131_072, "a note is too long (L-11)")
    lines = _lines(data)
    demand(5 <= len(lines) <= 20 and lines[3] == "", "no note of 1 to 16 signatures (L-9, L-11)")
    check_origin(lines[0])
    found = []
    for line in lines[4:]:
        parts = line.split(" ")
        demand(len(parts) == 3 and parts[0] == "—", "a signature line is not in its form (L-14)")
        demand(re.fullmatch("[!-*,-~]{1,255}", parts[1]), "a key name is not in its form (L-11)")
        blob = _unbase64(parts[2], 5, 5004)
        found.append(Line(parts[1], blob[:4], blob[4:]))
    demand(found[0].name == lines[0], "the first signature is not the log's own (L-12)")
    _unique([(line.name, line.key_id) for line in found], "a signature line (L-13)")
    return Note(lines[0], _decimal(lines[1], LAST_SIZE), _unbase64(lines[2], 32, 32), found)


def line_key_id(name: str, form: int, key: bytes) -> bytes:
    return sha256(name.encode(), bytes((0x0A, form)), key)[:4]  # L-15, L-25


def log_line_is_good(note: Note, line: Line, key: bytes) -> bool:
    """L-10, L-15: the log's Ed25519 line."""
    if (line.name, line.key_id) != (note.origin, line_key_id(note.origin, 1, key)):
        return False
    return signature_is_good(key, note.text, line.signature)


def mldsa_line_is_good(note: Note, line: Line, key: bytes) -> bool:
    """L-25, L-26: the log's ML-DSA-44 line."""
    if (line.name, line.key_id) != (note.origin, line_key_id(note.origin, 6, key)):
        return False
    stamp, name = line.signature[:8], note.origin.encode()
    if len(line.signature) != 2428 or int.from_bytes(stamp, "big") > LAST_SIZE:
        return False
    name = bytes((len(name),)) + name
    numbers = bytes(8) + note.size.to_bytes(8, "big")
    message = b"subtree/v1\n\0" + name + stamp + name + numbers + note.root
    return mldsa44_is_good(key, message, line.signature[8:])


@dataclass(frozen=True)
class ProofFile:
    extra: bytes | None
    index: int
    hashes: list[bytes]
    note: bytes


def parse_proof_file(data: bytes) -> ProofFile:
    """L-16; the note is left as it stands."""
    demand(len(data) <= 400_000, "a proof file is too long (L-16)")
    above, gap, note = data.partition(b"\n\n")
    demand(gap, "a proof file has no note (L-16)")
    lines = _lines(above + b"\n")
    demand(lines.pop(0) == "c2sp.org/tlog-proof@v1", "no proof file (L-16)")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = _unbase64(lines.pop(0)[6:], 1, 131_072)
    demand(lines and lines[0].startswith("index "), "a proof file has no index (L-16)")
    index = _decimal(lines.pop(0)[6:], LAST_SIZE - 1)
    demand(len(lines) <= 63, "a proof file has too many hashes (L-16)")
    return ProofFile(extra, index, [_unbase64(line, 32, 32) for line in lines], note)


# --- Receipt: exchange.md section 3 ---------------------------------------------------------------


@dataclass(frozen=True)
class Receipt:
    payload: bytes
    signature: bytes
    size: int
    root: bytes
    held: list[list[int]]
    at: int

    def covers(self, index: int) -> bool:
        return any(start <= index < stop for start, stop in self.held)


def parse_receipt(data: bytes) -> Receipt:
    demand(len(data) <= 4096, "a receipt is too long")
    payload, signature = open_envelope(data)
    size, root, held, at = array(decode(payload), 4, 4, "a receipt")
    integer(size, 0, BIG, "a receipt's size")
    octets(root, 32, 32, "a receipt's root")
    many(0, 64, slots(a_number(0, BIG), a_number(0, BIG)))(held)
    for place, (start, stop) in enumerate(held):  # E-6
        if place == 0 and (start, stop) == (0, 0):
            demand(len(held) > 1 and held[1][0] == 0, "an empty range in a receipt (E-6)")
            continue
        demand(start < stop <= size, "a range of a receipt is empty or passes its size (E-6)")
        if place == 0:
            continue
        before = held[place - 1]
        touching = place == 1 and before[0] == 0
        apart = start >= before[1] if touching else start > before[1]
        demand(apart, "ranges of a receipt do not stand apart (E-6)")
        if start == 0:
            demand(before == [0, 0], "ranges of a receipt do not ascend (E-6)")
    return Receipt(payload, signature, size, root, held, integer(at, 0, LAST_TIME, "a time"))


# --- Evidence: evidence.md sections 1 and 2 -------------------------------------------------------


@dataclass
class Entry:
    index: int
    data: bytes
    record: Record | None
    id: bytes = bytes(32)
    void: str | None = None
    judged: bool = False
    attested: bool = False
    """It passed J-1 to J-6, so its serial and control size are used up (J-27)."""
    agreement: Agreement | None = None
    roster: Roster | None = None


@dataclass
class Log:
    channel: int
    party: int
    note: Note
    entries: dict[int, Entry]
    receipts: list[tuple[Receipt, list[bytes]]]
    second_signature: bool = False


@dataclass
class History:
    """What a party's control log has said, each with the control size from which it holds."""

    rosters: list[tuple[int, Roster]]
    versions: list[tuple[int, Agreement]]

    def roster(self, size: int) -> Roster:
        return [roster for since, roster in self.rosters if since <= size][-1]

    def agreements(self, size: int) -> list[Agreement]:
        return [agreement for since, agreement in self.versions if since <= size]


class Judge:
    """spec/log.md section 7, over the entries of one file.

    `whole` are the channels of which all entries are at hand, so that `seen` can be checked.
    """

    def __init__(self, first: Agreement, logs: list[Log], whole: Sequence[int] = (0,)) -> None:
        self.first, self.whole = first, whole
        self.logs = {(log.channel, log.party): log for log in logs}
        self.histories = [History([(0, first.rosters[p])], [(0, first)]) for p in (0, 1)]

    def entries(self, channel: int, party: int) -> dict[int, Entry]:
        log = self.logs.get((channel, party))
        return log.entries if log else {}

    def judge_control(self) -> None:
        """Judge both control logs, each entry after those of the other log that it has seen."""
        waiting = [list(self.entries(0, party).values()) for party in (0, 1)]
        while waiting[0] or waiting[1]:
            for party in (0, 1):
                if waiting[party] and not self._waits(waiting[party][0], waiting[1 - party]):
                    break
            else:  # each claims to have seen the other: both claims cannot be true
                party = 0 if waiting[0] else 1
            self.judge(self.logs[0, party], waiting[party].pop(0))

    @staticmethod
    def _waits(entry: Entry, others: list[Entry]) -> bool:
        if entry.record is None or not others:
            return False
        return any(size > others[0].index for _, size, _ in entry.record.seen)

    def judge(self, log: Log, entry: Entry) -> None:
        try:
            self._judge(log, entry)
        except Refused as reason:
            entry.void = str(reason)
        entry.judged = True
        if entry.void is None and log.channel == 0 and entry.record is not None:
            self._announce(log.party, entry)

    def _announce(self, party: int, entry: Entry) -> None:
        assert entry.record is not None
        history, since = self.histories[party], entry.index + 1
        if entry.record.kind == ROSTER:
            history.rosters.append((since, parse_card(entry.record.body[0])))
        elif entry.record.kind == AGREEMENT:
            history.versions.append((since, parse_agreement_file(entry.record.body[0])))

    def _judge(self, log: Log, entry: Entry) -> None:
        channel, party = log.channel, log.party
        try:
            entry.record = record = parse_record(entry.data)
        except Refused as reason:
            refuse(f"J-1, malformed: {reason}")
        entry.id = record.id(self.first.record_context(channel, party))  # J-30
        before = [one for one in log.entries.values() if one.index < entry.index]
        proper = [one.record for one in before if one.attested and one.record is not None]
        least = max((one.control for one in proper), default=0)
        demand(record.control >= least, "J-2, control-backwards")
        held = entry.index if channel == 0 else len(self.entries(0, party))
        demand(record.control <= held, "J-3, control-not-held: the file lacks its control entries")
        history = self.histories[party]
        versions = [
            version
            for version in history.agreements(record.control)
            if version.version == record.version and self._has_log(version, channel, party)
        ]
        demand(versions, "J-4, agreement-version")
        entry.agreement = agreement = versions[0]
        context = agreement.record_context(channel, party)
        entry.id = record.id(context)
        entry.roster = roster = history.roster(record.control)
        demand(record.author < len(roster.seats), "J-5, unknown-author")
        seat = roster.seats[record.author]
        message = signed_bytes(context, record.payload)
        demand(signature_is_good(seat.key, message, record.signature), "J-6, signature")
        entry.attested = True
        demand(seat.valid_from <= record.composed_at < seat.valid_until, "J-7, author-expired")
        in_force = agreement.valid_from <= record.composed_at < agreement.valid_until
        demand(in_force, "J-8, agreement-expired")
        used = [one.serial for one in proper if one.author == record.author]
        demand(record.serial > max(used, default=-1), "J-9, serial")
        demand(all(of == 1 - party for of, _, _ in record.seen), "J-10, seen-not-held")
        if channel in self.whole:  # elsewhere a file cannot tell (EV-13)
            self._check_seen(channel, record)
        self._judge_place(log, record, agreement, seat)
        self._judge_reference(log, entry, record)
        if record.kind == LAPSED:
            self._judge_lapse(log, entry, record)
        if channel == 0 and record.kind in (ROSTER, AGREEMENT):
            self._judge_control_body(party, record)
        if record.kind in agreement.channels[channel].two_officers:
            self._judge_release(log, entry, record)

    def _has_log(self, version: Agreement, channel: int, party: int) -> bool:
        """Whether a version has the channel, and has not opened a new epoch of this log."""
        if channel not in version.channels:
            return False
        return version.origin(channel, party) == self.first.origin(channel, party)

    def _check_seen(self, channel: int, record: Record) -> None:
        for of, size, digest in record.seen:
            bodies = list(self.entries(channel, of).values())[:size]
            running = bytes(32)
            for one in bodies:
                running = sha256(running, sha256(one.data))  # L-20
            demand(len(bodies) == size and running[:16] == digest, "J-11, seen-differs")

    def _judge_place(self, log: Log, record: Record, agreement: Agreement, seat: Seat) -> None:
        """J-12 to J-17: may this be said here, by him, to them?"""
        kind = KINDS.get(record.kind)
        demand(kind, "J-12, unknown-kind")
        assert kind is not None
        terms = agreement.channels[log.channel]
        carried = record.kind in terms.kinds or record.kind == RELEASE
        control_only = record.kind in (ROSTER, AGREEMENT)
        demand(carried and (log.channel == 0 or not control_only), "J-13, kind-not-on-channel")
        by_node = record.author == 0
        demand(by_node or not kind.by_node, "J-14, not-for-officers")
        demand(kind.by_node or not by_node, "J-14, not-for-the-node")
        theirs = [at for at in terms.offices if agreement.offices[at][0] != log.party]
        demand(set(record.to) <= set(theirs), "J-15, office-not-on-channel")
        demand(kind.wants_answer == (record.answer_by is not None), "J-16, answer-by")
        if record.author != 0:
            office = (log.party, seat.office)
            ours = [agreement.offices[at] for at in terms.offices]
            demand(office in ours, "J-17, author-not-on-channel")

    def _judge_reference(self, log: Log, entry: Entry, record: Record) -> None:
        """J-18 to J-22."""
        kind = KINDS[record.kind]
        if record.refers_to is None:
            demand(not kind.must, "J-18, reference-missing")
            return
        party, index, prefix = record.refers_to
        known = entry.index if party == log.party else record.seen_of(party)
        target = self.entries(log.channel, party).get(index) if index < known else None
        missing = "J-18, reference-missing: what it refers to is not in the file, or not seen"
        demand(target, missing)
        assert target is not None
        about = self._identified(log.channel, party, target)
        demand(about, missing)
        assert about is not None
        demand(target.id[:8] == prefix, "J-19, reference-differs")
        demand(target.void is None or record.kind in ABOUT_VOID, "J-20, reference-void")
        fits = about.kind in kind.of if kind.of else about.kind != RELEASE
        demand(fits or target.void is not None, "J-21, reference-kind")
        demand(kind.whose != "others" or party != log.party, "J-21, reference-kind")
        demand(kind.whose != "own" or party == log.party, "J-22, not-originator")

    def _identified(self, channel: int, party: int, entry: Entry) -> Record | None:
        """Return an entry's record, its id set. It may be judged later; then the id is the same."""
        record = entry.record
        if record is not None and not entry.judged:
            for agreement in self.histories[party].agreements(record.control):
                if agreement.version == record.version and channel in agreement.channels:
                    entry.id = record.id(agreement.record_context(channel, party))
        return record

    def _judge_lapse(self, log: Log, entry: Entry, record: Record) -> None:
        """J-23, J-24 and J-31, as far as the file holds what they ask for."""
        assert record.refers_to is not None
        place = record.refers_to[:2]
        question = self.entries(log.channel, place[0])[place[1]].record
        assert question is not None
        due = question.composed_at + (question.answer_by or 0)
        other = 1 - log.party
        for index, one in self.entries(log.channel, other).items():
            answer = one.record
            if index >= record.seen_of(other) or answer is None or one.void is not None:
                continue
            if answer.refers_to is None or answer.refers_to[:2] != place:
                continue
            if answer.kind not in (ANSWER, LINE_CHECK_REPLY, CALL_ANSWER):
                continue
            word = promised(answer.kind, answer.body)
            demand(word is not None, "J-23, lapsed-answered")
            due = max(due, answer.composed_at + word)
        demand(record.composed_at >= due, "J-24, lapsed-early")
        for index, one in log.entries.items():
            if index >= entry.index or one.record is None or one.void is not None:
                continue
            about = one.record.refers_to
            taken_back = one.record.kind == CANCEL and about is not None and about[:2] == place
            demand(not taken_back, "J-31, lapsed-withdrawn")

    def _judge_control_body(self, party: int, record: Record) -> None:
        """J-25."""
        history = self.histories[party]
        try:
            if record.kind == ROSTER:
                check_roster_follows(parse_card(record.body[0]), history.rosters[-1][1])
            else:
                agreement = parse_agreement_file(record.body[0])
                demand(len(agreement.rosters) == 2, "a party has not signed it")
                check_agreement_follows(agreement, history.versions[-1][1])
        except Refused as reason:
            refuse(f"J-25, control-body: {reason}")

    def _judge_release(self, log: Log, entry: Entry, record: Record) -> None:
        """J-26."""
        before = log.entries.get(entry.index - 1)
        good = (
            before is not None
            and before.record is not None
            and before.void is None
            and before.record.kind == RELEASE
            and before.record.body[0] == entry.id
            and before.roster is not None
            and entry.roster is not None
            and before.roster.seats[before.record.author].key
            != entry.roster.seats[record.author].key
        )
        demand(good, "J-26, release-missing")


@dataclass
class Evidence:
    """A file that verified, and what it proves."""

    agreement: Agreement
    logs: list[Log]
    speakers: list[int]
    authentic: bool
    rosters: list[list[Roster]]
    givers: set[int] = field(default_factory=set)

    @property
    def verdict(self) -> str:
        return "authentic" if self.authentic else "consistent, parties not authenticated"


def _read_log(item: Item) -> Log:
    channel, party, entries, receipts = array(item, 4, 4, "a log")
    integer(channel, 0, 255, "a log's channel")
    integer(party, 0, 1, "a log's party")
    note: Note | None = None
    note_bytes = b""
    found: dict[int, Entry] = {}
    for one in array(entries, 1, 1000, "entries of a log (EV-1)"):
        data, proof_bytes = array(one, 2, 2, "an entry")
        octets(data, 1, 65_535, "a record")
        proof = parse_proof_file(octets(proof_bytes, 1, 400_000, "a proof"))
        demand(proof.extra is not None and len(proof.extra) == 16, "a salt is missing (EV-7)")
        assert proof.extra is not None
        if note is None:
            note, note_bytes = parse_note(proof.note), proof.note
        demand(proof.note == note_bytes, "proofs of one log end in different notes (EV-7)")
        leaf = leaf_hash(commitment(proof.extra, data))  # EV-10
        check_inclusion(proof.index, note.size, leaf, note.root, proof.hashes)  # EV-11
        demand(not found or proof.index > max(found), "entries do not ascend (EV-3)")
        try:
            record: Record | None = parse_record(data)
        except Refused as reason:
            demand(channel == 0, f"an entry is no record (EV-12): {reason}")
            record = None
        found[proof.index] = Entry(proof.index, data, record)
    assert note is not None
    given = []
    for one in array(receipts, 0, 1000, "receipts of a log (EV-1)"):
        data, hashes = array(one, 2, 2, "a receipt")
        many(0, 64, some_bytes(32, 32))(hashes)
        given.append((octets(data, 1, 4096, "a receipt"), hashes))
    demand(strictly_ascending([data for data, _ in given]), "receipts do not ascend (EV-3)")
    return Log(channel, party, note, found, [(parse_receipt(d), h) for d, h in given])


def _check_note(log: Log, rosters: list[Roster]) -> None:
    """EV-9."""
    demand(len(log.note.lines) <= 2, "a note has a signature line that nobody verifies (EV-9)")
    good = any(log_line_is_good(log.note, log.note.lines[0], one.log) for one in rosters)
    demand(good, "the log's key did not sign the note (EV-9)")
    for line in log.note.lines[1:]:
        good = any(mldsa_line_is_good(log.note, line, one.mldsa) for one in rosters)
        demand(good, "a second line of a note is not its log's ML-DSA-44 line (EV-9)")
        log.second_signature = True


def _check_receipt(
    log: Log, receipt: Receipt, hashes: list[bytes], agreement: Agreement, keys: list[bytes]
) -> None:
    """EV-14 to EV-16."""
    context = encode(["firebreak receipt 1", agreement.id, log.note.origin])
    message = signed_bytes(context, receipt.payload)
    good = any(signature_is_good(key, message, receipt.signature) for key in keys)
    demand(good, "the other party's receipt key did not sign a receipt (EV-14)")
    covered = any(receipt.covers(index) for index in log.entries)
    demand(covered, "a receipt covers no entry in the file (EV-15)")
    head, given = (log.note.size, log.note.root), (receipt.size, receipt.root)
    first, second = sorted((head, given))
    check_consistency(*first, *second, hashes)  # EV-16


def verify_evidence(data: bytes, roots: Sequence[bytes] = ()) -> Evidence:
    """Verify a whole file; refuse it as a whole."""
    demand(len(data) <= 4_194_304, "the file is too long (EV-1)")
    magic, agreement_bytes, log_items = array(decode(data), 3, 3, "an evidence file (EV-1)")
    demand(magic == "firebreak evidence 1", "no evidence file (EV-1)")
    agreement = parse_agreement_file(octets(agreement_bytes, 1, 65_535, "an agreement file"))
    demand(len(agreement.rosters) == 2, "a party has not signed the agreement (EV-4)")
    demand(agreement.evidence == 0, "the agreement's evidence is not provable (EV-4)")
    logs = [_read_log(item) for item in array(log_items, 1, 14, "logs (EV-1)")]
    places = [(log.channel, log.party) for log in logs]
    demand(strictly_ascending(places), "logs do not ascend (EV-3)")
    judge = Judge(agreement, logs)
    for log in logs:
        known = log.channel in agreement.channels
        demand(known, f"the agreement has no channel {log.channel} (EV-6)")
        origin = agreement.origin(log.channel, log.party)
        demand(log.note.origin == origin, "a note is of another log (EV-6)")
        if log.channel == 0:
            whole = list(log.entries) == list(range(len(log.entries)))
            demand(whole, "control entries are not whole from 0 on (EV-8)")
    judge.judge_control()
    for log in logs:
        if log.channel != 0:
            for entry in log.entries.values():
                judge.judge(log, entry)
                where = f"{agreement.names[log.party]} channel {log.channel} {entry.index}"
                demand(entry.void is None, f"{where} is void (EV-12): {entry.void}")
    rosters = [[roster for _, roster in history.rosters] for history in judge.histories]
    evidence = Evidence(agreement, logs, [], bool(roots), rosters)
    for log in logs:
        _check_log(evidence, log)
    evidence.speakers = sorted({log.party for log in logs} | evidence.givers)
    if roots:
        for party in evidence.speakers:
            known = agreement.fingerprints[party] in roots
            name = agreement.names[party]
            demand(known, f"{name}'s root fingerprint is not among those given (EV-17)")
    return evidence


def _check_log(evidence: Evidence, log: Log) -> None:
    for entry in log.entries.values():
        if entry.void is None and entry.agreement is not None:
            demand(entry.agreement.evidence == 0, "an entry's evidence is not provable (EV-4)")
    _check_note(log, evidence.rosters[log.party])
    giver = 1 - log.party
    keys = [roster.receipt for roster in evidence.rosters[giver]]
    for receipt, hashes in log.receipts:
        _check_receipt(log, receipt, hashes, evidence.agreement, keys)
        evidence.givers.add(giver)


# --- Proof of a fork: evidence.md section 4 -------------------------------------------------------


@dataclass(frozen=True)
class Fork:
    origin: str
    sizes: tuple[int, int]


def verify_fork(data: bytes, log_key: bytes) -> Fork:
    """EV-20 to EV-25."""
    demand(len(data) <= 65_535, "the proof is too long (EV-20)")
    magic, fork = array(decode(data), 2, 2, "a proof of a fork (EV-20)")
    demand(magic == "firebreak fork 1", "no proof of a fork (EV-20)")
    origin, *heads, branch = array(fork, 4, 4, "a fork")
    check_origin(text(origin, 1, 255, "an origin"))
    for head in heads:
        size, root, signature = array(head, 3, 3, "a head")
        integer(size, 0, LAST_SIZE, "a size")
        octets(root, 32, 32, "a root")
        message = checkpoint_text(origin, size, root)
        good = signature_is_good(log_key, message, octets(signature, 64, 64))
        demand(good, "the log's key did not sign a head (EV-22)")
    (size1, root1, _), (size2, root2, _) = heads
    demand((size1, root1) < (size2, root2), "the heads are equal, or not in order (EV-21)")
    array(branch, 0, 2, "a branch")
    if size1 == size2:
        demand(branch == [], "heads of one size need no branch (EV-23)")
    elif size1 == 0:
        demand(branch == [], "an empty log needs no branch (EV-24)")
        demand(root1 != EMPTY_ROOT, "every log continues the empty one (EV-24)")
    else:
        root, hashes = array(branch, 2, 2, "a branch (EV-25)")
        octets(root, 32, 32, "a root")
        demand(root != root1, "both heads have one history (EV-25)")
        many(0, 64, some_bytes(32, 32))(hashes)
        check_consistency(size1, root, size2, root2, hashes)
    return Fork(origin, (size1, size2))


# --- The command ----------------------------------------------------------------------------------

NOT_PROVED = (
    "That what a record says is true: a signature shows who said it.",
    "When anything was composed or received: each time is its signer's own, by his own clock.",
    "That anybody read or understood a record, unless a record here says so.",
    "That nothing else was said: an answer or a cancellation may exist that the file leaves out.",
    "That the logs have no second history: comparing heads with the other party shows it.",
    (
        "That no quantum computer forged it: a head may be signed with ML-DSA-44 too, all else is "
        "Ed25519."
    ),
)


EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _moment(milliseconds: int) -> str:
    moment = EPOCH + timedelta(milliseconds=milliseconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _say_entry(evidence: Evidence, log: Log, entry: Entry) -> list[str]:
    names = evidence.agreement.names
    where = f"{names[log.party]} {CHANNELS[log.channel]} {entry.index}"
    if entry.void is not None:
        return [f"+ {where}: logged, and VOID ({entry.void}); it has no effect."]
    record, roster = entry.record, entry.roster
    assert record is not None
    assert roster is not None
    lines = [
        (
            f"+ {where}: {record.what} (kind {record.kind}), {PRECEDENCES[record.precedence]}, under "
            f"version {record.version}, signed by key {record.author} "
            f"({roster.seats[record.author].office}) of {names[log.party]}, roster version "
            f"{roster.version}; it names {_moment(record.composed_at)} as its time."
        ),
        f"    id {entry.id.hex()}",
    ]
    if record.answer_by is not None:
        lines.append(f"    wants an answer by {_moment(record.composed_at + record.answer_by)}")
    if record.refers_to is not None:
        party, index, prefix = record.refers_to
        lines.append(f"    refers to {names[party]} {index}, id {prefix.hex()}…")
    for receipt, _ in log.receipts:
        if receipt.covers(entry.index):
            lines.append(
                f"    delivered: {names[1 - log.party]}'s node signed a receipt for it, dated "
                f"{_moment(receipt.at)} by its clock"
            )
    return lines


def say_evidence(evidence: Evidence) -> list[str]:
    agreement = evidence.agreement
    mode = "REAL" if agreement.mode else "EXERCISE"
    lines = [
        f"verdict: {evidence.verdict}",
        (
            f"+ Root keys of {' and '.join(agreement.names)} signed version {agreement.version} of the "
            f"agreement “{agreement.title}”. Everything under it is {mode}."
        ),
    ]
    for party, name in enumerate(agreement.names):
        known = "" if evidence.authentic and party in evidence.speakers else ", not compared"
        lines.append(f"    {name}: root fingerprint {agreement.fingerprints[party].hex()}{known}")
    for log in evidence.logs:
        signers = "log key and its ML-DSA-44 key" if log.second_signature else "log key"
        name = agreement.names[log.party]
        lines.append(
            f"+ {name} {CHANNELS[log.channel]}: a head of {log.note.size} entries, which {name}'s "
            f"{signers} signed, holds:"
        )
        for entry in log.entries.values():
            lines += _say_entry(evidence, log, entry)
    lines += [f"- {sentence}" for sentence in NOT_PROVED]
    if not evidence.authentic:
        lines.append(
            "- Who the parties are: anybody can make such a file with names of his choice."
        )
    if any(version.shapes for version in _versions(evidence)):
        lines.append("- That the agreement's lines and zones are sound (A-16): not checked here.")
    return lines


def _versions(evidence: Evidence) -> list[Agreement]:
    used = [entry.agreement for log in evidence.logs for entry in log.entries.values()]
    return [evidence.agreement, *(version for version in used if version is not None)]


def _fingerprint(argument: str) -> bytes:
    digits = "".join(argument.split())
    if not re.fullmatch("[0-9a-f]{64}", digits):
        raise argparse.ArgumentTypeError("a root fingerprint is 64 lowercase hexadecimal digits")
    return bytes.fromhex(digits)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Verify a Firebreak evidence file, or a proof of a fork: no network, no clock, "
        "nothing installed but Python. Without --root it says only that the file agrees with "
        "itself, not who the parties are.",
        epilog="Exit code 0: verified. 1: refused. 2: wrong usage, or a file cannot be read.",
    )
    parser.add_argument("file", metavar="FILE", help="an evidence file, or a proof of a fork")
    parser.add_argument(
        "--root",
        metavar="FINGERPRINT",
        type=_fingerprint,
        action="append",
        default=[],
        help="a party's root fingerprint that you have by another way, 64 hexadecimal digits; as "
        "often as needed",
    )
    parser.add_argument(
        "--card", metavar="CARD", help="for a proof of a fork: the card of the log's party"
    )
    parser.add_argument("--json", action="store_true", help="say the verdict as JSON, for programs")
    return parser.parse_args(arguments)


def _verify_fork_file(data: bytes, card: bytes, roots: list[bytes]) -> tuple[str, list[str]]:
    roster = parse_card(card)
    demand(not roots or roster.fingerprint in roots, "the card's root fingerprint is not given")
    fork = verify_fork(data, roster.log)
    verdict = "authentic" if roots else "consistent, parties not authenticated"
    return verdict, [
        f"verdict: {verdict}",
        (
            f"+ The log key of {roster.party}, roster version {roster.version}, signed two histories "
            f"of {fork.origin}: heads of {fork.sizes[0]} and {fork.sizes[1]} entries exclude each "
            "other."
        ),
        f"    {roster.party}: root fingerprint {roster.fingerprint.hex()}",
        "- Why: by intent, by theft of the key, or by a node restored from an old copy.",
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    given = _arguments(arguments)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    try:
        with open(given.file, "rb") as opened:
            data = opened.read(4_194_305)
        card = b""
        if given.card is not None:
            with open(given.card, "rb") as opened:
                card = opened.read(65_536)
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    is_fork = data.startswith(encode(["firebreak fork 1", []])[:-1])
    if is_fork != (given.card is not None):
        print(
            "A proof of a fork is verified with --card, the card of the log's party; evidence "
            "without.",
            file=sys.stderr,
        )
        return 2
    try:
        if is_fork:
            verdict, lines = _verify_fork_file(data, card, given.root)
        else:
            evidence = verify_evidence(data, given.root)
            verdict, lines = evidence.verdict, say_evidence(evidence)
    except Refused as reason:
        if given.json:
            print(json.dumps({"verdict": "refused", "reason": str(reason)}))
        print(f"refused: {reason}", file=sys.stderr)
        return 1
    print(json.dumps({"verdict": verdict, "says": lines}) if given.json else "\n".join(lines))
    return 0


if __name__ == "__main__":
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads the output has closed it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 2
    sys.exit(code)
