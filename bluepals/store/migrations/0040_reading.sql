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

-- A decision that its reader took back before anybody had heard of it. What it said to the child and the adult is not kept.
-- `draft_id` points to nothing: a copy that was made for the decision goes with it.
CREATE TABLE undone_decision (
    decision_id uuid PRIMARY KEY,
    program_id  slug NOT NULL REFERENCES program,
    letter_id   uuid NOT NULL REFERENCES letter,
    draft_id    uuid NOT NULL,
    hash        bytea NOT NULL,
    verdict     text NOT NULL CHECK (verdict IN ('approve', 'return')),
    decided_by  uuid NOT NULL REFERENCES staff,
    decided_at  timestamptz NOT NULL,
    undone_at   timestamptz NOT NULL DEFAULT program_now()
);

ALTER TABLE undone_decision ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON undone_decision TO bluepals_owner USING (true);
CREATE POLICY office ON undone_decision FOR SELECT TO bluepals_app USING (sees_whole_program(program_id));
GRANT SELECT ON undone_decision TO bluepals_app;

-- Its own reader's, as long as its pairing has still to be told: nothing can have left. A stock letter: until a child has it.
CREATE FUNCTION may_be_taken_back(asked_draft uuid, who uuid) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM decision JOIN draft ON draft.id = decision.draft_id JOIN letter ON letter.id = draft.letter_id
          LEFT JOIN tell ON tell.program_id = letter.program_id AND tell.workflow_id = 'pairing-' || letter.pairing_id
                AND tell.fact = 'letter_decided' AND tell.key = draft.id::text
         WHERE decision.draft_id = asked_draft AND decided_by = who AND case_id IS NULL AND verdict <> 'refer'
           AND sees_whole_program(decision.program_id) AND NOT is_held(asked_draft)
           AND NOT EXISTS (SELECT FROM delivery WHERE delivery.draft_id = asked_draft)
           AND NOT EXISTS (SELECT FROM draft AS newer WHERE newer.letter_id = letter.id AND newer.number > draft.number)
           AND (letter.pairing_id IS NULL OR (tell.answered_at IS NULL AND tell.next_attempt_at > program_now())))
$$;

-- Whether it was. What was said and done is never changed, but for this: the decision moves to where undone ones are kept,
-- and the tell and the mails that waited for its time are gone with it. Whoever sends them passes over what is locked here.
CREATE FUNCTION take_back_decision(asked_draft uuid, who uuid) RETURNS boolean LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    taken decision;
BEGIN
    PERFORM FROM tell WHERE fact = 'letter_decided' AND key = asked_draft::text AND sees_whole_program(program_id) FOR UPDATE;
    SELECT * INTO taken FROM decision WHERE draft_id = asked_draft AND case_id IS NULL FOR UPDATE;
    PERFORM FROM mail WHERE program_id = taken.program_id AND key LIKE 'returned-' || taken.id || '-%' FOR UPDATE;
    IF NOT may_be_taken_back(asked_draft, who) THEN
        RETURN false;
    END IF;
    INSERT INTO undone_decision (decision_id, program_id, letter_id, draft_id, hash, verdict, decided_by, decided_at)
    SELECT taken.id, taken.program_id, letter_id, asked_draft, taken.hash, taken.verdict, taken.decided_by, taken.decided_at
      FROM draft WHERE id = asked_draft;
    DELETE FROM decision WHERE id = taken.id;
    DELETE FROM tell WHERE fact = 'letter_decided' AND key = asked_draft::text AND program_id = taken.program_id;
    UPDATE mail SET state = 'cancelled'
     WHERE program_id = taken.program_id AND key LIKE 'returned-' || taken.id || '-%' AND bodies_started = 0;
    RETURN true;
END
$$;
