"""What a mail server's answer means for a mail (RFC 5321, RFC 3463)."""

import re
from dataclasses import dataclass
from enum import StrEnum

# RFC 2034: the status stands first in the text; further on, the text may mention anything.
ENHANCED = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")
# The address itself is wrong: nothing is gained by writing there again.
INVALID_ADDRESS = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.4"})


class Result(StrEnum):
    SENT = "sent"
    REFUSED_FOR_NOW = "refused for now"
    REFUSED = "refused"
    SERVER_AWAY = "server away"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended. `reply`: code and status only, since servers repeat addresses in their texts."""

    result: Result
    reply: str
    suppress: bool = False


UNREACHABLE = Outcome(Result.SERVER_AWAY, "no connection")
NOT_AN_ADDRESS = Outcome(Result.REFUSED, "not an address")
LOST_BEFORE_BODY = Outcome(Result.REFUSED_FOR_NOW, "connection lost before the message")
LOST_AFTER_BODY = Outcome(Result.UNKNOWN, "no answer after the message")


def outcome_of(code: int, text: str, *, body_sent: bool) -> Outcome:
    """The three-digit code decides; the text after it can say anything."""
    match code // 100:
        case 2:
            return Outcome(Result.SENT if body_sent else Result.REFUSED_FOR_NOW, short(code, text))
        case 4:
            return Outcome(Result.REFUSED_FOR_NOW, short(code, text))
        case 5:
            return Outcome(Result.REFUSED, short(code, text), suppress=_status(text) in INVALID_ADDRESS)
        case _:
            return Outcome(Result.UNKNOWN if body_sent else Result.REFUSED_FOR_NOW, short(code, text))


def turned_away(code: int, text: str) -> Outcome:
    """The server refuses us, not this mail: at the greeting, the login, or our sender's address."""
    return Outcome(Result.SERVER_AWAY, short(code, text))


def short(code: int, text: str) -> str:
    return f"{code} {_status(text)}".strip()


def _status(text: str) -> str:
    found = ENHANCED.match(text)
    return found[1] if found else ""
