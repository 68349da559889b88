"""Prosody: one server with both parties' hosts, message archive (XEP-0313) and receipts (XEP-0184).

A message counts once BRAVO's client has confirmed it to ALPHA's; the server has archived it by then,
as it does the receipt. Two storages are tried: SQLite, whose commits reach the disk, and Prosody's
own files, the default, which it does not sync.
"""

import asyncio
import base64
import grp
import os
import pwd
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from bench.peers.errand import BenchError, Errand, Lane, Pending, body
from bench.peers.processes import LOOPBACK, free_ports, running, tied

USER = "prosody"
PASSWORD = "peers"
RECEIPTS = "urn:xmpp:receipts"

# What the errand does not need is not loaded. An archive in files is cut at 10,000 messages unless
# told otherwise, for which Prosody stands still for seconds.
CONFIG = """\
pidfile = "{home}/pid"
data_path = "{home}/data"
log = {{ warn = "*console" }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}
s2s_ports = {{ }}
http_ports = {{ }}
https_ports = {{ }}
modules_enabled = {{ "roster", "saslauth", "mam" }}
modules_disabled = {{ "s2s", "tls" }}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_plain"
storage = "{storage}"
sql = {{ driver = "SQLite3", database = "prosody.sqlite" }}
default_archive_policy = true
archive_expires_after = "never"
storage_archive_item_limit = 1000000000
VirtualHost "alpha.test"
VirtualHost "bravo.test"
"""


class Stanzas:
    """Stanzas out of a stream of bytes: each child of the stream's root, once it is whole."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._depth = 0
        self._builder = TreeBuilder()
        self._whole: list[Element] = []

    def feed(self, data: bytes) -> list[Element]:
        """The stanzas that these bytes complete."""
        self._parser.Parse(data, False)
        whole, self._whole = self._whole, []
        return whole

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._depth > 0:
            self._builder.start(name, attributes)
        self._depth += 1

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._depth > 0:
            self._builder.end(name)
        if self._depth == 1:
            self._whole.append(self._builder.close())
            self._builder = TreeBuilder()

    def _text(self, text: str) -> None:
        if self._depth > 1:
            self._builder.data(text)


class XmppClient:
    """A client on a plain stream: SASL PLAIN, a bound resource, presence."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._host = host
        self._stanzas = Stanzas()
        self._ready: list[Element] = []

    @classmethod
    async def connect(cls, port: int, host: str) -> "XmppClient":
        client = cls(*await asyncio.open_connection(LOOPBACK, port), host)
        await client._open()
        secret = base64.b64encode(f"\0duty\0{PASSWORD}".encode()).decode()
        client.write(
            f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{secret}</auth>"
        )
        await client._expect("success")
        await client._open()
        client.write(
            "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
            "<resource>desk</resource></bind></iq>"
        )
        await client._expect("iq")
        # Its own presence comes back: the server now routes messages here.
        client.write("<presence/>")
        await client._expect("presence")
        return client

    def write(self, text: str) -> None:
        self._writer.write(text.encode())

    async def read(self, handle: Callable[[Element], None]) -> None:
        """Hand every stanza on until the server closes the stream."""
        while data := await self._reader.read(65536):
            for stanza in self._stanzas.feed(data):
                handle(stanza)

    async def close(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def _open(self) -> None:
        self._stanzas = Stanzas()
        self.write(
            "<?xml version='1.0'?><stream:stream xmlns='jabber:client' version='1.0' "
            f"xmlns:stream='http://etherx.jabber.org/streams' to='{self._host}'>"
        )
        await self._expect("features")

    async def _expect(self, name: str) -> None:
        """Wait for a stanza of this name; what else comes before it is a failure."""
        while not self._ready:
            data = await self._reader.read(65536)
            if not data:
                raise BenchError(f"Prosody closed the stream instead of sending {name}")
            self._ready = self._stanzas.feed(data)
        stanza = self._ready.pop(0)
        if local_name(stanza) != name or stanza.get("type") == "error":
            raise BenchError(f"Prosody was to send {name} and sent {stanza.tag}")


def local_name(element: Element) -> str:
    """An element's name without its namespace."""
    return element.tag.rpartition(" ")[2]


@dataclass(frozen=True, slots=True)
class ToReceipt:
    """Until the other party's client has confirmed the message, which the archive has by then."""

    key: str
    port: int

    @asynccontextmanager
    async def clients(self, count: int) -> AsyncIterator[Sequence[Errand]]:
        pending = Pending()
        async with AsyncExitStack() as stack:
            alpha = await self._connect(stack, "alpha.test")
            bravo = await self._connect(stack, "bravo.test")

            def confirm(stanza: Element) -> None:
                if stanza.find(f"{RECEIPTS} request") is not None:
                    bravo.write(
                        f"<message to='{stanza.get('from')}' type='chat'>"
                        f"<received xmlns='{RECEIPTS}' id='{stanza.get('id')}'/></message>"
                    )

            def confirmed(stanza: Element) -> None:
                receipt = stanza.find(f"{RECEIPTS} received")
                if receipt is None:
                    raise BenchError(f"Prosody sent a {stanza.tag} instead of a receipt")
                pending.acknowledge(int(receipt.get("id", "")))

            for client, handle in ((alpha, confirmed), (bravo, confirm)):
                reading = asyncio.create_task(client.read(handle))
                pending.watch(reading)
                stack.callback(reading.cancel)

            async def errand() -> None:
                number, future = pending.hand_in()
                alpha.write(
                    f"<message to='duty@bravo.test' type='chat' id='{number}'>"
                    f"<body>{body(number)}</body><request xmlns='{RECEIPTS}'/></message>"
                )
                await future

            yield [errand] * count

    async def _connect(self, stack: AsyncExitStack, host: str) -> XmppClient:
        client = await XmppClient.connect(self.port, host)
        stack.push_async_callback(client.close)
        return client


@contextmanager
def prosody(folder: Path) -> Iterator[Sequence[Lane]]:
    """Two servers, one for each storage; neither runs as root."""
    user = USER if os.geteuid() == 0 else None
    folder.mkdir()
    lanes = []
    with ExitStack() as stack:
        for storage, key in (("sql", "prosody_sqlite"), ("internal", "prosody_files")):
            home = folder / storage
            (port,) = free_ports(1)
            _prepare(home, storage, port, user)
            config = ("--config", home / "config.lua")
            for host in ("alpha.test", "bravo.test"):
                _register(("prosodyctl", *config, "register", "duty", host, PASSWORD), home, user)
            stack.enter_context(
                running(("prosody", *config, "-F"), home / f"prosody-{storage}.log", port, user)
            )
            lanes.append(ToReceipt(key, port))
        yield lanes


def _prepare(home: Path, storage: str, port: int, user: str | None) -> None:
    (home / "data").mkdir(parents=True)
    text = CONFIG.format(home=home, port=port, storage=storage)
    (home / "config.lua").write_text(text, "utf-8")
    if user is not None:
        for path in (home, home / "data"):
            os.chown(path, pwd.getpwnam(user).pw_uid, grp.getgrnam(user).gr_gid)


def _register(words: Sequence[str | Path], home: Path, user: str | None) -> None:
    done = subprocess.run(tied(words, user), cwd=home, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchError(f"prosodyctl failed: {done.stdout}{done.stderr}")
