"""What an operator watches, and is woken by: counted where it happens, served at the worker's /metrics."""

from prometheus_client import Counter

from bluepals.domain.letters import DeliveryKind
from bluepals.mail.replies import Result

HELD = "held"

MAILS = Counter("bluepals_mails", "Attempts to send a mail, by how they ended.", ["result"])
LETTERS = Counter(
    "bluepals_letters", "Letters put on their way, by kind; held: approved, and a gate is closed.", ["kind"]
)
TELLS = Counter("bluepals_tells", "Facts told to workflows, by what came back.", ["answer"])

# All there from the beginning: a counter that is not there can't be watched.
for result in Result:
    MAILS.labels(result)
for kind in (*DeliveryKind, HELD):
    LETTERS.labels(kind)
for answer in ("taken", "known", "closed", "refused", "none"):
    TELLS.labels(answer)
