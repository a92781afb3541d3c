-- A letter that a reader has put off comes last for them for a while. It is anybody else's as before.

CREATE TABLE reading_put_off (
    letter_id  uuid REFERENCES letter,
    reader     uuid REFERENCES staff,
    program_id slug NOT NULL REFERENCES program,
    until      timestamptz NOT NULL,
    PRIMARY KEY (letter_id, reader)
);

ALTER TABLE reading_put_off ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON reading_put_off TO bluepals_owner USING (true);
CREATE POLICY office ON reading_put_off TO bluepals_app USING (sees_whole_program(program_id));
GRANT SELECT, INSERT ON reading_put_off TO bluepals_app;
GRANT UPDATE (until) ON reading_put_off TO bluepals_app;

-- What has been decided is in nobody's hands any more, and has been put off by nobody.
CREATE OR REPLACE FUNCTION give_up_the_claim() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM reading_claim USING draft WHERE draft.id = NEW.draft_id AND reading_claim.letter_id = draft.letter_id;
    DELETE FROM reading_put_off USING draft WHERE draft.id = NEW.draft_id AND reading_put_off.letter_id = draft.letter_id;
    RETURN NULL;
END
$$;
