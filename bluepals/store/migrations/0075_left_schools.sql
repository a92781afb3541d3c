-- Which school a child left: its pauses still count for the deadlines of that time. NULL: it was not written down yet.

ALTER TABLE pairing_turn
    ADD from_school slug,
    ADD CHECK (from_school IS NULL OR to_school IS NOT NULL);
