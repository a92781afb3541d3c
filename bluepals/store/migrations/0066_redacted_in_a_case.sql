-- A letter that tells of trouble in a family may go to its officer with words left out: the counselor makes the copy, and the
-- case delivers that and not the letter.

ALTER TABLE draft ADD UNIQUE (id, source);

ALTER TABLE case_file
    ADD copy_id uuid,
    ADD decides uuid NOT NULL GENERATED ALWAYS AS (coalesce(copy_id, draft_id)) STORED,
    ADD UNIQUE (id, decides),
    ADD CONSTRAINT copied_from_its_letter FOREIGN KEY (copy_id, draft_id) REFERENCES draft (id, source),
    ADD CONSTRAINT copied_to_be_delivered CHECK (
        copy_id IS NULL OR (kind = 'family' AND letter IS NOT DISTINCT FROM 'deliver')),
    DROP CONSTRAINT counsel_before_an_officer_reads_it,
    ADD CONSTRAINT redacted_or_counsel_before_an_officer_reads_it CHECK (
        kind <> 'family' OR letter IS DISTINCT FROM 'deliver' OR num_nonnulls(counsel_asked_on, copy_id) > 0);
GRANT UPDATE (copy_id) ON case_file TO bluepals_app;

-- A case decides about what it delivers.
ALTER TABLE decision
    DROP CONSTRAINT decision_case_id_draft_id_fkey,
    ADD FOREIGN KEY (case_id, draft_id) REFERENCES case_file (id, decides);

CREATE FUNCTION redacts_in_a_case(maker uuid, asked_draft uuid) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM case_file WHERE draft_id = asked_draft AND kind = 'family' AND closed_at IS NULL
                      AND holds_role(maker, 'counselor', school_id, agency_id))
$$;

CREATE OR REPLACE FUNCTION refuse_copy_of_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF is_one_person(NEW.made_by, NEW.uploaded_by)
       OR NOT (reads_letters_of(NEW.made_by, NEW.school_id) OR redacts_in_a_case(NEW.made_by, NEW.source)) THEN
        RAISE EXCEPTION 'draft % is not copied by a fit reader', NEW.source
            USING ERRCODE = 'check_violation', CONSTRAINT = 'copied_by_a_fit_reader';
    END IF;
    RETURN NULL;
END
$$;

-- What is asked of a copy is asked of its source too. Where a copy goes on, the letter itself is kept for good.

CREATE OR REPLACE FUNCTION has_open_case(asked_draft uuid) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM case_file WHERE closed_at IS NULL
                      AND draft_id IN (asked_draft, (SELECT source FROM draft WHERE id = asked_draft)))
$$;

CREATE OR REPLACE FUNCTION is_held(asked_draft uuid) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT letter IS DISTINCT FROM 'deliver' OR copy_id <> asked_draft FROM case_file
                      WHERE draft_id IN (asked_draft, (SELECT source FROM draft WHERE id = asked_draft))
                      ORDER BY closed_at DESC NULLS FIRST, sequence DESC LIMIT 1), false)
$$;

CREATE OR REPLACE FUNCTION standing_verdict(asked_draft uuid) RETURNS text LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN has_open_case(asked_draft) THEN NULL
        WHEN (SELECT letter FROM case_file
               WHERE draft_id IN (asked_draft, (SELECT source FROM draft WHERE id = asked_draft))
               ORDER BY closed_at DESC, sequence DESC LIMIT 1) = 'keep' THEN 'refer'
        ELSE (SELECT verdict FROM decision WHERE draft_id = asked_draft ORDER BY sequence DESC LIMIT 1)
    END
$$;
