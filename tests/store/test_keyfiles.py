"""Key files: whole or not there, for their owner alone, and each for its own purpose."""

import os
import secrets
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from firebreak.errors import InvalidValue, KeyTrouble, Malformed
from firebreak.mldsa import MldsaKey
from firebreak.store import keyfiles
from firebreak.store.keyfiles import (
    NodeSecrets,
    create_node_keys,
    node_public,
    officer,
    read_secret,
    reader_secret,
    write_secret,
)

SECRET = bytes(range(32))
PURPOSE = officer("air duty officer")


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "officer.key"
    write_secret(path, PURPOSE, SECRET)
    return path


def rewrite(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


# One key file


def test_a_secret_is_read_back(key: Path) -> None:
    assert read_secret(key, PURPOSE) == SECRET
    assert mode(key) == 0o600
    assert key.read_bytes().startswith(b"firebreak secret key 1 officer:air duty officer\n")
    assert [path.name for path in key.parent.iterdir()] == ["officer.key"]


@given(raw=st.binary(min_size=1, max_size=100))
def test_what_is_rendered_is_one_line_each(raw: bytes) -> None:
    lines = keyfiles._rendered(keyfiles.ROOT, raw).split(b"\n")
    assert lines[0] == b"firebreak secret key 1 root"
    assert lines[2:] == [b""]


def test_an_office_in_any_script_is_a_purpose(tmp_path: Path) -> None:
    purpose = officer("дежурный офицер")
    write_secret(tmp_path / "k", purpose, SECRET)
    assert read_secret(tmp_path / "k", purpose) == SECRET


def test_reader_secrets_name_their_agreement() -> None:
    assert reader_secret(bytes(16)) == "reader secret:" + "00" * 16


@pytest.mark.parametrize("umask", [0, 0o777])
def test_the_mode_does_not_follow_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        write_secret(tmp_path / "k", PURPOSE, SECRET)
    finally:
        os.umask(before)
    assert mode(tmp_path / "k") == 0o600


def test_nothing_is_overwritten(key: Path) -> None:
    with pytest.raises(KeyTrouble, match="exists already; nothing was changed"):
        write_secret(key, PURPOSE, bytes(32))
    assert read_secret(key, PURPOSE) == SECRET
    assert len(list(key.parent.iterdir())) == 1


def test_a_dangling_link_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "k").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KeyTrouble, match="exists already"):
        write_secret(tmp_path / "k", PURPOSE, SECRET)
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyTrouble, match="cannot be written: No such file"):
        write_secret(tmp_path / "none" / "k", PURPOSE, SECRET)


def test_a_broken_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KeyTrouble, match="No space left"):
        write_secret(tmp_path / "k", PURPOSE, SECRET)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("purpose", ["", " root", "root ", "r" * 121])
def test_a_bad_purpose_is_refused(tmp_path: Path, purpose: str) -> None:
    with pytest.raises(InvalidValue, match="purpose"):
        write_secret(tmp_path / "k", purpose, SECRET)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("purpose", ["root\nlog", "root\x00", "officer:\u202eriat"])
def test_a_purpose_that_reads_as_something_else_is_refused(tmp_path: Path, purpose: str) -> None:
    with pytest.raises(Malformed, match="control or formatting"):
        write_secret(tmp_path / "k", purpose, SECRET)


def test_an_empty_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="no bytes"):
        write_secret(tmp_path / "k", PURPOSE, b"")


def test_a_missing_key_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KeyTrouble, match=r"“log” is missing: .*from its backup"):
        read_secret(tmp_path / "none", keyfiles.LOG)


def test_a_key_of_another_purpose_is_refused(key: Path) -> None:
    with pytest.raises(KeyTrouble, match="“officer:air duty officer”, but the one for “log”"):
        read_secret(key, keyfiles.LOG)


@pytest.mark.parametrize("bits", [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o777])
def test_a_key_that_others_can_reach_is_refused_with_the_cure(key: Path, bits: int) -> None:
    key.chmod(bits)
    with pytest.raises(KeyTrouble, match=f"chmod 600 {key}"):
        read_secret(key, PURPOSE)
    key.chmod(0o600)
    assert read_secret(key, PURPOSE) == SECRET


def test_the_cure_is_quoted_for_the_shell(tmp_path: Path) -> None:
    path = tmp_path / "my key; rm x"
    write_secret(path, PURPOSE, SECRET)
    path.chmod(0o644)
    with pytest.raises(KeyTrouble, match=r"chmod 600 '.*my key; rm x'"):
        read_secret(path, PURPOSE)


def test_a_key_of_another_user_is_refused(key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    somebody = os.geteuid() + 4_321
    monkeypatch.setattr(os, "geteuid", lambda: somebody)
    with pytest.raises(KeyTrouble, match=f"belongs to another user.*chown {somebody} "):
        read_secret(key, PURPOSE)


def test_the_user_is_named_in_the_cure() -> None:
    assert keyfiles._user_name()


def test_a_folder_or_a_pipe_is_no_key(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(KeyTrouble, match="is no file"):
        read_secret(tmp_path / "pipe", PURPOSE)
    with pytest.raises(KeyTrouble, match="Is a directory"):
        read_secret(tmp_path, PURPOSE)


def test_an_unreadable_place_is_named(key: Path) -> None:
    with pytest.raises(KeyTrouble, match="cannot be read: Not a directory"):
        read_secret(key / "inner", PURPOSE)


@pytest.mark.parametrize("content", [b"", b"hello\n", b"\xff\n", b"-----BEGIN PRIVATE KEY-----\n"])
def test_another_file_is_no_key(key: Path, content: bytes) -> None:
    rewrite(key, content)
    with pytest.raises(KeyTrouble, match="no key file"):
        read_secret(key, PURPOSE)


HEADER = b"firebreak secret key 1 officer:air duty officer\n"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n",
        b"AAAA",
        b"AAA\n",
        b"AAA=\n=\n",
        b"AAAB====\n",
        b"AAB=\n",
        b"AAAA\n\n",
        b"AAAA\nAAAA\n",
        b" AAAA\n",
        b"AAAA\r\n",
        b"AA*A\n",
        b"A" * 70_000,
    ],
)
def test_a_damaged_key_is_refused(key: Path, body: bytes) -> None:
    rewrite(key, HEADER + body)
    with pytest.raises(KeyTrouble, match="is damaged"):
        read_secret(key, PURPOSE)


# A node's keys


@pytest.fixture
def node(tmp_path: Path) -> NodeSecrets:
    return create_node_keys(tmp_path / "node", secrets.token_bytes)


def test_a_nodes_keys_are_made_and_loaded(tmp_path: Path, node: NodeSecrets) -> None:
    folder = tmp_path / "node" / "keys"
    names = {"record.key", "log.key", "receipt.key", "mldsa.key", "sealing.key", "tls.key"}
    assert {path.name for path in folder.iterdir()} == names
    assert {path.name for path in folder.parent.iterdir()} == {"keys"}
    assert mode(folder) == 0o700
    assert {mode(path) for path in folder.iterdir()} == {0o600}
    again = NodeSecrets.load(tmp_path / "node")
    assert node_public(again) == node_public(node)
    assert again.record.public == node.record.public


def test_the_roster_lists_distinct_keys(node: NodeSecrets) -> None:
    public = node_public(node)
    certificate = x509.load_der_x509_certificate(public.certificate)
    tls_key = certificate.public_key()
    assert isinstance(tls_key, Ed25519PublicKey)
    keys = {public.log, public.receipt, public.x25519, node.record.public.raw}
    assert len(keys | {tls_key.public_bytes_raw()}) == 5
    assert len(public.xwing) == 1_216
    assert len(public.mldsa) == 1_312


def test_the_certificate_never_expires_and_says_nothing(node: NodeSecrets) -> None:
    certificate = x509.load_der_x509_certificate(node.certificate)
    assert certificate.not_valid_before_utc == datetime(1970, 1, 1, tzinfo=UTC)
    assert certificate.not_valid_after_utc == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert certificate.subject.rfc4514_string() == "CN=firebreak node"
    assert certificate.issuer == certificate.subject
    assert len(node.certificate) < 400
    certificate.verify_directly_issued_by(certificate)


def test_openssl_reads_the_tls_file(node: NodeSecrets) -> None:
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(node.tls)


def test_the_same_randomness_makes_the_same_keys(tmp_path: Path) -> None:
    def counting() -> keyfiles.Randomness:
        numbers = iter(range(1, 100))
        return lambda count: bytes([next(numbers)]) * count

    first = create_node_keys(tmp_path / "a", counting())
    second = create_node_keys(tmp_path / "b", counting())
    assert node_public(first) == node_public(second)


def test_the_second_key_of_the_logs_has_a_file_of_its_own(node: NodeSecrets) -> None:
    path = node.tls.with_name("mldsa.key")
    seed = read_secret(path, keyfiles.MLDSA)
    assert MldsaKey(seed).public == node.mldsa.public == node_public(node).mldsa
    with pytest.raises(KeyTrouble, match="“node log mldsa”, but the one for “log”"):
        read_secret(path, keyfiles.LOG)


def test_a_node_without_its_second_key_says_so(tmp_path: Path, node: NodeSecrets) -> None:
    node.tls.with_name("mldsa.key").unlink()
    with pytest.raises(KeyTrouble, match="“node log mldsa” is missing"):
        NodeSecrets.load(tmp_path / "node")
    write_secret(node.tls.with_name("mldsa.key"), keyfiles.MLDSA, bytes(31))
    with pytest.raises(KeyTrouble, match="damaged"):
        NodeSecrets.load(tmp_path / "node")


def test_keys_are_made_once(tmp_path: Path, node: NodeSecrets) -> None:
    with pytest.raises(KeyTrouble, match="exists already; nothing was changed"):
        create_node_keys(tmp_path / "node", secrets.token_bytes)
    assert node_public(NodeSecrets.load(tmp_path / "node")) == node_public(node)


@pytest.mark.parametrize("source", [bytes, lambda count: b"short"])
def test_a_random_source_that_repeats_itself_makes_no_key(
    tmp_path: Path, source: keyfiles.Randomness
) -> None:
    with pytest.raises(InvalidValue, match="no key was made"):
        create_node_keys(tmp_path / "node", source)
    assert list(tmp_path.iterdir()) == []


def test_a_broken_making_leaves_no_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(KeyTrouble, match="No space left"):
        create_node_keys(tmp_path, secrets.token_bytes)
    assert list(tmp_path.iterdir()) == []


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyTrouble, match="Keys cannot be made in"):
        create_node_keys(tmp_path / "file" / "node", secrets.token_bytes)


def test_a_directory_without_keys_says_so(tmp_path: Path) -> None:
    with pytest.raises(KeyTrouble, match="There are no keys in"):
        NodeSecrets.load(tmp_path)
    (tmp_path / "keys").write_text("")
    with pytest.raises(KeyTrouble, match="is no directory"):
        NodeSecrets.load(tmp_path)


def test_a_folder_that_others_can_reach_is_refused(tmp_path: Path, node: NodeSecrets) -> None:
    folder = tmp_path / "node" / "keys"
    folder.chmod(0o750)
    with pytest.raises(KeyTrouble, match=f"chmod 700 {folder}"):
        NodeSecrets.load(tmp_path / "node")


@pytest.mark.parametrize("name", ["record", "log", "receipt", "sealing", "tls"])
def test_each_key_file_is_checked(tmp_path: Path, node: NodeSecrets, name: str) -> None:
    path = tmp_path / "node" / "keys" / f"{name}.key"
    whole = path.read_bytes()
    path.chmod(0o644)
    with pytest.raises(KeyTrouble, match="chmod 600"):
        NodeSecrets.load(tmp_path / "node")
    path.chmod(0o600)
    path.write_bytes(whole[:-9])
    with pytest.raises(KeyTrouble, match="is damaged"):
        NodeSecrets.load(tmp_path / "node")
    path.unlink()
    with pytest.raises(KeyTrouble, match="is missing"):
        NodeSecrets.load(tmp_path / "node")


@pytest.mark.parametrize(("name", "purpose"), [("log", "log"), ("sealing", "sealing")])
def test_a_key_of_the_wrong_length_is_damaged(
    tmp_path: Path, node: NodeSecrets, name: str, purpose: str
) -> None:
    path = tmp_path / "node" / "keys" / f"{name}.key"
    path.unlink()
    write_secret(path, purpose, bytes(33))
    with pytest.raises(KeyTrouble, match="is damaged"):
        NodeSecrets.load(tmp_path / "node")


def test_a_log_key_in_the_receipts_place_is_refused(tmp_path: Path, node: NodeSecrets) -> None:
    folder = tmp_path / "node" / "keys"
    (folder / "receipt.key").unlink()
    (folder / "receipt.key").write_bytes((folder / "log.key").read_bytes())
    (folder / "receipt.key").chmod(0o600)
    with pytest.raises(KeyTrouble, match="holds the key for “log”, but the one for “receipt”"):
        NodeSecrets.load(tmp_path / "node")


def test_a_certificate_of_another_key_is_refused(tmp_path: Path, node: NodeSecrets) -> None:
    other = Ed25519PrivateKey.generate()
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    whole = node.tls.read_bytes()
    certificate = whole[whole.index(b"-----BEGIN CERT") :]
    node.tls.write_bytes(b"firebreak secret key 1 tls\n" + pem + certificate)
    with pytest.raises(KeyTrouble, match="is damaged"):
        NodeSecrets.load(tmp_path / "node")


def test_a_tls_key_without_its_header_is_refused(tmp_path: Path, node: NodeSecrets) -> None:
    whole = node.tls.read_bytes()
    node.tls.write_bytes(whole.split(b"\n", 1)[1])
    with pytest.raises(KeyTrouble, match="no key file of Firebreak"):
        NodeSecrets.load(tmp_path / "node")
    node.tls.write_bytes(whole.replace(b" tls\n", b" log\n", 1))
    with pytest.raises(KeyTrouble, match="“log”, but the one for “tls”"):
        NodeSecrets.load(tmp_path / "node")
