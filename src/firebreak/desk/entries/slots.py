"""Slots that journal entries share."""

from __future__ import annotations

from firebreak.records.codec import Integer, Octets, Text
from firebreak.values import LATEST

TIME = Integer(0, LATEST)
"""ms UTC."""
LINE = Text(200)
TITLE = Text(120)
ID = Octets(32, 32)
"""The id of a record or of a journal entry."""
