-- Who sees which row. The application's role owns nothing and cannot bypass a policy; the owner, who migrates and owns
-- the views below, sees all.

CREATE FUNCTION guard(guarded regclass, rule text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY owner ON %s TO bluepals_owner USING (true)', guarded);
    EXECUTE format('CREATE POLICY scope ON %s TO bluepals_app USING (%s)', guarded, rule);
END
$$;

SELECT guard('program', 'sees_program(id)');
SELECT guard('school', 'sees_program(program_id)');
SELECT guard('agency', 'sees_program(program_id)');
SELECT guard('program_year', 'sees_school(program_id, school_id)');
SELECT guard('round', 'sees_school(program_id, school_id)');
SELECT guard('staff_role', $$
    sees_whole_program(program_id)
    OR (school_id IS NOT NULL AND sees_school(program_id, school_id))
    OR (agency_id IS NOT NULL AND sees_agency(program_id, agency_id))$$);
SELECT guard('staff', $$
    sees_whole_program(program_id) OR EXISTS (SELECT FROM staff_role WHERE staff_role.staff_id = staff.id)$$);
SELECT guard('student', 'sees_school(program_id, school_id)');
SELECT guard('officer', 'sees_agency(program_id, agency_id)');
SELECT guard('attention', $$
    sees_whole_program(program_id)
    OR (school_id IS NOT NULL AND sees_school(program_id, school_id))
    OR (agency_id IS NOT NULL AND sees_agency(program_id, agency_id))$$);
SELECT guard('proposal', 'sees_whole_program(program_id)');
SELECT guard('proposed_pair', 'sees_whole_program(program_id)');
SELECT guard('pairing', 'sees_school(program_id, school_id) OR sees_agency(program_id, agency_id)');
SELECT guard('content_key', $$
    sees_whole_program(program_id)
    OR EXISTS (SELECT FROM pairing WHERE pairing.student_id = content_key.student_id)$$);
SELECT guard('letter', 'sees_school(program_id, school_id) OR sees_agency(program_id, agency_id)');
SELECT guard('draft', 'sees_school(program_id, school_id) OR sees_agency(program_id, agency_id)');
SELECT guard('decision', 'sees_school(program_id, school_id) OR sees_agency(program_id, agency_id)');
SELECT guard('miss', 'sees_school(program_id, school_id) OR sees_agency(program_id, agency_id)');
SELECT guard('delivery', 'sees_school(program_id, school_id) OR sees_agency(program_id, agency_id)');
SELECT guard('visit', 'sees_school(program_id, school_id) OR sees_agency(program_id, agency_id)');
SELECT guard('tell', 'sees_program(program_id)');
SELECT guard('mail', $$
    sees_whole_program(program_id)
    OR (school_id IS NOT NULL AND sees_school(program_id, school_id))
    OR (agency_id IS NOT NULL AND sees_agency(program_id, agency_id))$$);
SELECT guard('suppressed_address', 'sees_program(program_id)');

DROP FUNCTION guard(regclass, text);

-- First names across the line between a school and an agency: all that one side learns of the other.
CREATE VIEW pal WITH (security_barrier) AS
    SELECT pairing.id AS pairing_id, pairing.program_id,
           student.first_name AS student_first_name, student.language AS student_language,
           officer.first_name AS officer_first_name
      FROM pairing
      JOIN student ON student.id = pairing.student_id
      JOIN officer ON officer.id = pairing.officer_id
     WHERE sees_school(pairing.program_id, pairing.school_id) OR sees_agency(pairing.program_id, pairing.agency_id);

-- A pairing's rounds, for either side.
CREATE VIEW pairing_round WITH (security_barrier) AS
    SELECT pairing.id AS pairing_id, round.*
      FROM pairing
      JOIN round USING (program_year_id)
     WHERE sees_school(pairing.program_id, pairing.school_id) OR sees_agency(pairing.program_id, pairing.agency_id);

GRANT SELECT ON ALL TABLES IN SCHEMA public TO bluepals_app;
GRANT INSERT, UPDATE ON program, school, agency, program_year, round, staff, student, officer, attention,
    proposal, proposed_pair, pairing, letter, visit, tell, mail, suppressed_address TO bluepals_app;
GRANT INSERT, DELETE ON staff_role, content_key TO bluepals_app;
-- What was said and done is never changed.
GRANT INSERT ON draft, decision, miss, delivery TO bluepals_app;
