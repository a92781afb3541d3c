-- Which pause holds which mail back. Every kind of notice has its row here, and a mail of no kind is refused.

CREATE TABLE mail_kind (
    kind    text PRIMARY KEY,
    -- What has to rest so that it waits; none: it always goes.
    held_by text CHECK (held_by IN ('letters', 'visits'))
);
INSERT INTO mail_kind VALUES
    -- What safety needs: a letter that worries someone, a case that waits for somebody's word, an officer's death.
    ('safety', NULL), ('case', NULL),
    -- The word that there is to be no contact any more.
    ('over', NULL),
    -- Who asks to be let in is let in, and hears of a passkey in their name.
    ('entry', NULL), ('passkey', NULL),
    -- The word that a visit is moved or called off.
    ('moved', NULL), ('cancelled', NULL),
    -- The letters: who writes to whom, what waits, what has come, what ends.
    ('proposal', 'letters'), ('asked', 'letters'), ('declined', 'letters'), ('introduction', 'letters'),
    ('daily', 'letters'), ('letter', 'letters'), ('returned', 'letters'), ('pack', 'letters'),
    ('leaves', 'letters'), ('successor', 'letters'), ('goes-on', 'letters'),
    -- The year's end: `held_until` says how long at the most.
    ('farewell', 'letters'), ('survey', 'letters'), ('follow-on', 'letters'), ('year', 'letters'),
    -- The visit.
    ('visit', 'visits'), ('host', 'visits'), ('sheets', 'visits');
GRANT SELECT ON mail_kind TO bluepals_app;

ALTER TABLE mail
    ADD FOREIGN KEY (kind) REFERENCES mail_kind,
    -- From then on no pause holds it back: a year that closes in a pause is thanked for all the same.
    ADD held_until timestamptz;
