"""`firebreak paper`: from one node onto pages, and from pictures of them into the other."""

from __future__ import annotations

import json
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from firebreak.carriers.files import read_bundle, write_bundle
from firebreak.carriers.paper import Part, cut
from firebreak.carriers.paper_kept import KeptParts
from firebreak.sealing import SealingKeys, SealingPublic, Suite, seal
from firebreak.store.directory import NodeDirectory
from firebreak.values import Millis, Precedence
from tests.cli.conftest import Run
from tests.nodes import NOTICE, Stage, command, must, template


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template(tmp_path_factory.getbasetemp() / "parties")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place to work in, where no node is."""
    monkeypatch.delenv("FIREBREAK_DIR", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def sealed_to(party: Path, size: int) -> bytes:
    keys = NodeDirectory.open(party).card().roster.node
    to = SealingPublic(keys.x25519, keys.xwing)
    return seal(bytes(size), to, Suite.WIDE, Precedence.ROUTINE, Millis(1_900_000_000_000))


def a_bundle(path: Path, size: int = 40) -> Path:
    keys = SealingKeys.from_raw(bytes(range(64))).public
    bundle = seal(bytes(size), keys, Suite.WIDE, Precedence.ROUTINE, Millis(1_900_000_000_000))
    write_bundle(path, bundle)
    return path


def by_paper(stage: Stage, sender: str, receiver: str) -> str:
    """Carry all that waits from one node to the other, which are never both there; what was said."""
    stage.start(sender)
    bundle, pages = stage.place / f"{sender}.bundle", stage.place / f"{sender}-pages"
    stage.must(sender, "bundle", "export", "--out", bundle)
    stage.stop(sender)
    stage.must(sender, "paper", "print", bundle, "--out", pages)
    stage.start(receiver)
    parts = stage.place / "parts"
    said = stage.must(receiver, "paper", "scan", *pages.iterdir(), "--give", "--parts", parts)
    stage.stop(receiver)
    assert not parts.exists()
    return said.out


def test_a_notice_and_its_receipt_go_by_paper(made: Path, here: Path) -> None:
    with Stage.make(made, here / "stage") as stage:
        stage.start("alpha")
        sent = stage.run("alpha", *NOTICE, "--yes", "--json").data()["id"]
        stage.stop("alpha")
        assert "new entries of ALPHA" in by_paper(stage, "alpha", "bravo")
        assert "1 of ours delivered" in by_paper(stage, "bravo", "alpha")
        stage.start("alpha")
        assert "delivered" in stage.states("alpha", sent)


def test_a_pdf_says_whose_it_is_and_is_read_back(made: Path, here: Path) -> None:
    write_bundle(here / "b", sealed_to(made / "bravo", 3_000))
    said = must("paper", "print", "b", "--out", "to-bravo.pdf", "--dir", made / "alpha")
    bundle = read_bundle(here / "b")
    sheaf = cut(bundle)[0].sheaf
    assert f"1 page with {sheaf.total} codes, any {sheaf.count} of which are enough" in said.out
    assert (
        f"Check words, to be read out by telephone: {sheaf.check} = {sheaf.check_words}" in said.out
    )
    rendered = pypdfium2.PdfDocument(here / "to-bravo.pdf")
    text = rendered[0].get_textpage().get_text_range()
    assert "EXERCISE · УЧЕНИЕ" in " ".join(text.split())
    assert "BRAVO" in text
    rendered[0].render(scale=150 / 72).to_pil().save(here / "seen.jpg", quality=60)
    said = must("paper", "scan", "seen.jpg", "--out", "back.bundle")
    assert f"Check words, which the sender's must be: {sheaf.check} = " in said.out
    assert read_bundle(here / "back.bundle") == bundle
    assert not (here / "paper.parts").exists()


def test_without_a_directory_the_key_is_named(here: Path) -> None:
    a_bundle(here / "b")
    said = must("paper", "print", "b", "--out", "pages")
    assert "No directory here tells whose this bundle is" in said.err
    shown = must("paper", "print", "b", "--out", "pages", "--json").data()
    assert (shown["receiver"], shown["mode"], shown["pages"], shown["enough"]) == (None, None, 1, 2)
    assert shown["files"] == ["pages/page-1.png"]


def test_what_a_directory_does_not_know_is_said(made: Path, here: Path) -> None:
    a_bundle(here / "b")
    said = must("paper", "print", "b", "--out", "x.pdf", "--dir", made / "alpha")
    assert "No directory here tells whose this bundle is" in said.err
    said = command("paper", "print", "b", "--out", "y.pdf", "--dir", here / "none")
    assert (said.code, "There is no node in" in said.err) == (1, True)


def test_another_file_is_not_overwritten(here: Path) -> None:
    a_bundle(here / "b")
    (here / "x.pdf").write_text("letter")
    said = command("paper", "print", "b", "--out", "x.pdf")
    assert (said.code, "exists and holds something else" in said.err) == (1, True)
    said = command("paper", "print", "b", "--out", "x.pdf/pages")
    assert (said.code, "cannot be written: " in said.err) == (1, True)
    assert (here / "x.pdf").read_text() == "letter"


def test_what_is_no_bundle_is_not_printed(here: Path) -> None:
    write_bundle(here / "b", b"\x07" * 40)
    said = command("paper", "print", "b", "--out", "x.pdf")
    assert (said.code, "is of format 7" in said.err) == (1, True)
    write_bundle(here / "long", a_long_bundle())
    said = command("paper", "print", "long", "--out", "x.pdf")
    assert (said.code, "does not go on paper" in said.err) == (1, True)
    assert not (here / "x.pdf").exists()


def a_long_bundle() -> bytes:
    keys = SealingKeys.from_raw(bytes(range(64))).public
    return seal(bytes(140_000), keys, Suite.WIDE, Precedence.ROUTINE, Millis(1_900_000_000_000))


def test_some_pages_today_and_the_rest_tomorrow(here: Path) -> None:
    a_bundle(here / "b", 9_000)
    must("paper", "print", "b", "--out", "pages")
    one, two = sorted((here / "pages").iterdir())[:2]
    said = command("paper", "scan", one, "--out", "back")
    assert said.code == 1
    assert f"{one}: 9 codes, 9 new." in said.out
    check = cut(read_bundle(here / "b"))[0].sheaf.check
    assert (
        f"Bundle {check}: 9 of 27 codes are here, 16 are enough. 7 more wanted, any of these: page 2, codes"
        in (said.err)
    )
    assert "; page 3, codes 19, 20" in said.err
    again = command("paper", "scan", "--out", "back", "--json")
    assert (again.code, again.data()["bundles"][0]["whole"]) == (1, False)
    said = must("paper", "scan", two, one, "--out", "back")
    assert f"{one}: 9 codes, 0 new." in said.out
    assert read_bundle(here / "back") == read_bundle(here / "b")


def test_pages_of_two_bundles_go_to_two_files(here: Path) -> None:
    for name, size in (("one", 40), ("two", 4_000)):
        a_bundle(here / name, size)
        must("paper", "print", name, "--out", f"{name}-pages")
    pictures = [*(here / "one-pages").iterdir(), *(here / "two-pages").iterdir()]
    shown = must("paper", "scan", *pictures, "--out", "back", "--json").data()
    assert [bundle["file"] for bundle in shown["bundles"]] == ["back", "back.2"]
    found = {read_bundle(here / "back"), read_bundle(here / "back.2")}
    assert found == {read_bundle(here / "one"), read_bundle(here / "two")}


def test_a_bad_picture_keeps_no_other_from_being_read(here: Path) -> None:
    a_bundle(here / "b")
    must("paper", "print", "b", "--out", "pages")
    (here / "letter.png").write_text("Dear colleague")
    said = command("paper", "scan", "letter.png", "pages/page-1.png", "--out", "back")
    assert said.code == 1  # something was refused, though the bundle is whole
    assert "letter.png: This is no PNG or JPEG picture" in said.err
    assert read_bundle(here / "back") == read_bundle(here / "b")


def test_an_altered_code_is_told(here: Path) -> None:
    bundle = read_bundle(a_bundle(here / "b"))
    parts = cut(bundle)
    forged = Part(parts[0].sheaf, 0, bytes(len(parts[0].data)))
    KeptParts(here / "paper.parts").add([forged, *parts[1:]])
    said = must("paper", "scan", "--out", "back")
    assert "Code 1 of page 1 was altered or is of another bundle" in said.err
    assert read_bundle(here / "back") == bundle


def test_contradicting_codes_give_nothing(here: Path) -> None:
    parts = cut(read_bundle(a_bundle(here / "b")))
    forged = [Part(part.sheaf, part.number, bytes(len(part.data))) for part in parts]
    KeptParts(here / "paper.parts").add([*forged, parts[3]])
    said = command("paper", "scan", "--out", "back")
    assert said.code == 1
    assert "they contradict each other: more than one was altered" in said.err
    assert "Doubtful: page 1, code 4." in said.err
    assert not (here / "back").exists()


def test_a_picture_without_codes_is_told(here: Path) -> None:
    Image.new("L", (400, 400), 255).save(here / "white.png")
    said = command("paper", "scan", "white.png", "--out", "back")
    assert said.code == 1
    assert "white.png: 0 codes, 0 new." in said.out
    assert "No code of ours is on these pictures" in said.err


def test_where_it_goes_must_be_said(here: Path) -> None:
    said = command("paper", "scan", "x.png")
    assert (said.code, "--out FILE, or --give to the node" in said.err) == (1, True)


def test_parts_stay_until_the_node_has_the_bundle(made: Path, here: Path) -> None:
    parts = KeptParts(here / "paper.parts")
    parts.add(cut(sealed_to(made / "bravo", 40)))
    said = command("paper", "scan", "--give", "--dir", made / "bravo")
    assert said.code == 1
    assert "node" in said.err
    assert len(parts.gathered()) == 1


def test_the_result_as_data_is_alone_on_the_output(run: Run, here: Path) -> None:
    a_bundle(here / "b")
    must("paper", "print", "b", "--out", "pages")
    code, out, _ = run("paper", "scan", "pages/page-1.png", "--out", "back", "--json")
    assert code == 0
    [shown] = json.loads(out)["bundles"]
    assert shown == {
        "check": cut(read_bundle(here / "b"))[0].sheaf.check,
        "whole": True,
        "file": "back",
    }


def test_a_bundle_file_and_its_pages_have_one_check(here: Path) -> None:
    bundle = a_bundle(here / "to.bundle")
    check = must("script", "check", bundle, "--json").data()
    assert check["words"] in must("paper", "print", bundle, "--out", here / "pages.pdf").out
    assert must("script", "check", bundle, "--heard", check["words"]).out.endswith("The same.\n")
