-- What a family agrees to itself, on its page, and which of its guardians has said so.

-- A member of the staff, or the child whose guardian has said so.
ALTER TABLE consent DROP CONSTRAINT consent_recorded_by_fkey;

-- The first or the second guardian of the roster, when it was said on the family's page.
ALTER TABLE consent ADD withdrawn_guardian int CHECK (withdrawn_guardian IN (1, 2)),
    ADD CHECK (withdrawn_guardian IS NULL OR withdrawn_by IS NOT NULL);
GRANT UPDATE (withdrawn_guardian) ON consent TO bluepals_app;

-- The children whose second guardian it is. Of who is in now nobody knows: families enter again.
ALTER TABLE entry ADD second_of uuid[] NOT NULL DEFAULT '{}';
ALTER TABLE session ADD second_of uuid[] NOT NULL DEFAULT '{}';
UPDATE entry SET spent_at = now() WHERE spent_at IS NULL AND cardinality(children) > 0;
UPDATE session SET ended_at = now() WHERE ended_at IS NULL AND cardinality(children) > 0;
