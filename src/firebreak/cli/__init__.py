"""The command line: one small file a noun, loaded only when it is used.

Exit codes: 0 done; 1 refused, or verification failed; 2 wrong usage; 3 not delivered; 130
interrupted at the keyboard, as shells have it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from firebreak.errors import FirebreakError

NOUNS: Final[dict[str, str]] = {
    "party": "Your own side: keys, offices, card.",
    "agreement": "Draft, sign, check, show and compare agreements.",
    "node": "Run this side's node.",
    "line": "State of the line, line checks, suspension.",
    "notice": "Announce, amend and cancel planned activity.",
    "send": "Send a query, a warning, a statement or text.",
    "inbox": "What has come in, and what waits for an answer.",
    "show": "One record or dialogue, with what is known of its delivery.",
    "ack": "Acknowledge with read-back, or say it was not understood.",
    "answer": "Answer a query, a request or a line check.",
    "bundle": "Carry records by file where there is no wire.",
    "script": "Records to read aloud, print or fax, and to key in again.",
    "paper": "Carry bundles on printed pages, and read them back.",
    "office": "Whom your offices speak to, and how they are reached.",
    "call": "Calls between leaders: ask, answer, staff, hold, read out.",
    "contact": "Who tried to reach whom, by which way, and what came of it.",
    "incident": "First reports, both accounts, what is agreed and disputed.",
    "authority": "What needs leave to go out; leave awaited, given, refused.",
    "onward": "Who on your own side must be told, and who was.",
    "handover": "The watch goes to another officer, with what is open.",
    "summon": "Call commander and interpreter to the desk.",
    "route": "Which way is tried next, where one came to nothing.",
    "journal": "What your side notes for itself; never sent.",
    "humanitarian": "Protected sites and movements; under attack, stop.",
    "mail": "Mail to nodes that no wire reaches, and to people.",
    "relay": "Carry for two parties what you cannot read; sign custody.",
    "watch": "Live or recorded tracks against agreed lines and zones.",
    "evidence": "Export and verify proof that anybody can check.",
    "ledger": "The logs: heads, receipts, forks.",
    "demo": "Two nodes on this machine, speaking to each other.",
    "bench": "Measure the line on this machine.",
}
"""Every noun and its one line of help; noun `x` is the `app` of firebreak/cli/x.py."""

DONE, REFUSED, USAGE, NOT_DELIVERED, INTERRUPTED = 0, 1, 2, 3, 130

DEBUG: Final = "FIREBREAK_DEBUG"
"""Set to 1, it shows the traceback of a fault in the program."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code. The only place where an error becomes a message and a code."""
    import typer

    from firebreak.cli.frame import command
    from firebreak.errors import FirebreakError

    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = command().main(words, prog_name="firebreak", standalone_mode=False)
    except typer.TyperException as error:
        return _usage(error)
    except FirebreakError as error:
        return _refused(error)
    except typer.Abort:
        _complain("Stopped. Nothing was done beyond what is said above.")
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output left, as `head` does; nothing more can be said there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED
    except Exception as error:  # noqa: BLE001  # a fault of ours: one line, unless asked for more
        return _fault(error)
    return code if isinstance(code, int) else DONE


def _usage(error: Exception) -> int:
    """What typer says of wrong words on the command line, in its own form."""
    show = getattr(error, "show", None)
    if show is not None:
        show()
    else:
        _complain(str(error))
    return int(getattr(error, "exit_code", USAGE))


def _refused(error: FirebreakError) -> int:
    from firebreak.errors import NotDelivered

    if os.environ.get(DEBUG) == "1":
        import traceback

        traceback.print_exception(error)
    _complain(str(error))
    return NOT_DELIVERED if isinstance(error, NotDelivered) else REFUSED


def _fault(error: Exception) -> int:
    if os.environ.get(DEBUG) == "1":
        import traceback

        traceback.print_exception(error)
    else:
        what = " ".join(f"{type(error).__name__}: {error}".split())
        _complain(f"A fault in the program: {what}. Run again with {DEBUG}=1 and report it.")
    return REFUSED


def _complain(text: str) -> None:
    print(f"firebreak: {text}", file=sys.stderr)
