"""Write docs/handbook/dialogues.md: the state diagram of every dialogue, from desk/tables.py.

Run: python scripts/draw_dialogues.py [file]
"""

import sys
from pathlib import Path

from firebreak.desk.tables import TABLES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "handbook" / "dialogues.md"

HEAD = (
    "# How each dialogue goes\n\n"
    "Drawn by `scripts/draw_dialogues.py` from the tables that both nodes go by"
    " (`src/firebreak/desk/tables.py`); spec/dialogue.md shows the same as tables. What no arrow names"
    " is kept and shown, and changes nothing.\n"
)

SAYING = {
    "A question": "A query, a request for restraint or clarification, a line check, a stop, and a call's own"
    " time for an answer. An answer that comes after the time is kept, and is late.",
    "A notice or hazard warning": "Acknowledged means heard, not agreed to. Only what is about the version"
    " that holds counts.",
    "A call": "No reason is owed for *not at this time*. A lapse is nobody's refusal, and an acceptance"
    " after it still leads to a call.",
    "An incident": "Closed by both or by neither; word after one side held it closed opens it again.",
    "A contact told": "Told, and nothing said to it, is uncommented: neither confirmed nor disputed.",
    "A site": "As a notice, without objection: nobody's leave is asked for.",
    "A movement": "A movement that was stopped may go on; one that arrived is over.",
}
"""What a reader should know of each, by the name of its table."""


def page() -> str:
    """The whole page."""
    parts = [
        f"## {table.name}\n\n{SAYING[table.name]}\n\n```mermaid\n{table.as_diagram()}```\n"
        for table in TABLES
    ]
    return "\n".join([HEAD, *parts])


if __name__ == "__main__":
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else PAGE
    out.write_text(page(), encoding="utf-8")
