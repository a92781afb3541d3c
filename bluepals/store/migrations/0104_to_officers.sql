-- A mail to an officer stays theirs when their address changes: what a case or an end holds back or cancels is this person's mail.

ALTER TABLE mail ADD officer_id uuid REFERENCES officer;

CREATE FUNCTION officer_at(of_mail mail) RETURNS uuid LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp
    RETURN (SELECT id FROM officer
             WHERE program_id = of_mail.program_id AND agency_id = of_mail.agency_id AND email = of_mail.to_address
             ORDER BY id IS DISTINCT FROM (SELECT officer_id FROM pairing WHERE pairing.id = of_mail.pairing_id),
                      withdrawn_at IS NOT NULL, external_id LIMIT 1);

CREATE FUNCTION name_officer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.officer_id := officer_at(NEW);
    RETURN NEW;
END
$$;
CREATE TRIGGER name_officer BEFORE INSERT ON mail FOR EACH ROW EXECUTE FUNCTION name_officer();
UPDATE mail SET officer_id = officer_at(mail) WHERE agency_id IS NOT NULL AND to_address IS NOT NULL;

CREATE OR REPLACE FUNCTION held_by_a_case(one mail) RETURNS boolean LANGUAGE sql STABLE
    RETURN EXISTS (SELECT FROM mail_kind WHERE mail_kind.kind = one.kind AND held_by IS NOT NULL)
       AND EXISTS (SELECT FROM case_file WHERE closed_at IS NULL AND officer_id = one.officer_id);

-- Whom a letter is to: somebody who reads letters may be the child's officer too, under an id of their own.
CREATE FUNCTION is_written_to(someone uuid, asked_draft uuid) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT is_one_person(someone, pairing.officer_id)
                       FROM draft JOIN letter ON letter.id = draft.letter_id JOIN pairing ON pairing.id = letter.pairing_id
                      WHERE draft.id = asked_draft AND letter.side = 'student'), false)
$$;

CREATE FUNCTION refuse_whom_it_is_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF is_written_to(NEW.decided_by, NEW.draft_id) THEN
        RAISE EXCEPTION 'draft % is to the one who decides about it', NEW.draft_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'decided_by_nobody_it_is_to';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER decided_by_nobody_it_is_to AFTER INSERT ON decision
    FOR EACH ROW WHEN (NEW.case_id IS NULL) EXECUTE FUNCTION refuse_whom_it_is_to();
