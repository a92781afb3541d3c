-- What holds a mail back, each said by itself: a pause, and the case of an officer whose conduct is looked at.

DROP FUNCTION waits_for_resume(mail);

CREATE FUNCTION held_by_a_pause(one mail) RETURNS boolean LANGUAGE sql STABLE
    RETURN coalesce(one.held_until > program_now(), true)
       AND EXISTS (SELECT FROM mail_kind WHERE mail_kind.kind = one.kind AND held_by IS NOT NULL
                      AND is_paused(held_by, one.program_id, one.school_id, one.agency_id, one.pairing_id));

-- Until the case is closed, as their letters are. What no pause holds back goes to them too.
CREATE FUNCTION held_by_a_case(one mail) RETURNS boolean LANGUAGE sql STABLE
    RETURN EXISTS (SELECT FROM mail_kind WHERE mail_kind.kind = one.kind AND held_by IS NOT NULL)
       AND EXISTS (SELECT FROM case_file JOIN officer ON officer.id = officer_id
                    WHERE closed_at IS NULL AND officer.email = one.to_address AND officer.agency_id = one.agency_id);
