"""Common Alerting Protocol 1.2 alerts of advisories, for one's own systems (OASIS; spec/watch.md, W-O4)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from lxml import etree

from firebreak.desk.explaining import sentence
from firebreak.errors import InvalidValue
from firebreak.formats.own import (
    EXERCISE,
    NOT_FOR_TARGETING,
    check_may_go_out,
    encoded,
    moment,
    put,
)
from firebreak.records.figures import date_time_group_seconds
from firebreak.values import DEGREE, Millis
from firebreak.watch.advisories import Advisory, Level, Situation, Stage

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
EXPIRES_MS: Final = 600_000
"""An alert that is not renewed is over after so long."""

_SENDER: Final = re.compile(r"[A-Za-z0-9._@:/-]{1,80}", re.ASCII)
_EVENTS: Final = {
    Situation.SEPARATION: "Loss of separation",
    Situation.LINE: "Crossing of an agreed line",
    Situation.ZONE: "Track in or near a zone",
    Situation.DOUBTFUL: "Doubtful track",
    Situation.NOTICES: "Two notices meet",
}


@dataclass(frozen=True, slots=True)
class CapAlert:
    """An alert. reference: how the next alert on the same situation names this one."""

    document: bytes
    reference: str


def cap_of_advisory(
    advisory: Advisory, sender: str, sent: Millis, exercise: bool, before: str | None = None
) -> CapAlert:
    """The alert that says what an advisory says.

    sender: one word, such as `air-desk@example.org`. before: the reference of the last alert on the
    same situation, which this one updates or, when the advisory is cleared, cancels.
    Raises Refused for one that derives from a protected site; InvalidValue for a sender that CAP does
    not allow, and for a cleared advisory of which no alert went out.
    """
    check_may_go_out(advisory)  # W-O2
    if not _SENDER.fullmatch(sender):
        raise InvalidValue(
            f"{sender[:80]!r} is no sender of a CAP alert; write one word, such as air-desk@example.org."
        )
    cleared = advisory.stage is Stage.CLEARED
    if cleared and before is None:
        raise InvalidValue("A cleared advisory of which no alert went out needs none.")
    digest = hashlib.sha256(advisory.key.encode()).hexdigest()[:16]
    identifier = f"firebreak-{digest}-{sent}"
    alert = etree.fromstring(f'<alert xmlns="{NAMESPACE}"/>')
    for name, text in (
        ("identifier", identifier),
        ("sender", sender),
        ("sent", _stamp(sent)),
        ("status", "Exercise" if exercise else "Actual"),
        ("msgType", "Alert" if before is None else "Cancel" if cleared else "Update"),
        ("source", "Firebreak"),
        ("scope", "Restricted"),
        ("restriction", NOT_FOR_TARGETING),  # W-O1
        ("note", f"{EXERCISE if exercise else ''}{NOT_FOR_TARGETING}"),
    ):
        _put(alert, name, text)
    if before is not None:
        _put(alert, "references", before)
    _info(alert, advisory, sent, exercise)
    return CapAlert(encoded(alert), f"{sender},{identifier},{_stamp(sent)}")


def _info(alert: etree._Element, advisory: Advisory, sent: Millis, exercise: bool) -> None:
    cleared = advisory.stage is Stage.CLEARED
    inputs = " ".join(
        f"{each.name} from {each.source}, {date_time_group_seconds(each.at)}, {each.age_ms / 1000:.0f} s"
        " old."
        for each in advisory.inputs
    )
    info = _put(alert, "info")
    for name, text in (
        ("language", "en"),
        ("category", "Safety"),
        ("event", _EVENTS[advisory.situation]),
        ("responseType", "AllClear" if cleared else "Assess"),
        ("urgency", _urgency(advisory)),
        ("severity", "Unknown"),
        ("certainty", _certainty(advisory)),
        ("audience", "Own duty officers only"),
        ("effective", _stamp(advisory.at)),
        ("expires", _stamp(Millis(sent + EXPIRES_MS))),
        ("senderName", "Firebreak watch"),
        ("headline", f"{EXERCISE if exercise else ''}{_EVENTS[advisory.situation]}"),
        ("description", f"{sentence(advisory)} {inputs}".strip()),
        ("instruction", f"{NOT_FOR_TARGETING} Nothing is sent to the other side by this alert."),
    ):
        _put(info, name, text)
    for name, value in (
        ("level", advisory.level.name.lower()),
        ("stage", advisory.stage.value),
        ("present", "yes" if advisory.present else "no"),
        ("in_s", advisory.in_s),
        ("margin_m", advisory.margin_m),
        ("vertical_ft", advisory.vertical_ft),
    ):
        if value is not None:
            parameter = _put(info, "parameter")
            _put(parameter, "valueName", f"firebreak:{name}")
            _put(parameter, "value", str(value))
    for seen in advisory.tracks:
        area = _put(info, "area")
        _put(area, "areaDesc", f"Last reported position of {seen.identity}")
        at = seen.position
        _put(area, "circle", f"{at.latitude_e7 / DEGREE:.7f},{at.longitude_e7 / DEGREE:.7f} 0")


def _urgency(advisory: Advisory) -> str:
    if advisory.stage is Stage.CLEARED:
        return "Past"
    return "Immediate" if advisory.level is Level.ALARM else "Expected"


def _certainty(advisory: Advisory) -> str:
    """What is reported is observed, unless the track is doubtful; what is predicted is possible."""
    doubtful = any(seen.doubts for seen in advisory.tracks)
    return "Observed" if advisory.present and not doubtful else "Possible"


def _put(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    return put(parent, f"{{{NAMESPACE}}}{name}", text)


def _stamp(ms: Millis) -> str:
    """CAP 1.2, 3.3.2: UTC is written -00:00, never Z; whole seconds."""
    return moment(ms).isoformat(timespec="seconds").replace("+00:00", "-00:00")
