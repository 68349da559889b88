"""What the commands of the humanitarian channel share: its state, its journal, its parties."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from firebreak.cli.attested import AttestedDesk
from firebreak.cli.client import Client
from firebreak.cli.compose import Desk
from firebreak.cli.entering import Book, Hand
from firebreak.cli.humanitarian_private import PrivateParts
from firebreak.cli.inputs import future, past
from firebreak.cli.manner import Manner
from firebreak.cli.output import opened, warn
from firebreak.desk.coordinates import Gazetteer, Place, Suspicion
from firebreak.desk.entries.humanitarian import MovementEntered, SiteEntered
from firebreak.desk.humanitarian import Item, Register, register
from firebreak.desk.humanitarian_csv import MOST_GAZETTEER_BYTES, read_gazetteer
from firebreak.desk.journal import Body
from firebreak.errors import InvalidValue, Misuse
from firebreak.records.agreement import Channel
from firebreak.records.contacts import Way
from firebreak.records.figures import date_time_group
from firebreak.records.spelling import name_of, named, parse_duration
from firebreak.store.directory import NodeDirectory
from firebreak.values import Millis

GAZETTEER = "gazetteer.csv"
"""In the node's directory: the places that positions are held against, where none is named."""

EntryArgument = Annotated[
    str, typer.Argument(metavar="ENTRY", help="ORGANISATION/REFERENCE, as MERCY/S1.")
]
PartiesOption = Annotated[
    list[str] | None,
    typer.Option("--to", metavar="PARTY", help="Which party; several: again.", show_default=False),
]
GazetteerOption = Annotated[
    Path | None,
    typer.Option(
        "--gazetteer",
        metavar="FILE",
        help=f"Named places (CSV: name, position, exact). Without it: {GAZETTEER} in DIR.",
        show_default=False,
    ),
]
HandedOption = Annotated[
    str,
    typer.Option("--handed-in", metavar="WAY", help="By mail, voice, fax or person."),
]
OrganisationOption = Annotated[
    str | None,
    typer.Option(
        "--organisation",
        metavar="NAME",
        help="Only what this organisation may see: its own entries.",
        show_default=False,
    ),
]


def hand_of(manner: Manner) -> Hand:
    """The options of an entry in the journal, out of those of sending."""
    return Hand(manner.directory, manner.key, manner.office, manner.yes, manner.as_data)


def way_of(text: str) -> Way:
    """How something was handed in. Raises InvalidValue."""
    way = named(Way, text)
    if way is Way.NODE:
        raise InvalidValue("Organisations have no node. Say mail, voice, fax or person.")
    return way


_DAYS = re.compile(r"([+-]?)([0-9]{1,3}) ?d")
_ISO_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}:[0-9]{2})Z)?")


def _plain_time(text: str) -> str:
    """Days and calendar days, which entries here are written in, as officers' times."""
    plain = text.strip()
    if days := _DAYS.fullmatch(plain):
        return f"{days[1]}{int(days[2]) * 24}h"
    if day := _ISO_DAY.fullmatch(plain):
        try:
            at = datetime.fromisoformat(f"{day[1]}T{day[2] or '00:00'}").replace(tzinfo=UTC)
        except ValueError:
            raise InvalidValue(f"{plain} is no day of the calendar. Correct it.") from None
        return date_time_group(round(at.timestamp()) * 1_000)
    return plain


def ahead(text: str, moment: Millis) -> Millis:
    """A time that may lie ahead: +90d and 2027-03-01 too. Raises InvalidValue."""
    return future(_plain_time(text), moment)


def behind(text: str, moment: Millis) -> Millis:
    """A time that lies behind: -3d and 2026-11-20 too. Raises InvalidValue."""
    at = past(_plain_time(text), moment)
    if at > moment:
        raise InvalidValue(f"{text} lies ahead. Say when it happened.")
    return at


def duration(text: str) -> int:
    """ms of 14d, 48h, 90min. Raises InvalidValue."""
    return parse_duration(_plain_time(text))


def organisation_name(text: str) -> str:
    """A name as entries are called by it. Raises InvalidValue."""
    if "/" in text or text != text.strip() or not text:
        raise InvalidValue(
            f"{text!r}: an organisation's name has no slash and no spaces around it."
        )
    return text


class Office(Book):
    """The coordinator's journal with what stands in it of this channel, and the private parts."""

    def __init__(self, hand: Hand) -> None:
        super().__init__(hand)
        self.parts = PrivateParts(self.node)
        self.kept = self.entries()
        self.register: Register = register(self.kept)

    def enrolled(self, name: str) -> str:
        """The name of an organisation that is under this coordinator. Raises InvalidValue."""
        found = self.register.organisations.get(name)
        if found is None or found.ended:
            raise InvalidValue(
                f"{name} is not enrolled here. Enrol it: firebreak humanitarian enrol"
            )
        return name

    def note(self, bodies: Sequence[tuple[Body, Sequence[bytes]]]) -> list[bytes]:
        """Sign and enter without more being said: a step of a larger command that has asked."""
        who = self.officer()
        signed = [self.signed(body, about, who) for body, about in bodies]
        texts = [base64.b64encode(data).decode() for data in signed]
        answer = self.client.post("/journal", {"entries": texts})
        return [bytes.fromhex(i) for i in answer["ids"]]

    def versions(
        self, organisation: str, reference: str | None
    ) -> list[tuple[bytes, bytes | None]]:
        """Id and commitment of every entry ever made of an organisation, or of one of its own."""
        found = []
        for kept in self.all_entries():
            body = kept.entry.body
            if isinstance(body, SiteEntered | MovementEntered) and (
                body.organisation == organisation and reference in (None, body.reference)
            ):
                found.append((kept.id, body.private))
        return found

    def contacts(self, item: Item) -> tuple[str, ...]:
        """The telephones and radios of a movement. Raises InvalidValue once they are erased."""
        if isinstance(item.body, SiteEntered):
            return ()
        part = self.parts.part(item.body.private)
        if part is None:
            raise InvalidValue(
                f"The telephones of {item.name} were erased. Enter the movement again to tell it."
            )
        return part.texts("contact")


def state_of(client: Client, organisation: str | None = None) -> dict[str, Any]:
    """What the node shows of the channel."""
    return client.get("/humanitarian", organisation=organisation)


def parties_of(node: NodeDirectory) -> dict[str, str]:
    """Parties that an agreement with this channel was made with, and how each is named."""
    found: dict[str, str] = {}
    for signed in node.agreements():
        agreement = signed.agreement
        if signed.missing() or agreement.terms(Channel.HUMANITARIAN) is None:
            continue
        other = agreement.parties[1 - node.our_number(agreement)].name
        found[other] = agreement.digest().hex()
    return found


def desk_to(manner: Manner, party: str) -> Desk:
    """The desk that speaks to a party: over its line, or with --by by our own officer's voice."""
    if manner.by is not None:
        return AttestedDesk(replace(manner, party=party))
    found = parties_of(opened(manner.directory))
    if party not in found:
        known = ", ".join(sorted(found)) or "none"
        raise Misuse(
            f"No agreement with {party} has a humanitarian channel (with: {known}). By telephone:"
            " --by voice"
        )
    return Desk(replace(manner, agreement=found[party]))


def named_parties(manner: Manner, given: Sequence[str] | None) -> list[str]:
    """The parties named, or all that have this channel with us. Raises InvalidValue."""
    if manner.by is not None and (given is None or len(given) != 1):
        raise InvalidValue("One telephone reaches one party. Name it: --to PARTY")
    parties = list(dict.fromkeys(given or sorted(parties_of(opened(manner.directory)))))
    if not parties:
        raise InvalidValue("No agreement here has a humanitarian channel. Name a party: --to")
    return parties


def gazetteer_of(node: NodeDirectory, file: Path | None) -> Gazetteer:
    """The places that positions are held against; none is no error, and every place unknown."""
    path = node.path / GAZETTEER if file is None else file
    if file is None and not path.exists():
        return Gazetteer([])
    try:
        data = path.read_bytes() if path.stat().st_size <= MOST_GAZETTEER_BYTES else None
    except OSError as error:
        raise Misuse(f"The gazetteer {path} cannot be read: {error.strerror}.") from error
    if data is None:
        raise Misuse(f"The gazetteer {path} is larger than {MOST_GAZETTEER_BYTES} bytes.")
    sheet = read_gazetteer(data)
    for refused in sheet.refused:
        warn(f"{path}, line {refused.line}: not taken. {refused.why}")
    places: Sequence[Place] = sheet.rows
    return Gazetteer(places)


def doubt_lines(found: Sequence[Suspicion]) -> list[str]:
    """Doubts as they are shown before anything is signed."""
    return [f"  {name_of(each.doubt).upper()}: {each.why}" for each in found]
