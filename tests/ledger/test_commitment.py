"""Commitments: known bytes, what opens them, and that nothing else does."""

import hashlib
import hmac
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.errors import InvalidValue
from firebreak.ledger.commitment import (
    EMPTY_DIGEST,
    commitment,
    extend_digest,
    log_secret,
    salt,
    short,
)

ORIGIN = "firebreak.line/000102030405060708090a0b0c0d0e0f/0"
secrets = st.binary(min_size=32, max_size=32)
salts = st.binary(min_size=16, max_size=16)
records = st.binary(min_size=1, max_size=60)


@given(secrets, st.integers(0, 2**63 - 2))
def test_secret_and_salt_are_hmacs(secret: bytes, index: int) -> None:
    """L-17, L-18: against the long way of writing HMAC."""
    label = b"firebreak log secret\x00" + ORIGIN.encode()
    assert log_secret(secret, ORIGIN) == hmac.new(secret, label, hashlib.sha256).digest()
    long_salt = hmac.new(secret, index.to_bytes(8, "big"), hashlib.sha256).digest()
    assert salt(secret, index) == long_salt[:16]


@given(salts, records)
def test_a_commitment_is_one_hash(one: bytes, record: bytes) -> None:
    """L-19."""
    expected = hashlib.sha256(b"firebreak commitment\x00" + one + record).digest()
    assert commitment(one, record) == expected


@given(st.tuples(salts, records), st.tuples(salts, records))
def test_two_openings_have_two_commitments(
    one: tuple[bytes, bytes], other: tuple[bytes, bytes]
) -> None:
    """L-19: also where salt and record run together to the same bytes."""
    assert (commitment(*one) == commitment(*other)) == (one == other)


@given(secrets, st.integers(0, 2**63 - 2), st.integers(0, 2**63 - 2))
def test_each_index_and_log_has_its_own_salt(secret: bytes, one: int, other: int) -> None:
    """L-17, L-18."""
    assert (salt(secret, one) == salt(secret, other)) == (one == other)
    assert log_secret(secret, ORIGIN) != log_secret(secret, ORIGIN[:-1] + "1")


@given(st.lists(records, max_size=6), st.lists(records, max_size=6))
def test_the_running_digest_tells_sequences_apart(one: list[bytes], other: list[bytes]) -> None:
    """L-20: order and boundaries count."""
    assert (digest_of(one) == digest_of(other)) == (one == other)
    assert short(digest_of(one)) == digest_of(one)[:16]


def test_the_running_digest_in_full() -> None:
    """L-20."""
    assert bytes(32) == EMPTY_DIGEST
    first = hashlib.sha256(bytes(32) + hashlib.sha256(b"a").digest()).digest()
    second = hashlib.sha256(first + hashlib.sha256(b"b").digest()).digest()
    assert digest_of([b"a", b"b"]) == second


@pytest.mark.parametrize("length", [0, 15, 17, 31, 33])
def test_secrets_salts_and_digests_have_one_length(length: int) -> None:
    wrong = bytes(length)
    calls: list[tuple[Callable[..., bytes], tuple[object, ...]]] = [
        (log_secret, (wrong, ORIGIN)),
        (salt, (wrong, 0)),
        (commitment, (wrong, b"record")),
        (extend_digest, (wrong, b"record")),
        (short, (wrong,)),
    ]
    for function, arguments in calls:
        with pytest.raises(InvalidValue):
            function(*arguments)


@pytest.mark.parametrize("index", [-1, 2**63 - 1, 2**64])
def test_only_entries_have_a_salt(index: int) -> None:
    with pytest.raises(InvalidValue):
        salt(bytes(32), index)


@pytest.mark.parametrize("length", [0, 65_536])
def test_a_record_has_1_to_65535_bytes(length: int) -> None:
    assert len(commitment(bytes(16), bytes(65_535))) == 32
    with pytest.raises(InvalidValue):
        commitment(bytes(16), bytes(length))


def digest_of(bodies: list[bytes]) -> bytes:
    digest = EMPTY_DIGEST
    for body in bodies:
        digest = extend_digest(digest, body)
    return digest
