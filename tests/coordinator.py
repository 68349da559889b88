"""Three real nodes: a coordinator, and two belligerents that each have an agreement with it alone.

with Three.make(place) as three:
    three.stage.must("ocha", "humanitarian", "list")
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.nodes import Stage, free_port, must, root_of, until

COORDINATOR = "ocha"
BELLIGERENTS = ("alpha", "bravo")
EVERYBODY = (COORDINATOR, *BELLIGERENTS)


@dataclass
class Three:
    """The coordinator OCHA, ALPHA and BRAVO; agreements with one channel, the humanitarian one."""

    stage: Stage

    @classmethod
    def make(cls, place: Path) -> Three:
        """Made with the commands that users have, and started."""
        ports = {party: free_port() for party in EVERYBODY}
        for party in EVERYBODY:
            address = f"127.0.0.1:{ports[party]}"
            must("party", "init", party.upper(), "--dir", place / party, "--listen", address)
        ours = place / COORDINATOR
        for party in BELLIGERENTS:
            theirs, draft = place / party, place / f"{party}.toml"
            minimal = ("--minimal", "--channel", "humanitarian", "--with", theirs / "card")
            must("agreement", "new", *minimal, "--dir", ours, "--out", draft)
            must("agreement", "sign", draft, "--dir", ours, "--fingerprint", root_of(theirs))
            signed = draft.with_suffix(".agreement")
            words = ("--with", ours / "card", "--fingerprint", root_of(ours))
            must("agreement", "sign", signed, "--dir", theirs, *words)
            must("agreement", "keep", signed, "--dir", ours)
            must("party", "peer", party.upper(), f"127.0.0.1:{ports[party]}", "--dir", ours)
            must("party", "peer", "OCHA", f"127.0.0.1:{ports[COORDINATOR]}", "--dir", theirs)
        return cls(Stage(place))

    def __enter__(self) -> Three:
        self.stage.start(*EVERYBODY)
        until(self._up, "both lines are up")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stage.__exit__(kind, error, at)

    def _up(self) -> bool:
        status = self.stage.client(COORDINATOR).get("/status")
        return [each["line"] for each in status["agreements"]] == ["up", "up"]

    def state(self, party: str = COORDINATOR, organisation: str | None = None) -> dict[str, Any]:
        """What a party's node shows of the channel."""
        return self.stage.client(party).get("/humanitarian", organisation=organisation)

    def lines(self, entry: str) -> dict[str, dict[str, Any]]:
        """The coordinator's lines of an entry, by party."""
        return {
            line["party"]: line
            for line in self.state()["lines"]
            if f"{line['organisation']}/{line['reference']}" == entry
        }
