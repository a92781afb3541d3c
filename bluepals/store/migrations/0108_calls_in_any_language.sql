-- The sentences of a call as patterns with their values, for whoever reads them in another language than English.

ALTER TABLE attention ADD patterns jsonb;
