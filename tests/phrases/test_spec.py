"""spec/phrases.md against the code: its example, and where each MUST is met."""

import re

from firebreak.records.kinds import Kind
from firebreak.records.readback import critical_fields
from tests.conftest import ROOT
from tests.phrases.examples import RECORDS, specification_example

FOLDERS = ("src/firebreak/phrases", "src/firebreak/records"), ("tests/phrases", "tests/records")


def text() -> str:
    return (ROOT / "spec" / "phrases.md").read_text(encoding="utf-8")


def listed() -> list[str]:
    return re.findall(r"^- \*\*(P-[0-9]+)\*\* ", text(), re.MULTILINE)


def cited(folders: tuple[str, ...]) -> set[str]:
    files = [path for folder in folders for path in (ROOT / folder).glob("*.py")]
    return {
        name
        for path in files
        for name in re.findall(r"\bP-[0-9]+\b", path.read_text(encoding="utf-8"))
    }


def test_the_specification_opens_with_what_the_code_does() -> None:
    assert text().split("```\n")[1] == specification_example()


def test_each_requirement_has_one_number_and_is_cited_by_code_and_tests() -> None:
    names = listed()
    assert sorted(names, key=lambda name: int(name[2:])) == [
        f"P-{number}" for number in range(1, len(names) + 1)
    ]
    for folders in FOLDERS:
        assert cited(folders) == set(names), folders


def test_the_table_of_critical_fields_is_the_code_s() -> None:
    rows = re.findall(r"^\| ([A-Z_, ]+) \| (.+) \|$", text(), re.MULTILINE)
    table = {Kind[kind]: fields.split(", ") for kinds, fields in rows for kind in kinds.split(", ")}
    for record in RECORDS:
        if record.kind not in table:
            assert critical_fields(record) == ()
            continue
        names = [re.sub(r" [0-9]+$", " n", name) for name, _ in critical_fields(record)]
        allowed = [re.sub(r"[()]", "", name) for name in table[Kind(record.kind)]]
        required = [name for name in table[Kind(record.kind)] if "(" not in name]
        assert [name for name in allowed if name in names] == list(dict.fromkeys(names))
        assert set(required) <= set(names)
