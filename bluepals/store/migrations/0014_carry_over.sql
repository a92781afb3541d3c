-- Pairs that want to go on in the next school year.

-- A child takes part in a year that is not over.
CREATE FUNCTION is_in_an_open_year(child student) RETURNS boolean LANGUAGE sql STABLE
    RETURN EXISTS (SELECT FROM program_year WHERE id = child.program_year_id AND state <> 'closed');

CREATE TABLE wish (
    pairing_id uuid,
    side       side,
    program_id slug NOT NULL,
    school_id  slug NOT NULL,
    agency_id  slug NOT NULL,
    wants      boolean NOT NULL,
    said_at    timestamptz NOT NULL DEFAULT program_now(),
    said_by    uuid NOT NULL,
    PRIMARY KEY (pairing_id, side),
    FOREIGN KEY (pairing_id, program_id, school_id, agency_id) REFERENCES pairing (id, program_id, school_id, agency_id)
        ON UPDATE CASCADE
);
ALTER TABLE wish ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON wish TO bluepals_owner USING (true);
CREATE POLICY office ON wish TO bluepals_app USING (sees_whole_program(program_id));
GRANT SELECT, INSERT ON wish TO bluepals_app;
GRANT UPDATE (wants, said_at, said_by) ON wish TO bluepals_app;
