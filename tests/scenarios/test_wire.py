"""The demo's wire: carries, is cut, is mended."""

import asyncio
import contextlib

from firebreak.scenarios.wire import Wire


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(1_024):
            writer.write(data)
            await writer.drain()
    writer.transport.abort()


async def _whole_story() -> list[str]:
    told, writers = [], []
    server = await asyncio.start_server(_echo, "127.0.0.1", 0)
    wire = Wire(server.sockets[0].getsockname()[:2])
    host, port = await wire.start()

    async def call() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(host, port)
        writers.append(writer)
        return reader, writer

    reader, writer = await call()
    writer.write(b"calm")
    told.append((await reader.readexactly(4)).decode())
    wire.cut()
    told.append("cut" if await _ends(reader) else "still there")
    refused, _ = await call()
    told.append("refused" if await _ends(refused) else "let in")
    wire.mend()
    reader, writer = await call()
    writer.write(b"back")
    told.append((await reader.readexactly(4)).decode())
    await wire.stop()
    server.close()
    for writer in writers:
        writer.transport.abort()
    await asyncio.sleep(0)
    return told


async def _ends(reader: asyncio.StreamReader) -> bool:
    try:
        return await asyncio.wait_for(reader.read(1), 5) == b""
    except ConnectionError:
        return True


def test_the_wire_carries_is_cut_and_is_mended() -> None:
    assert asyncio.run(_whole_story()) == ["calm", "cut", "refused", "back"]
