-- Pauses of a program, a school, an agency or a pairing, and the dates that they move.

ALTER TABLE program ADD calendar_version int NOT NULL DEFAULT 0;

-- One row for each thing that is paused. At most one of the three is named; none: the whole program.
CREATE TABLE pause (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program_id slug NOT NULL REFERENCES program,
    school_id  slug,
    agency_id  slug,
    pairing_id uuid REFERENCES pairing,
    what       text NOT NULL CHECK (what IN ('letters', 'visits')),
    reason     text NOT NULL,
    began_at   timestamptz NOT NULL DEFAULT program_now(),
    paused_by  uuid NOT NULL REFERENCES staff,
    ended_at   timestamptz,
    resumed_by uuid REFERENCES staff,
    FOREIGN KEY (program_id, school_id) REFERENCES school,
    FOREIGN KEY (program_id, agency_id) REFERENCES agency,
    CHECK (num_nonnulls(school_id, agency_id, pairing_id) <= 1),
    CHECK ((ended_at IS NULL) = (resumed_by IS NULL)),
    CHECK (ended_at >= began_at)
);
CREATE UNIQUE INDEX paused_once ON pause (program_id, what, school_id, agency_id, pairing_id) NULLS NOT DISTINCT
    WHERE ended_at IS NULL;

ALTER TABLE pause ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON pause TO bluepals_owner USING (true);
CREATE POLICY office ON pause TO bluepals_app USING (sees_whole_program(program_id));
GRANT SELECT, INSERT ON pause TO bluepals_app;
GRANT UPDATE (ended_at, resumed_by) ON pause TO bluepals_app;

-- Whether any pause of this thing goes on, wherever it was commanded. For either side, which need not know why.
CREATE FUNCTION is_paused(asked text, of_program text, of_school text, of_agency text, of_pairing uuid)
    RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM pause
         WHERE ended_at IS NULL AND what = asked AND program_id = of_program
           AND (num_nonnulls(school_id, agency_id, pairing_id) = 0
                OR school_id = of_school OR agency_id = of_agency OR pairing_id = of_pairing))
$$;

-- A round without a date is frozen, or no longer fits the year: then a person says what becomes of it.
ALTER TABLE round
    ALTER students_due_at DROP NOT NULL, ALTER officers_due_at DROP NOT NULL,
    ALTER pack_closes_at DROP NOT NULL, ALTER opens_at DROP NOT NULL,
    ADD left_out text CHECK (left_out IN ('dropped', 'carried'));

-- A pairing's own dates, where not only its class was paused. The opening day is the class's.
CREATE TABLE moved_round (
    pairing_id      uuid,
    number          int,
    program_id      slug NOT NULL,
    school_id       slug NOT NULL,
    agency_id       slug NOT NULL,
    students_due_at timestamptz,
    officers_due_at timestamptz,
    PRIMARY KEY (pairing_id, number),
    FOREIGN KEY (pairing_id, program_id, school_id, agency_id) REFERENCES pairing (id, program_id, school_id, agency_id)
);
ALTER TABLE moved_round ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON moved_round TO bluepals_owner USING (true);
CREATE POLICY reads ON moved_round FOR SELECT TO bluepals_app
    USING (sees_school(program_id, school_id) OR sees_agency(program_id, agency_id));
CREATE POLICY writes ON moved_round TO bluepals_app USING (sees_whole_program(program_id));
GRANT SELECT, INSERT, UPDATE, DELETE ON moved_round TO bluepals_app;

-- The day on which a class opens its letters, as it stands now; none while that is frozen.
CREATE FUNCTION opening_day(one round) RETURNS date LANGUAGE sql STABLE
    RETURN (SELECT (one.opens_at AT TIME ZONE (definition ->> 'timezone'))::date FROM program WHERE id = one.program_id);

DROP VIEW pairing_round;
CREATE VIEW pairing_round WITH (security_barrier) AS
    SELECT pairing.id AS pairing_id, round.program_year_id, round.number, round.program_id, round.school_id,
           CASE WHEN moved.pairing_id IS NULL THEN round.students_due_at ELSE moved.students_due_at END AS students_due_at,
           CASE WHEN moved.pairing_id IS NULL THEN round.officers_due_at ELSE moved.officers_due_at END AS officers_due_at,
           round.pack_closes_at, round.opens_at, opening_day(round) AS opens_on, round.pack_sent_at, round.left_out
      FROM pairing
      JOIN round USING (program_year_id)
      LEFT JOIN moved_round AS moved ON moved.pairing_id = pairing.id AND moved.number = round.number
     WHERE sees_school(pairing.program_id, pairing.school_id) OR sees_agency(pairing.program_id, pairing.agency_id);
GRANT SELECT ON pairing_round TO bluepals_app;

-- What a pause keeps back until it ends. Safety never waits, nor does the word that a visit is moved or called off.
CREATE FUNCTION waits_for_resume(one mail) RETURNS boolean LANGUAGE sql STABLE
    RETURN one.kind NOT IN ('safety', 'moved', 'cancelled')
       AND is_paused(CASE WHEN one.kind IN ('visit', 'host', 'sheets') THEN 'visits' ELSE 'letters' END,
                     one.program_id, one.school_id, one.agency_id, one.pairing_id);
