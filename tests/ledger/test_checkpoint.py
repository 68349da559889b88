"""Checkpoints, signed notes and proof files: one text each, and every other text refused."""

import base64
import hashlib
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.errors import BadProof, InvalidValue, Malformed
from firebreak.keys import PublicKey, SigningKey
from firebreak.ledger.checkpoint import (
    MOST_SIGNATURE_BYTES,
    Checkpoint,
    ProofFile,
    SignatureLine,
    ed25519_line,
    note,
    note_key_id,
    open_note,
    origin,
    parse_note,
    parse_origin,
    parse_proof,
    render_proof,
    sign_checkpoint,
    verify_checkpoint,
)
from firebreak.ledger.merkle import EMPTY_ROOT

LOG_KEY: Final = SigningKey(bytes(range(32)))
ORIGIN: Final = origin(bytes(range(16)), 0)
SIZE_42: Final = Checkpoint(ORIGIN, 42, hashlib.sha256(b"root").digest())

names = st.text("".join(map(chr, range(0x21, 0x7F))).replace("+", ""), min_size=1, max_size=30)
sizes = st.integers(0, 2**63 - 1) | st.integers(0, 300)
hashes = st.binary(min_size=32, max_size=32)
origins = st.builds(
    origin, st.binary(min_size=16, max_size=16), st.integers(0, 2**32 - 1) | st.integers(0, 3)
)
checkpoints = st.builds(Checkpoint, origins, sizes, hashes)
other_lines = st.lists(
    st.builds(
        SignatureLine,
        names,
        st.binary(min_size=4, max_size=4),
        st.binary(min_size=1, max_size=80),
    ),
    max_size=15,
    unique_by=lambda line: (line.name, line.key_id),
)
extras = st.none() | st.binary(min_size=1, max_size=80)


def own_line(checkpoint: Checkpoint, key: SigningKey = LOG_KEY) -> SignatureLine:
    return ed25519_line(checkpoint.origin, key.public, sign_checkpoint(checkpoint, key))


def signed(checkpoint: Checkpoint) -> bytes:
    return note(checkpoint, [own_line(checkpoint)])


GOOD: Final = signed(SIZE_42)
GOOD_PROOF: Final = render_proof(ProofFile(3, (SIZE_42.root,) * 6, GOOD, b"extra"))


def test_the_body_is_three_lines() -> None:
    """L-9."""
    root = base64.b64encode(SIZE_42.root).decode()
    assert ORIGIN == "firebreak.line/000102030405060708090a0b0c0d0e0f/0"
    assert SIZE_42.body().decode() == f"{ORIGIN}\n42\n{root}\n"


def test_the_key_id_is_that_of_signed_note() -> None:
    """L-15: key and note are those of C2SP signed-note's own example, signature included."""
    typed_key = base64.b64decode("AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    key = PublicKey.parse(typed_key[1:])
    assert note_key_id("example.com/foo", key).hex() == "530d903a"
    line = base64.b64decode(
        "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72Iney"
        "aQM="
    )
    assert line[:4].hex() == "530d903a"
    key.verify(b"This is an example message.\n", line[4:])


@given(checkpoints, other_lines)
def test_notes_round_trip(checkpoint: Checkpoint, others: list[SignatureLine]) -> None:
    """L-11 to L-14."""
    lines = (own_line(checkpoint), *others)
    data = note(checkpoint, lines)
    assert parse_note(data) == (checkpoint, lines)
    assert open_note(data, LOG_KEY.public) == (checkpoint, lines)


@given(checkpoints, st.data())
def test_any_flipped_bit_of_a_note_is_refused(checkpoint: Checkpoint, data: st.DataObject) -> None:
    """L-10 to L-14: no bit is outside the signature, the key id or the grammar."""
    changed = bytearray(signed(checkpoint))
    bit = data.draw(st.integers(0, 8 * len(changed) - 1))
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises((Malformed, BadProof)):
        open_note(bytes(changed), LOG_KEY.public)


@given(st.data())
def test_any_cut_or_added_byte_is_refused(data: st.DataObject) -> None:
    """L-11, L-14, L-16."""
    for parse, good in ((parse_note, GOOD), (parse_proof, GOOD_PROOF)):
        place = data.draw(st.integers(0, len(good)))
        more = data.draw(st.binary(min_size=1, max_size=3))
        longer = good[:place] + more + good[place:]
        with pytest.raises(Malformed):
            parse(good[: min(place, len(good) - 1)])
        try:
            again = parse(longer)
        except Malformed:
            continue
        # A byte more may be another note or proof (a digit of the size), never another text of
        # this one.
        assert again != parse(good)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_malformed(data: bytes) -> None:
    for parse in (parse_note, parse_proof):
        with pytest.raises(Malformed):
            parse(data)


@pytest.mark.parametrize(
    "size",
    [
        "+42",
        "-42",
        "4_2",
        "042",
        "00",
        "42.0",
        "0x2a",
        "4e1",
        " 42",
        "42 ",
        "42\r",
        "\t42",
        "٤٢",
        "４２",
        "",
        "9223372036854775808",
        "9999999999999999999",
        "99999999999999999999",
        "42\n42",
    ],
)
def test_a_size_has_one_spelling(size: str) -> None:
    """L-9: what lenient integer parsers take."""
    with pytest.raises(Malformed):
        parse_note(GOOD.replace(b"\n42\n", b"\n" + size.encode() + b"\n"))
    with pytest.raises(Malformed):
        parse_proof(GOOD_PROOF.replace(b"index 3\n", b"index " + size.encode() + b"\n"))


@pytest.mark.parametrize("size", [0, 9, 10, 2**63 - 1])
def test_sizes_at_the_edge(size: int) -> None:
    checkpoint = Checkpoint(ORIGIN, size, EMPTY_ROOT)
    assert parse_note(signed(checkpoint))[0] == checkpoint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\n", b"\r\n"),
        (b"\n", b"\r"),
        (b"\n\n", b"\n\n\n"),
        (b"\n\n", b"\nextension line\n\n"),
        (b"\n\n", b"\n \n"),
        (b"\n\n", b"\n"),
        (b"42\n", b"42\n\n"),
        ("\N{EM DASH}".encode(), b"-"),
        ("\N{EM DASH}".encode(), b"--"),
        ("\N{EM DASH}".encode(), "\N{EN DASH}".encode()),
        ("\N{EM DASH} ".encode(), "\N{EM DASH}".encode()),
        ("\N{EM DASH} ".encode(), "\N{EM DASH}  ".encode()),
        ("\N{EM DASH} ".encode(), "\N{EM DASH}\N{NO-BREAK SPACE}".encode()),
        ("\N{EM DASH} ".encode(), "\N{BYTE ORDER MARK}\N{EM DASH} ".encode()),
        (b"firebreak.line", b"firebreak,line"),
        (b"firebreak.line", b"Firebreak.line"),
        (b"firebreak.line", b"\xef\xbb\xbffirebreak.line"),
        (b"0c0d0e0f/0", b"0C0D0E0F/0"),
        (b"0c0d0e0f/0", b"0c0d0e0f/00"),
        (b"0c0d0e0f/0", b"0c0d0e0f/4294967296"),
        (b"0c0d0e0f/0", b"0c0d0e/0"),
        (b"0c0d0e0f/0", b"0c0d0e0f"),
        (b"0c0d0e0f/0", "0c0d0e0f/\N{ARABIC-INDIC DIGIT ZERO}".encode()),
    ],
)
def test_other_texts_are_refused(old: bytes, new: bytes) -> None:
    """L-8, L-9, L-11: line ends, extension lines, dashes, origins."""
    assert old in GOOD
    with pytest.raises(Malformed):
        parse_note(GOOD.replace(old, new))
    with pytest.raises(Malformed):
        parse_proof(GOOD_PROOF.replace(old, new))


def line_with(encoded: bytes) -> bytes:
    """GOOD with another text in place of the base64 of its signature."""
    head, _, _ = GOOD.rpartition(b" ")
    return head + b" " + encoded + b"\n"


def test_base64_has_one_spelling() -> None:
    """L-14: padding, trailing bits, alphabet, line breaks."""
    encoded = GOOD.rstrip(b"\n").rpartition(b" ")[2]
    assert parse_note(line_with(encoded)) == parse_note(GOOD)
    blob = base64.b64decode(encoded)
    assert encoded.endswith(b"=")
    last = bytes([encoded[-2] + 1])
    wrong = [encoded[:-2] + last + b"=", encoded.rstrip(b"="), encoded + b"=", encoded + b"A==="]
    wrong += [encoded[:8] + b" " + encoded[8:], encoded[:8] + b"\n" + encoded[8:], b"", b"===="]
    wrong += [base64.urlsafe_b64encode(b"\xff" * 68), base64.b32encode(blob)]
    for text in wrong:
        with pytest.raises(Malformed):
            parse_note(line_with(text))


def test_the_root_is_32_bytes_in_one_spelling() -> None:
    """L-9, L-14."""
    root = base64.b64encode(SIZE_42.root)
    short, long = (base64.b64encode(bytes(n)) for n in (31, 33))
    for text in (short, long, root.rstrip(b"="), root[:-2] + bytes([root[-2] + 1]) + b"=", b""):
        with pytest.raises(Malformed):
            parse_note(GOOD.replace(root, text))


@pytest.mark.parametrize("length", [0, 1, 3, 4, 5 + MOST_SIGNATURE_BYTES])
def test_a_line_without_key_id_or_signature_is_refused(length: int) -> None:
    """L-11."""
    with pytest.raises(Malformed):
        parse_note(line_with(base64.b64encode(bytes(length))))


def test_one_line_a_key() -> None:
    """L-13: the same line twice, or one key with two signatures."""
    own = own_line(SIZE_42)
    other = SignatureLine(own.name, own.key_id, bytes(64))
    for lines in ([own, own], [own, other], [other, own]):
        with pytest.raises(InvalidValue, match="one key"):
            note(SIZE_42, lines)
        with pytest.raises(Malformed, match="one key"):
            parse_note(SIZE_42.body() + b"\n" + b"".join(line.render() for line in lines))


def test_the_log_signs_first() -> None:
    """L-12."""
    own = own_line(SIZE_42)
    witness = SignatureLine("witness.example/1", bytes(4), bytes(72))
    assert parse_note(note(SIZE_42, [own, witness]))[1] == (own, witness)
    for lines in ([witness], [witness, own]):
        with pytest.raises(InvalidValue, match="its own log"):
            note(SIZE_42, lines)
        with pytest.raises(Malformed, match="its own log"):
            parse_note(SIZE_42.body() + b"\n" + b"".join(line.render() for line in lines))


def test_a_note_has_1_to_16_lines() -> None:
    """L-11: C2SP asks readers to take 16; we take no more."""
    own = own_line(SIZE_42)
    longest = bytes(MOST_SIGNATURE_BYTES)
    others = [SignatureLine("n" * 254 + chr(65 + n), bytes(4), longest) for n in range(16)]
    assert len(parse_note(note(SIZE_42, [own, *others[:15]]))[1]) == 16
    too_many = SIZE_42.body() + b"\n" + b"".join(line.render() for line in [own, *others])
    for lines in ([], [own, *others]):
        with pytest.raises(InvalidValue):
            note(SIZE_42, lines)
    for data in (SIZE_42.body(), SIZE_42.body() + b"\n", too_many):
        with pytest.raises(Malformed):
            parse_note(data)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n", "é", "a\x7f", "n" * 256, "\ud800"])
def test_names_are_printable_ascii_without_space_or_plus(name: str) -> None:
    """L-11."""
    with pytest.raises(InvalidValue):
        SignatureLine(name, bytes(4), bytes(64))


def test_an_unknown_signature_is_carried_and_never_trusted() -> None:
    """L-10: a note that only others signed, or another key of that name, is refused."""
    impostor = SigningKey(bytes(32))
    lines = [own_line(SIZE_42, impostor)]
    with pytest.raises(BadProof, match="bears no signature"):
        open_note(note(SIZE_42, lines), LOG_KEY.public)
    # After a change of keys the log's old line may stand beside the new one.
    both = note(SIZE_42, [*lines, own_line(SIZE_42)])
    assert open_note(both, LOG_KEY.public)[0] == SIZE_42
    assert open_note(both, impostor.public)[0] == SIZE_42


def test_a_key_is_known_by_name_and_id_together() -> None:
    """L-13, L-15: a stranger's line with the same four bytes does not stand for the log's."""
    own = own_line(SIZE_42)
    older = own_line(SIZE_42, SigningKey(bytes(32)))
    stranger = SignatureLine("witness.example/1", own.key_id, bytes(64))
    assert open_note(note(SIZE_42, [older, stranger, own]), LOG_KEY.public)[0] == SIZE_42
    with pytest.raises(BadProof, match="bears no signature"):
        open_note(note(SIZE_42, [older, stranger]), LOG_KEY.public)


def test_a_forged_line_of_the_logs_key_is_refused() -> None:
    """L-10."""
    forged = SignatureLine(ORIGIN, note_key_id(ORIGIN, LOG_KEY.public), bytes(64))
    with pytest.raises(BadProof, match="not signed by its log's key"):
        open_note(note(SIZE_42, [forged]), LOG_KEY.public)


@given(checkpoints, checkpoints)
def test_a_signature_is_for_one_checkpoint(one: Checkpoint, other: Checkpoint) -> None:
    """L-10: size, root and origin are all under it; a narrow bundle carries nothing else."""
    signature = sign_checkpoint(one, LOG_KEY)
    assert len(signature) == 64
    verify_checkpoint(one, LOG_KEY.public, signature)
    if one != other:
        with pytest.raises(BadProof):
            verify_checkpoint(other, LOG_KEY.public, signature)


@given(st.binary(min_size=16, max_size=16), st.integers(0, 2**32 - 1))
def test_origins_round_trip(opaque: bytes, epoch: int) -> None:
    """L-8."""
    assert parse_origin(origin(opaque, epoch)) == (opaque, epoch)


@pytest.mark.parametrize(
    "text", ["", ORIGIN + "\n", ORIGIN[:-1], ORIGIN + "/0", ORIGIN[:-1] + "-1", "\ud800", "é"]
)
def test_other_origins_are_refused(text: str) -> None:
    """L-8."""
    with pytest.raises(Malformed):
        parse_origin(text)
    with pytest.raises(InvalidValue):
        Checkpoint(text, 0, EMPTY_ROOT)


def test_origins_and_checkpoints_that_cannot_be() -> None:
    for opaque, epoch in ((bytes(15), 0), (bytes(17), 0), (bytes(16), -1), (bytes(16), 2**32)):
        with pytest.raises(InvalidValue):
            origin(opaque, epoch)
    for size, root in ((-1, EMPTY_ROOT), (2**63, EMPTY_ROOT), (0, b""), (0, bytes(33))):
        with pytest.raises(InvalidValue):
            Checkpoint(ORIGIN, size, root)


@given(st.integers(0, 2**63 - 2), st.lists(hashes, max_size=63), extras)
def test_proof_files_round_trip(index: int, proof: list[bytes], extra: bytes | None) -> None:
    """L-16."""
    file = ProofFile(index, tuple(proof), GOOD, extra)
    assert parse_proof(render_proof(file)) == file


def test_the_proof_file_in_full() -> None:
    """L-16: against C2SP tlog-proof v1, line by line."""
    lines = GOOD_PROOF.split(b"\n")
    root = base64.b64encode(SIZE_42.root)
    assert lines[:3] == [b"c2sp.org/tlog-proof@v1", b"extra ZXh0cmE=", b"index 3"]
    assert lines[3:9] == [root] * 6
    assert b"\n".join(lines[9:]) == b"\n" + GOOD
    without = render_proof(ProofFile(0, (), GOOD))
    assert without == b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + GOOD


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"@v1", b"@v2"),
        (b"extra ZXh0cmE=", b"extra"),
        (b"extra ZXh0cmE=", b"extra "),
        (b"extra ZXh0cmE=", b"extra ZXh0cmF="),
        (b"extra ZXh0cmE=\n", b"extra ZXh0cmE=\nextra ZXh0cmE=\n"),
        (b"extra ZXh0cmE=\nindex 3\n", b"index 3\nextra ZXh0cmE=\n"),
        (b"index 3\n", b"index 3\nindex 3\n"),
        (b"index 3\n", b"Index 3\n"),
        (b"index 3\n", b""),
        (b"index 3\n", b"index 3\n\n"),
        (b"index 3\n", b"index 3\nAAAA\n"),
        (b"index 3\n", b"index 9223372036854775807\n"),
        (b"index 3\n", b"index 3\n" + b"A" * 43 + b"=\n" * 1 + (b"A" * 43 + b"=\n") * 57),
        (b"index 3\n", b"index 3\n" + b"A" * 42 + b"B=\n"),
    ],
)
def test_other_proof_files_are_refused(old: bytes, new: bytes) -> None:
    """L-16."""
    assert old in GOOD_PROOF
    with pytest.raises(Malformed):
        parse_proof(GOOD_PROOF.replace(old, new, 1))


def test_a_proof_file_carries_a_note() -> None:
    """L-16: with all that L-8 to L-14 ask of it."""
    for bad in (b"", SIZE_42.body(), GOOD + b"\n", b"\n" + GOOD):
        with pytest.raises(InvalidValue):
            ProofFile(0, (), bad)


def test_proof_files_have_limits() -> None:
    """L-16."""
    largest = ProofFile(0, (bytes(32),) * 63, GOOD, bytes(131_072))
    assert parse_proof(render_proof(largest)) == largest
    for index, proof, extra in (
        (-1, [], None),
        (2**63 - 1, [], None),
        (0, [bytes(32)] * 64, None),
        (0, [bytes(31)], None),
        (0, [], b""),
        (0, [], bytes(131_073)),
    ):
        with pytest.raises(InvalidValue):
            ProofFile(index, tuple(proof), GOOD, extra)


def test_what_is_too_long_is_not_even_taken_apart() -> None:
    """L-11, L-16: refused by length, before anything in it is decoded."""
    endless = line_with(base64.b64encode(bytes(100_000)))
    with pytest.raises(Malformed, match="is not a signed note"):
        parse_note(endless)
    proof = GOOD_PROOF.replace(b"ZXh0cmE=", base64.b64encode(bytes(300_000)))
    with pytest.raises(Malformed, match="is not a C2SP tlog-proof"):
        parse_proof(proof)
