"""The separations that the watch takes from agreements: those agreed, the strictest, or its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.desk.terms import separations
from firebreak.records.agreement import AgreedSeparation, Agreement, Channel, Origin
from firebreak.records.drafting import SEPARATIONS
from firebreak.watch.approach import AIR, SEA, Separation
from tests.records.parties import made_of, smallest

SMALL = smallest()
SLOTS = st.tuples(
    st.integers(1, 100_000), st.none() | st.integers(1, 100_000), st.integers(1, 3_600)
)


def with_sea() -> Agreement:
    """An agreement with the channels for air and for sea, and no separations."""
    air = SMALL.channels[1]
    origins = tuple(Origin(made_of(f"sea {number}", 16), 0) for number in (0, 1))
    sea = replace(air, channel=Channel.SEA, origins=origins)
    return replace(SMALL, channels=(*SMALL.channels, sea), separations=())


BOTH = with_sea()


def agreed(air: tuple[int, int | None, int], sea: tuple[int, int | None, int]) -> Agreement:
    return replace(
        BOTH,
        separations=(AgreedSeparation(Channel.AIR, *air), AgreedSeparation(Channel.SEA, *sea)),
    )


def test_the_template_agrees_on_what_the_watch_does_by_itself() -> None:  # W-C1
    made = (
        AgreedSeparation(Channel.AIR, AIR.horizontal_m, AIR.vertical_ft, AIR.look_ahead_s),
        AgreedSeparation(Channel.SEA, SEA.horizontal_m, SEA.vertical_ft, SEA.look_ahead_s),
    )
    assert made == SEPARATIONS
    assert separations(replace(BOTH, separations=SEPARATIONS)) == (AIR, SEA)


@pytest.mark.parametrize("agreements", [(), BOTH, [BOTH, BOTH], replace(SMALL, separations=())])
def test_where_nothing_is_agreed_the_watch_has_its_own(
    agreements: Agreement | Sequence[Agreement],
) -> None:  # W-C1
    assert separations(agreements) == (AIR, SEA)


def test_what_is_agreed_is_watched_though_it_is_less() -> None:
    assert separations(agreed((463, 100, 30), (50, 7, 1))) == (
        Separation(463, 100, 30),
        Separation(50, 7, 1),
    )


def test_one_channel_without_a_separation_has_the_watchs_own() -> None:
    one = replace(agreed((463, 100, 30), (1, 1, 1)), separations=())
    assert separations(one) == (AIR, SEA)
    one = replace(agreed((463, 100, 30), (1, 1, 1)))
    one = replace(one, separations=one.separations[:1])
    assert separations(one) == (Separation(463, 100, 30), SEA)


def test_an_agreement_that_leaves_it_open_is_not_watched_for_less() -> None:
    assert separations([agreed((463, 100, 30), (50, 7, 1)), BOTH]) == (AIR, SEA)


def test_an_agreement_without_the_channel_says_nothing_of_it() -> None:
    close = agreed((463, 100, 30), (50, 7, 1))
    air_alone = replace(SMALL, separations=())
    assert separations([close, air_alone]) == (AIR, Separation(50, 7, 1))


@given(st.lists(st.tuples(SLOTS, SLOTS), min_size=1, max_size=4))
def test_of_several_the_strictest(slots: list[tuple[tuple[int, int | None, int], ...]]) -> None:
    """Each is at least what every agreement says, and what one of them says."""
    made = separations([agreed(air, sea) for air, sea in slots])
    for number, found in enumerate(made):
        horizontal, vertical, ahead = zip(*(each[number] for each in slots), strict=True)
        assert found.horizontal_m == max(horizontal)
        assert found.look_ahead_s == max(ahead)
        if None in vertical:
            assert found.vertical_ft is None
        else:
            assert found.vertical_ft == max(vertical)
