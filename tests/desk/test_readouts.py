"""Two readouts side by side: what differs is marked, and nothing is lost or made up."""

from hypothesis import given
from hypothesis import strategies as st

from firebreak.desk.readouts import Comparison, Piece, Whose, compare
from firebreak.records.slots import Translation, Translator, Words

_WORD = st.sampled_from(["energy", "infrastructure", "and", "the", "line", "stays", "open"])
_TEXT = st.lists(_WORD, min_size=1, max_size=30).map(" ".join)
_LINES = st.lists(_TEXT.map(lambda text: Words("en", text)), max_size=6)


def en(text: str) -> Words:
    return Words("en", text)


def own(comparison: Comparison, whose: Whose) -> str:
    """One side's account, put together again."""
    kept = (piece.text for piece in comparison.words if piece.whose in (whose, Whose.BOTH))
    return " ".join(kept)


def test_one_word_more_is_marked() -> None:
    made = compare(en("energy infrastructure"), en("energy and infrastructure"), (), ())
    assert made.words == (
        Piece(Whose.BOTH, "energy"),
        Piece(Whose.THEIRS, "and"),
        Piece(Whose.BOTH, "infrastructure"),
    )
    assert not made.differs


def test_an_agreed_line_of_one_side_is_marked() -> None:
    made = compare(en("a"), en("a"), (en("open  line"), en("noon")), (en("open line"), en("dawn")))
    assert made.lines == (
        Piece(Whose.BOTH, "open  line"),
        Piece(Whose.OURS, "noon"),
        Piece(Whose.THEIRS, "dawn"),
    )
    assert made.differs


def test_accounts_in_two_languages_are_compared_by_a_translation_or_not_at_all() -> None:
    ours, theirs = en("The line stays open."), Words("ru", "Линия остаётся открытой.")
    assert compare(ours, theirs, (), ()).language is None
    assert compare(ours, theirs, (), ()).words == ()
    translated = Words(
        "ru", theirs.text, Translation("en", "The line remains open.", Translator.PERSON)
    )
    made = compare(ours, translated, (), ())
    assert made.language == "en"
    assert Piece(Whose.THEIRS, "remains") in made.words


def test_a_line_alike_in_one_language_and_not_in_the_other_differs() -> None:
    both = Words("en", "open", Translation("ru", "открыта", Translator.PERSON))
    other = Words("en", "open", Translation("ru", "закрыта", Translator.PERSON))
    assert compare(en("a"), en("a"), (both,), (other,)).differs
    assert not compare(en("a"), en("a"), (both,), (en("open"),)).differs


@given(_TEXT, _TEXT, _LINES, _LINES)
def test_nothing_of_either_is_lost_or_made_up(
    ours: str, theirs: str, our_lines: list[Words], their_lines: list[Words]
) -> None:
    made = compare(en(ours), en(theirs), our_lines, their_lines)
    assert own(made, Whose.OURS) == ours
    assert own(made, Whose.THEIRS) == theirs
    for whose, lines in ((Whose.OURS, our_lines), (Whose.THEIRS, their_lines)):
        kept = [line.text for line in made.lines if line.whose in (whose, Whose.BOTH)]
        assert sorted(kept) == sorted(line.text for line in lines)
    other = compare(en(theirs), en(ours), their_lines, our_lines)
    assert other.differs == made.differs
