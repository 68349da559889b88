"""Bundles: what is sealed is opened by its receiver only, and not one byte can be changed."""

import copy
import hashlib
import hmac
import pickle
import re
from collections.abc import Callable
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from hypothesis import given
from hypothesis import strategies as st

from firebreak.errors import InvalidValue, Malformed, NotForUs
from firebreak.sealing import (
    HEADER_BYTES,
    MAX_BUNDLE,
    OVERHEAD,
    SUITE_OF,
    Header,
    SealingKeys,
    SealingPublic,
    Suite,
    open_bundle,
    open_secret,
    parse_header,
    seal,
    seal_secret,
)
from firebreak.values import LATEST, Millis, Precedence
from tests.conftest import ROOT

OURS = SealingKeys(bytes(range(32)), bytes(range(32, 64)))
THEIRS = SealingKeys(b"\x01" * 32, b"\x02" * 32)
EXPIRY = Millis(1_800_000_000_000)
SUITES = pytest.mark.parametrize("suite", list(Suite))


def sealed(suite: Suite, plaintext: bytes = b"is this yours?") -> bytes:
    return seal(plaintext, OURS.public, suite, Precedence.FLASH, EXPIRY)


@cache
def example(suite: Suite) -> bytes:
    return sealed(suite)


def changed(data: bytes, at: int, by: int) -> bytes:
    return data[:at] + bytes([data[at] ^ by]) + data[at + 1 :]


# Sealing and opening


@given(
    plaintext=st.binary(max_size=400),
    suite=st.sampled_from(Suite),
    precedence=st.sampled_from(Precedence),
    expires=st.integers(0, LATEST),
)
def test_what_is_sealed_is_opened(
    plaintext: bytes, suite: Suite, precedence: Precedence, expires: int
) -> None:
    bundle = seal(plaintext, OURS.public, suite, precedence, Millis(expires))
    header, opened = open_bundle(bundle, [THEIRS, OURS], Millis(0))
    assert opened == plaintext
    assert len(bundle) == len(plaintext) + OVERHEAD[suite]
    assert (header.suite, header.precedence) == (suite, precedence)
    assert header.key_id == OURS.public.key_id(suite)
    assert -1_000 < header.expires_at_ms - expires < 1_000
    assert header == parse_header(bundle)
    assert bundle[:HEADER_BYTES] == header.encoded()


@SUITES
def test_sealing_twice_shows_nothing_in_common(suite: Suite) -> None:
    first, second = sealed(suite), sealed(suite)
    assert first[:HEADER_BYTES] == second[:HEADER_BYTES]
    assert first[HEADER_BYTES : HEADER_BYTES + 32] != second[HEADER_BYTES : HEADER_BYTES + 32]


# B-10
def test_every_carrier_has_one_suite() -> None:
    assert SUITE_OF["narrow"] is Suite.NARROW
    assert {SUITE_OF[name] for name in ("socket", "file", "mail", "paper")} == {Suite.WIDE}


# B-1
@SUITES
def test_the_largest_bundle_is_one_mebibyte(suite: Suite) -> None:
    most = MAX_BUNDLE - OVERHEAD[suite]
    assert len(sealed(suite, bytes(most))) == MAX_BUNDLE == 1 << 20
    with pytest.raises(InvalidValue, match="split them"):
        sealed(suite, bytes(most + 1))
    with pytest.raises(Malformed, match="larger"):
        open_bundle(sealed(suite, bytes(most)) + b"\0", [OURS], EXPIRY)


@pytest.mark.parametrize("expires", [-1, LATEST + 1])
def test_an_expiry_out_of_range_is_refused(expires: int) -> None:
    with pytest.raises(InvalidValue, match="1970 to 9999"):
        seal(b"", OURS.public, Suite.NARROW, Precedence.ROUTINE, Millis(expires))


# B-5
def test_the_expiry_is_rounded_up_to_a_second() -> None:
    for expires, shown in ((1, 1_000), (1_000, 1_000), (1_001, 2_000), (LATEST, LATEST - 999)):
        bundle = seal(b"", OURS.public, Suite.NARROW, Precedence.ROUTINE, Millis(expires))
        assert parse_header(bundle).expires_at_ms == shown


# Refusals


# B-6
@SUITES
def test_every_changed_byte_is_refused(suite: Suite) -> None:
    bundle = example(suite)
    for at in range(len(bundle)):
        with pytest.raises((Malformed, NotForUs)):
            open_bundle(changed(bundle, at, 1), [OURS, THEIRS], Millis(0))


@given(suite=st.sampled_from(Suite), data=st.data())
def test_every_changed_bit_is_refused(suite: Suite, data: st.DataObject) -> None:
    bundle = example(suite)
    at = data.draw(st.integers(0, len(bundle) - 1))
    by = data.draw(st.integers(1, 255))
    with pytest.raises((Malformed, NotForUs)):
        open_bundle(changed(bundle, at, by), [OURS, THEIRS], Millis(0))


@given(suite=st.sampled_from(Suite), data=st.data())
def test_every_shorter_or_longer_bundle_is_refused(suite: Suite, data: st.DataObject) -> None:
    bundle = example(suite)
    with pytest.raises(Malformed):
        open_bundle(bundle[: data.draw(st.integers(0, len(bundle) - 1))], [OURS], Millis(0))
    with pytest.raises(Malformed, match="altered on the way"):
        open_bundle(bundle + data.draw(st.binary(min_size=1, max_size=9)), [OURS], Millis(0))


@given(st.binary(max_size=1_300))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises((Malformed, NotForUs)):
        open_bundle(noise, [OURS], Millis(0))


# B-4
@SUITES
def test_a_bundle_for_somebody_else_is_refused(suite: Suite) -> None:
    for keys in ([], [THEIRS]):
        with pytest.raises(NotForUs, match="none of ours"):
            open_bundle(example(suite), keys, Millis(0))


@SUITES
def test_a_bundle_under_another_partys_key_id_is_refused(suite: Suite) -> None:
    bundle = example(suite)
    forged = bundle[:2] + THEIRS.public.key_id(suite) + bundle[10:]
    with pytest.raises(Malformed, match="altered on the way"):
        open_bundle(forged, [THEIRS], Millis(0))


@SUITES
def test_an_expired_bundle_is_refused_and_one_at_its_expiry_is_not(suite: Suite) -> None:
    assert open_bundle(example(suite), [OURS], EXPIRY)[1] == b"is this yours?"
    with pytest.raises(NotForUs, match="after its expiry"):
        open_bundle(example(suite), [OURS], Millis(EXPIRY + 1))


# B-7
def test_an_altered_bundle_is_not_called_expired() -> None:
    bundle = example(Suite.NARROW)
    past = bundle[:11] + bytes(5) + bundle[16:]
    assert parse_header(past).expires_at_ms < EXPIRY
    with pytest.raises(Malformed, match="altered on the way"):
        open_bundle(past, [OURS], EXPIRY)


HEADER_FAULTS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda b: b"", "ended after 0"),
    "header cut": (lambda b: b[:15], "ended after 15"),
    "ciphertext cut": (lambda b: b[:63], "ended after 63"),
    "version": (lambda b: b"\x02" + b[1:], "reads format 1"),
    "suite 0": (lambda b: b[:1] + b"\x00" + b[2:], "unknown suite 0"),
    "suite 3": (lambda b: b[:1] + b"\x03" + b[2:], "unknown suite 3"),
    "precedence": (lambda b: b[:10] + b"\x04" + b[11:], "unknown precedence 4"),
    "expiry": (lambda b: b[:11] + b"\xff" * 5 + b[16:], "year 9999"),
}


# B-2, B-3, B-5
@pytest.mark.parametrize("fault", HEADER_FAULTS)
def test_a_bad_header_is_refused_with_its_reason(fault: str) -> None:
    change, message = HEADER_FAULTS[fault]
    with pytest.raises(Malformed, match=message):
        parse_header(change(example(Suite.NARROW)))


@pytest.mark.parametrize("precedence", list(Precedence))
def test_a_raised_precedence_is_refused(precedence: Precedence) -> None:
    bundle = seal(b"", OURS.public, Suite.WIDE, Precedence.ROUTINE, EXPIRY)
    raised = bundle[:10] + bytes([precedence]) + bundle[11:]
    if precedence is Precedence.ROUTINE:
        assert raised == bundle
        return
    with pytest.raises(Malformed, match="altered on the way"):
        open_bundle(raised, [OURS], EXPIRY)


# Keys


def test_keys_survive_their_file() -> None:
    again = SealingKeys.from_raw(OURS.raw())
    assert again.public == OURS.public
    assert len(OURS.raw()) == 64
    assert open_bundle(example(Suite.WIDE), [again], EXPIRY)[1] == b"is this yours?"


@pytest.mark.parametrize("length", [0, 31, 32, 63, 65])
def test_key_bytes_of_another_length_are_refused(length: int) -> None:
    with pytest.raises(InvalidValue, match="two seeds"):
        SealingKeys.from_raw(bytes(range(length)))


def test_one_seed_for_both_suites_is_refused() -> None:
    with pytest.raises(InvalidValue, match="the same"):
        SealingKeys(bytes(32), bytes(32))


def test_a_secret_key_shows_itself_nowhere() -> None:
    assert OURS.raw().hex()[:16] not in repr(OURS) + str(OURS)
    with pytest.raises(InvalidValue, match="not copied"):
        pickle.dumps(OURS)
    with pytest.raises(InvalidValue, match="not copied"):
        copy.copy(OURS)


SMALL_ORDER = [
    "00" * 32,
    "01" + "00" * 31,
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]
SECOND_SPELLING = ["ed" + "ff" * 30 + "7f", "f6" + "ff" * 30 + "7f", "09" + "00" * 30 + "80"]
Q = 3_329


# B-9
@pytest.mark.parametrize("point", SMALL_ORDER)
def test_a_point_of_small_order_is_no_key(point: str) -> None:
    raw = bytes.fromhex(point)
    with pytest.raises(Malformed, match="small order"):
        SealingPublic(raw, OURS.public.xwing)
    with pytest.raises(Malformed, match="small order"):
        SealingPublic(OURS.public.x25519, OURS.public.xwing[:1_184] + raw)


@pytest.mark.parametrize("point", SECOND_SPELLING)
def test_a_second_spelling_is_no_key(point: str) -> None:
    with pytest.raises(Malformed, match="one encoding"):
        SealingPublic(bytes.fromhex(point), OURS.public.xwing)


def test_public_keys_of_another_length_are_refused() -> None:
    with pytest.raises(Malformed, match="instead of 32"):
        SealingPublic(bytes(31), OURS.public.xwing)
    with pytest.raises(Malformed, match="instead of 1,216"):
        SealingPublic(OURS.public.x25519, OURS.public.xwing[:-1])


def test_a_coefficient_that_is_not_below_q_is_no_key() -> None:
    high = Q.to_bytes(2, "little") + OURS.public.xwing[2:]
    with pytest.raises(Malformed, match="no key at all"):
        SealingPublic(OURS.public.x25519, high)


# Reader secrets

SECRET = bytes(range(100, 132))


# B-8
def test_a_reader_secret_is_opened_in_its_context_only() -> None:
    box = seal_secret(SECRET, OURS.public, b"agreement 7, from 0 to 1")
    assert len(box) == 1_168
    assert open_secret(box, [THEIRS, OURS], b"agreement 7, from 0 to 1") == SECRET
    for keys, context in (
        ([OURS], b"agreement 8, from 0 to 1"),
        ([THEIRS], b"agreement 7, from 0 to 1"),
        ([], b"agreement 7, from 0 to 1"),
    ):
        with pytest.raises(NotForUs, match="altered, or sealed to another"):
            open_secret(box, keys, context)


@given(at=st.integers(0, 1_167), by=st.integers(1, 255))
def test_an_altered_reader_secret_is_refused(at: int, by: int) -> None:
    with pytest.raises(NotForUs):
        open_secret(changed(secret_box(), at, by), [OURS], b"")


@cache
def secret_box() -> bytes:
    return seal_secret(SECRET, OURS.public, b"")


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_secret_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(InvalidValue, match="32 bytes"):
        seal_secret(bytes(length), OURS.public, b"")
    box = OURS.public._encrypt(Suite.WIDE, bytes(length), b"firebreak reader secret 1\x00")
    with pytest.raises(Malformed, match="has not 32"):
        open_secret(box, [OURS], b"")


def test_a_bundle_is_no_reader_secret() -> None:
    bundle = sealed(Suite.WIDE, SECRET)
    with pytest.raises(NotForUs):
        open_secret(bundle[HEADER_BYTES:], [OURS], bundle[:HEADER_BYTES])


# An independent reading of RFC 9180 and X-Wing, from hashes, X25519, ML-KEM and ChaCha20-Poly1305


def extract(salt: bytes, suite_id: bytes, label: bytes, ikm: bytes) -> bytes:
    return hmac.digest(salt, b"HPKE-v1" + suite_id + label + ikm, "sha256")


def expand(prk: bytes, suite_id: bytes, label: bytes, info: bytes, length: int) -> bytes:
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite_id + label + info
    return hmac.digest(prk, labelled + b"\x01", "sha256")[:length]


def x25519_secret(seed: bytes, enc: bytes) -> tuple[int, bytes]:
    key = X25519PrivateKey.from_private_bytes(seed)
    shared = key.exchange(X25519PublicKey.from_public_bytes(enc))
    prk = extract(b"", b"KEM\x00\x20", b"eae_prk", shared)
    context = enc + key.public_key().public_bytes_raw()
    return 0x0020, expand(prk, b"KEM\x00\x20", b"shared_secret", context, 32)


def xwing_secret(seed: bytes, enc: bytes) -> tuple[int, bytes]:
    expanded = hashlib.shake_256(seed).digest(96)
    key = X25519PrivateKey.from_private_bytes(expanded[64:])
    mlkem_shared = MLKEM768PrivateKey.from_seed_bytes(expanded[:64]).decapsulate(enc[:1_088])
    shared = key.exchange(X25519PublicKey.from_public_bytes(enc[1_088:]))
    public = key.public_key().public_bytes_raw()
    label = b"\\.//^\\"
    combined = mlkem_shared + shared + enc[1_088:] + public + label
    return 0x647A, hashlib.sha3_256(combined).digest()


def independently_opened(bundle: bytes, raw: bytes) -> bytes:
    """What spec/sealing.md says, without the library's HPKE."""
    header, body = bundle[:16], bundle[16:]
    if header[1] == 1:
        enc, ciphertext = body[:32], body[32:]
        kem, shared = x25519_secret(raw[:32], enc)
    else:
        enc, ciphertext = body[:1_120], body[1_120:]
        kem, shared = xwing_secret(raw[32:], enc)
    suite_id = b"HPKE" + kem.to_bytes(2, "big") + b"\x00\x01" + b"\x00\x03"
    context = (
        b"\x00"
        + extract(b"", suite_id, b"psk_id_hash", b"")
        + extract(b"", suite_id, b"info_hash", b"firebreak bundle 1\x00" + header)
    )
    secret = extract(shared, suite_id, b"secret", b"")
    key = expand(secret, suite_id, b"key", context, 32)
    nonce = expand(secret, suite_id, b"base_nonce", context, 12)
    return ChaCha20Poly1305(key).decrypt(nonce, ciphertext, b"")


@SUITES
def test_an_independent_reading_of_the_standards_opens_a_bundle(suite: Suite) -> None:
    assert independently_opened(example(suite), OURS.raw()) == b"is this yours?"


# The specification


@cache
def specification() -> str:
    return (ROOT / "spec" / "sealing.md").read_text(encoding="utf-8")


@cache
def spec_values() -> dict[str, bytes]:
    """The values of its two blocks, by their labels."""
    blocks = re.findall(r"^```\n(.*?)^```", specification(), re.DOTALL | re.MULTILINE)
    values: dict[str, str] = {}
    label = ""
    for line in (blocks[0] + blocks[-1]).splitlines():
        label = line[:20].strip() or label
        values[label] = values.get(label, "") + line[20:]
    return {label: bytes.fromhex(value) for label, value in values.items()}


PARTS = (
    "version",
    "suite",
    "receiver key",
    "precedence",
    "expiry",
    "encapsulated key",
    "ciphertext",
)


@SUITES
def test_the_examples_of_the_specification_open(suite: Suite) -> None:
    values = spec_values()
    keys = SealingKeys(values["x25519 seed"], values["xwing seed"])
    assert keys.public == SealingPublic(values["x25519 key"], values["xwing key"])
    narrow = b"".join(values[part] for part in PARTS)
    bundle = narrow if suite is Suite.NARROW else values["wide bundle"]
    header, plaintext = open_bundle(bundle, [keys], EXPIRY)
    assert header == Header(suite, keys.public.key_id(suite), Precedence.IMMEDIATE, EXPIRY)
    assert plaintext == values["plaintext"] == b"This is a firebreak bundle."
    assert independently_opened(bundle, keys.raw()) == plaintext
    assert f"{len(bundle):,} bytes" in specification()


def test_the_example_shows_the_info_of_its_header() -> None:
    values = spec_values()
    header = b"".join(values[part] for part in PARTS[:5])
    assert values["info"] == b"firebreak bundle 1\x00" + header
    assert hashlib.sha256(values["x25519 key"]).digest()[:8] == values["receiver key"]


def cited(*places: str) -> set[str]:
    files = [path for place in places for path in sorted(ROOT.glob(place))]
    code = "".join(path.read_text(encoding="utf-8") for path in files)
    return set(re.findall(r"\bB-\d+\b", code))


def test_every_must_has_one_number_and_is_cited_by_code_and_tests() -> None:
    stated = re.findall(r"^- \*\*(B-\d+)\*\* ", specification(), re.MULTILINE)
    assert sorted(stated, key=lambda name: int(name[2:])) == [
        f"B-{number}" for number in range(1, len(stated) + 1)
    ]
    assert cited("src/firebreak/sealing.py", "src/firebreak/carriers/*.py") == set(stated)
    assert cited("tests/test_sealing.py", "tests/carriers/*.py") == set(stated)
