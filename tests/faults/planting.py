"""Faults planted in the code at run time, to see that the tests notice them.

None is in `src/`: each is a function that puts wrong code in the place of right code while a test runs.

See all of them:

    python -m pytest tests/faults

See one at work, in any tests. The first line runs a seed of the hostile world, prints what breaks and
shrinks it to the steps that are enough; the second runs the test that must fail:

    FIREBREAK_SEED=49 python -m pytest -p tests.faults.planting --plant order-by-arrival tests/hostile -k seed
    python -m pytest -p tests.faults.planting --plant fail-open-on-nan tests/volumes/test_conflict.py

To add a fault: think of something that would hurt somebody if it went wrong. Write a function that
plants it, with `Planter.function`, and a row with its name, the sentence an operator would say, and how
it is caught, in `nodes.py` (what a node does) or `rules.py` (what is accepted). Prefer `BySeeds`: an
invariant of the hostile world that breaks. If nothing breaks, the fault is a finding: strengthen
`tests/hostile/invariants.py`, let `tests/hostile/adversary.py` try it, or add a test to the rule's own
tests, one that would be worth having if nobody had thought of the fault. Where both sides would err
alike, nothing that compares them can see it: only a known answer or somebody who breaks the rule can.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.faults.fault import Planted, planted
from tests.faults.nodes import NODES
from tests.faults.rules import RULES

FAULTS = {fault.name: fault for fault in (*NODES, *RULES)}


class Planting:
    """Plants one fault while each test runs; tells at the end which tests noticed."""

    def __init__(self, fault: Planted) -> None:
        self.fault = fault
        self.reached = 0
        self.caught: list[tuple[str, str]] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        with planted(self.fault) as planter:
            try:
                yield
            except (Exception, pytest.fail.Exception) as error:
                self.caught.append((item.nodeid, type(error).__name__))
                raise
            finally:
                self.reached += planter.reached

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section(f"planted: {self.fault.name}, reached {self.reached} times")
        terminalreporter.line(self.fault.wrong)
        for test, error in self.caught:
            terminalreporter.line(f"noticed by {test} ({error})")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--plant", metavar="FAULT", help="plant a fault of tests/faults")


def pytest_configure(config: pytest.Config) -> None:
    name = config.getoption("--plant")
    if name is None:
        return
    if name not in FAULTS:
        raise pytest.UsageError(f"There is no fault {name}. There are: {', '.join(FAULTS)}.")
    config.pluginmanager.register(Planting(FAULTS[name]))
