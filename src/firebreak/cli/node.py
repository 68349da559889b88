"""`firebreak node`: run this side's node, and ask how it is."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING

from firebreak.cli.client import Answer, Client
from firebreak.cli.frame import DirectoryOption, noun
from firebreak.cli.output import opened, pairs
from firebreak.cli.render import JsonOption, print_json, when

if TYPE_CHECKING:
    from firebreak.node.alerts import Alert
    from firebreak.node.runner import Runner

app = noun("node")


@app.command()
def run(directory: DirectoryOption = None) -> None:
    """Run this side's node until it is told to stop (Ctrl-C, or SIGTERM).

    It listens where node.toml says, dials the peers named there, and answers the other commands on
    a socket in its directory. What it tells is printed as it comes; `firebreak inbox` shows records.

    \b
    Example:
      firebreak node run --dir alpha
    """
    from firebreak.node.runner import Runner

    node = opened(directory)
    asyncio.run(_run(Runner(node)))


async def _run(runner: Runner) -> None:
    loop = asyncio.get_running_loop()
    await runner.start()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, runner.leave)
    try:
        _tell_started(runner)
        runner.reading.add_done_callback(_tell_read)
        runner.node.observers.append(_tell)
        await _answer(runner)
    finally:
        await runner.stop()
    for side in runner.node.sides:
        if side.shared.failed is not None:
            raise side.shared.failed
    _say("Stopped. What was acknowledged is on disk.")


async def _answer(runner: Runner) -> None:
    """Serve the socket until the node leaves. The web's code is loaded while the line is up."""
    loop = asyncio.get_running_loop()
    serve = await loop.run_in_executor(None, _web)
    if not runner.leaving.is_set():
        await serve(runner)


def _web():  # type: ignore[no-untyped-def]  # the type is the web's, which is not loaded yet
    from firebreak.web.serve import serve

    return serve


def _tell_started(runner: Runner) -> None:
    address = runner.carrier.address
    assert address is not None
    _say(f"{runner.directory.config.party} listens on {address[0]} port {address[1]}.")
    for side in runner.node.sides:
        where = runner.directory.config.peers.get(side.peer_name)
        dials = f"dials {where}" if where else "waits to be called; firebreak party peer names it"
        _say(f"{side.shared.agreement.title}: {dials}.")
        if side.shared.recovering:
            _say(
                f"{side.shared.agreement.title}: RECOVERING. This store is new here, or an older"
                f" copy; nothing is appended until {side.peer_name} has given back what it lacks."
            )
    for name in runner.directory.config.peers:
        if not runner.directory.is_agreed_with(name):
            _say(f"WARNING: no agreement kept here names {name}, a peer in node.toml. Correct it.")
    if not runner.node.sides:
        _say("No agreement that both sides signed is kept here: nobody to speak with yet.")


def _tell_read(reading: asyncio.Task[bool]) -> None:
    if not reading.cancelled() and reading.exception() is None and reading.result():
        _say("The whole store was read through; nothing in it is damaged.")


def _tell(number: int, alert: Alert) -> None:
    from firebreak.records.figures import date_time_group_seconds

    bell = "\a" if alert.level == "alarm" and sys.stdout.isatty() else ""
    _say(f"{bell}{date_time_group_seconds(alert.at)} {alert.level}: {alert.text}")


def _say(text: str) -> None:
    print(text, flush=True)


@app.command()
def status(directory: DirectoryOption = None, as_data: JsonOption = False) -> None:
    """Say how the running node is: what it holds, what it refused, what it told.

    \b
    Example:
      firebreak node status --dir alpha
    """
    answer = Client(opened(directory)).get("/status")
    if as_data:
        print_json(answer)
        return
    pairs(_rows(answer))


def _rows(answer: Answer) -> list[tuple[str, str]]:
    told = ", ".join(f"{about} {count}" for about, count in answer["told"].items())
    refused = answer["refused_bundles"] | answer["refused_callers"]
    rows = [
        ("Party", f"{answer['party']}, Firebreak {answer['software']}"),
        ("Running since", when(answer["started_at"])),
        ("Listens on", answer["listening"] or "-"),
        ("Told", told or "nothing yet"),
        ("Refused", ", ".join(f"{why} {count}" for why, count in refused.items()) or "nothing"),
    ]
    for agreement in answer["agreements"]:
        rows.append((agreement["title"], f"line {agreement['line']}; see: firebreak line status"))
        if agreement["failed"]:
            rows.append(("Store", agreement["failed"]))
    return rows
