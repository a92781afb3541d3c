-- A child who has changed its class since may have a page in the open stack of the former one.

CREATE OR REPLACE FUNCTION forget_stacks() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM stack WHERE filed_at IS NULL
       AND ((program_year_id = OLD.program_year_id AND class_name = OLD.class_name)
            OR EXISTS (SELECT FROM stack_page JOIN pairing ON pairing.id = pairing_id
                        WHERE stack_id = stack.id AND student_id = OLD.id));
    RETURN NULL;
END
$$;
