-- A scanned stack of a class's letters, while its teacher sorts it. Until it is handed in nobody knows whose each page is: so
-- it has a key of its own, and goes when it is handed in, thrown away, or past its time.

CREATE TABLE stack (
    id              uuid PRIMARY KEY,
    program_id      slug NOT NULL,
    school_id       slug NOT NULL,
    program_year_id text NOT NULL REFERENCES program_year,
    class_name      text NOT NULL,
    round_number    int NOT NULL CHECK (round_number >= 1),
    uploaded_by     uuid NOT NULL REFERENCES staff,
    received_at     timestamptz NOT NULL DEFAULT program_now(),
    -- Printed sheets are among its pages: then no page is laid out by the order of the roster.
    has_sheets      boolean NOT NULL,
    -- Pairings whose child was not there to write.
    absent          uuid[] NOT NULL DEFAULT '{}',
    master_key_id   text,
    wrapped         bytea,
    filed_at        timestamptz,
    FOREIGN KEY (program_id, school_id) REFERENCES school,
    CONSTRAINT keeps_its_key_until_it_is_filed
        CHECK ((filed_at IS NULL) = (wrapped IS NOT NULL) AND (wrapped IS NULL) = (master_key_id IS NULL))
);
CREATE INDEX ON stack (program_year_id, class_name);

CREATE TABLE stack_page (
    id         uuid PRIMARY KEY,
    program_id slug NOT NULL,
    school_id  slug NOT NULL,
    stack_id   uuid NOT NULL REFERENCES stack ON DELETE CASCADE,
    number     int NOT NULL CHECK (number >= 1),
    -- What the scanner found on it (bluepals.domain.stacks.Found), and where it was put since: nowhere yet, when null.
    found      text NOT NULL,
    turned     int NOT NULL DEFAULT 0 CHECK (turned IN (0, 90, 180, 270)),
    put        text CHECK (put IN ('child', 'before', 'aside')),
    pairing_id uuid REFERENCES pairing,
    stored     bytea NOT NULL,
    UNIQUE (stack_id, number),
    CONSTRAINT put_to_a_child CHECK ((put IS NOT DISTINCT FROM 'child') = (pairing_id IS NOT NULL)),
    FOREIGN KEY (program_id, school_id) REFERENCES school
);

ALTER TABLE stack ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON stack TO bluepals_owner USING (true);
CREATE POLICY own ON stack TO bluepals_app USING (sees_school(program_id, school_id));
GRANT SELECT, INSERT, DELETE ON stack TO bluepals_app;
GRANT UPDATE (absent, master_key_id, wrapped, filed_at) ON stack TO bluepals_app;

ALTER TABLE stack_page ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON stack_page TO bluepals_owner USING (true);
CREATE POLICY own ON stack_page TO bluepals_app USING (sees_school(program_id, school_id));
GRANT SELECT, INSERT, DELETE ON stack_page TO bluepals_app;
GRANT UPDATE (turned, put, pairing_id) ON stack_page TO bluepals_app;

-- Any of its pages may be the child's that is erased: the class's open stacks go as a whole. The teacher has the paper.
CREATE FUNCTION forget_stacks() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM stack WHERE program_year_id = OLD.program_year_id AND class_name = OLD.class_name AND filed_at IS NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER forget_stacks AFTER UPDATE OF erased_at ON student
    FOR EACH ROW WHEN (OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL) EXECUTE FUNCTION forget_stacks();
