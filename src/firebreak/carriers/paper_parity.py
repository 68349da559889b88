"""Spare parts: any `count` of all parts give back the first `count` (spec/paper.md §3).

A Cauchy code over GF(256), as Reed-Solomon codes are: bytes are polynomials over GF(2) modulo
x^8 + x^4 + x^3 + x^2 + 1. Part p above the first `count` is the sum over j of parts j, each times
1 / (p + j). Every square part of that matrix can be inverted, so no set of losses is worse than
another of as many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

_MODULUS: Final = 0x11D
MOST_PARTS: Final = 256
"""Part numbers are elements of the field."""


def _tables() -> tuple[list[int], list[int]]:
    """Powers of x, twice over; and their exponents."""
    powers, exponents, value = [0] * 510, [0] * 256, 1
    for exponent in range(255):
        powers[exponent] = powers[exponent + 255] = value
        exponents[value] = exponent
        value <<= 1
        if value & 0x100:
            value ^= _MODULUS
    return powers, exponents


_POWERS, _EXPONENTS = _tables()


def _product(a: int, b: int) -> int:
    return _POWERS[_EXPONENTS[a] + _EXPONENTS[b]] if a and b else 0


def _inverse(a: int) -> int:
    return _POWERS[255 - _EXPONENTS[a]]


_TIMES: Final = [bytes(_product(a, b) for b in range(256)) for a in range(256)]
"""_TIMES[a] turns every byte b into a × b, by bytes.translate."""


def _factor(spare: int, part: int) -> int:
    """1 / (spare + part): addition in this field is exclusive or."""
    return _inverse(spare ^ part)


def _added(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(len(one))


def spare(parts: Sequence[bytes], number: int) -> bytes:
    """Spare part `number`, len(parts) to 255 (PA-5). parts: the first ones, all of one length."""
    total = bytes(len(parts[0]))
    for place, part in enumerate(parts):
        total = _added(total, part.translate(_TIMES[_factor(number, place)]))
    return total


def restored(known: Mapping[int, bytes], count: int) -> list[bytes]:
    """The first `count` parts, from any `count` or more by number, all of one length."""
    missing = [number for number in range(count) if number not in known]
    spares = sorted(number for number in known if number >= count)[: len(missing)]
    rows: list[list[int]] = []
    sums: list[bytes] = []
    for number in spares:
        total = known[number]
        for place in range(count):
            if place in known:
                total = _added(total, known[place].translate(_TIMES[_factor(number, place)]))
        rows.append([_factor(number, place) for place in missing])
        sums.append(total)
    found = dict(zip(missing, _solved(rows, sums), strict=True))
    return [known[n] if n in known else found[n] for n in range(count)]


def _solved(rows: list[list[int]], sums: list[bytes]) -> list[bytes]:
    """By Gauss and Jordan; the matrix can be inverted, and so can what is left of it at each step."""
    size = len(rows)
    for step in range(size):
        pivot = next(row for row in range(step, size) if rows[row][step])
        rows[step], rows[pivot] = rows[pivot], rows[step]
        sums[step], sums[pivot] = sums[pivot], sums[step]
        scale = _TIMES[_inverse(rows[step][step])]
        rows[step] = [scale[value] for value in rows[step]]
        sums[step] = sums[step].translate(scale)
        for row in range(size):
            factor = rows[row][step]
            if row != step and factor:
                times = _TIMES[factor]
                rows[row] = [a ^ times[b] for a, b in zip(rows[row], rows[step], strict=True)]
                sums[row] = _added(sums[row], sums[step].translate(times))
    return sums
