-- An officer's letter that is still being written, under the key of the child that it is for. It is no draft: nobody reads it.

CREATE TABLE unfinished (
    pairing_id   uuid REFERENCES pairing,
    round_number int CHECK (round_number >= 1),
    program_id   slug NOT NULL REFERENCES program,
    agency_id    slug NOT NULL,
    officer_id   uuid NOT NULL REFERENCES officer,
    stored       bytea NOT NULL,
    kept_at      timestamptz NOT NULL DEFAULT program_now(),
    PRIMARY KEY (pairing_id, round_number),
    FOREIGN KEY (program_id, agency_id) REFERENCES agency
);
CREATE INDEX ON unfinished (officer_id);

ALTER TABLE unfinished ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON unfinished TO bluepals_owner USING (true);
CREATE POLICY own ON unfinished TO bluepals_app USING (sees_agency(program_id, agency_id));
GRANT SELECT, INSERT, DELETE ON unfinished TO bluepals_app;
GRANT UPDATE (officer_id, stored, kept_at) ON unfinished TO bluepals_app;

-- Handed in, the class's pack sent, or the pairing over: it is gone, whoever brings that about.
CREATE FUNCTION forget_unfinished() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    CASE TG_TABLE_NAME
    WHEN 'draft' THEN
        DELETE FROM unfinished USING letter
         WHERE letter.id = NEW.letter_id AND letter.side = 'officer' AND unfinished.pairing_id = letter.pairing_id
           AND unfinished.round_number <= letter.round_number;
    WHEN 'round' THEN
        DELETE FROM unfinished USING pairing
         WHERE pairing.id = unfinished.pairing_id AND pairing.program_year_id = NEW.program_year_id
           AND unfinished.round_number <= NEW.number;
    WHEN 'pairing' THEN
        DELETE FROM unfinished WHERE unfinished.pairing_id = NEW.id;
    END CASE;
    RETURN NULL;
END
$$;
CREATE TRIGGER forget_unfinished AFTER INSERT ON draft FOR EACH ROW EXECUTE FUNCTION forget_unfinished();
CREATE TRIGGER forget_unfinished AFTER UPDATE OF pack_sent_at ON round
    FOR EACH ROW WHEN (OLD.pack_sent_at IS NULL AND NEW.pack_sent_at IS NOT NULL) EXECUTE FUNCTION forget_unfinished();
CREATE TRIGGER forget_unfinished AFTER UPDATE OF ended_at ON pairing
    FOR EACH ROW WHEN (NEW.ended_at IS NOT NULL) EXECUTE FUNCTION forget_unfinished();
