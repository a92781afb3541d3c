-- The deadlines of single pairings, which a pause of the letters freezes as it does those of a round: as they were set, since when,
-- and where they fall now.

ALTER TABLE pairing
    -- When the people concerned were asked whether they agree to each other.
    ADD asked_at         timestamptz,
    -- As it was set, once a pause has moved it.
    ADD declining_planned timestamptz;
GRANT UPDATE (asked_at, declining_planned) ON pairing TO bluepals_app;

ALTER TABLE ending ADD farewell_planned timestamptz;
GRANT UPDATE (farewell_until, farewell_planned) ON ending TO bluepals_app;

ALTER TABLE replacement
    ADD dated_at     timestamptz NOT NULL DEFAULT program_now(),
    ADD rest_planned timestamptz;
UPDATE replacement SET dated_at = opened_at;
GRANT UPDATE (dated_at, rest_planned) ON replacement TO bluepals_app;

-- A returned letter's new date, where a pause has moved it: what was decided is never changed.
CREATE TABLE moved_return (
    decision_id  uuid PRIMARY KEY REFERENCES decision ON DELETE CASCADE,
    program_id   slug NOT NULL REFERENCES program,
    due_again_at timestamptz NOT NULL
);
ALTER TABLE moved_return ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON moved_return TO bluepals_owner USING (true);
-- For whoever sees the decision.
CREATE POLICY reads ON moved_return FOR SELECT TO bluepals_app USING (EXISTS (SELECT FROM decision WHERE id = decision_id));
CREATE POLICY writes ON moved_return TO bluepals_app USING (sees_whole_program(program_id));
GRANT SELECT, INSERT ON moved_return TO bluepals_app;
GRANT UPDATE (due_again_at) ON moved_return TO bluepals_app;

CREATE FUNCTION due_again(one decision) RETURNS timestamptz LANGUAGE sql STABLE
    RETURN coalesce((SELECT due_again_at FROM moved_return WHERE decision_id = one.id), one.due_again_at);

-- Whether a pause that goes on keeps this from coming nearer. What had passed when it began has passed.
CREATE FUNCTION is_frozen(asked text, at timestamptz, of_program text, of_school text, of_agency text, of_pairing uuid)
    RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM pause
         WHERE ended_at IS NULL AND what = asked AND program_id = of_program AND began_at < at
           AND (num_nonnulls(school_id, agency_id, pairing_id) = 0
                OR school_id = of_school OR agency_id = of_agency OR pairing_id = of_pairing))
$$;
