-- Until the next round begins an officer's page asks for the letter that missed its pack: so what was begun of it stays, and what
-- was begun is one text for each pairing, whatever round is on.

DROP TRIGGER forget_unfinished ON round;

DELETE FROM unfinished USING unfinished AS newer
 WHERE newer.pairing_id = unfinished.pairing_id AND newer.round_number > unfinished.round_number;
ALTER TABLE unfinished
    DROP CONSTRAINT unfinished_pkey,
    ADD PRIMARY KEY (pairing_id),
    ALTER round_number SET NOT NULL;
GRANT UPDATE (round_number) ON unfinished TO bluepals_app;

-- Handed in, or the pairing over: it is gone, whoever brings that about.
CREATE OR REPLACE FUNCTION forget_unfinished() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    CASE TG_TABLE_NAME
    WHEN 'draft' THEN
        DELETE FROM unfinished USING letter
         WHERE letter.id = NEW.letter_id AND letter.side = 'officer' AND unfinished.pairing_id = letter.pairing_id
           AND unfinished.round_number <= letter.round_number;
    WHEN 'pairing' THEN
        DELETE FROM unfinished WHERE unfinished.pairing_id = NEW.id;
    END CASE;
    RETURN NULL;
END
$$;
