"""What an officer is shown: sentences in the languages agreed, margins, what was not read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from firebreak.cli.client import Answer
from firebreak.cli.render import short, when
from firebreak.records.figures import distance_text, window_text
from firebreak.records.spelling import duration_text

if TYPE_CHECKING:
    from firebreak.phrases import Names
    from firebreak.records.agreement import Agreement
    from firebreak.records.record import Record

Say = Callable[..., None]

MOST_LANGUAGES = 2


def languages(agreement: Agreement) -> list[str]:
    """The first two languages of the agreement that have phrases; English if there is none."""
    from firebreak.phrases import LANGUAGES

    return [code for code in agreement.languages if code in LANGUAGES][:MOST_LANGUAGES] or ["en"]


def show_record(record: Record, agreement: Agreement, channel: str, say: Say) -> None:
    """What the very bytes say, in each language."""
    from firebreak.phrases import names_of, note
    from firebreak.records.agreement import Mode

    names = names_of(agreement)
    to = [names.office(number, "en") for number in record.to]
    head = f"{record.precedence.name} on the {channel} channel"
    say(f"{head}, to {'; '.join(to)}:" if to else f"{head}:")
    show_sentences(record, names, languages(agreement), say)
    if agreement.mode is Mode.EXERCISE:
        say(f"  {note('exercise', languages(agreement)[0])}")


def show_sentences(record: Record, names: Names, in_languages: Sequence[str], say: Say) -> None:
    """What a record says, a line for each language."""
    from firebreak.phrases import reviewed, sentence

    for language in in_languages:
        mark = "" if reviewed(language) else " (wording not reviewed by a native speaker)"
        say(f"  {language}{mark}: {sentence(record, names, language)}")


def show_check(check: Answer, say: Say) -> None:
    """Margins, lateness, and what of the other side's has not been shown here."""
    for margin in check["conflicts"]:
        say(f"  CONFLICT: {margin_text(margin)}")
    for identity in check["unchecked"]:
        say(f"  UNCHECKED: the area of {short(identity)} is unsound; treat it as meeting this.")
    if check["note"]:
        say(f"  {check['note']}")
    if check["late_by_ms"] is not None:
        late = duration_text(check["late_by_ms"] // 1_000 * 1_000)
        say(f"  LATE: the lead time agreed is missed by {late}; your reason goes with it.")
    if check["unread"]:
        say("  Not displayed here before, so perhaps not read:")
        for view in check["unread"]:
            say(*(f"    {line}" for line in brief(view)))
    if check["more_unread"]:
        say("    … and more: firebreak inbox --unread")


def margin_text(margin: Answer) -> str:
    """By how much two notices overlap."""
    feet = margin["height_overlap_ft"]
    height = "without limit" if feet is None else f"{feet} ft"
    if not margin["heights_comparable"]:
        height = f"at most {height}"
    window = window_text(margin["overlap_from"], margin["overlap_until"])
    stale = ", filed on a stale picture" if margin["unseen"] else ""
    return (
        f"meets {short(margin['id'])} of {margin['party']}: in place by"
        f" {distance_text(margin['horizontal_overlap_m'])}, in height {height}, in time {window}"
        f"{stale}"
    )


def brief(view: Answer) -> list[str]:
    """One record in two or three lines."""
    head = (
        f"{short(view['id'])} {when(view['stored_at'])} {view['party']},"
        f" {view['office'] or 'unknown author'}: {view['kind']}"
    )
    sentences: Sequence[str] = list(view["sentence"].values())[:MOST_LANGUAGES]
    return [head, *(f"  {text}" for text in sentences)]
