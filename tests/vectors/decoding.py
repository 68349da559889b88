"""Bytes that are no record: one failure a file, and the signature over them is good all the same."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from firebreak.records import sign1
from firebreak.records.agreement import Channel
from firebreak.records.areas import MAX_POINTS
from firebreak.records.cbor import decode
from firebreak.records.kinds import Kind
from firebreak.values import DEGREE, PartyNumber
from tests.vectors.accept import typical
from tests.vectors.line import AGREEMENT, PARTIES
from tests.vectors.shape import Named, Raw, Vector, context_of, head, sealed_up, write

KEY = PARTIES[0].key(1)
CONTEXT = AGREEMENT.context(Channel.AIR, PartyNumber(0))
Slots = list[Any]
Change = Callable[[Slots], None]

AUTHOR, CONTROL, TO, KIND, REFERS_TO, COMPOSED_AT = 1, 2, 3, 4, 5, 6
PRECEDENCE, ANSWER_BY, SERIAL, SEEN, BODY = 7, 8, 9, 10, 11
PURPOSE, AREA, HEIGHTS, WINDOW, CONTACT, UNIT = range(6)


def slots() -> Slots:
    """The typical notice's slots, in lists that can be changed."""
    made: Slots = _lists(decode(typical().signed.payload))
    return made


def _lists(item: Any) -> Any:
    return [_lists(inner) for inner in item] if isinstance(item, tuple) else item


def signed(payload: bytes) -> bytes:
    """Any payload under a good signature."""
    return sealed_up(payload, sign1.sign(KEY, CONTEXT.external_aad(), payload).signature)


def vector(what: str, rule: str, data: bytes) -> Vector:
    """The file of one input that is refused."""
    return {
        "what": what,
        "rules": [rule],
        "level": "decode",
        "context": context_of(CONTEXT, KEY.public),
        "input": data.hex(),
        "expect": {"reason": "malformed"},
    }


def setting(value: Any, *path: int) -> Change:
    """A change that puts a value at a path of places."""

    def change(items: Slots) -> None:
        for place in path[:-1]:
            items = items[place]
        items[path[-1]] = value

    return change


def contact(text: str | bytes) -> Change:
    """A change of the free text of the notice."""
    return setting(text, BODY, CONTACT)


def kind(number: Kind, *body: Any) -> Change:
    """A change into a record of another kind."""

    def change(items: Slots) -> None:
        items[KIND], items[BODY] = int(number), list(body)

    return change


def _heads() -> list[tuple[str, str, str, Change]]:
    wide = {"one": 1, "two": 2, "four": 4, "eight": 8}
    rows = [
        (
            f"integer-{name}-bytes",
            "R-6",
            f"an integer in {name} bytes that fits in fewer",
            setting(Raw(head(0, 1, width)), 0),
        )
        for name, width in wide.items()
    ]
    return [
        *rows,
        (
            "negative-integer-wide",
            "R-6",
            "a negative integer in two bytes that fits in one",
            setting(Raw(head(1, 30, 2)), BODY, WINDOW, 0),
        ),
        (
            "text-length-wide",
            "R-6",
            "a text whose length is in two bytes and fits in one",
            setting(Raw(head(3, 24, 2) + b"Alpha duty cell 555 0100"), BODY, CONTACT),
        ),
        (
            "bytes-length-wide",
            "R-6",
            "bytes whose length is in one byte and fits in none",
            setting(Raw(head(2, 16, 1) + bytes(16)), SEEN, 0, 2),
        ),
        (
            "array-length-wide",
            "R-6",
            "an array whose length is in one byte and fits in none",
            setting(Raw(head(4, 0, 1)), REFERS_TO),
        ),
        (
            "indefinite-array",
            "R-6",
            "an array of indefinite length",
            setting(Raw(b"\x9f\x02\xff"), TO),
        ),
        (
            "indefinite-text",
            "R-6",
            "a text of indefinite length",
            setting(Raw(b"\x7f\x64desk\xff"), BODY, CONTACT),
        ),
        (
            "indefinite-bytes",
            "R-6",
            "bytes of indefinite length",
            setting(Raw(b"\x5f\x50" + bytes(16) + b"\xff"), SEEN, 0, 2),
        ),
        ("reserved-length", "R-6", "a reserved length", setting(Raw(b"\x1c"), CONTROL)),
    ]


def _types() -> list[tuple[str, str, str, Change]]:
    rows: list[tuple[str, str, bytes]] = [
        ("map", "a map in place of an array", b"\xa0"),
        ("map-of-slots", "a map of slots by number", b"\xa1\x00\x01"),
        ("float-half", "a float of 16 bits, whole in value", b"\xf9\x3c\x00"),
        ("float-double", "a float of 64 bits, whole in value", b"\xfb\x3f\xf0" + bytes(6)),
        ("float-nan", "not a number", b"\xf9\x7e\x00"),
        ("float-infinity", "infinity", b"\xf9\x7c\x00"),
        ("tag-bignum", "a tag: an integer as a bignum", b"\xc2\x41\x01"),
        ("tag-time", "a tag: a time", b"\xc1\x01"),
        ("boolean", "a boolean", b"\xf5"),
        ("null", "null for an absent slot", b"\xf6"),
        ("undefined", "undefined for an absent slot", b"\xf7"),
        ("simple-value", "a simple value", b"\xe0"),
    ]
    return [(name, "R-5", what, setting(Raw(raw), CONTROL)) for name, what, raw in rows]


def _counts() -> list[tuple[str, str, str, Change]]:
    return [
        ("slot-missing", "R-10", "eleven slots: the serial left out", lambda s: s.pop(SERIAL)),
        ("slot-too-many", "R-10", "thirteen slots", lambda s: s.append([])),
        ("slot-duplicated", "R-10", "the kind twice", lambda s: s.insert(KIND, s[KIND])),
        ("body-slot-missing", "R-16", "a notice without its last slot", lambda s: s[BODY].pop()),
        (
            "body-slot-too-many",
            "R-16",
            "a notice with a slot too many",
            lambda s: s[BODY].append([]),
        ),
        (
            "body-slot-duplicated",
            "R-16",
            "a notice with its contact twice",
            lambda s: s[BODY].insert(CONTACT, s[BODY][CONTACT]),
        ),
        ("body-not-empty", "R-16", "a slot in a kind that has none", kind(Kind.READ, 0)),
        ("body-no-array", "R-16", "a body that is a number", setting(7, BODY)),
        (
            "unknown-kind-no-array",
            "R-18",
            "an unknown kind whose body is a text",
            lambda s: (setting(200, KIND)(s), setting("body", BODY)(s)),
        ),
        ("position-half", "R-15", "a position without its longitude", _pop(BODY, AREA, 1)),
        (
            "path-odd",
            "R-15",
            "a latitude without its longitude",
            setting([2, [1, 2, 3], 9], BODY, AREA),
        ),
    ]


def _pop(*path: int) -> Change:
    def change(items: Slots) -> None:
        for place in path:
            items = items[place]
        items.pop()

    return change


def _ranges() -> list[tuple[str, str, str, Change]]:
    seen = slots()[SEEN][0]
    rows = [
        ("version-zero", "agreement version 0", setting(0, 0)),
        ("version-large", "agreement version 65,536", setting(65_536, 0)),
        ("author-negative", "a negative author", setting(-1, AUTHOR)),
        ("control-large", "a control size over 2^53", setting(2**53 + 1, CONTROL)),
        ("to-too-many", "33 addressees", setting(list(range(33)), TO)),
        ("kind-zero", "kind 0", setting(0, KIND)),
        ("kind-large", "kind 256", setting(256, KIND)),
        ("reference-prefix-short", "a reference of 7 bytes", setting([1, 0, bytes(7)], REFERS_TO)),
        ("reference-party-large", "a reference to party 16", setting([16, 0, bytes(8)], REFERS_TO)),
        ("composed-negative", "composed before 1970", setting(-1, COMPOSED_AT)),
        (
            "composed-late",
            "composed after the year 9999",
            setting(253_402_300_800_000, COMPOSED_AT),
        ),
        ("answer-by-zero", "an answer due at once", setting(0, ANSWER_BY)),
        ("answer-by-late", "an answer due after 401 days", setting(401 * 86_400_000, ANSWER_BY)),
        ("seen-digest-long", "a digest of 17 bytes", setting(bytes(17), SEEN, 0, 2)),
        ("serial-text", "a serial that is a text", setting("0", SERIAL)),
    ]
    header = [(name, "R-10", what, change) for name, what, change in rows]
    ordered = [
        ("to-repeated", "R-12", "an addressee twice", setting([2, 2], TO)),
        ("to-disordered", "R-12", "addressees out of order", setting([3, 2], TO)),
        ("seen-repeated", "R-12", "one log seen twice", setting([seen, seen], SEEN)),
        (
            "seen-disordered",
            "R-12",
            "logs seen out of order",
            setting([seen, [0, *seen[1:]]], SEEN),
        ),
    ]
    codes = [
        ("precedence-unknown", "precedence 4", setting(4, PRECEDENCE)),
        ("purpose-unknown", "purpose 99", setting(99, BODY, PURPOSE)),
        ("area-unknown", "an area of form 3", setting([3, [0, 0], 5], BODY, AREA)),
        ("height-unit-unknown", "a height in unit 3", setting([95, 3, 3], BODY, HEIGHTS, 0)),
        (
            "height-reference-unknown",
            "a height over reference 4",
            setting([95, 1, 4], BODY, HEIGHTS, 0),
        ),
        ("reply-unknown", "answer 11", kind(Kind.ANSWER, 11, [], [], [])),
        ("code-negative", "purpose -1", setting(-1, BODY, PURPOSE)),
        ("code-as-text", "a purpose by name", setting("TRAINING", BODY, PURPOSE)),
    ]
    return [*header, *ordered, *((name, "R-11", what, change) for name, what, change in codes)]


def _places() -> list[tuple[str, str, str, Change]]:
    east = 179 * DEGREE
    rows = [
        (
            "latitude-north",
            "R-13",
            "a latitude 1e-7 degree past the pole",
            setting([90 * DEGREE + 1, 0], BODY, AREA, 1),
        ),
        (
            "latitude-south",
            "R-13",
            "a latitude 1e-7 degree past the south pole",
            setting([-90 * DEGREE - 1, 0], BODY, AREA, 1),
        ),
        (
            "longitude-180",
            "R-13",
            "longitude 180, which is written -180",
            setting([0, 180 * DEGREE], BODY, AREA, 1),
        ),
        (
            "longitude-west",
            "R-13",
            "a longitude 1e-7 degree past -180",
            setting([0, -180 * DEGREE - 1], BODY, AREA, 1),
        ),
        (
            "position-swapped",
            "R-13",
            "longitude before latitude, where that can be told",
            setting([1_707_534_722, -432_083_333], BODY, AREA, 1),
        ),
        (
            "position-degrees",
            "R-13",
            "a latitude in 1e-9 degree",
            setting([55_208_333_333, 19_753_472_222], BODY, AREA, 1),
        ),
        ("radius-zero", "R-15", "a circle of radius 0", setting(0, BODY, AREA, 2)),
        ("radius-large", "R-15", "a radius over 20,000 km", setting(20_000_001, BODY, AREA, 2)),
        ("radius-negative", "R-15", "a negative radius", setting(-1, BODY, AREA, 2)),
        ("path-empty", "R-15", "a corridor without points", setting([2, [], 9], BODY, AREA)),
        (
            "path-too-long",
            "R-15",
            f"a corridor of {MAX_POINTS + 1} points",
            setting([2, [0, east] * (MAX_POINTS + 1), 9], BODY, AREA),
        ),
        (
            "holes-too-many",
            "R-15",
            "a polygon with 65 holes",
            setting([1, [0, 0, 0, 9, 9, 9], [[0, 1, 0, 2, 1, 2]] * 65], BODY, AREA),
        ),
        (
            "flight-level-in-feet",
            "R-14",
            "feet over standard pressure",
            setting([9_500, 1, 3], BODY, HEIGHTS, 0),
        ),
        (
            "flight-level-over-sea",
            "R-14",
            "hundreds of feet over mean sea level",
            setting([95, 2, 1], BODY, HEIGHTS, 0),
        ),
        (
            "flight-level-large",
            "R-14",
            "flight level 1000",
            setting([1_000, 2, 3], BODY, HEIGHTS, 0),
        ),
        ("height-large", "R-14", "a height of 200,001", setting([200_001, 1, 1], BODY, HEIGHTS, 0)),
    ]
    return [
        *rows,
        ("window-empty", "R-22", "a window without duration", setting(0, BODY, WINDOW, 1)),
        (
            "window-backwards",
            "R-22",
            "a window that ends before it begins",
            setting(-1, BODY, WINDOW, 1),
        ),
        (
            "window-far",
            "R-22",
            "a window after 401 days",
            setting(401 * 86_400_000, BODY, WINDOW, 0),
        ),
        (
            "observed-later",
            "R-22",
            "a track observed in the future",
            kind(Kind.QUERY, "4471", [0, 0], 1, [], [], [], []),
        ),
        (
            "checking-without-time",
            "R-17",
            "checking, without the next word's time",
            kind(Kind.ANSWER, 7, [], [], []),
        ),
        (
            "next-word-after-answer",
            "R-17",
            "the next word's time after a final answer",
            kind(Kind.ANSWER, 2, 600_000, [], []),
        ),
    ]


_WINDOW = [0, 1]
_SAID = ["en", "x", []]


def _of_calls() -> list[tuple[str, str, str, Change]]:
    """What answers to a call and its states name, and must not; word on an incident."""
    nine = [_WINDOW] * 9
    answers = [
        ("accepted-no-window", "accepted, no window", 1, [], [], [], []),
        ("accepted-two-windows", "accepted, two windows", 1, [_WINDOW] * 2, [], [], []),
        ("accepted-deputy", "accepted, and a deputy", 1, [_WINDOW], "deputy", [], []),
        ("accepted-reason", "accepted, with a reason", 1, [_WINDOW], [], "busy", []),
        ("accepted-next-word", "accepted, and a next word", 1, [_WINDOW], [], [], 60_000),
        ("other-time-none", "another time, none named", 2, [], [], [], []),
        ("deputy-none", "a deputy, not named", 3, [], [], [], []),
        ("not-now-window", "not at this time, with a window", 4, [_WINDOW], [], [], []),
        ("not-now-reason", "not at this time, with a reason", 4, [], [], "busy", []),
        ("declined-no-reason", "declined, no reason", 5, [], [], [], []),
        ("declined-window", "declined, with a window", 5, [_WINDOW], [], "busy", []),
        ("declined-deputy", "declined, and a deputy", 5, [], "deputy", "busy", []),
        ("awaiting-no-word", "awaiting authority, no next word", 6, [], [], [], []),
        ("awaiting-window", "awaiting authority, with a window", 6, [_WINDOW], [], [], 60_000),
        ("awaiting-reason", "awaiting authority, with a reason", 6, [], [], "busy", 60_000),
    ]
    states = [("ready", 1), ("begun", 2), ("ended", 3)]
    return [
        *(
            (f"call-{name}", "R-23", f"a call answer: {what}", kind(Kind.CALL_ANSWER, *body, []))
            for name, what, *body in answers
        ),
        *(
            (
                f"call-{name}-reason",
                "R-24",
                f"a call that is {name}, with a reason",
                kind(Kind.CALL_STATE, step, 0, "the line failed"),
            )
            for name, step in states
        ),
        (
            "assessing-without-time",
            "R-25",
            "assessing, without the next word's time",
            kind(Kind.ASSESSMENT, 1, [], []),
        ),
        (
            "call-nine-windows",
            "R-16",
            "a call answer with nine windows",
            kind(Kind.CALL_ANSWER, 2, nine, [], [], [], []),
        ),
        (
            "call-no-windows",
            "R-16",
            "a call without a window",
            kind(Kind.CALL, "a", "b", "c", _SAID, 1, [], 1, ["en"], 1),
        ),
        (
            "call-no-language",
            "R-16",
            "a call without a language",
            kind(Kind.CALL, "a", "b", "c", _SAID, 1, [_WINDOW], 1, [], 1),
        ),
        (
            "call-awaiting-at-once",
            "R-22",
            "awaiting authority, the next word at once",
            kind(Kind.CALL_ANSWER, 6, [], [], [], 0, []),
        ),
        (
            "call-begun-later",
            "R-22",
            "a call that begins in the future",
            kind(Kind.CALL_STATE, 2, 1, []),
        ),
    ]


def _of_the_others() -> list[tuple[str, str, str, Change]]:
    """Incidents, contacts, sites and movements out of their ranges."""
    area = [0, [0, 0], 5]
    site = [1, "a", "b", area, _WINDOW, "c", 0, 1, "d", [], []]
    movement = ["a", area, _WINDOW, 3, "b", "c", 9, ["d"], [], []]
    contact = ["a", "b", 1, 1, 0, 1, [], [], []]
    account = [0, "a", _SAID, [], [], [], [], [], []]
    picture = [bytes(32), 1, "image/png", "a"]

    def but(body: Slots, place: int, value: Any) -> Slots:
        return [*body[:place], value, *body[place + 1 :]]

    rows: list[tuple[str, str, str, Kind, Slots]] = [
        ("incident-later", "R-22", "an incident to come", Kind.INCIDENT, [1, 1, "a", [], []]),
        ("incident-unknown", "R-11", "incident 12", Kind.INCIDENT, [12, 0, "a", [], []]),
        ("stance-unknown", "R-11", "stance 6", Kind.INCIDENT, [1, 0, "a", [], 6]),
        ("assessment-unknown", "R-11", "assessment 6", Kind.ASSESSMENT, [6, 60_000, []]),
        ("call-reply-unknown", "R-11", "call answer 7", Kind.CALL_ANSWER, [7, [], [], [], [], []]),
        ("call-step-unknown", "R-11", "call state 5", Kind.CALL_STATE, [5, 0, []]),
        (
            "attachment-digest-short",
            "R-16",
            "a file of evidence with a digest of 31 bytes",
            Kind.ACCOUNT,
            but(account, 6, [but(picture, 0, bytes(31))]),
        ),
        (
            "attachment-large",
            "R-16",
            "a file of evidence of more than 2^32 bytes",
            Kind.ACCOUNT,
            but(account, 6, [but(picture, 1, 2**32 + 1)]),
        ),
        (
            "attachments-too-many",
            "R-16",
            "17 files of evidence",
            Kind.ACCOUNT,
            but(account, 6, [picture] * 17),
        ),
        ("close-not-empty", "R-16", "a slot in closing", Kind.CLOSE, [0]),
        ("contact-later", "R-22", "a contact to come", Kind.CONTACT, but(contact, 4, 1)),
        (
            "contact-never",
            "R-16",
            "a contact that took place 0 times",
            Kind.CONTACT,
            but(contact, 6, 0),
        ),
        ("outcome-unknown", "R-11", "outcome 6", Kind.CONTACT, but(contact, 3, 6)),
        (
            "site-verified-later",
            "R-22",
            "a site verified in the future",
            Kind.SITE,
            but(site, 6, 1),
        ),
        (
            "site-revalidated-at-once",
            "R-16",
            "a site to be verified anew at once",
            Kind.SITE,
            but(site, 7, 0),
        ),
        (
            "movement-no-contact",
            "R-16",
            "a movement that nobody answers for",
            Kind.MOVEMENT,
            but(movement, 7, []),
        ),
        ("movement-vehicles", "R-16", "1,001 vehicles", Kind.MOVEMENT, but(movement, 3, 1_001)),
        (
            "movement-later",
            "R-22",
            "a movement that has arrived in the future",
            Kind.MOVEMENT_STATE,
            [4, 1, [], []],
        ),
        ("distributed-unknown", "R-11", "distributed 5", Kind.DISTRIBUTED, ["a", 5, 0]),
        ("stop-no-place", "R-16", "stop, no place", Kind.STOP, ["", [], []]),
    ]
    return [(name, rule, what, kind(of, *body)) for name, rule, what, of, body in rows]


def _texts() -> list[tuple[str, str, str, Change]]:
    hidden = {
        "control-character": ("a line feed", "Alpha\nBravo"),
        "control-null": ("a null character", "Alpha\x00"),
        "control-c1": ("a C1 control", "Alpha\x85Bravo"),
        "bidi-override": ("a right-to-left override", "Alpha \u202e0010 555"),
        "bidi-isolate": ("a right-to-left isolate", "Alpha \u2067555\u2069"),
        "bidi-mark": ("a right-to-left mark", "Alpha \u200f555"),
        "zero-width-space": ("a zero-width space", "Al\u200bpha"),
        "soft-hyphen": ("a soft hyphen", "Al\u00adpha"),
        "byte-order-mark": ("a byte order mark", "\ufeffAlpha"),
        "line-separator": ("a line separator", "Alpha\u2028Bravo"),
        "tag-character": ("a tag character", "Alpha\U000e0041"),
        "private-use": ("a private-use character", "Alpha\ue000"),
        "noncharacter": ("a noncharacter", "Alpha\uffff"),
    }
    rows = [(name, "R-9", what, contact(text)) for name, (what, text) in hidden.items()]
    raw = {
        "utf-8-broken": ("text that is not UTF-8", b"\x62\xff\xfe"),
        "utf-8-overlong": ("a slash in two bytes", b"\x62\xc0\xaf"),
        "utf-8-surrogate": ("half a surrogate pair", b"\x63\xed\xa0\x80"),
        "utf-8-cut": ("a character cut off", b"\x61\xd0"),
    }
    rows += [(name, "R-9", what, contact(Raw(data))) for name, (what, data) in raw.items()]
    return [
        *rows,
        ("not-nfc", "R-9", "an accent apart from its letter", contact("Cafe\u0301")),
        ("not-nfc-sign", "R-9", "the angstrom sign for the letter", contact("\u212bland")),
        ("text-empty", "R-16", "an empty text", contact("")),
        ("text-overlong", "R-16", "a contact of 65 characters", contact("x" * 65)),
        ("text-as-bytes", "R-16", "a contact as bytes", contact(b"Alpha")),
        ("language-long", "R-16", "a language of four letters", kind(Kind.TEXT, ["engl", "x", []])),
        ("language-capital", "R-16", "a language in capitals", kind(Kind.TEXT, ["EN", "x", []])),
    ]


def _whole() -> Named:
    """What is wrong with the signed bytes as a whole."""
    good = typical().data
    payload = typical().signed.payload
    wrap = sign1.sign(KEY, CONTEXT.external_aad(), payload).signature
    after = signed(payload)[6:]
    rows = {
        "empty": ("R-1", "nothing", b""),
        "truncated-first": ("R-1", "the first byte alone", good[:1]),
        "truncated-half": ("R-1", "the first half", good[: len(good) // 2]),
        "truncated-signature": ("R-1", "without the last byte", good[:-1]),
        "trailing-byte": ("R-1", "a byte after the signature", good + b"\x00"),
        "trailing-record": ("R-1", "the record twice", good + good),
        "cose-tagged": ("R-1", "with COSE's tag 18", b"\xd2" + good),
        "cose-array-of-five": ("R-1", "an array of five", b"\x85" + good[1:] + b"\x00"),
        "cose-array-indefinite": (
            "R-1",
            "an array of indefinite length",
            b"\x9f" + good[1:] + b"\xff",
        ),
        "cose-algorithm": ("R-1", "another algorithm", b"\x84\x43\xa1\x01\x26\xa0" + after),
        "cose-no-protected-header": ("R-1", "an empty protected header", b"\x84\x40\xa0" + after),
        "cose-protected-more": (
            "R-1",
            "a content type in the protected header",
            b"\x84\x45\xa2\x01\x27\x03\x00\xa0" + after,
        ),
        "cose-unprotected": (
            "R-1",
            "a key id in the unprotected header",
            b"\x84\x43\xa1\x01\x27\xa1\x04\x41\x31" + after,
        ),
        "cose-payload-null": (
            "R-1",
            "a detached payload",
            b"\x84\x43\xa1\x01\x27\xa0\xf6\x58\x40" + wrap,
        ),
        "cose-payload-length-wide": (
            "R-1",
            "the payload's length in two bytes",
            good[:6] + head(2, len(payload), 2) + payload + b"\x58\x40" + wrap,
        ),
        "cose-payload-indefinite": (
            "R-1",
            "a payload of indefinite length",
            good[:6] + b"\x5f" + write(payload) + b"\xff\x58\x40" + wrap,
        ),
        "signature-63-bytes": (
            "R-1",
            "a signature of 63 bytes",
            good[:-66] + b"\x58\x3f" + wrap[:63],
        ),
        "signature-65-bytes": (
            "R-1",
            "a signature of 65 bytes",
            good[:-66] + b"\x58\x41" + wrap + b"\x00",
        ),
        "signature-empty": ("R-1", "no signature", good[:-66] + b"\x40"),
        "oversized": ("R-2", "65,536 bytes", sealed_up(bytes(65_536 - 75), bytes(64))),
        "payload-trailing-byte": (
            "R-7",
            "a byte after the payload's end",
            signed(payload + b"\x00"),
        ),
        "payload-trailing-item": ("R-7", "a second item in the payload", signed(payload * 2)),
        "payload-truncated": ("R-7", "a payload without its last byte", signed(payload[:-1])),
        "payload-empty": ("R-7", "an empty payload", signed(b"")),
        "length-beyond-end": (
            "R-7",
            "bytes that are longer than what follows",
            signed(payload[:-1] + b"\x5b" + b"\x7f" + b"\xff" * 7),
        ),
        "nesting-bomb": ("R-8", "arrays nested 13 deep in an unknown kind", signed(_bomb(11))),
        "nesting-bomb-deep": ("R-8", "arrays nested 2,000 deep", signed(_bomb(2_000))),
        "payload-integer": ("R-10", "a payload that is a number", signed(b"\x01")),
        "payload-map": ("R-5", "a payload that is a map", signed(b"\xa0")),
    }
    for name, (rule, what, data) in rows.items():
        yield name, vector(what, rule, data)


def _bomb(depth: int) -> bytes:
    items = slots()
    items[KIND] = 200
    items[BODY] = Raw(b"\x81" * depth + b"\x80")
    return write(items)


def vectors() -> Named:
    """All files of vectors/reject/decode."""
    yield from _whole()
    for name, rule, what, change in [
        *_heads(),
        *_types(),
        *_counts(),
        *_ranges(),
        *_places(),
        *_of_calls(),
        *_of_the_others(),
        *_texts(),
    ]:
        items = copy.deepcopy(slots())
        change(items)
        yield name, vector(what, rule, signed(write(items)))
