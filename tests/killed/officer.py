"""An officer of one party on a thread of his own: he signs records in bulk and hands them in.

He keeps one connection to the node's socket. Where it breaks, or the node is not there, he offers the
very same bytes again until he has an answer; at times he does so even after he had one.
"""

from __future__ import annotations

import base64
import http.client
import json
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from firebreak.errors import Misuse
from firebreak.records.agreement import Channel
from firebreak.records.kinds import KIND_OF, FreeText
from firebreak.records.record import Record, Seen, sign_record
from firebreak.records.slots import Words
from firebreak.store.directory import NodeDirectory
from firebreak.values import Millis, PartyNumber, Precedence
from firebreak.web.place import connect_to

PATIENCE_S = 60.0
AUTHOR = 1
MOST_TOGETHER = 16
PRECEDENCES, WEIGHTS = (Precedence.ROUTINE, Precedence.PRIORITY, Precedence.IMMEDIATE), (6, 3, 1)

Place = tuple[int, int]
"""Channel and index in the officer's own log."""


class NotNow(Exception):
    """The node does not take the records now; it may later."""


class Connection(http.client.HTTPConnection):
    """HTTP over the socket in a node's directory."""

    def __init__(self, path: Path) -> None:
        super().__init__("node", timeout=PATIENCE_S)
        self.path = path

    def connect(self) -> None:
        self.sock = connect_to(self.path)
        self.sock.settimeout(PATIENCE_S)


@dataclass
class Officer:
    """acknowledged: what the node answered to be durable, by place; delivered: of these, what it
    answered to be receipted. offered: all that was ever handed in. trouble: what should not have been.
    """

    folder: Path
    seed: int
    acknowledged: dict[Place, bytes] = field(default_factory=dict)
    delivered: set[Place] = field(default_factory=set)
    offered: set[bytes] = field(default_factory=set)
    offered_again: int = 0
    told_to_wait: int = 0
    trouble: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        node = NodeDirectory.open(self.folder)
        self.chance = Random(self.seed)
        self.agreement = node.agreements()[0].agreement
        self.party = node.our_number(self.agreement)
        self.key = node.officer_key(AUTHOR, node.card().roster.entries[AUTHOR].office)
        self.connection = Connection(node.socket)
        self.serials: dict[Channel, int] = {}
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        self.thread.start()

    def end(self) -> None:
        """Have the batch in hand finished, then no other."""
        self.ended.set()
        self.thread.join(PATIENCE_S)
        assert not self.thread.is_alive(), f"{self.folder}: the node never answered"
        self.connection.close()
        assert not self.trouble, self.trouble

    def _work(self) -> None:
        try:
            while not self.ended.is_set():
                self._batch(self.chance.choice((Channel.AIR, Channel.COMMAND)))
                self.ended.wait(self.chance.uniform(0.0, 0.05))
        except Exception as error:  # noqa: BLE001  # told by `end`
            self.trouble.append(repr(error))

    def _batch(self, channel: Channel) -> None:
        count = self.chance.randint(1, MOST_TOGETHER)
        wait = self.chance.choice((0, 0, 300))
        records = self._signed(channel, count)
        self.offered.update(records)
        answer = self._handed_in(channel, records, wait)
        if self.chance.random() < 0.1:  # as one does who has not heard the answer
            again = self._handed_in(channel, records, 0)
            assert again["records"] == answer["records"]
        for appended, record in zip(answer["records"], records, strict=True):
            place = (int(channel), int(appended["index"]))
            assert self.acknowledged.setdefault(place, record) == record
            if answer["delivered"]:
                self.delivered.add(place)

    def _signed(self, channel: Channel, count: int) -> list[bytes]:
        draft = self._until("/draft", {"author": AUTHOR, "channel": channel.name.lower()})
        seen = tuple(
            Seen(PartyNumber(one["party"]), one["size"], bytes.fromhex(one["digest"]))
            for one in draft["seen"]
        )
        context = self.agreement.context(channel, self.party)
        first = max(draft["serial"], self.serials.get(channel, 0))
        self.serials[channel] = first + count
        return [
            sign_record(
                Record(
                    draft["version"],
                    AUTHOR,
                    draft["control"],
                    (),
                    KIND_OF[FreeText],
                    None,
                    Millis(draft["now"]),
                    self.chance.choices(PRECEDENCES, WEIGHTS)[0],
                    None,
                    serial,
                    seen,
                    FreeText(Words("en", f"Number {serial}.")),
                ),
                context,
                self.key,
            ).data
            for serial in range(first, first + count)
        ]

    def _handed_in(self, channel: Channel, records: list[bytes], wait_ms: int) -> dict[str, Any]:
        body = {
            "channel": channel.name.lower(),
            "records": [base64.b64encode(record).decode() for record in records],
            "wait_ms": wait_ms,
        }
        return self._until("/submit", body)

    def _until(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Ask, with the same words, until there is an answer."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                return self._asked(path, body)
            except (OSError, http.client.HTTPException, Misuse):
                self.connection.close()
                self.offered_again += path == "/submit"
            except NotNow:
                self.told_to_wait += 1
            time.sleep(0.02)
        raise AssertionError(f"{path} was never answered")

    def _asked(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        self.connection.request("POST", path, json.dumps(body), headers)
        response = self.connection.getresponse()
        answer: dict[str, Any] = json.loads(response.read())
        if response.status == 409 and "is recovering" in answer["what"]:
            raise NotNow
        assert response.status == 200, answer
        return answer
