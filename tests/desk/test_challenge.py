"""The call-back challenge: the two words differ, belong to one acceptance, and slips are found."""

from hypothesis import given
from hypothesis import strategies as st

from firebreak.desk.challenge import Challenge, doubts, drawn, of_call
from firebreak.desk.spoken import ALPHABET, spelled
from tests.conftest import ROOT

IDS = st.binary(min_size=32, max_size=32)


def test_the_example_of_the_spec() -> None:  # D-11
    words = of_call(bytes(range(32)), bytes(range(32, 64)))
    spec = (ROOT / "spec" / "dialogue.md").read_text(encoding="utf-8")
    assert f"asker {words.asker}\nasked {words.asked}\n" in spec


@given(IDS, IDS)
def test_asker_and_asked_have_words_of_their_own(request: bytes, acceptance: bytes) -> None:
    words = of_call(request, acceptance)
    assert words.asker != words.asked
    assert words == of_call(request, acceptance)
    assert words.ours(we_asked=True) == words.theirs(we_asked=False) == words.asker
    assert words.theirs(we_asked=True) == words.ours(we_asked=False) == words.asked


@given(IDS, IDS, IDS)
def test_another_acceptance_has_another_challenge(one: bytes, first: bytes, second: bytes) -> None:
    if first != second:
        assert of_call(one, first) != of_call(one, second)


@given(st.binary(min_size=16, max_size=16))
def test_the_right_word_is_right_however_it_is_said(random: bytes) -> None:
    words = drawn(random)
    for said in (words.asked, words.asked.lower(), spelled(words.asked)):
        assert doubts(said, words.asked) == ()
    assert doubts(words.asker, words.asked)


@given(st.binary(min_size=16, max_size=16), st.integers(0, 5), st.sampled_from(ALPHABET))
def test_a_wrong_character_is_located(random: bytes, place: int, char: str) -> None:
    word = drawn(random).asked
    wrong = word[:place] + char + word[place + 1 :]
    found = doubts(wrong, word)
    assert [doubt.place for doubt in found] == ([] if wrong == word else [place + 1])


def test_too_little_or_too_much_is_not_the_word() -> None:
    words: Challenge = drawn(bytes(16))
    for said in ("", words.asked[:5], words.asked + words.asked):
        assert doubts(said, words.asked)
