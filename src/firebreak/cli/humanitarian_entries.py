"""Entering: organisations, sites and movements, consent, erasing. All of it stays in the journal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from firebreak.cli.entering import Hand, entering
from firebreak.cli.humanitarian_desk import (
    EntryArgument,
    GazetteerOption,
    HandedOption,
    Office,
    ahead,
    behind,
    doubt_lines,
    gazetteer_of,
    organisation_name,
    way_of,
)
from firebreak.cli.inputs import area
from firebreak.cli.output import now, refuse, say, warn
from firebreak.cli.places import CircleOption, CorridorOption, PolygonOption
from firebreak.desk.coordinates import Gazetteer, Suspicion, positions_of, suspicions
from firebreak.desk.entries.humanitarian import (
    Consented,
    Doubt,
    Enrolled,
    MovementEntered,
    Revalidated,
    SiteEntered,
)
from firebreak.desk.entries.routes import Erased
from firebreak.desk.humanitarian import UN_DISCLOSE, hours_text, late_by
from firebreak.desk.humanitarian_csv import SiteRow, read_sites
from firebreak.desk.humanitarian_csv import template as csv_template
from firebreak.desk.humanitarian_private import CONTACT, read_private
from firebreak.desk.journal import MOST_ABOUT, Body
from firebreak.errors import InvalidValue
from firebreak.records.contacts import Way
from firebreak.records.figures import date_time_group
from firebreak.records.sites import SiteSort
from firebreak.records.slots import MAX_OFFSET
from firebreak.records.spelling import name_of, named
from firebreak.store.directory import read_file, write_file
from firebreak.volumes import Area, Circle

MOST_AT_ONCE = 64
"""Entries that a node takes in one go."""
Sorts = ", ".join(name_of(sort) for sort in SiteSort)
WhyOption = Annotated[
    str | None, typer.Option("--reason", metavar="TEXT", help="Why.", show_default=False)
]
OrganisationArgument = Annotated[str, typer.Argument(metavar="ORGANISATION")]


@entering
def enrol(
    organisation: OrganisationArgument,
    desk: Annotated[
        str, typer.Option("--desk", metavar="TEXT", help="Its duty desk, by function, not name.")
    ],
    person: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="Private: a name and function.", show_default=False),
    ] = None,
    telephone: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="Private.", show_default=False)
    ] = None,
    leaves: Annotated[bool, typer.Option("--leaves", help="It is under us no longer.")] = False,
    *,
    hand: Hand,
) -> None:
    """Enrol an organisation under this coordinator, or change what is known of it.

    Persons and numbers lie apart, and can be erased: firebreak humanitarian erase

    \b
    Example:
      firebreak humanitarian enrol MERCY --dir ocha --desk "duty officer" \\
        --person "A. Okoye, head of mission" --telephone "+000 555 0100"
    """
    office = Office(hand)
    fields = [("person", text) for text in person or ()]
    fields += [("telephone", text) for text in telephone or ()]
    private = office.parts.keep(fields)
    body = Enrolled(organisation_name(organisation), desk, private, leaves)
    _entered(office, [body], [private])


def _entered(office: Office, bodies: list[Body], private: list[bytes | None]) -> None:
    """Enter; take private parts away again if it comes to nothing."""
    try:
        for first in range(0, len(bodies), MOST_AT_ONCE):
            office.enter_all([(body, ()) for body in bodies[first : first + MOST_AT_ONCE]])
            private[first : first + MOST_AT_ONCE] = []
    except BaseException:
        office.parts.erase(commitment for commitment in private if commitment is not None)
        raise


def template(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")],
) -> None:
    """Write a file of sites for an organisation to fill in, with a row that shows how.

    \b
    Example:
      firebreak humanitarian template sites.csv
    """
    if file.exists():
        refuse(f"{file} is there already; nothing was changed. Give another name.")
    write_file(file, csv_template(now()).encode())
    say(f"{file}: one line for each site. Positions are of WGS 84, and verified by you.")


@entering
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Sites as CSV.")],
    organisation: Annotated[str, typer.Option(metavar="NAME", help="Whose sites they are.")],
    gazetteer: GazetteerOption = None,
    handed: HandedOption = "mail",
    *,
    hand: Hand,
) -> None:
    """Take in an organisation's sites. Rows that cannot be read are named by line, and left out.

    Columns: reference, sort, name, place, position, datum, radius_m, from, until, verified_by,
    verified_on, revalidate_by, contact; and markings, checked, verifier, telephone if you like.
    A file adds and changes, and never removes. Exit code 1 if any row was left out.

    \b
    Example:
      firebreak humanitarian import mercy.csv --organisation MERCY --dir ocha
    """
    office = Office(hand)
    office.enrolled(organisation)
    places, way = gazetteer_of(office.node, gazetteer), way_of(handed)
    sheet = read_sites(read_file(file, "the file of sites"))
    for refused in sheet.refused:
        warn(f"{file}, line {refused.line}: not taken. {refused.why}")
    bodies: list[Body] = []
    private: list[bytes | None] = []
    left_out, same = len(sheet.refused), 0
    for row in sheet.rows:
        try:
            body = _row_entered(office, organisation, row, way, places)
        except InvalidValue as error:
            warn(f"{file}, line {row.line}: not taken. {error}")
            left_out += 1
            continue
        if _unchanged(office, body, row):
            same += 1
            continue
        commitment = office.parts.keep(row.private)
        private.append(commitment)
        bodies.append(replace(body, private=commitment))
    if bodies:
        _entered(office, bodies, private)
    office.say(f"{file}: {len(bodies)} entered, {same} as before, {left_out} not taken.")
    if left_out:
        refuse("Have the rows corrected that were not taken, and hand in the file again.")


def _unchanged(office: Office, body: SiteEntered, row: SiteRow) -> bool:
    """A list is handed in again every week: what is as it was is not a new version."""
    old = office.register.items.get(f"{body.organisation}/{body.reference}")
    if old is None or old.withdrawn or not isinstance(old.body, SiteEntered):
        return False
    part = office.parts.part(old.body.private)
    known = () if part is None else tuple((each.label, each.text) for each in part.fields)
    checked = body.checked or old.body.checked
    as_before = replace(body, private=old.body.private, way=old.body.way, checked=checked)
    return as_before == old.body and known == row.private


def _row_entered(
    office: Office, organisation: str, row: SiteRow, way: Way, places: Gazetteer
) -> SiteEntered:
    body = SiteEntered(
        organisation,
        row.reference,
        row.sort,
        row.name,
        row.place,
        Circle(row.position, row.radius_m),
        row.starts,
        row.ends,
        row.verified_by,
        row.verified_at,
        row.revalidate_by,
        row.contact,
        way,
        row.markings,
        (),
        row.checked,
    )
    return _looked_at(office, body, places, f"line {row.line}, {row.reference}")


def _looked_at(office: Office, body: SiteEntered, places: Gazetteer, where: str) -> SiteEntered:
    """The entry with what is doubtful in its position, shown. Raises InvalidValue."""
    _check_times(office, body)
    found = _doubts(body.area, body.place, places)
    if found:
        office.say(f"{where}: look at the position.", *doubt_lines(found))
    return replace(body, doubts=tuple(sorted({each.doubt for each in found})))


def _check_times(office: Office, body: SiteEntered | MovementEntered) -> None:
    if body.ends <= office.moment:
        raise InvalidValue("It has ended already. Correct until, or leave it out.")
    if body.ends <= body.starts:
        raise InvalidValue("It would end before it begins. Correct the times.")
    if body.ends - office.moment > MAX_OFFSET:
        raise InvalidValue("It would hold for more than 400 days. Let it expire sooner.")
    if isinstance(body, SiteEntered):
        if body.verified_at > office.moment:
            raise InvalidValue("It was verified at a time that lies ahead. Correct it.")
        if office.moment - body.verified_at > MAX_OFFSET:
            raise InvalidValue("It was verified more than 400 days ago. Have it verified again.")
        if body.revalidate_by <= office.moment:
            raise InvalidValue("It should have been verified again already. Have that done first.")
        if body.revalidate_by - office.moment > MAX_OFFSET:
            raise InvalidValue("It must be verified again within 400 days.")
    old = office.register.items.get(f"{body.organisation}/{body.reference}")
    if old is not None and type(old.body) is not type(body):
        raise InvalidValue(f"{old.name} is a {old.kind}. Give this another reference.")
    if old is not None and isinstance(old.body, SiteEntered) and isinstance(body, SiteEntered):
        known = old.body.verified_at
        if body.verified_at < known and not old.withdrawn:
            raise InvalidValue(
                f"It was verified later already, at {date_time_group(known)}. Hand in what is newer."
            )


def _doubts(where: Area, place: str, places: Gazetteer) -> list[Suspicion]:
    """Of all positions of an area, each sort of doubt once."""
    found: dict[Doubt, Suspicion] = {}
    for position in positions_of(where):
        for suspicion in suspicions(position, place, places):
            found.setdefault(suspicion.doubt, suspicion)
    return list(found.values())


@entering
def site_add(
    entry: EntryArgument,
    sort: Annotated[str, typer.Option("--sort", metavar="SORT", help=f"One of: {Sorts}.")],
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help="What it is called.")],
    place: Annotated[str, typer.Option("--place", metavar="TEXT", help="The town it is in.")],
    end: Annotated[
        str, typer.Option("--until", metavar="WHEN", help="When it expires: +90d, 2027-03-01.")
    ],
    verified_by: Annotated[
        str, typer.Option(metavar="TEXT", help="By which functions, not by which persons.")
    ],
    revalidate_by: Annotated[
        str, typer.Option(metavar="WHEN", help="When it must be verified again: +30d.")
    ],
    contact: Annotated[str, typer.Option(metavar="TEXT", help="Whom a party may ask.")],
    circle: CircleOption = None,
    polygon: PolygonOption = None,
    start: Annotated[str, typer.Option("--from", metavar="WHEN", help="now, +2d.")] = "now",
    verified: Annotated[
        str, typer.Option("--verified", metavar="WHEN", help="now, -3d, 2026-11-20.")
    ] = "now",
    markings: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Thermal too.", show_default=False)
    ] = None,
    checked: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT", help="How the position was checked (imagery).", show_default=False
        ),
    ] = None,
    person: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="Private: who verified.", show_default=False),
    ] = None,
    telephone: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="Private.", show_default=False)
    ] = None,
    gazetteer: GazetteerOption = None,
    handed: HandedOption = "mail",
    *,
    hand: Hand,
) -> None:
    """Key in a site as it was mailed or told on the telephone.

    \b
    Example:
      firebreak humanitarian site add MERCY/S3 --dir ocha --sort clinic --name "East clinic" \\
        --place Kabul --circle "343112N0691104E 60m" --until +90d --revalidate-by +30d \\
        --verified-by "head of mission" --contact "duty desk" --handed-in voice
    """
    office = Office(hand)
    organisation, reference = _split(office, entry)
    fields = [("verifier", text) for text in person or ()]
    fields += [("telephone", text) for text in telephone or ()]
    body = SiteEntered(
        organisation,
        reference,
        named(SiteSort, sort),
        name,
        place,
        area(circle, polygon, None),
        ahead(start, office.moment),
        ahead(end, office.moment),
        verified_by,
        behind(verified, office.moment),
        ahead(revalidate_by, office.moment),
        contact,
        way_of(handed),
        markings,
        (),
        checked,
    )
    body = _looked_at(office, body, gazetteer_of(office.node, gazetteer), entry)
    private = office.parts.keep(fields)
    _entered(office, [replace(body, private=private)], [private])


def _split(office: Office, entry: str) -> tuple[str, str]:
    organisation, slash, reference = entry.partition("/")
    if not slash or not reference:
        raise InvalidValue(f"{entry!r}: an entry is called ORGANISATION/REFERENCE, as MERCY/S1.")
    return office.enrolled(organisation), reference


@entering
def site_validate(
    entry: EntryArgument,
    verified_by: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="By which functions.", show_default=False),
    ] = None,
    verified: Annotated[
        str, typer.Option("--verified", metavar="WHEN", help="now, -3d, 2026-11-20.")
    ] = "now",
    revalidate_by: Annotated[str, typer.Option(metavar="WHEN", help="When next.")] = "+30d",
    checked: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT", help="How doubts of the position were settled.", show_default=False
        ),
    ] = None,
    *,
    hand: Hand,
) -> None:
    """The organisation has verified its site again. File it again afterwards.

    \b
    Example:
      firebreak humanitarian site validate MERCY/S1 --dir ocha --checked "imagery of 20 NOV seen"
    """
    office = Office(hand)
    item = office.register.one(entry)
    if not isinstance(item.body, SiteEntered):
        raise InvalidValue(f"{entry} is a movement, and not verified again. Enter it anew.")
    body = Revalidated(
        item.organisation,
        item.body.reference,
        verified_by or item.body.verified_by,
        behind(verified, office.moment),
        ahead(revalidate_by, office.moment),
        checked,
    )
    if body.revalidate_by <= office.moment:
        raise InvalidValue("The next time lies ahead. Correct --revalidate-by.")
    office.enter(body, [item.id])


@entering
def movement_add(
    entry: EntryArgument,
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help="What it is called.")],
    start: Annotated[str, typer.Option("--from", metavar="WHEN", help="When it begins: +72h.")],
    end: Annotated[
        str, typer.Option("--until", metavar="WHEN", help="When it ends; +6h counts from --from.")
    ],
    vehicles: Annotated[int, typer.Option(metavar="NUMBER", min=0, max=1_000)],
    fleet: Annotated[str, typer.Option(metavar="TEXT", help="Which vehicles.")],
    markings: Annotated[str, typer.Option(metavar="TEXT", help="On them; thermal ones too.")],
    staff: Annotated[int, typer.Option(metavar="NUMBER", min=0, max=10_000, help="Aboard.")],
    contact: Annotated[
        list[str],
        typer.Option(
            metavar="TEXT", help="Private until filed: telephone or radio on the way, best first."
        ),
    ],
    corridor: CorridorOption = None,
    circle: CircleOption = None,
    polygon: PolygonOption = None,
    waiting: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Where it waits if it is held.", show_default=False),
    ] = None,
    emergency: Annotated[
        bool, typer.Option("--emergency", help="24 h of notice instead of 48 h.")
    ] = False,
    late_reason: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Why it is late, if it is.", show_default=False),
    ] = None,
    handed: HandedOption = "mail",
    *,
    hand: Hand,
) -> None:
    """Key in a movement: route, vehicles, markings, and telephones that are answered on the way.

    \b
    Example:
      firebreak humanitarian movement add MERCY/M1 --dir ocha --name "Convoy 7" \\
        --corridor "3431N06911E; 3420N06930E; 500m" --from +72h --until +6h --vehicles 4 \\
        --fleet "4 white lorries" --markings "blue roofs, thermal panels" --staff 9 \\
        --contact "+000 555 0123" --waiting "north lay-by, Kabul gate"
    """
    office = Office(hand)
    organisation, reference = _split(office, entry)
    begins = ahead(start, office.moment)
    ends = ahead(end, begins if end.startswith("+") else office.moment)
    body = MovementEntered(
        organisation,
        reference,
        name,
        area(circle, polygon, corridor),
        begins,
        ends,
        vehicles,
        fleet,
        markings,
        staff,
        way_of(handed),
        waiting,
        emergency,
        late_reason,
        bytes(32),
    )
    _check_times(office, body)
    _check_lead(office, body)
    private = office.parts.keep([(CONTACT, text) for text in contact])
    assert private is not None
    _entered(office, [replace(body, private=private)], [private])


def _check_lead(office: Office, body: MovementEntered) -> None:
    late = late_by(body, office.moment)
    if late and body.late_reason is None:
        raise InvalidValue(
            f"It is late by {hours_text(late)}: a movement is told 48 h before, in an emergency"
            " 24 h. Say why: --late-reason TEXT"
        )
    if late:
        office.say(f"LATE by {hours_text(late)}. Reason: {body.late_reason}")


@entering
def consent(
    entry: EntryArgument,
    party: Annotated[
        list[str], typer.Option("--party", metavar="NAME", help="Which party; several: again.")
    ],
    by: Annotated[
        str,
        typer.Option("--said-by", metavar="TEXT", help="Who for the organisation, by function."),
    ] = "head of mission",
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="It may be told to them no longer.")
    ] = False,
    handed: HandedOption = "mail",
    *,
    hand: Hand,
) -> None:
    """The organisation lets one entry be told to a party. Each entry and each party apart.

    \b
    Example:
      firebreak humanitarian consent MERCY/S1 --party ALPHA --dir ocha
    """
    office = Office(hand)
    item = office.register.one(entry)
    reference, way = item.body.reference, way_of(handed)
    bodies = [
        Consented(item.organisation, reference, name, not withdraw, by, way) for name in party
    ]
    office.enter_all([(body, [item.id]) for body in bodies])
    if withdraw and item.disclosures:
        office.say(f"{UN_DISCLOSE} Take it back: firebreak humanitarian withdraw {entry}")


@entering
def erase(
    what: Annotated[
        str, typer.Argument(metavar="ENTRY", help="ORGANISATION/REFERENCE, or ORGANISATION.")
    ],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")],
    *,
    hand: Hand,
) -> None:
    """Erase names and telephone numbers of an entry, or of an organisation and all its entries.

    The journal keeps its commitments, and that they were erased. It cannot reach backups, nor what
    was filed: telephones of a movement that a party was told stay in both logs.

    \b
    Example:
      firebreak humanitarian erase MERCY/M1 --dir ocha --reason "asked for by MERCY"
    """
    office = Office(hand)
    organisation, _, reference = what.partition("/")
    held = office.register.organisations.get(organisation)
    if held is None:
        raise InvalidValue(f"There is no organisation {organisation!r} here.")
    found = office.versions(organisation, reference or None)
    current = [
        item.id
        for item in office.register.items.values()
        if item.organisation == organisation and reference in ("", item.body.reference)
    ]
    if reference:
        office.register.one(what)
    else:
        found += [
            (kept.id, kept.entry.body.private)
            for kept in office.all_entries()
            if isinstance(kept.entry.body, Enrolled)
            and kept.entry.body.organisation == organisation
        ]
        current.append(held.id)
    ids = list(dict.fromkeys([*current, *(identity for identity, _ in found)]))
    pieces = [ids[first : first + MOST_ABOUT] for first in range(0, len(ids), MOST_ABOUT)]
    office.enter_all([(Erased(reason), piece) for piece in pieces])
    count = office.parts.erase(private for _, private in found if private is not None)
    office.say(f"{count} private parts were erased. Backups of {office.parts.folder} hold theirs.")


@entering
def private(
    entry: EntryArgument,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Give it to its owner.", show_default=False),
    ] = None,
    *,
    hand: Hand,
) -> None:
    """Show an entry's names and numbers, or give them to the organisation as a file.

    \b
    Example:
      firebreak humanitarian private MERCY/M1 --out mercy-m1.private --dir ocha
    """
    office = Office(hand)
    item = office.register.one(entry)
    part = office.parts.part(item.body.private)
    if part is None:
        refuse(f"Nothing private of {entry} is here: there was nothing, or it was erased.")
    if out is not None:
        write_file(out, part.encoded())
        office.say(f"{out} holds it. Whoever has it can show what was committed to.")
        return
    say(*(f"{field.label}: {field.text}" for field in part.fields))


@entering
def committed(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A private part.")], *, hand: Hand
) -> None:
    """Which entry committed to a private part that somebody kept, even if it was erased here.

    \b
    Example:
      firebreak humanitarian committed mercy-m1.private --dir ocha
    """
    office = Office(hand)
    commitment = read_private(read_file(file, "the private part")).commitment()
    for kept in office.all_entries():
        body = kept.entry.body
        if isinstance(body, SiteEntered | MovementEntered | Enrolled) and (
            body.private == commitment
        ):
            name = getattr(body, "reference", None)
            where = body.organisation if name is None else f"{body.organisation}/{name}"
            say(f"{where}: entry {kept.id.hex()[:8]} committed to exactly this.")
            return
    refuse(f"No entry of this journal committed to {file}, or it was changed.")
