"""What goes out to one's own systems: marked, never about humanitarian sites (spec/watch.md, W-O1, W-O2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from lxml import etree

from firebreak.errors import InvalidValue, Refused
from firebreak.values import LATEST, Millis
from firebreak.watch.advisories import Advisory

NOT_FOR_TARGETING: Final = (
    "NOT FOR TARGETING. For own systems only: a warning computed by Firebreak, not an observation of"
    " hostility and not a track for weapons. Ask the counterpart."
)
"""What every message says (W-O1)."""

EXERCISE: Final = "EXERCISE. "

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def check_may_go_out(advisory: Advisory) -> None:
    """Raises Refused for an advisory that derives from a humanitarian or other protected site (W-O2)."""
    if advisory.protected:
        raise Refused(
            "This advisory derives from a protected site. Such sites never leave for other systems;"
            " pass it on by voice to those who must know."
        )


def moment(ms: Millis) -> datetime:
    """A time as a date. Raises InvalidValue outside 1970 to 9999."""
    if not 0 <= ms <= LATEST:
        raise InvalidValue(f"{ms} ms is no time between the years 1970 and 9999.")
    return _EPOCH + timedelta(milliseconds=ms)


def put(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    """A child element. Raises InvalidValue for text that XML cannot hold."""
    child = etree.SubElement(parent, name)
    fill(child, text, **attributes)
    return child


def fill(element: etree._Element, text: str = "", **attributes: str) -> None:
    """Text and attributes of an element. Raises InvalidValue for text that XML cannot hold."""
    try:
        element.text = text or None
        for name, value in attributes.items():
            element.set(name, value)
    except ValueError as error:
        raise InvalidValue(f"{text!r} {attributes!r} holds characters that XML cannot.") from error


def encoded(root: etree._Element) -> bytes:
    """The document as UTF-8, with its declaration."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
