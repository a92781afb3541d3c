-- A member of the staff who left: no role from then on, whatever a file says, and in the end no name.

ALTER TABLE staff
    ADD left_at timestamptz,
    ADD erased_at timestamptz,
    ADD CONSTRAINT erased_without_a_trace CHECK (
        erased_at IS NULL OR (name = 'erased' AND email = id || '@erased.invalid' AND left_at IS NOT NULL));

CREATE FUNCTION refuse_a_role_for_who_left() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM staff WHERE id = NEW.staff_id AND left_at IS NOT NULL) THEN
        RAISE EXCEPTION 'staff member % has left', NEW.staff_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_role_for_who_left';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER no_role_for_who_left BEFORE INSERT OR UPDATE ON staff_role
    FOR EACH ROW EXECUTE FUNCTION refuse_a_role_for_who_left();
