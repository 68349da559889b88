"""What a coordinator holds of organisations and may tell to whom: pure folds (spec/humanitarian.md)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from firebreak.desk.entries.humanitarian import (
    Consented,
    DisclosureMarked,
    Doubt,
    Enrolled,
    EntryWithdrawn,
    MovementEntered,
    Revalidated,
    SiteEntered,
)
from firebreak.desk.entries.routes import Erased
from firebreak.desk.journal import Kept
from firebreak.errors import InvalidValue
from firebreak.records.sites import Movement, Site
from firebreak.records.slots import Span, Words
from firebreak.records.spelling import name_of
from firebreak.values import Millis

_HOUR = 3_600_000
LEAD_MS, EMERGENCY_LEAD_MS = 48 * _HOUR, 24 * _HOUR
"""Before a movement begins: 48 h, in an emergency 24 h, as in Yemen (H-5)."""
UN_DISCLOSE = "Withdrawal cannot un-disclose: who has read it has read it."
MARK_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ23456789"
"""Without I, O, S, 0 and 1, which are misread."""
_MARK = re.compile(rf" \[([{MARK_LETTERS}]{{3}}-[{MARK_LETTERS}]{{3}})\]$")


# The register: what the coordinator's journal says


@dataclass(frozen=True, slots=True)
class Disclosure:
    """An entry was prepared for a party under a mark; whether it was sent the line shows."""

    party: str
    mark: str
    version: bytes
    at: Millis


@dataclass(frozen=True, slots=True)
class Item:
    """One site or movement of an organisation, as it holds.

    id: of the journal's entry that holds; parties: those that it may be told to; withdrawn: by the
    organisation; private: commitment to what can be erased; erased: it was.
    """

    id: bytes
    body: SiteEntered | MovementEntered
    entered: Millis
    parties: tuple[str, ...] = ()
    disclosures: tuple[Disclosure, ...] = ()
    withdrawn: bool = False
    erased: bool = False

    @property
    def organisation(self) -> str:
        """Whose it is."""
        return self.body.organisation

    @property
    def name(self) -> str:
        """`ORGANISATION/REFERENCE`."""
        return f"{self.body.organisation}/{self.body.reference}"

    @property
    def kind(self) -> str:
        """`site` or `movement`."""
        return "site" if isinstance(self.body, SiteEntered) else "movement"

    def mark(self, party: str) -> Disclosure | None:
        """The newest disclosure prepared for a party."""
        return next((d for d in reversed(self.disclosures) if d.party == party), None)


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation under this coordinator. id: of the entry that holds."""

    id: bytes
    name: str
    desk: str
    private: bytes | None
    enrolled: Millis
    ended: bool = False
    erased: bool = False


@dataclass(slots=True)
class Register:
    """Organisations and their entries, by name."""

    organisations: dict[str, Organisation] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)

    def of(self, organisation: str) -> Register:
        """What one organisation sees: itself and its own entries, nothing of any other (H-2)."""
        return Register(
            {name: o for name, o in self.organisations.items() if name == organisation},
            {n: item for n, item in self.items.items() if item.organisation == organisation},
        )

    def one(self, name: str) -> Item:
        """The entry called `ORGANISATION/REFERENCE`. Raises InvalidValue."""
        found = self.items.get(name)
        if found is None:
            raise InvalidValue(
                f"There is no entry {name!r}; it is written ORGANISATION/REFERENCE."
                " See: firebreak humanitarian list"
            )
        return found

    def marks(self) -> set[str]:
        """Every mark ever given."""
        return {d.mark for item in self.items.values() for d in item.disclosures}


def register(entries: Iterable[Kept]) -> Register:
    """Fold the journal's entries that count, in order. What names nothing known changes nothing."""
    made = Register()
    for kept in entries:
        match kept.entry.body:
            case Enrolled(organisation, desk, private, ended):
                made.organisations[organisation] = Organisation(
                    kept.id, organisation, desk, private, kept.entry.at, ended
                )
            case SiteEntered() | MovementEntered() as body:
                _enter(made, kept, body)
            case Erased():
                _erase(made, kept.entry.about)
            case body:
                _change(made, kept, body)
    return made


def _enter(made: Register, kept: Kept, body: SiteEntered | MovementEntered) -> None:
    new = Item(kept.id, body, kept.entry.at)
    old = made.items.get(new.name)
    if old is not None:  # consent is to the reference: it holds for what takes its place
        new = replace(new, parties=old.parties, disclosures=old.disclosures)
    made.items[new.name] = new


def _change(made: Register, kept: Kept, body: object) -> None:
    if not isinstance(body, Consented | DisclosureMarked | Revalidated | EntryWithdrawn):
        return
    name = f"{body.organisation}/{body.reference}"
    item = made.items.get(name)
    if item is None:
        return
    match body:
        case Consented(_, _, party, given):
            others = tuple(p for p in item.parties if p != party)
            made.items[name] = replace(item, parties=(*others, party) if given else others)
        case DisclosureMarked(_, _, party, mark):
            version = kept.entry.about[0] if kept.entry.about else item.id
            given_ = Disclosure(party, mark, version, kept.entry.at)
            made.items[name] = replace(item, disclosures=(*item.disclosures, given_))
        case Revalidated(_, _, by, at, until, checked):
            if isinstance(item.body, SiteEntered):
                site = replace(
                    item.body,
                    verified_by=by,
                    verified_at=at,
                    revalidate_by=until,
                    checked=checked or item.body.checked,
                )
                made.items[name] = replace(item, id=kept.id, body=site)
        case EntryWithdrawn():
            made.items[name] = replace(item, withdrawn=True, parties=())


def _erase(made: Register, about: Sequence[bytes]) -> None:
    for name, item in made.items.items():
        if item.id in about:
            made.items[name] = replace(item, erased=True)
    for name, held in made.organisations.items():
        if held.id in about:
            made.organisations[name] = replace(held, erased=True)


# Marks


def mark_of_bytes(random: bytes) -> str:
    """A mark such as K7Q-4ZP from 6 random bytes: some 29 bits, said over a telephone without error."""
    letters = [MARK_LETTERS[byte % len(MARK_LETTERS)] for byte in random[:6]]
    return f"{''.join(letters[:3])}-{''.join(letters[3:])}"


def marked(name: str, mark: str) -> str:
    """A name as one recipient alone gets it. The position is the same for all (H-7)."""
    return f"{name} [{mark}]"


def mark_in(name: str) -> str | None:
    """The mark that a name bears."""
    found = _MARK.search(name)
    return None if found is None else found[1]


# What goes to a party


def check_told(held: Register, item: Item, party: str, now: Millis) -> None:
    """Refuse to tell a party what must not be told to it now (H-10, H-11). Raises InvalidValue."""
    organisation = held.organisations.get(item.organisation)
    if organisation is None or organisation.ended:
        raise InvalidValue(f"{item.organisation} is not enrolled any more. Nothing is sent.")
    if item.withdrawn:
        raise InvalidValue(f"{item.name} was withdrawn by its organisation. Nothing is sent.")
    if party not in item.parties:
        raise InvalidValue(
            f"{item.organisation} has not consented that {item.name} be told to {party}."
            f" Ask it, then: firebreak humanitarian consent {item.name} --party {party}"
        )
    body = item.body
    if body.ends <= now:
        raise InvalidValue(f"{item.name} has expired. Enter it anew with its new time.")
    if isinstance(body, SiteEntered):
        if body.doubts and body.checked is None:
            raise InvalidValue(
                f"The position of {item.name} is in doubt ({doubts_text(body.doubts)}). Have the"
                " organisation look at imagery, then: firebreak humanitarian site validate"
                f" {item.name} --checked TEXT"
            )
        if body.revalidate_by <= now:
            raise InvalidValue(
                f"{item.name} should have been verified again. Have it verified, then: firebreak"
                f" humanitarian site validate {item.name}"
            )
    elif late_by(body, now) and body.late_reason is None:
        raise InvalidValue(
            f"{item.name} is late by {hours_text(late_by(body, now))}. Say why: enter it again with"
            " --late-reason TEXT."
        )


def doubts_text(doubts: Iterable[Doubt]) -> str:
    """Doubts by their names."""
    return ", ".join(name_of(doubt) for doubt in doubts)


def late_by(body: MovementEntered, now: int) -> int:
    """By how many ms a movement told now misses its lead time; 0 if it does not."""
    lead = EMERGENCY_LEAD_MS if body.emergency else LEAD_MS
    return max(0, now + lead - body.starts)


def late_as_received(movement: Movement) -> int:
    """The same as the receiving side sees it: it cannot know of an emergency but by the words."""
    return max(0, LEAD_MS - movement.window.start)


def hours_text(ms: int) -> str:
    """A lateness in whole hours and minutes."""
    minutes = -(-ms // 60_000)
    return f"{minutes // 60} h {minutes % 60} min"


def record_of(
    item: Item, mark: str, moment: Millis, contacts: Sequence[str] = ()
) -> Site | Movement:
    """The record that tells a party of an entry. contacts: of a movement, from its private part."""
    body = item.body
    if isinstance(body, SiteEntered):
        # What has begun is told from now on: a window may not lie further back than 400 days.
        window = Span(max(0, body.starts - moment), body.ends - max(body.starts, moment))
        return Site(
            body.sort,
            marked(body.name, mark),
            body.place,
            body.area,
            window,
            body.verified_by,
            min(0, body.verified_at - moment),
            body.revalidate_by - moment,
            body.contact,
            body.markings,
        )
    said = _movement_words(body, moment)
    return Movement(
        marked(body.name, mark),
        body.area,
        Span(body.starts - moment, body.ends - body.starts),
        body.vehicles,
        body.fleet,
        body.markings,
        body.staff,
        tuple(contacts),
        body.waiting,
        Words("en", said) if said else None,
    )


def _movement_words(body: MovementEntered, moment: Millis) -> str:
    said = ["Emergency movement."] if body.emergency else []
    if late := late_by(body, moment):
        said.append(f"Late by {hours_text(late)}. Reason stated: {body.late_reason}")
    return " ".join(said)
