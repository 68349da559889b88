"""`firebreak watch list` and what else is asked of the watch in a running node, or said to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import typer

from firebreak.cli.client import Answer, Client
from firebreak.cli.frame import DirectoryOption
from firebreak.cli.manner import Manner, sending
from firebreak.cli.output import now, opened, pairs, refuse, say, warn
from firebreak.cli.places import TextOption
from firebreak.cli.render import JsonOption, print_json, when
from firebreak.errors import InvalidValue, Misuse
from firebreak.records.figures import dms, parse_height
from firebreak.records.kinds import Query
from firebreak.records.spelling import parse_duration
from firebreak.values import Position

if TYPE_CHECKING:
    from firebreak.cli.compose import Desk

SIGNS = {"alarm": "■ ALARM", "warning": "▲ WARNING", "caution": "● CAUTION"}
"""A level is told by a sign and a word, never by a colour alone."""

KeyArgument = Annotated[
    str, typer.Argument(metavar="KEY", help="The advisory's key, as `watch list` shows it.")
]
NOBODY = "No advisory. That says nothing about what is not seen here."


def listed(directory: DirectoryOption = None, as_data: JsonOption = False) -> None:
    """List what the running node's watch advises, the most urgent first, and how its sources are.

    \b
    Example:
      firebreak watch list --dir alpha
    """
    answer = Client(opened(directory)).get("/watch")
    if as_data:
        print_json(answer)
        return
    for trouble in answer["troubles"]:
        warn(f"WARNING: {trouble}")
    if answer["phase"] != "running":
        say(f"The watch is {answer['phase']}; the first time it compiles, which takes a while.")
        return
    for sentence in answer["not_looked_at"]:
        warn(f"WARNING: {sentence}")
    rates = answer["rates"]
    say(
        f"{when(answer['at'])}  {answer['tracks']:,} tracks, {answer['fences']:,} lines and zones,"
        f" {rates['standing']:,} advisories, {rates['in_ten_minutes']} new in ten minutes"
    )
    for each in answer["sources"]:
        trouble = f". {each['trouble']}" if each["trouble"] else ""
        say(f"{each['name']}: {each['state']}, {each['reports']:,} reports{trouble}")
    _list_advisories(answer["advisories"])


def _list_advisories(advisories: list[Answer]) -> None:
    if not advisories:
        say(NOBODY)
        return
    for each in advisories:
        stage = each["stage"]
        if until := each["shelved_until"] or each["acknowledged_until"]:
            stage += f" until {when(until)}"
        if each["reason"]:
            stage += f" ({each['reason']})"
        say(
            f"{SIGNS[each['level']]}  {each['key']}",
            f"  {each['text']}",
            f"  since {when(each['since'])}; {stage}",
        )


def tracks(
    doubtful: Annotated[bool, typer.Option("--doubtful", help="Only doubtful ones.")] = False,
    limit: Annotated[int, typer.Option(metavar="NUMBER", min=1, max=5_000)] = 100,
    directory: DirectoryOption = None,
    as_data: JsonOption = False,
) -> None:
    """List the tracks that the running node watches, doubtful ones first with the reason.

    \b
    Example:
      firebreak watch tracks --doubtful --dir alpha
    """
    answer = Client(opened(directory)).get("/watch/tracks", limit=limit, doubtful=doubtful)
    if as_data:
        print_json(answer)
        return
    if not answer["tracks"]:
        say("No track. That says nothing about what is not seen here.")
    for each in answer["tracks"]:
        height = "height unknown" if each["height_ft"] is None else f"{each['height_ft']:,} ft"
        said = [None if each["owner"] == "unknown" else each["owner"], each["label"]]
        said += ["stale" if each["stale"] else None]
        say(
            ", ".join(
                [
                    f"{each['id']}  {_place(each['position'])}",
                    height,
                    f"{each['speed_kt']} kt",
                    f"{each['course_degrees']:03d} degrees",
                    f"{each['age_ms'] / 1_000:.0f} s old",
                    *filter(None, said),
                ]
            )
        )
        if each["doubtful"]:
            plausible = each["plausible"] and f"; plausible is {_place(each['plausible'])}"
            say(f"  DOUBTFUL: {each['doubtful']}{plausible or ''}")


def _place(pair: list[int]) -> str:
    return dms(Position(*pair))


def ack(key: KeyArgument, directory: DirectoryOption = None, as_data: JsonOption = False) -> None:
    """Say that you have seen an advisory. It comes back after ten minutes, or when it gets worse.

    \b
    Example:
      firebreak watch ack "line:Line North/icao:4baac6" --dir alpha
    """
    _tell(_act(directory, key, "acknowledge", {}), as_data)


def shelve(
    key: KeyArgument,
    duration: Annotated[
        str, typer.Option("--for", metavar="DURATION", help="How long, an hour at most: 30min.")
    ],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why it is put aside.")],
    directory: DirectoryOption = None,
    as_data: JsonOption = False,
) -> None:
    """Put an advisory aside for a while, and say why. It comes back by itself, or if it gets worse.

    \b
    Example:
      firebreak watch shelve "zone:Range/icao:4baac6" --for 30min --reason "our tanker" --dir alpha
    """
    until = now() + parse_duration(duration)
    _tell(_act(directory, key, "shelve", {"until": until, "reason": reason}), as_data)


def unshelve(
    key: KeyArgument, directory: DirectoryOption = None, as_data: JsonOption = False
) -> None:
    """Take an advisory back from the shelf.

    \b
    Example:
      firebreak watch unshelve "zone:Range/icao:4baac6" --dir alpha
    """
    _tell(_act(directory, key, "unshelve", {}), as_data)


def _act(directory: Path | None, key: str, verb: str, body: Answer) -> Answer:
    return Client(opened(directory)).post(f"/watch/advisories/{quote(key)}/{verb}", body)


def _tell(advisory: Answer, as_data: bool) -> None:
    if as_data:
        print_json(advisory)
    else:
        _list_advisories([advisory])


def own(
    identity: Annotated[
        str, typer.Argument(metavar="IDENTITY", help="As `watch tracks` shows it.")
    ],
    owner: Annotated[
        str, typer.Argument(metavar="OWNER", help="ours, theirs, another's or unknown.")
    ],
    label: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="How you call it when you ask about it.", show_default=False
        ),
    ] = None,
    directory: DirectoryOption = None,
    as_data: JsonOption = False,
) -> None:
    """Say whose a track is. Nothing of another's goes out, and of your own nobody is asked.

    \b
    Example:
      firebreak watch own icao:4baac6 theirs --label FB-0417 --dir alpha
    """
    owners = ("ours", "theirs", "another's", "unknown")
    if owner not in owners:
        raise InvalidValue(f"{owner!r} is nobody. Say one of: {', '.join(owners)}.")
    body = {"owner": owner, "label": label}
    answer = Client(opened(directory)).post(f"/watch/tracks/{quote(identity)}/owner", body)
    if as_data:
        print_json(answer)
    else:
        called = f", called {answer['label']}" if answer["label"] else ""
        say(f"{answer['identity']}: {answer['owner']}{called}.")


@sending
def draft(
    advisory: KeyArgument,
    send: Annotated[
        bool, typer.Option("--send", help="Compose, show and sign it, as `send query` does.")
    ] = False,
    text: TextOption = None,
    override: Annotated[
        str | None,
        typer.Option(
            metavar="REASON",
            help="Let out more than the agreement does. Two officers sign: --key and --second.",
            show_default=False,
        ),
    ] = None,
    second: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The key of the second officer of an override.", show_default=False
        ),
    ] = None,
    *,
    manner: Manner,
) -> None:
    """Show the query that an advisory suggests, at the precision and delay that were agreed.

    Nothing is sent unless you say --send; then it is shown, and you are asked, before you sign it.
    More than the agreement lets out goes only with --override, two officers and a reason; both sign
    the decision, and the node writes it into its journal.

    \b
    Examples:
      firebreak watch draft "doubtful:Line North/icao:4baac6" --dir alpha
      firebreak watch draft "doubtful:Line North/icao:4baac6" --send --dir alpha
    """
    if (override is None) != (second is None):
        raise InvalidValue("To pass the gate takes --override REASON and --second KEYFILE, both.")
    client = Client(opened(manner.directory))
    path = f"/watch/advisories/{advisory}/draft"
    answer = client.get(path, agreement=manner.agreement)
    if send and manner.channel not in (None, answer["channel"]):
        raise Misuse(
            f"This draft is as coarse as was agreed for {answer['channel']}, and goes by no other channel."
            " Leave out --channel."
        )
    if override is not None and second is not None:
        answer = _beyond(manner, client, answer, override, second)
    if not send:
        if manner.as_data:
            print_json(answer)
        else:
            _show(answer)
        return
    _send(manner, answer, text)


def _send(manner: Manner, answer: Answer, text: str | None) -> None:
    from firebreak.cli.compose import Desk

    query = answer["query"]
    if query is None:
        refuse(f"Nothing was sent. {answer['withheld']}")
    desk = Desk(
        replace(
            manner,
            channel=manner.channel or answer["channel"],
            precedence=manner.precedence or answer["precedence"],
        )
    )
    desk.say(f"Drafted from: {answer['because']}")
    height = query["height"]
    desk.send(
        Query(
            track=query["track"],
            position=Position(*query["position"]),
            observed=min(query["observed_at"] - desk.moment, 0),
            height=None if height is None else parse_height(height),
            speed_kt=query["speed_kt"],
            course_degrees=query["course_degrees"],
            words=manner.words(text, desk.language),
        )
    )


def _beyond(manner: Manner, client: Client, answer: Answer, reason: str, second: Path) -> Answer:
    """What goes out beyond the gate, once both officers have signed for it."""
    from firebreak.cli.compose import Desk
    from firebreak.cli.officer import officer
    from firebreak.desk.beyond import Decision
    from firebreak.records.agreement import Channel
    from firebreak.records.spelling import named

    desk = Desk(manner)
    terms = desk.terms(named(Channel, answer["channel"]))
    offices = (desk.agreement.offices[number] for number in terms.offices)
    ours = tuple(office.role for office in offices if office.party == desk.us)
    first = officer(desk.node, manner.key, manner.office, ours)
    other = officer(desk.node, second, None, ())
    if first.index == other.index:
        raise Misuse("To pass the releasability gate takes two different officers; name both.")
    _ask(desk, answer, reason, f"{first.office} and {other.office}")
    desk.note_duress(first)
    decision = Decision(
        desk.agreement.digest(),
        answer["advisory"],
        reason,
        now(),
        (first.index, other.index),
    )
    signed = [
        {"index": each.index, "signature": _base64(decision.signed(each.key))}
        for each in (first, other)
    ]
    return client.post(
        f"/watch/advisories/{quote(answer['advisory'])}/override",
        {"agreement": desk.name, "reason": reason, "at": decision.at, "officers": signed},
    )


def _ask(desk: Desk, answer: Answer, reason: str, who: str) -> None:
    desk.say(
        answer["because"],
        f"As agreed it would go out so: {answer['withheld'] or _words(answer)}",
        f"{who} let it out as exactly as it is seen. Reason: {reason}",
    )
    desk.confirm("Have both decided so?")


def _base64(data: bytes) -> str:
    import base64

    return base64.b64encode(data).decode()


def _show(answer: Answer) -> None:
    rows: list[tuple[str, str]] = [
        ("Because", answer["because"]),
        ("Query on", f"{answer['channel']}, {answer['precedence']}"),
    ]
    if answer["query"] is None:
        rows.append(("Withheld", answer["withheld"]))
    else:
        rows += _fields(answer["query"])
        rows.append(
            ("As agreed", f"within {answer['precision_m']} m, {answer['delay_ms'] // 1_000} s late")
        )
    pairs(rows)
    say("Nothing was sent. To send it: --send.")


def _words(answer: Answer) -> str:
    return "; ".join(f"{name} {value}" for name, value in _fields(answer["query"]))


def _fields(query: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        ("Track", query["track"]),
        ("Position", _place(query["position"])),
        ("Observed", when(query["observed_at"])),
        ("Height", query["height"] or "unknown"),
        ("Speed, course", f"{query['speed_kt']} kt, {query['course_degrees']} degrees"),
    ]


def register(app: typer.Typer) -> None:
    """Add these commands to the noun's."""
    app.command(name="list")(listed)
    for command in (tracks, ack, shelve, unshelve, own, draft):
        app.command()(command)
