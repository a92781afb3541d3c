-- A letter that worries someone: cases, who has to attest, whose word closes one, and what holds while one is open.

-- Organisations that help, from the program's directory (partners.csv).
CREATE TABLE partner (
    program_id slug REFERENCES program,
    name       text,
    what_for   text NOT NULL,
    languages  text[] NOT NULL,
    contact    text NOT NULL,
    PRIMARY KEY (program_id, name)
);

-- Who was shown a draft. Whoever handed it in, decided about it or got it delivered has read it anyhow.
CREATE TABLE letter_read (
    draft_id   uuid REFERENCES draft,
    reader     uuid,
    program_id slug NOT NULL REFERENCES program,
    read_at    timestamptz NOT NULL DEFAULT program_now(),
    PRIMARY KEY (draft_id, reader)
);

CREATE TABLE case_file (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    sequence         bigint GENERATED ALWAYS AS IDENTITY,
    program_id       slug NOT NULL REFERENCES program,
    school_id        slug,
    agency_id        slug NOT NULL,
    draft_id         uuid NOT NULL,
    written_for      text NOT NULL,
    -- What the person who opened it said; of what the letter says nothing is here.
    kind             text NOT NULL CHECK (kind IN ('sad', 'unsure', 'family', 'harm', 'conduct')),
    -- Whose conduct it is.
    officer_id       uuid REFERENCES officer,
    opened_by        uuid NOT NULL,
    opened_at        timestamptz NOT NULL DEFAULT program_now(),
    closed_at        timestamptz,
    -- What becomes of the letter, and of the officer.
    letter           text CHECK (letter IN ('deliver', 'return', 'keep')),
    officer          text CHECK (officer IN ('resumes', 'leaves')),
    counsel_asked_on date,
    UNIQUE (id, draft_id),
    FOREIGN KEY (draft_id, written_for) REFERENCES draft (id, written_for),
    FOREIGN KEY (draft_id, school_id) REFERENCES draft (id, school_id),
    FOREIGN KEY (program_id, agency_id) REFERENCES agency,
    CHECK ((closed_at IS NULL) = (letter IS NULL)),
    CONSTRAINT conduct_is_an_officers CHECK ((kind = 'conduct') = (officer_id IS NOT NULL)
        AND (kind <> 'conduct' OR written_for NOT LIKE '%/student')),
    CONSTRAINT family_is_a_childs CHECK (kind <> 'family' OR written_for LIKE '%/student'),
    CONSTRAINT never_a_friendly_return CHECK (kind <> 'conduct' OR letter IS DISTINCT FROM 'return'),
    CONSTRAINT the_officer_resumes_or_leaves CHECK (
        (officer IS NOT NULL) = (kind = 'conduct' AND closed_at IS NOT NULL)),
    CONSTRAINT counsel_before_an_officer_reads_it CHECK (
        kind <> 'family' OR letter IS DISTINCT FROM 'deliver' OR counsel_asked_on IS NOT NULL)
);
CREATE UNIQUE INDEX one_open_case_of_a_kind ON case_file (draft_id, kind) WHERE closed_at IS NULL;
CREATE INDEX ON case_file (officer_id) WHERE closed_at IS NULL AND officer_id IS NOT NULL;

-- Everybody who has read the letter of a suspected harm: each has a duty of their own.
CREATE TABLE case_reader (
    case_id    uuid REFERENCES case_file,
    person     uuid,
    program_id slug NOT NULL REFERENCES program,
    named_at   timestamptz NOT NULL DEFAULT program_now(),
    PRIMARY KEY (case_id, person)
);

-- "Reported", with its time, or "I read it and have no reasonable cause". Who saw no cause may report later.
CREATE TABLE attestation (
    case_id     uuid,
    person      uuid,
    program_id  slug NOT NULL REFERENCES program,
    attested_by uuid NOT NULL,
    attested_at timestamptz NOT NULL DEFAULT program_now(),
    reported_at timestamptz,
    reference   text,
    reported    boolean GENERATED ALWAYS AS (reported_at IS NOT NULL) STORED,
    PRIMARY KEY (case_id, person, reported),
    CONSTRAINT attested_by_a_reader FOREIGN KEY (case_id, person) REFERENCES case_reader,
    CONSTRAINT nobody_attests_for_another CHECK (attested_by = person),
    CONSTRAINT reported_before_it_is_attested CHECK (reported_at <= attested_at),
    CHECK (reference IS NULL OR reported_at IS NOT NULL)
);

CREATE TABLE case_plan (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    sequence      bigint GENERATED ALWAYS AS IDENTITY,
    case_id       uuid NOT NULL REFERENCES case_file,
    program_id    slug NOT NULL REFERENCES program,
    made_by       uuid NOT NULL REFERENCES staff,
    made_at       timestamptz NOT NULL DEFAULT program_now(),
    look_again_on date NOT NULL,
    UNIQUE (id, program_id)
);

CREATE TABLE case_plan_partner (
    plan_id    uuid,
    program_id slug,
    partner    text,
    PRIMARY KEY (plan_id, partner),
    FOREIGN KEY (plan_id, program_id) REFERENCES case_plan (id, program_id),
    FOREIGN KEY (program_id, partner) REFERENCES partner
);

-- What those who decide say is to become of the letter; of each role the last word counts.
CREATE TABLE case_word (
    sequence   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id    uuid NOT NULL REFERENCES case_file,
    program_id slug NOT NULL REFERENCES program,
    role       text NOT NULL CHECK (role IN ('counselor', 'coordinator', 'liaison')),
    said_by    uuid NOT NULL REFERENCES staff,
    said_at    timestamptz NOT NULL DEFAULT program_now(),
    letter     text NOT NULL CHECK (letter IN ('deliver', 'return', 'keep')),
    officer    text CHECK (officer IN ('resumes', 'leaves'))
);
CREATE INDEX ON case_word (case_id, role);

-- Each step of the stopwatch. `rung_at`: when the second channel had it.
CREATE TABLE case_page (
    case_id    uuid REFERENCES case_file,
    number     int CHECK (number >= 0),
    program_id slug NOT NULL REFERENCES program,
    paged_at   timestamptz NOT NULL DEFAULT program_now(),
    rung_at    timestamptz,
    PRIMARY KEY (case_id, number)
);

-- What holds while a case is open. These see more than who asks, and answer yes or no.

CREATE FUNCTION has_open_case(asked_draft uuid) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM case_file WHERE draft_id = asked_draft AND closed_at IS NULL)
$$;

-- Under an open case, or kept or returned by the last one.
CREATE FUNCTION is_held(asked_draft uuid) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT letter IS DISTINCT FROM 'deliver' FROM case_file WHERE draft_id = asked_draft
                      ORDER BY closed_at DESC NULLS FIRST, sequence DESC LIMIT 1), false)
$$;

CREATE FUNCTION is_stopped(asked_officer uuid) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM case_file WHERE officer_id = asked_officer AND closed_at IS NULL)
$$;

-- Whether a class may open this letter: neither held nor written by an officer who is stopped.
CREATE FUNCTION may_be_opened(asked_draft uuid) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT NOT is_held(asked_draft) AND NOT is_stopped((SELECT uploaded_by FROM draft WHERE id = asked_draft))
$$;

-- A letter of this pairing's child is delayed: all that its officer learns.
CREATE FUNCTION is_delayed(asked_pairing uuid) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM case_file WHERE closed_at IS NULL
                      AND written_for LIKE asked_pairing::text || '/%' AND written_for LIKE '%/student')
$$;

-- The last word about a draft, for those who hand letters in: none while a case is open, "refer" when it is kept.
CREATE FUNCTION standing_verdict(asked_draft uuid) RETURNS text LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN has_open_case(asked_draft) THEN NULL
        WHEN (SELECT letter FROM case_file WHERE draft_id = asked_draft
               ORDER BY closed_at DESC, sequence DESC LIMIT 1) = 'keep' THEN 'refer'
        ELSE (SELECT verdict FROM decision WHERE draft_id = asked_draft ORDER BY sequence DESC LIMIT 1)
    END
$$;

-- An officer whose conduct is looked at passes no gate.
CREATE OR REPLACE FUNCTION is_cleared(pal officer) RETURNS boolean LANGUAGE sql STABLE
    RETURN coalesce(pal.cleared_until >= program_today(), false) AND pal.withdrawn_at IS NULL AND NOT is_stopped(pal.id);

CREATE FUNCTION refuse_delivery_of_what_is_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF is_held(NEW.draft_id) THEN
        RAISE EXCEPTION 'draft % is held by a case', NEW.draft_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nothing_held_is_delivered';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER nothing_held_is_delivered AFTER INSERT ON delivery
    FOR EACH ROW EXECUTE FUNCTION refuse_delivery_of_what_is_held();

-- A legal hold: what a case is about is not erased before it is closed.
CREATE FUNCTION refuse_erasure_under_a_case() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'draft' THEN
        IF NOT has_open_case(OLD.id) THEN
            RETURN NEW;
        END IF;
    ELSIF NOT EXISTS (
        SELECT FROM case_file JOIN draft ON draft.id = draft_id JOIN letter ON letter.id = letter_id
          LEFT JOIN pairing ON pairing.id = letter.pairing_id
         WHERE closed_at IS NULL AND case_file.program_id = OLD.program_id
           AND pairing.student_id IS NOT DISTINCT FROM OLD.student_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'a case is open' USING ERRCODE = 'check_violation', CONSTRAINT = 'an_open_case_is_a_legal_hold';
END
$$;
CREATE TRIGGER an_open_case_is_a_legal_hold BEFORE UPDATE OF stored ON draft
    FOR EACH ROW WHEN (NEW.stored IS NULL) EXECUTE FUNCTION refuse_erasure_under_a_case();
CREATE TRIGGER an_open_case_is_a_legal_hold BEFORE DELETE ON content_key
    FOR EACH ROW EXECUTE FUNCTION refuse_erasure_under_a_case();

-- Closing.

CREATE FUNCTION holds_role(person uuid, asked_role text, of_school text, of_agency text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM staff_role WHERE staff_id = person AND role = asked_role
            AND (school_id IS NULL OR of_school IS NULL OR school_id = of_school)
            AND (agency_id IS NULL OR agency_id = of_agency))
$$;

CREATE FUNCTION refuse_word_of_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (SELECT holds_role(NEW.said_by, NEW.role, school_id, agency_id) FROM case_file WHERE id = NEW.case_id) THEN
        RAISE EXCEPTION 'not the word of the case''s %', NEW.role
            USING ERRCODE = 'check_violation', CONSTRAINT = 'said_by_who_has_the_role';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER said_by_who_has_the_role BEFORE INSERT ON case_word
    FOR EACH ROW EXECUTE FUNCTION refuse_word_of_another();

CREATE FUNCTION refuse_plan_of_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (SELECT holds_role(NEW.made_by, 'counselor', school_id, agency_id) FROM case_file WHERE id = NEW.case_id) THEN
        RAISE EXCEPTION 'not a plan of the case''s counselor'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'planned_by_a_counselor';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER planned_by_a_counselor BEFORE INSERT ON case_plan
    FOR EACH ROW EXECUTE FUNCTION refuse_plan_of_another();

-- Readers of this case who have not attested.
CREATE FUNCTION still_to_attest(asked_case uuid) RETURNS bigint LANGUAGE sql STABLE
    RETURN (SELECT count(*) FROM case_reader WHERE case_id = asked_case AND NOT EXISTS (
                SELECT FROM attestation
                 WHERE attestation.case_id = asked_case AND attestation.person = case_reader.person));

-- Whose word it takes: the counselor's; of an officer's conduct the coordinator's and, unless the policy leaves them out,
-- the liaison's.
CREATE FUNCTION words_needed(kind text) RETURNS text[] LANGUAGE sql STABLE
    RETURN CASE
        WHEN kind <> 'conduct' THEN ARRAY['counselor']
        WHEN (SELECT (definition -> 'safety' ->> 'liaison_decides')::boolean FROM program
               WHERE id = current_setting('bluepals.program', true)) IS FALSE THEN ARRAY['coordinator']
        ELSE ARRAY['coordinator', 'liaison'] END;

CREATE FUNCTION refuse_closing_too_early() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    needed text;
BEGIN
    IF OLD.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'case % is closed', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_closed_case_stays_closed';
    END IF;
    IF still_to_attest(OLD.id) > 0 THEN
        RAISE EXCEPTION 'case % waits for attestations', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'closing_needs_the_attestations';
    END IF;
    IF OLD.kind IN ('sad', 'unsure', 'family') AND NOT EXISTS (SELECT FROM case_plan WHERE case_id = OLD.id) THEN
        RAISE EXCEPTION 'case % has no plan', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'closing_needs_a_plan';
    END IF;
    FOREACH needed IN ARRAY words_needed(OLD.kind) LOOP
        IF NOT coalesce(
            (SELECT (letter, officer) IS NOT DISTINCT FROM (NEW.letter, NEW.officer) FROM case_word
              WHERE case_id = OLD.id AND role = needed ORDER BY sequence DESC LIMIT 1), false) THEN
            RAISE EXCEPTION 'case % waits for the word of its %', OLD.id, needed
                USING ERRCODE = 'check_violation', CONSTRAINT = 'closing_needs_the_word_of_who_decides';
        END IF;
    END LOOP;
    RETURN NEW;
END
$$;
CREATE TRIGGER closed_by_who_decides BEFORE UPDATE ON case_file
    FOR EACH ROW EXECUTE FUNCTION refuse_closing_too_early();

-- A closed case decides about its draft too: a decision of a second kind, which rule 2 treats like any other. A reader
-- decides once, and not beside a case.
ALTER TABLE decision
    ADD COLUMN case_id uuid,
    ADD FOREIGN KEY (case_id, draft_id) REFERENCES case_file (id, draft_id),
    ADD CONSTRAINT a_case_refers_to_nobody CHECK (case_id IS NULL OR verdict <> 'refer'),
    DROP CONSTRAINT decision_draft_id_key;
CREATE UNIQUE INDEX one_decision_by_a_reader ON decision (draft_id) WHERE case_id IS NULL;
CREATE UNIQUE INDEX one_decision_by_a_case ON decision (case_id);

CREATE FUNCTION closed_with_the_word_of(asked_case uuid, asked_letter text, decider uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM case_file JOIN case_word ON case_id = case_file.id AND case_word.letter = case_file.letter
                    WHERE case_file.id = asked_case AND case_file.letter = asked_letter AND said_by = decider)
$$;

CREATE OR REPLACE FUNCTION refuse_unfit_reader() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF is_one_person(NEW.decided_by, NEW.uploaded_by) THEN
        RAISE EXCEPTION 'draft % was handed in by the one who decides about it', NEW.draft_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'decided_by_someone_else';
    END IF;
    IF NEW.case_id IS NOT NULL THEN
        IF NOT closed_with_the_word_of(
            NEW.case_id, CASE NEW.verdict WHEN 'approve' THEN 'deliver' ELSE NEW.verdict END, NEW.decided_by) THEN
            RAISE EXCEPTION 'case % is not closed in this way by them', NEW.case_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'decided_as_the_case_was_closed';
        END IF;
        RETURN NULL;
    END IF;
    IF NOT reads_letters_of(NEW.decided_by, NEW.school_id) THEN
        RAISE EXCEPTION 'draft % is not decided about by a moderator of its school', NEW.draft_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'decided_by_a_reader';
    END IF;
    IF is_held(NEW.draft_id) THEN
        RAISE EXCEPTION 'draft % is held by a case', NEW.draft_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_decision_beside_a_case';
    END IF;
    RETURN NULL;
END
$$;

-- What became of one side's letter of a round, for those who run the program.
CREATE OR REPLACE FUNCTION side_state(asked_pairing uuid, asked_round int, asked_side text) RETURNS text
    LANGUAGE sql STABLE RETURN coalesce(
        (SELECT string_agg('delivered: ' || kind, ', ' ORDER BY sequence) FROM delivery
          WHERE pairing_id = asked_pairing AND round_number = asked_round AND side = asked_side),
        (SELECT CASE WHEN has_open_case(draft.id) THEN 'held' ELSE
                CASE standing_verdict(draft.id) WHEN 'approve' THEN 'approved' WHEN 'return' THEN 'returned'
                    WHEN 'refer' THEN 'held' ELSE 'being read' END END
           FROM letter JOIN draft ON draft.letter_id = letter.id
          WHERE letter.pairing_id = asked_pairing AND round_number = asked_round AND side = asked_side
          ORDER BY draft.number DESC LIMIT 1),
        (SELECT 'missed' FROM miss
          WHERE pairing_id = asked_pairing AND round_number = asked_round AND side = asked_side),
        'not yet');

-- Cases are the office's alone: neither a school's nor an agency's scope sees one.
DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['partner', 'letter_read', 'case_file', 'case_reader', 'attestation', 'case_plan',
                                   'case_plan_partner', 'case_word', 'case_page'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', guarded);
        EXECUTE format('CREATE POLICY owner ON %I TO bluepals_owner USING (true)', guarded);
        EXECUTE format('CREATE POLICY office ON %I TO bluepals_app USING (sees_whole_program(program_id))', guarded);
    END LOOP;
END
$$;

GRANT SELECT ON partner, letter_read, case_file, case_reader, attestation, case_plan, case_plan_partner, case_word,
    case_page TO bluepals_app;
GRANT INSERT, UPDATE ON partner TO bluepals_app;
-- What was said is never changed; its time and its order are the database's. A case is closed once.
GRANT INSERT (draft_id, reader, program_id) ON letter_read TO bluepals_app;
GRANT INSERT (id, program_id, school_id, agency_id, draft_id, written_for, kind, officer_id, opened_by)
    ON case_file TO bluepals_app;
GRANT UPDATE (closed_at, letter, officer, counsel_asked_on) ON case_file TO bluepals_app;
GRANT INSERT (case_id, person, program_id) ON case_reader TO bluepals_app;
GRANT INSERT (case_id, person, program_id, attested_by, reported_at, reference) ON attestation TO bluepals_app;
GRANT INSERT (id, case_id, program_id, made_by, look_again_on) ON case_plan TO bluepals_app;
GRANT INSERT ON case_plan_partner TO bluepals_app;
GRANT INSERT (case_id, program_id, role, said_by, letter, officer) ON case_word TO bluepals_app;
GRANT INSERT (case_id, number, program_id) ON case_page TO bluepals_app;
GRANT UPDATE (rung_at) ON case_page TO bluepals_app;
GRANT INSERT (case_id) ON decision TO bluepals_app;
