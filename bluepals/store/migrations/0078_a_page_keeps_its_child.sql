-- A page that was called no letter, or put with the page before it, keeps whose it was: taken back, it is that child's again.

ALTER TABLE stack_page
    DROP CONSTRAINT put_to_a_child,
    ADD CONSTRAINT put_to_a_child CHECK (put IS DISTINCT FROM 'child' OR pairing_id IS NOT NULL);
