"""The options that every sending command shares, gathered into one argument.

@app.command()
@sending
def text(words: str, manner: Manner) -> None: ...
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from firebreak.cli.frame import DirectoryOption, taking
from firebreak.cli.inputs import words
from firebreak.errors import InvalidValue
from firebreak.records.slots import Words

AgreementOption = Annotated[
    str | None,
    typer.Option(
        "--agreement",
        metavar="HEX",
        help="Which agreement, where there are several.",
        show_default=False,
    ),
]
ChannelOption = Annotated[
    str | None,
    typer.Option("--channel", metavar="NAME", help="The channel.", show_default=False),
]


@dataclass(frozen=True, slots=True)
class Manner:
    """How a record is sent: who signs, on which channel, how urgently, and what is waited for."""

    directory: DirectoryOption = None
    agreement: AgreementOption = None
    channel: ChannelOption = None
    key: Annotated[
        Path | None,
        typer.Option(
            "--key",
            metavar="FILE",
            help="The officer's key. Without it: the one in DIR/keys.",
            show_default=False,
        ),
    ] = None
    office: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="OFFICE",
            help="The office that signs, where keys of several lie here.",
            show_default=False,
        ),
    ] = None
    addressees: Annotated[
        list[str] | None,
        typer.Option(
            "--addressee",
            metavar="OFFICE",
            help="The other side's office. Without it: the one of the same name, else all there.",
            show_default=False,
        ),
    ] = None
    precedence: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="routine, priority, immediate or flash.", show_default=False
        ),
    ] = None
    answer_within: Annotated[
        str | None,
        typer.Option(
            "--answer-within",
            metavar="DURATION",
            help="How soon an answer is wanted (10min). Without it: as agreed.",
            show_default=False,
        ),
    ] = None
    language: Annotated[
        str | None,
        typer.Option(
            metavar="CODE",
            help="The language of your own words; else the agreement's first.",
            show_default=False,
        ),
    ] = None
    translation: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Your words translated.", show_default=False),
    ] = None
    translated_into: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="The language of the translation.", show_default=False),
    ] = None
    by_machine: Annotated[
        bool, typer.Option("--by-machine", help="A machine made the translation.")
    ] = False
    release: Annotated[
        Path | None,
        typer.Option(
            "--release",
            metavar="FILE",
            help="The second officer's key, for kinds that two must sign.",
            show_default=False,
        ),
    ] = None
    wait: Annotated[
        float | None,
        typer.Option(
            "--wait",
            metavar="SECONDS",
            min=0,
            max=600,
            help="Wait for the other side's receipt; exit code 3 if none comes.",
            show_default=False,
        ),
    ] = None
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="WAY",
            help="Said by voice, fax, mail or person, not by a node: attested by you.",
            show_default=False,
        ),
    ] = None
    heard: Annotated[
        bool, typer.Option("--heard", help="With --by: what they said to you, not you to them.")
    ] = False
    party: Annotated[
        str | None,
        typer.Option("--party", metavar="NAME", help="With --by: whom.", show_default=False),
    ] = None
    person: Annotated[
        str | None,
        typer.Option(
            "--person", metavar="NAME", help="With --by: who spoke there.", show_default=False
        ),
    ] = None
    said_at: Annotated[
        str | None,
        typer.Option(
            "--at",
            metavar="TIME",
            help="With --by: when it was said, if not now (-20min, 221430Z).",
            show_default=False,
        ),
    ] = None
    was_read_back: Annotated[
        bool, typer.Option("--was-read-back", help="With --by: it was read back, and agreed.")
    ] = False
    rung: Annotated[
        str,
        typer.Option(
            "--rung",
            metavar="NAME",
            help="With --by: by which route (defence-attache, embassy, third-state …).",
        ),
    ] = "direct"
    widen: Annotated[
        bool,
        typer.Option(
            "--widen", help="With --rung: you decide that people on that route may know of it."
        ),
    ] = False
    real: Annotated[
        bool, typer.Option("--real", help="With --by: this is meant; otherwise it is exercise.")
    ] = False
    yes: Annotated[bool, typer.Option("--yes", help="Sign without asking.")] = False
    as_data: Annotated[bool, typer.Option("--json", help="The result as JSON.")] = False

    def words(self, text: str | None, default_language: str) -> Words | None:
        """Free text with its translation, if there is any."""
        return words(
            text,
            self.language or default_language,
            self.translation,
            self.translated_into,
            self.by_machine,
        )

    def needed_words(self, text: str | None, default_language: str) -> Words:
        """Free text that a kind cannot do without. Raises InvalidValue."""
        made = self.words(text, default_language)
        if made is None:
            raise InvalidValue("Say it in your own words: --text.")
        return made


def sending(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of Manner; it takes them as its last argument, `manner`."""
    return taking(Manner, "manner", command)
