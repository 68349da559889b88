"""Postfix: two instances, ALPHA's and BRAVO's, each with configuration, queue and data of its own.

Two ways over it. The cheap one hands the message to BRAVO's server and ends with its 250, sent after
the queue file is synced. The strict one hands it to ALPHA's, which relays it to BRAVO's, which puts
it into a maildir and returns the success notice that was asked for (RFC 3461) by way of ALPHA's.
Neither instance can send anything off the machine: every transport but those named here is an error.
"""

import asyncio
import os
import pwd
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.peers.errand import BenchError, Errand, Lane, Pending, body
from bench.peers.processes import LOOPBACK, free_ports, running

DAEMONS = Path("/usr/lib/postfix/sbin")
MAILBOX_USER = "nobody"
QUEUES = (
    *("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming"),
    *("private", "public", "saved", "trace"),
)

UNDELIVERED = ("incoming", "active")

# No DNS, no alias, no system mailbox, no mail to a postmaster; what has no transport is refused.
# in_flow_delay is off, which favours Postfix: with it a fast sender is held back on purpose.
MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
daemon_directory = {daemons}
maillog_file = {home}/log/mail
maillog_file_prefixes = {home}/log
myhostname = {host}
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
disable_dns_lookups = yes
smtp_host_lookup = native
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject
alias_maps =
alias_database =
local_recipient_maps =
notify_classes =
soft_bounce = yes
in_flow_delay = 0
local_transport = error:no local delivery
default_transport = error:no way out of this machine
relay_transport = error:no way out of this machine
transport_maps = inline:{{ {routes} }}
"""
MAILBOXES_CF = """\
virtual_mailbox_domains = bravo.test
virtual_mailbox_base = {home}/mail
virtual_mailbox_maps = static:duty/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
"""
MASTER_CF = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup    unix n - n -    0 cleanup
qmgr       unix n - n 300  1 qmgr
rewrite    unix - - n -    - trivial-rewrite
bounce     unix - - n -    0 bounce
defer      unix - - n -    0 bounce
trace      unix - - n -    0 bounce
verify     unix - - n -    1 verify
proxymap   unix - - n -    - proxymap
smtp       unix - - n -    - smtp
error      unix - - n -    - error
retry      unix - - n -    - error
virtual    unix - n n -    - virtual
anvil      unix - - n -    1 anvil
scache     unix - - n -    1 scache
postlog    unix-dgram n - n - 1 postlogd
"""


class SmtpClient:
    """One connection that stays open; commands are pipelined as a mail server does it (RFC 2920)."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connect(cls, port: int) -> "SmtpClient":
        client = cls(*await asyncio.open_connection(LOOPBACK, port))
        await client._reply("220")
        client._writer.write(b"EHLO client.test\r\n")
        await client._reply("250")
        return client

    async def send(self, sender: str, receiver: str, text: str, asking: str = "") -> None:
        """Hand in a message and wait for the 250 that takes responsibility for it.

        asking: parameters of the success notice, for MAIL and RCPT, with a bar between them.
        """
        for_mail, _, for_rcpt = asking.partition("|")
        self._writer.write(
            f"MAIL FROM:<{sender}>{for_mail}\r\nRCPT TO:<{receiver}>{for_rcpt}\r\nDATA\r\n".encode()
        )
        for code in ("250", "250", "354"):
            await self._reply(code)
        self._writer.write(f"From: {sender}\r\nTo: {receiver}\r\n\r\n{text}\r\n.\r\n".encode())
        await self._reply("250")

    async def close(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def _reply(self, code: str) -> None:
        while True:
            line = (await self._reader.readline()).decode()
            if not line.startswith(code):
                raise BenchError(f"Postfix was to answer {code} and said: {line.strip()!r}")
            if line[3:4] != "-":
                return


class NoticeServer:
    """ALPHA's mail client as a server: takes success notices and says which message each is for."""

    def __init__(self, pending: Pending) -> None:
        self._pending = pending
        self._connections: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}

    @asynccontextmanager
    async def listening(self, port: int) -> AsyncIterator[None]:
        """Listen; at the end close what Postfix keeps open for the next notice."""
        server = await asyncio.start_server(self._accept, LOOPBACK, port)
        try:
            yield
        finally:
            server.close()
            for writer in self._connections:
                writer.close()
            await asyncio.gather(*self._connections.values())

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections[writer] = asyncio.create_task(self._serve(reader, writer))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._speak(reader, writer)
        except (BenchError, asyncio.IncompleteReadError) as error:
            self._pending.fail(error)
        writer.close()

    async def _speak(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """As much SMTP as Postfix needs to deliver."""
        writer.write(b"220 client.test\r\n")
        while line := await reader.readline():
            match line[:4].upper():
                case b"EHLO":
                    writer.write(b"250-client.test\r\n250 PIPELINING\r\n")
                case b"DATA":
                    writer.write(b"354 go on\r\n")
                    notice = await reader.readuntil(b"\r\n.\r\n")
                    self._pending.acknowledge(notice_number(notice))
                    writer.write(b"250 thank you\r\n")
                case b"QUIT":
                    writer.write(b"221 bye\r\n")
                    break
                case _:
                    writer.write(b"250 so be it\r\n")


def notice_number(notice: bytes) -> int:
    """The number of the message that a success notice is for; anything else is an error."""
    envelope = re.search(rb"^Original-Envelope-Id: message-(\d+)\r$", notice, re.MULTILINE)
    if envelope is None or not re.search(rb"^Action: delivered\r$", notice, re.MULTILINE):
        raise BenchError(f"not a notice of delivery:\n{notice.decode('ascii', 'replace')}")
    return int(envelope[1])


@dataclass(frozen=True, slots=True)
class ToQueue:
    """Until BRAVO's server says 250; it then puts the message into the maildir."""

    port: int
    queue: Path
    key: str = "postfix_250"

    @asynccontextmanager
    async def clients(self, count: int) -> AsyncIterator[Sequence[Errand]]:
        pending = Pending()
        async with AsyncExitStack() as stack:
            yield [await self._client(stack, pending) for _ in range(count)]
        # What is still to be delivered must not burden whoever is measured next.
        while self._undelivered():  # noqa: ASYNC110  # a folder tells nobody when it is empty
            await asyncio.sleep(0.05)

    def _undelivered(self) -> bool:
        return any(file.is_file() for part in UNDELIVERED for file in (self.queue / part).iterdir())

    async def _client(self, stack: AsyncExitStack, pending: Pending) -> Errand:
        client = await SmtpClient.connect(self.port)
        stack.push_async_callback(client.close)

        async def errand() -> None:
            number, future = pending.hand_in()
            await client.send("duty@alpha.test", "duty@bravo.test", body(number))
            pending.acknowledge(number)
            await future

        return errand


@dataclass(frozen=True, slots=True)
class ToMaildir:
    """Until ALPHA's client holds the notice that BRAVO's server put the message into the maildir."""

    port: int
    notice_port: int
    key: str = "postfix_delivered"

    @asynccontextmanager
    async def clients(self, count: int) -> AsyncIterator[Sequence[Errand]]:
        pending = Pending()
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(NoticeServer(pending).listening(self.notice_port))
            yield [await self._client(stack, pending) for _ in range(count)]

    async def _client(self, stack: AsyncExitStack, pending: Pending) -> Errand:
        client = await SmtpClient.connect(self.port)
        stack.push_async_callback(client.close)

        async def errand() -> None:
            number, future = pending.hand_in()
            asking = f" RET=HDRS ENVID=message-{number}| NOTIFY=SUCCESS"
            await client.send("duty@alpha.test", "duty@bravo.test", body(number), asking)
            await future

        return errand


@dataclass(frozen=True, slots=True)
class _Instance:
    home: Path
    port: int
    routes: dict[str, str]
    mailboxes: str = field(default="")

    def write(self) -> None:
        """Make its folders with the owners that Postfix wants, and its two files."""
        postfix = pwd.getpwnam("postfix")
        for name in ("", "conf", "log", "queue", "queue/pid", "mail"):
            (self.home / name).mkdir()
        for name in ("data", *(f"queue/{queue}" for queue in QUEUES)):
            (self.home / name).mkdir(mode=0o700 if name != "queue/public" else 0o710)
            os.chown(self.home / name, postfix.pw_uid, postfix.pw_gid)
        routes = " ".join(f"{{{domain}={way}}}" for domain, way in self.routes.items())
        text = MAIN_CF.format(
            home=self.home, daemons=DAEMONS, host=f"{self.home.name}.test", routes=routes
        )
        (self.home / "conf" / "main.cf").write_text(text + self.mailboxes, "utf-8")
        (self.home / "conf" / "master.cf").write_text(MASTER_CF.format(port=self.port), "utf-8")

    @contextmanager
    def running(self) -> Iterator[None]:
        # -d: stay in the foreground, so that ending it is ours.
        words = (DAEMONS / "master", "-c", self.home / "conf", "-d")
        with running(words, self.home / "log" / "mail", self.port):
            yield


@contextmanager
def postfix(folder: Path) -> Iterator[Sequence[Lane]]:
    """Both instances, running."""
    alpha_port, bravo_port, notice_port = free_ports(3)
    nobody = pwd.getpwnam(MAILBOX_USER)
    folder.mkdir()
    bravo_home = folder / "bravo"
    alpha = _Instance(
        folder / "alpha",
        alpha_port,
        {
            "bravo.test": f"smtp:[{LOOPBACK}]:{bravo_port}",
            "alpha.test": f"smtp:[{LOOPBACK}]:{notice_port}",
        },
    )
    bravo = _Instance(
        bravo_home,
        bravo_port,
        {"alpha.test": f"smtp:[{LOOPBACK}]:{alpha_port}"},
        MAILBOXES_CF.format(home=bravo_home, uid=nobody.pw_uid, gid=nobody.pw_gid),
    )
    for instance in (alpha, bravo):
        instance.write()
    os.chown(bravo_home / "mail", nobody.pw_uid, nobody.pw_gid)
    with ExitStack() as stack:
        for instance in (alpha, bravo):
            stack.enter_context(instance.running())
        yield [ToQueue(bravo_port, bravo_home / "queue"), ToMaildir(alpha_port, notice_port)]
