"""Bundle files: every truncation, bit flip and addition is found and named."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.carriers.files import (
    MAGIC,
    MAX_FILE,
    file_name,
    pack,
    read_bundle,
    unpack,
    write_bundle,
)
from firebreak.errors import InvalidValue, Malformed
from firebreak.sealing import MAX_BUNDLE

BUNDLE = bytes(range(200))


@given(st.binary(min_size=1, max_size=500))
def test_what_is_packed_is_unpacked(bundle: bytes) -> None:
    packed = pack(bundle)
    assert len(packed) == len(bundle) + 44
    assert packed[:12] == MAGIC + len(bundle).to_bytes(4, "big")
    assert unpack(packed) == bundle


def test_the_largest_bundle_fits_a_file() -> None:
    packed = pack(bytes(MAX_BUNDLE))
    assert len(packed) == MAX_FILE
    assert unpack(packed) == bytes(MAX_BUNDLE)


@pytest.mark.parametrize("size", [0, MAX_BUNDLE + 1])
def test_a_bundle_of_another_size_is_not_packed(size: int) -> None:
    with pytest.raises(InvalidValue, match="1 to 1048576 bytes"):
        pack(bytes(size))


# B-11
@given(st.integers(0, len(pack(BUNDLE)) - 1))
def test_every_truncation_is_found(length: int) -> None:
    with pytest.raises(Malformed, match=r"no bundle file|cut off after"):
        unpack(pack(BUNDLE)[:length])


@given(at=st.integers(0, len(pack(BUNDLE)) - 1), bit=st.integers(0, 7))
def test_every_flipped_bit_is_found(at: int, bit: int) -> None:
    packed = bytearray(pack(BUNDLE))
    packed[at] ^= 1 << bit
    with pytest.raises(Malformed):
        unpack(bytes(packed))


@given(st.binary(min_size=1, max_size=50))
def test_whatever_follows_is_found(more: bytes) -> None:
    with pytest.raises(Malformed, match=f"{len(more)} bytes follow"):
        unpack(pack(BUNDLE) + more)


def test_a_flipped_bit_in_the_bundle_is_called_damage() -> None:
    packed = bytearray(pack(BUNDLE))
    packed[50] ^= 1
    with pytest.raises(Malformed, match="sum does not fit"):
        unpack(bytes(packed))


@pytest.mark.parametrize("length", [0, MAX_BUNDLE + 1])
def test_a_length_out_of_range_is_refused(length: int) -> None:
    with pytest.raises(Malformed, match="are accepted"):
        unpack(MAGIC + length.to_bytes(4, "big") + bytes(length) + bytes(32))


# On disk


def test_a_bundle_is_written_and_read(tmp_path: Path) -> None:
    path = tmp_path / file_name(BUNDLE)
    write_bundle(path, BUNDLE)
    assert read_bundle(path) == BUNDLE
    assert [found.name for found in tmp_path.iterdir()] == [path.name]
    assert path.suffix == ".firebreak"


def test_writing_the_same_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_bundle(path, BUNDLE)
    before = path.stat()
    write_bundle(path, BUNDLE)
    assert path.stat() == before


@pytest.mark.parametrize("other", [b"", b"letter", pack(BUNDLE) + b"x", pack(BUNDLE)[:-1]])
def test_another_file_is_not_overwritten(tmp_path: Path, other: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(other)
    with pytest.raises(InvalidValue, match="holds something else; nothing was changed"):
        write_bundle(path, BUNDLE)
    assert path.read_bytes() == other


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="cannot be written: No such file"):
        write_bundle(tmp_path / "none" / "a", BUNDLE)


def test_a_broken_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InvalidValue, match="No space left"):
        write_bundle(tmp_path / "a", BUNDLE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("number", "refused"), [(22, False), (95, False), (5, True)])
def test_a_stick_that_cannot_sync_its_folder_is_good_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, refused: bool
) -> None:
    real = os.fsync

    def fussy(descriptor: int) -> None:
        if os.path.isdir(f"/proc/self/fd/{descriptor}"):
            raise OSError(number, "no")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fussy)
    if refused:
        with pytest.raises(InvalidValue, match="cannot be written"):
            write_bundle(tmp_path / "a", BUNDLE)
    else:
        write_bundle(tmp_path / "a", BUNDLE)
        assert read_bundle(tmp_path / "a") == BUNDLE


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="cannot be read: No such file"):
        read_bundle(tmp_path / "none")


def test_a_folder_or_a_pipe_is_no_bundle(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InvalidValue, match="is no file"):
        read_bundle(tmp_path / "pipe")
    with pytest.raises(InvalidValue, match="Is a directory"):
        read_bundle(tmp_path)


def test_a_huge_file_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(Malformed, match="larger than any bundle file"):
        read_bundle(path)


def test_an_unreadable_medium_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(descriptor: int) -> os.stat_result:
        raise OSError(5, "Input/output error")

    path = tmp_path / "a"
    write_bundle(path, BUNDLE)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fstat", broken)
        with pytest.raises(InvalidValue, match="Input/output error"):
            read_bundle(path)
