-- After the year: what is asked of those who took part, how long each kind of data is kept, and how a child is erased.

ALTER TABLE student
    ADD erased_at timestamptz,
    -- What is left of an erased child proves that rules were kept, and says nothing about the child.
    ADD CONSTRAINT erased_without_a_trace CHECK (
        erased_at IS NULL
        OR (first_name = 'erased' AND last_name = 'erased' AND class_name = 'erased' AND language = 'en'
            AND num_nonnulls(guardian_name, guardian_email, guardian2_name, guardian2_email, consent_on) = 0
            AND withdrawn_at IS NOT NULL AND coalesce(pal_gender_reason, 'erased') = 'erased'));

ALTER TABLE officer
    ADD precinct text,
    ADD erased_at timestamptz,
    ADD CONSTRAINT erased_without_a_trace CHECK (
        erased_at IS NULL
        OR (first_name = 'erased' AND last_name = 'erased' AND email = id || '@erased.invalid'
            AND precinct IS NULL AND withdrawn_at IS NOT NULL));

-- A mail whose time is over: its Message-ID and hash stay, and prove that it went once.
ALTER TABLE mail
    ALTER message DROP NOT NULL,
    ALTER to_address DROP NOT NULL,
    ADD CONSTRAINT blanked_as_a_whole CHECK ((message IS NULL) = (to_address IS NULL)),
    ADD CONSTRAINT blanked_after_it_was_sent CHECK (message IS NOT NULL OR state IN ('sent', 'failed', 'cancelled', 'unknown'));

-- What a mail says, and to whom, is never changed by the service: through here it may only go.
CREATE FUNCTION blank_mails(mails uuid[]) RETURNS int LANGUAGE sql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH blanked AS (
        UPDATE mail SET message = NULL, to_address = NULL, reply = NULL
         WHERE id = ANY (mails) AND message IS NOT NULL AND sees_whole_program(program_id) RETURNING 1)
    SELECT count(*)::int FROM blanked
$$;

-- ---- the legal hold: what may have to be shown to an authority is deleted by no statement

-- Exactly one subject is named. `key`: what it is held for; the same key is held once. `reason`: short, and without a name.
CREATE TABLE legal_hold (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program_id  slug NOT NULL REFERENCES program,
    key         text NOT NULL,
    student_id  uuid REFERENCES student,
    pairing_id  uuid REFERENCES pairing,
    draft_id    uuid REFERENCES draft,
    reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 200),
    set_by      uuid REFERENCES staff,
    set_at      timestamptz NOT NULL DEFAULT program_now(),
    released_by uuid REFERENCES staff,
    released_at timestamptz,
    CONSTRAINT holds_one_thing CHECK (num_nonnulls(student_id, pairing_id, draft_id) = 1),
    CHECK (released_by IS NULL OR released_at IS NOT NULL)
);
CREATE UNIQUE INDEX held_once_for_each_key ON legal_hold (program_id, key) WHERE released_at IS NULL;

-- A pairing or a letter holds its child as a whole: who looks into one letter needs the others, and whose they are.
CREATE FUNCTION child_of(student uuid, pairing uuid, draft uuid) RETURNS uuid LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(
        student,
        (SELECT student_id FROM pairing AS one WHERE one.id = pairing),
        (SELECT one.student_id FROM draft AS written JOIN letter ON letter.id = written.letter_id
           JOIN pairing AS one ON one.id = letter.pairing_id WHERE written.id = draft))
$$;

CREATE FUNCTION is_child_held(student uuid) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM legal_hold AS hold WHERE released_at IS NULL
        AND child_of(hold.student_id, hold.pairing_id, hold.draft_id) = student)
$$;

-- Stock letters belong to no child.
CREATE FUNCTION is_letter_held(draft uuid) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(is_child_held(child_of(NULL, NULL, draft)), false)
        OR EXISTS (SELECT FROM legal_hold WHERE released_at IS NULL AND draft_id = draft)
$$;

-- Whoever sets a hold waits for an erasure of the same child that is under way, and the other way round.
CREATE FUNCTION lock_the_child() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM student WHERE id = child_of(NEW.student_id, NEW.pairing_id, NEW.draft_id) FOR UPDATE;
    RETURN NEW;
END
$$;
CREATE TRIGGER lock_the_child BEFORE INSERT ON legal_hold FOR EACH ROW EXECUTE FUNCTION lock_the_child();

-- The trigger's arguments: the kind of thing, and the column that names it.
CREATE FUNCTION refuse_what_is_held() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    subject uuid;
    held    boolean;
BEGIN
    EXECUTE format('SELECT ($1).%I', TG_ARGV[1]) USING OLD INTO subject;
    held := CASE TG_ARGV[0]
        WHEN 'student' THEN is_child_held(subject)
        WHEN 'pairing' THEN is_child_held(child_of(NULL, subject, NULL))
        ELSE is_letter_held(subject) END;
    IF held THEN
        RAISE EXCEPTION '% % is under a legal hold', TG_ARGV[0], subject
            USING ERRCODE = 'check_violation', CONSTRAINT = 'under_a_legal_hold';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;

CREATE TRIGGER under_a_legal_hold BEFORE UPDATE OF erased_at OR DELETE ON student
    FOR EACH ROW EXECUTE FUNCTION refuse_what_is_held('student', 'id');
CREATE TRIGGER under_a_legal_hold BEFORE UPDATE OR DELETE ON content_key
    FOR EACH ROW EXECUTE FUNCTION refuse_what_is_held('student', 'student_id');
CREATE TRIGGER under_a_legal_hold BEFORE UPDATE OR DELETE ON draft
    FOR EACH ROW EXECUTE FUNCTION refuse_what_is_held('draft', 'id');
CREATE TRIGGER under_a_legal_hold BEFORE UPDATE OR DELETE ON decision
    FOR EACH ROW EXECUTE FUNCTION refuse_what_is_held('draft', 'draft_id');
CREATE TRIGGER under_a_legal_hold BEFORE UPDATE OF message, to_address OR DELETE ON mail
    FOR EACH ROW EXECUTE FUNCTION refuse_what_is_held('pairing', 'pairing_id');
CREATE TRIGGER under_a_legal_hold BEFORE DELETE ON miss
    FOR EACH ROW EXECUTE FUNCTION refuse_what_is_held('pairing', 'pairing_id');
CREATE TRIGGER under_a_legal_hold BEFORE DELETE ON visit
    FOR EACH ROW EXECUTE FUNCTION refuse_what_is_held('pairing', 'pairing_id');

-- ---- erasing a child

CREATE FUNCTION refuse_while_letters_go() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM pairing WHERE student_id = NEW.id AND ended_at IS NULL) THEN
        RAISE EXCEPTION 'student % has a living pairing', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'erased_after_the_letters';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER erased_after_the_letters BEFORE UPDATE OF erased_at ON student
    FOR EACH ROW WHEN (NEW.erased_at IS NOT NULL) EXECUTE FUNCTION refuse_while_letters_go();

-- A guardian's wish; the coordinator confirms it.
CREATE TABLE erasure (
    student_id   uuid PRIMARY KEY REFERENCES student,
    program_id   slug NOT NULL REFERENCES program,
    requested_by uuid NOT NULL REFERENCES staff,
    requested_at timestamptz NOT NULL DEFAULT program_now(),
    confirmed_by uuid REFERENCES staff,
    confirmed_at timestamptz,
    CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL))
);

CREATE FUNCTION refuse_all_but_a_coordinator() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM staff_role JOIN student ON student.id = NEW.student_id
         WHERE staff_id = NEW.confirmed_by AND role = 'coordinator'
           AND (staff_role.school_id IS NULL OR staff_role.school_id = student.school_id))
    THEN
        RAISE EXCEPTION 'the erasure of student % is confirmed by a coordinator of the school', NEW.student_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'confirmed_by_a_coordinator';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER confirmed_by_a_coordinator BEFORE INSERT OR UPDATE ON erasure
    FOR EACH ROW WHEN (NEW.confirmed_by IS NOT NULL) EXECUTE FUNCTION refuse_all_but_a_coordinator();

-- ---- retention

-- A batch that was deleted: what kind, how many, on which day. Nothing of what it was.
CREATE TABLE retention_run (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    program_id slug NOT NULL REFERENCES program,
    kind       text NOT NULL,
    counted    int NOT NULL CHECK (counted > 0),
    day        date NOT NULL DEFAULT program_today()
);

-- ---- what families hear of afterwards, and what those who took part say

CREATE TABLE follow_on (
    program_id slug REFERENCES program,
    name       text,
    begins_on  date NOT NULL,
    ends_on    date NOT NULL CHECK (ends_on >= begins_on),
    ages       text NOT NULL,
    link       text NOT NULL,
    PRIMARY KEY (program_id, name)
);

CREATE TABLE survey (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program_id  slug NOT NULL REFERENCES program,
    first_year  int NOT NULL,
    role        text NOT NULL CHECK (role IN ('officer', 'teacher')),
    school_id   slug,
    agency_id   slug,
    person      uuid NOT NULL,
    asked_at    timestamptz NOT NULL DEFAULT program_now(),
    -- {question: answer} (bluepals.domain.survey); the remark is one line that the program's office alone reads.
    answers     jsonb,
    remark      text CHECK (length(remark) <= 300),
    answered_at timestamptz,
    UNIQUE (program_id, first_year, person),
    CHECK ((school_id IS NULL) = (role = 'officer') AND (agency_id IS NULL) = (role = 'teacher')),
    CHECK ((answers IS NULL) = (answered_at IS NULL) AND (remark IS NULL OR answers IS NOT NULL))
);

DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['legal_hold', 'erasure', 'retention_run', 'follow_on', 'survey'] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY owner ON %s TO bluepals_owner USING (true)', one);
        EXECUTE format('CREATE POLICY office ON %s TO bluepals_app USING (sees_whole_program(program_id))', one);
    END LOOP;
END
$$;
CREATE POLICY reads ON survey FOR SELECT TO bluepals_app
    USING (sees_school(program_id, school_id) OR sees_agency(program_id, agency_id));
CREATE POLICY answers ON survey FOR UPDATE TO bluepals_app
    USING (sees_school(program_id, school_id) OR sees_agency(program_id, agency_id));

GRANT SELECT ON legal_hold, erasure, retention_run, follow_on, survey TO bluepals_app;
GRANT INSERT (program_id, key, student_id, pairing_id, draft_id, reason, set_by) ON legal_hold TO bluepals_app;
GRANT UPDATE (released_by, released_at) ON legal_hold TO bluepals_app;
GRANT INSERT (student_id, program_id, requested_by), UPDATE (confirmed_by, confirmed_at) ON erasure TO bluepals_app;
GRANT INSERT (program_id, kind, counted) ON retention_run TO bluepals_app;
GRANT INSERT, UPDATE, DELETE ON follow_on TO bluepals_app;
GRANT INSERT (program_id, first_year, role, school_id, agency_id, person) ON survey TO bluepals_app;
GRANT UPDATE (answers, remark, answered_at), DELETE ON survey TO bluepals_app;
-- What a draft holds may only go: its hash is over exactly these bytes.
GRANT UPDATE (stored) ON draft TO bluepals_app;
GRANT UPDATE (reason_for_child, reason_for_adult) ON decision TO bluepals_app;
GRANT UPDATE (reason) ON pause TO bluepals_app;
GRANT DELETE ON tell, attention, suppressed_address TO bluepals_app;
-- A decision's reasons may go as well, and never become others.
CREATE FUNCTION refuse_other_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was said is never changed' USING ERRCODE = 'check_violation', CONSTRAINT = 'said_once';
END
$$;
CREATE TRIGGER said_once BEFORE UPDATE OF reason_for_child, reason_for_adult ON decision
    FOR EACH ROW WHEN (coalesce(NEW.reason_for_child, 'erased') <> 'erased' OR coalesce(NEW.reason_for_adult, 'erased') <> 'erased')
    EXECUTE FUNCTION refuse_other_words();
-- Only the office erases.
CREATE POLICY erases ON draft AS RESTRICTIVE FOR UPDATE TO bluepals_app USING (sees_whole_program(program_id));
CREATE POLICY erases ON decision AS RESTRICTIVE FOR UPDATE TO bluepals_app USING (sees_whole_program(program_id));

-- A letter that comes in afterwards finds no key, and gets none.
CREATE FUNCTION refuse_a_key_for_the_erased() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM student WHERE id = NEW.student_id AND erased_at IS NOT NULL) THEN
        RAISE EXCEPTION 'student % has been erased', NEW.student_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_key_for_the_erased';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER no_key_for_the_erased BEFORE INSERT ON content_key
    FOR EACH ROW EXECUTE FUNCTION refuse_a_key_for_the_erased();
