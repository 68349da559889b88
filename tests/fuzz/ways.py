"""How each target reads its input, and what it begins with.

`read_…` take an input; those behind a signature get what is signed, and sign it. `some_…` give
examples, always the same.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache, partial
from io import BytesIO
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, cast

import segno
from fastapi import FastAPI
from PIL import Image
from websockets.server import ServerProtocol

from firebreak.carriers import files, paper
from firebreak.carriers.link import Link, Pace, Stream, answer_upgrade, request_upgrade
from firebreak.carriers.socket import PeerPin, tls_context
from firebreak.cli import inputs
from firebreak.cli.places import id_beginning
from firebreak.desk.entries.checks import Carrier
from firebreak.desk.overlap import volume_of
from firebreak.errors import FirebreakError, InvalidValue, Malformed, StoreTrouble
from firebreak.evidence import file as evidence_file
from firebreak.evidence.attempts import parse_attempts, verify_attempts
from firebreak.evidence.control import Control
from firebreak.evidence.judging import judge_channel
from firebreak.evidence.verify import open_given, verify
from firebreak.ledger import checkpoint, fork, merkle, receipt, tiles
from firebreak.ledger.commitment import commitment
from firebreak.ledger.judge import Tail
from firebreak.line import bundle, narrow, statements
from firebreak.mldsa import MldsaKey, verify_line
from firebreak.node import logs
from firebreak.node.checks import Checks, Surroundings
from firebreak.node.core import Joined, Node, Outside
from firebreak.node.incidents import Incidents
from firebreak.node.journal import Journal
from firebreak.node.relaying import Relaying
from firebreak.node.routes import Routes
from firebreak.node.runner import Runner, parse_address
from firebreak.node.shared import SideKeys
from firebreak.phrases import lines, names_of, sentence
from firebreak.records import agreement, cbor, drafting, figures, record, roster, sign1, spelling
from firebreak.records.areas import AREA
from firebreak.records.differences import differences
from firebreak.records.kinds import Kind
from firebreak.records.readback import compare_read_back, critical_fields
from firebreak.sealing import (
    Suite,
    open_bundle,
    open_secret,
    parse_header,
    seal,
)
from firebreak.store import directory, incarnation, keyfiles, rows
from firebreak.values import Millis, PartyNumber, Precedence
from firebreak.volumes import Heights, Volume, Window, check, conflict
from firebreak.web.api import app_for
from firebreak.web.plain import plain, volume
from tests import attempts_example
from tests.fuzz import examples
from tests.fuzz.corpus_files import CORPUS
from tests.hostile.store import Disk, MemoryStore
from tests.records import parties
from tests.worlds import ALPHA, BRAVO, DAY, NOW, seed_of

AIR: Final = examples.AIR
LANGUAGES: Final = ("en", "ru", "uk", "pl")


def text_of(data: bytes) -> str:
    """What a person or a file may hand in as text; half pairs too, as a command line has them."""
    return data.decode(errors="surrogateescape")


def each(*reads: Callable[[], object]) -> None:
    """Try all of them; one refusal, if there was any, stands for all."""
    refusal: FirebreakError | None = None
    for read in reads:
        try:
            read()
        except FirebreakError as error:
            refusal = error
    if refusal is not None:
        raise refusal


def items_of(data: bytes, *sorts: type | tuple[type, ...]) -> tuple[Any, ...]:
    """The array that bytes encode, of items of these sorts. Raises Malformed."""
    found = cbor.decode(data)
    if not isinstance(found, tuple) or len(found) != len(sorts):
        raise Malformed("not an array of that length")
    if not all(isinstance(item, sort) for item, sort in zip(found, sorts, strict=True)):
        raise Malformed("an item of another sort")
    return found


# Records


def read_shown(payload: bytes) -> object:
    """Everything that is derived from a record to be shown, in every language."""
    said = record.parse_payload(payload)
    names = names_of(examples.the_world().agreement)
    shown = [(sentence(said, names, lang), lines(said, names, lang)) for lang in LANGUAGES]
    fields = critical_fields(said)
    assert compare_read_back(fields, [value for _, value in fields]) == []
    view = json.dumps(plain(said.body)).encode(), json.dumps(shown).encode()
    try:
        claimed = volume(said)
    except InvalidValue:
        claimed = None
    return view, claimed


def read_area(data: bytes) -> object:
    """An area checked, and held against itself and another."""
    found = AREA.value(cbor.decode(data))
    window, heights = Window(Millis(0), Millis(1)), Heights(None, None)
    check(Volume(found, heights, window))
    other = AREA.value(cbor.decode(examples.areas()[0]))
    conflict(Volume(found, heights, window), Volume(other, heights, window))
    return found


def read_claimed(data: bytes) -> object:
    said = record.parse_payload(data)
    claimed = volume_of(said)
    if claimed is not None:
        check(claimed)
    return said


def read_signed_as_agreed(payload: bytes) -> object:
    """An agreement's file round any payload, with good signatures over it."""
    made = []
    for number, party in enumerate((parties.ALPHA, parties.BRAVO)):
        secrets = parties.sealed(parties.smallest(), number)
        unsigned = agreement.PartySignature(PartyNumber(number), party.card, secrets, ())
        keys = party.roots[: party.roster.threshold]
        signatures = roster.sign_as_root(party.roster, unsigned.context(), payload, keys)
        made.append((number, party.card.encoded(), secrets, signatures))
    data = cbor.encode((payload, tuple(made)))
    signed = agreement.parse_signed_agreement(data)
    each(
        partial(differences, parties.smallest(), signed.agreement),
        partial(agreement.check_next_version, parties.smallest(), data),
    )
    return signed


def read_signed_as_card(payload: bytes) -> object:
    """A card round any payload, signed by ALPHA's root."""
    party = parties.ALPHA
    keys = party.roots
    signatures = roster.sign_as_root(party.roster, roster.ROSTER_CONTEXT, payload, keys)
    signed = roster.parse_signed_roster(cbor.encode((payload, signatures)))
    signed.roster.check_follows(party.roster)
    return signed


def read_draft(data: bytes) -> object:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Malformed("no text") from error
    made = drafting.read_draft(text)
    assert drafting.read_draft(drafting.draft_to_toml(made)) == made
    cards = [parties.ALPHA.card, parties.BRAVO.card]
    each(partial(drafting.toml_to_agreement, text, cards))
    return made


# Typed by a person


def read_figures(data: bytes) -> None:
    text = text_of(data)
    lower, _, upper = text.partition("\n")
    each(
        partial(figures.parse_position, text),
        partial(figures.parse_height, text),
        partial(figures.parse_heights, lower, upper),
        partial(figures.parse_date_time_group, text),
    )


def read_spelling(data: bytes) -> None:
    text = text_of(data)
    each(
        partial(spelling.parse_duration, text),
        partial(spelling.parse_size, text),
        partial(spelling.parse_length, text),
        partial(spelling.parse_separation, text),
        partial(spelling.parse_feet, text),
        partial(spelling.parse_clock, text),
        partial(spelling.code_named, Kind, text),
        partial(id_beginning, text),
        partial(_address, text),
    )


def _address(text: str) -> object:
    directory.check_address(text)
    return parse_address(text)


def read_typed(data: bytes) -> None:
    text = text_of(data)
    first, _, second = text.partition("\n")
    now = Millis(NOW)
    each(
        partial(inputs.future, text, now),
        partial(inputs.past, text, now),
        partial(inputs.span, first, second, None, now),
        partial(inputs.span, first, None, second, now),
        partial(inputs.metres, text),
        *(partial(inputs.check, option, "", text) for option in _AREA_OPTIONS),
    )


_AREA_OPTIONS: Final = ("--circle", "--polygon", "--corridor", "--kind")


def read_back(data: bytes) -> None:
    first, *given = text_of(data).split("\n")
    assert compare_read_back([("field", first)], [first]) == []
    compare_read_back([("field", first), ("other", "A 1")], given)


# Ledger


def read_merkle(data: bytes) -> None:
    index, size, leaf, root, proof = items_of(data, int, int, bytes, bytes, tuple)
    if not all(isinstance(item, bytes) for item in proof):
        raise Malformed("a hash of another sort")
    each(
        partial(merkle.verify_inclusion, leaf, index, size, proof, root),
        partial(merkle.verify_consistency, index, leaf, size, root, proof),
    )


def read_tiles(data: bytes) -> None:
    width, content = (data[0] if data else 0), data[1:]
    each(
        partial(tiles.parse_entry_bundle, width, content),
        partial(tiles.parse_hash_tile, width, content),
    )


def read_fork_signed(data: bytes) -> object:
    """A proof of a fork with good signatures under both heads, whatever they say."""
    found = fork.parse_fork(data)
    key = examples.the_world().log(AIR, ALPHA).key
    heads = []
    for head in (found.first, found.second):
        try:
            at = checkpoint.Checkpoint(found.origin, head.size, head.root)
        except InvalidValue as error:
            raise Malformed(str(error)) from error
        signature = checkpoint.sign_checkpoint(at, key)
        heads.append(fork.SignedHead(head.size, head.root, signature))
    signed = fork.Fork(found.origin, heads[0], heads[1], found.branch).encoded()
    return fork.verify_fork(signed, key.public)


@cache
def _mldsa() -> MldsaKey:
    return MldsaKey(bytes(range(32)))


def read_mldsa_line(data: bytes) -> None:
    head, _ = examples.the_world().log(AIR, ALPHA).head()
    public = _mldsa().public
    line = _mldsa().line(head)
    made = checkpoint.SignatureLine(line.name, line.key_id, data)
    each(
        partial(verify_line, head, public, made),
        partial(verify_line, head, data[:1_312].ljust(1_312, b"\x00"), line),
    )


def read_open_note(data: bytes) -> object:
    return checkpoint.open_note(data, examples.the_world().log(AIR, ALPHA).key.public)


def read_signed_receipt(payload: bytes) -> object:
    """A receipt under the right key, whatever it says."""
    made = examples.the_world()
    log, key = made.log(AIR, ALPHA), made.parties[BRAVO].receipt
    aad = cbor.encode(("firebreak receipt 1", made.agreement.id, log.origin))
    data = sign1.sign(key, aad, payload).encoded()
    each(
        partial(open_given, data, ALPHA, log.origin, Control(made.signed)),
    )
    return receipt.open_receipt(data, made.agreement.id, log.origin, key.public)


def receipt_payload(found: receipt.Receipt) -> bytes:
    made = examples.the_world()
    log, key = made.log(AIR, ALPHA), made.parties[BRAVO].receipt
    data = receipt.sign_receipt(found, made.agreement.id, log.origin, key)
    return sign1.parse(data).payload


# The line


def read_statement(payload: bytes) -> None:
    """A heartbeat, or what is held, under the right key, whatever it says."""
    made = examples.the_world()
    log, key, number = made.log(AIR, ALPHA), made.parties[BRAVO].receipt, made.agreement.id
    pulse = sign1.sign(key, cbor.encode(("firebreak pulse 1", number, AIR)), payload).encoded()
    held = sign1.sign(key, cbor.encode(("firebreak held 1", number, log.origin)), payload)
    each(
        partial(statements.open_pulse, pulse, number, AIR, key.public),
        partial(statements.open_held, held.encoded(), number, log.origin, key.public),
    )


def _node() -> Node:
    """BRAVO's node, new, on a disk of its own; what it sends is lost."""
    made = examples.the_world()
    keys = made.parties[BRAVO]
    readers = {PartyNumber(n): party.reader_secret for n, party in enumerate(made.parties)}
    secrets = SideKeys(keys.record, keys.log, keys.receipt, keys.mldsa, readers)
    store = MemoryStore(Disk(), lambda told: told())
    outside = Outside(store, lambda: Millis(NOW + DAY // 24), lambda *_: True, Suite.NARROW)
    return Node(keys.sealing, [Joined(made.signed, BRAVO, secrets)], outside)


def read_received(data: bytes) -> None:
    """An opened bundle taken in by a node, twice, and what is due then."""
    found = bundle.parse_bundle(data)
    node = _node()
    for _ in range(2):
        node.sides[0].receive(found)
        node.tick()


def read_sealed_anew(data: bytes) -> None:
    """Any plaintext, sealed to a node."""
    node = _node()
    to = node.sealing.public
    if len(data) > 60_000:
        raise Malformed("more than is tried here")
    node.receive(seal(data, to, Suite.NARROW, Precedence.ROUTINE, Millis(NOW + 2 * DAY)), "ALPHA")


def read_entries(data: bytes) -> None:
    """Whatever payloads, signed by an officer and committed to by the right log key, taken in."""
    found = cbor.decode(data, bundle.MAX_BUNDLE)
    if not isinstance(found, tuple) or not all(isinstance(item, bytes) for item in found):
        raise Malformed("not an array of payloads")
    made = examples.the_world()
    node, party = _node(), made.parties[ALPHA]
    log = made.log(AIR, ALPHA)
    signed = tuple(
        sign1.sign(party.officer, examples.context().external_aad(), cast(bytes, payload)).encoded()
        for payload in found[:16]
    )
    fresh = [one for one in signed if 0 < len(one) <= 65_535]
    if not fresh:
        raise Malformed("no entry")
    frontier = merkle.Frontier()
    for index, one in enumerate(fresh):
        leaf = merkle.leaf_hash(commitment(log.salt(index), one))
        frontier = frontier.append(leaf)
    head = checkpoint.Checkpoint(log.origin, frontier.size, frontier.root())
    signature = checkpoint.sign_checkpoint(head, party.log)
    item = bundle.Entries(AIR, 0, tuple(fresh), frontier.root(), signature)
    prefix = made.agreement.id[: bundle.AGREEMENT_PREFIX]
    node.sides[0].receive(bundle.Bundle(prefix, ALPHA, (item,)))
    assert node.sides[0].shared.theirs(AIR).durable in (0, len(fresh))  # 0: one has to wait
    node.tick()


# Carriers, sealing


class _Wire:
    """A connection on which bytes come, some at a time: the first says how many."""

    def __init__(self, data: bytes) -> None:
        step, rest = 1 + (data[0] if data else 0) * 8, data[1:]
        self.pieces = [rest[at : at + step] for at in range(0, len(rest), step)][:4_000]
        self.unread = 0

    async def read(self) -> bytes:
        return self.pieces.pop(0) if self.pieces else b""

    async def flush(self, protocol: Any) -> None:
        self.write(protocol)

    def write(self, protocol: Any) -> None:
        self.unread += sum(map(len, protocol.data_to_send()))

    async def close(self, seconds: float) -> None:
        """Nothing to close."""


async def _take(taken: list[int], data: bytes) -> None:
    taken.append(len(data))


def _run(work: Callable[[], Any]) -> Any:
    """Run one piece of asynchronous work; a connection that breaks off is no fault."""
    with asyncio.Runner() as runner:
        try:
            return runner.run(work())
        except ConnectionError as error:
            raise Malformed(f"It ended early: {error}") from error


def read_frames(data: bytes) -> None:
    """What comes on a connection that stands, whatever it is."""

    async def serve() -> None:
        protocol = ServerProtocol(max_size=bundle.MAX_BUNDLE)
        request = protocol_request(protocol)
        protocol.send_response(protocol.accept(request))
        protocol.data_to_send()
        taken: list[int] = []
        link = Link(cast(Stream, _Wire(data)), protocol, [], Pace())
        await link.run(partial(_take, taken))
        await link.close()
        assert sum(taken) <= len(data)

    _run(serve)


def protocol_request(protocol: ServerProtocol) -> Any:
    """The request that opens a connection, as it came."""
    protocol.receive_data(UPGRADE)
    (request,) = protocol.events_received()
    return request


UPGRADE: Final = (
    b"GET /firebreak/1 HTTP/1.1\r\nHost: firebreak\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    b"Sec-WebSocket-Version: 13\r\n\r\n"
)
ANSWER: Final = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n"
)


def read_upgrades(data: bytes) -> None:
    """The one HTTP exchange, on both sides."""
    each(
        lambda: _run(lambda: answer_upgrade(cast(Stream, _Wire(data)))),
        lambda: _run(lambda: request_upgrade(cast(Stream, _Wire(data)))),
    )


def some_frames() -> Iterator[bytes]:
    """Frames as a client sends them, with a mask of noughts."""
    for head, payload in (
        (0x82, b"bundle"),
        (0x82, bytes(200)),
        (0x89, b"ping"),
        (0x88, b"\x03\xe8bye"),
        (0x81, b"text"),
        (0x02, b"piece"),
        (0x80, b"piece"),
    ):
        length = bytes([0x80 | len(payload)])
        if len(payload) > 125:
            length = b"\xfe" + len(payload).to_bytes(2, "big")
        yield b"\x07" + bytes([head]) + length + bytes(4) + payload
    yield b"\x82\xff" + b"\x7f" + b"\xff" * 7 + bytes(4)


def _session() -> narrow.Session:
    """ALPHA's end of a narrow line that has met BRAVO's."""
    ends = [
        narrow.Session(
            narrow.LineKeys.of(bytes(32), ours, theirs), lambda size: bytes(size - 1) + b"1", 0
        )
        for ours, theirs in ((b"a" * 32, b"b" * 32), (b"b" * 32, b"a" * 32))
    ]
    for sender, receiver in (ends, ends[::-1]) * 3:
        for datagram in sender.due(0):
            answer = receiver.take(datagram, 0).answer
            if answer is not None:
                sender.take(answer, 0)
    assert ends[0].met
    return ends[0]


def read_datagrams(data: bytes) -> None:
    """Frames from a peer that has the keys and keeps no rule, a length before each datagram's."""
    session, at, now = _session(), 0, 0
    session.put(b"a bundle", Precedence.FLASH)
    while at < len(data) and now < 50_000:
        length, now = data[at] * 4, now + 37
        body, at = data[at + 1 : at + 1 + length], at + 1 + length
        session.take(body, now)
        session.take(body + narrow._mac(session._back_key, body), now)
        session.due(now)
        assert session.wake_at() >= 0
        assert session._parts_bytes == sum(part.held for part in session._parts.values())
        assert session._parts_bytes <= narrow.MOST_PARTS


def some_datagrams() -> Iterator[bytes]:
    """A hello, and datagrams of pieces, acknowledgements and a ping."""
    head = bytes([narrow.DATA]) + narrow.hint(bytes(32))
    piece = b"\x02\x00\x01" + b"\x00\x00\x00" + b"\x00\x00\x08" + b"\x00\x04half"
    rest = b"\x02\x00\x01" + b"\x00\x00\x04" + b"\x00\x00\x08" + b"\x00\x04half"
    large = b"\x02\x00\x02" + b"\x00\x00\x00" + b"\x10\x00\x00" + b"\x00\x04half"
    acknowledged = b"\x01" + bytes(3) + b"\x01" + b"\xff" * 4
    made = []
    for number, frames_of in enumerate((piece, rest + b"\x03", large, acknowledged), 1):
        body = head + number.to_bytes(4, "big") + frames_of
        made.append(bytes([-(-len(body) // 4)]) + body.ljust(-(-len(body) // 4) * 4, b"\x03"))
    yield b"".join(made)
    yield made[2] * 9


@cache
def _folder() -> Path:
    """A folder for inputs that are read as files, gone when this process is."""
    holder = tempfile.TemporaryDirectory(prefix="fuzz")
    _KEPT.append(holder)
    return Path(holder.name)


_KEPT: Final[list[tempfile.TemporaryDirectory[str]]] = []


def as_file(data: bytes, read: Callable[[Path], object]) -> object:
    """Read bytes as the file that they may come in."""
    path = _folder() / "input"
    path.write_bytes(data)
    path.chmod(0o600)
    return read(path)


def read_bundle_file(data: bytes) -> bytes:
    return cast(bytes, as_file(data, files.read_bundle))


def some_paper_parts() -> list[bytes]:
    parts = [*paper.cut(bytes(100)), *paper.cut(bytes(range(250)) * 20)]
    return [part.encoded() for part in parts]


def some_paper_pictures() -> list[bytes]:
    """One code each, in both formats."""
    part = paper.cut(bytes(40))[0].encoded()
    made = segno.make(part, mode="byte", error="m", micro=False)
    side = int(made.symbol_size()[0])
    rows = [0 if module else 255 for row in made.matrix_iter() for module in row]
    image = Image.new("L", (side, side))
    image.putdata(rows)
    image = image.resize((4 * side, 4 * side), Image.Resampling.NEAREST)
    pictures = []
    for kind in ("PNG", "JPEG"):
        file = BytesIO()
        image.save(file, kind)
        pictures.append(file.getvalue())
    return pictures


def header_bytes(found: tuple[Any, bytes]) -> bytes:
    header, rest = found
    return cast(bytes, header.encoded()) + rest


def read_header(data: bytes) -> tuple[Any, bytes]:
    found = parse_header(data)
    keys = [examples.the_world().parties[BRAVO].sealing]
    each(
        partial(open_bundle, data, keys, Millis(NOW)),
        partial(open_secret, data, keys, b"context"),
    )
    return found, data[16:]


def read_unsealed(data: bytes) -> object:
    """Bundles under the right key's name, so that opening is tried."""
    public = examples.the_world().parties[BRAVO].sealing.public
    keys = [examples.the_world().parties[BRAVO].sealing]
    for suite in Suite:
        named = data[:1] + bytes([suite]) + public.key_id(suite) + data[10:]
        each(partial(open_bundle, named, keys, Millis(NOW)))
    return None


# Evidence


def read_evidence_of(payload: bytes) -> object:
    """Any payload, signed and committed to, as the one entry of a control log in a file."""
    made = examples.the_world()
    context = made.agreement.context(0, ALPHA)
    signed = sign1.sign(made.parties[ALPHA].record, context.external_aad(), payload).encoded()
    judged = judge_channel(0, {ALPHA: [(0, signed)]}, Control(made.signed))
    assert list(judged) == [(ALPHA, 0)]
    return judged


def read_verify(data: bytes) -> object:
    made = examples.the_world()
    evidence = evidence_file.parse_evidence(data)
    each(partial(verify, data, []), partial(verify, data, made.fingerprints))
    return evidence


def read_attempts(data: bytes) -> object:
    """A file of attempts, with no root fingerprint and with its party's."""
    made = parse_attempts(data)
    root = attempts_example.party().fingerprint
    each(partial(verify_attempts, data, []), partial(verify_attempts, data, [root]))
    return made


# Store


def read_row(data: bytes) -> object:
    """A row of an entry with any values that columns hold."""
    found = cbor.decode(data)
    if not isinstance(found, tuple) or len(found) != 10:
        raise Malformed("not a row")
    values = [
        None
        if value == ()
        else (value + 2**63) % 2**64 - 2**63
        if isinstance(value, int)
        else value
        for value in found
    ]
    return rows.from_row("firebreak.line/" + "0" * 32 + "/0", tuple(values))


def read_kept(data: bytes) -> None:
    """What a store keeps of its own besides entries: what is wrong there is the store's trouble."""
    for read in (logs.parse_heads, logs.parse_spared, logs.parse_tail):
        with suppress(StoreTrouble):
            read(data)
    assert all(mark >= 0 for mark in incarnation._marks(data))


def read_node_file(data: bytes) -> object:
    folder = _folder() / "node"
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / directory.NODE_FILE).write_bytes(data)
    found = directory.NodeDirectory.open(folder).config
    assert directory.NodeConfig.from_toml(found.to_toml()) == found
    return found


def read_key_file(data: bytes) -> object:
    return as_file(data, lambda path: keyfiles.read_secret(path, keyfiles.LOG))


def read_signing_key_file(data: bytes) -> object:
    return as_file(data, lambda path: directory.read_signing_key(path, keyfiles.ROOT))


def read_tls_file(data: bytes) -> object:
    return as_file(data, keyfiles._read_certificate)


def read_card_file(data: bytes) -> object:
    return as_file(data, directory.read_card)


def read_agreement_file(data: bytes) -> object:
    return as_file(data, directory.read_agreement)


@cache
def some_key_files() -> tuple[bytes, ...]:
    """Key files of each form."""
    made = [keyfiles._rendered(name, bytes(range(32))) for name in (keyfiles.LOG, keyfiles.ROOT)]
    return (*made, keyfiles._rendered_tls(bytes(range(32)), 1))


def read_certificate(data: bytes) -> object:
    """A peer's certificate, pinned and trusted."""
    pin = PeerPin(data)
    (*_, own) = some_key_files()
    return as_file(own, lambda path: tls_context(ssl.PROTOCOL_TLS_SERVER, path, [pin.certificate]))


def some_certificates() -> Iterator[bytes]:
    """A certificate as a card has it."""
    (*_, tls) = some_key_files()
    yield cast(bytes, as_file(tls, keyfiles._read_certificate))


# The node's HTTP interface


ROUTES: Final = (
    ("GET", "/status", "", None),
    ("GET", "/records", "box=in&channel=air&kind=query&waiting=true&unread=1&limit=5&after=", None),
    ("GET", "/records", "after=firebreak.line/" + "0" * 32 + "/0:5", None),
    ("GET", "/records/0a1b", "", None),
    ("GET", "/notices", "agreement=0a1b2c3d", None),
    ("GET", "/ledger", "", None),
    ("GET", "/alerts", "after=0-1", None),
    ("GET", "/events", "after=0-1", None),
    ("GET", "/evidence/0a1b", "officers=one&whole=true", None),
    ("POST", "/draft", "", {"agreement": None, "channel": "air", "author": 1}),
    ("POST", "/check", "", {"channel": "air", "payload": "PAYLOAD"}),
    ("POST", "/submit", "", {"channel": "air", "records": ["AAAA"], "wait_ms": 0}),
    ("POST", "/displayed", "", {"ids": ["0a1b"]}),
    ("POST", "/bundles/export", "", {"agreement": None}),
    ("POST", "/bundles/import", "", {"bundle": "AAAA"}),
    ("POST", "/announce", "", None),
    ("GET", "/journal", "after=-1&kind=contacted&most=5", None),
    ("GET", "/journal/0a1b", "", None),
    ("POST", "/journal", "", {"entries": ["AAAA"]}),
    ("POST", "/journal/proofs", "", {"indices": [0]}),
    ("GET", "/contacts", "as_of=1795320000000&since=0", None),
    ("GET", "/incidents", "", None),
    ("GET", "/incidents/review", "since=0&until=1795320000000", None),
    ("GET", "/incidents/0a1b", "", None),
    ("GET", "/checks", "days=3", None),
    ("GET", "/checks/words", "party=ALPHA", None),
    ("GET", "/drills", "", None),
    ("GET", "/routes", "", None),
    ("GET", "/routes/0a1b", "", None),
    ("GET", "/relays", "", None),
    ("POST", "/relays/give", "", {"relay": "SWISS", "agreement": None, "by_hand": True}),
    ("POST", "/relays/give", "", {"relay": "SWISS", "readable": "0a1b", "by_hand": False}),
    ("POST", "/relays/custody", "", {"relay": "SWISS", "receipt": "AAAA"}),
)
ANSWERS: Final = {200, 400, 404, 405, 409, 422}


def some_requests() -> Iterator[bytes]:
    """A request to each route."""
    for method, path, query, body in ROUTES:
        yield json.dumps([method, path, query, body]).encode()
    for payload in examples.payloads()[:4]:
        made = {"channel": "air", "payload": payload.hex()}
        yield json.dumps(["POST", "/check", "", made]).encode()


def _no_relays(node: Node, config: directory.NodeConfig) -> Relaying:
    """Of a node that knows no relay."""
    place = cast(directory.NodeDirectory, SimpleNamespace(relay_cards=list, config=config))
    return Relaying(place, Path(), node, lambda: Millis(0), lambda name: None)


@cache
def _app() -> FastAPI:
    """The application over a node that nothing outside reaches."""

    async def no_time(seen: Callable[[], bool], seconds: float) -> bool:
        return seen()

    async def at_once() -> None:
        return None

    leaving = SimpleNamespace(is_set=lambda: True)
    config = directory.NodeConfig("BRAVO")
    carrier = SimpleNamespace(
        address=None, connected=lambda name: False, trouble=lambda name: None, refusals={}
    )
    node = _node()
    bravo = examples.the_world().parties[BRAVO]
    kept = Journal(
        node.outside.store,
        bravo.log,
        lambda: {bravo.roster.roster.version: bravo.roster.roster},
        lambda: Millis(NOW),
        lambda size: seed_of("journal")[:size],
    )
    runner = SimpleNamespace(
        node=node,
        journal=kept,
        card=bravo.roster,
        store=node.outside.store,
        carrier=carrier,
        directory=SimpleNamespace(config=config),
        relaying=_no_relays(node, config),
        checks=Checks(
            node.sides,
            kept,
            bravo.record,
            Surroundings(
                lambda: Millis(NOW),
                lambda peer: (Carrier.WIRE,),
                lambda peer: None,
                lambda: bravo.roster.roster.version,
                Millis(0),
            ),
        ),
        routes=Routes(node.sides, kept, lambda: Millis(NOW)),
        incidents=Incidents(node.sides, kept),
        agreements=[examples.the_world().signed],
        line_checks=[SimpleNamespace(unchecked=lambda now: {})],
        watchers=[],
        told={},
        started_at=0,
        leaving=leaving,
        until=no_time,
        settled=at_once,
        touched=lambda: None,
        announced=list,
    )
    return app_for(cast(Runner, runner))


async def _answered(method: str, path: str, query: str, body: bytes) -> tuple[int, bytes]:
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode("ascii", "replace"),
        "headers": [(b"content-type", b"application/json")],
    }
    sent: list[dict[str, Any]] = []

    pending = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not pending:
            await asyncio.Event().wait()  # it stays connected
        return pending.pop()

    async def send(message: Any) -> None:
        sent.append(dict(message))

    await _app()(scope, receive, send)
    return sent[0]["status"], b"".join(piece.get("body", b"") for piece in sent[1:])


def read_http(data: bytes) -> None:
    """A request of any program of this user; whatever it is, the answer is a typed one."""
    try:
        asked = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Malformed("no request") from error
    match asked:
        case [str(method), str(path), str(query), body]:
            method, path = (text.encode(errors="replace").decode() for text in (method, path))
        case _:
            raise Malformed("no request")
    raw = body.encode(errors="replace") if isinstance(body, str) else json.dumps(body).encode()
    status, answer = _run(lambda: _answered(method, path, query, raw))
    assert status in ANSWERS, (status, answer)
    if status >= 400:
        assert set(json.loads(answer)) == {"error", "what"}


# Sources


def texts(*lines_of: str) -> Callable[[], Iterable[bytes]]:
    """Examples that are texts."""
    return lambda: [line.encode() for line in lines_of]


POSITIONS: Final = (
    "551230N 0194512E",
    "551230.0N0194512.5E",
    "5512.5N 01945.2E",
    "55.2083, 19.7533",
    "55,2083 19,7533",
    "+55.0 -19.5",
    "55°12′30.0″N 019°45′12.5″E",
    "019E 55N",
    "55, 19.7",
)
HEIGHTS: Final = (
    "FL095",
    "9500 ft AMSL",
    "300m AGL",
    "300 m HAE\nUNL",
    "SFC\nFL245",
    "GND",
    "FL-10",
)
TIMES: Final = ("221430ZNOV26", "22143007ZNOV26", "221430Z", "now", "+2h", "-10min", "+2h\n90min")
AREAS: Final = (
    "551230N0194512E 15NM",
    "5512N01945E; 5520N01945E; 5520N02010E",
    "5512N01945E; 5520N02010E; 5NM",
    "5512N01945E 5520N01945E 27.8km",
)
MEASURES: Final = (
    "48 h",
    "10 min",
    "64 MiB",
    "500 km",
    "0.25 NM",
    "1000 ft",
    "0900Z",
    "line-check",
    "kind-77",
    "0a1b2c3d",
)
ADDRESSES: Final = ("127.0.0.1:7140", "[::1]:7140", "node.example:65535")


def some_world_receipts() -> Iterator[bytes]:
    yield examples.the_world().receipt(AIR, ALPHA)
    yield examples.the_world().receipt(AIR, ALPHA, size=2, held=((0, 1), (1, 2)), at=Millis(NOW))
    yield examples.the_world().receipt(AIR, ALPHA, size=2, held=((0, 0), (0, 2)), at=Millis(NOW))


def _of_items(sort: type, slot: str) -> bytes:
    (one,) = (item for item in examples.wire_items() if isinstance(item, sort))
    return cast(bytes, getattr(one, slot))


def some_statement_payloads() -> Iterator[bytes]:
    yield sign1.parse(_of_items(bundle.PulseItem, "pulse")).payload
    yield sign1.parse(_of_items(bundle.HeldItem, "held")).payload


def some_merkle_items() -> Iterator[bytes]:
    log = examples.the_world().log(AIR, ALPHA)
    leaf = log.stored[0, 1]
    proof = tuple(log.proof(1))
    yield cbor.encode((1, 2, leaf, log.roots[2], proof))
    whole = tuple(merkle.consistency_proof(1, 2, log.subtree))
    yield cbor.encode((1, 2, log.roots[1], log.roots[2], whole))
    yield cbor.encode((2**62, 2**63 - 1, leaf, log.roots[2], (leaf,) * 63))


def some_overtaking() -> Iterator[bytes]:
    (one,) = (item for item in examples.wire_items() if isinstance(item, bundle.Overtaking))
    yield bundle.encode_overtaking(one)


def some_tile_examples() -> Iterator[bytes]:
    _, content = tiles.entry_bundle(0, examples.records()[:3])
    yield b"\x03" + content
    yield b"\x02" + bytes(64)


def some_rows() -> Iterator[bytes]:
    node = _node()
    (found, *_) = (item for item in examples.wire_items() if isinstance(item, bundle.Entries))
    prefix = examples.the_world().agreement.id[: bundle.AGREEMENT_PREFIX]
    node.sides[0].receive(bundle.Bundle(prefix, ALPHA, (found,)))
    log = node.sides[0].shared.theirs(AIR)
    for entry in node.outside.store.entries(log.origin, 0, 1):
        row = [() if value is None else value for value in rows.to_row(1, entry)]
        assert read_row(cbor.encode(row)) is not None
        yield cbor.encode(row)


def some_notes_kept() -> Iterator[bytes]:
    yield logs.encode_tail(Tail(3, bytes(32), 7, 1, {1: 4, 2: 9}, (bytes(32), 1)))
    yield logs.encode_tail(Tail())
    yield cbor.encode(((2, bytes(32), bytes(64)), (3, bytes(32), bytes(64))))


def some_sealed() -> Iterator[bytes]:
    """Bundles sealed to BRAVO before, kept in the corpus: sealing draws at random."""
    for path in sorted((CORPUS / "sealed").glob("*")):
        yield path.read_bytes()


def some_plain_node_files() -> Iterator[bytes]:
    peers = {"BRAVO": "127.0.0.1:7141", "Балтика": "[::1]:7142"}
    yield directory.NodeConfig("ALPHA", peers=peers).to_toml().encode()
    yield directory.NodeConfig("ALPHA", relays=peers).to_toml().encode()


def some_proofs() -> Iterator[bytes]:
    for part in examples.evidence().logs:
        for entry in part.entries:
            yield entry.proof


def some_rosters() -> Iterator[bytes]:
    for party in (parties.ALPHA, parties.BRAVO):
        yield party.roster.payload()
    yield examples.the_world().parties[ALPHA].next_roster().roster.payload()


def some_cards() -> Iterator[bytes]:
    for party in (parties.ALPHA, parties.BRAVO):
        yield party.card.encoded()


def some_sealing_keys() -> Iterator[bytes]:
    node = examples.the_world().parties[BRAVO].sealing.public
    yield node.x25519 + node.xwing


def some_forks() -> Iterator[bytes]:
    yield _of_items(bundle.ForkItem, "proof")
    yield from islice(examples.forks(), 2)
