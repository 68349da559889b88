"""Every slot of agreements, rosters, records and receipts out of its range: both read alike."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from firebreak.errors import FirebreakError
from firebreak.ledger.receipt import parse_receipt
from firebreak.records import sign1
from firebreak.records.agreement import (
    AgreedLine,
    AgreedRelay,
    AgreedSeparation,
    AgreedZone,
    KindTerm,
    LineCheckTime,
    NeutralTerm,
    Witness,
    parse_agreement,
)
from firebreak.records.cbor import decode, encode
from firebreak.records.record import parse_payload
from firebreak.records.roster import parse_roster_payload
from firebreak.values import Position
from firebreak.volumes import Circle, Heights
from tests.verifiers import readers
from tests.worlds import ALPHA, World, a_notice

INTEGERS = (-1, 0, 1, 2, 6, 7, 15, 16, 64, 65, 255, 256, 1440, 3600, 3601, 65_535, 65_536, 2**32)
LARGE = (
    100_000,
    100_001,
    2**40,
    2**53,
    2**53 + 1,
    2**63,
    400 * 86_400_000,
    400 * 86_400_000 + 1,
    253_402_300_800_000,
)
OTHERS: tuple[Any, ...] = (b"", b"\0", bytes(32), "", "x", "y" * 64, "y" * 121, (), ((),), (0, 0))
Path = tuple[int, ...]


@pytest.fixture(scope="session")
def tool() -> ModuleType:
    return readers.load_tool()


def places(item: Any, at: Path = ()) -> Iterator[Path]:
    """Every place in a decoded item, the item itself left out; of a long list the first few."""
    if isinstance(item, tuple):
        for number, part in enumerate(item if len(item) <= 24 else item[:3]):
            yield (*at, number)
            yield from places(part, (*at, number))


def get(item: Any, path: Path) -> Any:
    for step in path:
        item = item[step]
    return item


def put(item: Any, path: Path, value: Any) -> Any:
    """The item with one place changed."""
    if not path:
        return value
    first, *rest = path
    return (*item[:first], put(item[first], tuple(rest), value), *item[first + 1 :])


def changes(item: Any) -> Iterator[Any]:
    """The item with each place in turn out of its range, or at its edge, or of another sort."""
    for path in places(item):
        now = get(item, path)
        values: list[Any] = list(OTHERS)
        if isinstance(now, int):
            values += [*INTEGERS, *LARGE, now + 1, now - 1]
        if isinstance(now, bytes | str):
            values += [now * 2, now[:-1], now[1:]]
        if isinstance(now, tuple):
            values += [now[::-1], now[:-1], now + now[-1:], now * 70]
        for value in values:
            if value != now:
                yield put(item, path, value)


def taken(read: Callable[[bytes], object], data: bytes, errors: type[Exception]) -> bool:
    try:
        read(data)
    except errors:
        return False
    return True


def assert_alike(
    tool: ModuleType,
    data: bytes,
    ours: Callable[[bytes], object],
    theirs: Callable[[bytes], object],
) -> None:
    """Both read the bytes as they are, and take or refuse each change of them alike."""
    assert taken(ours, data, FirebreakError)
    assert taken(theirs, data, tool.Refused)
    plain = decode(data)
    for changed in changes(plain):
        spoiled = encode(changed)
        one = taken(ours, spoiled, FirebreakError)
        assert taken(theirs, spoiled, tool.Refused) == one, (one, spoiled.hex())


def test_agreements(tool: ModuleType) -> None:
    """Its lines and zones stand, since the tool has no geometry (EV-19)."""
    world = World()
    line = (Position(550_000_000, 190_000_000), Position(551_000_000, 190_000_000))
    agreement = replace(
        world.agreement,
        line_checks=(LineCheckTime(world.agreement.channels[1].channel, 540),),
        lead_times=(KindTerm(1, 0), KindTerm(2, 60_000)),
        lines=(AgreedLine("the line", line),),
        zones=(AgreedZone("a zone", Circle(line[0], 5_000), Heights(None, None)),),
        relays=(
            AgreedRelay("CHARLIE", world.parties[0].receipt.public.raw, readable=True),
            AgreedRelay("DELTA", world.parties[1].receipt.public.raw, readable=False),
        ),
        witnesses=(Witness("witness.example", world.parties[0].log.public.raw),),
        separations=(AgreedSeparation(world.agreement.channels[1].channel, 9_260, 1_000, 300),),
        holidays=(20_812, 20_819),
        terms_offered=(NeutralTerm("incursion", "crossing"), NeutralTerm("x", "y")),
    )
    payload = agreement.payload()
    plain = decode(payload)
    assert tool.parse_agreement(payload).digest == agreement.digest()
    shapes = {(1, 16), (1, 17)}
    for path in places(plain):
        if path[:2] in shapes and len(path) > 3:
            continue
        for value in (*OTHERS, *INTEGERS, *LARGE):
            spoiled = encode(put(plain, path, value))
            one = taken(parse_agreement, spoiled, FirebreakError)
            two = taken(tool.parse_agreement, spoiled, tool.Refused)
            assert one == two, (path, value, one)


def test_rosters(tool: ModuleType) -> None:
    payload = World().parties[0].roster.roster.payload()
    assert_alike(tool, payload, parse_roster_payload, tool.parse_roster)


RECORDS = [path for path in readers.files("") if path.parent.name == "accept"]
KINDS = [path for path in RECORDS if readers.read(path)["level"] == "decode"]


@pytest.mark.parametrize("path", KINDS, ids=lambda path: path.stem)
def test_records(tool: ModuleType, path: Any) -> None:
    """Every kind, every slot."""
    data = bytes.fromhex(json.loads(path.read_text(encoding="utf-8"))["input"])
    payload = sign1.parse(data).payload

    def theirs(changed: bytes) -> None:
        tool.parse_record(sign1.Sign1(changed, bytes(64)).encoded())

    def ours(changed: bytes) -> None:
        parse_payload(sign1.parse(sign1.Sign1(changed, bytes(64)).encoded()).payload)

    assert_alike(tool, payload, ours, theirs)


def test_receipts(tool: ModuleType) -> None:
    world = World()
    for _ in range(4):
        world.append(ALPHA, 1, a_notice())
    data = world.receipt(1, ALPHA, held=[(0, 1), (1, 2), (3, 4)])
    payload = sign1.parse(data).payload

    def signed(read: Callable[[bytes], object]) -> Callable[[bytes], object]:
        return lambda changed: read(sign1.Sign1(changed, bytes(64)).encoded())

    assert_alike(tool, payload, signed(parse_receipt), signed(tool.parse_receipt))
