"""The question before anything is signed. It is the same at every command, so that an answer to it
may say more than the screen shows (docs/handbook/duty-officer.md, duress)."""

from __future__ import annotations

import typer


def confirm_signing(question: str, err: bool = False) -> bool:
    """Ask; a no stops the command. Gives whether the officer signalled duress (JN-13).

    Prompts exactly as `typer.confirm` does. Raises Abort.
    """
    while True:
        try:
            typer.echo(f"{question} [y/N]:", nl=False, err=err)
            given = input(" ")
        except (KeyboardInterrupt, EOFError):
            raise typer.Abort from None
        match given.strip().lower():
            case "y" | "yes":
                return given.endswith(" ")
            case "n" | "no" | "":
                raise typer.Abort
        typer.echo("Error: invalid input", err=err)
