-- A letter that is typed on two pages, at the station and on the phone, is kept twice: a page writes over what it has shown, and over
-- nothing else.

ALTER TABLE unfinished ADD page uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE unfinished
    ALTER page DROP DEFAULT,
    DROP CONSTRAINT unfinished_pkey,
    ADD PRIMARY KEY (pairing_id, page);
