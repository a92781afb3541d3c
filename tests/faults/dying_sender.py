"""Sends a program's mail in processes that are killed: `dying_sender.py DATABASE_URL SMTP_PORT SEED DEATHS`.

Each process runs the worker's own activity; what it was about when SIGKILL came is the seed's choice. The last one lives.
"""

import asyncio
import os
import random
import signal
import sys
import time

from temporalio.testing import ActivityEnvironment

from activities.mail import MailActivities, SendBatch
from bluepals.mail.sending import Postbox
from bluepals.store.database import Database
from tests.mailroom import PROGRAM, smtp_settings

# Seconds of a life since it has a connection; on a busy machine, which makes the way there longer, as much longer.
LATEST, LONGER = 0.3, 5
A_WORD = "dead\n"


async def send(url: str, port: int, begun: int) -> None:
    postbox = Postbox(smtp_settings(port, reply_timeout=10.0))
    async with Database.connected(url, size=5) as database:
        os.write(begun, b".")
        await ActivityEnvironment().run(MailActivities(database, postbox).send_batch, SendBatch(PROGRAM))
    await postbox.close()


def live(url: str, port: int) -> int:
    """A process that is about to send; its id."""
    has_begun, begun = os.pipe()
    if child := os.fork():
        os.close(begun)
        os.read(has_begun, 1)
        os.close(has_begun)
        return child
    asyncio.run(send(url, port, begun))
    os._exit(0)


def main(url: str, port: int, seed: int, deaths: int) -> None:
    luck = random.Random(seed)
    for _ in range(deaths):
        sys.stdin.readline()  # There is mail, and the claims of the dead have run out.
        began = time.monotonic()
        child = live(url, port)
        the_way_there = time.monotonic() - began
        time.sleep(luck.uniform(0, LATEST + LONGER * the_way_there))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        sys.stdout.write(A_WORD)
        sys.stdout.flush()
    sys.stdin.readline()
    _, status = os.waitpid(live(url, port), 0)
    sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
