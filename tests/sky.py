"""A receiver on loopback: an SBS server that plays recorded minutes as if they happened just now."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import resources
from types import TracebackType
from typing import Any

from firebreak.store.directory import NodeDirectory, WatchConfig
from tests.nodes import Stage

FLIGHT = "gnss-disturbed-airliner.csv.gz"
CLEAN = (datetime(2024, 9, 17, 8, 30, tzinfo=UTC), datetime(2024, 9, 17, 8, 33, tzinfo=UTC))
"""Minutes of it over land in which its position was sound."""
DISTURBED = (
    datetime(2024, 9, 17, 9, 22, tzinfo=UTC),
    datetime(2024, 9, 17, 9, 24, 40, tzinfo=UTC),
)
"""Minutes in which its position jumps over the line below."""
COMPILING_S = 300.0
"""Where nothing is compiled yet the watch is long in coming, and longer on a busy machine."""
LINE = ("Line North", "48.6, 22.2", "48.9, 25.5")


@dataclass(frozen=True)
class Aircraft:
    """Minutes of the recorded flight under an address of one's own. ends_s: so long ago they end."""

    address: str
    minutes: tuple[datetime, datetime]
    ends_s: float = 1.0

    def lines(self, now: float) -> list[tuple[float, bytes]]:
        """SBS messages with the times at which they were sent, the last of them `ends_s` ago."""
        begin, end = (moment.timestamp() for moment in self.minutes)
        made = []
        for row in _rows():
            at = datetime.fromisoformat(row["timestamp"]).timestamp()
            if not begin <= at <= end:
                continue
            sent = at - end + now - self.ends_s
            velocity = f"{row['groundspeed']},{float(row['track']):.0f},,,{row['vertical_rate']}"
            place = f"{float(row['altitude']):.0f},,,{row['latitude']},{row['longitude']},"
            made.append((sent, _message(4, self.address, sent, f",{velocity}")))
            made.append((sent, _message(3, self.address, sent, place)))
        return made


def _rows() -> list[dict[str, str]]:
    file = resources.files("firebreak.scenarios").joinpath("flights", FLIGHT)
    text = gzip.decompress(file.read_bytes()).decode("ascii")
    return list(csv.DictReader(io.StringIO(text)))


def _message(sort: int, address: str, sent: float, middle: str) -> bytes:
    """One line: altitude, speed, track, latitude, longitude, climb stand in the middle."""
    when = datetime.fromtimestamp(sent, UTC).strftime("%Y/%m/%d,%H:%M:%S.%f")[:-3]
    return f"MSG,{sort},1,1,{address.upper()},1,{when},{when},,{middle},,,,,0\r\n".encode()


class Sky:
    """Serves some aircraft to whoever connects, each from the beginning, until closed."""

    def __init__(self, aircraft: Sequence[Aircraft]) -> None:
        self._aircraft = aircraft
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Sky:
        self._thread.start()
        starting = asyncio.run_coroutine_threadsafe(self._start(), self._loop)
        self.port = starting.result(10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def source(self) -> str:
        """As it is named to the watch."""
        return f"sbs://127.0.0.1:{self.port}"

    async def _start(self) -> int:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        now = time.time()
        sent = sorted(line for each in self._aircraft for line in each.lines(now))
        writer.writelines(data for _, data in sent)

    async def _stop(self) -> None:
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0)


def watch_this(stage: Stage, party: str, sky: Sky, *files: str) -> None:
    """Have a party's node watch this sky against the line, once it is started."""
    folder = stage.folder(party)
    name, *ends = LINE
    points = [[float(part) for part in end.split(",")][::-1] for end in ends]
    feature = {
        "type": "Feature",
        "properties": {"name": name},
        "geometry": {"type": "LineString", "coordinates": points},
    }
    drawn = {"type": "FeatureCollection", "features": [feature]}
    (folder / "north.geojson").write_text(json.dumps(drawn), encoding="utf-8")
    watch = WatchConfig((sky.source,), ("north.geojson", *files))
    config = replace(NodeDirectory.open(folder).config, watch=watch)
    (folder / "node.toml").write_text(config.to_toml(), encoding="utf-8")


def advised(stage: Stage, party: str, beginning: str) -> dict[str, Any]:
    """The first advisory whose key begins so, once the watch gives it."""
    deadline = time.monotonic() + COMPILING_S
    while True:
        answer = stage.client(party).get("/watch")
        found = [each for each in answer["advisories"] if each["key"].startswith(beginning)]
        if found:
            return dict(found[0])
        assert time.monotonic() < deadline, f"{party} is never advised of {beginning}: {answer}"
        time.sleep(0.05)


def watched(stage: Stage, party: str) -> None:
    """Wait until a party's watch has tracks."""
    deadline = time.monotonic() + COMPILING_S
    while not stage.client(party).get("/watch")["tracks"]:
        assert time.monotonic() < deadline, f"{party} watches nothing"
        time.sleep(0.05)
