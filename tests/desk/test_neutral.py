"""Neutral terms are offered where the other word stands, and nothing is refused."""

from firebreak.desk.neutral import offered
from firebreak.records.agreement import NeutralTerm

CROSSING = NeutralTerm("incursion", "crossing of the line")
ENGAGEMENT = NeutralTerm("attack", "firing")
TERMS = (CROSSING, ENGAGEMENT)


def test_a_term_is_offered_where_its_word_stands_in_whatever_case() -> None:
    assert offered(["The Incursion of the 22nd."], TERMS) == [CROSSING]
    assert offered(["an attack", "an incursion"], TERMS) == [CROSSING, ENGAGEMENT]


def test_a_part_of_another_word_and_silence_offer_nothing() -> None:
    assert offered(["counterattacks", "the crossing"], TERMS) == []
    assert offered([], TERMS) == offered(["attack"], ()) == []


def test_words_are_taken_as_they_stand_and_not_as_a_pattern() -> None:
    odd = NeutralTerm("a.c", "abc")
    assert offered(["abc"], (odd,)) == []
    assert offered(["a.c"], (odd,)) == [odd]


def test_any_script_counts() -> None:
    term = NeutralTerm("агрессия", "пересечение линии")
    assert offered(["Это Агрессия."], (term,)) == [term]
