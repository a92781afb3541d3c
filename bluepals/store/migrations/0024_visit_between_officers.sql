-- A child whose officer has gone takes part in the visit all the same, until the next one has been introduced: a host meets it.

CREATE FUNCTION is_between_officers(of_pairing uuid) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM replacement LEFT JOIN pairing AS next ON next.id = replacement.next_pairing_id
                    WHERE replacement.pairing_id = of_pairing AND replacement.closed_at IS NULL
                      AND next.introduced_at IS NULL)
$$;
