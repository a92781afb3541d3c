-- Since when a consent is on record: its form may have been signed long before. NULL: it was not written down yet.

ALTER TABLE consent ADD since timestamptz;
ALTER TABLE consent ALTER since SET DEFAULT program_now();
