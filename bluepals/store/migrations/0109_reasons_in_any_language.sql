-- Why two are proposed, as a pattern with its values, for whoever reads it in another language than English.

ALTER TABLE proposed_pair ADD pattern jsonb;
