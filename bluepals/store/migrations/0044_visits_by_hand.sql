-- What a living program has asked of its visits, and of pairs that go on.

-- A reserve who was let go may be asked again for the same child and day: whom the request is for never changes, its limit does.
ALTER TABLE visit_host ADD times_asked int NOT NULL DEFAULT 1 CHECK (times_asked >= 1);
GRANT UPDATE (asked_at, answer_by, times_asked) ON visit_host TO bluepals_app;

-- What people are to be told of the next change. It becomes `visit_because` when that change is made, and not when it is refused.
ALTER TABLE program_year ADD visit_because_next text;

-- Who came is recorded on the day, and afterwards.
CREATE FUNCTION visit_has_begun(of_year text) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM program_year WHERE id = of_year AND sees_program(program_id)
                      AND visit_state = 'planned' AND visit_on <= program_today())
$$;

-- Two who were pals in an earlier year, until it closed, are no strangers.
CREATE FUNCTION goes_on(this pairing) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM pairing AS before
                    WHERE before.student_id = this.student_id AND before.officer_id = this.officer_id
                      AND before.program_year_id <> this.program_year_id AND before.end_reason = 'year closed')
$$;
