-- Since when a child without a pal has been waiting for one: on the roster, with a consent, and without the last one.
CREATE FUNCTION waits_since(child student) RETURNS date LANGUAGE sql STABLE
    RETURN greatest(child.waiting_since, child.consent_on,
                    (SELECT max(local_day(ended_at)) FROM pairing WHERE pairing.student_id = child.id));
