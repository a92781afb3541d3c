-- Whose word a case takes: the counselor's; of an officer's conduct the coordinator's and, unless the policy leaves them out or
-- nobody but the officer is one, the liaison's.
CREATE FUNCTION words_needed(one case_file) RETURNS text[] LANGUAGE sql STABLE
    RETURN CASE
        WHEN one.kind <> 'conduct' THEN ARRAY['counselor']
        WHEN (SELECT (definition -> 'safety' ->> 'liaison_decides')::boolean FROM program
               WHERE id = one.program_id) IS FALSE
          OR NOT EXISTS (SELECT FROM staff WHERE program_id = one.program_id
                            AND holds_role(id, 'liaison', one.school_id, one.agency_id)
                            AND NOT is_one_person(one.officer_id, id)) THEN ARRAY['coordinator']
        ELSE ARRAY['coordinator', 'liaison'] END;

CREATE OR REPLACE FUNCTION refuse_closing_too_early() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    needed text;
BEGIN
    IF OLD.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'case % is closed', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_closed_case_stays_closed';
    END IF;
    IF still_to_attest(OLD.id) > 0 THEN
        RAISE EXCEPTION 'case % waits for attestations', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'closing_needs_the_attestations';
    END IF;
    IF OLD.kind IN ('sad', 'unsure', 'family') AND NOT EXISTS (SELECT FROM case_plan WHERE case_id = OLD.id) THEN
        RAISE EXCEPTION 'case % has no plan', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'closing_needs_a_plan';
    END IF;
    FOREACH needed IN ARRAY words_needed(OLD) LOOP
        IF NOT coalesce(
            (SELECT (letter, officer) IS NOT DISTINCT FROM (NEW.letter, NEW.officer) FROM case_word
              WHERE case_id = OLD.id AND role = needed ORDER BY sequence DESC LIMIT 1), false) THEN
            RAISE EXCEPTION 'case % waits for the word of its %', OLD.id, needed
                USING ERRCODE = 'check_violation', CONSTRAINT = 'closing_needs_the_word_of_who_decides';
        END IF;
    END LOOP;
    RETURN NEW;
END
$$;
DROP FUNCTION words_needed(text);
