"""What the HTTP interface takes and gives. Times are ms UTC; ids and digests hexadecimal."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Hex = Annotated[str, Field(pattern=r"^[0-9a-f]*$")]
Base64 = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]*={0,2}$")]
Millis = Annotated[int, Field(ge=0, description="ms since 1970-01-01T00:00:00Z")]
AgreementName = Annotated[
    str | None,
    Field(description="How the agreement's digest begins; not needed where there is one only."),
]


class Model(BaseModel):
    """Nothing that is not named is taken."""

    model_config = ConfigDict(extra="forbid")


class Fault(Model):
    """Why a request was refused."""

    error: str
    what: str = Field(description="The operator's message: what happened, then what to do.")


# Status


class Lamp(Model):
    """When the other side was last heard, and whom."""

    at: Millis | None
    office: str | None = None


class LogStatus(Model):
    """One log: its size here, and how much of ours the other side has given a receipt for."""

    origin: str
    size: int
    delivered: int | None = Field(description="Of our own log only.")
    forked: bool


class QuotaStatus(Model):
    """What the other side has used of its quota."""

    bytes_a_day: int
    bytes_used: int
    records_an_hour: int
    records_used: int
    flash_an_hour: int
    flash_used: int


class Declaration(Model):
    """A side has declared the line suspended; traffic may go on all the same."""

    party: str
    at: Millis
    reason: str | None
    way: str = Field(default="node", description="How it was declared: node, voice, fax …")
    traffic: int = Field(
        default=0,
        description="Records of people on the channel since then, both ways; 5000 or more at 5000.",
    )


class ChannelStatus(Model):
    """One channel of an agreement."""

    channel: str
    own: LogStatus
    theirs: LogStatus
    quota: QuotaStatus
    current: int = Field(description="Notices and hazard warnings that hold.")
    awaited: int = Field(description="Questions of either side without a final answer.")
    overdue: int
    suspended: list[Declaration]
    unchecked_since: Millis | None = Field(
        description="The line check last due, if nobody answered it: the line is unchecked."
    )


class Wire(Model):
    """The socket to the other side."""

    connected: bool
    address: str | None
    trouble: str | None


class AgreementStatus(Model):
    """One agreement as this node runs it."""

    agreement: Hex = Field(description="How its digest begins.")
    digest: Hex
    title: str
    version: int
    mode: str
    valid_from: Millis
    valid_until: Millis
    languages: list[str]
    peer: str
    human: Lamp = Field(description="The human lamp: the last word of a person over there.")
    machine: Lamp
    line: str = Field(description="up, late or down")
    wire: Wire
    recovering: bool
    failed: str | None
    channels: list[ChannelStatus]


class Status(Model):
    """The node at one moment."""

    party: str
    software: str
    now: Millis
    started_at: Millis
    listening: str | None
    agreements: list[AgreementStatus]
    told: dict[str, int] = Field(description="Alerts since the start, by what they are about.")
    refused_bundles: dict[str, int]
    refused_callers: dict[str, int]


# Records


class State(Model):
    """One thing known of a record; none follows from another."""

    state: str
    at: Millis | None
    by: str | None = Field(description="An office, or the node.")
    id: Hex | None = Field(description="The record that says so.")


class Margin(Model):
    """A notice that a record meets, and by how much (spec/volume.md)."""

    id: Hex
    party: str
    horizontal_overlap_m: int
    height_overlap_ft: int | None
    heights_comparable: bool
    window_overlap_ms: int
    overlap_from: Millis
    overlap_until: Millis
    unseen: bool = Field(description="The record's author had not seen it: a stale picture.")


class Named(Model):
    """A critical field and its value in the one form that is read back."""

    name: str
    value: str


class Question(Model):
    """Something that wants an answer, and where that stands."""

    standing: str
    due: Millis | None
    answers: list[Hex]


class VoidReason(Model):
    """Why an entry has no effect."""

    reason: str
    what: str


class Volume(Model):
    """Where, how high and when: positions in 1e-7 degree, the window in ms UTC."""

    area: dict[str, Any]
    lower: str
    upper: str
    start: Millis
    end: int


class RecordView(Model):
    """One record, with what is known of it. A claim of its author, except where said otherwise."""

    id: Hex
    agreement: Hex
    channel: str
    party: str
    ours: bool
    index: int
    root: Hex = Field(description="The id of the dialogue's first record.")
    kind: str
    precedence: str | None
    office: str | None = Field(description="The author's office.")
    to: list[str]
    refers_to: Hex | None = Field(description="The id of that record, or what is given of it.")
    composed_at: Millis | None = Field(description="A claim of the author's machine.")
    stored_at: Millis
    answer_by: Millis | None
    doubtful_time: bool = Field(description="Composed-at lies ahead of the clock here.")
    delayed: bool = Field(
        description="It was composed long before it came: delayed on the way, or its clock is behind."
    )
    sentence: dict[str, str] = Field(description="What it says, by language.")
    body: dict[str, Any] | None
    critical: list[Named]
    volume: Volume | None
    standing: str = Field(description="Where its dialogue stands.")
    question: Question | None
    states: list[State]
    conflicts: list[Margin]
    stale_picture: bool
    late: bool = Field(description="A notice that came later than its lead time.")
    unchecked_area: bool = Field(description="Its area is unsound: it may meet anything.")
    blanket: bool = Field(description="A notice beyond the agreed caps: it claims nothing.")
    void: VoidReason | None
    signed: Base64 = Field(description="The signed bytes, which alone say what was said.")


class Page(Model):
    """Some records, newest first."""

    records: list[RecordView]
    next: str | None = Field(description="Give it as `after` for those before these.")


class DialogueView(Model):
    """All records of one dialogue in the canonical order."""

    root: Hex
    asked: Hex = Field(description="The id of the record that was asked for.")
    standing: str
    current: Hex | None
    open: bool
    due: Millis | None
    records: list[RecordView]


class Notices(Model):
    """Notices and hazard warnings that hold, as far as they are held here."""

    as_of: Millis
    note: str
    records: list[RecordView]


# Composing


class DraftRequest(Model):
    agreement: AgreementName = None
    channel: str = "air"
    author: int = Field(ge=0, le=65_535, description="The officer's place in the roster.")


class SeenView(Model):
    party: int
    size: int
    digest: Hex


class DraftContext(Model):
    """What a record composed now says of its surroundings."""

    agreement: Hex = Field(description="Digest of the version in force.")
    channel: int
    party: int
    version: int
    control: int
    serial: int
    seen: list[SeenView]
    now: Millis


class CheckRequest(Model):
    agreement: AgreementName = None
    channel: str = "air"
    payload: Hex


class CheckView(Model):
    """What an officer is shown before he signs."""

    as_of: Millis
    conflicts: list[Margin]
    unchecked: list[Hex] = Field(description="Notices that hold and may meet it: unsound areas.")
    note: str | None = Field(description="What an empty list of conflicts means.")
    unread: list[RecordView] = Field(description="Theirs, not displayed here yet; newest first.")
    more_unread: bool
    looks_swapped: bool = Field(
        description="Its area is far from all that is known here, and near it if latitude and"
        " longitude change places."
    )
    late_by_ms: int | None = Field(description="By how much the lead time is missed.")
    two_officers: bool


class SubmitRequest(Model):
    agreement: AgreementName = None
    channel: str = "air"
    records: list[Base64] = Field(min_length=1, max_length=64)
    wait_ms: int = Field(0, ge=0, le=600_000, description="Wait so long for the receipt.")


class Appended(Model):
    id: Hex
    index: int


class SubmitView(Model):
    """The records are durable here; `delivered` says whether they are so over there."""

    records: list[Appended]
    delivered: bool
    line: str


class DisplayedRequest(Model):
    ids: list[Hex] = Field(max_length=256)


class DisplayedView(Model):
    displayed: list[Hex] = Field(description="Those for which this was said now.")


# Alerts


class AlertView(Model):
    """One thing told. cursor: give it as `after` to go on from here, over restarts too."""

    cursor: str
    at: Millis
    level: str
    about: str
    text: str
    agreement: Hex | None = Field(description="How the digest of the one it belongs to begins.")
    channel: str | None
    id: Hex | None
    details: dict[str, str | int]


class Alerts(Model):
    alerts: list[AlertView]
    cursor: str


# Carrying, proving


class ExportRequest(Model):
    agreement: AgreementName = None


class ExportView(Model):
    """Sealed bundles with all that the other side has given no receipt for."""

    bundles: list[Base64]
    records: int
    peer: str


class ImportRequest(Model):
    bundle: Base64
    relay: str | None = Field(None, description="Which relay brought it, if one did.")


class ImportView(Model):
    """What a bundle brought: new entries by channel, and what was told of it."""

    peer: str
    entries: dict[str, int]
    delivered: dict[str, int] = Field(description="Of our own records, newly receipted.")
    told: list[AlertView]


class Evidence(Model):
    file: Base64
    name: str


class LedgerLog(Model):
    agreement: Hex
    channel: str
    party: str
    own: bool
    origin: str
    size: int
    root: Hex
    forked: bool


class Ledger(Model):
    logs: list[LedgerLog]


class AnnounceView(Model):
    announced: list[str]
