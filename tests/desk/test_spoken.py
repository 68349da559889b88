"""Groups read aloud: any one or two slips in keying are caught, and located to the group."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from firebreak.desk import spoken
from firebreak.desk.spoken import (
    ALPHABET,
    CHECK_NUMBER,
    GROUP,
    MOST_BYTES,
    SHEET,
    SPELLING,
    Content,
    Doubt,
    Message,
    Unclear,
    check_of,
    check_of_text,
    count,
    fault_of,
    groups,
    hear,
    length_in,
    read_groups,
    shown,
    spelled,
    split_groups,
    tight,
)
from firebreak.errors import InvalidValue, Malformed

LENGTH, NUMBER = 184, 17
MESSAGE = Message(Content.RECORD, bytes(range(LENGTH)))
GROUPS = groups(MESSAGE)
messages = st.builds(Message, st.sampled_from(Content), st.binary(min_size=1, max_size=60))


# The alphabet


def test_the_alphabet_has_32_characters_and_each_has_its_word() -> None:
    """SP-1"""
    assert len(set(ALPHABET)) == 32
    assert not set("IOQV") & set(ALPHABET)
    assert set(ALPHABET) <= set(SPELLING)
    assert len(set(SPELLING.values())) == 36
    assert spelled("K3MF7R") == "Kilo Three Mike Foxtrot Seven Romeo"
    assert spelled("Ж-1") == "Ж - One"


@pytest.mark.parametrize(
    "looks", ["K3MF-7R", "k3mf 7r", "  K3M - f7R ", "К3МF−7R", "КЗМF7R", "кзмF7R"]
)
def test_what_looks_alike_is_taken_as_what_it_looks_like(looks: str) -> None:
    """SP-2"""
    assert tight(looks) == "K3MF7R"


def test_noughts_and_ones_are_taken_from_letters() -> None:
    """SP-2"""
    assert tight("oOiIОоІі") == "00110011"
    assert tight("авекмнорстухАВЕКМНОРСТУХ") == "ABEKMH0PCTYX" * 2


# Whole messages


@given(messages, st.randoms())
def test_what_is_read_over_is_what_was_sent(message: Message, random: Random) -> None:
    """SP-3"""
    made = groups(message)
    assert len(made) == count(len(message.data))
    assert read_groups(made) == message
    assert length_in(made[0]) == len(message.data)
    for text in (
        "\n".join(map(shown, made)),
        "\n".join(" ".join(group).lower() for group in made),
        " ".join(map(shown, made)),
        " ".join(f"{group[:4]} {group[4:]}" for group in made),
        "\n\n".join("  ".join(made[at : at + 5]) for at in range(0, len(made), 5)),
        "".join(made),
        "\n".join(random.choice((group, shown(group), " ".join(group))) for group in made),
    ):
        assert read_groups(split_groups(text)) == message, text


@pytest.mark.parametrize("length", [1, 2, 3, 5, 2_547, 2_548, 2_549, 5_100, MOST_BYTES])
def test_any_length_that_there_is(length: int) -> None:
    """SP-3"""
    message = Message(Content.BUNDLE, Random(length).randbytes(length))
    made = groups(message)
    assert len(made) == count(length)
    assert read_groups(made) == message


@pytest.mark.parametrize("length", [0, MOST_BYTES + 1])
def test_no_other_length_is_taken(length: int) -> None:
    """SP-3"""
    with pytest.raises(InvalidValue, match="1 to 65535 bytes"):
        groups(Message(Content.FILE, bytes(length)))


def test_a_group_of_another_place_or_message_does_not_fit() -> None:
    """SP-4: on one sheet no two numbers have one check; nor have numbers that follow each other."""
    checks = [spoken._check(0, number, 0) for number in range(count(MOST_BYTES))]
    for start in range(0, len(checks), SHEET):
        sheet = checks[start : start + SHEET]
        assert len(set(sheet)) == len(sheet)
    for apart in range(1, 9):
        assert all(a != b for a, b in zip(checks, checks[apart:], strict=False))
    lengths = [spoken._check(0, 0, length) for length in range(SHEET)]
    assert len(set(lengths)) == SHEET
    assert fault_of(GROUPS[NUMBER], NUMBER, LENGTH) is None
    assert fault_of(GROUPS[NUMBER], NUMBER, LENGTH + 1) is not None
    assert count(MOST_BYTES) <= CHECK_NUMBER


def _times(one: int, other: int, modulus: int, bits: int) -> int:
    """A product in GF(2^bits), as school has it: all of it first, then the rest by the modulus."""
    made = 0
    for place in range(bits):
        made ^= one << place if other >> place & 1 else 0
    for place in range(2 * bits - 2, bits - 1, -1):
        made ^= modulus << (place - bits) if made >> place & 1 else 0
    return made


@given(st.binary(min_size=1, max_size=40))
def test_groups_are_those_of_the_specification(data: bytes) -> None:
    """SP-4 and SP-5, computed here once more from their text."""
    made = groups(Message(Content.RECORD, data))
    values = [[ALPHABET.index(char) for char in group] for group in made]
    for number, (*symbol, first, second) in enumerate(values):
        length = len(data) if number else 0
        word = [*symbol, *(number >> place & 31 for place in (10, 5, 0))]
        word += [length >> place & 31 for place in (15, 10, 5, 0)]
        sums, power = [0, 0], 1
        for each in word:
            power = _times(power, 2, 0x25, 5)
            sums[0] ^= _times(each, power, 0x25, 5)
            sums[1] ^= _times(each, _times(power, power, 0x25, 5), 0x25, 5)
        assert sums == [first, second]
    for root in (1, 2, 4, 8):
        value = 0
        for a, b, c, d, *_ in values:
            symbol_bits = a << 15 | b << 10 | c << 5 | d
            value = _times(value, root, 1 << 20 | 9, 20) ^ symbol_bits
        assert value == 0


def test_what_no_slip_makes_is_refused() -> None:
    """SP-8"""
    symbols = [Content.RECORD << 16 | 1, 0xFF001]
    symbols += spoken._last_check(symbols)
    made = [spoken._group(s, number, 1 if number else 0) for number, s in enumerate(symbols)]
    with pytest.raises(Malformed, match="not nought"):
        read_groups(made)


# A group, exhaustively


def _passes(pattern: dict[int, int]) -> bool:
    """Whether a change of a group, place to difference, is not seen by its check.

    The check is linear, so that this holds for every group and every number.
    """
    word = 0
    for place in range(GROUP):
        word = word << 5 | pattern.get(place, 0)
    return spoken._check(word >> 10, 0, 0) == word & 1_023


def test_any_two_characters_changed_in_a_group_are_seen() -> None:
    """SP-6"""
    for place, change in itertools.product(range(GROUP), range(1, 32)):
        assert not _passes({place: change})
    pairs = itertools.combinations(range(GROUP), 2)
    for (one, other), a, b in itertools.product(pairs, range(1, 32), range(1, 32)):
        assert not _passes({one: a, other: b})


def test_neighbours_swapped_twice_or_with_another_change_are_seen() -> None:
    """SP-6: a swap changes both places by the same difference."""
    for place, a, b in itertools.product(range(GROUP - 1), range(1, 32), range(1, 32)):
        swapped = {place: a, place + 1: a}
        for other in set(range(GROUP)) - set(swapped):
            assert not _passes(swapped | {other: b})
        for other in range(GROUP - 1):
            if abs(other - place) >= 2:
                assert not _passes(swapped | {other: b, other + 1: b})
        if place + 2 < GROUP:  # a character carried past two
            assert not _passes({place: a, place + 1: b, place + 2: a ^ b})


Change = Callable[[str], str]


def _single(group: str) -> Iterator[str]:
    """Every group that one slip makes of a group."""
    for place, char in enumerate(group):
        before, after = group[:place], group[place + 1 :]
        yield from (before + other + after for other in ALPHABET if other != char)
        yield before + after
        yield before + char + char + after
        if after and after[0] != char:
            yield before + after[0] + char + after[1:]


@pytest.mark.parametrize("number", [0, 1, NUMBER, len(GROUPS) - 1])
def test_every_single_and_double_slip_in_a_group_is_caught_and_located(number: int) -> None:
    """SP-6 and SP-7: by the group's own check, or by the last one."""
    right, length = GROUPS[number], LENGTH if number else 0
    once = set(_single(right)) - {right}
    assert all(fault_of(wrong, number, length) is not None for wrong in once)
    twice = {wrong for first in once for wrong in _single(first)} - once - {right}
    assert len(twice) > 15_000
    unseen = [wrong for wrong in twice if fault_of(wrong, number, length) is None]
    for wrong in unseen:
        _located([*GROUPS[:number], wrong, *GROUPS[number + 1 :]], MESSAGE, {number})


def test_what_the_group_does_not_see_the_last_check_locates() -> None:
    """SP-7: one character left out and another, three or more further, doubled, once in a thousand."""
    random, unseen = Random(1), 0
    for _ in range(300):
        message = Message(Content.ANSWER, random.randbytes(12))
        made = groups(message)
        number = random.randrange(len(made))
        right = made[number]
        for out, twice in itertools.permutations(range(GROUP), 2):
            chars = [*right]
            chars[twice] *= 2
            chars[out] = ""
            wrong = "".join(chars)
            if wrong == right or fault_of(wrong, number, len(message.data) if number else 0):
                continue
            assert abs(out - twice) >= 3
            unseen += 1
            _located([*made[:number], wrong, *made[number + 1 :]], message, {number})
    assert unseen > 0


# Messages, with any one or two slips


@dataclass(frozen=True)
class Slip:
    """A slip: what happens, to which group, at which place, with what."""

    what: str
    group: int
    place: int
    other: int


CHARACTER = ("change", "leave out", "double", "swap")
OF_GROUPS = ("leave out group", "double group", "swap groups")
slips = st.builds(
    Slip,
    st.sampled_from(CHARACTER + OF_GROUPS),
    st.integers(0, 10**6),
    st.integers(0, GROUP - 1),
    st.integers(0, 10**6),
)


def slip(keyed: list[str], made: Slip) -> None:
    """Do it to the groups, in place."""
    number, other = made.group % len(keyed), made.other % len(keyed)
    group = keyed[number]
    place = made.place % len(group)
    match made.what:
        case "change":
            keyed[number] = group[:place] + ALPHABET[made.other % 32] + group[place + 1 :]
        case "leave out":
            keyed[number] = group[:place] + group[place + 1 :]
        case "double":
            keyed[number] = group[:place] + group[place] + group[place:]
        case "swap" if place + 1 < len(group):
            keyed[number] = group[:place] + group[place + 1] + group[place] + group[place + 2 :]
        case "swap" if number + 1 < len(keyed):  # the last character with the next group's first
            after = keyed[number + 1]
            keyed[number], keyed[number + 1] = group[:-1] + after[0], group[-1] + after[1:]
        case "leave out group":
            del keyed[number]
        case "double group":
            keyed.insert(number, group)
        case "swap groups":
            keyed[number], keyed[other] = keyed[other], group
        case _:
            pass


def _located(keyed: list[str], message: Message, damaged: set[int] | None = None) -> int:
    """Key again what is named until the message is whole; how many groups were named.

    damaged: exactly these are named.
    """
    right, named = groups(message), set[int]()
    found = read_groups(keyed)
    assert isinstance(found, Unclear)
    for _ in range(4):
        if isinstance(found, Message):
            break
        assert found.faults
        kept = list(found.kept)
        for fault in found.faults:
            for number in range(fault.number, fault.until + 1):
                named.add(number)
                if fault.again:
                    kept[number : number + 1] = [right[number]]
            assert str(fault)
        found = read_groups(kept)
    assert found == message
    if damaged is not None:
        assert named == damaged
    return len(named)


@settings(max_examples=400)
@given(messages, st.lists(slips, min_size=1, max_size=2))
def test_any_one_or_two_slips_are_caught_and_located(message: Message, made: list[Slip]) -> None:
    """SP-6 and SP-7"""
    right = list(groups(message))
    keyed = list(right)
    for each in made:
        slip(keyed, each)
    assume(keyed != right)
    damaged = None
    if all(each.what in CHARACTER for each in made):
        damaged = {n for n, pair in enumerate(zip(keyed, right, strict=True)) if pair[0] != pair[1]}
    assert _located(keyed, message, damaged) <= 6


@pytest.mark.parametrize("kind", OF_GROUPS)
@pytest.mark.parametrize("number", [0, 1, 2, 40, len(GROUPS) - 2, len(GROUPS) - 1])
def test_each_slip_of_a_whole_group_is_located(kind: str, number: int) -> None:
    """SP-7"""
    keyed = list(GROUPS)
    slip(keyed, Slip(kind, number, 0, 30))
    assert _located(keyed, MESSAGE) <= 4


@pytest.mark.parametrize("slips_made", [1, 2])
def test_groups_swapped_between_sheets_are_located_though_each_may_fit(slips_made: int) -> None:
    """SP-7: far apart, two numbers may have one check; then the last check of each sheet tells."""
    message = Message(Content.FILE, Random(3).randbytes(9_000))
    keyed, length = list(groups(message)), 9_000
    alike = [
        (one, other)
        for one in range(1, SHEET)
        for other in range(SHEET, len(keyed))
        if spoken._check(0, one, length) == spoken._check(0, other, length)
    ]
    assert alike
    for one, other in Random(4).sample(alike, slips_made):
        keyed[one], keyed[other] = keyed[other], keyed[one]
        assert fault_of(keyed[one], one, length) is None
    wrong = {
        n for n, pair in enumerate(zip(keyed, groups(message), strict=True)) if pair[0] != pair[1]
    }
    assert len(wrong) == 2 * slips_made
    _located(keyed, message, wrong)


@settings(max_examples=60)
@given(st.data())
def test_up_to_four_wrong_groups_of_a_sheet_never_pass(data: st.DataObject) -> None:
    """SP-7: whatever became of them, and though each fits its number."""
    numbers = data.draw(st.sets(st.integers(1, len(GROUPS) - 1), min_size=1, max_size=4))
    keyed = list(GROUPS)
    for number in numbers:
        right = spoken._data(GROUPS[number])
        wrong = right ^ data.draw(st.integers(1, 2**20 - 1))
        keyed[number] = spoken._group(wrong, number, LENGTH)
    found = read_groups(keyed)
    assert isinstance(found, Unclear)
    if len(numbers) <= 2:
        assert {fault.number for fault in found.faults} == numbers


def test_what_is_wrong_is_told() -> None:
    """SP-6"""
    right = GROUPS[NUMBER]
    assert fault_of(right[:5], NUMBER, LENGTH) == "5 characters instead of 6. Ask for it again."
    said = fault_of("V" + right[1:], NUMBER, LENGTH)
    assert said == "V is never used. Is it U or W? Ask for the group again."
    said = fault_of("Ж" + right[1:], NUMBER, LENGTH)
    assert said == "Ж is never used. Ask for the group again."
    said = fault_of(GROUPS[NUMBER + 1], NUMBER, LENGTH)
    assert said == "this is group 18. Ask for group 17."
    nothing = spoken._group(9 << 16 | 5, 0, 0)
    assert "no kind of content" in str(fault_of(nothing, 0, 0))
    assert "no length" in str(fault_of(spoken._group(1 << 16, 0, 0), 0, 0))
    empty = read_groups([])
    assert isinstance(empty, Unclear)
    assert str(empty.faults[0]).startswith("Group 0, the head: nothing is keyed yet")


def test_a_part_is_told_by_what_is_still_to_come() -> None:
    """SP-8"""
    found = read_groups(GROUPS[:30])
    assert isinstance(found, Unclear)
    assert [str(fault) for fault in found.faults] == ["Groups 30 to 78: not keyed yet. Key it."]
    assert found.kept == GROUPS[:30]
    found = read_groups([*GROUPS, GROUPS[5], GROUPS[6]])
    assert isinstance(found, Unclear)
    assert "2 more than there are" in str(found.faults[0])


def test_groups_of_another_message_are_laid_to_the_head() -> None:
    """SP-8"""
    other = groups(Message(Content.RECORD, bytes(LENGTH - 9)))
    found = read_groups([*GROUPS[:1], *other[1:]])
    assert isinstance(found, Unclear)
    assert [fault.number for fault in found.faults] == [0]
    assert "hardly any other fits" in str(found.faults[0])


def test_a_spoilt_head_is_never_laid_to_group_1_though_it_may_fit_there() -> None:
    """SP-8"""
    found = 0
    for length in range(500, 700):
        message = Message(Content.FILE, bytes(range(200)) + bytes(length - 200))
        made = groups(message)
        for wrong in _single(made[0]):
            if fault_of(wrong, 1, length) is None:
                found += 1
                _located([wrong, *made[1:]], message, {0})
    assert found > 5


def test_more_than_two_wrong_groups_that_fit_are_not_guessed() -> None:
    """SP-7"""
    keyed = list(GROUPS)
    for number in (3, 9, 27):
        keyed[number] = spoken._group(spoken._data(GROUPS[number]) ^ 1, number, LENGTH)
    found = read_groups(keyed)
    assert isinstance(found, Unclear)


# Check words


@given(st.binary(max_size=200), st.integers(0, GROUP - 1), st.sampled_from(ALPHABET))
def test_a_misheard_word_is_located_and_the_right_one_offered(
    data: bytes, place: int, char: str
) -> None:
    """SP-10"""
    check = check_of(data)
    assert hear(check) == hear(spelled(check)) == hear(shown(check).lower())
    assert not hear(check).doubts
    assert not hear(spelled(check), check).doubts
    wrong = check[:place] + char + check[place + 1 :]
    doubts = hear(spelled(wrong)).doubts
    if wrong == check:
        assert doubts == ()
        return
    right = Doubt(place + 1, SPELLING[char], SPELLING[check[place]])
    assert doubts == (right,)
    assert hear(spelled(wrong), check).doubts == (right,)


@pytest.mark.parametrize(
    ("word", "offered"),
    [("Foxtrod", "Foxtrot"), ("Fokstrot", "Foxtrot"), ("Qilo", "Kilo"), ("Lema", "Lima")],
)
def test_a_word_that_is_none_has_the_nearest_offered(word: str, offered: str) -> None:
    """SP-10"""
    heard = hear(f"Kilo Three {word} Mike Seven Romeo")
    assert heard.doubts == (Doubt(3, word, offered),)


def test_words_are_taken_as_they_are_spoken() -> None:
    """SP-10"""
    heard = hear("kilo, tree. MIKE foxtrot niner x-ray")
    assert heard.characters == "K3MF9X"
    assert hear("K 3 Mike F 9 xray").characters == "K3MF9X"
    assert hear("K3MF 9 X-ray").characters == "K3MF9X"
    assert hear("Oscar India Alpha Juliet fife ait").characters == "01AJ58"


@pytest.mark.parametrize("text", ["", "Kilo", "Kilo Three Mike", "K3MF7RA", "one two three four"])
def test_what_has_not_six_words_is_asked_for_again(text: str) -> None:
    """SP-10"""
    assert hear(text).doubts == (Doubt(0, text, ""),)
    assert hear(text, check_of(b"")).doubts == (Doubt(0, text, ""),)


def test_two_misheard_words_are_located_beside_our_own_and_never_taken_alone() -> None:
    """SP-10"""
    check = check_of(b"a record")
    for one, other in itertools.combinations(range(GROUP), 2):
        wrong = [*check]
        for place in (one, other):
            wrong[place] = ALPHABET[(ALPHABET.index(check[place]) + 1) % 32]
        heard = "".join(wrong)
        assert hear(heard).doubts
        assert [doubt.place for doubt in hear(heard, check).doubts] == [one + 1, other + 1]


def test_what_no_word_is_near_is_named_without_an_offer() -> None:
    """SP-10"""
    assert hear("Kilo Three Выставка Mike Seven Romeo").doubts == (Doubt(3, "Выставка", ""),)
    with pytest.raises(InvalidValue, match="six words"):
        hear("a" * 201)


def test_the_check_of_a_text_is_blind_to_its_line_breaks_only() -> None:
    """SP-9"""
    text = "Мы слышим вас.\r\n  We hear  you."
    assert check_of_text(text) == check_of_text("Мы слышим вас. We hear you.\n")
    assert check_of_text("e\u0301") == check_of_text("\u00e9")
    assert check_of_text(text) != check_of_text(text.lower())
    assert len({check_of(bytes([n])) for n in range(256)}) == 256


@given(st.text(max_size=120), st.lists(st.text(max_size=12), max_size=12))
def test_no_text_makes_it_fall_over(text: str, words: list[str]) -> None:
    """SP-8: whatever is typed is a message, unclear, or refused with a reason."""
    split_groups(text)
    assert isinstance(read_groups(words), Message | Unclear)
    assert isinstance(read_groups([GROUPS[0], *words]), Message | Unclear)
    hear(text)
    hear(" ".join(words)[:200], "K3MF7R")
