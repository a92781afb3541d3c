-- Who is let in at the desk: by a link or a code that was mailed, once, and by a cookie from then on. Of addresses and
-- secrets only keyed digests are on record.

CREATE TABLE entry (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    sequence    bigint GENERATED ALWAYS AS IDENTITY,
    program_id  slug NOT NULL REFERENCES program,
    address     bytea NOT NULL,
    -- Where it was asked from; NULL for one that an administrator made.
    source      bytea,
    -- The cookie of the browser that asked; NULL: whoever has the link may use any.
    browser     bytea,
    link        bytea NOT NULL,
    code        bytea,
    wrong_codes int NOT NULL DEFAULT 0,
    staff_id    uuid REFERENCES staff,
    officer_id  uuid REFERENCES officer,
    children    uuid[] NOT NULL,
    asked_at    timestamptz NOT NULL DEFAULT program_now(),
    expires_at  timestamptz NOT NULL,
    spent_at    timestamptz,
    UNIQUE (program_id, link)
);
CREATE INDEX ON entry (program_id, address, sequence);
CREATE INDEX ON entry (program_id, source, asked_at);
CREATE INDEX ON entry (program_id, browser);

CREATE TABLE session (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program_id slug NOT NULL REFERENCES program,
    token      bytea NOT NULL,
    staff_id   uuid REFERENCES staff,
    officer_id uuid REFERENCES officer,
    -- Whose guardian it is.
    children   uuid[] NOT NULL,
    entered_at timestamptz NOT NULL DEFAULT program_now(),
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz,
    UNIQUE (program_id, token)
);
CREATE INDEX ON session (staff_id) WHERE ended_at IS NULL;
CREATE INDEX ON session (officer_id) WHERE ended_at IS NULL;
CREATE INDEX ON session USING gin (children) WHERE ended_at IS NULL;

-- The door is the office's: no school and no agency sees who comes.
DO $$
DECLARE
    held text;
BEGIN
    FOREACH held IN ARRAY ARRAY['entry', 'session'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', held);
        EXECUTE format('CREATE POLICY owner ON %I TO bluepals_owner USING (true)', held);
        EXECUTE format('CREATE POLICY office ON %I TO bluepals_app USING (sees_whole_program(program_id))', held);
    END LOOP;
END
$$;
GRANT SELECT, INSERT, DELETE ON entry, session TO bluepals_app;
GRANT UPDATE (wrong_codes, spent_at) ON entry TO bluepals_app;
GRANT UPDATE (ended_at) ON session TO bluepals_app;

-- Whoever leaves, is stopped, has another address or may see a child no longer is out at once, whoever says so.
CREATE FUNCTION end_sessions() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE session SET ended_at = program_now()
     WHERE ended_at IS NULL AND (NEW.id IN (staff_id, officer_id) OR children @> ARRAY[NEW.id]);
    UPDATE entry SET spent_at = program_now()
     WHERE spent_at IS NULL AND (NEW.id IN (staff_id, officer_id) OR children @> ARRAY[NEW.id]);
    RETURN NULL;
END
$$;
CREATE TRIGGER out_at_once AFTER UPDATE OF email, left_at ON staff FOR EACH ROW
    WHEN ((OLD.email, OLD.left_at) IS DISTINCT FROM (NEW.email, NEW.left_at)) EXECUTE FUNCTION end_sessions();
CREATE TRIGGER out_at_once AFTER UPDATE OF email, withdrawn_at ON officer FOR EACH ROW
    WHEN ((OLD.email, OLD.withdrawn_at) IS DISTINCT FROM (NEW.email, NEW.withdrawn_at)) EXECUTE FUNCTION end_sessions();
CREATE TRIGGER out_at_once AFTER UPDATE OF guardian_email, guardian2_email, guardian1_access, guardian2_access, erased_at
    ON student FOR EACH ROW
    WHEN ((OLD.guardian_email, OLD.guardian2_email, OLD.guardian1_access, OLD.guardian2_access, OLD.erased_at)
          IS DISTINCT FROM
          (NEW.guardian_email, NEW.guardian2_email, NEW.guardian1_access, NEW.guardian2_access, NEW.erased_at))
    EXECUTE FUNCTION end_sessions();
