"""The wording: complete, in the right script, in the right number, and never saying too much."""

import dataclasses
import hashlib
import re
import subprocess
import unicodedata
from collections.abc import Iterator
from enum import IntEnum
from functools import cache
from types import SimpleNamespace
from typing import cast

import pytest
from babel import Locale
from fluent.runtime import FluentBundle
from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor
from hypothesis import given
from hypothesis import strategies as st

from firebreak.errors import InvalidValue, Malformed
from firebreak.phrases import (
    HEADINGS,
    LANGUAGES,
    NOTES,
    NOUNS,
    SCOPES,
    STATES,
    Names,
    catalogue,
    catalogue_hash,
    channel_term,
    counted,
    field_name,
    heading,
    language_name,
    lines,
    names_of,
    note,
    quoted,
    reviewed,
    scope,
    sentence,
    state,
    term,
)
from firebreak.phrases.catalogue import bundle, phrase, source
from firebreak.phrases.figures import (
    area_points,
    area_words,
    duration_words,
    full_height,
    window_words,
)
from firebreak.phrases.terms import ENUMERATIONS, term_name
from firebreak.records import agreement as agreements
from firebreak.records import calls, contacts, incidents, kinds, sites, slots
from firebreak.records.cbor import check_text
from firebreak.records.figures import dms, heights_text, parse_height, parse_position
from firebreak.records.kinds import (
    Amend,
    Answer,
    Declared,
    FreeText,
    Keep,
    Kind,
    LineState,
    Query,
    Reply,
    Restraint,
    UnknownBody,
)
from firebreak.records.readback import critical_fields, folded
from firebreak.records.record import Record
from firebreak.records.slots import Translation, Translator, Words
from firebreak.values import HeightUnit, Position
from firebreak.volumes import Circle, Corridor, Heights, Polygon
from tests.conftest import ROOT
from tests.phrases.examples import (
    AREAS,
    CENTRE,
    COMPOSED_AT,
    NAMES,
    NOTICE,
    RECORDS,
    record_of,
)
from tests.strategies import ANY_BODY, records

in_each_language = pytest.mark.parametrize("language", LANGUAGES)
MEMBERS = [member for enumeration in ENUMERATIONS for member in enumeration]


@cache
def messages(language: str) -> dict[str, ast.Message]:
    """The messages of a file, by name; anything but messages and comments is a fault (P-3)."""
    resource = FluentParser().parse(source(language).decode())
    found: dict[str, ast.Message] = {}
    for entry in resource.body:
        if isinstance(entry, ast.Message):
            assert entry.id.name not in found, f"{language}: {entry.id.name} stands twice"
            assert entry.value is not None
            assert not entry.attributes
            found[entry.id.name] = entry
        else:
            assert isinstance(entry, ast.Comment | ast.GroupComment), f"{language}: {entry}"
    return found


class _Collector(Visitor):
    """The plain text, the variables and the variants of a message."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.variables: set[str] = set()
        self.variants: set[str] = set()
        self.other: list[str] = []

    def visit_TextElement(self, node: ast.TextElement) -> None:  # noqa: N802  # the visitor's names
        self.text.append(node.value)

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802
        self.variables.add(node.id.name)

    def visit_Variant(self, node: ast.Variant) -> None:  # noqa: N802
        assert isinstance(node.key, ast.Identifier)
        self.variants.add(node.key.name)
        self.generic_visit(node)

    def visit_FunctionReference(self, node: ast.FunctionReference) -> None:  # noqa: N802
        self.other.append(node.id.name)


def collected(message: ast.Message) -> _Collector:
    collector = _Collector()
    collector.visit(message)
    return collector


def plain_text(message: ast.Message) -> str:
    return " ".join(collected(message).text)


def all_text(language: str) -> Iterator[tuple[str, str]]:
    for name, message in messages(language).items():
        yield name, plain_text(message)


# Complete, and nothing besides


def test_every_enumeration_of_the_records_has_terms() -> None:
    on_the_wire = {
        thing
        for module in (agreements, calls, contacts, incidents, kinds, sites, slots)
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, IntEnum) and thing is not IntEnum
    }
    assert on_the_wire <= set(ENUMERATIONS)


def test_every_body_is_among_the_examples() -> None:
    assert {type(record.body) for record in RECORDS} == {*kinds.KIND_OF, UnknownBody}


@in_each_language
@pytest.mark.parametrize("member", MEMBERS, ids=term_name)
def test_every_member_has_a_term(member: IntEnum, language: str) -> None:
    assert term(member, language).strip()


@in_each_language
def test_terms_of_one_enumeration_differ(language: str) -> None:
    for enumeration in ENUMERATIONS:
        terms = [term(member, language) for member in enumeration]
        assert len(set(terms)) == len(terms), enumeration
    states = [state(name, language) for name in STATES]
    assert len(set(states)) == len(states)


def say_everything(language: str) -> None:
    for record in RECORDS:
        sentence(record, NAMES, language)
        lines(record, NAMES, language)
        for name, _ in critical_fields(record):
            field_name(name, language)
        stranger = dataclasses.replace(record, refers_to=None)
        sentence(stranger, Names((), ()), language)
        lines(stranger, Names((), ()), language)
    for member in MEMBERS:
        term(member, language)
    for names, say in ((STATES, state), (SCOPES, scope), (HEADINGS, heading)):
        for name in names:
            say(name, language)
    for name in NOTES:
        note(name, language, time="221430ZNOV26")
    for noun in NOUNS:
        counted(noun, 1, language)
    for area in AREAS:
        area_points(area, language)
    for code in LANGUAGES:
        language_name(code, language)
    field_name("beyond the last field", language)


@in_each_language
def test_the_file_holds_what_is_said_and_no_more(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: set[str] = set()
    original = FluentBundle.get_message

    def listening(self: FluentBundle, name: str) -> object:
        said.add(name)
        return original(self, name)

    monkeypatch.setattr(FluentBundle, "get_message", listening)
    say_everything(language)
    assert said == set(messages(language))


@in_each_language
def test_each_message_takes_the_same_slots_in_every_language(language: str) -> None:  # P-3
    english = {name: collected(m).variables for name, m in messages("en").items()}
    assert {name: collected(m).variables for name, m in messages(language).items()} == english
    assert all(not collected(m).other for m in messages(language).values())


@in_each_language
def test_no_message_gives_a_fluent_error(language: str) -> None:
    for name, message in messages(language).items():
        pattern = bundle(language).get_message(name).value
        assert pattern is not None
        slots: dict[str, object] = dict.fromkeys(collected(message).variables, "1")
        if "count" in slots:
            slots["count"] = 1
        text, errors = bundle(language).format_pattern(pattern, slots)
        assert errors == [], name
        assert isinstance(text, str)
        assert text == text.strip(), name
        assert not re.search(r"[.,:;][^\W\d_]|  | [.,:;)]|\( ", text), name


@in_each_language
def test_a_gap_never_passes_as_a_sentence(language: str) -> None:  # P-8
    with pytest.raises(InvalidValue, match="cannot be formed"):
        phrase("sentence-cancel", language)
    with pytest.raises(InvalidValue, match="no phrase"):
        phrase("sentence-attack", language)
    with pytest.raises(InvalidValue, match="no state"):
        state("approved", language)
    with pytest.raises(InvalidValue, match="no count"):
        counted("parsecs", 1, language)


def test_no_wording_in_other_languages() -> None:
    with pytest.raises(InvalidValue, match="Choose one of en, ru, uk, pl"):
        term(Kind.NOTICE, "tr")
    with pytest.raises(InvalidValue, match="no wording"):
        reviewed("../en")


# Scripts

LATIN_ALLOWED = {
    "Firebreak",
    "FLASH",
    "IMMEDIATE",
    "PRIORITY",
    "ROUTINE",
    "SFC",
    "SHA",
    "UNL",
    "WGS",
}
"""Codes and the name, the only Latin words in Russian and Ukrainian wording."""
ACCENTED = {("attaché", "en"), ("attaché", "pl")}
"""The one word written with an accent that the language's alphabet has not, in its usual spelling."""

ALPHABETS = {
    "en": set("abcdefghijklmnopqrstuvwxyz"),
    "ru": set("абвгдеёжзийклмнопрстуфхцчшщъыьэюя"),
    "uk": set("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"),
    "pl": set("aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż"),
}


def wrong_letters(text: str, language: str) -> list[str]:
    """Words with a letter that the language's alphabet has not, codes aside."""
    words = re.findall(r"[^\W\d_]+", text)
    return [
        word
        for word in words
        if not set(word.lower()) <= ALPHABETS[language]
        and word not in LATIN_ALLOWED
        and (word, language) not in ACCENTED
    ]


@in_each_language
def test_every_word_is_in_the_language_s_own_alphabet(language: str) -> None:
    faults = {name: wrong_letters(text, language) for name, text in all_text(language)}
    assert {name: words for name, words in faults.items() if words} == {}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("nоtice", "en"),
        ("notiсe", "pl"),
        ("зaпрос", "ru"),
        ("запит notice", "uk"),
        ("запрос і ответ", "ru"),
        ("вопросы", "uk"),
        ("FLASН", "ru"),
        ("café", "en"),
    ],
)
def test_the_alphabet_rule_refuses(text: str, language: str) -> None:
    assert wrong_letters(text, language)


CODES_IN_SENTENCES = re.compile(
    r"\bFL-?[0-9]{3,}|\b[0-9]+Z[A-Z]{3}[0-9]+|″[NSEW]|\bNM\b|\bft AMSL\b|\bm (?:AGL|HAE)\b"
    r"|\b[0-9A-Fa-f]{8,}\b|\b(?:Nordland|Sudmark|tr)\b"
)
OWN_WORDS = re.compile("“[^”]*”|«[^»]*»|„[^”]*”|‹[^›]*›")


@in_each_language
def test_every_sentence_is_in_the_language_s_own_alphabet(language: str) -> None:
    for record in RECORDS:
        ours = OWN_WORDS.sub("", sentence(record, NAMES, language))
        assert wrong_letters(CODES_IN_SENTENCES.sub("", ours), language) == []


@in_each_language
def test_the_text_could_be_sent_in_a_record(language: str) -> None:  # P-2, P-6
    text = source(language).decode()
    assert "\r" not in text
    for line in text.splitlines():
        check_text(line)
    for record in RECORDS:
        check_text(sentence(record, NAMES, language))


def test_polish_and_ukrainian_and_russian_look_like_themselves() -> None:
    def letters(language: str) -> set[str]:
        return set("".join(text for _, text in all_text(language)).lower())

    assert set("ąćęłńóśźż") <= letters("pl")
    assert set("іїєґ") - {"ґ"} <= letters("uk")
    assert set("ыэёъ") <= letters("ru")


@in_each_language
def test_brackets_and_stops_are_in_order(language: str) -> None:
    for name, text in all_text(language):
        assert text.count("(") == text.count(")"), name
        assert text == unicodedata.normalize("NFC", text)
        if name.startswith(("note-", "scope-")):
            assert text.endswith("."), name


# Numbers

NUMBERS = (1, 2, 5, 21, 22, 25, 1.5)
FORMS = {
    ("minutes", "en"): "1 minute|2 minutes|5 minutes|21 minutes|22 minutes|25 minutes|1.5 minutes",
    ("minutes", "ru"): "1 минута|2 минуты|5 минут|21 минута|22 минуты|25 минут|1.5 минуты",
    ("minutes", "uk"): "1 хвилина|2 хвилини|5 хвилин|21 хвилина|22 хвилини|25 хвилин|1.5 хвилини",
    ("minutes", "pl"): "1 minuta|2 minuty|5 minut|21 minut|22 minuty|25 minut|1.5 minuty",
    ("metres", "en"): "1 metre|2 metres|5 metres|21 metres|22 metres|25 metres|1.5 metres",
    ("metres", "ru"): "1 метр|2 метра|5 метров|21 метр|22 метра|25 метров|1.5 метра",
    ("metres", "uk"): "1 метр|2 метри|5 метрів|21 метр|22 метри|25 метрів|1.5 метра",
    ("metres", "pl"): "1 metr|2 metry|5 metrów|21 metrów|22 metry|25 metrów|1.5 metra",
    ("hours", "ru"): "1 час|2 часа|5 часов|21 час|22 часа|25 часов|1.5 часа",
    ("hours", "uk"): "1 година|2 години|5 годин|21 година|22 години|25 годин|1.5 години",
    ("hours", "pl"): "1 godzina|2 godziny|5 godzin|21 godzin|22 godziny|25 godzin|1.5 godziny",
    ("hundreds_of_feet", "ru"): (
        "1 сотня футов|2 сотни футов|5 сотен футов|21 сотня футов|22 сотни футов|25 сотен футов"
        "|1.5 сотни футов"
    ),
    ("hundreds_of_feet", "pl"): (
        "1 setka stóp|2 setki stóp|5 setek stóp|21 setek stóp|22 setki stóp|25 setek stóp"
        "|1.5 setki stóp"
    ),
    ("points", "ru"): "1 точка|2 точки|5 точек|21 точка|22 точки|25 точек|1.5 точки",
    ("notices", "uk"): (
        "1 сповіщення|2 сповіщення|5 сповіщень|21 сповіщення|22 сповіщення|25 сповіщень"
        "|1.5 сповіщення"
    ),
    ("bytes", "ru"): "1 байт|2 байта|5 байт|21 байт|22 байта|25 байт|1.5 байта",
}


@pytest.mark.parametrize(("noun", "language"), FORMS)
def test_nouns_agree_with_their_numbers(noun: str, language: str) -> None:
    forms = "|".join(counted(noun, number, language) for number in NUMBERS)
    assert forms == FORMS[noun, language]


@in_each_language
def test_every_count_has_the_plural_categories_of_cldr(language: str) -> None:
    categories = {*Locale(language).plural_form.rules, "other"}
    for name, message in messages(language).items():
        collector = collected(message)
        assert bool(collector.variants) == name.startswith("count-"), name
        if collector.variants:
            assert collector.variants == categories, name
            assert collector.variables == {"count", "figure"}, name


@in_each_language
def test_the_category_chosen_is_that_of_cldr(language: str) -> None:  # P-5
    rule = Locale(language).plural_form
    for noun in NOUNS:
        by_category: dict[str, set[str]] = {}
        for number in (*range(131), 1.5, 2.5, 10.5):
            words = counted(noun, number, language).partition(" ")[2]
            by_category.setdefault(rule(number), set()).add(words)
        assert all(len(words) == 1 for words in by_category.values()), noun
        assert set(by_category) == {*rule.rules, "other"}


@in_each_language
def test_negative_numbers_agree_too(language: str) -> None:
    words = counted("metres", -5, language)
    assert words == f"-{counted('metres', 5, language)}"


@in_each_language
def test_digits_are_latin_and_never_grouped(language: str) -> None:
    assert counted("metres", 1_234_567, language).startswith("1234567 ")
    assert counted("degrees", 95, language, figure="095").startswith("095 ")


def test_durations() -> None:
    assert duration_words(5_400_000, "en") == "1 hour 30 minutes"
    assert duration_words(90_061_001, "en") == "1 day 1 hour 1 minute 2 seconds"
    assert duration_words(0, "en") == "0 seconds"
    assert duration_words(2 * 86_400_000, "pl") == "2 doby"
    assert duration_words(5 * 3_600_000 + 60_000, "ru") == "5 часов 1 минута"


# Figures with words


def test_windows_heights_and_areas() -> None:
    window = window_words(COMPOSED_AT, COMPOSED_AT + 60_000, "en")
    assert window == "from 221400ZNOV26 to 221401ZNOV26 (1 minute)"
    height = parse_height("9500 ft AMSL")
    level = parse_height("FL095")
    assert height is not None
    assert level is not None
    assert full_height(height, "en") == "9500 ft AMSL (9500 feet above mean sea level)"
    assert full_height(height, "ru") == "9500 ft AMSL (9500 футов над средним уровнем моря)"
    assert full_height(level, "en").startswith("FL095 (95 hundreds of feet above")
    assert level.unit is HeightUnit.HUNDREDS_OF_FEET
    assert area_words(Circle(CENTRE, 27_780), "en") == (
        "circle, radius 27780 metres (15.0 NM), centre 55°12′30.0″N 019°45′12.5″E"
    )
    labels = [label for label, _ in area_points(AREAS[2], "en")]
    assert labels[8:11] == ["Point 9", "Hole 1, point 1", "Hole 1, point 2"]


# Sentences


def mention(record: Record, name: str, value: str, language: str) -> str:
    """What a sentence must hold, for one critical field."""
    body = record.body
    if name in ("reply", "topic", "keep", "stance", "step"):
        return term(getattr(body, name), language)
    if name in ("incident", "site"):
        return term(body.sort, language)  # type: ignore[union-attr]
    if name == "position" or name.startswith("point "):
        return dms(parse_position(value))
    if name == "area":
        area = body.notice.area if isinstance(body, Amend) else body.area  # type: ignore[union-attr]
        match area:
            case Circle(centre):
                return dms(centre)
            case Corridor() | Polygon():
                return value.rsplit(maxsplit=1)[-1]
    if name in ("lower", "upper"):
        heights = body.notice.heights if isinstance(body, Amend) else body.heights  # type: ignore[union-attr]
        assert isinstance(heights, Heights)
        return heights_text(heights)[name == "upper"]
    if name in ("place", "name"):
        return value[:80]
    return value


@in_each_language
@pytest.mark.parametrize("record", RECORDS, ids=lambda r: type(r.body).__name__)
def test_a_sentence_mentions_every_critical_field(record: Record, language: str) -> None:  # P-4
    said = sentence(record, NAMES, language)
    for name, value in critical_fields(record):
        assert folded(mention(record, name, value, language)) in folded(said), name
    if record.answer_due is not None:
        assert "221410ZNOV26" in said
    for circle in ("27780", "15.0 NM") if "CIRCLE" in str(critical_fields(record)) else ():
        assert circle in said
    shown = dict(lines(record, NAMES, language))
    for name, value in critical_fields(record):
        label = field_name("refers to" if name == "reference" else name, language)
        held = folded(mention(record, name, value, language))
        assert held in folded(shown[label]), name


@given(records(ANY_BODY), st.sampled_from(LANGUAGES))
def test_any_record_can_be_said_and_shown(record: Record, language: str) -> None:
    said = sentence(record, NAMES, language)
    rows = lines(record, NAMES, language)
    labels = [label for label, _ in rows]
    assert len(set(labels)) == len(labels)
    for words in each_words(record.body):
        assert quoted(words.text, language) in said
        assert any(quoted(words.text, language) in value for _, value in rows)


def each_words(body: object) -> Iterator[Words]:
    """Every author's free text of a body, that of a notice within an amendment included."""
    if isinstance(body, Words):
        yield body
    elif isinstance(body, tuple):
        for item in body:
            yield from each_words(item)
    elif isinstance(body, Amend):
        yield from each_words(body.notice)
    elif dataclasses.is_dataclass(body):
        for slot in dataclasses.fields(body):
            value = getattr(body, slot.name)
            if isinstance(value, Words | tuple):
                yield from each_words(value)


@in_each_language
def test_every_slot_has_a_row(language: str) -> None:
    for record in RECORDS:
        rows = lines(record, NAMES, language)
        labels = [label for label, _ in rows]
        assert len(labels) == len(set(labels)), record.body
        assert all(label and value for label, value in rows)
        if not isinstance(record.body, UnknownBody):
            body = record.body.notice if isinstance(record.body, Amend) else record.body
            slots = dataclasses.fields(body)
            assert len(rows) - 11 >= len(slots), record.body


def test_rows_of_a_notice() -> None:
    rows = dict(lines(record_of(NOTICE), NAMES, "en"))
    assert rows["To"] == "Sudmark, sea duty officer"
    assert rows["Refers to"] == "record 17 of Nordland (a0a1a2a3a4a5a6a7)"
    assert rows["Start"] == "221430ZNOV26"
    assert rows["Author's words"] == "“Плановый полёт” (Russian)"
    assert rows["Translation"] == "“Scheduled flight” (English, translated by a person)"
    assert rows["Seen by the author's node"] == f"Nordland: 21 records, digest {'0' * 32}"


@in_each_language
def test_an_unknown_kind_is_shown_as_unknown(language: str) -> None:  # P-10
    record = record_of(UnknownBody(77, (1, "two")))
    assert "77" in sentence(record, NAMES, language)
    assert term(77, language) == dict(lines(record, NAMES, language))[field_name("kind", language)]
    assert sentence(record, NAMES, "en") == "Unknown kind 77, kept as received."


@in_each_language
def test_numbers_that_the_agreement_does_not_know(language: str) -> None:
    record = record_of(LineState(200, Declared.SUSPENDED))
    assert "200" in sentence(record, Names((), ()), language)
    assert channel_term(1, language) == term(agreements.Channel.AIR, language)
    rows = dict(lines(record, Names((), ()), language))
    assert "1" in rows[field_name("to", language)]
    assert language_name("other", language) == phrase("language-other", language, code="other")
    assert "ar" in language_name("ar", language)


def test_names_of_an_agreement() -> None:
    parties = tuple(agreements.Party(name, bytes(32), bytes(32)) for name in NAMES.parties)
    agreed = SimpleNamespace(parties=parties, offices=NAMES.offices)
    assert names_of(cast(agreements.Agreement, agreed)) == NAMES


@in_each_language
def test_answers_and_restraints_of_every_code(language: str) -> None:
    for reply in Reply:
        later = 60_000 if reply is Reply.CHECKING else None
        said = sentence(record_of(Answer(reply, later)), NAMES, language)
        assert term(reply, language) in said
        assert ("221401ZNOV26" in said) == (reply is Reply.CHECKING)
    for keep in Keep:
        said = sentence(record_of(Restraint(keep, "the bridge")), NAMES, language)
        assert term(keep, language) in said


# Free text

sendable = st.text(min_size=1, max_size=2_000).map(lambda text: unicodedata.normalize("NFC", text))


def can_be_sent(text: str) -> bool:
    try:
        check_text(text)
    except Malformed:
        return False
    return 0 < len(text) <= 2_000


@given(sendable.filter(can_be_sent), st.sampled_from(LANGUAGES))
def test_free_text_stands_unchanged_in_marks_that_it_does_not_hold(
    text: str, language: str
) -> None:
    said = sentence(record_of(FreeText(Words("tr", text))), NAMES, language)
    assert said.endswith(quoted(text, language))
    shown = quoted(text, language)
    marks = re.match(r"⟦+|.", shown)
    assert marks is not None
    closing = shown[len(marks[0]) + len(text) :]
    assert shown == f"{marks[0]}{text}{closing}"
    assert closing not in text


@given(st.text("“”«»„‹›⟦⟧x", max_size=30), st.sampled_from(LANGUAGES))
def test_no_text_can_close_its_own_marks(text: str, language: str) -> None:  # P-7
    shown = quoted(text, language)
    start = shown.index(text) if text else len(shown) // 2
    assert shown[start + len(text) :] not in text or not text


@pytest.mark.parametrize(
    "text", ["{ $reply }", "{ kind-notice }", "a\n    .b = c", "{{", "x" * 2_000]
)
def test_free_text_is_never_taken_for_fluent(text: str) -> None:
    assert text in sentence(record_of(FreeText(Words("en", text))), NAMES, "en")


@in_each_language
def test_a_translation_says_who_made_it_and_comes_after_the_author(language: str) -> None:
    for translator in Translator:
        words = Words("ru", "слово", Translation("en", "word", translator))
        said = sentence(record_of(Query("4711", CENTRE, 0, words=words)), NAMES, language)
        russian, english = said.index("слово"), said.rindex("word")
        by = said.rindex(term(translator, language))
        assert russian < by < english
        assert said.index("221410ZNOV26") < russian
        assert language_name("ru", language) in said[:russian]
        assert language_name("en", language) in said[russian:english]


def test_the_longest_record_can_be_said() -> None:
    points = tuple(Position(-899_999_999, -1_799_999_999) for _ in range(6))
    long = Words("ru", "ж" * 2_000, Translation("en", "w" * 2_000, Translator.MACHINE))
    notice = dataclasses.replace(
        NOTICE,
        area=Polygon(points, (points,)),
        contact="c" * 64,
        unit="u" * 64,
        late_reason="l" * 120,
        words=long,
    )
    for language in LANGUAGES:
        record = record_of(Amend(notice, "r" * 120))
        said = sentence(record, Names(("n" * 40, "s" * 40), ()), language)
        assert "ж" * 2_000 in said
        assert "w" * 2_000 in said
        read_back = kinds.Acknowledge(tuple("r" * 96 for _ in range(12)))
        assert sentence(record_of(read_back), NAMES, language).count("r" * 96) == 12


# What is never said

NEVER = {
    "en": r"approv|clearance|cleared|authori[sz]|granted|no conflict|conflict|hostile|threat|enemy",
    "ru": r"одобр|разрешен[оа]|допущен|санкцион|конфликт|враждебн(?!ость)|угроз|противник|враг",
    "uk": r"схвал|погоджено|дозволен|санкціон|конфлікт|ворож(?!ості)|загроз|противник|ворог",
    "pl": r"zatwierdz|zezwolono|zgod[aęy]|autoryz|konflikt|wrog[ia]|grozi|groźb|przeciwnik",
}
CONSENT = {"publication-both-consent"}
"""The one message in which consent is meant: that to publishing."""


@in_each_language
def test_no_wording_permits_or_threatens(language: str) -> None:  # P-11
    faults = [
        name
        for name, text in all_text(language)
        if name not in CONSENT and re.search(NEVER[language], text.lower())
    ]
    assert faults == []


def test_absence_of_notice_is_not_absence_of_activity() -> None:
    assert note("none_held", "en", time="221430ZNOV26") == (
        "None among the notices held as of 221430ZNOV26."
        " Absence of notice is not absence of activity."
    )
    for language in LANGUAGES:
        assert "221430ZNOV26" in note("none_held", language, time="221430ZNOV26")


def test_a_complaint_is_an_alleged_breach() -> None:
    stems = {"en": "alleged", "ru": "предполагаем", "uk": "стверджуван", "pl": "domnieman"}
    complaint = next(r for r in RECORDS if isinstance(r.body, kinds.Complaint))
    for language, stem in stems.items():
        assert stem in term(Kind.COMPLAINT, language)
        assert stem in sentence(complaint, NAMES, language)


LEAVE = {
    "en": r"approv|permit|permission|allowed|consent|clear(?!s)",
    "ru": r"одобр|утвержден|согласован|разреш|дозвол|допу(?:ск|щ)",
    "uk": r"схвал|затвердж|погодж|узгодж|дозвол|допу(?:ск|щ)",
    "pl": r"zatwierdz|zezwol|uzgodn|zgod|pozwol|dopuszcz|akcept",
}
"""What would make a humanitarian notification look like leave given."""


@in_each_language
def test_no_humanitarian_wording_gives_leave(language: str) -> None:  # P-11
    of_sites = (sites.Site, sites.Movement, sites.MovementState, sites.Distributed, sites.Stop)
    records = [record for record in RECORDS if isinstance(record.body, of_sites)]
    said = [OWN_WORDS.sub("", sentence(record, NAMES, language)) for record in records]
    said += [label for record in records for label, _ in lines(record, NAMES, language)[6:-5]]
    for enumeration in (sites.SiteSort, sites.MovementStep, sites.DistributedState):
        said += [term(member, language) for member in enumeration]
    said += [term(kinds.KIND_OF[body], language) for body in of_sites]
    said += [note(name, language) for name in ("absence", "withdrawal")]
    assert [text for text in said if re.search(LEAVE[language], text.lower())] == []
    assert all(re.search(LEAVE[language], text) for text in GIVEN[language])


GIVEN = {
    "en": ("approved", "permitted"),
    "ru": ("одобрено", "согласовано", "утверждено"),
    "uk": ("схвалено", "погоджено", "затверджено"),
    "pl": ("zatwierdzono", "za zgodą", "zaakceptowano"),
}


def test_nothing_on_a_list_takes_protection_away() -> None:
    assert note("absence", "en") == "Absence from this list removes no legal protection."
    for language, protection in (
        ("en", "removes no legal protection"),
        ("ru", "не лишает правовой защиты"),
        ("uk", "не позбавляє правового захисту"),
        ("pl", "nie odbiera ochrony prawnej"),
    ):
        assert protection in note("absence", language)
        for record in RECORDS:
            if isinstance(record.body, sites.Site | sites.Movement):
                assert protection in sentence(record, NAMES, language)


def contact(outcome: contacts.Outcome, reason: str | None = None) -> Record:
    way, precision = contacts.Way.VOICE, contacts.Precision.DAY
    return record_of(
        contacts.Contact("minister", "minister", way, outcome, 0, precision, None, reason)
    )


@in_each_language
def test_the_five_outcomes_are_never_mixed(language: str) -> None:  # P-20
    said = {each: sentence(contact(each), NAMES, language) for each in contacts.Outcome}
    for outcome, text in said.items():
        named = [other for other in contacts.Outcome if f" {term(other, language)}." in text]
        assert named == [outcome]
    attempted = phrase("clause-not-attempted", language)
    assert [each for each, text in said.items() if attempted in text] == [
        contacts.Outcome.NOT_ATTEMPTED
    ]
    silence = note("silence", language)
    assert [each for each, text in said.items() if silence in text] == [contacts.Outcome.UNANSWERED]


@in_each_language
def test_inaction_is_the_author_s_whoever_reads_of_it(language: str) -> None:
    """A record reads the same on both sides, so "by us" would be said of the wrong one."""
    author = {"en": "author", "ru": "автора", "uk": "автора", "pl": "autora"}[language]
    assert author in term(contacts.Outcome.NOT_ATTEMPTED, language)
    for member in (calls.WhoCalled.AT_OUR_REQUEST, calls.WhoCalled.AT_YOUR_REQUEST):
        ours = re.search(r"\b(?:our|us|наш|нами|nas|nasz)", term(member, language))
        assert ours is None


@in_each_language
def test_a_reason_is_said_only_if_it_was_stated(language: str) -> None:
    stem = phrase("clause-reason", language, reason="x").partition("x")[0]
    for outcome in contacts.Outcome:
        assert stem not in sentence(contact(outcome), NAMES, language)
        assert f"{stem}{quoted('snow', language)}" in sentence(
            contact(outcome, "snow"), NAMES, language
        )
    later = sentence(record_of(calls.CallAnswer(calls.CallReply.NOT_AT_THIS_TIME)), NAMES, language)
    assert stem not in later
    assert later.endswith(phrase("clause-no-reason-owed", language))


@in_each_language
def test_a_count_that_is_not_known_is_no_number(language: str) -> None:
    said = sentence(contact(contacts.Outcome.HELD), NAMES, language)
    assert phrase("number-not-known", language) in said
    assert counted("times", 1, language) not in said


@in_each_language
def test_every_window_proposed_is_said_and_shown(language: str) -> None:
    for record in RECORDS:
        if not isinstance(record.body, calls.Call | calls.CallAnswer):
            continue
        said = sentence(record, NAMES, language)
        shown = " ".join(value for _, value in lines(record, NAMES, language))
        for span in record.body.windows:
            start = record.composed_at + span.start
            window = window_words(start, start + span.duration, language)
            assert window in said
            assert window in shown or span == record.body.windows[0]


@in_each_language
def test_evidence_is_shown_with_its_whole_digest(language: str) -> None:
    for record in RECORDS:
        if isinstance(record.body, incidents.Account) and record.body.attachments:
            shown = dict(lines(record, NAMES, language))[field_name("attachments", language)]
            for attachment in record.body.attachments:
                assert attachment.digest.hex() in shown
                assert counted("bytes", attachment.size, language) in shown
                assert attachment.digest[:8].hex() in sentence(record, NAMES, language)


@in_each_language
def test_what_a_notification_takes_the_place_of_is_said(language: str) -> None:
    for record in RECORDS:
        if isinstance(record.body, sites.Site | sites.Movement):
            replaces = phrase(
                "clause-replaces", language, reference=NAMES.reference(record, language)
            )
            assert replaces in sentence(record, NAMES, language)
            first = dataclasses.replace(record, refers_to=None)
            assert phrase("reference-none", language) not in sentence(first, NAMES, language)


def test_headings() -> None:
    assert heading("check_word", "en") == "Check word"
    with pytest.raises(InvalidValue, match="no heading"):
        heading("approved", "en")


# The catalogue


def framed(major: int, data: bytes) -> bytes:
    """A CBOR head and its bytes, written out here so that the code does not test itself."""
    size = len(data)
    for width, code in ((0, size), (1, 24), (2, 25), (4, 26)):
        if size < (24 if width == 0 else 1 << 8 * width):
            count = size.to_bytes(width, "big") if width else b""
            return bytes([major << 5 | code]) + count + data
    raise AssertionError


def test_the_catalogue_hash_is_the_specified_one() -> None:  # P-1
    files = b"".join(
        b"\x82"
        + framed(3, language.encode())
        + framed(2, (ROOT / "src" / "firebreak" / "phrases" / f"{language}.ftl").read_bytes())
        for language in ("en", "ru", "uk", "pl")
    )
    expected = hashlib.sha256(b"\x82" + framed(3, b"firebreak phrases 1") + b"\x84" + files)
    assert catalogue_hash() == expected.digest()


def test_any_changed_byte_changes_the_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    before = catalogue_hash()
    kept = source
    monkeypatch.setattr(catalogue, "source", lambda language: kept(language) + b" ")
    assert catalogue_hash.__wrapped__() != before


def test_line_ends_of_another_machine_change_nothing(  # P-2
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = type(ROOT)
    original = path.read_bytes
    monkeypatch.setattr(path, "read_bytes", lambda self: original(self).replace(b"\n", b"\r\n"))
    assert b"\r\n" in (ROOT / "src" / "firebreak" / "phrases" / "en.ftl").read_bytes()
    assert catalogue_hash.__wrapped__() == catalogue_hash()


def test_git_keeps_the_line_ends() -> None:
    paths = [f"src/firebreak/phrases/{language}.ftl" for language in LANGUAGES]
    told = subprocess.run(
        ["git", "check-attr", "eol", "--", *paths],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.splitlines() == [f"{path}: eol: lf" for path in paths]


@in_each_language
def test_the_first_line_says_whether_a_native_speaker_reviewed_it(  # P-9
    language: str,
) -> None:
    first = source(language).decode().partition("\n")[0]
    assert reviewed(language) == (first != "# Not reviewed by a native speaker.")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("# Reviewed by a native speaker: A. Example, 2026-12-01.", True),
        ("# Not reviewed by a native speaker.", False),
        ("# Reviewed by a native speaker: , 2026-12-01.", False),
        ("# Reviewed by a native speaker.", False),
        ("", False),
    ],
)
def test_a_review_has_a_name_and_a_date(
    line: str, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "source", lambda language: f"{line}\nx = y\n".encode())
    assert reviewed.__wrapped__("en") is told
