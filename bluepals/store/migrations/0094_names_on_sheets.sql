-- A child's name on its sheet, which its officer sees: the first name, with a number in roster order where a class has two of it.

CREATE FUNCTION name_on_sheet(child student) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT child.first_name || CASE WHEN count(*) > 1 THEN format(' (%s)', count(*) FILTER (
               WHERE (in_alphabet(namesake.last_name), namesake.id) <= (in_alphabet(child.last_name), child.id))) ELSE '' END
      FROM student AS namesake
     WHERE namesake.program_year_id = child.program_year_id AND namesake.class_name = child.class_name
       AND lower(namesake.first_name) = lower(child.first_name) AND namesake.withdrawn_at IS NULL
$$;
