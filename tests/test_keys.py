"""The Ed25519 rule of spec/signature.md: what counts, and that everything else is refused."""

import hashlib
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl import bindings

from firebreak import keys
from firebreak.errors import BadSignature, InvalidValue, Malformed
from firebreak.keys import (
    GROUP_ORDER,
    REFUSED_ENCODINGS,
    PublicKey,
    SigningKey,
    fingerprint,
    spoken,
)

SMALL_ORDER: Final = {
    bytes.fromhex(text)
    for text in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    )
}
KEY_FLAGS: Final = {"low_order_A", "non_canonical_A", "low_order_component_A"}
"""What enrolment refuses."""
SIGNATURE_FLAGS: Final = {
    "low_order_R",
    "non_canonical_R",
    "low_order_component_R",
    "low_order_residue",
}
"""What verification refuses under a key of prime order: R then has no low-order component."""

seeds = st.binary(min_size=32, max_size=32)
Engine = Callable[[bytes, bytes, bytes], bool]


def cofactored(raw: bytes, message: bytes, signature: bytes) -> bool:
    """An engine as newer libsodium releases have it: it forgives a residue of small order."""
    commitment, scalar = signature[:32], signature[32:]
    hashed = hashlib.sha512(commitment + raw + message).digest()
    challenge = bindings.crypto_core_ed25519_scalar_reduce(hashed)
    expected = bindings.crypto_core_ed25519_sub(
        bindings.crypto_scalarmult_ed25519_base_noclamp(scalar),
        bindings.crypto_scalarmult_ed25519_noclamp(challenge, raw),
    )
    return bindings.crypto_core_ed25519_sub(expected, commitment) in SMALL_ORDER


@pytest.fixture(params=["as installed", "cofactored"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both kinds of libsodium: the rule must not depend on which one is there (S-8)."""
    if request.param == "cofactored":
        monkeypatch.setattr(keys, "_engine_accepts", cofactored)
        monkeypatch.setattr(keys, "_ENGINE_IS_COFACTORED", True)
    return str(request.param)


def refusal(vector: dict[str, str]) -> type[Exception] | None:
    """What our rule makes of a C2SP/CCTV vector: the error, or None if the signature counts."""
    try:
        key = PublicKey(bytes.fromhex(vector["key"]))
        key.verify(vector["msg"].encode(), bytes.fromhex(vector["sig"]))
    except (Malformed, BadSignature) as error:
        return type(error)
    return None


def test_edge_cases_are_judged_by_their_flags_alone(engine: str, shared_vectors: Path) -> None:
    """S-2, S-3, S-5, S-7, S-8: each of the 914 C2SP/CCTV vectors, one outcome per flag."""
    vectors = json.loads((shared_vectors / "ed25519" / "ed25519vectors.json").read_text())
    assert len(vectors) == 914
    accepted = 0
    for vector in vectors:
        flags = set(vector["flags"] or ())
        expected: type[Exception] | None = None
        if flags & KEY_FLAGS:
            expected = Malformed
        elif flags & SIGNATURE_FLAGS:
            expected = BadSignature
        assert refusal(vector) is expected, vector
        accepted += expected is None
    assert accepted == 1


def test_the_equation_is_the_cofactorless_one(shared_vectors: Path) -> None:
    """S-7: what is left to libsodium once low order and second spellings are refused."""
    vectors = json.loads((shared_vectors / "ed25519" / "ed25519vectors.json").read_text())
    refused_before = {"low_order_A", "low_order_R", "non_canonical_A", "non_canonical_R"}
    seen = set()
    for vector in vectors:
        flags = set(vector["flags"] or ())
        if flags & refused_before:
            continue
        arguments = bytes.fromhex(vector["key"]), vector["msg"].encode()
        holds = keys._engine_accepts(*arguments, bytes.fromhex(vector["sig"]))
        assert holds == ("low_order_residue" not in flags), vector
        seen.add((holds, "low_order_component_A" in flags))
    assert seen == {(True, False), (True, True), (False, False), (False, True)}


def test_a_signature_that_needs_the_cofactor_is_refused(engine: str) -> None:
    """S-7, S-8: spec/signature.md's second example, whichever libsodium is installed."""
    key = PublicKey.parse(keys._RESIDUE_KEY)
    assert cofactored(key.raw, keys._RESIDUE_MESSAGE, keys._RESIDUE_SIGNATURE)
    with pytest.raises(BadSignature):
        key.verify(keys._RESIDUE_MESSAGE, keys._RESIDUE_SIGNATURE)


def test_an_engine_is_recognised_as_cofactored(monkeypatch: pytest.MonkeyPatch) -> None:
    example = keys._RESIDUE_KEY, keys._RESIDUE_MESSAGE, keys._RESIDUE_SIGNATURE
    assert keys._engine_accepts(*example) is keys._ENGINE_IS_COFACTORED
    monkeypatch.setattr(keys, "_engine_accepts", cofactored)
    assert keys._engine_accepts(*example) is True


def test_refused_encodings_are_exactly_the_small_and_the_non_canonical() -> None:
    """S-2: 48 strings, told apart by libsodium's own arithmetic where it can."""
    assert len(REFUSED_ENCODINGS) == 48
    assert SMALL_ORDER < REFUSED_ENCODINGS
    assert not any(bindings.crypto_core_ed25519_is_valid_point(raw) for raw in REFUSED_ENCODINGS)
    for raw in REFUSED_ENCODINGS - SMALL_ORDER:
        y = int.from_bytes(raw, "little") & (2**255 - 1)
        assert y >= keys.FIELD_PRIME or (y in (1, keys.FIELD_PRIME - 1) and raw[31] & 0x80)


@pytest.mark.parametrize("raw", sorted(REFUSED_ENCODINGS))
def test_refused_encodings_are_neither_key_nor_commitment(raw: bytes) -> None:
    """S-2, S-5."""
    with pytest.raises(Malformed, match="small order"):
        PublicKey.parse(raw)
    good = SigningKey(bytes(32))
    with pytest.raises(BadSignature, match="refused point"):
        good.public.verify(b"", raw + good.sign(b"")[32:])


def test_a_key_with_a_low_order_component_is_refused() -> None:
    """S-3: a point that no list can name."""
    honest = SigningKey(bytes(32)).public.raw
    for torsion in SMALL_ORDER - {bytes([1]) + bytes(31)}:
        with pytest.raises(Malformed, match="prime-order"):
            PublicKey.parse(bindings.crypto_core_ed25519_add(honest, torsion))


@given(st.binary(max_size=96))
def test_arbitrary_bytes_are_a_key_only_if_on_the_curve(raw: bytes) -> None:
    """S-1, S-3."""
    valid = len(raw) == 32 and bindings.crypto_core_ed25519_is_valid_point(raw)
    if valid:
        assert PublicKey.parse(raw).raw == raw
    else:
        with pytest.raises(Malformed):
            PublicKey.parse(raw)


@given(seeds, st.binary(max_size=300))
def test_a_signature_verifies_under_its_own_key_and_message(seed: bytes, message: bytes) -> None:
    key = SigningKey(seed)
    signature = key.sign(message)
    assert len(signature) == 64
    assert signature == SigningKey(seed).sign(message)
    PublicKey.parse(key.public.raw).verify(message, signature)
    with pytest.raises(BadSignature):
        key.public.verify(message + b"\x00", signature)


@given(seeds, seeds, st.binary(max_size=40))
def test_a_signature_fails_under_another_key(one: bytes, other: bytes, message: bytes) -> None:
    if one == other:
        return
    with pytest.raises(BadSignature):
        SigningKey(other).public.verify(message, SigningKey(one).sign(message))


@given(seeds, st.binary(min_size=1, max_size=40), st.data())
def test_any_flipped_bit_is_refused(seed: bytes, message: bytes, data: st.DataObject) -> None:
    key = SigningKey(seed)
    signed = bytearray(key.sign(message) + message)
    bit = data.draw(st.integers(0, 8 * len(signed) - 1))
    signed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadSignature):
        key.public.verify(bytes(signed[64:]), bytes(signed[:64]))


@given(seeds, st.binary(max_size=40), st.integers(1, 15))
def test_a_scalar_plus_the_group_order_is_refused(seed: bytes, message: bytes, times: int) -> None:
    """S-6: the same signature in another spelling."""
    key = SigningKey(seed)
    signature = key.sign(message)
    scalar = int.from_bytes(signature[32:], "little") + times * GROUP_ORDER
    if scalar >= 2**256:
        return
    with pytest.raises(BadSignature, match="group order"):
        key.public.verify(message, signature[:32] + scalar.to_bytes(32, "little"))


@pytest.mark.parametrize("length", [0, 1, 32, 63, 65, 128])
def test_signatures_of_another_length_are_refused(length: int) -> None:
    """S-4: also before libsodium's binding, which does not look, could read past the end."""
    key = SigningKey(bytes(32))
    with pytest.raises(BadSignature, match=f"{length} bytes"):
        key.public.verify(b"", (key.sign(b"") * 2)[:length])


@given(st.binary(max_size=64))
def test_only_32_bytes_are_a_seed(seed: bytes) -> None:
    if len(seed) == 32:
        assert SigningKey(seed).public == SigningKey(seed).public
    else:
        with pytest.raises(InvalidValue):
            SigningKey(seed)


def test_a_signing_key_shows_no_secret() -> None:
    seed = b"this seed is never to be seen!!!"
    key = SigningKey(seed)
    shown = repr(key) + str(key) + repr([key])
    assert key.public.raw.hex() in shown
    assert repr(seed)[2:-1] not in shown
    assert seed.hex() not in shown
    with pytest.raises(InvalidValue):
        pickle.dumps(key)


def test_key_id_is_a_truncated_hash() -> None:
    """S-9."""
    key = SigningKey(bytes(32)).public
    assert key.key_id == hashlib.sha256(key.raw).digest()[:8]


def test_keys_are_remembered_but_refusals_are_not() -> None:
    raw = SigningKey(bytes(32)).public.raw
    assert PublicKey.parse(raw) is PublicKey.parse(bytes(raw))
    for _ in range(2):
        with pytest.raises(Malformed):
            PublicKey.parse(bytes(32))


@given(st.lists(seeds, min_size=1, max_size=6, unique=True), st.data())
def test_a_fingerprint_names_the_set_and_its_threshold(
    many: list[bytes], data: st.DataObject
) -> None:
    """S-10."""
    roots = [SigningKey(seed).public for seed in many]
    threshold = data.draw(st.integers(1, len(roots)))
    value = fingerprint(threshold, roots)
    body = b"".join(sorted(key.raw for key in roots))
    head = b"firebreak root\x00" + bytes([threshold, len(roots)])
    assert value == hashlib.sha256(head + body).digest()
    assert value == fingerprint(threshold, data.draw(st.permutations(roots)))
    others = [fingerprint(other, roots) for other in range(1, len(roots) + 1) if other != threshold]
    assert value not in others


@pytest.mark.parametrize(("threshold", "count"), [(0, 1), (2, 1), (-1, 3), (1, 0), (0, 0)])
def test_a_threshold_that_cannot_be_met_has_no_fingerprint(threshold: int, count: int) -> None:
    with pytest.raises(InvalidValue):
        fingerprint(threshold, [SigningKey(bytes([n]) * 32).public for n in range(count)])


def test_one_root_key_cannot_be_counted_twice() -> None:
    key = SigningKey(bytes(32)).public
    with pytest.raises(InvalidValue, match="twice"):
        fingerprint(2, [key, key])


def test_a_fingerprint_is_spoken_in_sixteen_groups() -> None:
    """S-11."""
    text = spoken(bytes(range(32)))
    assert text == " ".join(f"{2 * n:02x}{2 * n + 1:02x}" for n in range(16))
    with pytest.raises(InvalidValue):
        spoken(bytes(31))
