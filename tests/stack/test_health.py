"""Waiting until a program that was started answers on its health page."""

import sys

import pytest

from stack import health
from stack.failure import StackFailure
from stack.health import healthy
from stack.ports import LOOPBACK, free_port
from stack.process import running


async def test_a_program_that_answers_is_healthy():
    port = free_port()
    serve = [sys.executable, "-m", "http.server", str(port), "--bind", LOOPBACK]
    async with running(serve) as program:
        await healthy(f"http://{LOOPBACK}:{port}/", "page", program)
        assert program.returncode is None


async def test_a_program_that_ends_while_it_starts_is_named_and_its_log_is_pointed_to():
    async with running([sys.executable, "-c", ""]) as program:
        with pytest.raises(StackFailure, match=r"^The desk \(desk\.log\) stopped .* its log says why\.$"):
            await healthy(f"http://{LOOPBACK}:{free_port()}/", "desk (desk.log)", program)


async def test_a_program_that_never_answers_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(health, "PATIENCE", 0.3)
    async with running([sys.executable, "-c", "import time; time.sleep(600)"]) as program:
        with pytest.raises(StackFailure, match=r"^The desk does not answer; its log says why\.$"):
            await healthy(f"http://{LOOPBACK}:{free_port()}/", "desk", program)
