"""Windows of time: half-open, from the start up to, not including, the end (spec/volume.md)."""

from dataclasses import dataclass

from firebreak.errors import InvalidValue
from firebreak.values import LATEST, Millis
from firebreak.volumes.areas import check_whole


@dataclass(frozen=True, slots=True)
class Window:
    """[start, end) in UTC milliseconds: one that ends as another starts does not overlap it."""

    start: Millis
    end: Millis


def check_window(window: Window) -> None:
    """Raises InvalidValue for a window that is empty, backwards or outside 1970 to 9999."""
    check_whole(window.start, "The window's start in milliseconds")
    check_whole(window.end, "The window's end in milliseconds")
    if window.start < 0 or window.end > LATEST:  # V-11
        raise InvalidValue("The window lies outside the years 1970 to 9999; correct its times.")
    if window.start == window.end:  # V-10
        raise InvalidValue("The window starts and ends at the same time; give it a later end.")
    if window.start > window.end:  # V-10
        raise InvalidValue("The window ends before it starts; exchange or correct its times.")


def overlap(a: Window, b: Window) -> Window:
    """The common part; if there is none, its start is at or after its end: the gap, reversed."""
    return Window(max(a.start, b.start), min(a.end, b.end))
