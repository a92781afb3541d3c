"""Each kind of data has a period: whoever adds a column for words says when they go, or in docs/decisions.md why they stay."""

import re
from dataclasses import fields
from pathlib import Path

from bluepals.domain.program import Retention
from tests.bluepals.facts.two_schools import TwoSchools

DECISIONS = Path(__file__).parents[3] / "docs" / "decisions.md"
# By the keys of [retention], and what goes sooner by itself: wishes, sessions and unfinished letters.
GOES = {
    "letters": "content_key.wrapped decision.reason_for_adult decision.reason_for_child draft.stored draft.translation",
    "stacks": "stack.class_name stack.wrapped stack_page.found stack_page.stored",
    "mails": "mail.message mail.reply mail.to_address",
    "tells": "tell.answer tell.body tell.fact tell.key tell.workflow_id",
    "answers": "survey.answers survey.remark",
    "calls": "attention.how attention.key attention.kind attention.patterns attention.sentence attestation.reference legal_hold.reason"
    " pause.reason program_year.visit_because program_year.visit_because_next proposed_pair.decided_why",
    "addresses": "suppressed_address.address suppressed_address.reply",
    "people": "officer.email officer.first_name officer.last_name officer.precinct staff.email staff.name"
    " student.class_name student.first_name student.guardian2_email student.guardian2_name student.guardian_email"
    " student.guardian_name student.language student.last_name student.pal_gender_reason",
    "sooner": "answered_challenge.challenge entry.address entry.browser entry.code entry.link entry.source"
    " joining.email joining.first_name joining.languages joining.last_name joining.profile session.token unfinished.stored",
}
# Not those that say one of a few fixed words, or point to another table.
COLUMNS_FOR_WORDS = """
    SELECT format('%s.%s', relname, attname) AS name FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
       AND atttypid::regtype::text IN ('text', 'text[]', 'bytea', 'json', 'jsonb', 'character varying')
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = attrelid
                          AND ((contype = 'f' AND attnum = ANY (conkey))
                            OR (contype = 'c' AND conkey = ARRAY[attnum]
                                AND pg_get_constraintdef(pg_constraint.oid) LIKE '%ANY (ARRAY[%')))
"""


async def test_each_column_for_words_has_a_period_or_a_reason_why_it_stays(busy: TwoSchools) -> None:
    assert set(GOES) == {one.name for one in fields(Retention)} | {"sooner"}
    goes = {name for names in GOES.values() for name in names.split()}
    section = DECISIONS.read_text("utf-8").partition("**What has no period, and why.**")[2]
    stays = set(re.findall(r"`(\w+\.\w+)`", section.partition("\n**")[0]))
    assert not goes & stays
    assert {row["name"] for row in await busy.admin.fetch(COLUMNS_FOR_WORDS)} == goes | stays
