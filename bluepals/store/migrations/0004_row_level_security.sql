-- Who sees which row. The application's role owns nothing and cannot bypass a policy; the owner, who migrates and owns
-- the views below, sees all.

-- Who may not write a row may not lock it either.
CREATE FUNCTION guard(guarded regclass, reads text, writes text DEFAULT 'sees_whole_program(program_id)')
    RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY owner ON %s TO bluepals_owner USING (true)', guarded);
    EXECUTE format('CREATE POLICY reads ON %s FOR SELECT TO bluepals_app USING (%s)', guarded, reads);
    EXECUTE format('CREATE POLICY inserts ON %s FOR INSERT TO bluepals_app WITH CHECK (%s)', guarded, writes);
    EXECUTE format('CREATE POLICY updates ON %s FOR UPDATE TO bluepals_app USING (%s)', guarded, writes);
    EXECUTE format('CREATE POLICY deletes ON %s FOR DELETE TO bluepals_app USING (sees_whole_program(program_id))',
                   guarded);
END
$$;

-- The program's public side: names of schools and agencies, dates, rules. No person is in it.
ALTER TABLE program ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON program TO bluepals_owner USING (true);
CREATE POLICY reads ON program FOR SELECT TO bluepals_app USING (sees_program(id));
CREATE POLICY writes ON program TO bluepals_app USING (sees_whole_program(id));
SELECT guard('school', 'sees_program(program_id)');
SELECT guard('agency', 'sees_program(program_id)');

-- People and what is arranged for them: each side sees its own, the program's office writes.
SELECT guard('program_year', 'sees_school(program_id, school_id)');
SELECT guard('round', 'sees_school(program_id, school_id)');
SELECT guard('student', 'sees_school(program_id, school_id)');
SELECT guard('officer', 'sees_agency(program_id, agency_id)');
SELECT guard('staff_role', $$
    sees_whole_program(program_id)
    OR (school_id IS NOT NULL AND sees_school(program_id, school_id))
    OR (agency_id IS NOT NULL AND sees_agency(program_id, agency_id))$$);
SELECT guard('staff', $$
    sees_whole_program(program_id)
    OR (sees_program(program_id) AND EXISTS (SELECT FROM staff_role WHERE staff_role.staff_id = staff.id))$$);
SELECT guard('proposal', 'sees_whole_program(program_id)');
SELECT guard('proposed_pair', 'sees_whole_program(program_id)');
SELECT guard('pairing', 'sees_school(program_id, school_id) OR sees_agency(program_id, agency_id)');

-- Letters: a school sees both sides', since it reads them; an agency its officers', and a child's once it is delivered.
SELECT guard('letter',
    'sees_school(program_id, school_id) OR sees_agency(program_id, agency_id)',
    $$sees_school(program_id, school_id) OR (sees_agency(program_id, agency_id) AND side = 'officer')$$);
SELECT guard('draft',
    $$sees_school(program_id, school_id)
    OR (sees_agency(program_id, agency_id)
        AND (written_for NOT LIKE '%/student' OR EXISTS (SELECT FROM delivery WHERE delivery.draft_id = draft.id)))$$,
    $$sees_school(program_id, school_id)
    OR (sees_agency(program_id, agency_id) AND written_for NOT LIKE '%/student')$$);
SELECT guard('decision',
    $$sees_school(program_id, school_id)
    OR (sees_agency(program_id, agency_id) AND EXISTS (SELECT FROM draft WHERE draft.id = decision.draft_id))$$,
    'sees_school(program_id, school_id)');
SELECT guard('miss', 'sees_school(program_id, school_id) OR sees_agency(program_id, agency_id)');
SELECT guard('delivery', 'sees_school(program_id, school_id) OR sees_agency(program_id, agency_id)');
-- Where a pairing is seen, its child's key is.
SELECT guard('content_key',
    $$sees_whole_program(program_id)
    OR (sees_program(program_id) AND EXISTS (SELECT FROM pairing WHERE pairing.student_id = content_key.student_id))$$,
    $$sees_whole_program(program_id)
    OR (sees_program(program_id) AND EXISTS (SELECT FROM pairing WHERE pairing.student_id = content_key.student_id))$$);
SELECT guard('visit',
    'sees_school(program_id, school_id) OR sees_agency(program_id, agency_id)',
    'sees_school(program_id, school_id) OR sees_agency(program_id, agency_id)');

SELECT guard('attention', rule, rule) FROM (VALUES ($$
    sees_whole_program(program_id)
    OR (school_id IS NOT NULL AND sees_school(program_id, school_id))
    OR (agency_id IS NOT NULL AND sees_agency(program_id, agency_id))$$)) AS one (rule);
SELECT guard('tell', rule, rule) FROM (VALUES ($$
    sees_whole_program(program_id)
    OR (school_id IS NOT NULL AND sees_school(program_id, school_id))
    OR (agency_id IS NOT NULL AND sees_agency(program_id, agency_id))$$)) AS one (rule);
-- A mail holds an address and a link that lets in whoever has it: neither side sees even its own.
SELECT guard('mail', 'sees_whole_program(program_id)');
SELECT guard('suppressed_address', 'sees_whole_program(program_id)');

DROP FUNCTION guard(regclass, text, text);

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
    proposed_pair, visit, tell TO bluepals_app;
GRANT INSERT ON proposal, pairing, letter, mail, suppressed_address TO bluepals_app;
GRANT INSERT, DELETE ON staff_role, content_key TO bluepals_app;
-- A pairing is introduced and ended, and never becomes another one. A letter's row is only locked.
GRANT UPDATE (first_round, introduced_at, ended_at, end_reason) ON pairing TO bluepals_app;
GRANT UPDATE (side) ON letter TO bluepals_app;
-- What a mail says, and to whom, is fixed when it is queued.
GRANT UPDATE (state, attempts, bodies_started, next_attempt_at, refusals, claim, claimed_until, reply, sent_at)
    ON mail TO bluepals_app;
-- What was said and done is never changed; its time and its order are the database's.
GRANT INSERT (id, program_id, school_id, agency_id, letter_id, written_for, number, kind, language, stored, hash,
    fingerprint, uploaded_by, marks, risk) ON draft TO bluepals_app;
GRANT INSERT (id, program_id, school_id, agency_id, draft_id, hash, uploaded_by, verdict, decided_by, reason_for_child,
    reason_for_adult, due_again_at) ON decision TO bluepals_app;
GRANT INSERT (pairing_id, round_number, side, program_id, school_id, agency_id) ON miss TO bluepals_app;
GRANT INSERT (id, program_id, school_id, agency_id, pairing_id, round_number, side, kind, opening, draft_id,
    written_for, hash, verdict) ON delivery TO bluepals_app;
