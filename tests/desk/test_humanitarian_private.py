"""Private parts: the commitment holds for one text only, and says nothing of it (H-8, H-9)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.desk.humanitarian_private import MOST_BYTES, Field, Private, read_private
from firebreak.errors import Malformed
from firebreak.records.cbor import encode
from tests.worlds import seed_of

texts = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=24)
parts = st.builds(
    Private,
    st.binary(min_size=32, max_size=32),
    st.lists(st.builds(Field, texts, texts), min_size=1, max_size=32).map(tuple),
)
PART = Private(seed_of("salt"), (Field("contact", "+000 555 0123"), Field("contact", "HF 5123")))


@given(parts)
def test_a_part_is_read_back_and_committed_to(part: Private) -> None:
    again = read_private(part.encoded())
    assert again == part
    assert again.commitment() == part.commitment()


@given(parts, parts)
def test_another_part_has_another_commitment(one: Private, other: Private) -> None:
    assert (one.commitment() == other.commitment()) == (one == other)


def test_the_same_number_under_another_salt_cannot_be_recognised() -> None:
    assert replace(PART, salt=seed_of("another salt")).commitment() != PART.commitment()


def test_the_fields_of_a_label_are_in_order() -> None:
    assert PART.texts("contact") == ("+000 555 0123", "HF 5123")
    assert PART.texts("verifier") == ()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        encode(("firebreak private 2", (seed_of("salt"), (("a", "b"),)))),
        encode(("firebreak private 1", (seed_of("salt")[:31], (("a", "b"),)))),
        encode(("firebreak private 1", (seed_of("salt"), ()))),
        encode(("firebreak private 1", (seed_of("salt"), (("a", "b", "c"),)))),
        PART.encoded() + b"\0",
        bytes(MOST_BYTES + 1),
    ],
)
def test_what_is_no_private_part_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_private(data)
