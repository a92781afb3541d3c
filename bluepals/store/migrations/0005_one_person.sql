-- Who reads letters may be an officer too, and stands in both files under an id each: one address is one person.
CREATE FUNCTION is_one_person(someone uuid, other uuid) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH addresses AS (
        SELECT id, lower(email) AS email FROM staff UNION ALL SELECT id, lower(email) FROM officer
    )
    SELECT someone = other OR EXISTS (
        SELECT FROM addresses AS a JOIN addresses AS b USING (email) WHERE a.id = someone AND b.id = other)
$$;

CREATE FUNCTION refuse_own_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF is_one_person(NEW.decided_by, NEW.uploaded_by) THEN
        RAISE EXCEPTION 'draft % was handed in by the one who decides about it', NEW.draft_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'decided_by_someone_else';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER decided_by_someone_else AFTER INSERT ON decision
    FOR EACH ROW EXECUTE FUNCTION refuse_own_decision();
