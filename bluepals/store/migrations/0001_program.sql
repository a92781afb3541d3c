-- Scopes, the program and its people.
--
-- Every row belongs to a program, and to a school, an agency or both. A transaction says whose rows it may see by three
-- settings (bluepals.program, bluepals.schools, bluepals.agencies; "*" means all of the program); unset means none.
-- Names of functions and policies are read by people who are not programmers: keep them sentences.

-- Bodies after RETURN are bound when they are written: a table of the same name can't be put before them later.

CREATE FUNCTION sees_program(program text) RETURNS boolean LANGUAGE sql STABLE
    RETURN program = current_setting('bluepals.program', true);

CREATE FUNCTION sees_whole_program(program text) RETURNS boolean LANGUAGE sql STABLE
    RETURN sees_program(program)
       AND current_setting('bluepals.schools', true) = '*'
       AND current_setting('bluepals.agencies', true) = '*';

CREATE FUNCTION sees_school(program text, school text) RETURNS boolean LANGUAGE sql STABLE
    RETURN sees_program(program)
       AND (current_setting('bluepals.schools', true) = '*'
            OR school = ANY (string_to_array(current_setting('bluepals.schools', true), ',')));

CREATE FUNCTION sees_agency(program text, agency text) RETURNS boolean LANGUAGE sql STABLE
    RETURN sees_program(program)
       AND (current_setting('bluepals.agencies', true) = '*'
            OR agency = ANY (string_to_array(current_setting('bluepals.agencies', true), ',')));

-- A rehearsal sets a program's time here; the application's role can only read it.
CREATE TABLE virtual_clock (
    program_id text PRIMARY KEY,
    now_at     timestamptz NOT NULL
);

-- The one clock by which anything is judged. Outside a rehearsal it is the database's.
CREATE FUNCTION program_now() RETURNS timestamptz LANGUAGE sql STABLE
    RETURN coalesce(
        (SELECT now_at FROM virtual_clock WHERE program_id = current_setting('bluepals.program', true)),
        clock_timestamp());

CREATE DOMAIN slug AS text CHECK (VALUE ~ '^[a-z0-9][a-z0-9_-]{0,39}$');
CREATE DOMAIN gender AS text CHECK (VALUE IN ('female', 'male'));
CREATE DOMAIN side AS text CHECK (VALUE IN ('student', 'officer'));

CREATE TABLE program (
    id         slug PRIMARY KEY,
    name       text NOT NULL,
    -- The program file as it was read: calendar, visit and policy (bluepals.domain.program.Program).
    definition jsonb NOT NULL
);

-- The program's own day, by its clock and its zone.
CREATE FUNCTION program_today() RETURNS date LANGUAGE sql STABLE
    RETURN (SELECT (program_now() AT TIME ZONE (definition ->> 'timezone'))::date
              FROM program WHERE id = current_setting('bluepals.program', true));

CREATE TABLE school (
    program_id slug REFERENCES program,
    id         slug,
    name       text NOT NULL,
    PRIMARY KEY (program_id, id)
);

CREATE TABLE agency (
    program_id slug REFERENCES program,
    id         slug,
    name       text NOT NULL,
    PRIMARY KEY (program_id, id)
);

CREATE TABLE program_year (
    id         text PRIMARY KEY,
    program_id slug NOT NULL,
    school_id  slug NOT NULL,
    first_year int NOT NULL,
    state      text NOT NULL DEFAULT 'prepared' CHECK (state IN ('prepared', 'open', 'closed')),
    visit_on   date,
    opened_at  timestamptz,
    closed_at  timestamptz,
    UNIQUE (program_id, school_id, first_year),
    FOREIGN KEY (program_id, school_id) REFERENCES school
);

-- Dates are kept as people set them and, beside them, as the instants that they were turned into, once.
CREATE TABLE round (
    program_year_id text REFERENCES program_year,
    number          int CHECK (number >= 1),
    program_id      slug NOT NULL REFERENCES program,
    school_id       slug NOT NULL,
    students_due    date NOT NULL,
    officers_due    date NOT NULL,
    opens_on        date NOT NULL,
    students_due_at timestamptz NOT NULL,
    officers_due_at timestamptz NOT NULL,
    pack_closes_at  timestamptz NOT NULL,
    opens_at        timestamptz NOT NULL,
    pack_sent_at    timestamptz,
    PRIMARY KEY (program_year_id, number),
    CHECK (students_due_at < officers_due_at AND officers_due_at < pack_closes_at AND pack_closes_at < opens_at)
);

CREATE TABLE staff (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program_id  slug NOT NULL REFERENCES program,
    external_id text NOT NULL,
    name        text NOT NULL,
    email       text NOT NULL,
    UNIQUE (program_id, external_id)
);

CREATE TABLE staff_role (
    staff_id   uuid NOT NULL REFERENCES staff,
    program_id slug NOT NULL REFERENCES program,
    role       text NOT NULL CHECK (role IN ('coordinator', 'teacher', 'moderator', 'counselor', 'liaison')),
    school_id  slug,
    class_name text,
    agency_id  slug,
    UNIQUE NULLS NOT DISTINCT (staff_id, role, school_id, class_name, agency_id),
    FOREIGN KEY (program_id, school_id) REFERENCES school,
    FOREIGN KEY (program_id, agency_id) REFERENCES agency
);

CREATE TABLE student (
    id                uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program_id        slug NOT NULL REFERENCES program,
    school_id         slug NOT NULL,
    program_year_id   text NOT NULL REFERENCES program_year,
    external_id       text NOT NULL,
    first_name        text NOT NULL,
    last_name         text NOT NULL,
    gender            gender,
    -- The gender of this child's pal: the child's own, or a coordinator's decision with its reason.
    pal_gender        gender,
    pal_gender_reason text,
    pal_gender_by     uuid REFERENCES staff,
    class_name        text NOT NULL,
    language          text NOT NULL,
    guardian_name     text,
    guardian_email    text,
    consent_on        date,
    waiting_since     date NOT NULL,
    withdrawn_at      timestamptz,
    UNIQUE (program_id, external_id),
    UNIQUE (id, program_id, pal_gender),
    FOREIGN KEY (program_id, school_id) REFERENCES school,
    CONSTRAINT same_gender_or_a_reasoned_exception CHECK (
        pal_gender IS NULL
        OR pal_gender IS NOT DISTINCT FROM gender
        OR (pal_gender_reason IS NOT NULL AND pal_gender_by IS NOT NULL))
);

CREATE TABLE officer (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program_id    slug NOT NULL REFERENCES program,
    agency_id     slug NOT NULL,
    external_id   text NOT NULL,
    first_name    text NOT NULL,
    last_name     text NOT NULL,
    gender        gender,
    email         text NOT NULL,
    capacity      int NOT NULL CHECK (capacity BETWEEN 0 AND 3),
    languages     text[] NOT NULL,
    cleared_until date,
    kind          text NOT NULL CHECK (kind IN ('sworn', 'civilian')),
    withdrawn_at  timestamptz,
    UNIQUE (program_id, external_id),
    UNIQUE (id, program_id, gender),
    FOREIGN KEY (program_id, agency_id) REFERENCES agency
);

-- The gates that every contact has to pass, whenever there is one.
CREATE FUNCTION has_consent(child student) RETURNS boolean LANGUAGE sql STABLE
    RETURN child.consent_on IS NOT NULL AND child.withdrawn_at IS NULL;

CREATE FUNCTION is_cleared(pal officer) RETURNS boolean LANGUAGE sql STABLE
    RETURN coalesce(pal.cleared_until >= program_today(), false) AND pal.withdrawn_at IS NULL;

-- What a person has to look at. One open row for each thing (key); closing it is a person's or the cause's end.
CREATE TABLE attention (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program_id slug NOT NULL REFERENCES program,
    school_id  slug,
    agency_id  slug,
    key        text NOT NULL,
    kind       text NOT NULL,
    subject_id uuid,
    sentence   text NOT NULL,
    opened_at  timestamptz NOT NULL DEFAULT program_now(),
    closed_at  timestamptz
);
CREATE UNIQUE INDEX one_open_row_for_each_thing ON attention (program_id, key) WHERE closed_at IS NULL;
