"""Print the example with which spec/spoken.md opens.

Run from the project's root: PYTHONPATH=src python -m tests.phrases.script_examples
tests/phrases/test_script.py holds the file against what is printed here.
"""

from firebreak.desk.spoken import Content, Message, check_of_text, groups, shown, spelled
from firebreak.phrases.script import as_text, script_of
from firebreak.records.agreement import Mode
from firebreak.records.kinds import Query
from tests.phrases.examples import CENTRE, NAMES, record_of

TEXT = "We hear you."
SPEAKER = "Nordland, air duty officer"


def specification_example() -> str:
    """Twelve bytes as groups, their check words, and a query as a script."""
    made = groups(Message(Content.FILE, TEXT.encode()))
    out = [f"bytes of a file: {TEXT}"]
    out += [f"{number:>3}  {shown(group)}  {spelled(group)}" for number, group in enumerate(made)]
    check = check_of_text(TEXT)
    out += [f"check words of the text: {shown(check)} = {spelled(check)}", ""]
    script = script_of(
        record_of(Query("4711", CENTRE, -60_000)),
        NAMES,
        Mode.EXERCISE,
        ("en", "ru"),
        SPEAKER,
        agreed=True,
    )
    return "\n".join(out) + "\n" + as_text(script)


if __name__ == "__main__":
    print(specification_example(), end="")
