-- What has to leave: tells to workflows, mail to people.

-- Which workflow has to hear of which fact. Committed with the fact, repeated until answered.
CREATE TABLE tell (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    sequence        bigint GENERATED ALWAYS AS IDENTITY,
    program_id      slug NOT NULL REFERENCES program,
    school_id       slug,
    agency_id       slug,
    -- The workflow's id and its Update; ids, dates and states only.
    workflow_id     text NOT NULL,
    fact            text NOT NULL,
    key             text NOT NULL,
    body            jsonb NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT program_now(),
    attempts        int NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT program_now(),
    answer          text,
    answered_at     timestamptz,
    UNIQUE (program_id, workflow_id, fact, key)
);
CREATE INDEX ON tell (program_id, next_attempt_at) WHERE answered_at IS NULL;

CREATE TABLE mail (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    sequence         bigint GENERATED ALWAYS AS IDENTITY,
    program_id       slug NOT NULL REFERENCES program,
    school_id        slug,
    agency_id        slug,
    -- The thing it tells about and whom it tells: the same thing is mailed once.
    key              text NOT NULL,
    kind             text NOT NULL,
    pairing_id       uuid REFERENCES pairing,
    to_address       text NOT NULL,
    message_id       text NOT NULL UNIQUE,
    -- The whole message as it goes out, composed once.
    message          bytea NOT NULL,
    body_hash        bytea NOT NULL,
    state            text NOT NULL DEFAULT 'pending' CHECK (state IN
                     ('pending', 'claimed', 'data_started', 'sent', 'retry', 'unknown', 'failed', 'cancelled')),
    attempts         int NOT NULL DEFAULT 0,
    -- How often the body may have gone out: more than one is a possible duplicate, on record.
    bodies_started   int NOT NULL DEFAULT 0,
    created_at       timestamptz NOT NULL DEFAULT program_now(),
    -- A reminder whose time has passed is cancelled instead of sent.
    useful_until     timestamptz,
    next_attempt_at  timestamptz NOT NULL DEFAULT program_now(),
    -- How often a server has put it off: giving up counts these, and not the time of an unreachable server.
    refusals         int NOT NULL DEFAULT 0,
    -- Fencing: only the batch that holds the claim may write the outcome.
    claim            uuid,
    claimed_until    timestamptz,
    reply            text,
    sent_at          timestamptz,
    UNIQUE (program_id, key),
    CHECK (body_hash = sha256(message)),
    CHECK ((state IN ('claimed', 'data_started')) = (claim IS NOT NULL)),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX ON mail (program_id, next_attempt_at) WHERE state IN ('pending', 'retry', 'unknown', 'claimed', 'data_started');

-- An address that its server called invalid: nothing goes there until a person mends it.
CREATE TABLE suppressed_address (
    program_id slug REFERENCES program,
    address    text,
    reply      text NOT NULL,
    since      timestamptz NOT NULL DEFAULT program_now(),
    PRIMARY KEY (program_id, address)
);
