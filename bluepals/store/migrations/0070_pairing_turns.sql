-- What became of a pairing on its way, and left no trace in it: its child went to another school, or its end was taken back.

CREATE TABLE pairing_turn (
    sequence       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    pairing_id     uuid NOT NULL,
    program_id     slug NOT NULL REFERENCES program,
    school_id      slug NOT NULL,
    agency_id      slug NOT NULL,
    at             timestamptz NOT NULL DEFAULT program_now(),
    -- The school that its child went to.
    to_school      slug,
    -- The end that was taken back: since when, and until when both might still have written.
    ending_since   timestamptz,
    farewell_until timestamptz,
    CHECK ((to_school IS NULL) = (ending_since IS NOT NULL)),
    CHECK ((ending_since IS NULL) = (farewell_until IS NULL)),
    FOREIGN KEY (pairing_id, program_id, school_id, agency_id)
        REFERENCES pairing (id, program_id, school_id, agency_id) ON UPDATE CASCADE
);
CREATE INDEX ON pairing_turn (pairing_id);
ALTER TABLE pairing_turn ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON pairing_turn TO bluepals_owner USING (true);
CREATE POLICY office ON pairing_turn TO bluepals_app USING (sees_whole_program(program_id));
GRANT SELECT, INSERT ON pairing_turn TO bluepals_app;
