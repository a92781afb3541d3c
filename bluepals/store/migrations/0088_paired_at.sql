-- A pause of its agency moves a pairing's dates only from its beginning on. What began before this is known by the day, or by the
-- hour of its approval on that day.
ALTER TABLE pairing ADD paired_at timestamptz;
UPDATE pairing
   SET paired_at = greatest(begins_on::timestamp AT TIME ZONE (definition ->> 'timezone'), decided_at)
  FROM program, proposed_pair AS pair
 WHERE program.id = pairing.program_id AND pair.id = proposed_pair_id;
ALTER TABLE pairing ALTER paired_at SET DEFAULT program_now(), ALTER paired_at SET NOT NULL;
