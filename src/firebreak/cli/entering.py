"""Entering something in the journal at the officer's own machine: show, ask, sign, hand in.

The key never leaves this process. What is read back from the node is verified here.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from firebreak.cli.asking import confirm_signing
from firebreak.cli.client import Answer, Client
from firebreak.cli.frame import DirectoryOption, taking
from firebreak.cli.officer import Officer, officer
from firebreak.cli.output import now, opened, pairs, refuse, say, warn
from firebreak.cli.places import id_beginning
from firebreak.cli.render import print_json, short
from firebreak.desk import journal
from firebreak.desk.entries.offices import Duress, Released
from firebreak.desk.journal import KIND_OF, Body, Entry, Kept, Void
from firebreak.desk.plain import plain
from firebreak.errors import InvalidValue, Misuse
from firebreak.records import sign1
from firebreak.records.agreement import Mode
from firebreak.records.figures import dms, exact_date_time_group
from firebreak.records.roster import Roster
from firebreak.records.spelling import name_of
from firebreak.values import LATEST, Position

B = TypeVar("B")
EARLIEST_SHOWN = 946_684_800_000
"""ms UTC of the year 2000: whole numbers from here on, in fields of time, are shown as times."""
_TIMES = frozenset(
    {"happened", "at", "due", "verified_on", "salutation_confirmed_on", "times"}
    | {"starts", "ends", "verified_at", "revalidate_by"}
)


RealOption = Annotated[
    bool,
    typer.Option(
        "--real",
        help="It was meant. Otherwise it is as the node or the agreement is marked, else exercise.",
    ),
]


@dataclass(frozen=True, slots=True)
class Hand:
    """Who enters it, and how: the options that every command of the desk shares."""

    directory: DirectoryOption = None
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
    yes: Annotated[bool, typer.Option("--yes", help="Sign without asking.")] = False
    as_data: Annotated[bool, typer.Option("--json", help="The result as JSON.")] = False


def entering(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of Hand; it takes them as its last argument, `hand`."""
    return taking(Hand, "hand", command)


class Book:
    """The party's journal as one officer's machine reads it and writes in it.

    moment: when what is entered was entered.
    """

    def __init__(self, hand: Hand) -> None:
        self.hand = hand
        self.node = opened(hand.directory)
        self.client = Client(self.node)
        self.moment = now()
        self.say: Callable[..., None] = warn if hand.as_data else say
        self.rosters: dict[int, Roster] = {
            card.roster.version: card.roster for card in self.node.own_cards(0)
        }
        place = self.client.get("/journal", most=0)
        self.origin: str = place["origin"]

    def entries(self) -> list[Kept]:
        """Every entry that counts, in order, each verified here."""
        return journal.standing(self.all_entries())

    def all_entries(self) -> list[Kept]:
        """Every entry, struck ones too."""
        return self.whole()[0]

    def whole(self) -> tuple[list[Kept], list[Void]]:
        """Every entry, struck ones too, and what does not count: each verified here (JN-21)."""
        rows: list[tuple[int, bytes, None]] = []
        while True:
            after = rows[-1][0] if rows else -1
            answer = self.client.get("/journal", after=after, all=True)
            views = sorted(answer["entries"] + answer["void"], key=lambda view: view["index"])
            rows += [(view["index"], base64.b64decode(view["signed"]), None) for view in views]
            if not answer["more"]:
                return journal.replay(rows, self.origin, self.rosters)

    def one(self, beginning: str) -> Kept:
        """The entry whose id begins so. Raises Misuse."""
        view = self.client.get(f"/journal/{id_beginning(beginning)}", all=True)
        data = base64.b64decode(view["signed"])
        return journal.open_entry(data, view["index"], self.origin, self.rosters)

    def id_of(self, beginning: str) -> bytes:
        """The whole id of an entry or a record that begins so. Raises Misuse if there is neither."""
        start = id_beginning(beginning)
        try:
            return bytes.fromhex(self.client.get(f"/journal/{start}", all=True)["id"])
        except Misuse:
            return bytes.fromhex(self.client.get(f"/records/{start}")["asked"])

    def real(self, party: str, meant: bool = False) -> bool:
        """Whether what is entered of that party is real: as the node is marked, else the agreements.

        meant: the officer says that it is. Without any of these it is exercise. Raises Misuse where
        he says so at a node that is marked otherwise.
        """
        mark = self.node.config.mark
        if mark and mark != "REAL" and meant:
            refuse(f"This node is marked {mark}: nothing real is entered here. Leave out --real.")
        modes = {
            signed.agreement.mode
            for signed in self.node.agreements()
            if party in {each.name for each in signed.agreement.parties}
        }
        return meant or mark == "REAL" or (not mark and modes == {Mode.REAL})

    def officer(self) -> Officer:
        """Who signs. Raises KeyTrouble."""
        return self._officer(self.hand.key, self.hand.office)

    def _officer(self, key: Path | None, office: str | None) -> Officer:
        roster = self.node.card().roster
        roles = tuple(dict.fromkeys(entry.office for entry in roster.entries[1:]))
        return officer(self.node, key, office, roles)

    def enter(self, body: Body, about: Sequence[bytes] = (), release: Path | None = None) -> bytes:
        """Show, ask, sign, hand in, and say its id. release: the key of a second officer."""
        return self.enter_all([(body, about)], release)[-1]

    def enter_all(
        self, bodies: Sequence[tuple[Body, Sequence[bytes]]], release: Path | None = None
    ) -> list[bytes]:
        """Several entries at once, all or none, signed by one officer. Gives their ids.

        release: the key of a second officer, who releases the first of them; it stands before all.
        """
        who = self.officer()
        for body, _ in bodies:
            self.show(body)
        self.say(f"Signed for {who.office}; it stays in your own journal.")
        duress = not self.hand.yes and confirm_signing(
            "Sign and enter this?", err=self.hand.as_data
        )
        signed = [self.signed(body, about, who) for body, about in bodies]
        identity = self.id_of_signed(signed[0])
        unseen = self.unseen(who, identity, duress)
        if release is not None:
            second, more = self.release(identity, who, release)
            signed, unseen = [second, *signed], [*unseen, *more]
        return self.hand_in(signed, unseen)

    def enter_quietly(self, body: Body, about: Sequence[bytes]) -> None:
        """Enter what follows from an act that was shown and confirmed just now."""
        made = base64.b64encode(self.signed(body, about, self.officer())).decode()
        self.client.post("/journal", {"entries": [made]})

    def signed(self, body: Body, about: Sequence[bytes], who: Officer) -> bytes:
        """A signed entry, not yet handed in."""
        version = self.node.card().roster.version
        entry = Entry(version, who.index, self.moment, tuple(about), body)
        return journal.sign_entry(entry, self.origin, who.key)

    def id_of_signed(self, signed: bytes) -> bytes:
        """The id that an entry will have."""
        return journal.entry_id(self.origin, sign1.parse(signed).payload)

    def unseen(self, who: Officer, about: bytes | None, duress: bool) -> list[bytes]:
        """What goes in beside something signed under duress, and is not spoken of; else nothing."""
        named = [] if about is None else [about]
        return [self.signed(Duress(), named, who)] if duress else []

    def release(self, identity: bytes, first: Officer, file: Path) -> tuple[bytes, list[bytes]]:
        """The second officer's release of what is about to be entered, and what goes in unseen.

        Raises Misuse for the key of the first one.
        """
        second = self._officer(file, None)
        if second.index == first.index:
            refuse("The same key cannot sign and release. Have another officer release it.")
        self.say(f"Second officer: {second.office}.")
        duress = not self.hand.yes and confirm_signing("Release this?", err=self.hand.as_data)
        signed = self.signed(Released(), [identity], second)
        return signed, self.unseen(second, identity, duress)

    def put(self, signed: Sequence[bytes]) -> Answer:
        """Hand signed entries in, all or none, without a word."""
        texts = [base64.b64encode(data).decode() for data in signed]
        return self.client.post("/journal", {"entries": texts})

    def hand_in(self, signed: Sequence[bytes], unseen: Sequence[bytes] = ()) -> list[bytes]:
        """Hand signed entries in, and say what became of them; nothing of those that are unseen."""
        answer = self.put([*signed, *unseen])
        answer = {name: given[: len(signed)] for name, given in answer.items()}
        if self.hand.as_data:
            print_json(answer)
        else:
            say("".join(f"{short(i)}: entered in the journal.\n" for i in answer["ids"]).rstrip())
        return [bytes.fromhex(i) for i in answer["ids"]]

    def show(self, body: Body) -> None:
        """What is going to be signed, field by field, read back from its bytes."""
        kind = KIND_OF[type(body)]
        read = journal.BODIES[kind][1].value(journal.BODIES[kind][1].plain(body))
        rows = list(rows_of(plain(read)))
        self.say(f"{name_of(kind).upper()}")
        if not self.hand.as_data:
            pairs(rows)


def rows_of(values: dict[str, Any], before: str = "") -> list[tuple[str, str]]:
    """Label and value of every field that holds something, times as date-time groups."""
    rows: list[tuple[str, str]] = []
    for name, value in values.items():
        label = f"{before}{name.replace('_', ' ')}"
        if value is None or value == [] or value is False:
            continue
        if isinstance(value, dict) and set(value) == {"latitude_e7", "longitude_e7"}:
            place = Position(value["latitude_e7"], value["longitude_e7"])
            rows.append((label, dms(place)))
        elif isinstance(value, dict):
            rows += rows_of(value, f"{label}: ")
        elif isinstance(value, list) and all(isinstance(item, dict) for item in value):
            for number, item in enumerate(value, 1):
                rows += rows_of({f"{name} {number}": item}, before)
        elif isinstance(value, list):
            rows.append((label, ", ".join(_shown(name, item) for item in value)))
        else:
            rows.append((label, _shown(name, value)))
    return rows


def _shown(name: str, value: object) -> str:
    if value is True:
        return "yes"
    if isinstance(value, int) and name in _TIMES and EARLIEST_SHOWN <= value <= LATEST:
        return exact_date_time_group(value)
    return str(value)


def party_named(book: Book, given: str | None, entries: Sequence[Kept]) -> str:
    """The counterpart's party: as given, else the only one the journal's counterparts name.

    Raises InvalidValue where it must be said.
    """
    from firebreak.desk.entries.offices import Counterpart

    if given is not None:
        return given
    names = {body.party for _, body in journal.of_kind(entries, Counterpart)}
    names |= {party.name for s in book.node.agreements() for party in s.agreement.parties}
    names -= {book.node.config.party}
    if len(names) == 1:
        return names.pop()
    raise InvalidValue("Which party? Name it: --party NAME.")
