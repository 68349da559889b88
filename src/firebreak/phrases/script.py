"""A record as numbered bilingual text: to read over a telephone, print, fax or mail (spec/spoken.md).

Generic over the kinds: the sentence, then every slot that is filled as an item of its own, its
figures spelled out, a check word behind each. Plain text, or one self-contained page of HTML.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from firebreak.desk.spoken import SPELLING, check_of, hear, shown, spelled
from firebreak.errors import InvalidValue
from firebreak.phrases.catalogue import LANGUAGES, phrase, reviewed
from firebreak.phrases.names import Names
from firebreak.phrases.rows import lines
from firebreak.phrases.sentences import sentence
from firebreak.phrases.table import Row
from firebreak.phrases.terms import heading, language_name, note, state, term
from firebreak.records.agreement import Mode
from firebreak.records.cbor import encode
from firebreak.records.figures import MONTHS, exact_date_time_group
from firebreak.records.readback import folded
from firebreak.records.record import Record, payload_of

FORM: Final[dict[str, dict[str, str]]] = {
    "from": {"en": "From", "ru": "От", "uk": "Від", "pl": "Od"},
    "text": {"en": "Text", "ru": "Текст", "uk": "Текст", "pl": "Tekst"},
    "given": {
        "en": "Time given (UTC)",
        "ru": "Время передачи (UTC)",
        "uk": "Час передачі (UTC)",
        "pl": "Godzina przekazania (UTC)",
    },
    "to": {"en": "To whom", "ru": "Кому передано", "uk": "Кому передано", "pl": "Komu przekazano"},
    "by": {"en": "By whom", "ru": "Кем передано", "uk": "Ким передано", "pl": "Kto przekazał"},
    "read-back": {
        "en": "Read back",
        "ru": "Повторено в ответ",
        "uk": "Повторено у відповідь",
        "pl": "Powtórzono",
    },
    "yes": {"en": "yes", "ru": "да", "uk": "так", "pl": "tak"},
    "no": {"en": "no", "ru": "нет", "uk": "ні", "pl": "nie"},
}
"""The words of the form itself. Nobody signs these, so they are not in the catalogue's hash; they
are not reviewed by a native speaker either."""

_MACHINES = ("version", "author", "control", "serial", "seen")
"""Slots that only machines need: they are not read aloud."""
_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_WIDTH = 92
SENTENCE: Final = 2
"""The item that is the sentence; its figures are in the items after it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it is written, and as it is said."""

    written: str
    spoken: str


@dataclass(frozen=True, slots=True)
class Said:
    """A label and a value in one language."""

    language: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Item:
    """One numbered item: the same in each language, its figures, its check."""

    number: int
    said: tuple[Said, ...]
    figures: tuple[Figure, ...]
    check: str


@dataclass(frozen=True, slots=True)
class Script:
    """A record to be read aloud. check: of the record's payload, whatever the languages; agreed: that an
    agreement says how it is meant."""

    mode: Mode
    languages: tuple[str, ...]
    composed: str
    items: tuple[Item, ...]
    check: str
    agreed: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a read-back differs: the item, and the figure from 1, or 0 for its text as a whole."""

    item: int
    figure: int
    expected: str
    heard: str


def script_of(
    record: Record,
    names: Names,
    mode: Mode,
    languages: Sequence[str],
    speaker: str,
    *,
    agreed: bool,
) -> Script:
    """A record in our language and theirs, or in one. speaker: who says it, party and office; agreed:
    that an agreement says how it is meant, not its author alone.

    Raises InvalidValue for a language without wording, or for none or more than two (SP-11).
    """
    if not 1 <= len(languages) <= 2:
        raise InvalidValue("A script is in one language or two. Name ours, then theirs.")
    columns = [list(_said(record, names, language, speaker)) for language in languages]
    items = [
        _item(number, mode, languages, rows)
        for number, rows in enumerate(zip(*columns, strict=True), 1)
    ]
    composed = exact_date_time_group(record.composed_at)
    check = check_of(payload_of(record))
    return Script(mode, tuple(languages), composed, tuple(items), check, agreed)


def _said(record: Record, names: Names, language: str, speaker: str) -> Iterator[Row]:
    """What is read aloud in one language: who speaks, the sentence, every slot that is filled."""
    machines = {phrase(f"label-{name}", language) for name in _MACHINES}
    empty = {phrase(name, language) for name in ("not-stated", "reference-none")}
    yield form("from", language), speaker
    yield form("text", language), sentence(record, names, language)
    for label, value in lines(record, names, language):
        if label not in machines and value not in empty:
            yield label, value


def form(name: str, language: str) -> str:
    """A word of the form. Raises InvalidValue for a language without wording."""
    if language not in LANGUAGES:
        raise InvalidValue(
            f"There is no wording in {language!r}. Choose one of {', '.join(LANGUAGES)}."
        )
    return FORM[name][language]


def _item(number: int, mode: Mode, languages: Sequence[str], rows: Sequence[Row]) -> Item:
    said = tuple(Said(language, *row) for language, row in zip(languages, rows, strict=True))
    found = () if number == SENTENCE else figures(said[0].value)
    plain = tuple(sorted((each.language, each.label, each.value) for each in said))
    check = check_of(encode(("firebreak item 1", int(mode), number, plain)))
    return Item(number, said, found, check)


# Figures

_GROUP = r"(?P<group>[0-9]{6}(?:[0-9]{2})?Z(?:" + "|".join(MONTHS) + r")[0-9]{2,})"
_ANGLE = r"[0-9]{2,3}°[0-9]{2}′[0-9]{2}\.[0-9]″"
_PLACE = rf"(?P<place>{_ANGLE}[NS] {_ANGLE}[EW]|[0-9]{{6}}\.[0-9][NS] ?[0-9]{{7}}\.[0-9][EW])"
_HEIGHT = r"(?P<level>FL-?[0-9]{3})|(?P<height>-?[0-9]+ (?:m|ft|M|FT) (?:AMSL|AGL|HAE))"
_PLAIN = r"(?P<plain>[+-]?(?=[\w./-]*[0-9])\w(?:[\w./-]*\w)?)"
_FIGURE = re.compile(rf"(?<!\w)(?:{_GROUP}|{_PLACE}|{_HEIGHT}|{_PLAIN})(?!\w)")
_QUOTED = r"“[^”]*”|«[^»]*»|„[^”]*”|‹[^›]*›|⟦+[^⟦⟧]*⟧+"
_GLOSS = re.compile(rf"({_QUOTED}|\([0-9a-f]{{16}}\))|\([^()]*\)")
"""In brackets stands the same again, in other units or exactly; not so in an author's own words, nor
in the beginning of a record's id."""

_MONTHS = dict(
    zip(
        MONTHS,
        (
            *("January", "February", "March", "April", "May", "June", "July", "August"),
            *("September", "October", "November", "December"),
        ),
        strict=True,
    )
)
_SIGNS = {
    ".": "Decimal",
    "-": "Dash",
    "/": "Slash",
    "+": "Plus",
    "°": "Degrees",
    "′": "Minutes",
    "″": "Seconds",
}
_QUARTERS = {"N": "North", "S": "South", "E": "East", "W": "West"}
_UNITS = {"M": "Metres", "FT": "Feet"}
_LEVELS = {
    "AMSL": "Above Mean Sea Level",
    "AGL": "Above Ground Level",
    "HAE": "Above Ellipsoid",
}


def figures(value: str) -> tuple[Figure, ...]:
    """Every figure in a value, spelled out; what stands in brackets is left out (SP-12)."""
    bare = _GLOSS.sub(lambda found: found[1] or " ", value)
    return tuple(Figure(found[0], _spoken(found)) for found in _FIGURE.finditer(bare))


def _spoken(found: re.Match[str]) -> str:
    text = found[0]
    match found.lastgroup:
        case "group":
            digits, _, rest = text.partition("Z")
            return f"{_spelled(digits)} Zulu {_MONTHS[rest[:3]]} {_spelled(rest[3:])}"
        case "place":
            return " ".join(_QUARTERS.get(char) or _spelled(char) for char in text if char != " ")
        case "level":
            return f"Flight Level {_spelled(text[2:])}"
        case "height":
            amount, unit, level = text.split(" ")
            return f"{_spelled(amount)} {_UNITS[unit.upper()]} {_LEVELS[level]}"
        case _:
            return _spelled(text)


def _spelled(text: str) -> str:
    """Character by character; a minus before a number is said so."""
    if text.startswith("-"):
        return f"Minus {_spelled(text[1:])}"
    return " ".join(_SIGNS.get(char) or spelled(char.upper()) for char in text)


# Read-back


def differences(item: Item, heard: str) -> tuple[Difference, ...]:
    """What differs in an item as it was heard back; none if it was understood (SP-14).

    heard: the item's figures as written or as said, or its text in either language, or its check.
    """
    written, given = _as_written(heard), heard.strip()
    texts = {folded(each.value).casefold() for each in item.said}
    if folded(given).casefold() in texts or _is_check(item, given):
        return ()
    if not item.figures:
        return (Difference(item.number, 0, item.said[0].value, given),)
    expected = [folded(figure.written) for figure in item.figures]
    if folded(written) == "".join(expected):
        return ()
    typed = [folded(figure.written) for figure in figures(written)]
    if len(typed) == len(expected):
        right = [there == wanted for there, wanted in zip(typed, expected, strict=True)]
    else:
        right = _in_order(folded(written), expected)
        if all(right):  # all are there, and more besides
            whole = ", ".join(figure.written for figure in item.figures)
            return (Difference(item.number, 1 if len(expected) == 1 else 0, whole, given),)
    return tuple(
        Difference(item.number, place, figure.written, given)
        for place, (figure, good) in enumerate(zip(item.figures, right, strict=True), 1)
        if not good
    )


def _in_order(said: str, expected: Sequence[str]) -> list[bool]:
    """Whether each is in what was said, behind the one before it."""
    right = []
    for plain in expected:
        _, there, after = said.partition(plain)
        right.append(bool(there))
        said = after if there else said
    return right


def _is_check(item: Item, heard: str) -> bool:
    return len(heard) <= 100 and hear(heard).characters == item.check


_SPOKEN = {
    **{word.upper(): char for char, word in SPELLING.items()},
    **{word.upper(): char for char, word in _QUARTERS.items()},
    **{word.upper(): char for char, word in _UNITS.items()},
    "DECIMAL": ".",
    "POINT": ".",
    "DASH": "-",
    "MINUS": "-",
    "SLASH": "/",
    "PLUS": "+",
    "DEGREES": "",
    "MINUTES": "",
    "SECONDS": "",
    "NINER": "9",
    "ALPHA": "A",
    "JULIET": "J",
    "FLIGHT": "FL",
    "LEVEL": "",
    "MEAN": "M",
    "SEA": "S",
    "GROUND": "G",
    "ABOVE": "A",
}
_ALOUD = {
    **{f"ZULU {name.upper()}": f"Z{month}" for month, name in _MONTHS.items()},
    **{name.upper(): short for short, name in _LEVELS.items()},
    "FLIGHT LEVEL": "FL",
}
_WORD = re.compile(r"[A-Z][A-Z-]*[A-Z]")


def _as_written(heard: str) -> str:
    """Words of the spelling alphabet, and of figures, as the characters that they stand for."""
    text = " ".join(heard.upper().split())
    for words, short in _ALOUD.items():
        text = re.sub(rf"\b{words}\b", short, text)
    return _WORD.sub(lambda word: _SPOKEN.get(word[0], word[0]), text)


# Plain text


def as_text(script: Script) -> str:
    """To read aloud, to mail, to print where there is nothing better (SP-13)."""
    banner = _both(script, lambda language: term(script.mode, language).upper())
    out = [banner, f"{_heading(script, 'message')}: {script.composed}", *_notes(script), ""]
    for item in script.items:
        out += [*_item_lines(script, item), ""]
    end = f"{_heading(script, 'end_of_message')} · {_heading(script, 'check_word')}:"
    out += [end, f"    {_check_words(script.check)}", "", *_form_lines(script), banner]
    return "\n".join(out) + "\n"


def _item_lines(script: Script, item: Item) -> Iterator[str]:
    for place, said in enumerate(item.said):
        first = f"{item.number:>3}  " if place == 0 else "     "
        for number, line in enumerate(f"{said.label}: {said.value}".split("\n")):
            yield from textwrap.wrap(
                line,
                _WIDTH,
                initial_indent="     " if number else first,
                subsequent_indent="     ",
                break_on_hyphens=False,
            )
    for figure in item.figures:
        yield from textwrap.wrap(
            f"{figure.written} = {figure.spoken}",
            _WIDTH,
            initial_indent="       ",
            subsequent_indent="           ",
            break_on_hyphens=False,
        )
    yield f"     {_heading(script, 'check_word')} {item.number}: {_check_words(item.check)}"


def _form_lines(script: Script) -> Iterator[str]:
    yield _both(script, lambda language: state("attested", language)) + ":"
    yield from (note("attested", language) for language in script.languages)
    for name in ("given", "to", "by"):
        yield f"{_form(script, name)}: ".ljust(52, " ") + "_" * 36
    yield f"{_form(script, 'read-back')}:   [ ] {_form(script, 'yes')}   [ ] {_form(script, 'no')}"
    yield ""


def _notes(script: Script) -> list[str]:
    """What stands beside, lest the paper be taken for more."""
    told = []
    if script.mode is Mode.EXERCISE and script.agreed:
        told += [note("exercise", language) for language in script.languages]
    return told + [
        f"{language_name(language, language)}: {note('not_reviewed', language)}"
        for language in script.languages
        if not reviewed(language)
    ]


def _both(script: Script, word: Callable[[str], str]) -> str:
    return " / ".join(dict.fromkeys(word(language) for language in script.languages))


def _heading(script: Script, name: str) -> str:
    return _both(script, lambda language: heading(name, language))


def _form(script: Script, name: str) -> str:
    return _both(script, lambda language: form(name, language))


def _check_words(check: str) -> str:
    return f"{shown(check)} = {spelled(check)}"


# HTML

_STYLE = """
@page { size: A4; margin: 14mm }
body { font: 11pt/1.35 sans-serif; color: #000; background: #fff; max-width: 182mm; margin: auto }
table { width: 100%; border-collapse: collapse }
th, td { border-bottom: 1px solid #000; padding: 1.5mm; text-align: start; vertical-align: top }
tr { break-inside: avoid }
thead th, tfoot td { font-weight: bold; letter-spacing: .1em; text-align: center }
.label { font-weight: bold }
.text { white-space: pre-line }
.spoken, .check { font-family: monospace; font-size: 10pt }
.check { border: 1px solid #000; padding: 0 1mm }
.note { font-size: 9pt; margin: 1mm 0 }
.form { break-inside: avoid; border: 1px solid #000; padding: 3mm; margin-top: 5mm }
.line { border-bottom: 1px solid #000; display: inline-block; width: 80mm }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_QUOTE = re.compile(rf"({_QUOTED})", re.DOTALL)


def as_html(script: Script) -> str:
    """One page to print on A4, with nothing from elsewhere and nothing that runs (SP-13)."""
    first = script.languages[0]
    banner = _marked(script, lambda language: term(script.mode, language).upper())
    items = "\n".join(_html_item(script, item) for item in script.items)
    notes = "".join(f'<p class="note" dir="auto">{_escaped(line)}</p>' for line in _notes(script))
    message = _marked(script, lambda language: heading("message", language))
    end = _marked(script, lambda language: heading("end_of_message", language))
    word = _marked(script, lambda language: heading("check_word", language))
    return f"""<!DOCTYPE html>
<html lang="{first}" dir="{direction(first)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{_escaped(term(script.mode, first).upper())} {script.composed}</title>
<style>{_STYLE}</style>
</head>
<body>
{notes}
<table>
<thead><tr><th colspan="2">{banner}<br>{message} <span dir="ltr">{script.composed}</span></th></tr></thead>
<tfoot><tr><td colspan="2">{banner}</td></tr></tfoot>
<tbody>
{items}
<tr><th></th><td>{end}<br>{word}: {_html_check(script.check)}</td></tr>
</tbody>
</table>
{_html_form(script)}
</body>
</html>
"""


def direction(language: str) -> str:
    """Which way a language is written, as HTML has it: ltr or rtl."""
    return "rtl" if language in _RIGHT_TO_LEFT else "ltr"


def _html_item(script: Script, item: Item) -> str:
    said = "\n".join(
        f'<div lang="{each.language}" dir="{direction(each.language)}">'
        f'<span class="label">{_escaped(each.label)}:</span>'
        f' <span class="text">{_isolated(each.value)}</span></div>'
        for each in item.said
    )
    spoken = "".join(
        f'<div class="spoken" lang="en" dir="ltr"><bdi>{_escaped(figure.written)}</bdi> ='
        f" {_escaped(figure.spoken)}</div>"
        for figure in item.figures
    )
    word = _marked(script, lambda language: heading("check_word", language))
    check = f"<div>{word} {item.number}: {_html_check(item.check)}</div>"
    return f"<tr><th>{item.number}</th><td>{said}{spoken}{check}</td></tr>"


def _html_check(check: str) -> str:
    return f'<span class="check" lang="en" dir="ltr">{_escaped(_check_words(check))}</span>'


def _html_form(script: Script) -> str:
    def word(name: str) -> str:
        return _marked(script, lambda language: form(name, language))

    blanks = "".join(
        f'<p>{word(name)}: <span class="line">&nbsp;</span></p>' for name in ("given", "to", "by")
    )
    title = _marked(script, lambda language: state("attested", language))
    attested = _marked(script, lambda language: note("attested", language))
    return (
        f'<div class="form"><p class="label">{title}</p><p class="note">{attested}</p>{blanks}'
        f"<p>{word('read-back')}: ☐ {word('yes')} &nbsp; ☐ {word('no')}</p></div>"
    )


def _marked(script: Script, word: Callable[[str], str]) -> str:
    """A word in each language, each with its language and direction."""
    return " / ".join(
        f'<span lang="{language}" dir="{direction(language)}">{_escaped(word(language))}</span>'
        for language in script.languages
    )


def _isolated(value: str) -> str:
    """A value whose author's own words cannot turn round what stands beside them (P-6)."""
    parts = _QUOTE.split(value)
    return "".join(
        f'{_escaped(part[0])}<bdi dir="auto">{_escaped(part[1:-1])}</bdi>{_escaped(part[-1])}'
        if place % 2
        else f"<bdi>{_escaped(part)}</bdi>"
        for place, part in enumerate(parts)
        if part
    )


def _escaped(text: str) -> str:
    return html.escape(text)
