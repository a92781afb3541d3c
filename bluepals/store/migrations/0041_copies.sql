-- A copy of a draft that a reader makes to approve it: with words left out, with a translation, or both. The original stays
-- where it is, and is its source; the copy is what is approved, hashed and sent.

CREATE FUNCTION content_hash(stored bytea, translation bytea) RETURNS bytea LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN translation IS NULL THEN sha256(stored) ELSE sha256(sha256(stored) || sha256(translation)) END;

ALTER TABLE draft
    ADD source          uuid,
    ADD made_by         uuid REFERENCES staff,
    -- Encrypted as the letter is.
    ADD translation     bytea,
    ADD translated_into text,
    DROP CONSTRAINT hashed_over_the_stored_bytes,
    ADD CONSTRAINT hashed_over_the_stored_bytes CHECK (hash = content_hash(stored, translation)),
    ADD CONSTRAINT erased_with_its_translation CHECK (stored IS NOT NULL OR translation IS NULL),
    ADD CONSTRAINT translated_into_another_language CHECK (translated_into <> language),
    ADD CONSTRAINT translated_in_a_copy CHECK (
        (translation IS NULL OR translated_into IS NOT NULL) AND (translated_into IS NULL OR source IS NOT NULL)),
    ADD CONSTRAINT a_copy_has_its_maker CHECK ((source IS NULL) = (made_by IS NULL)),
    ADD UNIQUE (id, letter_id, uploaded_by),
    -- Of the same letter, and whoever handed that in.
    ADD CONSTRAINT copied_from_its_own_letter
        FOREIGN KEY (source, letter_id, uploaded_by) REFERENCES draft (id, letter_id, uploaded_by);
CREATE INDEX ON draft (source) WHERE source IS NOT NULL;

GRANT INSERT (source, made_by, translation, translated_into) ON draft TO bluepals_app;
GRANT UPDATE (translation) ON draft TO bluepals_app;

CREATE FUNCTION reads_languages(reader uuid, wanted text[]) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT languages @> wanted FROM staff WHERE id = reader), false)
$$;

CREATE FUNCTION refuse_copy_of_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF is_one_person(NEW.made_by, NEW.uploaded_by) OR NOT reads_letters_of(NEW.made_by, NEW.school_id) THEN
        RAISE EXCEPTION 'draft % is not copied by a fit reader', NEW.source
            USING ERRCODE = 'check_violation', CONSTRAINT = 'copied_by_a_fit_reader';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER copied_by_a_fit_reader AFTER INSERT ON draft
    FOR EACH ROW WHEN (NEW.source IS NOT NULL) EXECUTE FUNCTION refuse_copy_of_another();

-- An original and its translation are decided about by somebody who reads both.
CREATE FUNCTION refuse_who_reads_one_language() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    spoken text[];
BEGIN
    SELECT ARRAY[language, translated_into] INTO spoken FROM draft WHERE id = NEW.draft_id AND translated_into IS NOT NULL;
    IF spoken IS NOT NULL AND NOT reads_languages(NEW.decided_by, spoken) THEN
        RAISE EXCEPTION 'draft % is in two languages', NEW.draft_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'decided_by_who_reads_both';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER decided_by_who_reads_both AFTER INSERT ON decision
    FOR EACH ROW WHEN (NEW.case_id IS NULL) EXECUTE FUNCTION refuse_who_reads_one_language();

-- Undone, a copy goes with the decision that it was made for; whoever has read it is on record as having read its source.
CREATE FUNCTION forget_copy() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    original uuid;
BEGIN
    SELECT source INTO original FROM draft WHERE id = OLD.draft_id;
    IF original IS NOT NULL THEN
        INSERT INTO letter_read SELECT original, reader, program_id, read_at FROM letter_read WHERE draft_id = OLD.draft_id
            ON CONFLICT DO NOTHING;
        INSERT INTO disclosure SELECT original, viewer, day, program_id, school_id, student_id, role, first_at
            FROM disclosure WHERE draft_id = OLD.draft_id ON CONFLICT DO NOTHING;
        DELETE FROM letter_read WHERE draft_id = OLD.draft_id;
        DELETE FROM disclosure WHERE draft_id = OLD.draft_id;
        DELETE FROM draft WHERE id = OLD.draft_id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER forget_copy AFTER DELETE ON decision FOR EACH ROW EXECUTE FUNCTION forget_copy();
