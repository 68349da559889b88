"""The wording of each language: four Fluent files, read when first needed (spec/phrases.md, P-3)."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from firebreak.errors import InvalidValue
from firebreak.records.cbor import encode

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle

LANGUAGES = ("en", "ru", "uk", "pl")
"""The languages that have phrases, in the order that the catalogue's hash takes them."""

_REVIEWED = re.compile(r"# Reviewed by a native speaker: \S.*, [0-9]{4}-[0-9]{2}-[0-9]{2}\.")


def source(language: str) -> bytes:
    """The file's bytes, with line ends as LF however they were checked out (P-2)."""
    if language not in LANGUAGES:
        raise InvalidValue(
            f"There is no wording in {language!r}. Choose one of {', '.join(LANGUAGES)}."
        )
    return Path(__file__).with_name(f"{language}.ftl").read_bytes().replace(b"\r\n", b"\n")


@cache
def catalogue_hash() -> bytes:
    """SHA-256 over all the wording: what the agreement pins and every signature binds (P-1)."""
    return hash_of({language: source(language) for language in LANGUAGES})


def hash_of(files: dict[str, bytes]) -> bytes:
    """The hash of such files, in their order."""
    return hashlib.sha256(encode(("firebreak phrases 1", tuple(files.items())))).digest()


@cache
def reviewed(language: str) -> bool:
    """Whether a native speaker has reviewed the wording; its first line says who and when (P-9)."""
    first_line = source(language).partition(b"\n")[0].decode()
    return _REVIEWED.fullmatch(first_line) is not None


@cache
def bundle(language: str) -> FluentBundle:
    """The parsed wording of one language.

    Without isolation marks (P-6): they are bidirectional controls, which records refuse, so a text
    copied from the screen could not be sent. No phrase or figure here is written from right to left;
    whoever shows an author's own words isolates them by other means.
    """
    from fluent.runtime import FluentBundle, FluentResource

    made = FluentBundle([language], use_isolating=False)
    made.add_resource(FluentResource(source(language).decode()))
    return made


def phrase(name: str, language: str, /, **slots: str | float) -> str:
    """One message with its slots filled.

    Raises InvalidValue: a gap never passes as a sentence (P-8).
    """
    wording = bundle(language)
    if not wording.has_message(name):
        raise InvalidValue(f"There is no phrase {name!r} in {language!r}. Update Firebreak.")
    pattern = wording.get_message(name).value
    assert pattern is not None, name
    text, errors = wording.format_pattern(pattern, slots)
    if errors or not isinstance(text, str):
        raise InvalidValue(f"The phrase {name!r} in {language!r} cannot be formed: {errors}.")
    return text


def has_phrase(name: str, language: str) -> bool:
    """Whether there is a message of this name."""
    return bundle(language).has_message(name)


def kebab(name: str) -> str:
    """From a name in code to one in Fluent: SearchAndRescue, SEARCH_AND_RESCUE: search-and-rescue."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[ _]", "-", name).lower()
