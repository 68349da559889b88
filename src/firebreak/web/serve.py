"""The HTTP server on the node's own loop, until the node leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import uvicorn

from firebreak.web.api import app_for
from firebreak.web.place import listen_at

if TYPE_CHECKING:
    from firebreak.node.runner import Runner

_GOODBYE: Final = 2
"""Seconds that open requests have when the node leaves."""


class _Server(uvicorn.Server):
    """Without signals, which are the runner's, and without waking ten times a second."""

    def __init__(self, config: uvicorn.Config, leaving: asyncio.Event) -> None:
        super().__init__(config)
        self._leaving = leaving

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self._leaving.wait()


async def serve(runner: Runner) -> None:
    """Answer on the socket in the node's directory until `runner.leaving`. Raises Misuse."""
    path = runner.directory.socket
    listener = listen_at(path)
    config = uvicorn.Config(
        app_for(runner),
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        date_header=False,
        server_header=False,
        timeout_graceful_shutdown=_GOODBYE,
    )
    try:
        await _Server(config, runner.leaving).serve(sockets=[listener])
    finally:
        path.unlink(missing_ok=True)
