"""What an advisory suggests to send, and on which channel. A draft is never sent by itself: a person
reads it, changes it, signs it (spec/watch.md, W-G9 to W-G12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from firebreak.desk.explaining import because
from firebreak.desk.releasability import Override, Owner, Released, TrackTerms, release
from firebreak.errors import Refused
from firebreak.records.agreement import Channel
from firebreak.records.figures import height_text
from firebreak.records.kinds import Query
from firebreak.records.slots import MAX_OFFSET
from firebreak.values import Millis, Precedence
from firebreak.watch.advisories import Advisory, Seen
from firebreak.watch.reports import Domain

AT_ONCE_S: Final = 120
"""What is the case, or less ahead than this, is asked about with FLASH; what is later IMMEDIATE."""

CHANNELS: Final[Mapping[Domain, Channel]] = {
    Domain.AIR: Channel.AIR,
    Domain.SEA: Channel.SEA,
    Domain.GROUND: Channel.GROUND,
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A query that an officer may send. `query.observed` is relative to composed_at.

    query: None where the gate withholds; withheld: then why, in words. because: who, what and why in words,
    without a position or distance, since it stands beside a coarser one (W-G2).
    """

    advisory: str
    channel: Channel
    precedence: Precedence
    composed_at: Millis
    query: Query | None
    released: Released | None
    withheld: str | None
    because: str


def draft(
    advisory: Advisory,
    trails: Mapping[str, Sequence[Seen]],
    channels: Sequence[TrackTerms],
    owners: Mapping[str, Owner],
    labels: Mapping[str, str],
    now: Millis,
    beyond: Override | None = None,
) -> Draft | None:
    """The query that an advisory suggests: "is this yours?", about its first track that is not ours.

    None about a protected site, where all its tracks are ours, and where no channel for them carries
    queries. trails: by identity, how each track was seen. owners, labels, beyond: see `release`.
    """
    asked = None if advisory.protected else _asked(advisory, owners)  # W-G6
    if asked is None:
        return None
    wanted = CHANNELS[Domain(asked.domain)]
    terms = next((each for each in channels if each.channel is wanted), None)
    if terms is None:
        return None
    near = advisory.present or advisory.in_s < AT_ONCE_S
    precedence = Precedence.FLASH if near else Precedence.IMMEDIATE
    released, withheld = None, None
    try:
        trail = trails.get(asked.identity, (asked,))
        released = release(trail, terms, owners, labels, now, beyond)
    except Refused as refusal:
        withheld = str(refusal)
    return Draft(
        advisory.key,
        terms.channel,
        precedence,
        now,
        None if released is None else _query(released, now),
        released,
        withheld,
        because(advisory),
    )


def _asked(advisory: Advisory, owners: Mapping[str, Owner]) -> Seen | None:
    """The first track that is not ours: one does not ask the other side about one's own."""
    for seen in advisory.tracks:
        if owners.get(seen.identity, Owner.UNKNOWN) is not Owner.OURS:
            return seen
    return None


def _query(released: Released, now: Millis) -> Query:
    return Query(
        track=released.label,
        position=released.position,
        observed=max(released.observed_at - now, -MAX_OFFSET),
        height=released.height,
        speed_kt=released.speed_kt,
        course_degrees=released.course_degrees,
    )


def plain_draft(made: Draft) -> dict[str, object]:
    """The draft as JSON gives it; nothing in it was sent."""
    query = made.query
    return {
        "advisory": made.advisory,
        "channel": made.channel.name.lower(),
        "kind": "query",
        "precedence": made.precedence.name.lower(),
        "composed_at": made.composed_at,
        "because": made.because,
        "withheld": made.withheld,
        "query": None
        if query is None
        else {
            "track": query.track,
            "position": [query.position.latitude_e7, query.position.longitude_e7],
            "observed_at": made.composed_at + query.observed,
            "height": None if query.height is None else height_text(query.height),
            "speed_kt": query.speed_kt,
            "course_degrees": query.course_degrees,
        },
        "precision_m": None if made.released is None else made.released.precision_m,
        "delay_ms": None if made.released is None else made.released.delay_ms,
    }
