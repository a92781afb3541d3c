-- A class opens a round's letters on a later day than its school. The pack comes on the school's day all the same.

ALTER TABLE round ADD UNIQUE (program_year_id, number, program_id, school_id);

CREATE TABLE class_opening (
    program_id      slug NOT NULL,
    school_id       slug NOT NULL,
    program_year_id text,
    number          int,
    class_name      text,
    opens_on        date NOT NULL,
    moved_by        uuid NOT NULL REFERENCES staff,
    moved_at        timestamptz NOT NULL DEFAULT program_now(),
    PRIMARY KEY (program_year_id, number, class_name),
    -- Nobody sets a day for another school's class.
    FOREIGN KEY (program_year_id, number, program_id, school_id)
        REFERENCES round (program_year_id, number, program_id, school_id)
);

ALTER TABLE class_opening ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON class_opening TO bluepals_owner USING (true);
CREATE POLICY own ON class_opening TO bluepals_app USING (sees_school(program_id, school_id));
GRANT SELECT, INSERT, DELETE ON class_opening TO bluepals_app;
GRANT UPDATE (opens_on, moved_by, moved_at) ON class_opening TO bluepals_app;

-- The later of the class's day and its school's, so that a round which is moved later wins; none while either is frozen: a day of
-- the class's own that comes while letters rest is held when they go on. For either side of a pairing: a day tells of nobody.
CREATE FUNCTION class_opens_on(one round, of_class text) RETURNS date LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE
           WHEN own.opens_on IS NULL THEN schools.day
           WHEN NOT EXISTS (SELECT FROM pause
                             WHERE ended_at IS NULL AND what = 'letters' AND pause.program_id = one.program_id
                               AND (num_nonnulls(pause.school_id, agency_id, pairing_id) = 0 OR pause.school_id = one.school_id)
                               AND local_day(began_at) < own.opens_on) THEN own.opens_on
           END
      FROM (SELECT opening_day(one) AS day) AS schools
      LEFT JOIN class_opening AS own ON own.program_year_id = one.program_year_id AND own.number = one.number
                                    AND own.class_name = of_class AND own.opens_on > schools.day
$$;

CREATE FUNCTION class_has_opened(one round, of_class text) RETURNS boolean LANGUAGE sql STABLE
    RETURN one.pack_sent_at IS NOT NULL AND coalesce(class_opens_on(one, of_class) <= program_today(), false);

-- `opens_on` and `opened` are the class's, all other dates its school's or the pairing's own.
CREATE OR REPLACE VIEW pairing_round WITH (security_barrier) AS
    SELECT pairing.id AS pairing_id, round.program_year_id, round.number, round.program_id, round.school_id,
           CASE WHEN moved.pairing_id IS NULL THEN round.students_due_at ELSE moved.students_due_at END AS students_due_at,
           CASE WHEN moved.pairing_id IS NULL THEN round.officers_due_at ELSE moved.officers_due_at END AS officers_due_at,
           round.pack_closes_at, round.opens_at,
           class_opens_on(round, (SELECT class_name FROM student WHERE student.id = pairing.student_id)) AS opens_on,
           round.pack_sent_at, round.left_out,
           class_has_opened(round, (SELECT class_name FROM student WHERE student.id = pairing.student_id)) AS opened
      FROM pairing
      JOIN round USING (program_year_id)
      LEFT JOIN moved_round AS moved ON moved.pairing_id = pairing.id AND moved.number = round.number
     WHERE sees_school(pairing.program_id, pairing.school_id) OR sees_agency(pairing.program_id, pairing.agency_id);

-- An officer's letter comes to its reader when the class opens it, and not with the pack.
CREATE OR REPLACE FUNCTION has_arrived(asked_draft uuid) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM draft AS asked
          JOIN delivery ON delivery.draft_id = asked.id
            OR (delivery.written_for = asked.written_for AND asked.written_for <> 'stock')
          JOIN pairing ON pairing.id = delivery.pairing_id
          JOIN student ON student.id = pairing.student_id
          LEFT JOIN round ON round.program_year_id = pairing.program_year_id AND round.number = delivery.opening
         WHERE asked.id = asked_draft AND (delivery.opening IS NULL OR class_has_opened(round, student.class_name)))
$$;
