-- A mail that is about several pairings, or not to one of the pair, names them: a counselor's list of new pairs, and what is said to
-- the guests and hosts of a visit. At a death it is called back like the mail of the pairing itself.

ALTER TABLE mail ADD tells_of uuid[] NOT NULL DEFAULT '{}';
UPDATE mail SET tells_of = ARRAY[visit_host.pairing_id] FROM visit_host
 WHERE starts_with(mail.key, 'visit-host-' || visit_host.id || '-');
