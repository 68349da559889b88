"""Composing a record at the officer's own machine: draft, show, ask, sign, hand in.

The key never leaves this process. What is signed is the very payload that was decoded and shown.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from firebreak.cli.asking import confirm_signing
from firebreak.cli.client import Answer, Client
from firebreak.cli.manner import Manner
from firebreak.cli.officer import Officer, officer
from firebreak.cli.output import now, opened, refuse, say, warn
from firebreak.cli.places import id_beginning
from firebreak.cli.render import print_json, short
from firebreak.cli.shown import show_check, show_record
from firebreak.desk.neutral import offered
from firebreak.errors import FirebreakError, InvalidValue, Misuse, NotDelivered
from firebreak.keys import PublicKey
from firebreak.records.agreement import (
    Agreement,
    Channel,
    ChannelTerms,
    Mode,
    SignedAgreement,
)
from firebreak.records.kinds import KIND_OF, NEEDS_ANSWER, Body, Kind, Release
from firebreak.records.record import (
    ID_PREFIX,
    Context,
    Record,
    Reference,
    Seen,
    SignedRecord,
    parse_payload,
    parse_record,
    payload_of,
    sign_payload,
)
from firebreak.records.roster import Roster
from firebreak.records.spelling import name_of, named, parse_duration
from firebreak.values import OfficeNumber, PartyNumber, Precedence, RecordId

T = TypeVar("T")

URGENT = {
    Kind.HAZARD: Precedence.FLASH,
    Kind.QUERY: Precedence.IMMEDIATE,
    Kind.RESTRAINT: Precedence.IMMEDIATE,
    Kind.INCIDENT: Precedence.FLASH,
    Kind.ASSESSMENT: Precedence.IMMEDIATE,
    Kind.STOP: Precedence.FLASH,
    Kind.CALL: Precedence.PRIORITY,
}
"""Precedence where none is given; ROUTINE for the rest."""
_AS_URGENT = frozenset({Kind.ANSWER, Kind.ACKNOWLEDGE, Kind.LINE_CHECK_REPLY, Kind.CALL_ANSWER})
"""Kinds that are as urgent as the record that they answer, where nothing is said."""
_SOFT_WAIT = 0.5
"""Seconds for the receipt where nobody asked to wait: mostly it is there by then."""


@dataclass(frozen=True, slots=True)
class Target:
    """The record that another one refers to, decoded here from its signed bytes."""

    view: Answer
    record: Record
    reference: Reference
    channel: Channel


class Desk:
    """One officer's machine: the node it talks to, the agreement, and how things are sent.

    moment: when what is sent was composed; offsets in bodies count from it; duress: that the answer
    to the last question signalled it.
    """

    duress = False
    sent: str | None = None
    """The id of what was handed in last."""

    def __init__(self, manner: Manner) -> None:
        self.manner = manner
        self.node = opened(manner.directory)
        self.client = Client(self.node)
        self.moment = now()
        self.say: Callable[..., None] = warn if manner.as_data else say
        self._versions = self._kept(manner.agreement)
        self.name = self._versions[0].agreement.digest().hex()
        self.agreement = self._in_force()
        self.us = self.node.our_number(self.agreement)
        self.them = PartyNumber(1 - self.us)

    def _kept(self, beginning: str | None) -> list[SignedAgreement]:
        """The versions of the one agreement meant, oldest first. Raises Misuse."""
        kept: dict[bytes, list[SignedAgreement]] = {}
        for signed in self.node.agreements():
            if not signed.missing():
                kept.setdefault(signed.agreement.id, []).append(signed)
        found = [
            versions
            for versions in kept.values()
            if beginning is None
            or any(s.agreement.digest().hex().startswith(beginning.lower()) for s in versions)
        ]
        if len(found) == 1:
            return found[0]
        if not kept:
            refuse(
                "No agreement that both sides signed is kept here: firebreak agreement new. To a"
                " counterpart without a node it is said, and entered: --by voice --party NAME"
            )
        names = ", ".join(v[0].agreement.digest().hex()[:8] for v in kept.values())
        return refuse(f"Name one agreement with --agreement: {names}.")

    def _in_force(self) -> Agreement:
        """The version that the node composes under; it must be kept here, too. Raises Misuse."""
        running = self.client.get("/status")["agreements"]
        digest = next((a["digest"] for a in running if self.name.startswith(a["agreement"])), None)
        if digest is None:
            refuse("The node does not run this agreement yet. Start the node again.")
        for signed in self._versions:
            if signed.agreement.digest().hex() == digest:
                return signed.agreement
        return refuse(
            "The version of the agreement in force is not kept here, so nothing can be signed"
            " under it. Get the file from the node's keeper: firebreak agreement keep"
        )

    @property
    def language(self) -> str:
        """The language of an officer's own words, where none is given."""
        return self.agreement.languages[0]

    def terms(self, channel: Channel) -> ChannelTerms:
        """A channel's terms. Raises Misuse."""
        terms = self.agreement.terms(channel)
        if terms is None:
            names = ", ".join(name_of(terms.channel) for terms in self.agreement.channels)
            refuse(f"The agreement has no {name_of(channel)} channel; it has {names}.")
        return terms

    def channel(self, kind: Kind) -> Channel:
        """The channel named by --channel; else the first that carries the kind."""
        if self.manner.channel is not None:
            return named(Channel, self.manner.channel)
        if kind is Kind.LINE_STATE:
            return Channel.CONTROL
        found = self.agreement.channel_for(kind)
        if found is None:
            refuse(f"No channel of this agreement carries a {name_of(kind)}.")
        return found

    @property
    def exercise(self) -> bool:
        """Whether all that is said is exercise."""
        return self.agreement.mode is Mode.EXERCISE

    def show(self, record: Record, channel: Channel) -> None:
        """What a record says, in the languages agreed."""
        show_record(record, self.agreement, name_of(channel), self.say)

    # -- what is referred to -------------------------------------------------------------------

    def target(self, beginning: str) -> Target:
        """A record by the beginning of its id, read from its bytes and checked against its id."""
        answer = self.client.get(f"/records/{id_beginning(beginning)}")
        view = next(v for v in answer["records"] if v["id"] == answer["asked"])
        channel = named(Channel, view["channel"])
        party = PartyNumber(self.us if view["ours"] else self.them)
        data = base64.b64decode(view["signed"])
        for signed in self._versions:
            made = parse_record(data, signed.agreement.context(channel, party))
            if made.id.hex() == view["id"]:
                self._check_author(made, signed.roster_of(party).roster)
                reference = Reference(party, view["index"], made.id[:ID_PREFIX])
                return Target(view, made.record, reference, channel)
        raise Misuse(
            "The node showed bytes that are not the record asked for. Do not answer from here;"
            " ask the node's keeper what happened."
        )

    def _check_author(self, made: SignedRecord, roster: Roster) -> None:
        """Verify who signed, so that not even this node can put words into their mouth.

        A key that was enrolled after the agreement is known to the node only.
        """
        author = made.record.author
        if author < len(roster.entries):
            key = PublicKey.parse(roster.entries[author].key)
            made.signed.verify(key, made.context.external_aad())
        else:
            warn(f"Key {author} of {roster.party} was enrolled later: the node vouches for it.")

    # -- composing -----------------------------------------------------------------------------

    def send(self, body: Body, about: Target | None = None) -> None:
        """Compose, show, ask, sign, hand in, and say what became of it. Raises NotDelivered."""
        kind = KIND_OF[type(body)]
        channel = about.channel if about is not None else self.channel(kind)
        terms = self.terms(channel)
        roles = self._roles(terms, self.us)
        first = officer(self.node, self.manner.key, self.manner.office, roles)
        draft = self._draft(channel, first)
        record = self._record(draft, first, channel, body, about)
        payload = payload_of(record)
        shown = parse_payload(payload)  # what is signed is what was read back from the bytes
        check = self._check(channel, payload)
        self._show(shown, channel, check)
        signed = [sign_payload(payload, self._context(draft, channel), first.key)]
        self.note_duress(first, signed[0].id)
        if check["two_officers"] or self.manner.release is not None:
            signed.insert(0, self._released(channel, shown, signed[0].id, first))
        self._hand_in(channel, signed, check["conflicts"])

    def _draft(self, channel: Channel, who: Officer) -> Answer:
        return self.client.post(
            "/draft",
            {"agreement": self.name, "channel": name_of(channel), "author": who.index},
        )

    def _context(self, draft: Answer, channel: Channel) -> Context:
        """What is signed in. The node cannot choose it: it is of the version shown here."""
        if draft["agreement"] != self.agreement.digest().hex():
            refuse("A new version of the agreement came into force just now. Compose it again.")
        return self.agreement.context(channel, self.us)

    def _record(
        self, draft: Answer, who: Officer, channel: Channel, body: Body, about: Target | None
    ) -> Record:
        kind = KIND_OF[type(body)]
        seen = (
            Seen(PartyNumber(s["party"]), s["size"], bytes.fromhex(s["digest"]))
            for s in draft["seen"]
        )
        return Record(
            version=draft["version"],
            author=who.index,
            control=draft["control"],
            to=self._addressees(self.terms(channel), who),
            kind=kind,
            refers_to=None if about is None else about.reference,
            composed_at=self.moment,
            precedence=self._precedence(kind, about),
            answer_by=self._answer_by(kind, channel),
            serial=draft["serial"],
            seen=tuple(seen),
            body=body,
        )

    def _precedence(self, kind: Kind, about: Target | None) -> Precedence:
        if self.manner.precedence is not None:
            return named(Precedence, self.manner.precedence.lower())
        if about is not None and kind in _AS_URGENT:
            return about.record.precedence
        return URGENT.get(kind, Precedence.ROUTINE)

    def _answer_by(self, kind: Kind, channel: Channel) -> int | None:
        given = self.manner.answer_within
        if kind not in NEEDS_ANSWER:
            if given is not None:
                raise InvalidValue(f"A {name_of(kind)} wants no answer. Leave out --answer-within.")
            return None
        if given is not None:
            return parse_duration(given)
        for term in self.terms(channel).answer_within:
            if term.code == kind:
                return term.millis
        raise InvalidValue("The agreement has no deadline for this. Say: --answer-within 10min.")

    def _roles(self, terms: ChannelTerms, party: PartyNumber) -> tuple[str, ...]:
        offices = (self.agreement.offices[number] for number in terms.offices)
        return tuple(office.role for office in offices if office.party == party)

    def _addressees(self, terms: ChannelTerms, who: Officer) -> tuple[OfficeNumber, ...]:
        theirs = {
            self.agreement.offices[number].role: number
            for number in terms.offices
            if self.agreement.offices[number].party == self.them
        }
        if self.manner.addressees:
            for role in self.manner.addressees:
                if role not in theirs:
                    names = ", ".join(theirs)
                    raise InvalidValue(f"No {role!r} of theirs is on this channel: {names}.")
            return tuple(sorted(theirs[role] for role in self.manner.addressees))
        if who.office in theirs:
            return (theirs[who.office],)
        return tuple(sorted(theirs.values()))

    def _check(self, channel: Channel, payload: bytes) -> Answer:
        return self.client.post(
            "/check",
            {"agreement": self.name, "channel": name_of(channel), "payload": payload.hex()},
        )

    # -- asking --------------------------------------------------------------------------------

    def _show(self, record: Record, channel: Channel, check: Answer) -> None:
        if check["two_officers"] and self.manner.release is None:
            refuse(
                f"A {name_of(Kind(record.kind))} on this channel is released by a second officer."
                " Have one sign too: --release KEYFILE."
            )
        self.show(record, channel)
        self._offer_terms(record)
        show_check(check, self.say)
        if check["looks_swapped"]:
            self.say("  SWAPPED? It lies far from all notices; look at latitude and longitude.")
        if self.manner.yes:
            return
        if check["unread"]:
            self.client.post("/displayed", {"ids": [view["id"] for view in check["unread"]]})
        self.confirm("Sign and send this?")

    def _offer_terms(self, record: Record) -> None:
        """Neutral terms that both sides agreed to, where another word is written."""
        from firebreak.phrases.sentences import words_of

        words = words_of(record.body)
        for term in offered([words.text] if words else [], self.agreement.terms_offered):
            self.say(
                f"  NEUTRAL TERM: in place of {term.instead_of!r} both sides agreed to offer"
                f" {term.term!r}. It is sent as you write it."
            )

    def confirm(self, question: str) -> None:
        """Ask, unless --yes was given; stops the command at a no."""
        if not self.manner.yes:
            self.duress |= confirm_signing(question, err=self.manner.as_data)

    def note_duress(self, who: Officer, signed: bytes | None = None) -> None:
        """Beside something signed under duress, the journal alone says so; the screen never.

        signed: its id, None for what has none.
        """
        if self.duress:
            self.duress = False
            from firebreak.cli.entering import Book, Hand

            with suppress(FirebreakError):  # a trouble here would be seen
                book = Book(Hand(self.manner.directory))
                book.put(book.unseen(who, signed, duress=True))

    def _released(
        self, channel: Channel, record: Record, released: RecordId, first: Officer
    ) -> SignedRecord:
        """The second officer's release, which stands just before the record that it releases."""
        second = officer(self.node, self.manner.release, None, ())
        if second.index == first.index:
            refuse("The same key cannot sign and release. Have another officer release it.")
        self.say(f"Second officer: {second.office}.")
        self.confirm("Release this?")
        self.note_duress(second, released)
        draft = self._draft(channel, second)
        made = replace(
            record,
            author=second.index,
            to=(),
            kind=Kind.RELEASE,
            refers_to=None,
            answer_by=None,
            serial=draft["serial"],
            body=Release(released),
        )
        return sign_payload(payload_of(made), self._context(draft, channel), second.key)

    # -- handing in ----------------------------------------------------------------------------

    def _hand_in(
        self, channel: Channel, signed: list[SignedRecord], conflicts: list[Answer]
    ) -> None:
        wait = _SOFT_WAIT if self.manner.wait is None else self.manner.wait
        request: dict[str, Any] = {
            "agreement": self.name,
            "channel": name_of(channel),
            "records": [base64.b64encode(record.data).decode() for record in signed],
            "wait_ms": int(wait * 1_000),
        }
        answer = self.client.post("/submit", request, wait)
        record_id = self.sent = answer["records"][-1]["id"]
        if self.manner.as_data:
            print_json({"id": record_id, "conflicts": conflicts, **answer})
        elif answer["delivered"]:
            say(f"{short(record_id)}: delivered. Receipt is not understanding.")
        else:
            say(f"{short(record_id)}: kept here; not delivered yet (line {answer['line']}).")
        if self.manner.wait is not None and not answer["delivered"]:
            raise NotDelivered(
                f"No receipt came within {self.manner.wait:g} s; it is sent again until one comes."
                f" See: firebreak show {short(record_id)}"
            )
