-- The last mail to one address: whether an officer who is silent is reached at all is asked every morning.
CREATE INDEX ON mail (program_id, to_address, sequence);
