"""Sentences derived from code and typed slots, in each language (spec/phrases.md).

What is signed is code and slots; a sentence here is how one side reads them. The author's own words
are never translated: they stand in quotation marks, with their language.
"""

from firebreak.phrases.catalogue import LANGUAGES, catalogue_hash, reviewed
from firebreak.phrases.names import Names, names_of
from firebreak.phrases.rows import lines
from firebreak.phrases.sentences import sentence
from firebreak.phrases.table import Row
from firebreak.phrases.terms import (
    HEADINGS,
    NOTES,
    NOUNS,
    SCOPES,
    STATES,
    channel_term,
    counted,
    field_name,
    heading,
    language_name,
    note,
    quoted,
    scope,
    state,
    term,
)

__all__ = [
    "HEADINGS",
    "LANGUAGES",
    "NOTES",
    "NOUNS",
    "SCOPES",
    "STATES",
    "Names",
    "Row",
    "catalogue_hash",
    "channel_term",
    "counted",
    "field_name",
    "heading",
    "language_name",
    "lines",
    "names_of",
    "note",
    "quoted",
    "reviewed",
    "scope",
    "sentence",
    "state",
    "term",
]
