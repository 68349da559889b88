"""What our own side notes round a call: staff, brief, challenge, memorandum, any telephone call."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated

import typer

from firebreak.cli.call_shown import asked_for, mode
from firebreak.cli.client import Answer
from firebreak.cli.entering import Book, Hand, RealOption, entering
from firebreak.cli.inputs import past
from firebreak.cli.output import now, refuse, say
from firebreak.cli.places import IdArgument
from firebreak.cli.render import print_json, short
from firebreak.desk import challenge as challenges
from firebreak.desk.challenge import Challenge
from firebreak.desk.entries.calls import (
    Briefed,
    Challenged,
    ChallengeDrawn,
    Memorandum,
    Post,
    Staffed,
    VoiceLog,
)
from firebreak.desk.entries.contacts import Direction
from firebreak.desk.spoken import shown, spelled
from firebreak.errors import InvalidValue, Refused
from firebreak.records.contacts import Way
from firebreak.records.slots import Words
from firebreak.records.spelling import named, parse_duration

_MINUTE = 60_000


def register(app: typer.Typer) -> None:
    """Put these commands under `firebreak call`."""
    for name, command in (
        ("staff", staff),
        ("brief", brief),
        ("challenge", challenge),
        ("memorandum", memorandum),
        ("note", note),
    ):
        app.command(name)(entering(command))


def _people(names: list[str] | None, post: Post, language: str | None, gone: bool) -> list[Staffed]:
    return [Staffed(post, name, language, gone) for name in names or []]


def staff(
    beginning: IdArgument,
    interpreter: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Who interprets.", show_default=False)
    ] = None,
    language: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="From and into which language.", show_default=False),
    ] = None,
    note_taker: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Who takes notes.", show_default=False)
    ] = None,
    other: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Who else.", show_default=False)
    ] = None,
    release: Annotated[
        bool, typer.Option("--released", help="They are not on it any more.")
    ] = False,
    *,
    hand: Hand,
) -> None:
    """Name interpreters and note-takers of ours, without whom no call is ready.

    \b
    Example:
      firebreak call staff 3fa91c07 --interpreter "Lt. Ilves" --language ru \\
        --note-taker "Capt. Saar" --dir alpha
    """
    view = asked_for(hand.directory, beginning)
    named_people = [
        *_people(interpreter, Post.INTERPRETER, language, release),
        *_people(note_taker, Post.NOTE_TAKER, None, release),
        *_people(other, Post.OTHER, None, release),
    ]
    if not named_people:
        raise InvalidValue("Name somebody: --interpreter, --note-taker or --other.")
    about = [bytes.fromhex(view["id"])]
    Book(hand).enter_all([(person, about) for person in named_people])


def brief(
    beginning: IdArgument,
    by: Annotated[
        str, typer.Option("--by", metavar="OFFICE", help="Who drafted, checked and cleared it.")
    ],
    *,
    hand: Hand,
) -> None:
    """Note that the brief is drafted, checked and cleared.

    \b
    Example:
      firebreak call brief 3fa91c07 --by "security adviser" --dir alpha
    """
    view = asked_for(hand.directory, beginning)
    Book(hand).enter(Briefed(by), [bytes.fromhex(view["id"])])


# The call-back challenge


def challenge(
    beginning: IdArgument,
    heard: Annotated[
        str | None,
        typer.Option(metavar="WORDS", help="What they said, as you heard it.", show_default=False),
    ] = None,
    person: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who spoke there.", show_default=False)
    ] = None,
    draw: Annotated[
        str | None,
        typer.Option(
            metavar="WAY",
            help="For a side without a node: draw a random one, to be given to them this way, by"
            " another than the call (fax, mail, person).",
            show_default=False,
        ),
    ] = None,
    *,
    hand: Hand,
) -> None:
    """Know each other on the telephone: each side says its word, good for this acceptance only.

    Let them say theirs first; say yours only when theirs is right.

    \b
    Examples:
      firebreak call challenge 3fa91c07 --dir alpha
      firebreak call challenge 3fa91c07 --heard "Kilo Three Mike Foxtrot Seven Romeo" --dir alpha
      firebreak call challenge 3fa91c07 --draw fax --dir alpha
    """
    view, book = asked_for(hand.directory, beginning), Book(hand)
    about = [bytes.fromhex(view["id"])]
    if draw is not None:
        _draw(view, book, named(Way, draw), about)
        return
    words, we_asked = _challenge(view), view["by"] == "ours"
    if heard is None:
        _show(view, words, hand)
        return
    doubts = challenges.doubts(heard, words.theirs(we_asked=we_asked))
    book.enter(Challenged(not doubts, person), about)
    if doubts:
        refuse(
            "That is not the word. Do not go on: hang up, and call back by the number that you have"
            " on file. It is noted in the journal."
        )
    if not hand.as_data:
        say(f"{mode(view)}. The word is right. Say yours: {_aloud(words.ours(we_asked=we_asked))}")


def _draw(view: Answer, book: Book, way: Way, about: list[bytes]) -> None:
    if not view["attested"]:
        raise InvalidValue(
            "Both sides have a node: the words follow from the request and its acceptance. Leave"
            " out --draw."
        )
    if view["acceptance"] is None:
        raise Refused(
            f"The call stands at {view['standing']}. A challenge belongs to an acceptance."
        )
    if way.name.lower() == view["way"] or way is Way.NODE:
        raise InvalidValue(
            f"Give it to them by another way than the call itself ({view['way']}), or whoever"
            " listens there knows it, too."
        )
    made = challenges.drawn(secrets.token_bytes(challenges.RANDOM_BYTES))
    book.enter(ChallengeDrawn(made.asker, made.asked, way), about)
    if not book.hand.as_data:
        asked = "We" if view["by"] == "ours" else "They"
        other = "They" if view["by"] == "ours" else "We"
        say(f"{mode(view)}.")
        say(f"{asked} say: {_aloud(made.asker)}", f"{other} say: {_aloud(made.asked)}")


def _challenge(view: Answer) -> Challenge:
    """The challenge that holds. Raises Refused where there is none."""
    if view["acceptance"] is None:
        raise Refused(
            f"The call stands at {view['standing']}. A challenge belongs to an acceptance."
        )
    drawn = view["challenge"]
    if drawn is not None:
        return Challenge(drawn["asker"], drawn["asked"])
    if view["attested"]:
        raise Refused(
            "They have no node, so no challenge is there yet. Draw one, and give it to them by"
            " another way than the call: firebreak call challenge ID --draw fax"
        )
    return challenges.of_call(bytes.fromhex(view["id"]), bytes.fromhex(view["acceptance"]))


def _show(view: Answer, words: Challenge, hand: Hand) -> None:
    we_asked = view["by"] == "ours"
    ours, theirs = words.ours(we_asked=we_asked), words.theirs(we_asked=we_asked)
    if hand.as_data:
        exercise = view["exercise"]
        print_json({"call": view["id"], "exercise": exercise, "ours": ours, "theirs": theirs})
        return
    say(f"{mode(view)}.")
    say(f"They must say: {_aloud(theirs)}", f"We say then:   {_aloud(ours)}")
    say("Enter what they said: --heard. Whoever does not know the word is not let on.")


def _aloud(word: str) -> str:
    return f"{shown(word)}  ({spelled(word)})"


# Memoranda


def memorandum(
    beginning: IdArgument,
    text: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Its words.", show_default=False)
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A text file with its words.",
            exists=True,
            dir_okay=False,
            show_default=False,
        ),
    ] = None,
    reader: Annotated[
        list[str] | None,
        typer.Option(
            metavar="OFFICE", help="Who may read it, besides the writer.", show_default=False
        ),
    ] = None,
    *,
    hand: Hand,
) -> None:
    """Keep your own memorandum of a call, or read what is kept. It is never sent.

    It is shown to the offices on its list. It lies in the node's store like all else there: this is
    an order of reading, not a lock.

    \b
    Examples:
      firebreak call memorandum 3fa91c07 --file memo.txt --reader "security adviser" --dir alpha
      firebreak call memorandum 3fa91c07 --dir alpha
    """
    view, book = asked_for(hand.directory, beginning), Book(hand)
    about = bytes.fromhex(view["id"])
    office = book.officer().office
    if text is None and file is None:
        _read(view, book, about, office)
        return
    if text is not None and file is not None:
        raise InvalidValue("Give --text or --file, not both.")
    words = _text_in(file) if file is not None else text or ""
    readers = tuple(dict.fromkeys([office, *(reader or [])]))
    book.enter(Memorandum(words, readers), [about])


def _text_in(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise InvalidValue(
            f"{file} is not text in UTF-8. Save it as such, then enter it."
        ) from None


def _read(view: Answer, book: Book, about: bytes, office: str) -> None:
    kept = [
        (entry, entry.entry.body)
        for entry in book.entries()
        if isinstance(entry.entry.body, Memorandum) and about in entry.entry.about
    ]
    mine = [(entry, body) for entry, body in kept if office in body.readers]
    if kept and not mine:
        refuse(f"{office} is not on the list of readers of this call's memoranda.")
    if book.hand.as_data:
        print_json(
            {
                "exercise": view["exercise"],
                "memoranda": [
                    {"id": entry.id.hex(), "words": body.words, "readers": list(body.readers)}
                    for entry, body in mine
                ],
            }
        )
        return
    for entry, body in mine:
        readers = ", ".join(body.readers)
        say(f"{mode(view)}. {short(entry.id.hex())}, for {readers}:", body.words)
    if not mine:
        say("No memorandum is kept of this call.")


# Any telephone call


def note(
    ours: Annotated[str, typer.Argument(metavar="OURS", help="Our office.")],
    theirs: Annotated[str, typer.Argument(metavar="THEIRS", help="Their office.")],
    party: Annotated[str, typer.Option("--party", metavar="NAME", help="Their party.")],
    speaker: Annotated[list[str], typer.Option(metavar="NAME", help="Who spoke, on either side.")],
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="The gist, in your words.")],
    language: Annotated[str, typer.Option(metavar="CODE", help="Of your words.")] = "en",
    interpreter: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who interpreted.", show_default=False)
    ] = None,
    agreed: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="What was agreed.", show_default=False),
    ] = None,
    disputed: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="What was disputed.", show_default=False),
    ] = None,
    their_text: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Their own text, if given.", show_default=False),
    ] = None,
    their_language: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Of their text.", show_default=False),
    ] = None,
    happened: Annotated[str, typer.Option(metavar="TIME", help="When it began.")] = "now",
    lasted: Annotated[
        str | None, typer.Option(metavar="DURATION", help="How long.", show_default=False)
    ] = None,
    way: Annotated[str, typer.Option(metavar="WAY", help="voice or person.")] = "voice",
    call: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="The call that was asked for: it was held. It is no attempt of its own.",
            show_default=False,
        ),
    ] = None,
    called_by: Annotated[
        str, typer.Option(metavar="NAME", help="Who sought it: ours, theirs or unknown.")
    ] = "unknown",
    real: RealOption = False,
    *,
    hand: Hand,
) -> None:
    """Log any ordinary telephone call or meeting: who, interpreter, gist, agreed, disputed, texts.

    \b
    Example:
      firebreak call note "air duty officer" "duty office" --party BRAVO --speaker "Maj. Tamm" \\
        --speaker "Col. Orlov" --interpreter "Lt. Ilves" --text "They will look at the track." \\
        --agreed "Next word at noon" --happened -15min --lasted 6min --dir alpha
    """
    if (their_text is None) != (their_language is None):
        raise InvalidValue("Their text needs its language: --their-text and --their-language.")
    moment = now()
    at = past(happened, moment)
    if at > moment:
        raise InvalidValue(f"{happened} lies ahead. Say when it happened.")
    minutes = None if lasted is None else -(-parse_duration(lasted) // _MINUTE)
    book = Book(hand)
    log = VoiceLog(
        party,
        theirs,
        ours,
        _spoken_way(way),
        at,
        minutes,
        tuple(speaker),
        interpreter,
        Words(language, text),
        tuple(Words(language, line) for line in agreed or []),
        tuple(Words(language, line) for line in disputed or []),
        None if their_text is None or their_language is None else Words(their_language, their_text),
        named(Direction, called_by),
        book.real(party, real),
    )
    about = [] if call is None else [bytes.fromhex(asked_for(hand.directory, call)["id"])]
    book.enter(log, about)


def _spoken_way(text: str) -> Way:
    way = named(Way, text)
    if way not in (Way.VOICE, Way.PERSON):
        raise InvalidValue(
            "A call is noted by voice or in person; what was written: firebreak send."
        )
    return way
