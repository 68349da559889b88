"""An advisory in a sentence and in numbers, for people."""

from __future__ import annotations

from firebreak.records.figures import dms
from firebreak.values import HeightReference, Position
from firebreak.watch.advisories import Advisory, Seen, Situation
from firebreak.watch.doubts import doubts_text
from firebreak.watch.reports import Domain


def sentence(advisory: Advisory) -> str:
    """The advisory in one English sentence, with its numbers."""
    words = _what(advisory)
    doubts = [
        f"{seen.identity} is doubtful: {doubts_text(seen.doubts)}"
        for seen in advisory.tracks
        if seen.doubts
    ]
    oldest = max((each.age_ms for each in advisory.inputs), default=0)
    aged = f"oldest input {oldest / 1_000:.0f} s"
    return "; ".join([words, *doubts, aged]) + "."


def because(advisory: Advisory) -> str:
    """Name, situation and reason, for beside a draft: no position, distance or time (W-G2)."""
    doubts = [
        f"{seen.identity} is doubtful: {doubts_text(seen.doubts)}"
        for seen in advisory.tracks
        if seen.doubts
    ]
    return "; ".join([_situation(advisory), *doubts]) + "."


def _situation(advisory: Advisory) -> str:
    names, about = [seen.identity for seen in advisory.tracks], advisory.about
    match advisory.situation:
        case Situation.SEPARATION:
            come = "are" if advisory.present else "come"
            return f"{names[0]} and {names[1]} {come} closer than agreed"
        case Situation.LINE:
            does = "has crossed" if advisory.present else "is about to cross"
            return f"{names[0]} {does} the line {about}"
        case Situation.ZONE:
            return f"{names[0]} {'is in' if advisory.present else 'is about to enter'} {about}"
        case Situation.DOUBTFUL:
            if advisory.of_line:
                return (
                    f"{names[0]} is reported beyond the line {about} from where it was last trusted"
                )
            return f"{names[0]} is reported in {about}"
        case Situation.NOTICES:
            return f"{about} meet"


def _what(advisory: Advisory) -> str:
    names = [seen.identity for seen in advisory.tracks]
    match advisory.situation:
        case Situation.SEPARATION:
            apart = f"{nautical(advisory.margin_m)} and {feet(advisory.vertical_ft)} apart"
            if advisory.present:
                return f"{names[0]} and {names[1]} are closer than agreed: at their closest {apart}"
            return (
                f"{names[0]} and {names[1]} come closer than agreed in {advisory.in_s} s: at their"
                f" closest {apart}"
            )
        case Situation.LINE:
            if advisory.present:
                return f"{names[0]} has crossed the line {advisory.about}"
            return (
                f"{names[0]} is {nautical(advisory.margin_m)} from the line {advisory.about} and"
                f" crosses it in {advisory.in_s} s on its present course"
            )
        case Situation.ZONE:
            if advisory.present:
                return f"{names[0]} is in {advisory.about}"
            return (
                f"{names[0]} is {nautical(advisory.margin_m)} from {advisory.about} and enters it in"
                f" {advisory.in_s} s on its present course"
            )
        case Situation.DOUBTFUL:
            where = f"{names[0]} is reported at {dms(advisory.tracks[0].position)}"
            if advisory.of_line:
                return (
                    f"{where}, beyond the line {advisory.about} from where it was last trusted; its"
                    " plausible path stays on this side"
                )
            return f"{where}, in {advisory.about}"
        case Situation.NOTICES:
            meet = "meet" if advisory.present else f"meet in {advisory.in_s:,} s"
            return (
                f"{advisory.about} {meet}: {nautical(advisory.margin_m)} in plan, {_held(advisory)}"
            )


def _held(advisory: Advisory) -> str:
    if advisory.vertical_ft is None:
        return "without limit in height"
    return f"{advisory.vertical_ft:,} ft in height"


def nautical(metres: int | None) -> str:
    """A distance in NM to one place, `0.4 NM`."""
    return "an unknown distance" if metres is None else f"{metres / 1852:.1f} NM"


def feet(value: int | None) -> str:
    """A height difference in ft."""
    return "an unknown height" if value is None else f"{value:,} ft"


def plain_advisory(advisory: Advisory) -> dict[str, object]:
    """The advisory as JSON gives it: on the command line, to a console, in a replay's report."""
    return {
        "key": advisory.key,
        "situation": advisory.situation.name.lower(),
        "level": advisory.level.name.lower(),
        "stage": advisory.stage.value,
        "present": advisory.present,
        "since": advisory.since,
        "at": advisory.at,
        "text": sentence(advisory),
        "about": advisory.about,
        "protected": advisory.protected,
        "tracks": [plain_seen(seen) for seen in advisory.tracks],
        "in_s": advisory.in_s,
        "margin_m": advisory.margin_m,
        "vertical_ft": advisory.vertical_ft,
        "side": advisory.side,
        "inputs": [
            {"name": each.name, "source": each.source, "at": each.at, "age_ms": each.age_ms}
            for each in advisory.inputs
        ],
        "acknowledged_until": advisory.acknowledged_until,
        "shelved_until": advisory.shelved_until,
        "reason": advisory.reason,
        "raised": advisory.raised,
    }


def plain_seen(seen: Seen) -> dict[str, object]:
    """A track as JSON gives it; positions in 1e-7 degree."""
    return {
        "id": seen.identity,
        "domain": Domain(seen.domain).name.lower(),
        "position": _pair(seen.position),
        "reported_at": seen.reported_at,
        "height_ft": seen.height_ft,
        "height_reference": HeightReference(seen.height_reference).name.lower(),
        "speed_kt": seen.speed_kt,
        "course_degrees": seen.course_degrees,
        "doubtful": doubts_text(seen.doubts) or None,
        "plausible": None if seen.plausible is None else _pair(seen.plausible),
    }


def _pair(position: Position) -> list[int]:
    return [position.latitude_e7, position.longitude_e7]
