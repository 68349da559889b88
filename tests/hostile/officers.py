"""What people say over the line: every kind that has an effect, referring to what there is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from random import Random

from firebreak.desk.dialogue import Place
from firebreak.errors import FirebreakError, Refused, StoreTrouble
from firebreak.keys import SigningKey
from firebreak.node.shared import DraftContext
from firebreak.records.agreement import Channel
from firebreak.records.kinds import (
    KIND_OF,
    NEEDS_ANSWER,
    Acknowledge,
    Amend,
    Answer,
    Body,
    Cancel,
    Clarify,
    Declared,
    Displayed,
    FreeText,
    Hazard,
    HazardWarning,
    Kind,
    LineState,
    Notice,
    NotUnderstood,
    ObjectReason,
    ObjectTo,
    Purpose,
    Query,
    Read,
    Release,
    Reply,
    RosterUpdate,
    Statement,
    Topic,
)
from firebreak.records.readback import critical_fields
from firebreak.records.record import (
    ID_PREFIX,
    NODE_AUTHOR,
    Record,
    Reference,
    SignedRecord,
    sign_record,
)
from firebreak.records.roster import RosterEntry, sign_roster
from firebreak.records.slots import Span, Words
from firebreak.values import PartyNumber, Position, Precedence
from firebreak.volumes import Circle, Heights
from tests.bodies import CALL, CALL_ANSWERS, EITHER, FOLLOWING, OPENINGS, OWN
from tests.hostile.faults import Fault
from tests.hostile.party import Party
from tests.hostile.world import HostileWorld
from tests.worlds import seed_of

AIR, CONTROL = Channel.AIR, Channel.CONTROL


def compose(
    party: Party,
    body: Body,
    channel: int = AIR,
    *,
    refers: Place | None = None,
    precedence: Precedence = Precedence.ROUTINE,
    answer_by: int | None = None,
    author: int = 1,
    draft: DraftContext | None = None,
) -> SignedRecord:
    """A record signed by an officer of the party, as the node drafts it now."""
    side = party.side
    kind = KIND_OF[type(body)]
    draft = draft or side.draft(channel, author)
    reference = None
    if refers is not None:
        target = side.shared.books[channel].entry(*refers)
        assert target is not None
        reference = Reference(PartyNumber(refers[0]), refers[1], target.id[:ID_PREFIX])
    if kind in NEEDS_ANSWER and answer_by is None:
        answer_by = 30_000
    record = Record(
        draft.version, author, draft.control, (), kind, reference, draft.now, precedence,
        answer_by, draft.serial, draft.seen, body,
    )  # fmt: skip
    context = side.shared.agreement.context(channel, PartyNumber(party.number))
    return sign_record(record, context, party.keys.key(author))


def submit(party: Party, records: Sequence[SignedRecord], channel: int = AIR) -> bool:
    """Hand records to the node; what it says is durable is noted. False if it refuses them."""
    datas = [signed.data for signed in records]
    first = party.side.shared.own(channel).tail.size

    def done(error: FirebreakError | None) -> None:
        if error is None:
            for offset, data in enumerate(datas):
                party.acknowledged[channel, first + offset] = data

    try:
        party.side.submit(channel, datas, done)
    except (Refused, StoreTrouble):
        return False
    return True


class Officers:
    """The people of both parties, who say what is drawn."""

    def __init__(self, world: HostileWorld, chance: Random) -> None:
        self.world = world
        self.chance = chance
        self.said: dict[str, Callable[[Party], bool]] = {
            "text": self.text,
            "notice": self.notice,
            "hazard": self.hazard,
            "query": self.query,
            "answer": self.answer,
            "checking": self.checking,
            "acknowledge": self.acknowledge,
            "change": self.change,
            "object": self.object,
            "clarify": self.clarify,
            "cross": self.cross,
            "react": self.react,
            "statement": self.statement,
            "line state": self.line_state,
            "roster": self.roster,
            "draft": self.draft,
            "file": self.file,
            "begin": self.begin,
            "go on": self.go_on,
            "answer call": self.answer_call,
        }

    def say(self, party: Party, what: str) -> None:
        """One of `said`, if the node runs and there is something to say it about."""
        self.world.act(party, lambda _: self.said[what](party))

    def _one(self, places: Sequence[Place]) -> Place | None:
        return self.chance.choice(places) if places else None

    def _precedence(self) -> Precedence:
        return self.chance.choices(list(Precedence), [6, 2, 1, 2])[0]

    def _asked(self, party: Party) -> list[Place]:
        """Open questions of the other side."""
        awaited = party.side.view.awaited
        return sorted(p for channel, p in awaited if channel == AIR and p[0] != party.number)

    def _notices(self, party: Party, whose: int) -> list[Place]:
        currents = party.side.view.currents[AIR].values()
        return sorted(current.place for current in currents if current.place[0] == whose)

    def _theirs(self, party: Party) -> list[Place]:
        theirs = party.side.shared.theirs(AIR)
        newest = range(max(0, theirs.durable - 6), theirs.durable)
        return [(PartyNumber(1 - party.number), index) for index in newest]

    def text(self, party: Party) -> bool:
        body = FreeText(Words("en", f"word {self.chance.randrange(10**6)}"))
        return submit(party, [compose(party, body, precedence=self._precedence())])

    def _notice(self) -> Notice:
        centre = Position(550_000_000 + self.chance.randrange(4) * 20_000_000, 190_000_000)
        window = Span(self.chance.randrange(4) * 3_600_000, self.chance.choice([20_000, 3_600_000]))
        everywhere = Heights(None, None)
        return Notice(
            Purpose.TRAINING, Circle(centre, 5_000), everywhere, window, "ops", late_reason="drawn"
        )

    def notice(self, party: Party) -> bool:
        return submit(party, [compose(party, self._notice())])

    def hazard(self, party: Party) -> bool:
        notice = self._notice()
        body = HazardWarning(Hazard.FIRING, notice.area, notice.heights, notice.window)
        return submit(party, [compose(party, body, precedence=Precedence.IMMEDIATE)])

    def query(self, party: Party) -> bool:
        body = Query(f"T{self.chance.randrange(999)}", Position(550_000_000, 190_000_000), -1_000)
        due = self.chance.choice([5_000, 20_000, 60_000])
        return submit(party, [compose(party, body, answer_by=due, precedence=self._precedence())])

    def begin(self, party: Party) -> bool:
        """A call is asked for; an incident, contact, site, movement or attack is told."""
        body = self.chance.choice(list(OPENINGS.values()))
        due = self.chance.choice([5_000, 20_000]) if KIND_OF[type(body)] in NEEDS_ANSWER else None
        return submit(party, [compose(party, body, answer_by=due)])

    def go_on(self, party: Party) -> bool:
        """Something is said to one of these, by whoever may."""
        found = [
            (place, body)
            for place, kind in self._known(party, FOLLOWING.keys())
            for whose, body in FOLLOWING[kind]
            if whose == EITHER or (whose == OWN) == (place[0] == party.number)
        ]
        if not found:
            return self.begin(party)
        place, body = self.chance.choice(found)
        return submit(party, [compose(party, body, refers=place)])

    def answer_call(self, party: Party) -> bool:
        """A request, or any answer of theirs, is answered, with effect or not; else one is made."""
        kinds = {Kind.CALL, Kind.CALL_ANSWER}
        theirs = [p for p, _ in self._known(party, kinds) if p[0] != party.number]
        place = self._one(theirs)
        if place is None:
            return submit(party, [compose(party, CALL, answer_by=20_000)])
        return submit(party, [compose(party, self.chance.choice(CALL_ANSWERS), refers=place)])

    def _known(self, party: Party, kinds: Collection[Kind]) -> list[tuple[Place, Kind]]:
        """The newest valid records of these kinds that a party holds, of both sides."""
        book, found = party.side.shared.books[AIR], []
        for log in book.logs.values():
            for index in range(max(0, log.durable - 12), log.durable):
                judged = book.entry(log.party, index)
                if judged is None or judged.void is not None or judged.record is None:
                    continue
                if judged.record.kind in kinds:
                    found.append(((log.party, index), Kind(judged.record.kind)))
        return found

    def answer(self, party: Party) -> bool:
        place = self._one(self._asked(party))
        reply = Answer(self.chance.choice([Reply.OURS, Reply.NOT_OURS, Reply.NOT_KNOWN]))
        return place is not None and submit(party, [compose(party, reply, refers=place)])

    def checking(self, party: Party) -> bool:
        place = self._one(self._asked(party))
        reply = Answer(Reply.CHECKING, self.chance.choice([5_000, 30_000]))
        return place is not None and submit(party, [compose(party, reply, refers=place)])

    def acknowledge(self, party: Party) -> bool:
        place = self._one(self._notices(party, 1 - party.number))
        if place is None:
            return False
        judged = party.side.shared.books[AIR].entry(*place)
        assert judged is not None
        assert judged.record is not None
        fields = tuple(text for _, text in critical_fields(judged.record))
        if self.chance.random() < 0.3:
            fields = fields[:-1]
        return submit(party, [compose(party, Acknowledge(fields), refers=place)])

    def change(self, party: Party) -> bool:
        place = self._one(self._notices(party, party.number))
        body: Body = Cancel() if self.chance.random() < 0.5 else Amend(self._notice())
        return place is not None and submit(party, [compose(party, body, refers=place)])

    def object(self, party: Party) -> bool:
        place = self._one(self._notices(party, 1 - party.number))
        body = ObjectTo(ObjectReason.TOO_CLOSE)
        return place is not None and submit(party, [compose(party, body, refers=place)])

    def clarify(self, party: Party) -> bool:
        place = self._one(self._theirs(party))
        return place is not None and self._ask(party, place)

    def _ask(self, party: Party, place: Place) -> bool:
        body = Clarify(Words("en", "what is it?"))
        return submit(party, [compose(party, body, refers=place)])

    def cross(self, party: Party) -> bool:
        """Both ask at once in one dialogue, neither having heard the other; else one begins it."""
        other = self.world.other(party)
        mine = self._talks(party)
        theirs = self._talks(other) if other.node is not None else {}
        roots = mine.keys() & theirs.keys()
        if not roots:
            return self.clarify(party)
        root = max(roots)
        self.world.act(other, lambda _: self._ask(other, theirs[root]))
        return self._ask(party, mine[root])

    def _talks(self, party: Party) -> dict[Place, Place]:
        """The newest valid entry of theirs in each dialogue that has one, by the dialogue."""
        book = party.side.shared.books[AIR]
        found: dict[Place, Place] = {}
        for place in self._theirs(party):
            judged = book.entry(*place)
            if judged is not None and judged.void is None:
                found[judged.root] = place
        return found

    def react(self, party: Party) -> bool:
        """Read, not understood, or displayed by the node itself."""
        place = self._one(self._theirs(party))
        if place is None:
            return False
        if self.chance.random() < 0.4:
            try:
                party.side.appending.append_as_node(AIR, Displayed(), place)
            except (Refused, StoreTrouble):
                return False
            return True
        body: Body = Read() if self.chance.random() < 0.5 else NotUnderstood("all")
        return submit(party, [compose(party, body, refers=place)])

    def statement(self, party: Party) -> bool:
        """A statement, with the second officer's release before it."""
        body = Statement(Topic.OUR_EXERCISE, Words("en", "It ends tonight."))
        stated = compose(party, body, author=2)
        release = compose(party, Release(stated.id), author=1)
        return submit(party, [release, stated])

    def line_state(self, party: Party) -> bool:
        body = LineState(AIR, self.chance.choice(list(Declared)))
        return submit(party, [compose(party, body, CONTROL)], CONTROL)

    def roster(self, party: Party) -> bool:
        """A new version of the roster: one more key."""
        latest = party.side.shared.control.latest_roster(PartyNumber(party.number))
        if latest.version > 3:
            return False
        key = seed_of(f"spare {party.number} {latest.version}")

        spare = RosterEntry(
            SigningKey(key).public.raw,
            "air duty officer",
            latest.entries[1].valid_from,
            latest.entries[1].valid_until,
        )
        made = replace(latest, version=latest.version + 1, entries=(*latest.entries, spare))
        body = RosterUpdate(sign_roster(made, party.keys.roots).encoded())
        signed = compose(party, body, CONTROL, author=NODE_AUTHOR, precedence=Precedence.PRIORITY)
        return submit(party, [signed], CONTROL)

    def draft(self, party: Party) -> bool:
        """Compose and sign, to be filed later."""
        body: Body = self._notice() if self.chance.random() < 0.5 else FreeText(Words("en", "late"))
        party.drafts.append((AIR, compose(party, body)))
        return True

    def file(self, party: Party) -> bool:
        """File what was drafted, whatever has come in meanwhile."""
        if not party.drafts:
            return False
        channel, signed = party.drafts.pop()

        self.world.counts[Fault.STALE_DRAFT] += 1
        return submit(party, [signed], channel)
