-- Nobody decides about their own conduct, whatever role they have beside being an officer.
CREATE FUNCTION refuse_word_about_oneself() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT is_one_person(officer_id, NEW.said_by) FROM case_file WHERE id = NEW.case_id) THEN
        RAISE EXCEPTION 'the case is about the one who says the word'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nobody_decides_about_themselves';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER nobody_decides_about_themselves BEFORE INSERT ON case_word
    FOR EACH ROW EXECUTE FUNCTION refuse_word_about_oneself();
