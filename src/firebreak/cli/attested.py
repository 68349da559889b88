"""Composing for a counterpart without a node: shown to be read aloud, then entered in the journal.

The same commands as over the line, with `--by voice|fax|mail|person`. What they said is entered by
the same commands with `--heard`. It is attested by us, never delivered.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Final

import typer

from firebreak.cli.client import Client
from firebreak.cli.compose import URGENT, Desk, Target
from firebreak.cli.entering import Book, Hand, party_named
from firebreak.cli.inputs import past
from firebreak.cli.manner import Manner
from firebreak.cli.officer import Officer
from firebreak.cli.output import now, opened, refuse, say, warn
from firebreak.cli.shown import show_sentences
from firebreak.desk import journal, people, routes
from firebreak.desk.attested import US, check_said, dialogues, place_of, record_of, said_of
from firebreak.desk.contact_record import Pair, pairs_kept
from firebreak.desk.entries.contacts import Direction, Rung, Said
from firebreak.desk.entries.offices import Counterpart
from firebreak.desk.entries.routes import RungTaken
from firebreak.desk.journal import Kept
from firebreak.errors import InvalidValue
from firebreak.records.agreement import Channel, Mode, Office
from firebreak.records.calls import Call
from firebreak.records.contacts import Way
from firebreak.records.drafting import ANSWER_WITHIN
from firebreak.records.kinds import KIND_OF, NEEDS_ANSWER, Body, Kind
from firebreak.records.record import ID_PREFIX, Record, Reference
from firebreak.records.slots import Words
from firebreak.records.spelling import name_of, named, parse_duration
from firebreak.store.directory import NodeDirectory
from firebreak.values import PartyNumber, Precedence

if TYPE_CHECKING:
    from firebreak.phrases import Names

_SCRIPTS: Final = {"be": "CYRILLIC", "ru": "CYRILLIC", "uk": "CYRILLIC"}
"""How letters of a language are named in Unicode, where they are not Latin: those of agreements."""


def desk_of(manner: Manner) -> Desk:
    """The desk that sends by a node, or, with --by, the one whose officer says it himself."""
    if manner.by is not None:
        return AttestedDesk(manner)
    desk = Desk(manner)
    peer = desk.agreement.parties[desk.them].name
    if manner.party not in (None, peer):
        refuse(f"By the node's line it goes to {peer}, not {manner.party}. Leave out --party.")
    return desk


def own_language(node: NodeDirectory) -> str:
    """The first language of what we agreed, as over a node's line; English where nothing is."""
    return next((each.agreement.languages[0] for each in node.agreements()), "en")


def script_languages(
    node: NodeDirectory, entries: Sequence[Kept], said: Said, talk: bytes | None
) -> tuple[str, ...]:
    """Ours and theirs, as far as there is wording in them. talk: the id of any entry of its dialogue."""
    from firebreak.phrases import LANGUAGES

    card = _card_of(entries, said, talk)
    own = own_language(node)
    theirs = [code for code in (card.languages if card else ()) if code in LANGUAGES]
    return tuple(dict.fromkeys([own if own in LANGUAGES else "en", *theirs]))[:2]


def _card_of(entries: Sequence[Kept], said: Said, talk: bytes | None) -> Counterpart | None:
    """What is kept of the two offices that speak, else of the two whose call it is about, else of theirs."""
    kept = pairs_kept(entries)
    found = [Pair(said.ours, said.party, said.theirs)]
    opening = next(
        (
            said_of(each.entries[0])
            for each in dialogues(entries)
            if talk in [one.id for one in each.entries]
        ),
        said,
    )
    if isinstance(call := opening.body, Call):
        ours, theirs = call.principal, call.counterpart
        if opening.by is Direction.THEIRS:
            ours, theirs = theirs, ours
        found.append(Pair(ours, said.party, theirs))
    found += [pair for pair in kept if (pair.party, pair.theirs) == (said.party, said.theirs)]
    return next((kept[pair] for pair in found if pair in kept), None)


def _check_words(body: object, language: str) -> None:
    """Refuse own words that are plainly not in the language taken for them. Raises InvalidValue."""
    if isinstance(body, Words):
        if body.language == language and not _may_be(body.text, language):
            raise InvalidValue(
                f"These words are not written as {language} is: {body.text!r}. Say in which language"
                " they are: --language CODE"
            )
        return
    if isinstance(body, tuple):
        for each in body:
            _check_words(each, language)
    elif is_dataclass(body):
        for slot in fields(body):
            _check_words(getattr(body, slot.name), language)


def _may_be(text: str, language: str) -> bool:
    """Whether most of its letters are Latin, as names and call signs are in any language, or its own."""
    letters = [unicodedata.name(char, "").partition(" ")[0] for char in text if char.isalpha()]
    own = sum(script in ("LATIN", _SCRIPTS.get(language)) for script in letters)
    return 2 * own >= len(letters)


class AttestedDesk(Desk):
    """One officer at a telephone, a fax, a letter, or face to face."""

    def __init__(self, manner: Manner) -> None:
        _not_with_by(manner)
        self.manner = manner
        self.node = opened(manner.directory)
        self.client = Client(self.node)
        self.say = warn if manner.as_data else say
        self.way = named(Way, manner.by or "")
        self.rung = named(Rung, manner.rung)
        hand = Hand(manner.directory, manner.key, manner.office, manner.yes, manner.as_data)
        self.book = Book(hand)
        self.entries = self.book.entries()
        this_moment = now()
        self.moment = past(manner.said_at, this_moment) if manner.said_at else this_moment
        if self.moment > this_moment:
            raise InvalidValue(f"{manner.said_at} lies ahead. Say when it was said.")
        self.direction = Direction.THEIRS if manner.heard else Direction.OURS
        self.us, self.them = US, PartyNumber(1)
        self.about: Kept | None = None

    @property
    def party(self) -> str:
        """The counterpart's."""
        if self.about is not None:
            return said_of(self.about).party
        return party_named(self.book, self.manner.party, self.entries)

    @property
    def language(self) -> str:
        """The language of words, where none is given, also of what was heard."""
        return own_language(self.node)

    @property
    def counterpart(self) -> Counterpart | None:
        """What the journal knows of the pair that speaks, if the two offices are kept as one."""
        held = [
            body
            for _, body in journal.of_kind(self.entries, Counterpart)
            if body.party == self.party and not body.ended
        ]
        wanted = self.manner.addressees
        for body in reversed(held):
            if wanted is None or body.theirs in wanted:
                return body
        return None

    @property
    def mode(self) -> Mode:
        """As the officer says; an answer is what the words that it answers were."""
        real = self.manner.real or (self.about is not None and said_of(self.about).real)
        return Mode.REAL if real else Mode.EXERCISE

    @property
    def exercise(self) -> bool:
        """Whether what is said is exercise."""
        return self.mode is Mode.EXERCISE

    def show(self, record: Record, channel: Channel) -> None:
        """What the record that is answered says, in our language and in theirs."""
        assert self.about is not None
        languages = script_languages(self.node, self.entries, said_of(self.about), self.about.id)
        show_sentences(record, self.names(record), languages, self.say)

    def names(self, record: Record) -> Names:
        """Party and offices that speak, as the numbers in an attested record name them."""
        from firebreak.phrases import Names

        ours, theirs = self.offices()
        offices = (Office(US, ours), Office(PartyNumber(1), theirs))
        return Names((self.node.config.party, self.party), offices)

    def offices(self) -> tuple[str, str]:
        """Ours and theirs. Raises InvalidValue where theirs is not known."""
        if self.about is not None and self.manner.addressees is None:
            said = said_of(self.about)
            return said.ours, said.theirs
        given, card = self.manner.addressees, self.counterpart
        if given is not None and len(given) != 1:
            raise InvalidValue("One telephone reaches one office. Give --addressee once.")
        if given is None and card is None:
            raise InvalidValue(
                "Which office of theirs? Give --addressee OFFICE, or keep the pair first:"
                " firebreak office keep"
            )
        theirs = given[0] if given is not None else card.theirs if card else ""
        ours = self.manner.office or (card.ours if card else self._who().office)
        return ours, theirs

    def _who(self) -> Officer:
        return self.book.officer()

    def target(self, beginning: str) -> Target:
        """An attested entry by the beginning of its id. Raises Misuse or InvalidValue."""
        kept = self.book.one(beginning)
        if not isinstance(kept.entry.body, Said):
            raise InvalidValue(
                "That entry is no record that was said or heard. Name one that is:"
                " firebreak journal list --kind said"
            )
        spoke_with = said_of(kept).party
        if self.manner.party not in (None, spoke_with):
            refuse(f"That was said with {spoke_with}, not {self.manner.party}. Leave out --party.")
        self.about = kept
        party, index = place_of(kept)
        reference = Reference(party, index, kept.id[:ID_PREFIX])
        return Target({"id": kept.id.hex()}, record_of(kept), reference, Channel.CONTROL)

    def send(self, body: Body, about: Target | None = None) -> None:
        """Show it, have it said (or note what was heard), sign it, and enter it in the journal."""
        kind = KIND_OF[type(body)]
        if self.manner.language is None:
            _check_words(body, self.language)
        who = self._who()
        ours, theirs = self.offices()
        said = Said(
            self.direction,
            self.party,
            theirs,
            ours,
            self.manner.person,
            self.way,
            self.rung,
            self.moment,
            self._said_precedence(kind, about),
            self._said_answer_by(kind),
            self.manner.was_read_back,
            body,
            self.mode is Mode.REAL,
        )
        check_said(said, self.about if about is not None else None)
        if not self.manner.heard:
            self._check_rules(kind, about)
        taken = self._rung_taken(said)
        said = self._say_it(said, about)
        named_ids = [bytes.fromhex(about.view["id"])] if about is not None else []
        self.book.moment = now()
        signed = self.book.signed(said, named_ids, who)
        identity = self.book.id_of_signed(signed)
        unseen = self.book.unseen(who, identity, self.duress)
        self.duress = False
        entries = [signed]
        if self.manner.release is not None:
            second, more = self.book.release(identity, who, self.manner.release)
            entries, unseen = [second, signed], [*unseen, *more]
        if taken is not None:
            decision, matter = taken
            entries.insert(0, self.book.signed(decision, [*matter, identity], who))
        self.book.hand_in(entries, unseen)

    def _rung_taken(self, said: Said) -> tuple[RungTaken, tuple[bytes, ...]] | None:
        """The decision that goes in before our words, and what they are another attempt at.

        None where the route widens nothing. One that nobody decided on yet is decided on here, by
        --widen or by a yes; --yes alone is none. Raises Misuse.
        """
        about = None if self.about is None else self.about.id
        why = routes.refusal(self.entries, bytes(32), said, about)
        if why is None:
            return None
        before = routes.pending(self.entries, said.rung, said.party)
        if before is not None:
            body = before.entry.body
            assert isinstance(body, RungTaken)
            return RungTaken(body.rung, body.through), before.entry.about[:1]
        if not self.manner.widen:
            if self.manner.yes:
                refuse(why)
            self.confirm(f"{name_of(said.rung).capitalize()} widens who knows of it. Go this way?")
        level = routes.level_of(self.entries, said.party, said.theirs)
        steps = routes.ladder_to(self.entries, said.party, level)
        own = next((each for each in steps if each.rung is said.rung), routes.step(said.rung))
        talks = dialogues(self.entries)
        root = next((t.entries[0].id for t in talks if about in [k.id for k in t.entries]), None)
        return RungTaken(said.rung, own.through), (() if root is None else (root,))

    def _check_rules(self, kind: Kind, about: Target | None) -> None:
        """Refuse before it is said what the node will not enter: our own release rules."""
        answered: frozenset[bytes] = frozenset()
        if about is not None and self.about is not None:
            answered = people.ancestors(self.entries, self.about) | {self.about.id}
        sent = people.said_sent(self.entries)
        people.check_leave(self.entries, sent, kind, answered, now())
        if self.manner.release is None and people.wants_second(self.entries, kind):
            refuse(
                f"Our own rule: a {name_of(kind)} is released by a second officer. Have one sign"
                " too: --release KEYFILE"
            )

    def _say_it(self, said: Said, about: Target | None) -> Said:
        kept = Kept(0, bytes(32), journal.Entry(1, 1, self.moment, (), said), "", b"")
        record = record_of(kept, self.about if about is not None else None)
        spoken = "Heard from" if self.manner.heard else "Read this to"
        mark = "REAL" if said.real else "EXERCISE"
        self.say(f"{mark}. {spoken} {said.theirs} of {said.party}, by {name_of(said.way)}:")
        self._script(record, said)
        self.say("  Attested by us; not delivered, and no proof for a third.")
        if self.manner.yes:
            return said
        read_back = said.read_back
        if not self.manner.heard and not read_back:
            read_back = typer.confirm(
                "Said. Was it read back, and did it agree?", err=self.manner.as_data
            )
        self.confirm("Sign it and enter it in the journal?")
        return replace(said, read_back=read_back)

    def _script(self, record: Record, said: Said) -> None:
        """What is read aloud, item by item with its checks; what was heard, as one sentence."""
        from firebreak.phrases.script import as_text, script_of

        names = self.names(record)
        about = None if self.about is None else self.about.id
        languages = script_languages(self.node, self.entries, said, about)
        if self.manner.heard:
            show_sentences(record, names, languages, self.say)
            return
        speaker = f"{self.node.config.party}, {names.offices[0].role}"
        script = script_of(record, names, self.mode, languages, speaker, agreed=False)
        self.say(as_text(script).rstrip())

    def _said_precedence(self, kind: Kind, about: Target | None) -> Precedence:
        if self.manner.precedence is not None:
            return named(Precedence, self.manner.precedence.lower())
        return URGENT.get(kind, about.record.precedence if about else Precedence.ROUTINE)

    def _said_answer_by(self, kind: Kind) -> int | None:
        given = self.manner.answer_within
        if kind not in NEEDS_ANSWER:
            if given is not None:
                raise InvalidValue(f"A {name_of(kind)} wants no answer. Leave out --answer-within.")
            return None
        if given is not None:
            return parse_duration(given)
        return next(term.millis for term in ANSWER_WITHIN if term.code == kind)


def _not_with_by(manner: Manner) -> None:
    """Refuse options that mean something over a node's line only."""
    for option, given in (
        ("--agreement", manner.agreement),
        ("--channel", manner.channel),
        ("--wait", manner.wait),
    ):
        if given is not None:
            raise InvalidValue(f"{option} is for a node's line. Leave it out with --by.")
