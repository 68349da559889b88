"""`firebreak humanitarian`: protected sites and movements, told by a coordinator or received."""

from __future__ import annotations

import csv
import io
import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from firebreak.cli import humanitarian_entries as entries
from firebreak.cli.attested import AttestedDesk, desk_of
from firebreak.cli.client import Client
from firebreak.cli.compose import Desk
from firebreak.cli.frame import DirectoryOption, noun
from firebreak.cli.humanitarian_desk import (
    EntryArgument,
    Office,
    OrganisationOption,
    PartiesOption,
    behind,
    desk_to,
    duration,
    hand_of,
    named_parties,
    state_of,
)
from firebreak.cli.manner import Manner, sending
from firebreak.cli.output import (
    harmless,
    mark_line,
    now,
    opened,
    pairs,
    refuse,
    say,
    table,
    warn,
)
from firebreak.cli.places import IdArgument, TextOption, id_beginning
from firebreak.cli.render import JsonOption, print_json, short, when
from firebreak.desk.entries.humanitarian import Consented, DisclosureMarked, EntryWithdrawn
from firebreak.desk.humanitarian import (
    UN_DISCLOSE,
    Item,
    check_told,
    hours_text,
    mark_of_bytes,
    record_of,
)
from firebreak.errors import FirebreakError, InvalidValue
from firebreak.records.contacts import Way
from firebreak.records.figures import date_time_group, parse_position
from firebreak.records.kinds import Cancel
from firebreak.records.sites import Distributed, DistributedState, MovementState, MovementStep, Stop
from firebreak.records.spelling import name_of, named
from firebreak.store.directory import write_file

T = TypeVar("T")

app = noun(
    "humanitarian",
    "A notification is neither permission nor protection: notified is not received, received is not"
    " acknowledged, acknowledged is not loaded, loaded is not permitted. Absence from any list"
    " removes no legal protection.",
)
_SETTINGS: dict[str, Any] = {
    "no_args_is_help": True,
    "add_completion": False,
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
}
site = typer.Typer(
    help="Sites: enter, verify again, withdraw, list.\n\n\b\nExample:\n"
    "  firebreak humanitarian site list --dir ocha",
    **_SETTINGS,
)
movement = typer.Typer(
    help="Movements: enter one, say how it fares.\n\n\b\nExample:\n"
    "  firebreak humanitarian movement state MERCY/M1 departed --dir ocha",
    **_SETTINGS,
)
app.add_typer(site, name="site")
app.add_typer(movement, name="movement")
app.command("enrol")(entries.enrol)
app.command("template")(entries.template)
app.command("import")(entries.import_)
app.command("consent")(entries.consent)
app.command("erase")(entries.erase)
app.command("private")(entries.private)
app.command("committed")(entries.committed)
site.command("add")(entries.site_add)
site.command("validate")(entries.site_validate)
movement.command("add")(entries.movement_add)

_STATES = ", ".join(name_of(state) for state in DistributedState)
_STEPS = ", ".join(name_of(step) for step in MovementStep)
_GONE = ("withdrawn", "not-sent")


# Telling the parties


@app.command()
@sending
def file(
    which: Annotated[
        list[str] | None,
        typer.Argument(metavar="ENTRY…", help="ORGANISATION/REFERENCE. Without: all that waits."),
    ] = None,
    to: PartiesOption = None,
    *,
    manner: Manner,
) -> None:
    """Tell the parties of entries, each only where its organisation has consented.

    Each party gets every entry under a mark of its own in the name; the position is the same for
    all. A mark in a copy shows whose copy it was made from, unless it was cut off; never who did it.

    \b
    Example:
      firebreak humanitarian file MERCY/S1 --to ALPHA --dir ocha
      firebreak humanitarian file --dir ocha --yes
    """
    office = Office(hand_of(manner))
    parties = named_parties(manner, to)
    left: list[str] = []
    failed: list[FirebreakError] = []
    count = 0
    for party in parties:
        lines, desk = _lines_to(office.client, party), None
        for name in which or sorted(office.register.items):
            item = office.register.one(name)
            line = lines.get(name)
            if _has_it(line, manner.by is not None):
                if which:
                    office.say(f"{party} has {name} already.")
                continue
            if not which and not _waits(item, party):
                continue
            try:
                check_told(office.register, item, party, now())
                contacts = office.contacts(item)
                desk = desk or desk_to(manner, party)
                _tell(office, desk, item, party, line, contacts)
                count += 1
            except InvalidValue as error:
                left.append(f"{name} to {party}: not sent. {error}")
            except FirebreakError as error:  # what fails towards one must not keep it from the next
                warn(f"{name} to {party}: {error}")
                failed.append(error)
    for text in left:
        warn(text)
    if left:
        refuse(f"{count} sent, {len(left)} not. See above.")
    if failed:
        raise failed[0]
    if not count:
        office.say("Nothing waits to be told. Consent: firebreak humanitarian consent")


def _has_it(line: dict[str, Any] | None, by_hand: bool) -> bool:
    """Whether a party was told of the version that holds, by this way."""
    if line is None or line["reached"] in _GONE or line["outdated"]:
        return False
    return bool(line["attested"] == by_hand)


def _lines_to(client: Client, party: str) -> dict[str, dict[str, Any]]:
    """What is known of each entry with a party, by the entry's name."""
    return {
        f"{line['organisation']}/{line['reference']}": line
        for line in state_of(client)["lines"]
        if line["party"] == party
    }


def _waits(item: Item, party: str) -> bool:
    return party in item.parties and not item.withdrawn and item.body.ends > now()


def _tell(
    office: Office,
    desk: Desk,
    item: Item,
    party: str,
    line: dict[str, Any] | None,
    contacts: tuple[str, ...],
) -> None:
    """Note the mark, then send. What was noted and not sent is sent under the same mark later."""
    if not isinstance(desk, AttestedDesk):
        desk.moment = now()
    before = item.mark(party)
    held = line is not None and line["filed"] is not None
    sent_mark = line["mark"] if line is not None else None
    if before is not None and before.version == item.id and before.mark != sent_mark:
        mark = before.mark
    else:
        mark = _new_mark(office)
        noted = DisclosureMarked(item.organisation, item.body.reference, party, mark)
        office.note([(noted, [item.id])])
    body = record_of(item, mark, desk.moment, contacts)
    about = None
    by_hand = isinstance(desk, AttestedDesk)
    if held and line is not None and line["reached"] != "withdrawn" and line["attested"] == by_hand:
        about = desk.target(line["filed"])  # else it was told by another way, and begins anew
    desk.send(body, about)


def _new_mark(office: Office) -> str:
    given = office.register.marks()
    while (mark := mark_of_bytes(secrets.token_bytes(6))) in given:
        pass
    return mark


def _withdraw(
    entry: EntryArgument,
    from_: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="PARTY", help="From this party only.", show_default=False),
    ] = None,
    reason: entries.WhyOption = None,
    *,
    manner: Manner,
) -> None:
    """Take an entry back from those who were told. That cannot un-disclose it.

    \b
    Example:
      firebreak humanitarian withdraw MERCY/S1 --dir ocha --reason "closed"
      firebreak humanitarian site withdraw MERCY/S1 --from BRAVO --dir ocha
    """
    office = Office(hand_of(manner))
    item = office.register.one(entry)
    office.say(UN_DISCLOSE, "Withdrawal removes no legal protection.")
    lines = [line for line in state_of(office.client)["lines"] if _name(line) == entry]
    told = [line for line in lines if line["filed"] and line["reached"] != "withdrawn"]
    told = [line for line in told if from_ is None or line["party"] in from_]
    if not manner.yes:
        typer.confirm("Withdraw it?", abort=True, err=manner.as_data)
    reference = item.body.reference
    if from_ is None:
        office.note([(EntryWithdrawn(item.organisation, reference, reason), [item.id])])
    else:
        ended = [
            Consented(item.organisation, reference, party, False, "withdrawal", Way.MAIL)
            for party in from_
        ]
        office.note([(body, [item.id]) for body in ended])
    _to_each(
        [(line["party"], line["filed"]) for line in told],
        manner,
        lambda desk, filed: desk.send(Cancel(reason), desk.target(filed)),
    )
    if not told:
        office.say("No party has it, so nothing was sent.")


def _to_each(where: list[tuple[str, T]], manner: Manner, act: Callable[[Desk, T], None]) -> None:
    """Do it towards every party; what fails towards one must not keep it from the next (H-12)."""
    failed: list[FirebreakError] = []
    for party, what in where:
        try:
            act(desk_to(manner, party), what)
        except FirebreakError as error:
            warn(f"{party}: {error}")
            failed.append(error)
    if failed:
        raise failed[0]


app.command("withdraw")(sending(_withdraw))
site.command("withdraw")(sending(_withdraw))


@movement.command("state")
@sending
def state(
    entry: Annotated[
        str, typer.Argument(metavar="ENTRY", help="ORGANISATION/REFERENCE, or a record's id.")
    ],
    step: Annotated[str, typer.Argument(metavar="STEP", help=f"One of: {_STEPS}.")],
    place: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Where.", show_default=False)
    ] = None,
    happened: Annotated[str, typer.Option("--when", metavar="WHEN", help="now, -10min.")] = "now",
    text: TextOption = None,
    to: PartiesOption = None,
    *,
    manner: Manner,
) -> None:
    """Say how a movement fares, to every party that was told of it; a party names it by its id.

    Outcomes: arrived, impeded, delayed, denied, called-off. A reason only if one was stated.

    \b
    Example:
      firebreak humanitarian movement state MERCY/M1 holding --place "north lay-by" --dir ocha
      firebreak humanitarian movement state 3fa91c07 denied --dir alpha
    """
    found = named(MovementStep, step)

    def say_it(desk: Desk, record: str) -> None:
        offset = behind(happened, desk.moment) - desk.moment
        words = manner.words(text, desk.language)
        desk.send(MovementState(found, offset, place, words), desk.target(record))

    if "/" in entry:
        _to_each(_told(manner, entry, to), manner, say_it)
    else:
        say_it(_desk_of_record(manner, entry), entry)


def _told(manner: Manner, entry: str, to: list[str] | None) -> list[tuple[str, str]]:
    """The parties that were told of an entry of ours, and the record there. Raises InvalidValue."""
    found = [
        (line["party"], line["filed"])
        for line in state_of(Client(opened(manner.directory)))["lines"]
        if _name(line) == entry
        and line["filed"]
        and line["reached"] != "withdrawn"
        and (to is None or line["party"] in to)
    ]
    if not found:
        raise InvalidValue(f"No party was told of {entry}. Tell one: firebreak humanitarian file")
    return found


def _desk_of_record(manner: Manner, beginning: str) -> Desk:
    if manner.by is not None or manner.agreement is not None:
        return desk_of(manner)
    client = Client(opened(manner.directory))
    answer = client.get(f"/records/{id_beginning(beginning)}")
    view = next(v for v in answer["records"] if v["id"] == answer["asked"])
    return Desk(replace(manner, agreement=view["agreement"]))


@app.command()
@sending
def distributed(
    beginning: IdArgument,
    unit: Annotated[str, typer.Option("--unit", metavar="TEXT", help="Which unit of yours.")],
    reached: Annotated[str, typer.Option("--state", metavar="STATE", help=f"One of: {_STATES}.")],
    happened: Annotated[str, typer.Option("--when", metavar="WHEN", help="now, -10min.")] = "now",
    *,
    manner: Manner,
) -> None:
    """Disclose how far a notification has come within your own side, unit by unit. By choice.

    \b
    Example:
      firebreak humanitarian distributed 3fa91c07 --unit "3rd battery" --state loaded --dir alpha
    """
    desk = _desk_of_record(manner, beginning)
    offset = behind(happened, desk.moment) - desk.moment
    desk.send(Distributed(unit, named(DistributedState, reached), offset), desk.target(beginning))


@app.command()
@sending
def stop(
    place: Annotated[str, typer.Argument(metavar="PLACE", help="What is under attack.")],
    to: PartiesOption = None,
    position: Annotated[
        str | None, typer.Option(metavar="POSITION", help="34.5199, 69.1789", show_default=False)
    ] = None,
    text: TextOption = None,
    *,
    manner: Manner,
) -> None:
    """Under attack, stop: FLASH to every party with this channel, or to those named.

    Unanswered within its time it alarms here, and proposes whom to try next. With --by voice it
    shows what to read aloud, and is noted in the journal.

    \b
    Example:
      firebreak humanitarian stop "MERCY hospital, Kabul" --position "34.5199, 69.1789" --dir ocha
      firebreak humanitarian stop "MERCY hospital, Kabul" --to ALPHA --by voice --dir ocha
    """
    where = None if position is None else parse_position(position)
    parties = named_parties(manner, to)
    if manner.by is None:
        (warn if manner.as_data else say)("By voice too: the same with --to PARTY --by voice.")
    _to_each(
        [(party, where) for party in parties],
        manner,
        lambda desk, at: desk.send(Stop(place, at, manner.words(text, desk.language))),
    )


# Reading


@app.command()
def stops(directory: DirectoryOption = None, as_data: JsonOption = False) -> None:
    """Every "under attack, stop": answered or not, and whom to try next.

    \b
    Example:
      firebreak humanitarian stops --dir ocha
    """
    found = state_of(Client(opened(directory)))
    if as_data:
        print_json({"as_of": found["as_of"], "stops": found["stops"]})
        return
    for each in found["stops"]:
        way = f"to {each['party']}" if each["ours"] else f"from {each['party']}"
        say(f"{short(each['id'])}  {when(each['asked_at'])}, {way}: {each['place']}")
        say(f"    {_stop_text(each)}")
    if not found["stops"]:
        say("No stop was said by either side, as far as is known here.")


def _stop_text(each: dict[str, Any]) -> str:
    if each["answered_at"] is not None:
        return f"Answered {when(each['answered_at'])}: {each['reply']}."
    if not each["ours"]:
        return f"WE HAVE NOT ANSWERED. Answer: firebreak answer {short(each['id'])}"
    text = f"Not answered; wanted by {when(each['due'])}."
    if each["reply"] is not None:
        text += f" Their last word: {each['reply']}."
    if each["escalation"] is not None:
        text += f" Next: {each['escalation']['proposal']}"
    return text


def _name(line: dict[str, Any]) -> str:
    return f"{line['organisation']}/{line['reference']}"


@app.command()
def show(
    what: Annotated[
        str, typer.Argument(metavar="ENTRY", help="ORGANISATION/REFERENCE, or a record's id.")
    ],
    directory: DirectoryOption = None,
    organisation: OrganisationOption = None,
    as_data: JsonOption = False,
) -> None:
    """One entry with each party: how far it has come, unit by unit.

    \b
    Example:
      firebreak humanitarian show MERCY/S1 --dir ocha
    """
    found = state_of(Client(opened(directory)), organisation)
    lines = [line for line in found["lines"] if _name(line) == what]
    if "/" not in what:
        beginning = id_beginning(what)
        lines = [each for each in found["notified"] if each["id"].startswith(beginning)]
    if not lines:
        refuse(f"There is no {what} here. See: firebreak humanitarian list")
    if as_data:
        print_json({"note": found["note"], "lines": lines})
        return
    for line in lines:
        pairs(
            [
                ("Entry", line["name"]),
                ("Party", line["party"] or "nobody may be told"),
                ("State", _state_text(line)),
                ("Time", f"{date_time_group(line['starts'])} to {date_time_group(line['ends'])}"),
                *(("Unit", _unit_text(unit)) for unit in line["units"]),
                *(("Movement", _step_text(each)) for each in line["steps"]),
            ]
        )
    say(_NOT_THE_SAME, found["note"])


_NOT_THE_SAME = (
    "Notified is not received, received is not acknowledged, acknowledged is not loaded, loaded is"
    " not permitted."
)


def _state_text(line: dict[str, Any]) -> str:
    text = str(line["reached"])
    if line.get("outdated"):
        text += ", an earlier version: file it again"
    if line["late_ms"]:
        text += f", late by {hours_text(line['late_ms'])}"
    return text


def _unit_text(unit: dict[str, Any]) -> str:
    earlier = " (of an earlier version)" if unit["earlier"] else ""
    return f"{unit['unit']}: {unit['state']}{earlier}, {when(unit['at'])}"


def _step_text(step: dict[str, Any]) -> str:
    text = f"{step['step']}, {when(step['at'])}, as {'we' if step['ours'] else 'they'} state"
    return text + "".join(f"; {step[name]}" for name in ("place", "words") if step[name])


@app.command(name="list")
def list_(
    directory: DirectoryOption = None,
    organisation: OrganisationOption = None,
    party: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Only what this party was told.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Write it as CSV.", show_default=False),
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="NAME", help="site or movement.")
    ] = None,
    as_data: JsonOption = False,
) -> None:
    """Every entry with every party; what came in, where we are a party.

    \b
    Example:
      firebreak humanitarian list --dir ocha
      firebreak humanitarian list --party ALPHA --csv for-alpha.csv --dir ocha
    """
    _list(directory, organisation, party, out, kind, as_data)


@site.command("list")
def site_list(
    directory: DirectoryOption = None,
    organisation: OrganisationOption = None,
    as_data: JsonOption = False,
) -> None:
    """Every site with every party.

    \b
    Example:
      firebreak humanitarian site list --organisation MERCY --dir ocha
    """
    _list(directory, organisation, None, None, "site", as_data)


def _list(
    directory: Path | None,
    organisation: str | None,
    party: str | None,
    out: Path | None,
    kind: str | None,
    as_data: bool,
) -> None:
    node = opened(directory)
    found = state_of(Client(node), organisation)
    lines = [line for line in found["lines"] if kind in (None, line["kind"])]
    others = [n for n in found["notified"] if not n["ours"] and kind in (None, n["kind"])]
    if party is not None and organisation is None:
        # What this party was told and not what waits: its version, its marks, no organisation's name.
        lines, others = [], [n for n in found["notified"] if kind in (None, n["kind"])]
        others = [n for n in others if n["party"] == party and n["reached"] not in _GONE]
    elif party is not None:
        lines = [line for line in lines if line["party"] == party]
    if out is not None:
        write_file(out, _as_csv(found, lines, others).encode())
        say(mark_line(node), f"{out} holds {len(lines) + len(others)} lines.", found["note"])
    elif as_data:
        print_json({"as_of": found["as_of"], "note": found["note"], "lines": [*lines, *others]})
    else:
        say(mark_line(node))
        if lines or others:
            table(
                [_row(line) for line in [*lines, *others]],
                *("entry", "kind", "name", "party", "state", "mark", "until", "units"),
            )
        else:
            say("Nothing is on this list.")
        say(found["note"])


def _row(line: dict[str, Any]) -> list[str]:
    entry = _name(line) if "reference" in line else short(line["id"])
    units = "; ".join(f"{unit['unit']} {unit['state']}" for unit in line["units"])
    return [
        entry,
        line["kind"],
        line["name"],
        line["party"] or "-",
        _state_text(line),
        line["mark"] or "-",
        date_time_group(line["ends"]),
        units or "-",
    ]


_COLUMNS = (
    *("entry", "kind", "name", "party", "state", "mark", "area", "from", "until"),
    *("revalidate_by", "note"),
)


def _as_csv(
    found: dict[str, Any], lines: list[dict[str, Any]], others: list[dict[str, Any]]
) -> str:
    """One row a line, each with the note: a row that is copied out alone keeps it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for line in [*lines, *others]:
        name = _name(line) if "reference" in line else short(line["id"])
        marked = line["name"]
        if line["mark"] and f"[{line['mark']}]" not in marked:
            marked = f"{marked} [{line['mark']}]"
        revalidate = line["revalidate_by"]
        cells = [
            name,
            line["kind"],
            marked,
            line["party"] or "",
            _state_text(line),
            line["mark"] or "",
            line["where"],
            date_time_group(line["starts"]),
            date_time_group(line["ends"]),
            "" if revalidate is None else date_time_group(revalidate),
            found["note"],
        ]
        writer.writerow([harmless(cell) for cell in cells])
    if not lines and not others:
        writer.writerow(["" for _ in _COLUMNS[1:]] + [found["note"]])
    return text.getvalue()


@app.command()
def expiring(
    within: Annotated[str, typer.Option(metavar="DAYS", help="How far ahead: 14d, 48h.")] = "14d",
    directory: DirectoryOption = None,
    organisation: OrganisationOption = None,
    as_data: JsonOption = False,
) -> None:
    """What expires, must be verified again, or has not been reported as arrived.

    \b
    Example:
      firebreak humanitarian expiring --within 30d --dir ocha
    """
    client = Client(opened(directory))
    found = client.get("/humanitarian/expiring", organisation=organisation, within=duration(within))
    if as_data:
        print_json(found)
        return
    for each in found["due"]:
        say(each["text"])
    if not found["due"]:
        say(f"Nothing is due within {within}.")
    say(found["note"])


@app.command()
def export(
    organisation: Annotated[str, typer.Argument(metavar="ORGANISATION")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write it.")],
    directory: DirectoryOption = None,
) -> None:
    """Write what one organisation may see as JSON: its own entries, and nothing of any other.

    \b
    Example:
      firebreak humanitarian export MERCY --out for-mercy.json --dir ocha
    """
    node = opened(directory)
    found = state_of(Client(node), organisation)
    if not found["organisations"]:
        refuse(f"{organisation} is not enrolled here.")
    marked = {"mark": mark_line(node).strip("* ")} | found
    write_file(out, json.dumps(marked, indent=2, ensure_ascii=False).encode())
    say(
        mark_line(node),
        f"{out} holds {len(found['entries'])} entries of {organisation}.",
        found["note"],
    )
