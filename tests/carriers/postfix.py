"""A real Postfix of one test's own: two mailboxes as Maildirs, TLS, a password where it is asked for.

One instance on loopback with queue and configuration in a folder of its own. It can send nothing off
the machine. What goes to GONE is taken, and comes back as not delivered; what goes to REFUSED is never taken.
"""

from __future__ import annotations

import base64
import ipaddress
import os
import pwd
import shutil
import socketserver
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from bench.peers.postfix import DAEMONS, MAILBOX_USER, QUEUES
from bench.peers.processes import LOOPBACK, free_ports, running

ALPHA, BRAVO, GONE = "duty@alpha.test", "duty@bravo.test", "gone@bravo.test"
REFUSED = "refused@bravo.test"
USER, PASSWORD = "alpha", "correct horse"

_MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
daemon_directory = {daemons}
maillog_file = {home}/log/mail
maillog_file_prefixes = {home}/log
myhostname = mail.test
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
disable_dns_lookups = yes
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_reject_unlisted_recipient = no
smtpd_recipient_restrictions =
  check_recipient_access inline:{{ {{{refused} = REJECT 5.1.1 nobody of that name}} }}
alias_maps =
alias_database =
local_recipient_maps =
notify_classes =
local_transport = error:no local delivery
default_transport = error:5.1.2 no way out of this machine
relay_transport = error:5.1.2 no way out of this machine
virtual_mailbox_domains = alpha.test bravo.test
virtual_mailbox_base = {home}/mail
virtual_mailbox_maps = inline:{{ {{{alpha} = alpha/}} {{{bravo} = bravo/}} }}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
smtpd_tls_security_level = may
smtpd_tls_chain_files = {home}/server.pem
smtpd_tls_session_cache_database =
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth}
"""
_MASTER_CF = """\
127.0.0.1:{port} inet n - n - - smtpd
127.0.0.1:{tls} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
127.0.0.1:{plain} inet n - n - - smtpd -o smtpd_tls_security_level=none
127.0.0.1:{asking} inet n - n - - smtpd -o smtpd_sasl_auth_enable=yes
  -o smtpd_tls_auth_only=yes -o smtpd_client_restrictions=permit_sasl_authenticated,reject
cleanup    unix n - n -    0 cleanup
qmgr       unix n - n 300  1 qmgr
rewrite    unix - - n -    - trivial-rewrite
bounce     unix - - n -    0 bounce
defer      unix - - n -    0 bounce
trace      unix - - n -    0 bounce
verify     unix - - n -    1 verify
proxymap   unix - - n -    - proxymap
error      unix - - n -    - error
retry      unix - - n -    - error
virtual    unix - n n -    - virtual
anvil      unix - - n -    1 anvil
tlsmgr     unix - - n 1000 1 tlsmgr
postlog    unix-dgram n - n - 1 postlogd
"""


@dataclass
class Postfix:
    """One instance, and where it keeps things. port: STARTTLS offered; tls: TLS from the first byte;
    plain: no TLS; asking: wants user and password after STARTTLS."""

    home: Path
    port: int
    tls: int
    plain: int
    asking: int
    auth: int
    _running: ExitStack = field(default_factory=ExitStack)

    @property
    def authority(self) -> Path:
        """The certificate by which the server's is signed."""
        return self.home / "authority.pem"

    def maildir(self, party: str) -> Path:
        return self.home / "mail" / party

    def start(self) -> None:
        words = (DAEMONS / "master", "-c", self.home / "conf", "-d")
        self._running.enter_context(running(words, self.home / "log" / "mail", self.port))

    def stop(self) -> None:
        self._running.close()

    def write(self) -> None:
        """Make its folders with the owners that Postfix wants, its files and certificates."""
        postfix, box = pwd.getpwnam("postfix"), pwd.getpwnam(MAILBOX_USER)
        for name in ("conf", "log", "queue", "queue/pid"):
            (self.home / name).mkdir()
        for name in ("data", *(f"queue/{queue}" for queue in QUEUES)):
            (self.home / name).mkdir(mode=0o700 if name != "queue/public" else 0o710)
            os.chown(self.home / name, postfix.pw_uid, postfix.pw_gid)
        for name in ("mail", *(f"mail/{who}{part}" for who in ("alpha", "bravo") for part in _BOX)):
            (self.home / name).mkdir(mode=0o700)
            os.chown(self.home / name, box.pw_uid, box.pw_gid)
        main = _MAIN_CF.format(
            home=self.home,
            daemons=DAEMONS,
            alpha=ALPHA,
            bravo=BRAVO,
            refused=REFUSED,
            uid=box.pw_uid,
            gid=box.pw_gid,
            auth=self.auth,
        )
        (self.home / "conf" / "main.cf").write_text(main, "utf-8")
        master = _MASTER_CF.format(
            port=self.port, tls=self.tls, plain=self.plain, asking=self.asking
        )
        (self.home / "conf" / "master.cf").write_text(master, "utf-8")
        _write_certificates(self.home)


_BOX = ("", "/cur", "/new", "/tmp")


@contextmanager
def postfix() -> Iterator[Postfix]:
    """An instance, running; what it kept is gone at the end."""
    home = Path(tempfile.mkdtemp(prefix="firebreak-postfix-"))
    home.chmod(0o755)
    port, tls, plain, asking, auth = free_ports(5)
    try:
        server = Postfix(home, port, tls, plain, asking, auth)
        server.write()
        with _authenticating(server.auth):
            server.start()
            try:
                yield server
            finally:
                server.stop()
    finally:
        shutil.rmtree(home)


class _Asked(socketserver.StreamRequestHandler):
    """As much of Dovecot's authentication protocol as Postfix asks: one user with one password."""

    def handle(self) -> None:
        self.wfile.write(
            b"VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t0\nDONE\n"
        )
        right = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
        for line in self.rfile:
            words = line.decode().rstrip("\n").split("\t")
            if words[0] == "AUTH":
                good = f"resp={right}" in words
                answer = f"{'OK' if good else 'FAIL'}\t{words[1]}\tuser={USER}\n"
                self.wfile.write(answer.encode())


class _Authority(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def _authenticating(port: int) -> Iterator[None]:
    """What Postfix asks whether a password is right."""
    with _Authority((LOOPBACK, port), _Asked) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def _write_certificates(home: Path) -> None:
    """An authority and, signed by it, a server's certificate for 127.0.0.1."""
    authority, server = (
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority of a test")])
    top = _certificate(issuer, issuer, authority.public_key()).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(LOOPBACK))])
    leaf = _certificate(subject, issuer, server.public_key()).add_extension(names, critical=False)
    secret = server.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    signed = leaf.sign(authority, hashes.SHA256()).public_bytes(Encoding.PEM)
    (home / "server.pem").write_bytes(secret + signed)
    (home / "server.pem").chmod(0o600)
    root = top.sign(authority, hashes.SHA256()).public_bytes(Encoding.PEM)
    (home / "authority.pem").write_bytes(root)


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
    )
