"""Options for where and when, the same at every command that has them."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from firebreak.errors import InvalidValue

_ID = re.compile(r"[0-9a-f]{4,64}")

CircleOption = Annotated[
    str | None,
    typer.Option(
        "--circle",
        metavar="POSITION RADIUS",
        help='"551230N0194512E 15NM"',
        show_default=False,
    ),
]
PolygonOption = Annotated[
    str | None,
    typer.Option(
        "--polygon",
        metavar="POSITIONS",
        help='"5512N01945E; 5520N01945E; 5520N02010E"',
        show_default=False,
    ),
]
CorridorOption = Annotated[
    str | None,
    typer.Option(
        "--corridor",
        metavar="POSITIONS WIDTH",
        help='"5512N01945E; 5520N02010E; 5NM": so far to each side.',
        show_default=False,
    ),
]
FromOption = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="TIME", help="221430Z, 221430ZNOV26, now or +2h.", show_default=False
    ),
]
ToOption = Annotated[
    str | None,
    typer.Option(
        "--to", metavar="TIME", help="When it ends; +1h counts from --from.", show_default=False
    ),
]
ForOption = Annotated[
    str | None,
    typer.Option("--for", metavar="DURATION", help="How long: 90min, 2h.", show_default=False),
]
LowerOption = Annotated[
    str | None,
    typer.Option(
        "--lower",
        metavar="HEIGHT",
        help="SFC, FL095, 9500ft AMSL, 300m AGL.",
        show_default=False,
    ),
]
UpperOption = Annotated[
    str | None,
    typer.Option("--upper", metavar="HEIGHT", help="UNL or a height.", show_default=False),
]
TextOption = Annotated[
    str | None,
    typer.Option("--text", metavar="TEXT", help="In your own words.", show_default=False),
]
IdArgument = Annotated[
    str, typer.Argument(metavar="ID", help="The record's id, or how it begins (4 digits or more).")
]


def id_beginning(text: str) -> str:
    """A record's id, or its beginning, as the node is asked for it. Raises InvalidValue."""
    plain = text.strip().lower()
    if _ID.fullmatch(plain) is None:
        raise InvalidValue(
            f"{text!r} is no record's id: 4 to 64 hexadecimal digits. See: firebreak inbox"
        )
    return plain
