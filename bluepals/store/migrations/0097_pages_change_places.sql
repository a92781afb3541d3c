-- Two pages of a scanned letter change places, when its second side was scanned before the first.

ALTER TABLE stack_page
    DROP CONSTRAINT stack_page_stack_id_number_key,
    ADD CONSTRAINT one_page_a_number UNIQUE (stack_id, number) DEFERRABLE;
GRANT UPDATE (number) ON stack_page TO bluepals_app;
