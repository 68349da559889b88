"""Playing a scenario: each step a command, each claim looked up on both sides, a report at the end."""

from __future__ import annotations

import tempfile
import time
from base64 import b64decode
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any, Protocol

from firebreak.desk.releasability import TrackTerms, track_terms
from firebreak.errors import Misuse
from firebreak.line.bundle import AGREEMENT_PREFIX, Bundle, Entries
from firebreak.records.agreement import Channel
from firebreak.records.figures import decimal_position, height_text
from firebreak.records.spelling import duration_text, name_of
from firebreak.scenarios.flight import Found, watched
from firebreak.scenarios.scenario import FlightUse, Scenario, Step, Wait
from firebreak.scenarios.stage import Said, Stage, fingerprint_of
from firebreak.sealing import OVERHEAD, Suite
from firebreak.store.directory import NodeDirectory
from firebreak.values import PartyNumber, Position

LONGEST_WATCH_S = 300.0
"""Seconds that the watch may take: where nothing is compiled yet, half a minute on a slow machine."""

View = Mapping[str, Any]
"""One dialogue as a node's API shows it."""


class Show(Protocol):
    """What watches the play: a terminal, or nothing."""

    def opening(self, scenario: Scenario, steps: int) -> None:
        """The play begins."""

    def step(self, number: int, step: Step, words: list[str]) -> None:
        """A step begins; `words`: the command, names filled in."""

    def found(self, found: Found) -> None:
        """The watch has found the flight's track doubtful at the agreed line."""

    def said(self, step: Step, said: Said) -> None:
        """A command has given its answer."""

    def both(self, views: Mapping[str, View | None]) -> None:
        """A dialogue as each party has it; None where a party has not got it."""

    def closing(self, report: Mapping[str, Any]) -> None:
        """The play is over."""


@dataclass(slots=True)
class Play:
    """One performance."""

    stage: Stage
    show: Show
    pause_s: float
    ids: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    conflicts: int = 0
    evidence: dict[str, Any] = field(default_factory=dict)
    by_hand: set[str] = field(default_factory=set)
    doubtful: tuple[str, ...] = ()
    _found: Future[Found] | None = None
    wire_is_cut: bool = False

    def run(self) -> dict[str, Any]:
        """Prepare, play every step, report. Raises Misuse where the play does not go as written."""
        begun = time.monotonic()
        scenario = self.stage.scenario
        self.show.opening(scenario, len(scenario.steps))
        self.names["folder"] = str(self.stage.folder)
        self.stage.prepare()
        # The watch works beside the play, as in life, and the first time it compiles for a while.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
            self._found = other.submit(watched, *self._flight())
            self.stage.start()
            for number, step in enumerate(scenario.steps, 1):
                self._step(number, step)
                if self.pause_s:
                    time.sleep(self.pause_s)
        report = self._report(begun)
        self.show.closing(report)
        return report

    def _step(self, number: int, step: Step) -> None:
        words = [word.format(**self.ids, **self.names) for word in step.run]
        self.show.step(number, step, words)
        if step.after is not None:
            self._await(step.who, step.after)
        if step.flight:
            self._fly()
        if step.wire is not None:
            self._wire(step.wire)
        if words:
            self._command(step, words)
        if step.await_ is not None:
            self._await(step.who, step.await_)
        if step.evidence is not None:
            self._evidence(step.who, step.evidence)
        about = step.save or (step.await_.id if step.await_ else None)
        if about is not None:
            self.show.both(self._views(self.ids[about]))

    def _command(self, step: Step, words: list[str]) -> None:
        composing = words[0] in ("send", "notice", "ack", "answer")
        if step.read_back is not None:
            words = [*words, *self._read_back(step.who, self.ids[step.read_back])]
        if composing:
            words = [*words, "--yes", "--json"]
        said = self.stage.do(step.who, words)
        self.show.said(step, said)
        if step.refused is not None:
            if said.code != 1 or step.refused not in said.error:
                raise Misuse(f"A refusal with {step.refused!r} was awaited: {said.error.strip()}")
            return
        if said.code != 0:
            raise Misuse(f"`firebreak {' '.join(words)}`: {said.error.strip()}")
        if composing:
            self._keep(step, said.data())

    def _read_back(self, party: str, identity: str) -> list[str]:
        view = self._view(party, identity)
        assert view is not None
        record = next(record for record in view["records"] if record["id"] == identity)
        words = []
        for critical in record["critical"]:
            words += ["--read-back", f"{critical['name']}={critical['value']}"]
        return words

    def _keep(self, step: Step, answer: Mapping[str, Any]) -> None:
        if step.save is not None:
            self.ids[step.save] = answer["id"]
        if self.wire_is_cut:
            self.by_hand.add(answer["id"])
        found = len(answer.get("conflicts", ()))
        if step.conflicts and not found:
            raise Misuse("Conflicts should have been shown before signing, and none was.")
        if step.conflicts:
            self.conflicts += found

    def _flight(self) -> tuple[FlightUse, str, Sequence[Position], Sequence[TrackTerms]]:
        """What is watched: the flight, the agreed line, and what was agreed of tracks."""
        scenario = self.stage.scenario
        party = self.stage.directory(scenario.flight.watched_by)
        terms = track_terms(NodeDirectory.open(party).agreements()[0].agreement)
        return scenario.flight, scenario.line_name, scenario.line_path, terms

    def _fly(self) -> None:
        assert self._found is not None
        found = self._found.result(LONGEST_WATCH_S)
        self.doubtful = found.doubtful
        self.show.found(found)
        query = found.draft.query
        assert query is not None
        self.names |= {
            "channel": name_of(found.draft.channel),
            "precedence": name_of(found.draft.precedence),
            "track": query.track,
            "position": decimal_position(query.position),
            "observed": f"-{duration_text(-query.observed)}",
            "height": "" if query.height is None else height_text(query.height),
            "speed": str(query.speed_kt),
            "course": str(query.course_degrees),
            "reason": found.reason,
        }

    def _wire(self, what: str) -> None:
        wire = self.stage.wire
        assert wire is not None
        self.wire_is_cut = what == "cut"
        if what == "mend":
            wire.mend()
            return
        wire.cut()
        for party in self.stage.scenario.parties:
            self.stage.until(
                partial(self._disconnected, party),
                f"{party} notices the cut",
            )

    def _connected(self, party: str) -> bool:
        status = self.stage.must(party, ["line", "status", "--json"]).data()
        return any(agreement["wire"]["connected"] for agreement in status["agreements"])

    def _disconnected(self, party: str) -> bool:
        return not self._connected(party)

    def _await(self, party: str, wait: Wait) -> None:
        identity = self.ids[wait.id]
        wanted = wait.state or wait.standing
        self.stage.until(
            lambda: self._reached(party, identity, wait), f"{party} sees {wait.id} {wanted}"
        )

    def _reached(self, party: str, identity: str, wait: Wait) -> bool:
        view = self._view(party, identity)
        if view is None:
            return False
        if wait.standing is not None and view["standing"] != wait.standing:
            return False
        return wait.state is None or wait.state in states_of(view, identity)

    def _view(self, party: str, identity: str) -> View | None:
        said = self.stage.do(party, ["show", identity, "--json"])
        view: View | None = said.data() if said.code == 0 else None
        return view

    def _views(self, identity: str) -> dict[str, View | None]:
        return {party: self._view(party, identity) for party in self.stage.scenario.parties}

    def _evidence(self, party: str, name: str) -> None:
        file = self.stage.folder / f"{name}.evidence"
        identity = self.ids[name]
        self.stage.must(party, ["evidence", "export", identity, "--out", str(file), "--yes"])
        roots = [self._root(other) for other in self.stage.scenario.parties]
        words = ["evidence", "verify", str(file)]
        for root in roots:
            words += ["--root", root]
        said = self.stage.command(words)
        self.evidence = {
            "evidence_verified": said.code == 0,
            "evidence_file": str(file.resolve()),
            "evidence_roots": roots,
        }

    def _root(self, party: str) -> str:
        return fingerprint_of(self.stage.directory(party) / "card")

    # -- the report ----------------------------------------------------------------------------

    def _report(self, begun: float) -> dict[str, Any]:
        parties = self.stage.scenario.parties
        self.stage.until(self._level, "both sides hold the same")
        logs = {party: self._logs(party) for party in parties}
        pages = {party: self._records(party) for party in parties}
        return {
            "records": {party: self._own_entries(party) for party in parties},
            "states": {party: _count_states(page) for party, page in pages.items()},
            "stores": {party: str(self.stage.directory(party).resolve()) for party in parties},
            "logs_agree": logs[parties[0]] == logs[parties[1]],
            **self.evidence,
            "conflicts_found": self.conflicts,
            "doubtful_tracks": list(self.doubtful),
            "carriers_used": self._carriers(pages),
            "forks": sum(self._forks(party) for party in parties),
            **self._sizes_and_times(pages),
            "seconds": round(time.monotonic() - begun, 3),
        }

    def _carriers(self, pages: Mapping[str, list[View]]) -> list[str]:
        """What records were delivered by: the socket, and files while the wire was cut."""
        delivered = {
            record["id"]
            for page in pages.values()
            for record in page
            if record["ours"] and "delivered" in {state["state"] for state in record["states"]}
        }
        used = {"socket": delivered - self.by_hand, "file": delivered & self.by_hand}
        return [carrier for carrier, records in used.items() if records]

    def _sizes_and_times(self, pages: Mapping[str, list[View]]) -> dict[str, Any]:
        """The first notice's sizes; from storing to the other side's receipt, over the socket."""
        sent = [record for page in pages.values() for record in page if record["ours"]]
        notice = next(record for record in sent if record["kind"] == "notice")
        signed = b64decode(notice["signed"])
        waits = [
            state["at"] - record["stored_at"]
            for record in sent
            if record["id"] not in self.by_hand
            for state in record["states"]
            if state["state"] == "delivered"
        ]
        return {
            "notice_signed_bytes": len(signed),
            "notice_sealed_narrow_bytes": _sealed_narrow(signed, notice["index"]),
            "delivered_p50_ms": median(waits),
            "delivered_over_socket": len(waits),
            "node_ready_s": round(max(self.stage.ready_s.values()), 3),
            "help_s": round(median(self.stage.help_times()), 3),
        }

    def _level(self) -> bool:
        first, second = self.stage.scenario.parties
        return all(map(self._connected, (first, second))) and self._logs(first) == self._logs(
            second
        )

    def _logs(self, party: str) -> Any:
        words = ["ledger", "verify", str(self.stage.directory(party)), "--json"]
        said = self.stage.command(words)
        if said.code != 0:
            raise Misuse(f"{party}'s ledger does not verify: {said.error.strip()}")
        return said.data()

    def _records(self, party: str) -> list[View]:
        said = self.stage.must(party, ["inbox", "--all", "--limit", "1000", "--json"])
        records: list[View] = said.data()["records"]
        return records

    def _channels(self, party: str) -> list[Mapping[str, Any]]:
        status = self.stage.must(party, ["line", "status", "--json"]).data()
        return [channel for each in status["agreements"] for channel in each["channels"]]

    def _own_entries(self, party: str) -> int:
        return sum(channel["own"]["size"] for channel in self._channels(party))

    def _forks(self, party: str) -> int:
        return sum(
            channel[log]["forked"] for channel in self._channels(party) for log in ("own", "theirs")
        )


def states_of(view: View, identity: str) -> set[str]:
    """The states that one record of a dialogue shows."""
    return {
        state["state"]
        for record in view["records"]
        if record["id"] == identity
        for state in record["states"]
    }


def _sealed_narrow(signed: bytes, index: int) -> int:
    """Bytes of a one-record bundle for a narrow link, the log's signature included."""
    item = Entries(int(Channel.AIR), index, (signed,), None, bytes(64))
    bundle = Bundle(bytes(AGREEMENT_PREFIX), PartyNumber(0), (item,))
    return len(bundle.encoded()) + OVERHEAD[Suite.NARROW]


def _count_states(page: list[View]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for record in page:
        counts.update({state["state"] for state in record["states"]})
    return dict(sorted(counts.items()))


def prepare_folder(folder: Path | None) -> Path:
    """Where the demo's files are kept: the folder named, or a new one. Raises Misuse."""
    if folder is None:
        return Path(tempfile.mkdtemp(prefix="firebreak-demo-"))
    if folder.exists() and any(folder.iterdir()):
        raise Misuse(f"{folder} is not empty. Name a new folder for the demo.")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
