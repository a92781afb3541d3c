"""What a mail server's answer means for a mail (RFC 5321, RFC 3463)."""

import re
from dataclasses import dataclass
from enum import StrEnum

ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# The address itself is wrong: nothing is gained by writing there again.
INVALID_ADDRESS = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.4"})


class Result(StrEnum):
    SENT = "sent"
    REFUSED_FOR_NOW = "refused for now"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended. `reply`: code and status only, since servers repeat addresses in their texts."""

    result: Result
    reply: str
    suppress: bool = False


UNREACHABLE = Outcome(Result.UNREACHABLE, "no connection")
LOST_BEFORE_BODY = Outcome(Result.REFUSED_FOR_NOW, "connection lost before the message")
LOST_AFTER_BODY = Outcome(Result.UNKNOWN, "no answer after the message")


def outcome_of(code: int, text: str, *, body_sent: bool) -> Outcome:
    """The three-digit code decides; the text around it can say anything."""
    status = ".".join(found.groups()) if (found := ENHANCED.search(text)) else ""
    reply = f"{code} {status}".strip()
    match code // 100:
        case 2:
            return Outcome(Result.SENT if body_sent else Result.REFUSED_FOR_NOW, reply)
        case 4:
            return Outcome(Result.REFUSED_FOR_NOW, reply)
        case 5:
            return Outcome(Result.REFUSED, reply, suppress=status in INVALID_ADDRESS)
        case _:
            return Outcome(Result.UNKNOWN if body_sent else Result.REFUSED_FOR_NOW, reply)
