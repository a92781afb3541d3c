"""The second channel beside mail: a page that somebody has to hear at night. Ids and a link, nothing else."""

import asyncio
import json
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from typing import Protocol
from uuid import UUID

import structlog

PATIENCE = 10.0  # seconds

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Page:
    """One step of a case's stopwatch; `key` is the same when it has to be sent again."""

    program: str
    case: UUID
    number: int
    link: str

    @property
    def key(self) -> str:
        return f"{self.case}-{self.number}"


class PagerAway(Exception):
    """The second channel did not take a page."""


class Pager(Protocol):
    async def ring(self, page: Page) -> None:
        """Raises PagerAway."""


class LogPager:
    """A line in the log, for whoever watches it."""

    async def ring(self, page: Page) -> None:
        log.warning("page", program=page.program, case=str(page.case), number=page.number)


class WebhookPager:
    """The log, and a POST to a service that calls people. The key stands in the header for it to know a repetition."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._log = LogPager()

    async def ring(self, page: Page) -> None:
        await self._log.ring(page)
        await asyncio.to_thread(self._post, page)

    def _post(self, page: Page) -> None:
        body = json.dumps({**asdict(page), "case": str(page.case)}).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": page.key}
        request = urllib.request.Request(self._url, body, headers)  # noqa: S310 - the operator's own setting
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE):  # noqa: S310 - as above
                return
        except (OSError, urllib.error.URLError) as away:
            raise PagerAway(type(away).__name__) from None


def pager(url: str) -> Pager:
    return WebhookPager(url) if url else LogPager()
