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
