-- A round that goes into the next year, or rests until its own is over, keeps what was written for it: a pair that goes on
-- takes it along, as the first letters of its next pairing. Nothing that has gone out, came back or is in a case's hands moves.

CREATE FUNCTION kept_letters(of_pairing uuid) RETURNS SETOF letter LANGUAGE sql STABLE AS $$
    SELECT letter.* FROM letter
      JOIN round ON round.program_year_id = letter.program_year_id AND round.number = letter.round_number
     WHERE letter.pairing_id = of_pairing AND round.opens_at IS NULL AND round.left_out IS DISTINCT FROM 'dropped'
       AND NOT EXISTS (SELECT FROM draft JOIN delivery ON delivery.draft_id = draft.id WHERE draft.letter_id = letter.id)
       AND NOT EXISTS (SELECT FROM draft JOIN case_file ON case_file.draft_id = draft.id WHERE draft.letter_id = letter.id)
       AND coalesce((SELECT verdict FROM draft LEFT JOIN decision ON decision.draft_id = draft.id
                      WHERE draft.letter_id = letter.id ORDER BY draft.number DESC LIMIT 1), 'approve') = 'approve'
$$;

ALTER TABLE draft
    DROP CONSTRAINT draft_letter_id_written_for_program_id_agency_id_fkey,
    ADD CONSTRAINT draft_letter_id_written_for_program_id_agency_id_fkey
        FOREIGN KEY (letter_id, written_for, program_id, agency_id)
        REFERENCES letter (id, written_for, program_id, agency_id) ON UPDATE CASCADE;

-- Whose a draft is may change under a legal hold; nothing of it is decided or deleted.
DROP TRIGGER unchanged_under_a_legal_hold ON draft;
CREATE TRIGGER unchanged_under_a_legal_hold BEFORE UPDATE ON draft
    FOR EACH ROW WHEN (NEW.school_id IS NOT DISTINCT FROM OLD.school_id AND NEW.written_for = OLD.written_for)
    EXECUTE FUNCTION refuse_what_is_held('draft', 'id');

-- To the same two people's next pairing: in each side's order, from the first round on.
CREATE FUNCTION take_letters_along(of_pairing uuid, to_pairing uuid) RETURNS void LANGUAGE sql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH kept AS (SELECT id, row_number() OVER (PARTITION BY side ORDER BY round_number) AS number
                    FROM kept_letters(of_pairing))
    UPDATE letter SET (pairing_id, program_year_id, round_number) = (next.id, next.program_year_id, round.number)
      FROM kept, pairing AS past, pairing AS next, round
     WHERE letter.id = kept.id AND past.id = of_pairing AND next.id = to_pairing
       AND (next.student_id, next.officer_id, next.school_id, next.agency_id)
         = (past.student_id, past.officer_id, past.school_id, past.agency_id)
       AND round.program_year_id = next.program_year_id AND round.number = kept.number
       AND sees_whole_program(next.program_id)
$$;
