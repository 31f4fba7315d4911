"""The least HTTP client that measures honestly: one kept connection, plain sockets, little CPU of its own."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

_MOST_HEAD = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body of one answer."""

    status: int
    body: bytes


class Connection:
    """One connection to a service on loopback; opened again where the service closed it."""

    def __init__(self, port: int, key: str, patience: float) -> None:
        self._port, self._key, self._patience = port, key, patience
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter

    @classmethod
    async def open(cls, port: int, key: str, patience: float = 60.0) -> Connection:
        """A connection that waits so many seconds for an answer."""
        own = cls(port, key, patience)
        await own._connect()
        return own

    async def _connect(self) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 20)

    def close(self) -> None:
        """Close it."""
        self._writer.close()

    async def get(self, path: str, accept: str = "application/json") -> Answer:
        """Ask for a path and read its whole answer."""
        return await self._ask(f"GET {path} HTTP/1.1\r\nAccept: {accept}\r\n", b"")

    async def post(self, path: str, body: bytes) -> Answer:
        """Send a JSON body."""
        head = f"POST {path} HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        return await self._ask(head, body)

    async def _ask(self, head: str, body: bytes) -> Answer:
        full = f"{head}Host: 127.0.0.1:{self._port}\r\nAuthorization: Bearer {self._key}\r\n\r\n"
        try:
            self._writer.write(full.encode() + body)
            return await asyncio.wait_for(self._answer(), self._patience)
        except TimeoutError:
            self.close()
            await self._connect()
            return Answer(0, b"no answer in time")
        except (asyncio.IncompleteReadError, ConnectionError):
            await self._connect()
            return Answer(0, b"the connection was closed")

    async def _answer(self) -> Answer:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        status = int(head.split(" ", 2)[1])
        for line in head.split("\r\n")[1:]:
            name, _, value = line.partition(":")
            if name == "content-length":
                return Answer(status, await self._reader.readexactly(int(value)))
            if name == "transfer-encoding" and "chunked" in value:
                return Answer(status, await self._chunks())
        return Answer(status, b"")

    async def _chunks(self) -> bytes:
        parts: list[bytes] = []
        while True:
            size = int((await self._reader.readuntil(b"\r\n")).split(b";")[0], 16)
            data = await self._reader.readexactly(size + 2)
            if size == 0:
                return b"".join(parts)
            parts.append(data[:-2])
