"""As little of a browser as a page needs: one connection that is kept open, and a cookie."""

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

KEPT_OPEN = 3.0  # seconds; uvicorn closes what nobody uses for five
FORM_KEY = re.compile(rb'name="form" value="([^"]+)"')


class Busy(Exception):
    """It says that it can't answer now."""


@dataclass
class Browser:
    """A library for HTTP would use up the processors that the desk is to have."""

    host: str
    port: int
    cookie: str = ""
    connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    used_at: float = 0.0

    async def get(self, path: str) -> bytes:
        """The page. Raises Busy, and AssertionError when there is none."""
        return await self._answer(f"GET {path}", 200)

    async def post(self, path: str, fields: Mapping[str, str]) -> None:
        """A form, whose answer leads to a page. Raises Busy, and AssertionError when it was refused."""
        content = urlencode(fields).encode()
        kind = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(content)}\r\n"
        await self._answer(f"POST {path}", 303, kind, content)

    async def form_key(self, path: str) -> str:
        found = FORM_KEY.search(await self.get(path))
        assert found, path  # noqa: S101 - every page of somebody who is in has a form
        return found[1].decode()

    async def _answer(self, line: str, expected: int, headers: str = "", content: bytes = b"") -> bytes:
        reader, writer = await self._connected()
        head = f"{line} HTTP/1.1\r\nHost: desk\r\nCookie: {self.cookie}\r\n{headers}\r\n"
        writer.write(head.encode() + content)
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = re.search(rb"content-length: (\d+)", answer)
        body = await reader.readexactly(int(length[1])) if length else b""
        self.used_at = time.monotonic()
        status = int(answer.split()[1])
        if status == 503:
            raise Busy
        assert status == expected, (line, status, body)  # noqa: S101 - a refusal would be too quick a page
        return body

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.connection is None or time.monotonic() - self.used_at > KEPT_OPEN:
            self.close()
            self.connection = await asyncio.open_connection(self.host, self.port)
        return self.connection

    def close(self) -> None:
        if self.connection is not None:
            self.connection[1].close()
