"""Matrix Synapse on SQLite: one server with both parties' users, in one room.

Two ways over it: until the sender has the event's id, and until the other user's sync has the event
as well. Even then the sender has not learnt that the other side has it: that would take a read
receipt, a further event, so both ways are cheaper than the errand.
"""

import asyncio
import hashlib
import hmac
import json
import subprocess
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from bench.peers.errand import MESSAGE_BYTES, BenchError, Errand, Lane, Pending, body, number_of
from bench.peers.processes import LOOPBACK, free_ports, running, tied

HOST = "line.test"
API = "/_matrix/client/v3"
SECRET = "peers"

# Rate limits are lifted, the log is kept short and nobody else is asked for keys; all else is as
# Synapse ships it. Its file is YAML, of which JSON is a part.
UNLIMITED = {"per_second": 1_000_000, "burst_count": 1_000_000}


def config(home: Path, port: int) -> dict[str, Any]:
    """homeserver.yaml."""
    listener = {
        "port": port,
        "type": "http",
        "bind_addresses": [LOOPBACK],
        "resources": [{"names": ["client"]}],
    }
    return {
        "server_name": HOST,
        "listeners": [listener],
        "database": {"name": "sqlite3", "args": {"database": str(home / "homeserver.db")}},
        "media_store_path": str(home / "media"),
        "signing_key_path": str(home / "signing.key"),
        "log_config": str(home / "log.yaml"),
        "registration_shared_secret": SECRET,
        "macaroon_secret_key": SECRET,
        "form_secret": SECRET,
        "report_stats": False,
        "trusted_key_servers": [],
        "federation_domain_whitelist": [],
        "rc_message": UNLIMITED,
        "rc_login": dict.fromkeys(("address", "account", "failed_attempts"), UNLIMITED),
        "rc_registration": UNLIMITED,
    }


LOG_CONFIG = {
    "version": 1,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"level": "WARNING", "handlers": ["console"]},
}


class HttpClient:
    """One connection that stays open: a request, then its answer (RFC 9112)."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.token = ""

    @classmethod
    async def connect(cls, port: int, token: str = "") -> "HttpClient":
        client = cls(*await asyncio.open_connection(LOOPBACK, port))
        client.token = token
        return client

    async def ask(self, method: str, path: str, content: object = None) -> dict[str, Any]:
        """Send a request with JSON and return the answer's."""
        data = b"" if content is None else json.dumps(content).encode()
        authorization = f"Authorization: Bearer {self.token}\r\n" if self.token else ""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\n{authorization}"
            f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        self._writer.write(head.encode() + data)
        status, *fields = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
        answer = await self._content(fields)
        if status.split(" ")[1] != "200":
            raise BenchError(f"Synapse answered {method} {path} with {status}: {answer.decode()}")
        found: dict[str, Any] = json.loads(answer)
        return found

    async def _content(self, fields: list[str]) -> bytes:
        """The answer's bytes: so many as it says, or in chunks."""
        lengths = [f.partition(":")[2] for f in fields if f.startswith("content-length:")]
        if lengths:
            return await self._reader.readexactly(int(lengths[0]))
        chunks = bytearray()
        while size := int(await self._reader.readline(), 16):
            chunks += (await self._reader.readexactly(size + 2))[:-2]
        await self._reader.readline()
        return bytes(chunks)

    async def close(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()


@dataclass(frozen=True, slots=True)
class Room:
    """The room that both users are in, and how each is known to the server."""

    port: int
    room: str
    alpha: str
    bravo: str
    filter: str

    async def senders(
        self, stack: AsyncExitStack, count: int, pending: Pending, *, until_sync: bool
    ) -> list[Errand]:
        """ALPHA's connections; each sends one event at a time."""
        return [await self._sender(stack, pending, until_sync) for _ in range(count)]

    async def _sender(self, stack: AsyncExitStack, pending: Pending, until_sync: bool) -> Errand:
        client = await self.connect(stack, self.alpha)

        async def errand() -> None:
            number, future = pending.hand_in()
            await client.ask(
                "PUT",
                f"{API}/rooms/{quote(self.room)}/send/m.room.message/{number}",
                {"msgtype": "m.text", "body": body(number)},
            )
            if not until_sync:
                pending.acknowledge(number)
            await future

        return errand

    async def connect(self, stack: AsyncExitStack, token: str) -> HttpClient:
        client = await HttpClient.connect(self.port, token)
        stack.push_async_callback(client.close)
        return client

    async def sync(self, client: HttpClient, since: str | None, wait_ms: int) -> dict[str, Any]:
        """BRAVO's next sync."""
        asked = {"filter": self.filter, "timeout": wait_ms, "set_presence": "offline"}
        if since is not None:
            asked["since"] = since
        return await client.ask("GET", f"{API}/sync?{urlencode(asked)}")

    async def follow(self, client: HttpClient, since: str, pending: Pending) -> None:
        """Sync as a client does, again and again, and acknowledge what comes."""
        while True:
            answer = await self.sync(client, since, 30_000)
            since = answer["next_batch"]
            joined = answer.get("rooms", {}).get("join", {})
            for event in joined.get(self.room, {}).get("timeline", {}).get("events", ()):
                text = event["content"].get("body", "")
                if event["type"] == "m.room.message" and len(text) == MESSAGE_BYTES:
                    pending.acknowledge(number_of(text))


@dataclass(frozen=True, slots=True)
class ToSend:
    """Until the sender has the event's id: it is in the server's database."""

    room: Room
    key: str = "synapse_send"

    @asynccontextmanager
    async def clients(self, count: int) -> AsyncIterator[Sequence[Errand]]:
        async with AsyncExitStack() as stack:
            yield await self.room.senders(stack, count, Pending(), until_sync=False)


@dataclass(frozen=True, slots=True)
class ToSync:
    """Until the other user's sync has the event as well."""

    room: Room
    key: str = "synapse_sync"

    @asynccontextmanager
    async def clients(self, count: int) -> AsyncIterator[Sequence[Errand]]:
        pending = Pending()
        async with AsyncExitStack() as stack:
            bravo = await self.room.connect(stack, self.room.bravo)
            since = (await self.room.sync(bravo, None, 0))["next_batch"]
            following = asyncio.create_task(self.room.follow(bravo, since, pending))
            pending.watch(following)
            stack.callback(following.cancel)
            yield await self.room.senders(stack, count, pending, until_sync=True)


@contextmanager
def synapse(folder: Path, python: Path) -> Iterator[Sequence[Lane]]:
    """The server, run by the Python of its own venv, with a room prepared."""
    (port,) = free_ports(1)
    (folder / "media").mkdir(parents=True)
    (folder / "log.yaml").write_text(json.dumps(LOG_CONFIG), "utf-8")
    (folder / "homeserver.yaml").write_text(json.dumps(config(folder, port)), "utf-8")
    words = (python, "-m", "synapse.app.homeserver", "-c", folder / "homeserver.yaml")
    done = subprocess.run(
        tied((*words, "--generate-keys")), cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise BenchError(f"Synapse made no keys: {done.stdout}{done.stderr}")
    with running(words, folder / "synapse.log", port):
        room = asyncio.run(_prepare(port))
        yield [ToSend(room), ToSync(room)]


async def _prepare(port: int) -> Room:
    """Register both users, make a room, let both join."""
    async with AsyncExitStack() as stack:
        tokens = {}
        clients = {}
        for name in ("alpha", "bravo"):
            client = await HttpClient.connect(port)
            stack.push_async_callback(client.close)
            client.token = tokens[name] = await _register(client, name)
            clients[name] = client
        made = await clients["alpha"].ask(
            "POST", f"{API}/createRoom", {"preset": "private_chat", "invite": [f"@bravo:{HOST}"]}
        )
        await clients["bravo"].ask("POST", f"{API}/join/{quote(made['room_id'])}", {})
        # A busy room shows its last 10 events only, unless asked for more.
        wanted = await clients["bravo"].ask(
            "POST",
            f"{API}/user/{quote(f'@bravo:{HOST}')}/filter",
            {"room": {"timeline": {"limit": 200}}, "presence": {"types": []}},
        )
        return Room(port, made["room_id"], tokens["alpha"], tokens["bravo"], wanted["filter_id"])


async def _register(client: HttpClient, name: str) -> str:
    """Register a user with the shared secret; its access token."""
    path = "/_synapse/admin/v1/register"
    nonce = (await client.ask("GET", path))["nonce"]
    signed = f"{nonce}\0{name}\0{SECRET}\0notadmin".encode()
    mac = hmac.new(SECRET.encode(), signed, hashlib.sha1).hexdigest()
    user = {"nonce": nonce, "username": name, "password": SECRET, "admin": False, "mac": mac}
    token: str = (await client.ask("POST", path, user))["access_token"]
    return token
