-- The visit in full: its day moves or is called off, and a child whose officer does not come is hosted by a reserve.

ALTER TABLE program_year
    -- Grows with each change of the visit, as its calendar files do.
    ADD visit_sequence int NOT NULL DEFAULT 0,
    ADD visit_state    text NOT NULL DEFAULT 'planned' CHECK (visit_state IN ('planned', 'called off', 'read aloud')),
    -- What people are told when it moves or is called off.
    ADD visit_because  text;

-- From here on silence counts as a refusal: a reserve is asked. A later answer counts all the same.
ALTER TABLE visit ADD answer_by timestamptz;

ALTER TABLE pairing ADD CONSTRAINT pairing_with_its_gender UNIQUE (id, program_id, school_id, gender);

-- A reserve is asked to host a child at the visit. That is no pairing: it begins and ends with the day.
CREATE TABLE visit_host (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program_id      slug NOT NULL REFERENCES program,
    program_year_id text NOT NULL REFERENCES program_year,
    school_id       slug NOT NULL,
    agency_id       slug NOT NULL,
    pairing_id      uuid NOT NULL REFERENCES visit,
    officer_id      uuid NOT NULL,
    gender          gender NOT NULL,
    -- Which day of the visit it was asked for.
    visit_sequence  int NOT NULL,
    asked_at        timestamptz NOT NULL DEFAULT program_now(),
    answer_by       timestamptz NOT NULL,
    answer          text CHECK (answer IN ('yes', 'no')),
    answered_at     timestamptz,
    -- Needed no longer: the child's own officer comes after all, or the day has moved.
    released_at     timestamptz,
    attended        boolean,
    recorded_at     timestamptz,
    CHECK ((answer IS NULL) = (answered_at IS NULL)),
    CHECK ((attended IS NULL) = (recorded_at IS NULL)),
    CONSTRAINT host_is_asked_once UNIQUE (pairing_id, officer_id, visit_sequence),
    CONSTRAINT same_gender_as_the_hosted_child
        FOREIGN KEY (pairing_id, program_id, school_id, gender) REFERENCES pairing (id, program_id, school_id, gender),
    CONSTRAINT same_gender_as_the_host
        FOREIGN KEY (officer_id, program_id, gender) REFERENCES officer (id, program_id, gender),
    FOREIGN KEY (program_id, agency_id) REFERENCES agency
);
CREATE UNIQUE INDEX one_host_for_a_child ON visit_host (pairing_id)
    WHERE answer = 'yes' AND released_at IS NULL AND attended IS DISTINCT FROM false;
CREATE INDEX ON visit_host (officer_id);
CREATE INDEX ON visit_host (program_year_id);

-- An agency may not see a school's year, and yet its officers have to know whether they may still answer.
CREATE FUNCTION visit_is_ahead(of_year text) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM program_year WHERE id = of_year AND sees_program(program_id)
                      AND visit_state = 'planned' AND visit_on >= program_today())
$$;

ALTER TABLE visit_host ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON visit_host TO bluepals_owner USING (true);
CREATE POLICY reads ON visit_host FOR SELECT TO bluepals_app
    USING (sees_school(program_id, school_id) OR sees_agency(program_id, agency_id));
CREATE POLICY inserts ON visit_host FOR INSERT TO bluepals_app WITH CHECK (sees_whole_program(program_id));
CREATE POLICY updates ON visit_host FOR UPDATE TO bluepals_app
    USING (sees_school(program_id, school_id) OR sees_agency(program_id, agency_id));
CREATE POLICY deletes ON visit_host FOR DELETE TO bluepals_app USING (sees_whole_program(program_id));

GRANT SELECT, INSERT ON visit_host TO bluepals_app;
-- Who was asked for whom never changes.
GRANT UPDATE (answer, answered_at, released_at, attended, recorded_at) ON visit_host TO bluepals_app;

-- The first name of the child whom a reserve hosts: all that an agency learns of it.
CREATE FUNCTION hosted_child(host uuid) RETURNS text LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT student.first_name FROM visit_host JOIN pairing ON pairing.id = pairing_id
      JOIN student ON student.id = pairing.student_id
     WHERE visit_host.id = host AND sees_agency(visit_host.program_id, visit_host.agency_id)
$$;
