"""`firebreak agreement`: draft, sign, check, show and compare agreements.

Two people pass one file back and forth: ALPHA drafts (`new`) and signs, BRAVO signs, ALPHA keeps.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated

import typer

from firebreak.cli.frame import DirectoryOption, noun
from firebreak.cli.output import (
    DAY_MS,
    day_of,
    fingerprint_lines,
    now,
    opened,
    refuse,
    say,
    warn,
)
from firebreak.cli.render import JsonOption, print_json
from firebreak.cli.summary import as_json, summary
from firebreak.errors import InvalidValue, Malformed
from firebreak.keys import spoken
from firebreak.records.agreement import (
    Agreement,
    Channel,
    EvidenceMode,
    SignedAgreement,
    parse_signed_agreement,
    sign_agreement,
)
from firebreak.records.differences import differences
from firebreak.records.drafting import (
    draft_to_toml,
    minimal,
    next_version,
    party_of,
    read_draft,
    standard,
    toml_to_agreement,
)
from firebreak.records.roster import SignedRoster
from firebreak.records.spelling import name_of, named
from firebreak.store.directory import (
    AGREEMENT_SUFFIX,
    NodeDirectory,
    read_agreement,
    read_card,
    read_file,
    reader_secret,
    sealed_secrets,
    write_file,
)
from firebreak.values import Millis, PartyNumber

app = noun(
    "agreement",
    "Two people pass one file back and forth: one side drafts (new) and signs it, the other signs"
    " it, the first keeps it (keep).",
)

_FILE_BEGINS = b"\x82"
"""An agreement file's first byte; no text begins with it."""
_MINUTE = 60_000
_GROUPS_ASKED = 2

DraftFile = Annotated[Path, typer.Argument(metavar="FILE", help="A draft or an agreement file.")]
CardOption = Annotated[
    list[Path] | None,
    typer.Option("--with", metavar="CARD", help="The other party's card file.", show_default=False),
]


@app.command()
def new(
    card: Annotated[
        Path, typer.Option("--with", metavar="CARD", help="The other party's card file.")
    ],
    directory: DirectoryOption = None,
    small: Annotated[
        bool,
        typer.Option(
            "--minimal",
            help="Two offices and one channel. Without it: every office on both cards, and the"
            " command channel for complaints and statements.",
        ),
    ] = False,
    channel: Annotated[
        str, typer.Option(metavar="NAME", help="The channel to speak on.")
    ] = name_of(Channel.AIR),
    days: Annotated[
        int, typer.Option(metavar="DAYS", help="How long it holds, 1 to 366 days.", min=1, max=366)
    ] = 30,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="The draft to write; not overwritten.")
    ] = Path("draft.toml"),
) -> None:
    """Draft an agreement with another party: a text to read, change and sign.

    It is an exercise agreement, evidence provable, publication by consent of both, from now on.

    \b
    Example:
      firebreak agreement new --minimal --dir alpha --with bravo.card --days 30
    """
    from firebreak.phrases import catalogue_hash

    node = opened(directory)
    ours, theirs = node.card(), read_card(card)
    if out.exists():
        refuse(f"{out} is there already; nothing was changed. Give another name by --out.")
    template = minimal if small else standard
    draft = template(
        ours,
        theirs,
        seed=secrets.token_bytes(32),
        start=Millis(now() // _MINUTE * _MINUTE),
        days=days,
        catalogue=catalogue_hash(),
        channel=named(Channel, channel),
    )
    node.keep_card(theirs)
    write_file(out, draft_to_toml(draft).encode())
    for party in draft.parties:
        say(*fingerprint_lines(party.name, party.fingerprint), "")
    say(
        f"Draft: {out}",
        f"Next: 1. read and change {out}; 2. telephone {theirs.roster.party} on a number that you"
        " had before, and read the fingerprints to each other, each his own;"
        f" 3. firebreak agreement sign {out} --dir {node.path}",
    )


@app.command()
def amend(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The agreement in force.")],
    directory: DirectoryOption = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="The draft to write; not overwritten.")
    ] = Path("draft.toml"),
) -> None:
    """Draft the next version of an agreement: the same, with the parties' present cards.

    \b
    Example:
      firebreak agreement amend draft.agreement --dir alpha --out second.toml
    """
    node = opened(directory)
    signed = read_agreement(file)
    node.our_number(signed.agreement)
    if out.exists():
        refuse(f"{out} is there already; nothing was changed. Give another name by --out.")
    draft = next_version(signed.agreement, [node.card(), *node.counterpart_cards()])
    write_file(out, draft_to_toml(draft).encode())
    say(f"Draft of version {draft.version}: {out}", f"Next: change it, then: agreement sign {out}")


@app.command()
def sign(
    file: DraftFile,
    directory: DirectoryOption = None,
    card: CardOption = None,
    fingerprint: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HEX",
            help="The other party's whole root fingerprint, as read to you on the telephone; then"
            " nothing is asked.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Sign a draft, or an agreement that the other side has signed, with the root keys at hand.

    Shows what it says, then asks for two groups of the other side's fingerprint, as read to you on
    the telephone. Writes the agreement file, and keeps it in the node's directory.

    \b
    Example:
      firebreak agreement sign draft.toml --dir alpha
    """
    node = opened(directory)
    given = [read_card(path) for path in card or ()]
    cards = [node.card(), *given, *node.counterpart_cards()]
    signed = _load(file, cards)
    agreement = signed.agreement
    us = _check_signable(node, signed)
    them = PartyNumber(1 - us)
    theirs = _their_card(signed, them, cards)
    target = file if read_file(file, "the file")[:1] == _FILE_BEGINS else _beside(file)
    summary(agreement, theirs_hidden=them)
    _warn_of_offices(node, agreement, us)
    _confirm(agreement, them, fingerprint or [])
    made = _signed_by_us(node, signed, us, theirs)
    write_file(target, made.encoded())
    node.keep_card(theirs)
    node.keep_agreement(made)
    _tell_signed(node, made, target, theirs.roster.party)


def _check_signable(node: NodeDirectory, signed: SignedAgreement) -> PartyNumber:
    """Our number in an agreement that we may sign now. Raises Misuse."""
    from firebreak.phrases import catalogue_hash

    agreement = signed.agreement
    us = node.our_number(agreement)
    if agreement.evidence is EvidenceMode.DENIABLE:
        refuse(
            "This version offers provable evidence only: every record is signed. Draft the agreement"
            ' with evidence = "provable", or do not sign.'
        )
    _check_time(agreement)
    if agreement.catalogue != catalogue_hash():
        refuse(
            "The agreement names other phrases than this installation has. Both sides need the same"
            " version of Firebreak; then draft anew."
        )
    if agreement.parties[us] != party_of(node.card()):
        refuse("Your card has changed since this was drafted. Draft anew with the present card.")
    if any(signature.party == us for signature in signed.signatures):
        refuse("Your side has signed this already; nothing was changed.")
    return us


def _check_time(agreement: Agreement) -> None:
    if now() >= agreement.valid_until:
        refuse(
            f"The agreement ended at {day_of(agreement.valid_until)}. Draft a new one:"
            " firebreak agreement new"
        )


def _their_card(
    signed: SignedAgreement, them: PartyNumber, cards: list[SignedRoster]
) -> SignedRoster:
    for signature in signed.signatures:
        if signature.party == them:
            return signature.roster
    party = signed.agreement.parties[them]
    for card in cards:
        if party_of(card) == party:
            return card
    return refuse(f"The card of {party.name} is not here. Give it: --with CARD")


def _warn_of_offices(node: NodeDirectory, agreement: Agreement, us: PartyNumber) -> None:
    moment = now()
    held = {
        entry.office
        for entry in node.card().roster.entries
        if entry.valid_from <= moment < entry.valid_until
    }
    for office in agreement.offices:
        if office.party == us and office.role not in held:
            warn(f"Note: no valid key on your card signs for {office.role}. Enrol one.")


def _confirm(agreement: Agreement, them: PartyNumber, given: list[str]) -> None:
    """Refuse unless the operator has the other party's fingerprint by another way.

    Groups are asked at random, so that a card forged to match some of them does not pass.
    """
    party = agreement.parties[them]
    mismatch = (
        f"That is not the root fingerprint of {party.name} in this file; nothing was signed."
        " Somebody may have exchanged the card or the file: get both again another way, and"
        " telephone again."
    )
    if given:
        known = {p.fingerprint.hex() for p in agreement.parties}
        digits = {"".join(text.split()).lower() for text in given}
        if party.fingerprint.hex() not in digits or not digits <= known:
            refuse(mismatch)
        return
    groups = spoken(party.fingerprint).split()
    say(f"Have {party.name} read its root fingerprint to you on the telephone: 16 groups of 4.")
    for place in sorted(secrets.SystemRandom().sample(range(len(groups)), _GROUPS_ASKED)):
        answer: str = typer.prompt(f"Type group {place + 1} of the 16")
        if "".join(answer.split()).lower() != groups[place]:
            refuse(mismatch)


def _signed_by_us(
    node: NodeDirectory, signed: SignedAgreement, us: PartyNumber, theirs: SignedRoster
) -> SignedAgreement:
    """The agreement with our signature added, read back from its own bytes. Raises Misuse."""
    agreement, ours = signed.agreement, node.card()
    keys = [key for key in node.root_keys() if key.public.raw in ours.roster.roots]
    if len(keys) < ours.roster.threshold:
        refuse(
            f"{len(keys)} root keys lie in {node.keys}, and {ours.roster.threshold} must sign."
            " Put the others back there (root-1.key, root-2.key …)."
        )
    cards = [ours, theirs] if us == 0 else [theirs, ours]
    sealed = sealed_secrets(agreement, us, _our_secret(node, agreement, us), cards)
    signature = sign_agreement(agreement, us, ours, sealed, keys[: ours.roster.threshold])
    made = signed.with_signature(signature)
    try:
        return parse_signed_agreement(made.encoded())
    except Malformed as error:
        raise InvalidValue(f"The agreement cannot be signed as it is: {error}") from error


def _our_secret(node: NodeDirectory, agreement: Agreement, us: PartyNumber) -> bytes:
    """A new reader secret; that of the version before, where there is one: the logs go on."""
    if agreement.previous is None:
        return secrets.token_bytes(32)
    from firebreak.store.keyfiles import NodeSecrets

    for kept in node.agreements():
        if kept.agreement.digest() == agreement.previous:
            agreement.check_follows(kept.agreement)
            return reader_secret(kept, us, us, [NodeSecrets.load(node.path).sealing])
    return refuse("The version before this one is not kept here. Keep it first: agreement keep")


def _beside(file: Path) -> Path:
    target = file.with_suffix(AGREEMENT_SUFFIX)
    if target.exists():
        refuse(f"{target} is there already; nothing was signed. Move it away first.")
    return target


def _tell_signed(node: NodeDirectory, signed: SignedAgreement, target: Path, other: str) -> None:
    say("", f"Signed for {node.config.party}: {target}")
    if signed.missing():
        say(
            f"Next: send {target} to {other}; there: firebreak agreement sign {target.name}."
            f" When it is back: firebreak agreement keep {target.name} --dir {node.path}"
        )
    else:
        say(
            f"Both have signed. Send {target} back to {other};"
            f" there: firebreak agreement keep {target.name}."
            f" Here: firebreak node run --dir {node.path}"
        )


@app.command()
def keep(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The agreement both have signed.")],
    directory: DirectoryOption = None,
) -> None:
    """Keep the agreement that came back with the other side's signature.

    \b
    Example:
      firebreak agreement keep draft.agreement --dir alpha
    """
    node = opened(directory)
    signed = read_agreement(file)
    us = node.our_number(signed.agreement)
    _check_time(signed.agreement)
    if missing := signed.missing():
        if node.config.party in missing:
            refuse("Your side has not signed this. Sign it: firebreak agreement sign")
        refuse(f"{' and '.join(missing)} has not signed this yet. Send it to them to sign.")
    _check_ours(node, signed, us)
    path = node.keep_agreement(signed)
    node.keep_card(signed.roster_of(1 - us))
    say(f"Kept: {path}", f"Next: firebreak node run --dir {node.path}")


def _check_ours(node: NodeDirectory, signed: SignedAgreement, us: PartyNumber) -> None:
    """Refuse what contradicts an agreement that is kept here already."""
    for kept in node.agreements():
        same = kept.agreement == signed.agreement
        if not same and (kept.agreement.id, kept.agreement.version) == (
            signed.agreement.id,
            signed.agreement.version,
        ):
            refuse(
                f"Another version {kept.agreement.version} of this agreement is kept here:"
                f" {node.agreement_file(kept.agreement)}. Compare them: firebreak agreement diff"
            )
        mine = [s for s in kept.signatures if s.party == us]
        if same and mine and mine != [s for s in signed.signatures if s.party == us]:
            refuse(
                "Your side's signature in this file is not the one that you gave. Ask for it again."
            )


@app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An agreement file.")],
    as_data: JsonOption = False,
) -> None:
    """Verify every signature on an agreement. Exit code 0 only if both parties have signed.

    The signatures prove who signed only as far as you know the root fingerprints.

    \b
    Example:
      firebreak agreement check draft.agreement
    """
    signed = read_agreement(file)
    if as_data:
        print_json(_standing(signed))
    else:
        _tell_standing(signed)
    if missing := signed.missing():
        refuse(f"{' and '.join(missing)} has not signed; the agreement is not in force.")


def _standing(signed: SignedAgreement) -> dict[str, object]:
    """Who has signed, and when it holds: times in ms UTC, bytes in hexadecimal."""
    agreement, moment = signed.agreement, now()
    return {
        "title": agreement.title,
        "version": agreement.version,
        "digest": agreement.digest().hex(),
        "signed_by": [agreement.parties[s.party].name for s in signed.signatures],
        "missing": list(signed.missing()),
        "roots": {party.name: party.fingerprint.hex() for party in agreement.parties},
        "valid_from": agreement.valid_from,
        "valid_until": agreement.valid_until,
        "holds_now": agreement.valid_from <= moment < agreement.valid_until,
    }


def _tell_standing(signed: SignedAgreement) -> None:
    agreement = signed.agreement
    say(f"{agreement.title}, version {agreement.version}, digest {agreement.digest().hex()}")
    for signature in signed.signatures:
        party = agreement.parties[signature.party]
        made, roots = len(signature.signatures), len(signature.roster.roster.roots)
        say(f"{party.name}: signed by {made} of {roots} root keys. Valid.")
    for party in agreement.parties:
        say(*fingerprint_lines(party.name, party.fingerprint))
    moment = now()
    if moment >= agreement.valid_until:
        say(f"It ended at {day_of(agreement.valid_until)}.")
    elif moment < agreement.valid_from:
        say(f"It begins at {day_of(agreement.valid_from)}.")
    else:
        left = (agreement.valid_until - moment) // DAY_MS
        say(f"It holds until {day_of(agreement.valid_until)}, {left} whole days from now.")


@app.command()
def show(
    file: DraftFile,
    as_data: JsonOption = False,
) -> None:
    """Show what a draft or an agreement says, on one page.

    Times are UTC; quotas are per party and channel.

    \b
    Example:
      firebreak agreement show draft.toml
    """
    signed = _load(file, None)
    if as_data:
        print_json(as_json(signed))
        return
    summary(signed.agreement)
    missing = signed.missing()
    say("Signed by both." if not missing else f"Not signed by: {' and '.join(missing)}.")


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A draft or an agreement file.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="Another.")],
    as_data: JsonOption = False,
) -> None:
    """Say everything that differs from OLD to NEW; nothing is left out.

    \b
    Example:
      firebreak agreement diff draft.agreement second.toml
    """
    lines = differences(_load(old, None).agreement, _load(new, None).agreement)
    if as_data:
        print_json({"same": not lines, "differences": list(lines)})
    else:
        say(*(lines or ["The two say the same."]))


def _load(file: Path, cards: list[SignedRoster] | None) -> SignedAgreement:
    """A draft, compiled, without signatures, or an agreement file, verified.

    cards: those a draft must name, or None to look at it only. Raises Misuse or Misbehaviour.
    """
    data = read_file(file, "the file")
    if data[:1] == _FILE_BEGINS:
        return read_agreement(file)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Malformed(f"{file} is neither a draft nor an agreement. Ask for it again.") from None
    try:
        made = read_draft(text) if cards is None else toml_to_agreement(text, cards)
    except InvalidValue as error:
        raise InvalidValue(f"{file}: {error}") from error
    return SignedAgreement(made, ())
