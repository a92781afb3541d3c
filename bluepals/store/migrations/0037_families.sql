-- What a family does itself, on its page: it withdraws a consent, and wishes that all about the child be erased.

-- A member of the staff, or the child whose guardian has said so.
ALTER TABLE consent DROP CONSTRAINT consent_withdrawn_by_fkey;
ALTER TABLE erasure DROP CONSTRAINT erasure_requested_by_fkey;
