-- While an officer's conduct is looked at, mail to them that a pause would hold waits as their letters do, for the end of the case.
-- Other mail under the same address, such as the code to enter or a duty to report, goes on.
CREATE OR REPLACE FUNCTION waits_for_resume(one mail) RETURNS boolean LANGUAGE sql STABLE
    RETURN EXISTS (
        SELECT FROM mail_kind
         WHERE mail_kind.kind = one.kind AND held_by IS NOT NULL
           AND ((coalesce(one.held_until > program_now(), true)
                 AND is_paused(held_by, one.program_id, one.school_id, one.agency_id, one.pairing_id))
                OR EXISTS (SELECT FROM case_file JOIN officer ON officer.id = officer_id
                            WHERE closed_at IS NULL AND officer.email = one.to_address
                              AND officer.agency_id = one.agency_id)));
