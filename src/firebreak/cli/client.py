"""Asking the running node: HTTP over the Unix socket in its directory."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from firebreak import errors
from firebreak.errors import FirebreakError, Misuse
from firebreak.store.directory import NodeDirectory
from firebreak.web.place import connect_to

Answer = dict[str, Any]
"""What the node said; its shape is in firebreak/web/models.py."""

MOST_DISPLAYED = 256
"""Records named to the node at once."""
_PATIENCE = 30.0
"""Seconds for an answer, beyond those that were asked for."""


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: Path, seconds: float) -> None:
        super().__init__("node", timeout=seconds)
        self._path = path

    def connect(self) -> None:
        self.sock = connect_to(self._path)
        self.sock.settimeout(self.timeout)


class Client:
    """The node of one directory, as a command asks it. Every method raises what the node refused."""

    def __init__(self, node: NodeDirectory) -> None:
        self.node = node

    def get(self, path: str, **query: Any) -> Answer:
        """Ask for something. A query value of None is left out; a list is repeated."""
        given = {name: value for name, value in query.items() if value is not None}
        words = urlencode(
            {name: str(v).lower() if isinstance(v, bool) else v for name, v in given.items()},
            doseq=True,
        )
        return self._ask("GET", f"{quote(path)}?{words}" if words else quote(path), None)

    def post(self, path: str, body: Answer, seconds: float = 0.0) -> Answer:
        """Have something done. seconds: how long the node was asked to wait."""
        return self._ask("POST", path, json.dumps(body), seconds)

    def displayed(self, ids: Iterable[str]) -> None:
        """These records of theirs stand on a screen now: the node says so, once for each."""
        shown = list(dict.fromkeys(ids))
        for start in range(0, len(shown), MOST_DISPLAYED):
            self.post("/displayed", {"ids": shown[start : start + MOST_DISPLAYED]})

    def _ask(self, method: str, path: str, body: str | None, seconds: float = 0.0) -> Answer:
        connection = _Connection(self.node.socket, _PATIENCE + seconds)
        try:
            headers = {} if body is None else {"Content-Type": "application/json"}
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            answer: Answer = json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Misuse(
                f"The node in {self.node.path} did not answer ({error}). See what it printed; start"
                " it again if it has ended."
            ) from error
        finally:
            connection.close()
        if response.status >= 400:
            raise _refusal(answer)
        return answer


def _refusal(answer: Answer) -> FirebreakError:
    """The error that the node answered with, as if it had happened here."""
    kind = getattr(errors, str(answer.get("error")), Misuse)
    is_ours = isinstance(kind, type) and issubclass(kind, FirebreakError)
    return (kind if is_ours else Misuse)(str(answer.get("what")))
