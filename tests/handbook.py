"""Runs a page of docs/handbook as its reader would, in an empty directory.

What a page may hold, and what is done with it, in order:

- a block `sh`: each line is a command; a line that ends in a backslash goes on in the next.
  `firebreak node run` and `firebreak relay run` go on running, as in a terminal of their own;
  `# Ctrl-C: DIR` ends the one of that directory. A command with the comment `# refused` has to be
  refused. `cp`, `mkdir` and `cat` are the only other commands.
- a block `toml`: is put at the end of `draft.toml`.
- a block `text`: what the command before it prints, in this order; `…` stands for anything.
- a word of PLACES (CALL, ID, …): what the reader looks up, as the page tells him.
- `](README.md#practise…)`: that section of the index is done before the page.

Questions are answered with yes; a fingerprint that is asked for is the other party's. A command
that comes before what it needs has come over the line is tried again, as a person would.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from firebreak.cli.frame import load
from firebreak.ledger.custody import open_card
from tests.conftest import ROOT
from tests.nodes import PATIENCE_S, Said, Stage, command, free_port, must, root_of, until

FOLDER = ROOT / "docs" / "handbook"
INDEX = "README.md"


def page(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def section(text: str, anchor: str) -> str:
    """The section whose heading has this anchor. Raises ValueError where there is none."""
    for part in re.split(r"^(?=## )", text, flags=re.MULTILINE):
        heading = part.partition("\n")[0].removeprefix("## ").lower()
        if re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") == anchor:
            return part
    raise ValueError(f"no section has the anchor {anchor}")


@dataclass
class Step:
    """One line of a page, and what it has to print."""

    words: list[str]
    refused: bool = False
    printed: list[str] = field(default_factory=list)


def steps(text: str) -> Iterator[Step]:
    """The commands of a page in order; first those of the section that it says to have done."""
    for anchor in dict.fromkeys(re.findall(rf"\]\({INDEX}#(practise[\w-]*)\)", text)):
        yield from steps(section(page(INDEX), anchor))
    found: list[Step] = []
    for language, block in re.findall(
        r"^```(sh|text|toml)\n(.*?)^```", text, re.DOTALL | re.MULTILINE
    ):
        if language == "text":
            found[-1].printed = block.splitlines()
            continue
        if language == "toml":
            found.append(Step(["put", block]))
            continue
        for line in block.replace("\\\n", " ").splitlines():
            stopped = re.match(r"# Ctrl-C: (\S+)$", line)
            words = ["Ctrl-C", stopped[1]] if stopped else shlex.split(line, comments=True)
            if words:
                found.append(Step(words, bool(re.search(r"# refused\b", line))))
    yield from found


# What a reader looks up


def _folder(words: list[str]) -> Path:
    return Path(words[words.index("--dir") + 1]) if "--dir" in words else Path()


def _data(folder: Path, *words: str) -> Any:
    return must(*words, "--dir", folder, "--json").data()


def _bundle(folder: Path) -> str:
    """The newest of ALPHA's that stand with the relay, or of all of his; answers come by themselves."""
    rows = [row for row in _data(folder, "relay", "show")["bundles"] if row["sender"] == "ALPHA"]
    standing = [row for row in rows if row["standing_since"] is not None]
    return str((standing or rows)[-1]["bundle"][:8])


def _custody_key(folder: Path) -> str:
    (card,) = Path().glob("*/relay.toml")
    return open_card((card.parent / "card").read_bytes()).key.hex()


def _challenge(folder: Path) -> Any:
    return _data(folder, "call", "challenge", PLACES["CALL"](folder))


def _check_words() -> str:
    """Those of the newest bundle file, as who carries its pages reads them out."""
    newest = max(Path().glob("*.bundle"), key=lambda path: path.stat().st_mtime_ns)
    return str(must("script", "check", newest, "--json").data()["words"])


PLACES: dict[str, Callable[[Path], str]] = {
    "ID": lambda folder: str(_data(folder, "inbox")["records"][0]["id"][:8]),
    "CALL": lambda folder: str(_data(folder, "call", "board")["calls"][0]["id"][:8]),
    "ENTRY": lambda folder: str(_data(folder, "journal", "list")["entries"][-1]["id"][:8]),
    "BUNDLE": _bundle,
    "KEY": _custody_key,
    "RECORD": lambda folder: str(_data(folder, "inbox", "--out")["records"][0]["id"][:8]),
    "WORDS": lambda folder: _check_words(),
    "WORD": lambda folder: str(_challenge(folder)["theirs"]),
}
"""By its name in the pages: how it is found out for the directory that the command names."""


# Running them


@dataclass
class Reader:
    """Somebody who does what a page says.

    place: an empty directory, the current one; patience: how long he tries a command again, seconds.
    """

    place: Path
    patience: float = PATIENCE_S
    ports: dict[str, str] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def follow(self, text: str) -> int:
        """Do all that a page says; the number of commands."""
        done = 0
        try:
            for step in steps(text):
                self._do(step)
                done += 1
        finally:
            for folder in list(self.running):
                self._stop(folder)
        return done

    def _do(self, step: Step) -> None:
        name, *words = step.words
        words = [re.sub(r"(?<=127\.0\.0\.1:)\d+", self._port, word) for word in words]
        match name, *words[:2]:
            case "Ctrl-C", str(folder):
                assert self._stop(folder) == 0, (self.place / f"{folder}.log").read_text("utf-8")
            case "firebreak", ("node" | "relay"), "run":
                self._start(words)
            case "firebreak", *_:
                self._command(words, step)
            case "put", str(lines):
                (filled,) = self._filled(lines, words)
                draft = Path("draft.toml")
                draft.write_text(f"{draft.read_text('utf-8')}\n{filled}", "utf-8")
            case (("cp" | "mkdir" | "cat"), *_):
                _plain(name, words)
            case _:
                raise AssertionError(f"a page may not do this: {name}")

    def _port(self, found: re.Match[str]) -> str:
        return self.ports.setdefault(found[0], str(free_port()))

    def _start(self, words: list[str]) -> None:
        folder = str(_folder(words))
        with (self.place / f"{folder}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "firebreak", *words], stdout=log, stderr=log
            )
        self.running[folder] = process
        if words[0] == "relay":
            until((self.place / folder / "relay.sock").exists, f"{folder} runs")
        else:
            stage = Stage(self.place, {folder: process})
            until(lambda: stage.answers(folder), f"{folder} runs")

    def _stop(self, folder: str) -> int:
        process = self.running.pop(folder)
        process.terminate()
        return process.wait(PATIENCE_S)

    def _command(self, words: list[str], step: Step) -> None:
        """Do it, and where something has not come yet, do it again."""
        deadline = time.monotonic() + self.patience
        while True:
            said, lacking = self._once(words, step)
            if lacking is None:
                return
            done = said is not None and said.code == 0 and takes(words, "--yes")
            wrong = said is not None and (said.code == 2 or "fault in the program" in said.err)
            if done or wrong or time.monotonic() > deadline:
                raise AssertionError(f"{shlex.join(words)}: {lacking}")
            time.sleep(0.2)

    def _once(self, words: list[str], step: Step) -> tuple[Said | None, str | None]:
        """What a command said, and what is lacking in it."""
        try:
            filled = [each for word in words for each in self._filled(word, words)]
        except (LookupError, AssertionError) as error:
            return None, f"not found yet: {error!r}"
        said = command(*filled, *_answers(filled))
        if said.code != (1 if step.refused else 0):
            return said, f"exit code {said.code}\n{said.err}{said.out}"
        return said, _lacking(step.printed, said.out + said.err)

    def _filled(self, word: str, words: list[str]) -> list[str]:
        """A word with what the reader has looked up, and with what the shell puts for a star."""
        names = "|".join(PLACES)
        word = re.sub(rf"\b({names})\b", lambda found: PLACES[found[0]](_folder(words)), word)
        return sorted(map(str, Path().glob(word))) if "*" in word else [word]


def _plain(name: str, words: list[str]) -> None:
    match name:
        case "cp":
            *sources, target = (Path(word) for word in words)
            for source in sources:
                shutil.copy(source if source.exists() else ROOT / source, target)
        case "mkdir":
            Path(words[-1]).mkdir()
        case _:
            assert all(Path(word).stat().st_size for word in words)


def takes(words: list[str], option: str) -> bool:
    """Whether a command has this option."""
    found = load(words[0])
    for word in words[1:]:
        found = getattr(found, "commands", {}).get(word, found)
    return any(option in param.opts for param in found.params)


def _answers(words: list[str]) -> list[str]:
    """What a person answers to the questions of a command."""
    given = []
    if takes(words, "--yes") and "--yes" not in words:
        given.append("--yes")
    if takes(words, "--read-back") and "--read-back" not in words:
        given += ["--read-back", "all"]
    if words[:2] == ["agreement", "sign"]:
        own = _folder(words)
        (other,) = (
            card.parent for card in Path().glob("*/card") if _party(card) and card.parent != own
        )
        given += ["--fingerprint", root_of(other)]
    return given


def _party(card: Path) -> bool:
    return (card.parent / "node.toml").exists()


def _lacking(printed: list[str], out: str) -> str | None:
    """The first line of `printed` that does not stand in what was printed, and all of that."""
    flat = " ".join(out.split())
    at = 0
    for line in printed:
        for piece in filter(None, (" ".join(part.split()) for part in line.split("…"))):
            found = flat.find(piece, at)
            if found < 0:
                return f"lacks {piece!r}:\n{out}"
            at = found + len(piece)
    return None
