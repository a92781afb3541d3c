"""The one registry of search attributes: what an operator can filter by in the Temporal Web UI."""

from datetime import datetime
from typing import TypeVar

from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

Value = TypeVar("Value", str, datetime)

SCHOOL = SearchAttributeKey.for_keyword("School")
PROGRAM_YEAR = SearchAttributeKey.for_keyword("ProgramYear")
STAGE = SearchAttributeKey.for_keyword("Stage")
ROUND = SearchAttributeKey.for_int("Round")
DUE = SearchAttributeKey.for_datetime("Due")
ATTENTION = SearchAttributeKey.for_keyword("Attention")

REGISTRY = (SCHOOL, PROGRAM_YEAR, STAGE, ROUND, DUE, ATTENTION)

# As the server is told of them: "Keyword", "Int", "Datetime".
TYPES = {key.name: key.indexed_value_type.name.title() for key in REGISTRY}


def set_or_unset(key: SearchAttributeKey[Value], value: Value | None) -> SearchAttributeUpdate[Value]:
    return key.value_unset() if value is None else key.value_set(value)
