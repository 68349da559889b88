"""A relay's directory: what lies where, and typed access to it.

relay.toml    the relay's name, where it listens, the origin of its log
card          what it gives to the parties: name, origin, custody key, TLS certificate
parties/      cards of the parties that it carries for, by root fingerprint
agreements/   signed agreements by which it may read what is not sealed
keys/         secret keys (store/keyfiles.py); it signs custody with the log key
bundles/      sealed bundles that it holds, by the SHA-256 of their bytes
store.db      its log and its journal; relay.sock: where a running relay is talked to
"""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firebreak.errors import InvalidValue, KeyTrouble, Malformed, Misbehaviour, Misuse, Refused
from firebreak.keys import PublicKey
from firebreak.ledger.checkpoint import parse_origin
from firebreak.ledger.custody import RelayCard, open_card, sign_card
from firebreak.records.agreement import SignedAgreement
from firebreak.records.roster import SignedRoster
from firebreak.records.spelling import toml_table
from firebreak.store.directory import (
    AGREEMENT_SUFFIX,
    LISTEN,
    check_address,
    check_ours_alone,
    check_party,
    quoted,
    read_agreement,
    read_card,
    read_file,
    write_file,
)
from firebreak.store.keyfiles import NodeSecrets

RELAY_FILE: Final = "relay.toml"


@dataclass(frozen=True, slots=True)
class RelayConfig:
    """What relay.toml says. listen: `host:port`; origin: of its log, for good.

    Raises InvalidValue for a name, an address or an origin that is none.
    """

    name: str
    origin: str
    listen: str = LISTEN

    def __post_init__(self) -> None:
        check_party(self.name)
        check_address(self.listen)
        try:
            parse_origin(self.origin)
        except Malformed as error:
            raise InvalidValue(f"{RELAY_FILE}: {error}") from error

    def to_toml(self) -> str:
        """The text of relay.toml."""
        return (
            "# A Firebreak relay. It is read when the relay starts; the origin never changes.\n\n"
            f"name = {quoted(self.name)}\n"
            f"listen = {quoted(self.listen)}\n"
            f"origin = {quoted(self.origin)}\n"
        )

    @classmethod
    def from_toml(cls, text: str) -> RelayConfig:
        """Read relay.toml. Raises InvalidValue, naming the key, for anything that is not known."""
        table = toml_table(text, RELAY_FILE)
        unknown = set(table) - {"name", "listen", "origin"}
        if unknown:
            raise InvalidValue(f"{RELAY_FILE}: {min(unknown)} is no key of it. Remove it.")
        texts = [table.get("name"), table.get("origin"), table.get("listen", LISTEN)]
        if not all(isinstance(item, str) for item in texts):
            raise InvalidValue(f"{RELAY_FILE}: name, origin and listen are texts.")
        return cls(*map(str, texts))


@dataclass(frozen=True, slots=True)
class RelayDirectory:
    """One relay's directory. Made by `create`, later opened by `open`."""

    path: Path
    config: RelayConfig

    @classmethod
    def open(cls, path: Path) -> RelayDirectory:
        """The relay in this directory. Raises Misuse if there is none, KeyTrouble if others may write
        there, InvalidValue for its file."""
        file = path / RELAY_FILE
        if not file.is_file():
            raise Misuse(
                f"There is no relay in {path}. Make one: firebreak relay init {path} --name NAME"
            )
        check_ours_alone(path)
        try:
            text = read_file(file, "the relay's file").decode()
        except UnicodeDecodeError:
            raise InvalidValue(f"{file} is not UTF-8 text. Correct it, or put it back.") from None
        return cls(path, RelayConfig.from_toml(text))

    @classmethod
    def create(cls, path: Path, config: RelayConfig, secrets: NodeSecrets) -> RelayDirectory:
        """Finish a new relay, whose keys are there already. Raises Misuse if there is one."""
        if (path / RELAY_FILE).exists():
            raise Misuse(f"{path} holds a relay already; nothing was changed. Name another place.")
        made = cls(path, config)
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~0o022)  # whatever the umask is
        made.bundles.mkdir(exist_ok=True)
        card = RelayCard(config.name, config.origin, secrets.log.public.raw, secrets.certificate)
        write_file(made.card_file, sign_card(card, secrets.log))
        write_file(path / RELAY_FILE, config.to_toml().encode())
        return made

    @property
    def card_file(self) -> Path:
        return self.path / "card"

    @property
    def bundles(self) -> Path:
        return self.path / "bundles"

    @property
    def store(self) -> Path:
        return self.path / "store.db"

    @property
    def socket(self) -> Path:
        return self.path / "relay.sock"

    def bundle_file(self, digest: bytes) -> Path:
        """Where a sealed bundle lies, or would."""
        return self.bundles / f"{digest.hex()}.firebreak"

    def parties(self) -> list[SignedRoster]:
        """The cards of those that it carries for. Raises Misbehaviour for a damaged one."""
        return [read_card(path) for path in sorted((self.path / "parties").glob("*.card"))]

    def agreements(self) -> list[SignedAgreement]:
        """The agreements kept here. Raises Misbehaviour for a damaged one."""
        paths = sorted((self.path / "agreements").glob(f"*{AGREEMENT_SUFFIX}"))
        return [read_agreement(path) for path in paths]

    def keep_agreement(self, signed: SignedAgreement, key: bytes) -> None:
        """Keep an agreement that lets the relay of this custody key read. Raises Refused (C-21)."""
        if signed.missing():
            raise Refused(
                f"{' and '.join(signed.missing())} has not signed it: that is no consent."
            )
        if not any(relay.key == key and relay.readable for relay in signed.agreement.relays):
            raise Refused(
                "The agreement does not say that this relay may read. It carries what is sealed without"
                " any agreement."
            )
        name = signed.agreement.digest().hex()[:8] + AGREEMENT_SUFFIX
        write_file(self.path / "agreements" / name, signed.encoded())

    def admit(self, card: SignedRoster) -> None:
        """Carry for a party from now on; a later version of its card replaces an earlier one.

        Raises Misuse where another party of this name is carried for.
        """
        new = card.roster
        for known in self.parties():
            same = known.roster.root_fingerprint() == new.root_fingerprint()
            if known.roster.party == new.party and not same:
                raise Misuse(
                    f"Another party called {new.party} is carried for here. Compare fingerprints; move"
                    f" the card of the wrong one out of {self.path / 'parties'}."
                )
        name = f"{new.root_fingerprint().hex()[:16]}.card"
        write_file(self.path / "parties" / name, card.encoded())


def read_relay_card(path: Path, key: bytes) -> RelayCard:
    """A relay's card from a file, of the custody key that the user has by another way.

    Raises Misuse if it cannot be read, KeyTrouble for another key, Misbehaviour if it is no card.
    """
    data = read_file(path, "the relay's card")
    try:
        card = open_card(data)
    except Misbehaviour as error:
        raise type(error)(f"{path}: {error}") from error
    if PublicKey.parse(card.key) != PublicKey.parse(key):  # C-9
        raise KeyTrouble(
            f"{path} bears the custody key {card.key.hex()}, and another was given. One of the two is"
            " not the relay's: ask its people for the key again, by telephone."
        )
    return card
