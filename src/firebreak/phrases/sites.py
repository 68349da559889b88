"""The humanitarian channel in words: sites, movements, what became of them."""

from __future__ import annotations

from typing import TypeAlias

from firebreak.phrases.figures import area_words
from firebreak.phrases.speaker import Speaker
from firebreak.phrases.table import Row, Table
from firebreak.phrases.terms import counted
from firebreak.records.sites import Distributed, Movement, MovementState, Site, Stop

SiteBody: TypeAlias = Site | Movement | MovementState | Distributed | Stop


def site_sentences(speaker: Speaker, body: SiteBody) -> list[str]:
    """The sentence and its clauses; the author's words are not among them."""
    match body:
        case Site():
            said = _site(speaker, body)
            markings = speaker.clause("clause-markings", body.markings, "markings")
            return [said, *markings, *_replaces(speaker)]
        case Movement():
            waiting = speaker.clause("clause-waiting", body.waiting, "waiting")
            return [_movement(speaker, body), *waiting, *_replaces(speaker)]
        case MovementState(step, at, place):
            said = speaker.about("movement-state", step=speaker.term(step), at=speaker.time(at))
            return [said, *speaker.clause("clause-place", place, "place")]
        case Distributed(unit, state, at):
            return [
                speaker.about(
                    "distributed",
                    unit=speaker.quote(unit),
                    state=speaker.term(state),
                    at=speaker.time(at),
                )
            ]
        case Stop(place, position):
            said = speaker.say("sentence-stop", place=speaker.quote(place))
            return [said, *speaker.position(position)]


def _site(speaker: Speaker, site: Site) -> str:
    return speaker.say(
        "sentence-site",
        site=speaker.term(site.sort),
        name=speaker.quote(site.name),
        place=speaker.quote(site.place),
        area=area_words(site.area, speaker.language),
        window=speaker.window(site.window),
        verifier=speaker.quote(site.verified_by),
        verified=speaker.time(site.verified_at),
        revalidate=speaker.time(site.revalidate_by),
        contact=speaker.quote(site.contact),
    )


def _movement(speaker: Speaker, movement: Movement) -> str:
    return speaker.say(
        "sentence-movement",
        name=speaker.quote(movement.name),
        area=area_words(movement.area, speaker.language),
        window=speaker.window(movement.window),
        vehicles=counted("vehicles", movement.vehicles, speaker.language),
        fleet=speaker.quote(movement.fleet),
        markings=speaker.quote(movement.markings),
        staff=counted("persons", movement.staff, speaker.language),
        contacts=speaker.quotes(movement.contacts),
    )


def _replaces(speaker: Speaker) -> list[str]:
    """A notification that refers to an earlier one of the same party takes its place."""
    if speaker.record.refers_to is None:
        return []
    return [speaker.say("clause-replaces", reference=speaker.reference())]


def site_rows(table: Table, body: SiteBody) -> list[Row]:
    """The slots of the body, in their order."""
    match body:
        case Site():
            return _site_rows(table, body)
        case Movement():
            return _movement_rows(table, body)
        case MovementState(step, at, place, words):
            when = table.row("at", table.time(at))
            return [
                table.code("step", step),
                when,
                *table.own("place", place),
                *table.words(words),
            ]
        case Distributed(unit, state, at):
            when = table.row("at", table.time(at))
            return [*table.own("unit", unit), table.code("state", state), when]
        case Stop(place, position, words):
            where = table.row("position", table.position(position))
            return [*table.own("place", place), where, *table.words(words)]


def _site_rows(table: Table, site: Site) -> list[Row]:
    return [
        table.code("site", site.sort),
        *table.own("name", site.name),
        *table.own("place", site.place),
        *table.area(site.area),
        *table.window(site.window),
        *table.own("verified-by", site.verified_by),
        table.row("verified-at", table.time(site.verified_at)),
        table.row("revalidate-by", table.time(site.revalidate_by)),
        *table.own("contact", site.contact),
        *table.own("markings", site.markings),
        *table.words(site.words),
    ]


def _movement_rows(table: Table, movement: Movement) -> list[Row]:
    return [
        *table.own("name", movement.name),
        *table.area(movement.area),
        *table.window(movement.window),
        table.row("vehicles", counted("vehicles", movement.vehicles, table.language)),
        *table.own("fleet", movement.fleet),
        *table.own("markings", movement.markings),
        table.row("staff", counted("persons", movement.staff, table.language)),
        table.row("contacts", table.quotes(movement.contacts)),
        *table.own("waiting", movement.waiting),
        *table.words(movement.words),
    ]
