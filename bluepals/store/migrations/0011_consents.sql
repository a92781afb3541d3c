-- Consents by scope and form; guardians whom a court keeps away; children who leave or change schools; pairs that may
-- still be declined.

ALTER TABLE student
    ADD guardian1_access boolean NOT NULL DEFAULT true,
    ADD guardian2_name   text,
    ADD guardian2_email  text,
    ADD guardian2_access boolean NOT NULL DEFAULT true,
    -- To a school that is not of this program.
    ADD left_at          timestamptz,
    -- The address of a guardian without access is not even on record: nothing can be sent there.
    ADD CONSTRAINT nothing_for_a_guardian_without_access CHECK (
        (guardian1_access OR guardian_email IS NULL) AND (guardian2_access OR guardian2_email IS NULL));

-- What the family has agreed to, and on which form. Withdrawn rows stay; without a name it was the roster that no longer
-- said so.
CREATE TABLE consent (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program_id   slug NOT NULL REFERENCES program,
    student_id   uuid NOT NULL REFERENCES student,
    scope        text NOT NULL CHECK (scope IN ('letters', 'visit', 'photos', 'follow-on')),
    given_on     date NOT NULL,
    form_version text,
    -- The first or the second guardian of the roster; unknown on older forms.
    given_by     int CHECK (given_by IN (1, 2)),
    withdrawn_at timestamptz,
    withdrawn_by uuid REFERENCES staff,
    CHECK (withdrawn_by IS NULL OR withdrawn_at IS NOT NULL)
);
CREATE UNIQUE INDEX one_consent_in_force ON consent (student_id, scope) WHERE withdrawn_at IS NULL;
CREATE INDEX ON consent (student_id);

ALTER TABLE consent ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON consent TO bluepals_owner USING (true);
-- Where a child is seen, what its family has agreed to is.
CREATE POLICY reads ON consent FOR SELECT TO bluepals_app
    USING (sees_program(program_id) AND EXISTS (SELECT FROM student WHERE student.id = consent.student_id));
CREATE POLICY writes ON consent TO bluepals_app USING (sees_whole_program(program_id));
GRANT SELECT, INSERT ON consent TO bluepals_app;
GRANT UPDATE (given_on, form_version, given_by, withdrawn_at, withdrawn_by) ON consent TO bluepals_app;

-- Until now one form was for the letters and for the visit that ends them.
INSERT INTO consent (program_id, student_id, scope, given_on)
    SELECT program_id, id, scope, consent_on FROM student, unnest(ARRAY['letters', 'visit']) AS scope
     WHERE consent_on IS NOT NULL;

-- An instant's day in the program's own zone.
CREATE FUNCTION local_day(instant timestamptz) RETURNS date LANGUAGE sql STABLE
    RETURN (SELECT (instant AT TIME ZONE (definition ->> 'timezone'))::date
              FROM program WHERE id = current_setting('bluepals.program', true));

-- `has_consent` is the gate of the letters. Whatever else a family agreed to holds only as long as that does.
CREATE FUNCTION has_consent_for(child student, asked text) RETURNS boolean LANGUAGE sql STABLE
    RETURN has_consent(child) AND (asked = 'letters' OR EXISTS (
        SELECT FROM consent WHERE student_id = child.id AND scope = asked AND withdrawn_at IS NULL));

-- Until then the family, the officer and the counselor may say no, and nobody asks why.
ALTER TABLE pairing ADD declining_until timestamptz;
GRANT UPDATE (declining_until) ON pairing TO bluepals_app;

-- What a withdrawal has recalled is not sent any more, whatever becomes of an attempt that had begun.
ALTER TABLE mail ADD recalled_at timestamptz;
GRANT UPDATE (recalled_at) ON mail TO bluepals_app;

-- A child who changes schools takes the pairing along, and the pairing all that repeats whose it is.
DO $$
DECLARE
    key record;
BEGIN
    FOR key IN
        SELECT conname, conrelid::regclass AS holder, pg_get_constraintdef(pg_constraint.oid) AS definition
          FROM pg_constraint JOIN pg_attribute ON attrelid = confrelid AND attnum = ANY (confkey)
         WHERE contype = 'f' AND attname = 'school_id' AND confrelid IN ('pairing'::regclass, 'letter'::regclass, 'draft'::regclass)
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %2$I %s ON UPDATE CASCADE',
                       key.holder, key.conname, key.definition);
    END LOOP;
END
$$;

-- A pairing never becomes another one: all that it can do is to follow its child. Rounds have the same numbers everywhere.
CREATE FUNCTION follow_its_child(moved uuid) RETURNS void LANGUAGE sql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE letter SET program_year_id = student.program_year_id FROM pairing JOIN student ON student.id = student_id
     WHERE pairing.id = moved AND letter.pairing_id = moved AND sees_whole_program(pairing.program_id);
    UPDATE pairing SET (program_year_id, school_id) = (student.program_year_id, student.school_id) FROM student
     WHERE pairing.id = moved AND student.id = student_id AND sees_whole_program(pairing.program_id);
$$;

-- Which of an officer's marks (so many days before the clearance ends) the liaison has been told of, and on which day.
CREATE TABLE clearance_mark (
    officer_id    uuid REFERENCES officer,
    cleared_until date,
    days          int CHECK (days > 0),
    program_id    slug NOT NULL REFERENCES program,
    told_on       date NOT NULL,
    PRIMARY KEY (officer_id, cleared_until, days)
);
ALTER TABLE clearance_mark ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON clearance_mark TO bluepals_owner USING (true);
CREATE POLICY office ON clearance_mark TO bluepals_app USING (sees_whole_program(program_id));
GRANT SELECT, INSERT ON clearance_mark TO bluepals_app;
