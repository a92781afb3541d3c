"""The one registry of search attributes: what an operator can filter by in the Temporal Web UI."""

from temporalio.common import SearchAttributeKey

SCHOOL = SearchAttributeKey.for_keyword("School")
PROGRAM_YEAR = SearchAttributeKey.for_keyword("ProgramYear")
STAGE = SearchAttributeKey.for_keyword("Stage")
ROUND = SearchAttributeKey.for_int("Round")
DUE = SearchAttributeKey.for_datetime("Due")
ATTENTION = SearchAttributeKey.for_keyword("Attention")

REGISTRY = (SCHOOL, PROGRAM_YEAR, STAGE, ROUND, DUE, ATTENTION)

# As the server is told of them.
TYPES = {
    SCHOOL.name: "Keyword",
    PROGRAM_YEAR.name: "Keyword",
    STAGE.name: "Keyword",
    ROUND.name: "Int",
    DUE.name: "Datetime",
    ATTENTION.name: "Keyword",
}
