-- Who outside a child's school has seen a letter of it: kept for the family as long as the letter (FERPA, 34 CFR 99.32).
-- Once for each person, draft and day.

CREATE TABLE disclosure (
    draft_id   uuid REFERENCES draft,
    -- An officer, or one of the staff who is not of this school alone.
    viewer     uuid,
    day        date DEFAULT program_today(),
    program_id slug NOT NULL REFERENCES program,
    school_id  slug NOT NULL,
    student_id uuid NOT NULL REFERENCES student,
    role       text NOT NULL CHECK (role IN ('officer', 'coordinator', 'teacher', 'moderator', 'counselor', 'liaison')),
    first_at   timestamptz NOT NULL DEFAULT program_now(),
    PRIMARY KEY (draft_id, viewer, day)
);
CREATE INDEX ON disclosure (student_id);

ALTER TABLE disclosure ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON disclosure TO bluepals_owner USING (true);
CREATE POLICY office ON disclosure FOR SELECT TO bluepals_app USING (sees_whole_program(program_id));
GRANT SELECT ON disclosure TO bluepals_app;

-- By whoever shows the letter, in their own sight; what is on record is read by the office alone, and never changed.
CREATE FUNCTION note_disclosure(shown uuid[], who uuid) RETURNS void LANGUAGE sql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO disclosure (draft_id, viewer, program_id, school_id, student_id, role)
    SELECT draft.id, who, draft.program_id, draft.school_id, pairing.student_id, coalesce(
               (SELECT 'officer' FROM officer WHERE officer.id = who),
               (SELECT role FROM staff_role WHERE staff_id = who
                 ORDER BY array_position(ARRAY['moderator', 'counselor', 'coordinator', 'teacher', 'liaison'], role) LIMIT 1))
      FROM draft JOIN letter ON letter.id = draft.letter_id JOIN pairing ON pairing.id = letter.pairing_id
     WHERE draft.id = ANY (shown) AND letter.side = 'student' AND sees_program(draft.program_id)
       AND (EXISTS (SELECT FROM officer WHERE officer.id = who) OR EXISTS (SELECT FROM staff_role WHERE staff_id = who))
       AND NOT EXISTS (SELECT FROM staff_role WHERE staff_id = who AND staff_role.school_id = draft.school_id)
    ON CONFLICT DO NOTHING
$$;
