-- A child whose officer goes gets another one: who waits, for whom, and how far it is.

-- From when an officer who leaves takes no new child; the letters of farewell still go.
ALTER TABLE officer ADD leaves_at timestamptz;

-- One open row for each child between two officers. Its workflow owns the steps; what has happened stands here.
CREATE TABLE replacement (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program_id       slug NOT NULL,
    school_id        slug NOT NULL,
    agency_id        slug NOT NULL,
    program_year_id  text NOT NULL REFERENCES program_year,
    -- The pairing that ends, and its child.
    pairing_id       uuid NOT NULL,
    student_id       uuid NOT NULL,
    gender           gender NOT NULL,
    opened_at        timestamptz NOT NULL DEFAULT program_now(),
    begun_by         uuid NOT NULL,
    farewell_until   timestamptz NOT NULL,
    rest_until       timestamptz NOT NULL,
    -- The officer who is to be next: proposed, then approved by a coordinator.
    reserve_id       uuid,
    approved_at      timestamptz,
    approved_by      uuid REFERENCES staff,
    guardian_told_at timestamptz,
    next_pairing_id  uuid UNIQUE REFERENCES pairing,
    closed_at        timestamptz,
    outcome          text CHECK (outcome IN ('paired', 'taken back', 'child left', 'year over', 'people decide')),
    -- How often it has changed: what its workflow is told.
    version          int NOT NULL DEFAULT 1,
    FOREIGN KEY (pairing_id, program_id, school_id, agency_id)
        REFERENCES pairing (id, program_id, school_id, agency_id) ON UPDATE CASCADE,
    CONSTRAINT same_gender_as_the_student
        FOREIGN KEY (student_id, program_id, gender) REFERENCES student (id, program_id, pal_gender),
    CONSTRAINT same_gender_as_the_reserve
        FOREIGN KEY (reserve_id, program_id, gender) REFERENCES officer (id, program_id, gender),
    CHECK (rest_until >= farewell_until),
    CHECK ((approved_at IS NULL) = (approved_by IS NULL)),
    CONSTRAINT only_a_reserve_is_approved CHECK (approved_at IS NULL OR reserve_id IS NOT NULL),
    CONSTRAINT only_who_is_approved_is_next CHECK (next_pairing_id IS NULL OR approved_at IS NOT NULL),
    CHECK ((closed_at IS NULL) = (outcome IS NULL)),
    CHECK (outcome IS DISTINCT FROM 'paired' OR next_pairing_id IS NOT NULL)
);
CREATE UNIQUE INDEX one_open_replacement_for_a_student ON replacement (student_id) WHERE closed_at IS NULL;
CREATE INDEX ON replacement (reserve_id) WHERE closed_at IS NULL;

ALTER TABLE replacement ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON replacement TO bluepals_owner USING (true);
CREATE POLICY office ON replacement TO bluepals_app USING (sees_whole_program(program_id));
GRANT SELECT, INSERT ON replacement TO bluepals_app;
GRANT UPDATE (farewell_until, rest_until, reserve_id, approved_at, approved_by, guardian_told_at, next_pairing_id,
    closed_at, outcome, version) ON replacement TO bluepals_app;

-- Whether this child's next officer is sought. For a school, which need not know why, nor since when.
CREATE FUNCTION waits_for_officer(of_student uuid) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM replacement WHERE student_id = of_student AND closed_at IS NULL)
$$;

-- Whose officer goes has another one coming, in the same transaction: no crash leaves a child with nobody and nobody
-- knowing. What people decide (a death, a child that leaves) is not of these.
CREATE FUNCTION refuse_end_without_successor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM ending WHERE pairing_id = NEW.pairing_id)
       AND NOT EXISTS (SELECT FROM replacement WHERE pairing_id = NEW.pairing_id AND closed_at IS NULL) THEN
        RAISE EXCEPTION 'pairing % ends and nobody looks for its child''s next officer', NEW.pairing_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_child_is_left_with_nobody';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER no_child_is_left_with_nobody AFTER INSERT ON ending
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.reason IN ('moved', 'busy', 'stopped', 'clearance ended', 'silence'))
    EXECUTE FUNCTION refuse_end_without_successor();

-- A pair comes from a matching, or is one child's next.
ALTER TABLE proposed_pair
    ALTER proposal_id DROP NOT NULL,
    ADD replacement_id uuid REFERENCES replacement,
    ADD CONSTRAINT of_a_matching_or_a_replacement CHECK (num_nonnulls(proposal_id, replacement_id) = 1);

-- A letter of somebody who may not be in contact any more, held back before its class had opened it: a stock letter
-- may stand in its place.
ALTER TABLE delivery ADD withheld_at timestamptz;
GRANT UPDATE (withheld_at) ON delivery TO bluepals_app;
DROP INDEX one_letter_for_each_side_of_a_round;
CREATE UNIQUE INDEX one_letter_for_each_side_of_a_round ON delivery (pairing_id, round_number, side)
    WHERE kind IN ('letter', 'stock') AND withheld_at IS NULL;

CREATE OR REPLACE FUNCTION side_state(asked_pairing uuid, asked_round int, asked_side text) RETURNS text
    LANGUAGE sql STABLE RETURN coalesce(
        (SELECT string_agg(CASE WHEN withheld_at IS NULL THEN 'delivered: ' || kind ELSE 'held back' END, ', '
                           ORDER BY sequence) FROM delivery
          WHERE pairing_id = asked_pairing AND round_number = asked_round AND side = asked_side),
        (SELECT CASE WHEN has_open_case(draft.id) THEN 'held' ELSE
                CASE standing_verdict(draft.id) WHEN 'approve' THEN 'approved' WHEN 'return' THEN 'returned'
                    WHEN 'refer' THEN 'held' ELSE 'being read' END END
           FROM letter JOIN draft ON draft.letter_id = letter.id
          WHERE letter.pairing_id = asked_pairing AND round_number = asked_round AND side = asked_side
          ORDER BY draft.number DESC LIMIT 1),
        (SELECT 'missed' FROM miss
          WHERE pairing_id = asked_pairing AND round_number = asked_round AND side = asked_side),
        'not yet');
