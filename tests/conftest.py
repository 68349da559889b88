"""What all tests share. A test skips only through what stands here."""

import importlib
import os
import platform
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
IN_CI = os.environ.get("CI") == "true"

# The machines are shared, so an example's duration says nothing. In CI the examples are the same
# on every run; elsewhere they are fresh.
settings.register_profile("firebreak", deadline=None, print_blob=True, derandomize=IN_CI)
settings.load_profile("firebreak")


def needs_package(command: str, apt_line: str) -> str:
    """Return the path of a system command, or skip naming the line that installs it.

    Under CI=true its absence is a failure: there the Makefile's TEST_PACKAGES should install it.
    """
    found = shutil.which(command)
    if found is not None:
        return found
    reason = f"{command} is not installed: {apt_line}"
    if IN_CI:
        pytest.fail(f"{reason} (add it to TEST_PACKAGES in the Makefile)", pytrace=False)
    pytest.skip(reason)


def needs_wheel(module: str) -> ModuleType:
    """Import an oracle whose wheels exist for Linux on x86-64 only; skip on other machines."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        pytest.skip(f"{module} has no wheel for this machine")
    return importlib.import_module(module)


def needs_namespaces() -> None:
    """Skip, saying what is missing, where this machine makes no network namespaces."""
    from firebreak.bench.namespaces import missing

    for command in ("ip", "tc"):
        needs_package(command, "apt-get install iproute2")
    lack = missing()
    if lack is not None:
        pytest.skip(
            f"{lack} (tests/line/test_narrow.py has bad wires in virtual time, which need nothing)"
        )


def needs_postfix() -> None:
    """Skip where Postfix is not installed, or may not be started: its master wants root."""
    needs_package(
        "postfix",
        "echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections"
        " && apt-get install --no-install-recommends postfix",
    )
    if os.geteuid() != 0:
        pytest.skip("Postfix starts as root only; tests/carriers/test_mail.py has what needs none")


@pytest.fixture(scope="session")
def shared_vectors() -> Path:
    """The folder of test vectors that nobody here wrote, beside the project."""
    folder = ROOT.parent / "shared" / "vectors"
    if not folder.is_dir():
        pytest.skip("no folder ../shared/vectors beside the project")
    return folder
