"""How the targets of spec/custody.md read their input, and what they begin with."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from firebreak.ledger import custody
from firebreak.line import relaying
from firebreak.line.bundle import Bundle, Entries
from firebreak.node import readable
from firebreak.records import sign1
from firebreak.records.cbor import encode
from firebreak.store import relay_directory
from firebreak.values import Millis, Precedence
from tests.fuzz import examples
from tests.ledger.custody_example import HEADER, KEY, ORIGIN, statements
from tests.worlds import ALPHA


def some_receipts() -> Iterator[bytes]:
    book, _ = statements()
    for index in range(2):
        yield book.receipt(index)


def some_statements() -> Iterator[bytes]:
    """Payloads, as they are signed."""
    for data in statements()[0].entries:
        yield sign1.parse(data).payload


def read_statement(payload: bytes) -> custody.Statement:
    """Any payload, signed by the relay."""
    context = encode(("firebreak custody 1", ORIGIN))
    data = sign1.sign(KEY, context, payload).encoded()
    found = custody.open_statement(data, ORIGIN, KEY.public)
    if isinstance(found.step, custody.Taken):
        assert len(found.step.header) == len(HEADER)
    return found


def statement_payload(found: custody.Statement) -> bytes:
    return sign1.parse(custody.sign_statement(found, ORIGIN, KEY)).payload


def read_verified(data: bytes) -> Any:
    return custody.verify_custody(data, KEY.public)


def some_cards() -> Iterator[bytes]:
    yield sign1.parse(_card()).payload


def _card() -> bytes:
    card = custody.RelayCard("SWISS", ORIGIN, KEY.public.raw, b"a certificate")
    return custody.sign_card(card, KEY)


def read_card(payload: bytes) -> custody.RelayCard:
    """Any payload, signed by the relay, from a file that the operator names."""
    data = sign1.sign(KEY, encode(("firebreak relay card 1",)), payload).encoded()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "card"
        path.write_bytes(data)
        found = relay_directory.read_relay_card(path, KEY.public.raw)
    assert custody.open_card(data) == found
    return found


def card_payload(found: custody.RelayCard) -> bytes:
    return sign1.parse(custody.sign_card(found, KEY)).payload


def some_messages() -> Iterator[bytes]:
    book, _ = statements()
    for message in (
        relaying.Ask(0, None),
        relaying.Ask(2, book.head(2)),
        relaying.Have(bytes(32)),
        relaying.Declined(bytes(32)),
        relaying.Shown(book.receipt(1), 1, (bytes(32),)),
    ):
        yield relaying.encode_message(message)


def some_relay_files() -> Iterator[bytes]:
    yield relay_directory.RelayConfig("SWISS", ORIGIN).to_toml().encode()
    yield relay_directory.RelayConfig("ÉTAT", ORIGIN, "[::1]:7150").to_toml().encode()


def read_relay_file(data: bytes) -> relay_directory.RelayConfig:
    """relay.toml, as it lies in a relay's directory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / relay_directory.RELAY_FILE).write_bytes(data)
        found = relay_directory.RelayDirectory.open(folder).config
    assert relay_directory.RelayConfig.from_toml(found.to_toml()) == found
    return found


def some_letters() -> Iterator[bytes]:
    header = readable.ClearHeader(True, bytes(8), Precedence.FLASH, Millis(0))
    item = Entries(1, 0, (examples.records()[0],), bytes(32), bytes(64))
    yield readable.compose_letter(header, Bundle(b"abcd", ALPHA, (item,)))


def letter_bytes(found: readable.Letter) -> bytes:
    return readable.compose_letter(found.header, found.bundle)


def some_headers() -> Iterator[bytes]:
    yield HEADER
    yield readable.ClearHeader(True, bytes(8), Precedence.FLASH, Millis(0)).encoded()


def read_header(data: bytes) -> object:
    """The 16 bytes of a clear header in a statement."""
    return readable.clear_header(data[:16])
