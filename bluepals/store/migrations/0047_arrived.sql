-- A case hides its letter from every page; it delays only what has not come to its reader before.

CREATE FUNCTION has_arrived(asked_draft uuid) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM draft AS asked
          JOIN delivery ON delivery.draft_id = asked.id
            OR (delivery.written_for = asked.written_for AND asked.written_for <> 'stock')
          JOIN pairing ON pairing.id = delivery.pairing_id
          LEFT JOIN round ON round.program_year_id = pairing.program_year_id AND round.number = delivery.opening
         WHERE asked.id = asked_draft AND (delivery.opening IS NULL OR round.pack_sent_at IS NOT NULL))
$$;

-- A letter of this pairing's child is delayed: all that its officer learns.
CREATE OR REPLACE FUNCTION is_delayed(asked_pairing uuid) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM case_file WHERE closed_at IS NULL
                      AND written_for LIKE asked_pairing::text || '/%' AND written_for LIKE '%/student'
                      AND NOT EXISTS (SELECT FROM delivery WHERE delivery.pairing_id = asked_pairing
                                         AND delivery.written_for = case_file.written_for))
$$;
