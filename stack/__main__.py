"""Sees to it that a Temporal server is there, so that nobody has to wait for one later."""

import asyncio
import sys

from stack.failure import StackFailure
from stack.temporal import executable

try:
    asyncio.run(executable(print))
except StackFailure as failure:
    sys.exit(str(failure))
