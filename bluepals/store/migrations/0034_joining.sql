-- New officers say themselves that they want to write: by a link of their agency's liaison. Nobody becomes an officer by it.

-- Of the link's secret only a keyed digest is on record.
CREATE TABLE joining_link (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program_id slug NOT NULL REFERENCES program,
    agency_id  slug NOT NULL,
    digest     bytea NOT NULL,
    made_by    uuid NOT NULL REFERENCES staff,
    made_at    timestamptz NOT NULL DEFAULT program_now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    UNIQUE (program_id, digest),
    UNIQUE (id, program_id, agency_id),
    FOREIGN KEY (program_id, agency_id) REFERENCES agency
);

CREATE TABLE joining (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program_id slug NOT NULL,
    agency_id  slug NOT NULL,
    link_id    uuid NOT NULL,
    source     bytea NOT NULL,
    asked_at   timestamptz NOT NULL DEFAULT program_now(),
    first_name text,
    last_name  text,
    -- NULL: they would rather be asked.
    gender     gender,
    email      text,
    languages  text[],
    capacity   int CHECK (capacity BETWEEN 1 AND 3),
    kind       text CHECK (kind IN ('sworn', 'civilian')),
    profile    text,
    decided_at timestamptz,
    decided_by uuid REFERENCES staff,
    -- NULL when it was declined.
    officer_id uuid REFERENCES officer,
    FOREIGN KEY (link_id, program_id, agency_id) REFERENCES joining_link (id, program_id, agency_id),
    CHECK ((decided_at IS NULL) = (decided_by IS NULL)),
    CHECK (officer_id IS NULL OR decided_at IS NOT NULL),
    -- What they said of themselves is the officer's row from then on, or gone.
    CONSTRAINT nothing_is_kept_of_a_wish CHECK (
        num_nonnulls(first_name, last_name, email, languages, capacity, kind, profile)
            = CASE WHEN decided_at IS NULL THEN 7 ELSE 0 END
        AND (gender IS NULL OR decided_at IS NULL))
);
CREATE UNIQUE INDEX one_open_wish_of_an_address ON joining (program_id, lower(email)) WHERE decided_at IS NULL;
CREATE INDEX ON joining (program_id, source, asked_at);

DO $$
DECLARE
    held text;
BEGIN
    FOREACH held IN ARRAY ARRAY['joining_link', 'joining'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', held);
        EXECUTE format('CREATE POLICY owner ON %I TO bluepals_owner USING (true)', held);
        EXECUTE format('CREATE POLICY own ON %I TO bluepals_app USING (sees_agency(program_id, agency_id))', held);
    END LOOP;
END
$$;
GRANT SELECT, INSERT ON joining_link, joining TO bluepals_app;
GRANT DELETE ON joining TO bluepals_app;
GRANT UPDATE (revoked_at) ON joining_link TO bluepals_app;
GRANT UPDATE (first_name, last_name, gender, email, languages, capacity, kind, profile, decided_at, decided_by,
    officer_id) ON joining TO bluepals_app;
