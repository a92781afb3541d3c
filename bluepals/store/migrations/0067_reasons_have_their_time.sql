-- What people wrote beside what they did may go at its time, and never become other words; a legal hold keeps it.

GRANT UPDATE (reference) ON attestation TO bluepals_app;
GRANT UPDATE (reason) ON legal_hold TO bluepals_app;
CREATE TRIGGER said_once BEFORE UPDATE OF reference ON attestation
    FOR EACH ROW WHEN (NEW.reference IS DISTINCT FROM 'erased') EXECUTE FUNCTION refuse_other_words();
CREATE TRIGGER said_once BEFORE UPDATE OF reason ON legal_hold
    FOR EACH ROW WHEN (NEW.reason IS DISTINCT FROM 'erased' OR OLD.released_at IS NULL) EXECUTE FUNCTION refuse_other_words();
CREATE TRIGGER said_once BEFORE UPDATE OF reason ON pause
    FOR EACH ROW WHEN (NEW.reason IS DISTINCT FROM 'erased') EXECUTE FUNCTION refuse_other_words();

CREATE FUNCTION refuse_what_a_case_holds() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF (SELECT closed_at IS NULL OR is_letter_held(draft_id) FROM case_file WHERE id = OLD.case_id) THEN
        RAISE EXCEPTION 'case % is open, or its letter under a legal hold', OLD.case_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'under_a_legal_hold';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER under_a_legal_hold BEFORE UPDATE OF reference ON attestation
    FOR EACH ROW EXECUTE FUNCTION refuse_what_a_case_holds();
CREATE TRIGGER under_a_legal_hold BEFORE UPDATE OF reason ON pause
    FOR EACH ROW WHEN (OLD.pairing_id IS NOT NULL) EXECUTE FUNCTION refuse_what_is_held('pairing', 'pairing_id');
CREATE TRIGGER under_a_legal_hold BEFORE UPDATE OF decided_why ON proposed_pair
    FOR EACH ROW WHEN (OLD.decided_why IS NOT NULL) EXECUTE FUNCTION refuse_what_is_held('student', 'student_id');
