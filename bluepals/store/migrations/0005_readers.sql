-- Who reads letters may be an officer too, and stands in both files under an id each: one address is one person.
CREATE FUNCTION is_one_person(someone uuid, other uuid) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH addresses AS (
        SELECT id, lower(email) AS email FROM staff UNION ALL SELECT id, lower(email) FROM officer
    )
    SELECT someone = other OR EXISTS (
        SELECT FROM addresses AS a JOIN addresses AS b USING (email) WHERE a.id = someone AND b.id = other)
$$;

-- Moderators, and the coordinator: of this school, or of all. Stock letters belong to no school.
CREATE FUNCTION reads_letters_of(reader uuid, of_school text) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM staff_role WHERE staff_id = reader AND role IN ('moderator', 'coordinator')
            AND (school_id IS NULL OR of_school IS NULL OR school_id = of_school))
$$;

CREATE FUNCTION refuse_unfit_reader() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF is_one_person(NEW.decided_by, NEW.uploaded_by) THEN
        RAISE EXCEPTION 'draft % was handed in by the one who decides about it', NEW.draft_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'decided_by_someone_else';
    END IF;
    IF NOT reads_letters_of(NEW.decided_by, NEW.school_id) THEN
        RAISE EXCEPTION 'draft % is not decided about by a moderator of its school', NEW.draft_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'decided_by_a_reader';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER decided_by_a_fit_reader AFTER INSERT ON decision
    FOR EACH ROW EXECUTE FUNCTION refuse_unfit_reader();
