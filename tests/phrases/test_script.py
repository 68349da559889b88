"""A record as numbered bilingual text: whole, spelled out, checked; read back to the figure."""

import dataclasses
import re
import unicodedata
from collections.abc import Sequence
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.desk.spoken import check_of, hear, shown, spelled
from firebreak.errors import InvalidValue
from firebreak.phrases import LANGUAGES, lines, sentence
from firebreak.phrases.script import (
    FORM,
    SENTENCE,
    Difference,
    Item,
    Script,
    as_html,
    as_text,
    differences,
    direction,
    figures,
    form,
    script_of,
)
from firebreak.records.agreement import Mode
from firebreak.records.kinds import KIND_OF, FreeText, Kind, Notice, Query
from firebreak.records.readback import critical_fields, folded
from firebreak.records.record import Record, payload_of
from firebreak.records.slots import Words
from tests.conftest import ROOT
from tests.phrases.examples import CENTRE, NAMES, NOTICE, RECORDS, record_of
from tests.phrases.script_examples import SPEAKER, specification_example

BOTH = ("en", "ru")
BODY = Query("T-0417", CENTRE, -60_000, course_degrees=95)
QUERY = record_of(BODY)


def made(record: Record, languages: Sequence[str] = BOTH, mode: Mode = Mode.EXERCISE) -> Script:
    return script_of(record, NAMES, mode, languages, SPEAKER, agreed=True)


def item_of(script: Script, label: str) -> Item:
    return next(item for item in script.items if item.said[0].label == label)


def test_the_specification_opens_with_what_the_code_does() -> None:
    text = (ROOT / "spec" / "spoken.md").read_text(encoding="utf-8")
    assert text.split("```\n")[1] == specification_example()


# Items


def test_every_kind_is_among_the_records() -> None:
    assert {record.kind for record in RECORDS} >= {int(kind) for kind in Kind}
    assert set(KIND_OF) <= {type(record.body) for record in RECORDS}


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record.body).__name__)
@pytest.mark.parametrize("languages", [("en", "ru"), ("uk", "pl"), ("pl",)])
def test_every_slot_that_is_filled_is_an_item(record: Record, languages: Sequence[str]) -> None:
    """SP-11"""
    script = made(record, languages)
    assert [item.number for item in script.items] == list(range(1, len(script.items) + 1))
    first, second = script.items[:SENTENCE]
    assert first.said[0].value == SPEAKER
    for place, language in enumerate(languages):
        assert second.said[place].value == sentence(record, NAMES, language)
        shown_rows = [(i.said[place].label, i.said[place].value) for i in script.items[SENTENCE:]]
        rows = lines(record, NAMES, language)
        assert [row for row in rows if row in shown_rows] == shown_rows
        missing = {value for label, value in rows[:-5] if (label, value) not in shown_rows}
        assert len(missing) <= 2  # not stated, no record named
    assert {rows[0] for rows in lines(record, NAMES, languages[0])[-5:]}.isdisjoint(
        item.said[0].label for item in script.items
    )


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record.body).__name__)
def test_every_critical_field_is_spelled_out(record: Record) -> None:
    """SP-12: a time, position or height as it is read back stands among the figures."""
    written = {folded(figure.written) for item in made(record).items for figure in item.figures}
    for name, value in critical_fields(record):
        if re.fullmatch(r"[0-9]{6,8}Z.*|FL[0-9-]+|[0-9]{6}\.[0-9][NS].*|[0-9A-F]{16}", value):
            assert folded(value) in written, name


@pytest.mark.parametrize("record", RECORDS[:12], ids=lambda record: type(record.body).__name__)
def test_checks_are_the_same_whichever_language_comes_first(record: Record) -> None:
    """SP-11"""
    ours, theirs = made(record, ("en", "ru")), made(record, ("ru", "en"))
    assert [item.check for item in ours.items] == [item.check for item in theirs.items]
    assert ours.check == theirs.check == made(record, ("pl",)).check == check_of(payload_of(record))


def test_a_check_tells_another_value_item_and_mode() -> None:
    """SP-11"""
    exercise = made(QUERY)
    real = made(QUERY, mode=Mode.REAL)
    other = made(record_of(dataclasses.replace(BODY, track="T-0418")))
    assert all(a.check != b.check for a, b in zip(exercise.items, real.items, strict=True))
    differing = {
        a.said[0].label
        for a, b in zip(exercise.items, other.items, strict=True)
        if a.check != b.check
    }
    assert differing == {"Text", "Track"}
    assert len({item.check for item in exercise.items}) == len(exercise.items)


@pytest.mark.parametrize("languages", [(), ("en", "ru", "pl"), ("xx",), ("en", "xx")])
def test_other_languages_are_refused(languages: Sequence[str]) -> None:
    """SP-11"""
    with pytest.raises(InvalidValue, match=r"one language or two|no wording in 'xx'"):
        made(QUERY, languages)


def test_the_form_has_its_words_in_every_language() -> None:
    """SP-13"""
    for words in FORM.values():
        assert tuple(words) == LANGUAGES
    with pytest.raises(InvalidValue, match="no wording"):
        form("from", "ar")


# Figures


@pytest.mark.parametrize(
    ("value", "spoken"),
    [
        ("221430ZNOV26", "Two Two One Four Three Zero Zulu November Two Six"),
        ("22143007ZMAY2126", "Two Two One Four Three Zero Zero Seven Zulu May Two One Two Six"),
        (
            "55°12′30.0″N 019°45′12.5″W",
            (
                "Five Five Degrees One Two Minutes Three Zero Decimal Zero Seconds North Zero One"
                " Nine Degrees Four Five Minutes One Two Decimal Five Seconds West"
            ),
        ),
        ("FL095", "Flight Level Zero Nine Five"),
        ("FL-005", "Flight Level Minus Zero Zero Five"),
        ("9500 ft AMSL", "Nine Five Zero Zero Feet Above Mean Sea Level"),
        ("-30 m HAE", "Minus Three Zero Metres Above Ellipsoid"),
        ("095", "Zero Nine Five"),
        ("T-0417", "Tango Dash Zero Four One Seven"),
        ("121.5", "One Two One Decimal Five"),
        ("А-7", "А Dash Seven"),
    ],
)
def test_a_figure_is_spelled_out(value: str, spoken: str) -> None:
    """SP-12"""
    (found,) = figures(value)
    assert (found.written, found.spoken) == (value, spoken)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("FL065 to 9500 ft AMSL (9500 feet above mean sea level)", ["FL065", "9500 ft AMSL"]),
        ("“at (1430), on 121.5.” (Russian)", ["1430", "121.5"]),
        ("record 17 of Nordland (a0a1a2a3a4a5a6a7)", ["17", "a0a1a2a3a4a5a6a7"]),
        ("circle, radius 27780 metres (15.0 NM)", ["27780"]),
        ("not ours", []),
        ("radius 5 m, then 6.", ["5", "6"]),
    ],
)
def test_what_stands_in_brackets_is_not_said_twice(value: str, written: list[str]) -> None:
    """SP-12"""
    assert [figure.written for figure in figures(value)] == written


# Read-back


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record.body).__name__)
def test_an_item_read_back_as_it_was_said_is_understood(record: Record) -> None:
    """SP-14"""
    for item in made(record).items:
        for heard in (
            *(said.value for said in item.said),
            shown(item.check).lower(),
            spelled(item.check),
        ):
            assert differences(item, heard) == ()
        if item.figures:
            for heard in (
                " ".join(figure.written for figure in item.figures),
                "; ".join(figure.written.lower() for figure in item.figures),
                " ".join(figure.spoken for figure in item.figures),
                ", ".join(figure.spoken.upper() for figure in item.figures),
            ):
                assert differences(item, heard) == (), heard


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record.body).__name__)
def test_a_slip_in_any_digit_is_located_to_the_figure(record: Record) -> None:
    """SP-14"""
    for item in made(record).items:
        written = [figure.written for figure in item.figures]
        for place, figure in enumerate(written):
            for at, char in enumerate(figure):
                if not char.isdigit():
                    continue
                wrong = f"{figure[:at]}{(int(char) + 1) % 10}{figure[at + 1 :]}"
                heard = " ".join([*written[:place], wrong, *written[place + 1 :]])
                found = differences(item, heard)
                assert found == (Difference(item.number, place + 1, figure, heard),)


def test_what_was_not_said_and_what_was_said_besides_differ() -> None:
    """SP-14"""
    script = made(QUERY)
    observed, kind = item_of(script, "Observed at"), item_of(script, "Kind")
    (said,) = observed.figures
    assert differences(observed, "221358ZNOV26") == (
        Difference(observed.number, 1, said.written, "221358ZNOV26"),
    )
    assert differences(observed, f"{said.written} 7") != ()
    assert differences(observed, f"observed at {said.written}") == ()
    assert differences(observed, "yes") != ()
    assert differences(kind, "Query") == differences(kind, "ЗАПРОС") == ()
    assert differences(kind, "answer") == (Difference(kind.number, 0, "query", "answer"),)
    two = item_of(made(record_of(NOTICE)), "Area")
    assert len(two.figures) == 2
    heard = f"{two.figures[1].written} {two.figures[0].written}"
    assert {each.figure for each in differences(two, heard)} == {1, 2}


@given(st.text(max_size=150), st.sampled_from(made(QUERY).items))
def test_any_text_is_a_read_back(heard: str, item: Item) -> None:
    """SP-14: what is typed differs or not; it never makes it fall over."""
    assert isinstance(differences(item, heard), tuple)


# Text


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record.body).__name__)
def test_the_text_has_all_of_it(record: Record) -> None:
    """SP-13"""
    script = made(record, mode=Mode.REAL)
    text = as_text(script)
    loose = "".join(text.split())
    for item in script.items:
        for said in item.said:
            assert "".join(f"{said.label}: {said.value}".split()) in loose
        for figure in item.figures:
            assert "".join(f"{figure.written} = {figure.spoken}".split()) in loose
        assert spelled(item.check) in text
    assert spelled(script.check) in text
    assert text.startswith("REAL / ")
    assert text.rstrip().split("\n")[-1].startswith("REAL / ")
    assert "EXERCISE" not in text
    for words in ("attested by us", "Time given (UTC)", "To whom", "Read back", "[ ] yes"):
        assert words in text
    assert "not been reviewed by a native speaker" in text
    assert max(map(len, text.split("\n"))) <= 130


def test_an_exercise_says_so_first_and_last() -> None:
    """SP-13"""
    text = as_text(made(QUERY))
    assert text.startswith("EXERCISE / УЧЕНИЕ\n")
    assert text.endswith("EXERCISE / УЧЕНИЕ\n")
    assert "everything under this agreement is exercise" in text


def test_where_there_is_no_agreement_the_mark_stands_alone() -> None:
    """SP-13"""
    script = script_of(QUERY, NAMES, Mode.EXERCISE, BOTH, SPEAKER, agreed=False)
    assert as_text(script).startswith("EXERCISE / УЧЕНИЕ\n")
    assert as_text(script).endswith("EXERCISE / УЧЕНИЕ\n")
    for source in (as_text(script), as_html(script)):
        assert "under this agreement" not in source


def test_a_check_heard_from_paper_is_found() -> None:
    for item in made(QUERY).items:
        line = next(
            line for line in as_text(made(QUERY)).split("\n") if f" {item.number}: " in line
        )
        assert hear(line.split(" = ")[1], item.check).doubts == ()


# HTML


class Page(HTMLParser):
    """What is on a page: its text, its tags with their attributes; all that is opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record.body).__name__)
def test_the_page_has_all_of_it_and_nothing_from_elsewhere(record: Record) -> None:
    """SP-13"""
    script = made(record)
    source = as_html(script)
    page = Page(source)
    loose = "".join("".join(page.text).split())
    for item in script.items:
        for said in item.said:
            assert "".join(f"{said.label}: {said.value}".split()) in loose
        for figure in item.figures:
            assert "".join(f"{figure.written} = {figure.spoken}".split()) in loose
        assert "".join(spelled(item.check).split()) in loose
    assert "EXERCISE/УЧЕНИЕ" in loose
    assert {tag for tag, _ in page.tags} <= {
        *("html", "head", "meta", "title", "style", "body", "p", "table", "thead", "tbody"),
        *("tfoot", "tr", "th", "td", "br", "span", "div", "bdi"),
    }
    for _, attributes in page.tags:
        assert attributes.keys() <= {
            "lang",
            "dir",
            "class",
            "charset",
            "content",
            "http-equiv",
            "colspan",
        }
    assert "://" not in source
    assert "url(" not in source
    assert "size: A4" in source


OWN = st.text(
    st.characters(max_codepoint=0x2FF, exclude_categories=("Cc", "Cf", "Zl", "Zp"))
    | st.sampled_from("<>&\"'“”«»„⟦⟧مرحباשלום"),
    min_size=1,
).filter(lambda text: text == unicodedata.normalize("NFC", text))


@given(OWN)
def test_an_author_s_own_words_stay_text_and_apart(own: str) -> None:
    """SP-13"""
    record = record_of(FreeText(Words("ar", own)))
    page = Page(as_html(made(record)))
    assert not {"script", "img", "a"} & {tag for tag, _ in page.tags}
    assert own.strip() in "".join(page.text)


def test_words_from_right_to_left_are_isolated() -> None:
    """SP-13"""
    source = as_html(made(record_of(FreeText(Words("ar", "مرحبا <b> 12")))))
    assert '<bdi dir="auto">مرحبا &lt;b&gt; 12</bdi>' in source
    assert '<div lang="ru" dir="ltr">' in source
    assert (direction("ar"), direction("he"), direction("pl")) == ("rtl", "rtl", "ltr")


def test_a_notice_has_every_figure_on_its_page() -> None:
    """SP-12 and SP-13"""
    script = made(record_of(NOTICE))
    assert isinstance(record_of(NOTICE).body, Notice)
    assert {"Start", "End", "Lower height", "Upper height", "Area"} <= {
        item.said[0].label for item in script.items if item.figures
    }
