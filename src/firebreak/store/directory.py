"""A node's directory: what lies where, and typed access to it.

node.toml     the party's name, where the node listens, the peers' addresses; what it watches
card          the party's own signed roster, as given out
cards/        cards of counterparts, by fingerprint; own/: every version of the own one
relays/       cards of relays, by custody key; given/: bundles that a relay has not taken yet
keys/         secret keys (store/keyfiles.py)
agreements/   signed agreements, by the first 8 digits of their digest
store.db      the store; node.sock: where a running node is talked to
"""

from __future__ import annotations

import json
import os
import re
import shlex
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from firebreak.errors import InvalidValue, KeyTrouble, Malformed, Misbehaviour, Misuse
from firebreak.keys import SEED_BYTES, SigningKey
from firebreak.ledger.custody import RelayCard, open_card
from firebreak.records.agreement import (
    Agreement,
    SealedSecret,
    SignedAgreement,
    parse_signed_agreement,
)
from firebreak.records.cbor import check_text
from firebreak.records.roster import SignedRoster, parse_signed_roster
from firebreak.records.spelling import toml_table
from firebreak.sealing import SealingKeys, SealingPublic, open_secret, seal_secret
from firebreak.store.keyfiles import KEYS_FOLDER, ROOT, officer, read_secret
from firebreak.values import PartyNumber

T = TypeVar("T")

ENVIRONMENT: Final = "FIREBREAK_DIR"
"""Names the node's directory where no option does."""
NODE_FILE: Final = "node.toml"
LISTEN: Final = "127.0.0.1:7140"
AGREEMENT_SUFFIX: Final = ".agreement"
MARKS: Final = ("", "EXERCISE", "RECONSTRUCTION")
"""What a node may be marked as by its own party; an agreement says for itself what it is."""

_TABLES: Final = ("relays", "watch", "mail", "summon")
_MOST_BYTES: Final = 1 << 20
_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH
_SLUG = re.compile(r"[^0-9a-z]+")
_ADDRESS = re.compile(
    r"(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z_-]{1,63}(?:\.[0-9A-Za-z_-]{1,63})*\.?):([1-9][0-9]{0,4})"
)


@dataclass(frozen=True, slots=True)
class WatchConfig:
    """What node.toml says of the watch, as texts: whoever starts the watch reads them.

    sources: as `firebreak watch run --source`; lines: files of lines and zones, relative to the node's
    directory; radars: where ASTERIX radars stand.
    """

    sources: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    radars: tuple[str, ...] = ()

    def to_toml(self) -> str:
        """The table as it stands in node.toml."""
        rows = (
            f"{name.name} = [{', '.join(map(quoted, getattr(self, name.name)))}]\n"
            for name in fields(self)
        )
        return "\n# The watch: tracks against agreed lines and zones\n[watch]\n" + "".join(rows)

    @classmethod
    def of_table(cls, table: object) -> WatchConfig:
        """The table [watch]. Raises InvalidValue, naming the key, for anything that is not known."""
        if not isinstance(table, dict):
            raise InvalidValue(f"{NODE_FILE}: watch is a table. Write [watch], then its keys.")
        names = {each.name for each in fields(cls)}
        for name, texts in table.items():
            if name not in names:
                raise InvalidValue(
                    f"{NODE_FILE}: {name} is no key of [watch]; its keys are sources, lines and"
                    " radars. Remove it."
                )
            if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
                raise InvalidValue(
                    f"{NODE_FILE}: {name} of [watch] is a list of texts, as in sources ="
                    ' ["sbs://127.0.0.1:30003"].'
                )
        return cls(**{name: tuple(texts) for name, texts in table.items()})


@dataclass(frozen=True, slots=True)
class MailConfig:
    """What node.toml says of mail, as texts: whoever mails reads them (spec/mail.md M-6).

    address: the node's own; server: `host:port` of its mail server; security: tls, starttls, or none
    for a server on this machine; password: a file, of the server's user; authority: a file of the
    certificates that are trusted in place of the system's; maildir: what is taken in. Files are
    relative to the node's directory. peers: mail addresses of parties.
    """

    address: str = ""
    server: str = ""
    security: str = "starttls"
    user: str = ""
    password: str = "mail.password"
    authority: str = ""
    maildir: str = "Maildir"
    peers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.peers:
            check_party(name)

    def to_toml(self) -> str:
        """The tables as they stand in node.toml."""
        rows = "".join(
            f"{each.name} = {quoted(getattr(self, each.name))}\n"
            for each in fields(self)
            if each.name != "peers"
        )
        peers = "".join(
            f"{quoted(name)} = {quoted(address)}\n" for name, address in self.peers.items()
        )
        return (
            f"\n# Mail: another way to nodes, and to people\n[mail]\n{rows}\n[mail.peers]\n{peers}"
        )

    @classmethod
    def of_table(cls, table: object) -> MailConfig:
        """The table [mail]. Raises InvalidValue, naming the key, for anything that is not known."""
        if not isinstance(table, dict):
            raise InvalidValue(f"{NODE_FILE}: mail is a table. Write [mail], then its keys.")
        names = {each.name for each in fields(cls)}
        for name, value in table.items():
            if name not in names:
                raise InvalidValue(f"{NODE_FILE}: {name} is no key of [mail]. Remove it.")
            if name == "peers" and not isinstance(value, dict):
                raise InvalidValue(f"{NODE_FILE}: write [mail.peers], then NAME = ADDRESS.")
            texts = value.values() if isinstance(value, dict) and name == "peers" else [value]
            if not all(isinstance(text, str) for text in texts):
                raise InvalidValue(
                    f'{NODE_FILE}: {name} of [mail] is a text, as address = "duty@alpha.example".'
                )
        return cls(**table)


@dataclass(frozen=True, slots=True)
class SummonConfig:
    """What node.toml says of summoning. commander, interpreter: their telephones; run: a program that
    the node starts, the first word its path, without a shell and with nothing of the reason."""

    commander: str = ""
    interpreter: str = ""
    run: tuple[str, ...] = ()

    def to_toml(self) -> str:
        """The table as it stands in node.toml."""
        return (
            "\n# Whom `firebreak summon` calls\n[summon]\n"
            f"commander = {quoted(self.commander)}\ninterpreter = {quoted(self.interpreter)}\n"
            f"run = [{', '.join(map(quoted, self.run))}]\n"
        )

    @classmethod
    def of_table(cls, table: object) -> SummonConfig:
        """The table [summon]. Raises InvalidValue, naming the key, for anything that is not known."""
        if not isinstance(table, dict):
            raise InvalidValue(f"{NODE_FILE}: summon is a table. Write [summon], then its keys.")
        for name, value in table.items():
            if name not in {each.name for each in fields(cls)}:
                raise InvalidValue(f"{NODE_FILE}: {name} is no key of [summon]. Remove it.")
            words = value if isinstance(value, list) and name == "run" else [value]
            if not all(isinstance(word, str) for word in words) or (words is not value) == (
                name == "run"
            ):
                raise InvalidValue(
                    f"{NODE_FILE}: in [summon], commander and interpreter are texts, and run is a"
                    ' list of words, as run = ["/usr/local/bin/page", "desk"].'
                )
        given: dict[str, Any] = {**table, "run": tuple(table.get("run", ()))}
        return cls(**given)


@dataclass(frozen=True, slots=True)
class NodeConfig:
    """What node.toml says. listen and the peers' addresses: `host:port`.

    narrow: peers to which the line is slow or loses much, and goes by datagrams.
    watch, mail, summon: None where the node does not. relays: where those relays are reached that are not met
    by hand alone. mark: stands on every screen and export, "" for none. Raises InvalidValue for a
    name, an address or a mark that is none.
    """

    party: str
    listen: str = LISTEN
    peers: Mapping[str, str] = field(default_factory=dict)
    narrow: tuple[str, ...] = ()
    watch: WatchConfig | None = None
    relays: Mapping[str, str] = field(default_factory=dict)
    mail: MailConfig | None = None
    mark: str = ""
    summon: SummonConfig | None = None

    def __post_init__(self) -> None:
        if self.mark not in MARKS:
            raise InvalidValue(
                f"{self.mark!r} is no mark. Give EXERCISE or RECONSTRUCTION, or none."
            )
        for name in (self.party, *self.peers, *self.narrow, *self.relays):
            check_party(name)
        for address in (self.listen, *self.peers.values(), *self.relays.values()):
            check_address(address)

    def to_toml(self) -> str:
        """The text of node.toml."""
        peers = "".join(
            f"{quoted(name)} = {quoted(address)}\n" for name, address in self.peers.items()
        )
        narrow = ", ".join(quoted(name) for name in self.narrow)
        relays = "".join(
            f"{quoted(name)} = {quoted(address)}\n" for name, address in self.relays.items()
        )
        if relays:
            relays = f"\n# Where relays are reached, which carry what they cannot read\n[relays]\n{relays}"
        return (
            "# A Firebreak node. The node reads this when it starts; the peers' addresses always.\n\n"
            f"party = {quoted(self.party)}\n"
            + (f"mark = {quoted(self.mark)}\n" if self.mark else "")
            + f"listen = {quoted(self.listen)}\n"
            "# Lines that are slow or lose much, set alike on both sides: names of peers\n"
            f"narrow = [{narrow}]\n\n"
            "# Where the other parties' nodes are reached: name = host:port\n"
            f"[peers]\n{peers}{relays}"
        ) + "".join(
            part.to_toml() for part in (self.watch, self.mail, self.summon) if part is not None
        )

    @classmethod
    def from_toml(cls, text: str) -> NodeConfig:
        """Read node.toml. Raises InvalidValue, naming the key, for anything that is not known."""
        table = toml_table(text, NODE_FILE)
        unknown = set(table) - {"party", "listen", "narrow", "peers", "mark", *_TABLES}
        if unknown:
            raise InvalidValue(f"{NODE_FILE}: {min(unknown)} is no key of it. Remove it.")
        peers, relays = table.get("peers", {}), table.get("relays", {})
        texts = [table.get("party"), table.get("listen", LISTEN), table.get("mark", "")]
        if (
            not isinstance(peers, dict)
            or not isinstance(relays, dict)
            or not all(
                isinstance(item, str) for item in (*texts, *peers.values(), *relays.values())
            )
        ):
            raise InvalidValue(
                f"{NODE_FILE}: party, listen, mark, each peer and each relay are texts, as in listen ="
                f' "{LISTEN}".'
            )
        narrow = table.get("narrow", [])
        if not isinstance(narrow, list) or not all(isinstance(name, str) for name in narrow):
            raise InvalidValue(f'{NODE_FILE}: narrow is a list of names, as in narrow = ["BRAVO"].')
        watch = WatchConfig.of_table(table["watch"]) if "watch" in table else None
        mail = MailConfig.of_table(table["mail"]) if "mail" in table else None
        summon = SummonConfig.of_table(table["summon"]) if "summon" in table else None
        party, listen, mark = map(str, texts)
        return cls(party, listen, peers, tuple(narrow), watch, relays, mail, mark, summon)


def check_address(address: str) -> None:
    """Raises InvalidValue unless this is host:port, an IPv6 host in square brackets."""
    found = _ADDRESS.fullmatch(address)
    if found is None or int(found[1]) > 65_535:
        raise InvalidValue(f"{address!r} is no address. Write host:port, as in {LISTEN}.")


def find_directory(option: Path | None) -> Path:
    """The directory that the option names, or the environment, or this one if a node is here.

    Raises Misuse where none does.
    """
    if option is not None:
        return option
    if named := os.environ.get(ENVIRONMENT):
        return Path(named)
    if Path(NODE_FILE).is_file():
        return Path()
    raise Misuse(
        f"Which node? Give --dir DIR, or set {ENVIRONMENT}."
        " A new one is made by: firebreak party init NAME --dir DIR"
    )


@dataclass(frozen=True, slots=True)
class NodeDirectory:
    """One node's directory. Made by `create`, later opened by `open`."""

    path: Path
    config: NodeConfig

    @classmethod
    def open(cls, path: Path) -> NodeDirectory:
        """The node in this directory.

        Raises Misuse if there is none, KeyTrouble if others may write there, InvalidValue for its
        file.
        """
        file = path / NODE_FILE
        if not file.is_file():
            raise Misuse(
                f"There is no node in {path}. Make one: firebreak party init NAME --dir {path}"
            )
        check_ours_alone(path)
        try:
            text = read_file(file, "the node's file").decode()
        except UnicodeDecodeError:
            raise InvalidValue(f"{file} is not UTF-8 text. Correct it, or put it back.") from None
        return cls(path, NodeConfig.from_toml(text))

    @classmethod
    def create(cls, path: Path, config: NodeConfig, card: SignedRoster) -> NodeDirectory:
        """Finish a new node, whose keys are there already. Raises Misuse if there is one."""
        if (path / NODE_FILE).exists():
            raise Misuse(f"{path} holds a node already; nothing was changed. Name another place.")
        made = cls(path, config)
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OTHERS_WRITE)  # whatever the umask is
        made.save_card(card)
        write_file(path / NODE_FILE, config.to_toml().encode())
        return made

    @property
    def keys(self) -> Path:
        return self.path / KEYS_FOLDER

    @property
    def card_file(self) -> Path:
        return self.path / "card"

    @property
    def agreements_folder(self) -> Path:
        return self.path / "agreements"

    @property
    def store(self) -> Path:
        return self.path / "store.db"

    @property
    def socket(self) -> Path:
        return self.path / "node.sock"

    def with_peer(self, name: str, address: str, narrow: bool | None = None) -> NodeDirectory:
        """The same node, with a peer's address added or replaced in node.toml.

        narrow: whether its line is; None to leave that as it is.
        """
        peers = {**self.config.peers, name: address}
        lines = [other for other in self.config.narrow if other != name or narrow is None]
        config = replace(
            self.config, peers=peers, narrow=(*lines, name) if narrow else tuple(lines)
        )
        write_file(self.path / NODE_FILE, config.to_toml().encode())
        return NodeDirectory(self.path, config)

    def with_mail(self, mail: MailConfig) -> NodeDirectory:
        """The same node, with its mail set in node.toml."""
        config = replace(self.config, mail=mail)
        write_file(self.path / NODE_FILE, config.to_toml().encode())
        return NodeDirectory(self.path, config)

    def card(self) -> SignedRoster:
        """The party's own card. Raises Misuse or Misbehaviour if it is missing or damaged."""
        card = read_card(self.card_file)
        if card.roster.party != self.config.party:
            raise Misuse(
                f"{self.card_file} is the card of {card.roster.party}, but this node is"
                f" {self.config.party}'s. Put the right card back."
            )
        return card

    def save_card(self, card: SignedRoster) -> None:
        """Replace the own card; every version is kept, to be announced one after the other."""
        card.verify()
        write_file(self._version_file(card.roster.version), card.encoded())
        write_file(self.card_file, card.encoded())

    def own_cards(self, after: int) -> list[SignedRoster]:
        """The own card's versions after this one, oldest first. Raises Misuse or Misbehaviour."""
        newest = self.card().roster.version
        return [read_card(self._version_file(n)) for n in range(after + 1, newest + 1)]

    def _version_file(self, version: int) -> Path:
        return self.path / "cards" / "own" / f"{version}.card"

    def counterpart_cards(self) -> list[SignedRoster]:
        """Cards of counterparts kept here. Raises Misbehaviour for a damaged one."""
        return [read_card(path) for path in sorted((self.path / "cards").glob("*.card"))]

    def keep_card(self, card: SignedRoster) -> None:
        """Keep a counterpart's card; a later version of it replaces an earlier one."""
        name = f"{card.roster.root_fingerprint().hex()[:16]}.card"
        write_file(self.path / "cards" / name, card.encoded())

    def relay_cards(self) -> list[RelayCard]:
        """Cards of relays kept here. Raises Misbehaviour for a damaged one."""
        paths = sorted((self.path / "relays").glob("*.card"))
        return [_read_as(path, "the relay's card", open_card) for path in paths]

    def keep_relay(self, card: RelayCard, signed: bytes, address: str | None) -> NodeDirectory:
        """The same node, with a relay known to it. address: None for one that is met by hand alone.

        Raises Misuse where another relay bears the name.
        """
        for known in self.relay_cards():
            if known.name == card.name and known.key != card.key:
                raise Misuse(
                    f"Another relay called {card.name} is known here. Compare custody keys; move the"
                    f" card of the wrong one out of {self.path / 'relays'}."
                )
        write_file(self.path / "relays" / f"{card.key.hex()[:16]}.card", signed)
        relays = {name: at for name, at in self.config.relays.items() if name != card.name}
        if address is not None:
            relays[card.name] = address
        config = replace(self.config, relays=relays)
        write_file(self.path / NODE_FILE, config.to_toml().encode())
        return NodeDirectory(self.path, config)

    @property
    def given(self) -> Path:
        """Where sealed bundles lie that are to go by a relay and that none has taken yet."""
        return self.path / "relays" / "given"

    def root_keys(self) -> list[SigningKey]:
        """The root keys that lie in keys/ now: all, some or none of the party's."""
        paths = sorted(self.keys.glob("root*.key")) if self.keys.is_dir() else []
        return [read_signing_key(path, ROOT) for path in paths]

    def root_file(self, number: int) -> Path:
        """Where root key `number`, from 1, lies."""
        return self.keys / f"root-{number}.key"

    def officer_file(self, index: int, office: str) -> Path:
        """Where the key of a roster entry lies, if it lies here."""
        return self.keys / f"officer-{index}-{_slug(office)}.key"

    def officer_key(self, index: int, office: str) -> SigningKey:
        """An officer's key. Raises KeyTrouble if it does not lie here."""
        return read_signing_key(self.officer_file(index, office), officer(office))

    def agreement_file(self, agreement: Agreement) -> Path:
        """Where an agreement lies, or would."""
        name = agreement.digest().hex()[:8] + AGREEMENT_SUFFIX
        return self.agreements_folder / name

    def agreements(self) -> list[SignedAgreement]:
        """All agreements kept, verified, oldest version first. Raises Misbehaviour for a bad one."""
        paths = sorted(self.agreements_folder.glob(f"*{AGREEMENT_SUFFIX}"))
        kept = [read_agreement(path) for path in paths]
        return sorted(kept, key=lambda item: (item.agreement.id, item.agreement.version))

    def keep_agreement(self, signed: SignedAgreement) -> Path:
        """Keep an agreement, in place of the same one with fewer signatures. Raises Misuse."""
        path = self.agreement_file(signed.agreement)
        if path.exists() and read_agreement(path).agreement != signed.agreement:
            raise Misuse(f"{path} is another agreement; nothing was changed. Move it away first.")
        write_file(path, signed.encoded())
        return path

    def is_agreed_with(self, peer: str) -> bool:
        """Whether an agreement kept here names this party; True where there is none yet."""
        kept = self.agreements()
        return not kept or any(
            party.name == peer for signed in kept for party in signed.agreement.parties
        )

    def our_number(self, agreement: Agreement) -> PartyNumber:
        """Our party's number in an agreement. Raises Misuse if we are no party to it.

        Name and root fingerprint must both be ours.
        """
        fingerprint = self.card().roster.root_fingerprint()
        for number, party in enumerate(agreement.parties):
            if party.fingerprint == fingerprint and party.name == self.config.party:
                return PartyNumber(number)
        names = " and ".join(party.name for party in agreement.parties)
        raise Misuse(
            f"This agreement is between {names}; {self.config.party}, with the root keys of this"
            " node, is no party to it. Name the right node by --dir."
        )


def sealed_secrets(
    agreement: Agreement, giver: PartyNumber, secret: bytes, cards: Sequence[SignedRoster]
) -> tuple[SealedSecret, ...]:
    """A party's reader secret sealed to each party, the giver too (A-17). cards: in party order."""
    sealed = []
    for number, card in enumerate(cards):
        to = SealingPublic(card.roster.node.x25519, card.roster.node.xwing)
        context = agreement.secret_context(giver, PartyNumber(number))
        sealed.append((number, seal_secret(secret, to, context)))
    return tuple(sealed)


def reader_secret(
    signed: SignedAgreement, giver: PartyNumber, us: PartyNumber, keys: Sequence[SealingKeys]
) -> bytes:
    """The reader secret of one party's logs, 32 bytes, opened with our sealing keys.

    Raises Misuse if that party has not signed, Misbehaviour if it gave us none.
    """
    for signature in signed.signatures:
        if signature.party == giver:
            sealed = dict(signature.secrets)[us]
            return open_secret(sealed, keys, signed.agreement.secret_context(giver, us))
    name = signed.agreement.parties[giver].name
    raise Misuse(f"{name} has not signed this agreement yet. Send it to them to sign.")


def read_card(path: Path) -> SignedRoster:
    """A card file, verified. Raises Misuse if it cannot be read, Misbehaviour if it is no card."""
    return _read_as(path, "the card file", parse_signed_roster)


def read_agreement(path: Path) -> SignedAgreement:
    """An agreement file, its signatures verified. Raises Misuse or Misbehaviour."""
    return _read_as(path, "the agreement file", parse_signed_agreement)


def read_signing_key(path: Path, purpose: str) -> SigningKey:
    """An Ed25519 key from its key file. Raises KeyTrouble."""
    raw = read_secret(path, purpose)
    if len(raw) != SEED_BYTES:
        raise KeyTrouble(f"The key file {path} is damaged. Put it back from its backup.")
    return SigningKey(raw)


def read_file(path: Path, what: str) -> bytes:
    """A small file's bytes. Raises Misuse if it cannot be read, Malformed if it is no small file."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise Misuse(f"{what.capitalize()} {path} is not there. Give its right name.") from None
    except OSError as error:
        raise Misuse(f"{what.capitalize()} {path} cannot be read: {error.strerror}.") from error
    if len(data) > _MOST_BYTES:
        raise Malformed(f"{path} has more than {_MOST_BYTES} bytes; it is not {what}.")
    return data


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole and durable, or not at all; it replaces an older one. Raises Misuse."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with unfinished.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise Misuse(
            f"{path} cannot be written: {error.strerror}. Choose a place that this user may write."
        ) from error


def _read_as(path: Path, what: str, parse: Callable[[bytes], T]) -> T:
    data = read_file(path, what)
    try:
        return parse(data)
    except Misbehaviour as error:
        raise type(error)(f"{path}: {error}") from error


def check_ours_alone(path: Path) -> None:
    """Whoever may write in the folder may put other files there, keys too. Raises KeyTrouble."""
    if stat.S_IMODE(path.stat().st_mode) & _OTHERS_WRITE:
        raise KeyTrouble(
            f"Others on this machine can write in {path}, so its files may not be ours."
            f" Close it, then look whether anything was changed: chmod go-w {shlex.quote(str(path))}"
        )


def check_party(name: str) -> None:
    try:
        check_text(name)
    except Malformed as error:
        raise InvalidValue(f"The party's name {name!r}: {error}") from error
    if not 1 <= len(name) <= 40 or name != name.strip():
        raise InvalidValue(
            f"{name!r} is no party's name. Give 1 to 40 characters, no space at either end."
        )


def quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False)


def _slug(text: str) -> str:
    return _SLUG.sub("-", text.lower()).strip("-")[:40] or "office"
