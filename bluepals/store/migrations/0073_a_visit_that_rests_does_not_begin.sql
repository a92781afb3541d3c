-- Who came is recorded from the day of the visit on; not while it rests since before that day, for then it has another one.

CREATE OR REPLACE FUNCTION visit_has_begun(of_year text) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM program_year AS year WHERE id = of_year AND sees_program(program_id)
                      AND visit_state = 'planned' AND visit_on <= program_today()
                      AND NOT EXISTS (SELECT FROM pause WHERE ended_at IS NULL AND what = 'visits'
                                         AND pause.program_id = year.program_id AND local_day(began_at) < visit_on
                                         AND (num_nonnulls(pause.school_id, agency_id, pairing_id) = 0
                                              OR pause.school_id = year.school_id)))
$$;
