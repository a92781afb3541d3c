-- A child that has left for a school elsewhere does not come to the visit, also while the two may still say goodbye.
CREATE OR REPLACE FUNCTION has_consent_for(child student, asked text) RETURNS boolean LANGUAGE sql STABLE
    RETURN has_consent(child) AND (asked <> 'visit' OR child.left_at IS NULL) AND (asked = 'letters' OR EXISTS (
        SELECT FROM consent WHERE student_id = child.id AND scope = asked AND withdrawn_at IS NULL));
