-- Proposals, pairings, letters, decisions and deliveries: the rules that hold by construction.

CREATE TABLE proposal (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program_id slug NOT NULL REFERENCES program,
    number     int NOT NULL,
    seed       bigint NOT NULL,
    made_at    timestamptz NOT NULL DEFAULT program_now(),
    -- Officers needed, there and missing by gender and capacity (bluepals.domain.matching.Needs).
    needs      jsonb NOT NULL,
    UNIQUE (program_id, number)
);

CREATE TABLE proposed_pair (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    proposal_id uuid NOT NULL REFERENCES proposal,
    program_id  slug NOT NULL REFERENCES program,
    school_id   slug NOT NULL,
    agency_id   slug NOT NULL,
    student_id  uuid NOT NULL,
    officer_id  uuid NOT NULL,
    gender      gender NOT NULL,
    reason      text NOT NULL,
    state       text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'approved', 'rejected', 'superseded')),
    decided_by  uuid REFERENCES staff,
    decided_at  timestamptz,
    decided_why text,
    UNIQUE (id, student_id, officer_id),
    FOREIGN KEY (student_id, program_id, gender) REFERENCES student (id, program_id, pal_gender),
    FOREIGN KEY (officer_id, program_id, gender) REFERENCES officer (id, program_id, gender),
    CHECK (state IN ('proposed', 'superseded') OR (decided_by IS NOT NULL AND decided_at IS NOT NULL)),
    CHECK (state <> 'rejected' OR decided_why IS NOT NULL)
);
CREATE UNIQUE INDEX one_open_proposal_for_a_student ON proposed_pair (student_id) WHERE state = 'proposed';

CREATE TABLE pairing (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program_id       slug NOT NULL REFERENCES program,
    program_year_id  text NOT NULL REFERENCES program_year,
    school_id        slug NOT NULL,
    agency_id        slug NOT NULL,
    student_id       uuid NOT NULL,
    officer_id       uuid NOT NULL,
    gender           gender NOT NULL,
    proposed_pair_id uuid NOT NULL UNIQUE,
    begins_on        date NOT NULL,
    -- The first round that this pairing writes, known once it is introduced; a child who comes late joins later.
    first_round      int CHECK (first_round >= 1),
    introduced_at    timestamptz,
    ended_at         timestamptz,
    end_reason       text CHECK (end_reason IN ('year closed', 'student left', 'officer left')),
    CHECK ((introduced_at IS NULL) = (first_round IS NULL)),
    CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
    -- Both sides have the one gender that the row holds.
    CONSTRAINT same_gender_as_the_student
        FOREIGN KEY (student_id, program_id, gender) REFERENCES student (id, program_id, pal_gender),
    CONSTRAINT same_gender_as_the_officer
        FOREIGN KEY (officer_id, program_id, gender) REFERENCES officer (id, program_id, gender),
    CONSTRAINT as_it_was_proposed
        FOREIGN KEY (proposed_pair_id, student_id, officer_id) REFERENCES proposed_pair (id, student_id, officer_id),
    -- What belongs to a pairing repeats whose it is, and can't say otherwise.
    UNIQUE (id, program_id, school_id, agency_id)
);
CREATE UNIQUE INDEX one_live_pairing_for_a_student ON pairing (student_id) WHERE ended_at IS NULL;
CREATE INDEX ON pairing (officer_id);
CREATE INDEX ON pairing (program_year_id);

-- After the fact, so that a repeated insert that changes nothing is not refused. The officer's row is written to, and
-- not only locked, so that of two assignments in the same second one waits and then sees the other's, at any isolation.
-- It counts what the writer may not see. A cut capacity keeps present pairs.
CREATE FUNCTION refuse_above_capacity() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    places int;
BEGIN
    UPDATE officer SET capacity = capacity WHERE id = NEW.officer_id RETURNING capacity INTO places;
    IF (SELECT count(*) FROM pairing WHERE officer_id = NEW.officer_id AND ended_at IS NULL) > places THEN
        RAISE EXCEPTION 'officer % has no free place of %', NEW.officer_id, places
            USING ERRCODE = 'check_violation', CONSTRAINT = 'officer_within_capacity';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER officer_within_capacity AFTER INSERT OR UPDATE OF officer_id, ended_at ON pairing
    FOR EACH ROW WHEN (NEW.ended_at IS NULL) EXECUTE FUNCTION refuse_above_capacity();

-- One key for each child, wrapped by a master key; the row without a child is for the program's stock letters.
CREATE TABLE content_key (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program_id    slug NOT NULL REFERENCES program,
    student_id    uuid REFERENCES student,
    master_key_id text NOT NULL,
    wrapped       bytea NOT NULL,
    UNIQUE NULLS NOT DISTINCT (program_id, student_id)
);

CREATE TABLE letter (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program_id      slug NOT NULL REFERENCES program,
    school_id       slug,
    agency_id       slug NOT NULL,
    pairing_id      uuid REFERENCES pairing,
    program_year_id text,
    round_number    int,
    side            side NOT NULL,
    -- A stock letter belongs to no pairing: it waits for a child whose officer missed a round.
    stock_id        text,
    stock_gender    gender,
    -- Its one place: a draft and a delivery repeat it, so that no draft reaches another pairing, round or side.
    written_for     text NOT NULL GENERATED ALWAYS AS (
                    coalesce(pairing_id::text || '/' || round_number::text || '/' || side::text, 'stock')) STORED,
    UNIQUE (pairing_id, round_number, side),
    UNIQUE (program_id, stock_id),
    UNIQUE (id, written_for, program_id, agency_id),
    UNIQUE (id, school_id),
    FOREIGN KEY (program_year_id, round_number) REFERENCES round (program_year_id, number),
    FOREIGN KEY (pairing_id, program_id, school_id, agency_id) REFERENCES pairing (id, program_id, school_id, agency_id),
    CONSTRAINT of_a_pairing_or_stock CHECK (
        (stock_id IS NULL AND stock_gender IS NULL
            AND pairing_id IS NOT NULL AND program_year_id IS NOT NULL AND round_number IS NOT NULL
            AND school_id IS NOT NULL)
        OR (stock_id IS NOT NULL AND stock_gender IS NOT NULL AND side = 'officer'
            AND pairing_id IS NULL AND round_number IS NULL AND school_id IS NULL))
);

CREATE TABLE draft (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    sequence    bigint GENERATED ALWAYS AS IDENTITY,
    program_id  slug NOT NULL REFERENCES program,
    school_id   slug,
    agency_id   slug NOT NULL,
    letter_id   uuid NOT NULL,
    written_for text NOT NULL,
    number      int NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('text', 'pages')),
    language    text NOT NULL,
    -- Encrypted; NULL once erased. The hash is over exactly these bytes.
    stored      bytea,
    hash        bytea NOT NULL,
    -- Keyed digest of the content, so that the same content sent again is the same draft.
    fingerprint bytea NOT NULL,
    uploaded_by uuid NOT NULL,
    received_at timestamptz NOT NULL DEFAULT program_now(),
    -- [{"kind", "start", "end"}]; NULL for pages, which no filter has screened.
    marks       jsonb,
    risk        text CHECK (risk IN ('none', 'low', 'high')),
    UNIQUE (letter_id, number),
    UNIQUE (letter_id, fingerprint),
    UNIQUE (id, hash, uploaded_by, program_id, agency_id),
    UNIQUE (id, school_id),
    UNIQUE (id, written_for),
    FOREIGN KEY (letter_id, written_for, program_id, agency_id) REFERENCES letter (id, written_for, program_id, agency_id),
    FOREIGN KEY (letter_id, school_id) REFERENCES letter (id, school_id),
    CHECK ((school_id IS NULL) = (written_for = 'stock')),
    CONSTRAINT hashed_over_the_stored_bytes CHECK (hash = sha256(stored)),
    CHECK ((marks IS NULL) = (risk IS NULL)),
    CHECK ((kind = 'pages') = (marks IS NULL))
);

CREATE TABLE decision (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    sequence         bigint GENERATED ALWAYS AS IDENTITY,
    program_id       slug NOT NULL REFERENCES program,
    school_id        slug,
    agency_id        slug NOT NULL,
    draft_id         uuid NOT NULL UNIQUE,
    hash             bytea NOT NULL,
    uploaded_by      uuid NOT NULL,
    verdict          text NOT NULL CHECK (verdict IN ('approve', 'return', 'refer')),
    decided_by       uuid NOT NULL REFERENCES staff,
    decided_at       timestamptz NOT NULL DEFAULT program_now(),
    reason_for_child text,
    reason_for_adult text,
    due_again_at     timestamptz,
    UNIQUE (draft_id, hash, verdict),
    -- About exactly this content, and by someone else than the one who handed it in.
    FOREIGN KEY (draft_id, hash, uploaded_by, program_id, agency_id)
        REFERENCES draft (id, hash, uploaded_by, program_id, agency_id),
    FOREIGN KEY (draft_id, school_id) REFERENCES draft (id, school_id),
    CONSTRAINT decided_by_someone_else CHECK (decided_by <> uploaded_by),
    CHECK (verdict <> 'return' OR (reason_for_child IS NOT NULL AND reason_for_adult IS NOT NULL AND due_again_at IS NOT NULL))
);

CREATE TABLE miss (
    pairing_id   uuid,
    round_number int,
    side         side,
    program_id   slug NOT NULL REFERENCES program,
    school_id    slug NOT NULL,
    agency_id    slug NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT program_now(),
    PRIMARY KEY (pairing_id, round_number, side),
    FOREIGN KEY (pairing_id, program_id, school_id, agency_id) REFERENCES pairing (id, program_id, school_id, agency_id)
);

CREATE TABLE delivery (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    sequence     bigint GENERATED ALWAYS AS IDENTITY,
    program_id   slug NOT NULL REFERENCES program,
    school_id    slug NOT NULL,
    agency_id    slug NOT NULL,
    pairing_id   uuid NOT NULL,
    round_number int NOT NULL,
    side         side NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('letter', 'late', 'stock')),
    -- The round with whose opening day an officer's letter goes; NULL: alone, after the last one.
    opening      int,
    draft_id     uuid NOT NULL,
    written_for  text NOT NULL,
    hash         bytea NOT NULL,
    verdict      text NOT NULL DEFAULT 'approve' CHECK (verdict = 'approve'),
    released_at  timestamptz NOT NULL DEFAULT program_now(),
    UNIQUE (pairing_id, draft_id),
    CONSTRAINT delivered_only_if_approved FOREIGN KEY (draft_id, hash, verdict) REFERENCES decision (draft_id, hash, verdict),
    CONSTRAINT delivered_only_where_it_was_written_for FOREIGN KEY (draft_id, written_for) REFERENCES draft (id, written_for),
    CONSTRAINT delivered_to_whom_it_says CHECK (
        written_for = CASE kind WHEN 'stock' THEN 'stock' ELSE concat_ws('/', pairing_id, round_number, side) END),
    FOREIGN KEY (pairing_id, program_id, school_id, agency_id) REFERENCES pairing (id, program_id, school_id, agency_id),
    CHECK (kind <> 'stock' OR (side = 'officer' AND opening IS NOT NULL)),
    CHECK (side = 'officer' OR opening IS NULL)
);
CREATE INDEX ON delivery (draft_id);
CREATE UNIQUE INDEX one_letter_for_each_side_of_a_round ON delivery (pairing_id, round_number, side)
    WHERE kind IN ('letter', 'stock');

-- The visit: one invitation for each pairing.
CREATE TABLE visit (
    pairing_id  uuid PRIMARY KEY,
    program_id  slug NOT NULL REFERENCES program,
    school_id   slug NOT NULL,
    agency_id   slug NOT NULL,
    invited_at  timestamptz NOT NULL DEFAULT program_now(),
    answer      text CHECK (answer IN ('yes', 'no')),
    answered_at timestamptz,
    attended    boolean,
    recorded_at timestamptz,
    FOREIGN KEY (pairing_id, program_id, school_id, agency_id) REFERENCES pairing (id, program_id, school_id, agency_id),
    CHECK ((answer IS NULL) = (answered_at IS NULL)),
    CHECK ((attended IS NULL) = (recorded_at IS NULL))
);

-- What became of one side's letter of a round, in a word or two.
CREATE FUNCTION side_state(asked_pairing uuid, asked_round int, asked_side text) RETURNS text LANGUAGE sql STABLE
    RETURN coalesce(
        (SELECT string_agg('delivered: ' || kind, ', ' ORDER BY sequence) FROM delivery
          WHERE pairing_id = asked_pairing AND round_number = asked_round AND side = asked_side),
        (SELECT CASE verdict WHEN 'approve' THEN 'approved' WHEN 'return' THEN 'returned' WHEN 'refer' THEN 'held'
                ELSE 'being read' END
           FROM letter JOIN draft ON draft.letter_id = letter.id LEFT JOIN decision ON decision.draft_id = draft.id
          WHERE letter.pairing_id = asked_pairing AND round_number = asked_round AND side = asked_side
          ORDER BY draft.number DESC LIMIT 1),
        (SELECT 'missed' FROM miss
          WHERE pairing_id = asked_pairing AND round_number = asked_round AND side = asked_side),
        'not yet');
