"""Every planted fault is caught, and what is right passes where the fault does not."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.conftest import ROOT
from tests.faults.fault import MOST_SEEDS, BySeeds, ByTest, Planted, planted
from tests.faults.planting import FAULTS
from tests.hostile.seeds import SCENARIOS, Outcome, run, shrunk
from tests.hostile.test_hostile import SEEDS, explained
from tests.hostile.world import Broken, ground

PATIENCE = 300
"""s after which a process is taken to hang."""

NAMED = frozenset(
    {
        "acknowledge-before-durable", "skip-re-encode", "trust-the-first-head",
        "judge-by-the-readers-clock", "order-by-arrival", "void-wedges-the-mirror",
        "lapsed-ignores-a-crossed-answer", "receipt-for-bodies-not-held",
        "reuse-an-index-after-restore", "accept-an-unlisted-signature-line", "seal-to-the-wrong-key",
        "skip-the-second-officer", "fail-open-on-nan",
    }
)  # fmt: skip
"""The faults that must never be missing from the list."""

SOWN = [fault for fault in FAULTS.values() if isinstance(fault.caught, BySeeds)]
TRIED = [fault for fault in FAULTS.values() if isinstance(fault.caught, ByTest)]
REPLAYED = FAULTS["acknowledge-before-durable"]

Tell = Callable[[str], None]


def name_of(fault: Planted) -> str:
    return fault.name


@pytest.fixture(autouse=True, scope="module")
def sound_ground() -> None:
    """Keys and agreements are kept from one world to the next: they are made before any fault is."""
    ground(False)
    ground(True)


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    """A line on standard error, which reaches the terminal from a worker too."""

    def say(line: str) -> None:
        with capsys.disabled():
            print(f"\n{line}", file=sys.stderr)

    return say


def seeds_of(fault: Planted) -> Iterator[int]:
    """The seeds that must catch a fault: the first ones of its sorts of trouble."""
    assert isinstance(fault.caught, BySeeds)
    wanted = fault.caught.scenarios
    assert set(wanted) <= {scenario.name for scenario in SCENARIOS}
    found = 0
    for seed in range(SEEDS):  # where the sound code passes: tests/hostile/test_hostile.py
        if found < MOST_SEEDS and (not wanted or SCENARIOS[seed % len(SCENARIOS)].name in wanted):
            found += 1
            yield seed


def first_failure(fault: Planted) -> tuple[int, Outcome]:
    """How many seeds it took, and what the last of them came to."""
    for tried, seed in enumerate(seeds_of(fault), 1):
        outcome = run(seed)
        if outcome.failure is not None:
            return tried, outcome
    pytest.fail(f"{MOST_SEEDS} seeds did not notice: {fault.wrong}")


def test_the_faults_are_there_and_none_has_two_names() -> None:
    assert len(FAULTS) == len(SOWN) + len(TRIED) >= 20
    assert set(FAULTS) >= NAMED
    assert len({fault.wrong for fault in FAULTS.values()}) == len(FAULTS)
    assert len({fault.plant for fault in FAULTS.values()}) == len(FAULTS)


def test_no_fault_is_in_the_code() -> None:
    """What ships knows nothing of the faults: they are planted from outside only."""
    sources = list((ROOT / "src").rglob("*.py"))
    assert sources
    for path in sources:
        assert "tests.faults" not in path.read_text(encoding="utf-8"), path


@pytest.mark.parametrize("fault", SOWN, ids=name_of)
def test_a_seed_catches_it(fault: Planted, tell: Tell) -> None:
    """An invariant breaks, not the node; and it holds in the same run of the sound code."""
    with planted(fault) as planter:
        tried, outcome = first_failure(fault)
        least = shrunk(outcome)
    assert planter.reached
    for failed in (outcome, least):
        assert isinstance(failed.failure, Broken), repr(failed.failure)
        assert run(failed.seed, failed.steps).failure is None
    assert run(outcome.seed).failure is None
    complaint = str(outcome.failure).partition(":")[0]
    tell(
        f"{fault.name}: seed {outcome.seed} ({outcome.scenario}), {tried} tried, {len(least.steps)} of"
        f" {len(outcome.steps)} steps are enough: {complaint}"
    )


# From one command


def outside(*command: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command at the root of the project as a person would, with nothing of this run's."""
    mine = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**mine, **more},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def pytest_outside(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return outside(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments, **more)


def planting(fault: Planted) -> list[str]:
    return ["-p", "tests.faults.planting", "--plant", fault.name]


def reached(output: str) -> int:
    found = re.search(r"planted: \S+, reached (\d+) times", output)
    assert found is not None, output
    return int(found[1])


@pytest.mark.parametrize("fault", TRIED, ids=name_of)
def test_a_test_of_its_rule_catches_it(fault: Planted, tell: Tell) -> None:
    """The test fails because what it demands is not so: nothing else in it stumbles."""
    assert isinstance(fault.caught, ByTest)
    done = pytest_outside("-q", *planting(fault), fault.caught.test)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr
    assert reached(done.stdout)
    noticed = re.findall(r"^noticed by (.*) \((\w+)\)$", done.stdout, re.MULTILINE)
    assert noticed, done.stdout
    assert {error for _, error in noticed} <= {"AssertionError", "Failed", "Broken"}, done.stdout
    assert all(test.startswith(fault.caught.test) for test, _ in noticed)
    tell(f"{fault.name}: {fault.caught.test}")


def test_the_sound_code_passes_those_tests() -> None:
    tests = sorted({fault.caught.test for fault in TRIED if isinstance(fault.caught, ByTest)})
    done = pytest_outside("-q", *tests)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_failure_is_shrunk_and_replayed_by_the_command_that_it_names() -> None:
    with planted(REPLAYED):
        _, outcome = first_failure(REPLAYED)
        least = shrunk(outcome)
        again = run(least.seed, least.steps)
        told = explained(outcome, REPLAYED.name)
    assert len(least.steps) < len(outcome.steps)
    assert repr(again.failure) == repr(least.failure)
    assert f"{len(least.steps)} of its {len(outcome.steps)} steps are enough" in told
    (line,) = re.findall(r"^Again: (.*)$", told, re.MULTILINE)
    setting, python, *arguments = shlex.split(line)
    assert python == "python"
    name, _, seed = setting.partition("=")
    done = outside(sys.executable, *arguments, **{name: seed})
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr
    assert reached(done.stdout)
    assert f"Seed {outcome.seed} ({outcome.scenario}) breaks an invariant" in done.stdout
    assert all(f"    {step}" in done.stdout for step in least.steps)
    assert line in done.stdout
    without = [word for word in arguments if word not in planting(REPLAYED)[1:]]
    without.remove("-p")
    assert outside(sys.executable, *without, **{name: seed}).returncode == 0


def test_a_fault_that_is_not_listed_is_refused_with_those_that_are() -> None:
    done = pytest_outside("-p", "tests.faults.planting", "--plant", "no-such", "tests/test_keys.py")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "There is no fault no-such. There are: acknowledge-before-durable" in done.stderr
