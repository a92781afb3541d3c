-- A moderator's desk: the languages that somebody reads, who has which letter in front of them, and decisions that were
-- taken back before anything had left.

ALTER TABLE staff ADD languages text[] NOT NULL DEFAULT '{en}' CHECK (languages <> '{}');

-- Whoever has opened a letter has it for a while: nobody else gets it meanwhile.
CREATE TABLE reading_claim (
    letter_id  uuid PRIMARY KEY REFERENCES letter,
    program_id slug NOT NULL REFERENCES program,
    reader     uuid NOT NULL REFERENCES staff,
    until      timestamptz NOT NULL
);

ALTER TABLE reading_claim ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON reading_claim TO bluepals_owner USING (true);
CREATE POLICY office ON reading_claim TO bluepals_app USING (sees_whole_program(program_id));
GRANT SELECT, INSERT, DELETE ON reading_claim TO bluepals_app;
GRANT UPDATE (reader, until) ON reading_claim TO bluepals_app;

-- What has been decided is in nobody's hands any more, whoever decided it and where.
CREATE FUNCTION give_up_the_claim() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM reading_claim USING draft WHERE draft.id = NEW.draft_id AND reading_claim.letter_id = draft.letter_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER give_up_the_claim AFTER INSERT ON decision FOR EACH ROW EXECUTE FUNCTION give_up_the_claim();
