-- The ladder for silence: which rung one side of a pairing has reached, and when.
CREATE TABLE rung (
    pairing_id uuid,
    side       side,
    -- The first round whose date was missed: it names the silence, which the next letter ends.
    first_missed int,
    name       text CHECK (name IN ('kind word', 'liaison', 'warning proposed', 'warned', 'to decide', 'more time',
                                    'teacher', 'coordinator', 'rest proposed', 'rests')),
    program_id slug NOT NULL,
    school_id  slug NOT NULL,
    agency_id  slug NOT NULL,
    reached_on date NOT NULL,
    -- Who said so, where a person has to; the day itself otherwise.
    reached_by uuid REFERENCES staff,
    PRIMARY KEY (pairing_id, side, first_missed, name, reached_on),
    FOREIGN KEY (pairing_id, program_id, school_id, agency_id) REFERENCES pairing (id, program_id, school_id, agency_id)
        ON UPDATE CASCADE,
    CONSTRAINT said_by_a_person CHECK (name NOT IN ('warned', 'more time') OR reached_by IS NOT NULL)
);
ALTER TABLE rung ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON rung TO bluepals_owner USING (true);
CREATE POLICY reads ON rung FOR SELECT TO bluepals_app
    USING (sees_school(program_id, school_id) OR sees_agency(program_id, agency_id));
CREATE POLICY writes ON rung FOR INSERT TO bluepals_app WITH CHECK (sees_whole_program(program_id));
GRANT SELECT, INSERT ON rung TO bluepals_app;

-- Whether mail has reached an officer: none was refused for good, none waits for days, none may have been lost.
CREATE FUNCTION is_reached_by_mail(pal officer) RETURNS boolean LANGUAGE sql STABLE
    RETURN NOT EXISTS (SELECT FROM suppressed_address AS gone
                        WHERE gone.program_id = pal.program_id AND gone.address = pal.email)
       AND coalesce((SELECT mail.state = 'sent' OR mail.created_at > program_now() - interval '2 days'
                       FROM mail
                      WHERE mail.program_id = pal.program_id AND mail.to_address = pal.email AND mail.state <> 'cancelled'
                      ORDER BY mail.sequence DESC LIMIT 1), true);
