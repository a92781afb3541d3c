-- A child is asked for its letter by way of its teachers: where no mail gets through to any of them, it is not the child that is silent.

-- Whether mail has reached an address: none was refused for good, none waits for days, none may have been lost.
CREATE FUNCTION is_reached_at(of_program text, of_address text) RETURNS boolean LANGUAGE sql STABLE
    RETURN NOT EXISTS (SELECT FROM suppressed_address AS gone
                        WHERE gone.program_id = of_program AND gone.address = of_address)
       AND coalesce((SELECT mail.state = 'sent' OR mail.created_at > program_now() - interval '2 days'
                       FROM mail
                      WHERE mail.program_id = of_program AND mail.to_address = of_address AND mail.state <> 'cancelled'
                      ORDER BY mail.sequence DESC LIMIT 1), true);

CREATE OR REPLACE FUNCTION is_reached_by_mail(pal officer) RETURNS boolean LANGUAGE sql STABLE
    RETURN is_reached_at(pal.program_id, pal.email);

CREATE FUNCTION has_a_reached_teacher(child student) RETURNS boolean LANGUAGE sql STABLE
    RETURN EXISTS (SELECT FROM staff_role JOIN staff ON staff.id = staff_role.staff_id
                    WHERE staff_role.program_id = child.program_id AND role = 'teacher'
                      AND coalesce(staff_role.school_id = child.school_id, true)
                      AND coalesce(staff_role.class_name = child.class_name, true)
                      AND is_reached_at(child.program_id, staff.email));
