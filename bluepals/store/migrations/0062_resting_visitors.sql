-- An officer whose agency or pairing rests is asked nothing about a visit, and afterwards anew, with a limit of their own.

-- How often the officer has been asked about this child's visit; not at all while it rests.
ALTER TABLE visit ADD times_asked int NOT NULL DEFAULT 1 CHECK (times_asked >= 0);

-- Whether the officer of this child may not be asked now; for either side, which need not know why.
CREATE FUNCTION rests_for_visit(one pairing) RETURNS boolean LANGUAGE sql STABLE
    RETURN is_paused('visits', one.program_id, one.school_id, one.agency_id, one.id);
-- Or a reserve: the pause of the pairing whose child it would meet is not its own.
CREATE FUNCTION rests_as_host(of_program text, of_agency text) RETURNS boolean LANGUAGE sql STABLE
    RETURN is_paused('visits', of_program, NULL, of_agency, NULL);
