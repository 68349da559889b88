"""`firebreak relay`: a third party that carries sealed bundles, reads nothing, and signs custody."""

from __future__ import annotations

import asyncio
import base64
import json
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from firebreak.cli.frame import noun
from firebreak.cli.output import now, refuse, say, table, warn
from firebreak.cli.render import JsonOption, print_json, when
from firebreak.errors import FirebreakError, Misbehaviour, Misuse
from firebreak.keys import KEY_BYTES, PublicKey
from firebreak.store.directory import LISTEN, find_directory, read_card, read_file

if TYPE_CHECKING:
    from firebreak.ledger.custody import Custody
    from firebreak.node.relay_runner import RelayRunner

app = noun(
    "relay",
    "A relay sees of a bundle its receiver's key, its precedence, its expiry and its size. What it says"
    " of it is signed into its own log, durable before it is said. Commands find a running relay by"
    " themselves; where none runs they work on its store.",
)

_Directory = Annotated[
    Path | None,
    typer.Option(
        "--dir",
        metavar="DIR",
        help="The relay's directory. Without it: FIREBREAK_DIR.",
        show_default=False,
    ),
]
_Bundle = Annotated[
    str, typer.Argument(metavar="BUNDLE", help="The first digits, as `relay show` has them.")
]
_At = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar="TIME",
        help="When it happened, if that was not just now: 221430Z, -2h.",
        show_default=False,
    ),
]
_Way = Annotated[
    str, typer.Option("--way", metavar="WAY", help="file, mail, paper, person or node.")
]


@app.command()
def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The new relay's directory.")],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What it is called.")],
    listen: Annotated[
        str, typer.Option("--listen", metavar="HOST:PORT", help="Where it listens.")
    ] = LISTEN,
) -> None:
    """Make a relay: its keys, its empty log, and the card that it gives to the parties.

    \b
    Example:
      firebreak relay init swiss --name SWISS --listen 127.0.0.1:7150
    """
    import secrets

    from firebreak.ledger.checkpoint import OPAQUE_BYTES, origin
    from firebreak.store.keyfiles import create_node_keys
    from firebreak.store.relay_directory import RelayConfig, RelayDirectory
    from firebreak.store.sqlite import open_store

    config = RelayConfig(name, origin(secrets.token_bytes(OPAQUE_BYTES), 0), listen)
    made = create_node_keys(directory, secrets.token_bytes)
    relay = RelayDirectory(directory, config)
    # With the keys, and never later: keys without a store are keys whose store is lost.
    open_store(
        relay.store, lambda callback: callback(), create=True, owner=made.log.public.raw
    ).close()
    relay = RelayDirectory.create(directory, config, made)
    say(
        f"The relay {name} is ready in {directory}.",
        "",
        f"Custody key: {made.log.public.raw.hex()}",
        f"Card, to give to the parties: {relay.card_file}",
        f"Next, with each party's card: firebreak relay admit CARD --dir {directory}",
    )


@app.command()
def admit(
    card: Annotated[Path, typer.Argument(metavar="CARD", help="A party's card.")],
    directory: _Directory = None,
) -> None:
    """Carry for a party: its node may connect, and bundles sealed to it are taken.

    A relay that runs takes it up when it is started again.

    \b
    Example:
      firebreak relay admit alpha.card --dir swiss
    """
    from firebreak.cli.output import fingerprint_lines
    from firebreak.store.relay_directory import RelayDirectory

    party = read_card(card)
    party.verify()
    RelayDirectory.open(find_directory(directory)).admit(party)
    say(f"{party.roster.party} may use this relay.")
    say(*fingerprint_lines(party.roster.party, party.roster.root_fingerprint()))
    warn("Compare it with what they read to you over the telephone.")


@app.command()
def consent(
    agreement: Annotated[
        Path, typer.Argument(metavar="FILE", help="The agreement that both parties signed.")
    ],
    directory: _Directory = None,
) -> None:
    """Keep an agreement by which this relay may read what is not sealed, as protecting powers do.

    Without one everything that is not sealed is refused. A relay that runs takes it up when it is
    started again.

    \b
    Example:
      firebreak relay consent draft.agreement --dir swiss
    """
    from firebreak.store.directory import read_agreement
    from firebreak.store.keyfiles import NodeSecrets
    from firebreak.store.relay_directory import RelayDirectory

    relay = RelayDirectory.open(find_directory(directory))
    signed = read_agreement(agreement)
    relay.keep_agreement(signed, NodeSecrets.load(relay.path).log.public.raw)
    names = " and ".join(party.name for party in signed.agreement.parties)
    say(f"{names} consent that {relay.config.name} reads what they do not seal.")


@app.command()
def read(
    bundle: _Bundle,
    directory: _Directory = None,
    as_data: JsonOption = False,
) -> None:
    """Say what a letter says that is not sealed, where both sides consent that this relay reads it.

    \b
    Example:
      firebreak relay read 3f2a81cc --dir swiss
    """
    answer = _ask(directory, "read", bundle=bundle)
    if as_data:
        print_json(answer)
        return
    say(
        f"Verbatim, signed by an officer of {answer['party']}, on the {answer['channel']} channel,"
        f" composed at {when(answer['composed_at'])}:"
    )
    for line in answer["sentences"]:
        say(f"  {line['language']}: {line['text']}")


@app.command()
def run(directory: _Directory = None) -> None:
    """Run the relay until it is told to stop (Ctrl-C, or SIGTERM).

    \b
    Example:
      firebreak relay run --dir swiss
    """
    from firebreak.node.relay_runner import RelayRunner

    asyncio.run(_run(RelayRunner(find_directory(directory), _stamped)))


def _stamped(text: str) -> None:
    print(f"{when(now())} {text}", flush=True)


async def _run(runner: RelayRunner) -> None:
    from firebreak.web.place import listen_at

    loop = asyncio.get_running_loop()
    await runner.start()
    path = runner.relay.directory.socket
    try:
        listener = listen_at(path)
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, runner.leaving.set)
        where = runner.carrier.address
        assert where is not None
        print(f"{runner.relay.name} listens on {where[0]} port {where[1]}.", flush=True)
        print(f"Custody key: {runner.relay.key.public.raw.hex()}", flush=True)
        if runner.relay.failed is not None:
            print(runner.relay.failed, flush=True)
        await runner.serve(listener)
    finally:
        path.unlink(missing_ok=True)
        await runner.stop()
    print("Stopped. What was signed is on disk.", flush=True)


@app.command()
def take(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Bundle files.")],
    sender: Annotated[str, typer.Option("--from", metavar="NAME", help="Who gave them.")],
    directory: _Directory = None,
    way: _Way = "file",
    at: _At = None,
    as_data: JsonOption = False,
) -> None:
    """Take bundles that were brought by hand, and sign for them.

    \b
    Example:
      firebreak relay take to-bravo.firebreak --from ALPHA --dir swiss
    """
    from firebreak.carriers.files import read_bundle

    taken = []
    for file in files:
        sealed = base64.b64encode(read_bundle(file)).decode()
        words = {"bundle": sealed, "sender": sender, "way": way, "happened": _moment(at)}
        taken.append(_ask(directory, "take", **words))
    if as_data:
        print_json({"bundles": taken})
        return
    for file, row in zip(files, taken, strict=True):
        say(
            f"{file}: bundle {row['bundle'][:8]} of {row['size']} bytes, {row['precedence']}, for"
            f" {row['receiver']}; it expires at {when(row['expires_at'])}. Signed for."
        )


@app.command()
def give(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A folder, as on a stick.")],
    directory: _Directory = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="NAME", help="For this party only.", show_default=False),
    ] = None,
    way: _Way = "file",
    as_data: JsonOption = False,
) -> None:
    """Write what stands here into a folder, to be carried on, the most urgent first; and sign that.

    \b
    Example:
      firebreak relay give stick --to BRAVO --dir swiss
    """
    from firebreak.carriers.files import file_name, write_bundle

    given = []
    out.mkdir(parents=True, exist_ok=True)
    for standing in _ask(directory, "standing", to=to)["bundles"]:
        sealed = base64.b64decode(standing["sealed"])
        file = out / file_name(sealed)
        write_bundle(file, sealed)  # before it is signed that it was given on
        row = _ask(directory, "forwarded", bundle=standing["bundle"], way=way)
        given.append({**row, "file": str(file)})
    if as_data:
        print_json({"bundles": given})
        return
    for row in given:
        say(f"{row['precedence']}: {row['file']}, for {row['receiver']}. Signed as forwarded.")
    if not given:
        say("Nothing stands here that could be given on.")


@app.command()
def handed(
    bundle: _Bundle,
    to: Annotated[str, typer.Option("--to", metavar="OFFICE", help="The office that has it now.")],
    directory: _Directory = None,
    person: Annotated[
        str | None,
        typer.Option(
            "--person", metavar="NAME", help="Only if he gave his name.", show_default=False
        ),
    ] = None,
    at: _At = None,
) -> None:
    """Sign that a bundle was put into an office's hands, perhaps some time ago.

    \b
    Example:
      firebreak relay handed 3f2a81cc --to "Ministry, duty office" --at 221430Z --dir swiss
    """
    words = {"office": to, "person": person, "happened": _moment(at)}
    row = _ask(directory, "handed", bundle=bundle, **words)
    say(f"Bundle {row['bundle'][:8]}: handed to {to}. Signed.")


@app.command()
def returned(
    bundle: _Bundle,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="What the sender is told.")],
    directory: _Directory = None,
    at: _At = None,
) -> None:
    """Sign that a bundle goes no further.

    \b
    Example:
      firebreak relay returned 3f2a81cc --why "The ministry does not take it." --dir swiss
    """
    row = _ask(directory, "returned", bundle=bundle, why=why, happened=_moment(at))
    say(f"Bundle {row['bundle'][:8]}: returned. Signed; its sender is told.")


@app.command()
def gloss(
    bundle: _Bundle,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Your own remark.")],
    directory: _Directory = None,
) -> None:
    """Keep a remark of your own on a bundle: in no statement, and sent to nobody.

    \b
    Example:
      firebreak relay gloss 3f2a81cc "The deputy took it, and was in haste." --dir swiss
    """
    row = _ask(directory, "gloss", bundle=bundle, text=text)
    say(f"Kept in this relay's own journal, beside bundle {row['bundle'][:8]}.")


@app.command()
def show(directory: _Directory = None, as_data: JsonOption = False) -> None:
    """Show the custody of each bundle, leg by leg; what was not given on stands with us.

    \b
    Example:
      firebreak relay show --dir swiss
    """
    answer = _ask(directory, "show")
    if as_data:
        print_json(answer)
        return
    if answer["failed"]:
        warn(answer["failed"])
    for row in answer["bundles"]:
        _tell(row)
    if not answer["bundles"]:
        say("No bundle was ever given to this relay.")


def _tell(row: dict[str, Any]) -> None:
    parties = f"{row['sender'] or 'somebody'} to {row['receiver'] or 'nobody here'}"
    urgency = "" if row["precedence"] is None else f", {row['precedence'].upper()}"
    mark = ", NOT SEALED: readable by consent" if row["readable"] else ""
    say(f"{row['bundle'][:8]}  {parties}, {row['size']} bytes{urgency}{mark}")
    table(
        (
            (step["step"], when(step["happened"]), when(step["reported"]), step["detail"])
            for step in row["steps"]
        ),
        *("step", "happened", "reported", "what"),
    )
    if row["standing_since"] is not None:
        late = ", OVERDUE" if row["overdue"] else ""
        say(f"  STANDING WITH US since {when(row['standing_since'])}{late}.")
    for remark in row["gloss"]:
        say(f"  Our own gloss, {when(remark['at'])}: {remark['text']}")
    say("")


@app.command()
def receipt(
    bundle: _Bundle,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A folder to write them to.")],
    directory: _Directory = None,
    as_data: JsonOption = False,
) -> None:
    """Write the custody receipts of a bundle, one file for each step, for its sender.

    \b
    Example:
      firebreak relay receipt 3f2a81cc stick --dir swiss
    """
    from firebreak.store.directory import write_file

    files = []
    digits = bundle[:8].lower()
    for number, made in enumerate(_ask(directory, "receipts", bundle=bundle)["receipts"], 1):
        file = out / f"{digits}-{number}-{made['step']}.custody"
        write_file(file, base64.b64decode(made["file"]))
        files.append(str(file))
    if as_data:
        print_json({"files": files})
    else:
        say(*files)


@app.command()
def verify(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Custody receipts.")],
    key: Annotated[
        str,
        typer.Option(
            "--key", metavar="HEX", help="The relay's custody key, 64 hexadecimal digits."
        ),
    ],
    as_data: JsonOption = False,
) -> None:
    """Verify custody receipts: no node, no network. Exit code 1 for any fault in one.

    Two files that cannot be of one log are a proof that the relay has two histories.

    \b
    Example:
      firebreak relay verify 3f2a81cc-1-taken.custody --key 61b1b7f0…
    """
    from firebreak.ledger.custody import verify_custody

    public = custody_key(key)
    found = []
    for file in files:
        try:
            found.append(verify_custody(read_file(file, "the custody receipt"), public))
        except Misbehaviour as error:
            raise type(error)(f"{file}: {error}") from error
    _check_one_history(files, found, public)
    if as_data:
        print_json({"receipts": [_plain(one) for one in found]})
        return
    for file, one in zip(files, found, strict=True):
        say(f"{file}: signed by this key, and in its log. The relay says:")
        for line in _words(one):
            say(f"  {line}")
    say(
        "",
        "A relay's word: that it was taken counts with the sender's own hand-over, that it was delivered"
        " is shown by the receiver's receipt alone.",
    )


def _check_one_history(files: list[Path], found: list[Custody], key: PublicKey) -> None:
    """Raises BadProof where two heads of one size differ."""
    from firebreak.errors import BadProof
    from firebreak.ledger.fork import make_fork

    heads: dict[tuple[str, int], tuple[Path, Custody]] = {}
    for file, one in zip(files, found, strict=True):
        before, known = heads.setdefault((one.origin, one.head.size), (file, one))
        if known.head.root != one.head.root:
            proof = make_fork(one.origin, known.head, one.head, key, lambda level, number: b"")
            raise BadProof(
                f"{before} and {file} are of two histories of one log: the relay has signed both. Keep"
                f" both files; they prove it ({len(proof)} bytes of proof)."
            )


def _words(found: Custody) -> list[str]:
    from firebreak.ledger.custody import Taken, name_of
    from firebreak.node.relay_words import detail

    statement = found.signed.statement
    lines = [
        f"bundle {statement.bundle.hex()}, {statement.size} bytes",
        f"{name_of(statement.step)} at {when(statement.happened)}: {detail(statement.step)}",
        f"reported at {when(statement.reported)}; entry {found.signed.index} of {found.head.size}",
    ]
    if isinstance(statement.step, Taken):
        from firebreak.node.readable import clear_header

        header = clear_header(statement.step.header)
        mark = "not sealed, readable by consent; " if header.readable else ""
        lines.append(
            f"{mark}for the key {header.key_id.hex()}, {header.precedence.name}, expires at"
            f" {when(header.expires_at_ms)}"
        )
    return lines


def _plain(found: Custody) -> dict[str, object]:
    from firebreak.ledger.custody import name_of
    from firebreak.node.relay_words import detail

    statement = found.signed.statement
    return {
        "origin": found.origin,
        "index": found.signed.index,
        "size": found.head.size,
        "root": found.head.root.hex(),
        "bundle": statement.bundle.hex(),
        "bundle_size": statement.size,
        "step": name_of(statement.step),
        "detail": detail(statement.step),
        "happened": statement.happened,
        "reported": statement.reported,
    }


def custody_key(text: str) -> PublicKey:
    """A custody key as it is typed. Raises BadParameter, which is wrong usage."""
    plain = "".join(text.split())
    try:
        raw = bytes.fromhex(plain)
        if len(raw) == KEY_BYTES:
            return PublicKey.parse(raw)
    except (ValueError, FirebreakError):
        pass
    raise typer.BadParameter(f"{text!r} is no custody key: 64 hexadecimal digits.")


def _moment(text: str | None) -> int | None:
    from firebreak.cli.inputs import past

    return None if text is None else past(text, now())


def _ask(directory: Path | None, what: str, /, **words: object) -> dict[str, Any]:
    """Ask the running relay; where none runs, its store. Raises what was refused."""
    from firebreak import errors
    from firebreak.node.relay_runner import ask_alone

    path = find_directory(directory)
    request = {"do": what, **words}
    answer = _from_running(path, request)
    if answer is None:
        answer = ask_alone(path, request)
    if "error" in answer:
        kind = getattr(errors, str(answer["error"]), Misuse)
        raise (kind if issubclass(kind, FirebreakError) else Misuse)(str(answer["what"]))
    return answer


def _from_running(path: Path, request: dict[str, Any]) -> dict[str, Any] | None:
    """What a running relay answers; None where none runs."""
    from firebreak.web.place import connect_to

    try:
        connection = connect_to(path / "relay.sock")
    except Misuse:
        return None
    with connection, connection.makefile("rwb") as stream:
        stream.write(json.dumps(request).encode() + b"\n")
        stream.flush()
        line = stream.readline()
    if not line:
        refuse(f"The relay in {path} ended before it answered. See: firebreak relay show")
    found: dict[str, Any] = json.loads(line)
    return found
