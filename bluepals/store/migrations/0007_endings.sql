-- Pairings that end before the year does, and why.

-- Only the program's office learns the cause; a pairing's own row says no more than whose side left.
CREATE TABLE ending (
    pairing_id     uuid PRIMARY KEY,
    program_id     slug NOT NULL REFERENCES program,
    school_id      slug NOT NULL,
    agency_id      slug NOT NULL,
    reason         text NOT NULL CHECK (reason IN
                   ('consent withdrawn', 'left the school', 'child died',
                    'moved', 'busy', 'stopped', 'officer died', 'clearance ended', 'silence', 'declined')),
    since          timestamptz NOT NULL DEFAULT program_now(),
    -- Until then both may still write a letter of farewell; the same as `since`: no contact any more.
    farewell_until timestamptz NOT NULL,
    ended_by       uuid NOT NULL,
    FOREIGN KEY (pairing_id, program_id, school_id, agency_id) REFERENCES pairing (id, program_id, school_id, agency_id),
    CHECK (farewell_until >= since),
    CHECK (reason IN ('left the school', 'moved', 'busy', 'clearance ended', 'silence') OR farewell_until = since)
);
ALTER TABLE ending ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON ending TO bluepals_owner USING (true);
CREATE POLICY office ON ending TO bluepals_app USING (sees_whole_program(program_id));
GRANT SELECT, INSERT, DELETE ON ending TO bluepals_app;
