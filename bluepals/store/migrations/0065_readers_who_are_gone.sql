-- Who has read a letter in which harm is suspected, and is gone: the dead owe nothing; whoever has left owes it as before, until a
-- counselor records that they could not be reached. That is no attestation.

ALTER TABLE officer
    ADD died_at timestamptz,
    ADD CONSTRAINT the_dead_take_no_part CHECK (died_at IS NULL OR withdrawn_at IS NOT NULL);
UPDATE officer SET died_at = withdrawn_at
 WHERE withdrawn_at IS NOT NULL AND EXISTS (
    SELECT FROM pairing JOIN ending ON pairing_id = pairing.id WHERE officer_id = officer.id AND reason = 'officer died');
GRANT UPDATE (died_at) ON officer TO bluepals_app;

-- One address is one person in a program: since when they take part under none of their ids. Null: they still do.
CREATE FUNCTION gone_since(person uuid) RETURNS timestamptz LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH ids AS (SELECT program_id, id, lower(email) AS address, left_at AS gone_at FROM staff
                 UNION ALL SELECT program_id, id, lower(email), withdrawn_at FROM officer)
    SELECT CASE WHEN bool_and(one.gone_at IS NOT NULL) THEN max(one.gone_at) END
      FROM ids AS this JOIN ids AS one USING (program_id, address) WHERE this.id = person
$$;

CREATE FUNCTION has_died(person uuid) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM officer WHERE died_at IS NOT NULL AND is_one_person(id, person)
                      AND program_id = coalesce((SELECT program_id FROM staff WHERE id = person),
                                                (SELECT program_id FROM officer AS one WHERE one.id = person)))
$$;

-- Nothing is left by which anybody could find them.
CREATE FUNCTION is_erased(person uuid) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM officer WHERE id = person AND erased_at IS NOT NULL)
        OR EXISTS (SELECT FROM staff WHERE id = person AND erased_at IS NOT NULL)
$$;

CREATE TABLE case_unreachable (
    case_id     uuid,
    person      uuid,
    program_id  slug NOT NULL REFERENCES program,
    recorded_by uuid NOT NULL REFERENCES staff,
    recorded_at timestamptz NOT NULL DEFAULT program_now(),
    PRIMARY KEY (case_id, person),
    CONSTRAINT recorded_about_a_reader FOREIGN KEY (case_id, person) REFERENCES case_reader
);

CREATE FUNCTION refuse_record_about_who_is_here() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF gone_since(NEW.person) IS NULL THEN
        RAISE EXCEPTION '% still takes part', NEW.person
            USING ERRCODE = 'check_violation', CONSTRAINT = 'recorded_about_who_is_gone';
    END IF;
    IF NOT (SELECT holds_role(NEW.recorded_by, 'counselor', school_id, agency_id) FROM case_file WHERE id = NEW.case_id) THEN
        RAISE EXCEPTION 'not a word of the case''s counselor'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'recorded_by_a_counselor';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER recorded_about_who_is_gone BEFORE INSERT ON case_unreachable
    FOR EACH ROW EXECUTE FUNCTION refuse_record_about_who_is_here();

ALTER TABLE case_unreachable ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON case_unreachable TO bluepals_owner USING (true);
CREATE POLICY office ON case_unreachable TO bluepals_app USING (sees_whole_program(program_id));
GRANT SELECT ON case_unreachable TO bluepals_app;
GRANT INSERT (case_id, person, program_id, recorded_by) ON case_unreachable TO bluepals_app;

CREATE FUNCTION has_still_to_attest(one case_reader) RETURNS boolean LANGUAGE sql STABLE
    RETURN NOT EXISTS (SELECT FROM attestation WHERE attestation.case_id = one.case_id AND attestation.person = one.person)
       AND NOT EXISTS (SELECT FROM case_unreachable AS record
                        WHERE record.case_id = one.case_id AND record.person = one.person)
       AND NOT has_died(one.person) AND NOT is_erased(one.person);

CREATE OR REPLACE FUNCTION still_to_attest(asked_case uuid) RETURNS bigint LANGUAGE sql STABLE
    RETURN (SELECT count(*) FROM case_reader WHERE case_id = asked_case AND has_still_to_attest(case_reader));
