"""`firebreak ack`: acknowledge with read-back."""

from __future__ import annotations

from typing import Annotated

import typer

from firebreak.cli.compose import Desk, Target
from firebreak.cli.frame import noun
from firebreak.cli.manner import Manner, sending
from firebreak.cli.output import now, warn
from firebreak.cli.places import IdArgument
from firebreak.cli.shown import show_record
from firebreak.errors import InvalidValue
from firebreak.records.agreement import Mode
from firebreak.records.kinds import Acknowledge
from firebreak.records.readback import CriticalField, compare_read_back, critical_fields
from firebreak.records.spelling import name_of

app = noun("ack")

ALL = "all"


@app.command()
@sending
def ack(
    beginning: IdArgument,
    read_back: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD=VALUE",
            help="A critical field as you understood it, for each; without it you are asked. In"
            " exercises `all` repeats what stands there, which proves nothing.",
            show_default=False,
        ),
    ] = None,
    *,
    manner: Manner,
) -> None:
    """Acknowledge a record of theirs: each critical field is read back as you understood it.

    To acknowledge is to say: understood. It is not consent. Type what you have on your own chart or
    slip, not what stands here. What is not understood: firebreak send not-understood ID.

    \b
    Example:
      firebreak ack 3fa91c07 --dir alpha
      firebreak ack 3fa91c07 --dir alpha --read-back "topic=OUR EXERCISE"
    """
    desk = Desk(manner)
    target = desk.target(beginning)
    fields = critical_fields(target.record)
    show_record(target.record, desk.agreement, name_of(target.channel), desk.say)
    values = _values(desk, fields, read_back or [])
    differing = compare_read_back(fields, values)
    if differing:
        _warn(desk, target, fields, values, differing)
    desk.moment = now()
    desk.send(Acknowledge(tuple(values)), target)


def _values(desk: Desk, fields: tuple[CriticalField, ...], given: list[str]) -> list[str]:
    """What was understood, field by field: given, or asked for."""
    if given == [ALL]:
        if desk.agreement.mode is not Mode.EXERCISE:
            raise InvalidValue("Read back each field as you understood it; `all` is for exercises.")
        return [value for _, value in fields]
    known = _given(fields, given)
    values = []
    for name, _ in fields:
        if name in known:
            values.append(known[name])
        elif given:
            raise InvalidValue(f'Read back {name}, too: --read-back "{name}=…".')
        else:
            values.append(str(typer.prompt(f"Read back {name}", err=desk.manner.as_data)).strip())
    return values


def _given(fields: tuple[CriticalField, ...], given: list[str]) -> dict[str, str]:
    names = [name for name, _ in fields]
    known: dict[str, str] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or name.strip() not in names:
            raise InvalidValue(
                f"{pair!r} is no read-back here. Write FIELD=VALUE; the fields are:"
                f" {', '.join(names) or 'none'}."
            )
        known[name.strip()] = value.strip()
    return known


def _warn(
    desk: Desk,
    target: Target,
    fields: tuple[CriticalField, ...],
    values: list[str],
    differing: list[str],
) -> None:
    """Say what differs before it is signed: perhaps a slip, perhaps a misunderstanding."""
    read = dict(zip((name for name, _ in fields), values, strict=True))
    stands = dict(fields)
    for name in differing:
        warn(f"DIFFERS in {name}: they wrote {stands[name]!r}, you read back {read[name]!r}.")
    warn("Sent so, it tells them that they were misunderstood.")
    desk.confirm("Send this read-back all the same?")
