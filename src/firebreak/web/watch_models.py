"""What the routes of the watch take and give. Positions: [latitude, longitude] in 1e-7 degree."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from firebreak.web.models import AgreementName, Base64, Millis, Model

Pair = Annotated[
    list[int],
    Field(min_length=2, max_length=2, description="Latitude and longitude, 1e-7 degree."),
]
OwnerName = Literal["unknown", "ours", "theirs", "another's"]


class WatchSeen(Model):
    """A track as it was last reported. plausible: where its last trusted course leads."""

    id: str
    domain: str
    position: Pair = Field(
        description="As it is claimed; beside it, if doubtful, the plausible one."
    )
    reported_at: Millis
    height_ft: int | None
    height_reference: str
    speed_kt: int
    course_degrees: int
    doubtful: str | None = Field(description="Why, in words; null if it is not.")
    plausible: Pair | None


class WatchTrack(WatchSeen):
    """A track with its age, its past, and what officers said of it."""

    source: str
    age_ms: int
    stale: bool
    doubtful_since: Millis | None
    trusted: Pair = Field(description="Where it was last trusted.")
    trusted_at: Millis
    owner: OwnerName
    label: str | None
    trail: list[Annotated[list[int], Field(min_length=3, max_length=3)]] = Field(
        description="[ms UTC, latitude, longitude], the newest first, half a minute apart."
    )


class WatchTracks(Model):
    """Tracks that are watched now. None shown is not none there."""

    at: Millis
    tracks: list[WatchTrack]


class WatchInput(Model):
    """What an advisory rests on, and how old that is."""

    name: str
    source: str
    at: Millis
    age_ms: int


class WatchAdvisory(Model):
    """One situation: in words and in numbers. It warns, and ranks nobody by hostility."""

    key: str
    situation: str
    level: Literal["caution", "warning", "alarm"]
    stage: Literal["new", "updated", "acknowledged", "shelved", "cleared"]
    present: bool = Field(description="It is the case now; else it is predicted.")
    since: Millis
    at: Millis
    text: str
    about: str
    protected: bool = Field(description="A humanitarian site: it leaves for no other system.")
    tracks: list[WatchSeen]
    in_s: int
    margin_m: int | None
    vertical_ft: int | None
    side: int
    inputs: list[WatchInput]
    acknowledged_until: Millis | None
    shelved_until: Millis | None
    reason: str | None
    raised: int


class WatchSource(Model):
    """How a source is; trouble: what is wrong and what to do."""

    name: str
    state: str
    since: Millis
    reports: int
    refused: dict[str, int]
    dropped: int
    last_report_at: Millis | None
    trouble: str | None


class WatchRates(Model):
    """How the list stands by the measures of alarm practice."""

    in_ten_minutes: int
    chattering: int
    standing: int
    shelved: int


class WatchView(Model):
    """The watch at its last cycle."""

    phase: Literal["preparing", "running", "failed"]
    troubles: list[str] = Field(description="What is not watched, and why.")
    at: Millis | None
    tracks: int
    took_ms: int | None
    complete: bool = Field(description="False: more pairs were near than are looked at.")
    fences: int
    dropped: int = Field(description="Reports that came faster than they were taken.")
    uncompared: int = Field(description="Tracks too fast to be compared with others.")
    no_room: int = Field(description="Reports of tracks for which there was no room, last cycle.")
    not_looked_at: list[str] = Field(description="What limits left out, in sentences.")
    rates: WatchRates | None
    sources: list[WatchSource]
    advisories: list[WatchAdvisory] = Field(description="At most 1,000; rates counts them all.")


class ShelveRequest(Model):
    until: Millis
    reason: str = Field(max_length=400)


class OwnerRequest(Model):
    owner: OwnerName
    label: str | None = Field(None, description="How this side calls the track in a query.")


class OwnerView(Model):
    identity: str
    owner: OwnerName
    label: str | None


class DraftedQuery(Model):
    """What would be asked."""

    track: str
    position: Pair
    observed_at: Millis
    height: str | None
    speed_kt: int | None
    course_degrees: int | None


class WatchDraft(Model):
    """A query that an officer may send. withheld: why the gate lets nothing out, then no query."""

    advisory: str
    channel: str
    kind: Literal["query"]
    precedence: str
    composed_at: Millis
    because: str
    withheld: str | None
    query: DraftedQuery | None
    precision_m: int | None
    delay_ms: int | None


class OfficerSignature(Model):
    index: int = Field(ge=1, le=65_535, description="The officer's place in the roster.")
    signature: Base64


class OverrideRequest(Model):
    """The decision of two officers, each of whom has signed it (spec/watch.md, W-G7)."""

    agreement: AgreementName = None
    reason: str = Field(max_length=400)
    at: Millis
    officers: list[OfficerSignature] = Field(min_length=2, max_length=2)
