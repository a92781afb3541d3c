-- A child who changes schools takes its letters along, also those about which there is or was a case, and those under a
-- legal hold: only whose they are changes, and nothing is decided or deleted.

DROP TRIGGER closed_by_who_decides ON case_file;
CREATE TRIGGER closed_by_who_decides BEFORE UPDATE OF closed_at, letter, officer, counsel_asked_on ON case_file
    FOR EACH ROW EXECUTE FUNCTION refuse_closing_too_early();

DROP TRIGGER under_a_legal_hold ON draft;
CREATE TRIGGER under_a_legal_hold BEFORE DELETE ON draft
    FOR EACH ROW EXECUTE FUNCTION refuse_what_is_held('draft', 'id');
CREATE TRIGGER unchanged_under_a_legal_hold BEFORE UPDATE ON draft
    FOR EACH ROW WHEN (NEW.school_id IS NOT DISTINCT FROM OLD.school_id)
    EXECUTE FUNCTION refuse_what_is_held('draft', 'id');

DROP TRIGGER under_a_legal_hold ON decision;
CREATE TRIGGER under_a_legal_hold BEFORE DELETE ON decision
    FOR EACH ROW EXECUTE FUNCTION refuse_what_is_held('draft', 'draft_id');
CREATE TRIGGER unchanged_under_a_legal_hold BEFORE UPDATE ON decision
    FOR EACH ROW WHEN (NEW.school_id IS NOT DISTINCT FROM OLD.school_id)
    EXECUTE FUNCTION refuse_what_is_held('draft', 'draft_id');
