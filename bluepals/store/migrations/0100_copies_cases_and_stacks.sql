-- Where a copy of a letter goes on instead of it, the letter itself is kept for good, whatever a later case says of it.

CREATE OR REPLACE FUNCTION is_held(asked_draft uuid) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(bool_or(copy_id <> asked_draft), false)
        OR coalesce((array_agg(letter IS DISTINCT FROM 'deliver' ORDER BY closed_at DESC NULLS FIRST, sequence DESC))[1], false)
      FROM case_file WHERE draft_id IN (asked_draft, (SELECT source FROM draft WHERE id = asked_draft))
$$;

-- A child who has changed its class since may have a page in the open stack of the former one.

CREATE OR REPLACE FUNCTION forget_stacks() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM stack WHERE filed_at IS NULL
       AND ((program_year_id = OLD.program_year_id AND class_name = OLD.class_name)
            OR EXISTS (SELECT FROM stack_page JOIN pairing ON pairing.id = pairing_id
                        WHERE stack_id = stack.id AND student_id = OLD.id));
    RETURN NULL;
END
$$;

-- A letter that its case has let go is in no case's hands any more: it goes along like every other that was kept for the next year.

ALTER TABLE case_file
    DROP CONSTRAINT case_file_draft_id_written_for_fkey,
    ADD CONSTRAINT case_file_draft_id_written_for_fkey
        FOREIGN KEY (draft_id, written_for) REFERENCES draft (id, written_for) ON UPDATE CASCADE;

CREATE OR REPLACE FUNCTION kept_letters(of_pairing uuid) RETURNS SETOF letter LANGUAGE sql STABLE AS $$
    SELECT letter.* FROM letter
      JOIN round ON round.program_year_id = letter.program_year_id AND round.number = letter.round_number
     CROSS JOIN LATERAL (SELECT id FROM draft WHERE letter_id = letter.id ORDER BY number DESC LIMIT 1) AS newest
     WHERE letter.pairing_id = of_pairing AND round.opens_at IS NULL AND round.left_out IS DISTINCT FROM 'dropped'
       AND NOT EXISTS (SELECT FROM draft JOIN delivery ON delivery.draft_id = draft.id WHERE draft.letter_id = letter.id)
       AND NOT EXISTS (SELECT FROM draft WHERE draft.letter_id = letter.id AND has_open_case(draft.id))
       AND NOT is_held(newest.id)
       AND coalesce((SELECT verdict FROM decision WHERE draft_id = newest.id ORDER BY sequence DESC LIMIT 1), 'approve') = 'approve'
$$;
