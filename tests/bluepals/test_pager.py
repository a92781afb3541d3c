"""The second channel: a POST with ids and a link, and a sentence of its own when nobody takes it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from bluepals.pager import Page, PagerAway, pager

PAGE = Page("kc", uuid4(), 3, "https://desk.example")


@asynccontextmanager
async def a_service(status: str, got: list[bytes]) -> AsyncIterator[str]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        got.extend((head, await reader.readexactly(length)))
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/page"


async def test_a_page_is_posted_with_ids_and_a_link_and_the_same_key_each_time() -> None:
    got: list[bytes] = []
    async with a_service("202 Accepted", got) as url:
        with capture_logs() as lines:
            await pager(url).ring(PAGE)
    head, body = got
    assert f"Idempotency-Key: {PAGE.case}-3".lower() in head.decode().lower()
    assert json.loads(body) == {
        "program": "kc",
        "case": str(PAGE.case),
        "number": 3,
        "link": "https://desk.example",
    }
    assert [line["event"] for line in lines] == ["page"], "and to the log"


@pytest.mark.parametrize("status", ["500 Oh", "404 Nothing"])
async def test_a_service_that_refuses_is_away(status: str) -> None:
    async with a_service(status, []) as url:
        with pytest.raises(PagerAway):
            await pager(url).ring(PAGE)


async def test_a_service_that_is_not_there_is_away() -> None:
    with pytest.raises(PagerAway):
        await pager("http://127.0.0.1:1/page").ring(PAGE)


async def test_without_a_service_a_page_is_a_line_in_the_log() -> None:
    with capture_logs() as lines:
        await pager("").ring(PAGE)
    assert lines == [
        {
            "event": "page",
            "program": "kc",
            "case": str(PAGE.case),
            "number": 3,
            "log_level": "warning",
        }
    ]
