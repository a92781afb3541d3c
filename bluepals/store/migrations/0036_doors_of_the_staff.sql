-- By which door a visitor came: some roles are in only by a better one than a mail.

ALTER TABLE session ADD door text NOT NULL DEFAULT 'mail'
    CHECK (door IN ('mail', 'office', 'single sign-on', 'passkey'));

-- Where the district has no single sign-on: what the device of one of the staff proves itself with.
CREATE TABLE passkey (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program_id    slug NOT NULL REFERENCES program,
    staff_id      uuid NOT NULL REFERENCES staff,
    credential_id bytea NOT NULL,
    public_key    bytea NOT NULL,
    sign_count    bigint NOT NULL CHECK (sign_count >= 0),
    made_at       timestamptz NOT NULL DEFAULT program_now(),
    used_at       timestamptz,
    removed_at    timestamptz,
    UNIQUE (program_id, credential_id)
);
CREATE INDEX ON passkey (staff_id) WHERE removed_at IS NULL;

-- A challenge is signed and bound to its browser; here stands the digest of one that has been answered.
CREATE TABLE answered_challenge (
    program_id slug NOT NULL REFERENCES program,
    challenge  bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (program_id, challenge)
);

DO $$
DECLARE
    held text;
BEGIN
    FOREACH held IN ARRAY ARRAY['passkey', 'answered_challenge'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', held);
        EXECUTE format('CREATE POLICY owner ON %I TO bluepals_owner USING (true)', held);
        EXECUTE format('CREATE POLICY office ON %I TO bluepals_app USING (sees_whole_program(program_id))', held);
    END LOOP;
END
$$;
GRANT SELECT, INSERT ON passkey TO bluepals_app;
GRANT UPDATE (sign_count, used_at, removed_at) ON passkey TO bluepals_app;
GRANT SELECT, INSERT, DELETE ON answered_challenge TO bluepals_app;

-- A passkey is one person's: it does not outlast their address, which may be the successor's, and leaves with the name.
CREATE FUNCTION take_passkeys_back() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE passkey SET removed_at = program_now() WHERE staff_id = NEW.id AND removed_at IS NULL;
    IF NEW.erased_at IS NOT NULL THEN
        DELETE FROM passkey WHERE staff_id = NEW.id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER passkeys_taken_back AFTER UPDATE OF email, left_at ON staff FOR EACH ROW
    WHEN ((OLD.email, OLD.left_at) IS DISTINCT FROM (NEW.email, NEW.left_at)) EXECUTE FUNCTION take_passkeys_back();
