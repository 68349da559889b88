"""Starts the program that node.toml names when somebody is summoned: a pager, a bell, a message
(spec/journal.md JN-16).

Its words are the file's own. Nothing that anybody wrote in a reason reaches it, and no shell does.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from firebreak.desk.entries.offices import Summons
from firebreak.desk.journal import Kept
from firebreak.node.alerts import About, Alert, Level
from firebreak.records.spelling import name_of
from firebreak.store.directory import SummonConfig
from firebreak.values import Millis

PATIENCE_S: Final = 30.0
"""Seconds that the program may run."""
SUMMONED: Final = "FIREBREAK_SUMMONED"
"""Tells the program whom: commander, interpreter, or both between blanks."""


class Summoning:
    """running: programs that have not ended."""

    def __init__(
        self,
        config: SummonConfig | None,
        tell: Callable[[Alert], None],
        clock: Callable[[], Millis],
    ) -> None:
        self._words = () if config is None else config.run
        self._tell, self._clock = tell, clock
        self.running: set[asyncio.Task[None]] = set()

    def heard(self, kept: Kept) -> None:
        """An entry is durable in the journal."""
        body = kept.entry.body
        if isinstance(body, Summons) and self._words:
            whom = " ".join(name_of(each) for each in body.whom)
            task = asyncio.get_running_loop().create_task(self._run(whom))
            self.running.add(task)
            task.add_done_callback(self.running.discard)

    async def _run(self, whom: str) -> None:
        try:
            program = await asyncio.create_subprocess_exec(
                *self._words,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                env={**os.environ, SUMMONED: whom},
            )
        except (OSError, ValueError) as error:
            self._failed(str(error))
            return
        try:
            async with asyncio.timeout(PATIENCE_S):
                code = await program.wait()
        except TimeoutError:
            self._failed(f"it ran longer than {PATIENCE_S:g} s")
        else:
            if code:
                self._failed(f"it ended with code {code}")
        finally:
            if program.returncode is None:
                with suppress(ProcessLookupError):
                    program.kill()
                await program.wait()

    def _failed(self, why: str) -> None:
        text = f"The program of [summon] in node.toml did not work: {why}. Telephone instead."
        self._tell(Alert(self._clock(), Level.ALARM, About.SUMMONS, text))
