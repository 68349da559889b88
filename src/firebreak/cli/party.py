"""`firebreak party`: one's own side: keys, offices, card."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firebreak.cli.frame import DirectoryOption, noun
from firebreak.cli.output import (
    day_of,
    fingerprint_lines,
    now,
    opened,
    refuse,
    say,
    table,
    warn,
)
from firebreak.cli.render import JsonOption, print_json
from firebreak.errors import InvalidValue, Malformed, Misuse
from firebreak.keys import SEED_BYTES, PublicKey, SigningKey
from firebreak.records.roster import (
    CARRIER_OFFICE,
    NODE_OFFICE,
    OFFICE_NAME,
    Roster,
    RosterEntry,
    SignedRoster,
    parse_signed_roster,
    sign_roster,
)
from firebreak.records.spelling import millis_of, parse_duration
from firebreak.store.directory import (
    LISTEN,
    NodeConfig,
    NodeDirectory,
    check_address,
    find_directory,
    read_card,
    read_file,
    write_file,
)
from firebreak.values import Millis

if TYPE_CHECKING:
    from firebreak.store.keyfiles import NodeSecrets

app = noun(
    "party",
    "A party's card is its roster: offices and public keys, signed by its root keys. It is given to"
    " the other side; the root fingerprint is read to them over the telephone.",
)

OFFICES = ("air duty officer", "senior duty officer")
YEARS = 3
CARRIER_LASTS, LONGEST_CARRIER = 14 * 86_400_000, 30 * 86_400_000
"""ms: how long the key of a carrier is good where nothing is said, and at most."""
_HEX_KEY = re.compile(rb"\s*([0-9A-Fa-f]{64})\s*")


@app.command()
def init(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The party's name, 1 to 40 characters.")
    ],
    directory: DirectoryOption = None,
    office: Annotated[
        list[str] | None,
        typer.Option(
            metavar="OFFICE",
            help="An office that signs, as often as needed. Without it: air duty officer and"
            " senior duty officer.",
            show_default=False,
        ),
    ] = None,
    listen: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Where the node listens.")
    ] = LISTEN,
    roots: Annotated[
        int, typer.Option(metavar="COUNT", help="Root keys, 1 to 16.", min=1, max=16)
    ] = 1,
    threshold: Annotated[
        int, typer.Option(metavar="COUNT", help="How many of them must sign.", min=1, max=16)
    ] = 1,
    mark: Annotated[
        str,
        typer.Option(
            metavar="MARK",
            help="EXERCISE or RECONSTRUCTION: stands on every screen and export of this side.",
            show_default=False,
        ),
    ] = "",
) -> None:
    """Make a party: root keys, node keys, a key for each office, and its card.

    Keys hold for 3 years from today, 0000Z. Nothing is overwritten.

    \b
    Example:
      firebreak party init ALPHA --dir alpha
      firebreak party init BRAVO --dir bravo --office "duty officer" --roots 3 --threshold 2
    """
    path = find_directory(directory)
    offices = tuple(office or OFFICES)
    config = NodeConfig(name, listen, mark=mark)
    _check_offices(offices)
    if threshold > roots:
        refuse(f"{threshold} of {roots} root keys cannot sign. Give a threshold of 1 to {roots}.")
    node = _create(path, config, offices, roots, threshold)
    _tell_new(node, roots, threshold)


def _check_offices(offices: tuple[str, ...]) -> None:
    for office in offices:
        try:
            OFFICE_NAME.plain(office)
        except Malformed as error:
            raise InvalidValue(f"The office {office!r} {error}. Name it otherwise.") from error
        if office != office.strip() or office == NODE_OFFICE:
            raise InvalidValue(f"{office!r} is no office's name. Name it otherwise.")
    if len(set(offices)) != len(offices):
        raise InvalidValue("An office is given twice. Give each once; a second key: party enrol.")


def _create(
    path: Path, config: NodeConfig, offices: tuple[str, ...], roots: int, threshold: int
) -> NodeDirectory:
    from firebreak.store.keyfiles import ROOT, create_node_keys, officer, write_secret
    from firebreak.store.sqlite import open_store

    node = NodeDirectory(path, config)
    secret = create_node_keys(path, secrets.token_bytes)
    root_keys = []
    for number in range(1, roots + 1):
        seed = secrets.token_bytes(SEED_BYTES)
        write_secret(node.root_file(number), ROOT, seed)
        root_keys.append(SigningKey(seed))
    keys = [secret.record.public]
    for index, office in enumerate(offices, 1):
        seed = secrets.token_bytes(SEED_BYTES)
        write_secret(node.officer_file(index, office), officer(office), seed)
        keys.append(SigningKey(seed).public)
    roster = _first_roster(config.party, threshold, root_keys, secret, keys, offices)
    # With the keys, and never later: keys without a store are keys whose store is lost.
    owner = secret.log.public.raw
    open_store(node.store, lambda callback: callback(), create=True, owner=owner).close()
    return NodeDirectory.create(path, config, sign_roster(roster, root_keys[:threshold]))


def _first_roster(
    party: str,
    threshold: int,
    roots: list[SigningKey],
    secret: NodeSecrets,
    keys: list[PublicKey],
    offices: tuple[str, ...],
) -> Roster:
    from firebreak.store.keyfiles import node_public

    start, end = _period()
    return Roster(
        party=party,
        version=1,
        threshold=threshold,
        roots=tuple(sorted(key.public.raw for key in roots)),
        node=node_public(secret),
        entries=tuple(
            RosterEntry(key.raw, office, start, end)
            for key, office in zip(keys, (NODE_OFFICE, *offices), strict=True)
        ),
    )


def _period() -> tuple[Millis, Millis]:
    """From today, 0000Z, for 3 years."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=now())
    today = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if (today.month, today.day) == (2, 29):
        today = today.replace(day=28)
    return millis_of(today), millis_of(today.replace(year=today.year + YEARS))


def _short(lasting: str | None) -> tuple[Millis, Millis]:
    """From now on, for so long; two weeks where nothing is said."""
    start = now()
    span = CARRIER_LASTS if lasting is None else parse_duration(lasting)
    return start, Millis(start + span)


def _tell_new(node: NodeDirectory, roots: int, threshold: int) -> None:
    roster = node.card().roster
    say(f"{roster.party} is ready in {node.path}.", "")
    say(*fingerprint_lines(roster.party, roster.root_fingerprint()), "")
    say(
        f"Card, to give to the other side: {node.card_file}",
        f"Root keys: {threshold} of {roots} must sign. They lie in {node.keys}; keep them on a"
        " stick in a safe, and put them back when something is to be signed.",
        "Next: exchange cards, then: firebreak agreement new --minimal --with CARD"
        f" --dir {node.path}",
    )


@app.command()
def card(
    directory: DirectoryOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Copy the card to this file.")
    ] = None,
    as_data: JsonOption = False,
) -> None:
    """Show this side's card, or copy it to a file to give away.

    \b
    Example:
      firebreak party card --dir alpha --out alpha.card
    """
    node = opened(directory)
    own = node.card()
    if out is None:
        _tell(own, as_data)
        return
    write_file(out, own.encoded())
    if as_data:
        print_json({**_plain(own), "file": str(out)})
    else:
        say(f"Card of {own.roster.party}, version {own.roster.version}: {out}")


@app.command()
def show(
    place: Annotated[Path, typer.Argument(metavar="FILE|DIR", help="A card, or a node.")],
    as_data: JsonOption = False,
) -> None:
    """Show any party's card: its offices, keys and root fingerprint.

    \b
    Example:
      firebreak party show bravo.card
    """
    _tell(NodeDirectory.open(place).card() if place.is_dir() else read_card(place), as_data)


def _tell(signed: SignedRoster, as_data: bool) -> None:
    if as_data:
        print_json(_plain(signed))
        return
    roster = signed.roster
    say(
        f"{roster.party}: card version {roster.version}, signed by {len(signed.signatures)} of"
        f" {len(roster.roots)} root keys ({roster.threshold} needed).",
        "",
    )
    say(*fingerprint_lines(roster.party, roster.root_fingerprint()), "")
    moment = now()
    rows = [
        (
            str(index),
            entry.office,
            _standing(entry, moment),
            f"{day_of(entry.valid_from)} to {day_of(entry.valid_until)}",
            PublicKey.parse(entry.key).key_id.hex(),
        )
        for index, entry in enumerate(roster.entries)
    ]
    table(rows, "No.", "Office", "State", "Valid (UTC)", "Key id")


def _plain(signed: SignedRoster) -> dict[str, object]:
    """What a card says: times in ms UTC, bytes in hexadecimal."""
    roster, moment = signed.roster, now()
    return {
        "party": roster.party,
        "version": roster.version,
        "root": roster.root_fingerprint().hex(),
        "roots": len(roster.roots),
        "threshold": roster.threshold,
        "signatures": len(signed.signatures),
        "keys": [
            {
                "index": index,
                "office": entry.office,
                "state": _standing(entry, moment),
                "valid_from": entry.valid_from,
                "valid_until": entry.valid_until,
                "key_id": PublicKey.parse(entry.key).key_id.hex(),
            }
            for index, entry in enumerate(roster.entries)
        ],
    }


def _standing(entry: RosterEntry, moment: Millis) -> str:
    if moment >= entry.valid_until:
        return "ended"
    return "valid" if moment >= entry.valid_from else "not yet"


@app.command()
def key(
    office: Annotated[
        str, typer.Argument(metavar="OFFICE", help="The office that the key is for.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The new key file.")],
) -> None:
    """Make an officer's key on the officer's own machine, and print its public half.

    \b
    Example:
      firebreak party key "air duty officer" --out petrov.key
    """
    from firebreak.store.keyfiles import officer, write_secret

    _check_offices((office,))
    seed = secrets.token_bytes(SEED_BYTES)
    write_secret(out, officer(office), seed)
    say(SigningKey(seed).public.raw.hex())
    warn(f"The secret key is in {out}; it stays here. Have the line above enrolled: party enrol.")


@app.command()
def enrol(
    office: Annotated[
        str, typer.Argument(metavar="OFFICE", help="The office that the key signs for.")
    ],
    directory: DirectoryOption = None,
    public_key: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|HEX",
            help="The officer's public key: 64 hexadecimal digits, or a file of them. Without it a"
            " key is made here.",
            show_default=False,
        ),
    ] = None,
    lasting: Annotated[
        str | None,
        typer.Option(
            "--for",
            metavar="DURATION",
            help="How long the key is good (336h). Without it: 3 years; of a carrier: two weeks.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Add an officer's key to the roster: a new version of the card, signed by the root keys.

    A key of the office "carrier" is for who carries bundles, such as an attaché: it signs custody and
    nothing else, and lasts 30 days at most.

    \b
    Examples:
      firebreak party enrol "air duty officer" --dir alpha --public-key petrov.pub
      firebreak party enrol carrier --for 336h --dir alpha
    """
    from firebreak.store.keyfiles import officer, write_secret

    node = opened(directory)
    roster = node.card().roster
    _check_offices((office,))
    index = len(roster.entries)
    if public_key is None:
        seed = secrets.token_bytes(SEED_BYTES)
        public = SigningKey(seed).public
    else:
        seed, public = b"", _public_key(public_key)
    start, end = _period() if lasting is None and office != CARRIER_OFFICE else _short(lasting)
    if office == CARRIER_OFFICE and end - start > LONGEST_CARRIER:
        raise InvalidValue("A carrier's key lasts 30 days at most. Shorten --for.")
    entry = RosterEntry(public.raw, office, start, end)
    signed = _next_card(node, replace(roster, entries=(*roster.entries, entry)))
    if seed:
        write_secret(node.officer_file(index, office), officer(office), seed)
    say(f"Public key: {public.raw.hex()}")
    _save(node, signed, f"Key {index} signs for {office} until {day_of(end)}.")


@app.command()
def revoke(
    index: Annotated[
        int, typer.Argument(metavar="NUMBER", help="The key's number: firebreak party card.")
    ],
    directory: DirectoryOption = None,
) -> None:
    """End an officer's key now: a new version of the card, signed by the root keys.

    What the key signed before counts still. Entries are never removed, so numbers never change.

    \b
    Example:
      firebreak party revoke 2 --dir alpha
    """
    node = opened(directory)
    roster = node.card().roster
    if not 1 <= index < len(roster.entries):
        refuse(f"There is no officer's key {index}; see the numbers by: firebreak party card")
    entry, moment = roster.entries[index], now()
    if entry.valid_until <= moment:
        refuse(f"Key {index} ended at {day_of(entry.valid_until)} already; nothing was changed.")
    ended = replace(entry, valid_until=Millis(max(moment, entry.valid_from)))
    entries = (*roster.entries[:index], ended, *roster.entries[index + 1 :])
    _save(
        node,
        _next_card(node, replace(roster, entries=entries)),
        f"Key {index} ({entry.office}) ended at {day_of(moment)}. Destroy its file.",
    )


@app.command()
def peer(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The other party's name, as on its card.")
    ],
    address: Annotated[
        str | None,
        typer.Argument(metavar="HOST:PORT", help="Where its node listens.", show_default=False),
    ] = None,
    directory: DirectoryOption = None,
    mail: Annotated[
        str | None,
        typer.Option(
            "--mail",
            metavar="ADDRESS",
            help="Its node's mail address, for when the wire does not reach it.",
            show_default=False,
        ),
    ] = None,
    narrow: Annotated[
        bool | None,
        typer.Option(
            "--narrow/--broad",
            help="Whether the line is slow or loses much, as radio does: then datagrams carry it,"
            " under seals that a quantum computer may open one day. Both sides must say the same."
            " Without it: as before, at first broad.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Note where another party's node is reached, and over what kind of line; or by mail.

    A running node goes on to the new address by itself. It takes up another kind of line when it
    starts again.

    \b
    Examples:
      firebreak party peer BRAVO 192.0.2.7:7140 --dir alpha
      firebreak party peer BRAVO --mail duty@bravo.example --dir alpha
    """
    if address is not None:
        check_address(address)
    node = opened(directory)
    if mail is not None:
        node = _peer_by_mail(node, name, mail)
    if address is None:
        if narrow is not None or mail is None:
            raise Misuse("Say where its node listens, HOST:PORT, or give its --mail ADDRESS.")
        return
    was = name in node.config.narrow
    node = node.with_peer(name, address, narrow)
    if not node.is_agreed_with(name):
        warn(f"No agreement kept here names {name}; check the name against its card.")
    now_narrow = name in node.config.narrow
    kind = "by a narrow line" if now_narrow else "by a broad line"
    again = " Restart the node to take it up." if now_narrow != was else ""
    say(f"{name} is reached at {address}, {kind}.{again}")


def _peer_by_mail(node: NodeDirectory, name: str, address: str) -> NodeDirectory:
    """The same node, with another party's mail address noted. Raises InvalidValue for none."""
    from firebreak.carriers.mail import check_address as check_mail_address
    from firebreak.store.directory import MailConfig

    check_mail_address(address)
    before = node.config.mail or MailConfig()
    node = node.with_mail(replace(before, peers={**before.peers, name: address}))
    if not node.is_agreed_with(name):
        warn(f"No agreement kept here names {name}; check the name against its card.")
    say(f"{name} is reached by mail at {address}, whenever no wire reaches it.")
    if not node.config.mail or not node.config.mail.server:
        warn("This node's own mail is not set up yet: firebreak mail setup.")
    return node


@app.command()
def relay(
    card: Annotated[Path, typer.Argument(metavar="CARD", help="The relay's card, a file.")],
    key: Annotated[
        str,
        typer.Option(
            "--key",
            metavar="HEX",
            help="Its custody key, as its people read it to you: 64 hexadecimal digits.",
        ),
    ],
    directory: DirectoryOption = None,
    address: Annotated[
        str | None,
        typer.Option(
            "--address",
            metavar="HOST:PORT",
            help="Where it listens. Without it, it is met by hand alone.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Know a relay: a third party that may carry what it cannot read, when a person says so.

    A running node takes it up when it starts again.

    \b
    Example:
      firebreak party relay swiss.card --key 61b1b7f0… --address 192.0.2.9:7150 --dir alpha
    """
    from firebreak.cli.relay import custody_key
    from firebreak.store.relay_directory import read_relay_card

    node = opened(directory)
    found = read_relay_card(card, custody_key(key).raw)
    node.keep_relay(found, read_file(card, "the relay's card"), address)
    where = "is met by hand" if address is None else f"is reached at {address}"
    say(f"The relay {found.name} {where}. Restart the node to take it up.")
    say("Nothing goes by it until somebody says so: firebreak bundle send --by RELAY")


def _next_card(node: NodeDirectory, roster: Roster) -> SignedRoster:
    """The next version of the card, signed by the root keys at hand. Raises Misuse."""
    before = node.card().roster
    made = replace(roster, version=before.version + 1)
    made.check_follows(before)
    keys = [key for key in node.root_keys() if key.public.raw in made.roots]
    if len(keys) < made.threshold:
        refuse(
            f"{len(keys)} root keys lie in {node.keys}, and {made.threshold} must sign."
            " Put the others back there (root-1.key, root-2.key …)."
        )
    return sign_roster(made, keys[: made.threshold])


def _save(node: NodeDirectory, signed: SignedRoster, done: str) -> None:
    parse_signed_roster(signed.encoded())
    node.save_card(signed)
    say(done, f"Card version {signed.roster.version}: {node.card_file}")
    if node.agreements_folder.is_dir():
        say("Restart the node, or run `firebreak line roster`, to announce it to the other side.")


def _public_key(given: str) -> PublicKey:
    """A public key from hexadecimal digits or a file of them. Raises InvalidValue."""
    found = _HEX_KEY.fullmatch(given.encode())
    if found is None:
        found = _HEX_KEY.fullmatch(read_file(Path(given), "the public key's file"))
    if found is None:
        raise InvalidValue(f"{given} holds no public key: 64 hexadecimal digits and nothing else.")
    return PublicKey.parse(bytes.fromhex(found[1].decode()))
