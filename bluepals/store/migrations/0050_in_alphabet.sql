-- By which a list of people is sorted: Cárdenas before Cruz, and de la Cruz among the Ds. Not every PostgreSQL has ICU.
CREATE FUNCTION in_alphabet(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN lower(regexp_replace(normalize(name, NFD), '[\u0300-\u036f]', '', 'g'));
