"""Print what spec/record.md shows: its example, and the tables that kinds.py and record.py hold.

Run from the project's root: PYTHONPATH=src python -m tests.records.record_example
"""

from __future__ import annotations

import textwrap
from enum import IntEnum
from typing import Any

from firebreak.ledger.judge import MAY_REFER, REFERS
from firebreak.records import calls, contacts, incidents, kinds, sites
from firebreak.records.areas import AREA, HEIGHT, HEIGHTS, PATH, POSITION
from firebreak.records.cbor import encode
from firebreak.records.codec import Choice, Integer, Items, Maybe, Octets, Struct, Text
from firebreak.records.kinds import BODIES, NEEDS_ANSWER, NODE_KINDS, Kind
from firebreak.records.record import HEADER, Record
from firebreak.records.slots import LANGUAGE, SPAN, WORDS, Translator
from firebreak.values import HeightReference, HeightUnit, Precedence
from firebreak.volumes import Circle
from tests.vectors.accept import typical
from tests.vectors.line import PARTIES

NAMED: list[tuple[Any, str]] = [
    (AREA, "area"),
    (HEIGHTS, "heights"),
    (HEIGHT, "height"),
    (POSITION, "position"),
    (PATH, "path"),
    (SPAN, "window"),
    (WORDS, "words"),
    (BODIES[Kind.NOTICE][1], "a notice's slots"),
    (LANGUAGE, "language"),
]
LISTS: list[type[IntEnum]] = [
    Precedence,
    HeightUnit,
    HeightReference,
    kinds.Purpose,
    kinds.Reply,
    kinds.Doubt,
    kinds.ObjectReason,
    kinds.Hazard,
    kinds.Keep,
    kinds.Topic,
    kinds.Declared,
    calls.Urgency,
    calls.Means,
    calls.WhoCalled,
    calls.CallReply,
    calls.CallStep,
    incidents.IncidentSort,
    incidents.Stance,
    incidents.FindingSort,
    incidents.FindingReply,
    contacts.Way,
    contacts.Outcome,
    contacts.Precision,
    contacts.ContactReply,
    sites.SiteSort,
    sites.MovementStep,
    sites.DistributedState,
    Translator,
]


def words_of(name: str) -> str:
    """`ObjectReason` is "object reason", `TOO_LATE` "too late"."""
    spaced = "".join(f" {c}" if c.isupper() and name != name.upper() else c for c in name)
    return spaced.replace("_", " ").strip().lower()


def number(value: int) -> str:
    """A number as the tables write it."""
    return {2**53: "2^53", 2**32: "2^32", 400 * 86_400_000: "400 days"}.get(
        value, f"{value:,}"
    ).replace(str(-400 * 86_400_000), "-400 days")


def span(least: int, most: int) -> str:
    """A range, both ends included."""
    if least == -400 * 86_400_000:
        return f"-400 days to {number(most)}"
    return number(least) if least == most else f"{number(least)} to {number(most)}"


def sort_of(codec: Any) -> str:
    """A slot's sort and range."""
    for known, name in NAMED:
        if codec is known:
            return name
    match codec:
        case Integer(least, most):
            return span(least, most)
        case Text(most, least):
            return f"text {span(least, most)}"
        case Octets(least, most):
            return f"{span(least, most)} bytes"
        case Choice():
            member = next(iter(codec.members.values()))
            return f"*{words_of(type(member).__name__)}*"
        case Maybe(inner):
            return f"[{sort_of(inner)}]"
        case Items(inner, most, least):
            return f"{span(least, most)} of ({sort_of(inner)})"
        case Struct():
            return ", ".join(slots_of(codec))
    raise AssertionError(codec)


def slots_of(struct: Struct[Any]) -> list[str]:
    """Each slot by name with its sort; the name alone where the sort says the same."""
    made = []
    for name, codec in struct.slots:
        words, sort = words_of(name), sort_of(codec)
        made.append(sort if sort.strip("[]*") == words else f"{words} {sort}")
    return made


def header_table() -> str:
    """The slots of every record."""
    rows = [
        f"| {place} | `{name}` | {sort_of(codec)} |\n"
        for place, (name, codec) in enumerate(HEADER.slots)
    ]
    return "".join(rows)


def _refers(kind: Kind) -> str:
    if kind not in REFERS and kind not in MAY_REFER:
        return "may: any"
    duty = "must" if kind in REFERS else "may"
    whose, targets = REFERS.get(kind) or MAY_REFER[kind]
    everything = set(Kind) - {Kind.RELEASE}
    names = "any" if targets == everything else ", ".join(_names(targets))
    return f"{duty}: {whose}, {names}"


def _names(kinds_of: frozenset[Kind]) -> list[str]:
    return [words_of(kind.name) for kind in sorted(kinds_of)]


def kinds_table() -> str:
    """Every kind: code, slots, whether it wants an answer, who signs, what it refers to."""
    made = ""
    for kind, (_, codec) in BODIES.items():
        slots = "; ".join(slots_of(codec)) if isinstance(codec, Struct) else "none"
        answer = "yes" if kind in NEEDS_ANSWER else ""
        signer = "node" if kind in NODE_KINDS else "officer"
        name = words_of(kind.name)
        made += f"| {int(kind)} | {name} | {slots} | {answer} | {signer} | {_refers(kind)} |\n"
    return made


def lists_table() -> str:
    """Every list of codes."""
    made = ""
    for options in LISTS:
        codes = ", ".join(f"{int(option)} {words_of(option.name)}" for option in options)
        made += f"| {words_of(options.__name__)} | {codes} |\n"
    return made


# The example


def example() -> str:
    """The typical notice, with what each of its bytes says."""
    signed = typical()
    context, record = signed.context, signed.record
    key = PARTIES[0].key(record.author).public
    lines = [
        *_row("agreement", context.agreement.hex()),
        *_row("channel", f"{context.channel}, air"),
        *_row("origin", context.origin),
        *_row("catalogue", context.catalogue.hex()),
        *_row("external_aad", context.external_aad().hex()),
        *_row("author's key", key.raw.hex()),
        "",
        f"payload, {len(signed.signed.payload)} bytes",
        *(f"  {_hex(item):<50} {words}".rstrip() for item, words in _payload(record)),
        "",
        *_row("signature", signed.signed.signature.hex()),
        *_row("id", signed.id.hex()),
        "",
        f"signed record, {len(signed.data)} bytes",
        *(f"  {line}" for line in textwrap.wrap(signed.data.hex(), 96)),
    ]
    assert b"".join(item for item, _ in _payload(record)) == signed.signed.payload
    return "\n".join(lines) + "\n"


def _row(name: str, value: str) -> list[str]:
    first, *rest = textwrap.wrap(value, 80)
    return [f"{name:<14}{first}", *(f"{'':<14}{line}" for line in rest)]


def _hex(data: bytes) -> str:
    return data.hex() if len(data) < 26 else f"{data[:22].hex()}…"


def _payload(record: Record) -> list[tuple[bytes, str]]:
    """Each piece of the payload with its meaning, in order."""
    body, seen = record.body, record.seen[0]
    assert isinstance(body, kinds.Notice)
    assert isinstance(body.area, Circle)
    lower, upper = body.heights.lower, body.heights.upper
    assert lower is not None
    assert upper is not None
    centre = body.area.centre
    return [
        (b"\x8c", "12 slots"),
        (encode(record.version), "version 1 of the agreement"),
        (encode(record.author), "author: key 1 of ALPHA's roster"),
        (encode(record.control), "no entry of ALPHA's control log yet"),
        (encode(record.to), "to office 2"),
        (encode(record.kind), "kind 1, notice"),
        (encode(()), "refers to nothing"),
        (encode(record.composed_at), "composed 2026-11-22T04:01:00Z"),
        (encode(int(record.precedence)), "routine"),
        (encode(()), "wants no answer"),
        (encode(record.serial), "serial 0 of this key in this log"),
        (b"\x81\x83", "has seen of one log:"),
        (encode(seen.party), "  party 1's"),
        (encode(seen.size), "  1 entry"),
        (encode(seen.digest), "  the digest of its bodies"),
        (b"\x88", "the notice, 8 slots"),
        (encode(int(body.purpose)), "  training"),
        (b"\x83\x00", "  circle"),
        (b"\x82", "    centre"),
        (encode(centre.latitude_e7), f"    {centre.latitude_e7:,} latitude"),
        (encode(centre.longitude_e7), f"    {centre.longitude_e7:,} longitude"),
        (encode(body.area.radius_m), f"    {body.area.radius_m:,} m"),
        (b"\x82", "  heights, lower and upper"),
        (encode((lower.value, int(lower.unit), int(lower.reference))), "    FL095"),
        (encode((upper.value, int(upper.unit), int(upper.reference))), "    FL245"),
        (b"\x82", "  window"),
        (encode(body.window.start), "    from two hours after it was composed"),
        (encode(body.window.duration), "    for ninety minutes"),
        (encode(body.contact)[:2], "  contact, 24 characters"),
        (encode(body.contact)[2:], f"    {body.contact}"),
        (encode(()), "  no unit"),
        (encode(()), "  not late, so no reason"),
        (encode(()), "  no words"),
    ]


def renewed(text: str) -> str:
    """spec/record.md with the example and the tables written anew; its words are left alone."""
    before, _, after = text.split("```\n", 2)
    text = f"{before}```\n{example()}```\n{after}"
    for heading, table in (
        ("| place | slot | range |", header_table() + BODY_ROW),
        ("| code | kind | slots | wants an answer | signed by | refers to |", kinds_table()),
        ("| list | codes |", lists_table()),
    ):
        head, rest = text.split(f"{heading}\n", 1)
        rule, rest = rest.split("\n", 1)
        text = f"{head}{heading}\n{rule}\n{table}\n{rest.split(chr(10) * 2, 1)[1]}"
    return text


BODY_ROW = "| 11 | `body` | the kind's slots, an array |\n"


if __name__ == "__main__":
    for part in (example, header_table, kinds_table, lists_table):
        print(part())
