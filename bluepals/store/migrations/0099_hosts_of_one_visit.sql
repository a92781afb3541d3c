-- A child that changes schools is hosted at the other school's visit by itself, perhaps by whoever was to meet it at the one it left.

ALTER TABLE visit_host
    DROP CONSTRAINT host_is_asked_once,
    ADD CONSTRAINT host_is_asked_once UNIQUE (pairing_id, officer_id, program_year_id, visit_sequence);
DROP INDEX one_host_for_a_child;
CREATE UNIQUE INDEX one_host_for_a_child ON visit_host (pairing_id, program_year_id)
    WHERE answer = 'yes' AND released_at IS NULL AND attended IS DISTINCT FROM false;
