"""2,000 runs of two nodes in a hostile world; a run that breaks an invariant is shortened and shown."""

from __future__ import annotations

import os
import sys
import traceback
from collections import Counter
from collections.abc import Callable

import pytest

from tests.hostile.faults import Fault
from tests.hostile.seeds import Outcome, run, shrunk

SEEDS, CHUNKS = 2_000, 8
EACH = SEEDS // CHUNKS


def explained(outcome: Outcome, planted: str | None = None) -> str:
    """A failure as short as it can be made, and how to see it again.

    planted: the fault that was in the code (tests/faults), None for the code as it is.
    """
    planting = f" -p tests.faults.planting --plant {planted}" if planted else ""
    least = shrunk(outcome)
    assert least.failure is not None
    steps = "\n".join(f"    {step}" for step in least.steps)
    trace = "".join(traceback.format_exception(least.failure))
    return (
        f"Seed {outcome.seed} ({outcome.scenario}) breaks an invariant: {least.failure}\n"
        f"{len(least.steps)} of its {len(outcome.steps)} steps are enough:\n{steps}\n"
        f"Again: FIREBREAK_SEED={outcome.seed} python -m pytest{planting} tests/hostile -k seed\n"
        f"{trace}"
    )


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_invariant_holds_whatever_is_done(
    chunk: int, record_property: Callable[[str, object], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Seeds are shared out so that each chunk meets every fault."""
    counts: Counter[Fault] = Counter()
    for seed in range(chunk * EACH, (chunk + 1) * EACH):
        outcome = run(seed)
        if outcome.failure is not None:
            pytest.fail(explained(outcome), pytrace=False)
        counts.update(outcome.counts)
    told = ", ".join(f"{fault} {counts[fault]}" for fault in Fault)
    with capsys.disabled():  # on standard error, which reaches the terminal from a worker too
        first, last = chunk * EACH, (chunk + 1) * EACH - 1
        print(f"\nhostile world, seeds {first} to {last}: {told}", file=sys.stderr)
    for fault in Fault:
        record_property(fault.name.lower(), counts[fault])
    assert not [fault for fault in Fault if not counts[fault]], "a fault was never injected"


def test_one_seed(pytestconfig: pytest.Config) -> None:
    """FIREBREAK_SEED=n runs one seed; without it, the first."""
    outcome = run(int(os.environ.get("FIREBREAK_SEED", "0")))
    if outcome.failure is not None:
        planted = pytestconfig.getoption("plant", None)  # tests/faults/planting.py, if it is used
        pytest.fail(explained(outcome, planted), pytrace=False)
