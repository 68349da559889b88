"""`firebreak mail`: mail as another way to nodes, and letters to counterparts without one."""

from __future__ import annotations

import secrets
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from firebreak.cli.frame import DirectoryOption, noun
from firebreak.cli.output import now, opened, say, warn
from firebreak.cli.render import JsonOption, print_json, when
from firebreak.errors import InvalidValue, Misuse, NotDelivered
from firebreak.store.directory import MailConfig, NodeDirectory, read_file

if TYPE_CHECKING:
    from firebreak.carriers.outbox import Mailed, Outbox, Outcome

app = noun(
    "mail",
    "A node mails sealed bundles to parties whose mail address it knows (firebreak party peer NAME"
    " --mail ADDRESS), whenever the wire does not reach them. A letter goes to a person: what becomes"
    " of it is attested by you, never delivered.",
)


@app.command()
def setup(
    address: Annotated[
        str, typer.Option("--address", metavar="ADDRESS", help="This node's own mail address.")
    ],
    server: Annotated[
        str,
        typer.Option("--server", metavar="HOST:PORT", help="The mail server that takes its mail."),
    ],
    security: Annotated[
        str,
        typer.Option(metavar="NAME", help="tls, starttls; none only for a server on this machine."),
    ] = "starttls",
    maildir: Annotated[
        str,
        typer.Option(
            metavar="FOLDER",
            help="The Maildir that mail to the address is delivered into, for this node alone."
            " Relative to the node's directory.",
        ),
    ] = "Maildir",
    user: Annotated[
        str, typer.Option(metavar="TEXT", help="The server's user, if it asks for one.")
    ] = "",
    password: Annotated[
        str,
        typer.Option(metavar="FILE", help="A file with his password, readable by its owner alone."),
    ] = "mail.password",
    authority: Annotated[
        str,
        typer.Option(
            metavar="FILE", help="Certificates (PEM) to be trusted in place of the system's."
        ),
    ] = "",
    directory: DirectoryOption = None,
) -> None:
    """Say which address is this node's, which server takes its mail, and where mail arrives.

    \b
    Example:
      firebreak mail setup --address duty@alpha.example --server mail.alpha.example:587 --dir alpha
    """
    from firebreak.carriers.maildir import Maildir
    from firebreak.node.post import server_of

    node = opened(directory)
    before = node.config.mail or MailConfig()
    mail = replace(
        before,
        address=address,
        server=server,
        security=security,
        maildir=maildir,
        user=user,
        password=password,
        authority=authority,
    )
    server_of(node.path, mail)
    folder = Maildir(node.path / maildir).path
    node.with_mail(mail)
    say(
        f"Mail goes out by {server}, from {address}.",
        f"Have mail to {address} delivered into {folder}. Restart the node to take it up.",
    )


@app.command()
def write(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The text, in UTF-8.")],
    to: Annotated[str, typer.Option("--to", metavar="ADDRESS", help="The receiver.")],
    subject: Annotated[str, typer.Option("--subject", metavar="TEXT", help="One line.")],
    html: Annotated[
        Path | None,
        typer.Option(
            "--html", metavar="FILE", help="The same as HTML, in UTF-8.", show_default=False
        ),
    ] = None,
    answers: Annotated[
        str | None,
        typer.Option(
            "--answers",
            metavar="MESSAGE-ID",
            help="The message that it answers.",
            show_default=False,
        ),
    ] = None,
    directory: DirectoryOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Send without asking.")] = False,
    as_data: JsonOption = False,
) -> None:
    """Send a letter to a counterpart without a node, and keep its Message-ID.

    A reply, or word that it was not delivered, comes back to the node's Maildir and is found by
    `firebreak mail show`. If the server does not take it now (exit code 3), the running node goes on.

    \b
    Example:
      firebreak mail write query.txt --to duty@bravo.example --subject "Query 4" --dir alpha
    """
    from firebreak.carriers.mail import LetterDraft
    from firebreak.carriers.outbox import Waiting, hand_in
    from firebreak.carriers.smtp import Submission
    from firebreak.node.post import server_of

    node = opened(directory)
    config = _config(node)
    server = server_of(node.path, config)
    marked = None if html is None else _text(html)
    draft = LetterDraft(to, subject, _text(file), marked, answers)
    if not yes:
        say(f"To:      {to}", f"Subject: {subject}", "", draft.text)
        typer.confirm("Send it?", abort=True)
    outbox = _outbox(node)
    mailed = outbox.put_letter(draft, config.address, secrets.token_bytes(16), now())
    due = outbox.due(now(), mailed.message_id)
    if due is not None:  # else the node was quicker
        hand_in(outbox, due, config.address, Submission(server), now)
    outcome = outbox.outcome(mailed.message_id)
    if as_data:
        print_json(_plain(mailed, [outcome]))
    else:
        say(f"{mailed.message_id}: {_shown(outcome)}")
    if isinstance(outcome, Waiting):
        raise NotDelivered(
            f"The mail waits here: {outcome.reason}. The node tries again for as long as it runs."
        )


@app.command()
def status(directory: DirectoryOption = None, as_data: JsonOption = False) -> None:
    """The mails that were sent from here, newest first, and what became of each.

    \b
    Example:
      firebreak mail status --dir alpha
    """
    from firebreak.cli.output import table

    node = opened(directory)
    outbox = _outbox(node)
    found = [(mailed, outbox.outcome(mailed.message_id)) for mailed in outbox.mails()]
    if as_data:
        print_json({"mails": [_plain(mailed, [outcome]) for mailed, outcome in found]})
        return
    if not found:
        say("Nothing was mailed from here.")
        return
    table(
        (
            (when(mailed.at), mailed.to or mailed.receiver, mailed.subject, _shown(outcome))
            for mailed, outcome in found
        ),
        *("Written", "To", "Subject", "Outcome"),
    )


@app.command()
def show(
    message_id: Annotated[
        str, typer.Argument(metavar="MESSAGE-ID", help="As `mail write` and `mail status` say it.")
    ],
    directory: DirectoryOption = None,
    as_data: JsonOption = False,
) -> None:
    """All that became of one mail, with the text of replies.

    \b
    Example:
      firebreak mail show 5f1c…@alpha.example --dir alpha
    """
    from firebreak.carriers.outbox import Replied

    outbox = _outbox(opened(directory))
    history = outbox.history(message_id)
    mailed = outbox.mailed(message_id)
    if as_data:
        print_json(_plain(mailed, history))
        return
    say(f"To {mailed.to or mailed.receiver}, {when(mailed.at)}: {mailed.subject}")
    for outcome in history:
        say(_shown(outcome))
        if isinstance(outcome, Replied):
            say(*(f"    {line}" for line in outcome.text.split("\n")))
            if not outcome.exact:
                warn("    The text is not exact: see the mail itself in the Maildir.")


def _config(node: NodeDirectory) -> MailConfig:
    if node.config.mail is None:
        raise Misuse(
            "Mail is not set up. Set it up: firebreak mail setup --address ADDRESS --server HOST:PORT"
        )
    return node.config.mail


def _outbox(node: NodeDirectory) -> Outbox:
    from firebreak.carriers.outbox import FILE, Outbox

    return Outbox(node.path / FILE)


def _text(path: Path) -> str:
    try:
        return read_file(path, "the mail's text").decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise InvalidValue(f"{path} is not UTF-8 text. Save it as such.") from None


def _plain(mailed: Mailed, outcomes: list[Outcome]) -> dict[str, Any]:
    return {
        **asdict(mailed),
        "outcomes": [{"outcome": type(each).__name__.lower(), **asdict(each)} for each in outcomes],
    }


def _shown(outcome: Outcome) -> str:
    from firebreak.carriers.outbox import Delayed, Replied, Sent, Undelivered, Waiting

    match outcome:
        case Waiting(_, 0, _):
            return "not sent yet"
        case Waiting(_, attempts, reason):
            return f"not sent yet, {attempts} attempts: {reason}"
        case Sent(at):
            return f"{when(at)} sent; nothing more is known"
        case Delayed(at, reason):
            return f"{when(at)} delayed on the way: {reason}"
        case Undelivered(at, code, reason):
            return f"{when(at)} undelivered: {' '.join(filter(None, (code, reason)))}"
        case Replied(at, sender, _, _, _, _, automatic):
            who = "a program of " if automatic else ""
            return f"{when(at)} reply from {who}{sender}"
