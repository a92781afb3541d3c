-- A letter that is handed in takes away what was begun of it, and mail that still asks for it. A reader's copy is no such letter.

DROP TRIGGER forget_unfinished ON draft;
CREATE TRIGGER forget_unfinished AFTER INSERT ON draft
    FOR EACH ROW WHEN (NEW.source IS NULL) EXECUTE FUNCTION forget_unfinished();

-- That it came back to be changed, or that its officer is silent: what a pause holds back would be said after the letter is there.
CREATE FUNCTION call_back_what_asks_for_it() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE mail
       SET recalled_at = program_now(),
           state = CASE WHEN state IN ('data_started', 'unknown') THEN state WHEN bodies_started > 0 THEN 'unknown' ELSE 'cancelled' END,
           claim = CASE state WHEN 'data_started' THEN claim END,
           claimed_until = CASE state WHEN 'data_started' THEN claimed_until END
      FROM letter
     WHERE letter.id = NEW.letter_id AND mail.program_id = letter.program_id AND mail.pairing_id = letter.pairing_id
       AND recalled_at IS NULL AND state IN ('pending', 'retry', 'claimed', 'data_started', 'unknown')
       AND (EXISTS (SELECT FROM draft JOIN decision ON decision.draft_id = draft.id
                     WHERE draft.letter_id = letter.id AND starts_with(mail.key, format('returned-%s-', decision.id)))
            OR (letter.side = 'officer' AND starts_with(mail.key, format('silence-warning-%s-', letter.pairing_id))));
    RETURN NULL;
END
$$;
CREATE TRIGGER call_back_what_asks_for_it AFTER INSERT ON draft
    FOR EACH ROW WHEN (NEW.source IS NULL) EXECUTE FUNCTION call_back_what_asks_for_it();

-- A letter in the pack of a round that is left out would be opened by nobody: it goes with the next opening day that has a date, or alone.
-- No pairing: of all of the year.
CREATE FUNCTION take_out_of_pack(of_year text, of_round int, of_pairing uuid) RETURNS SETOF delivery LANGUAGE sql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE delivery
       SET kind = 'late',
           opening = (SELECT min(number) FROM round
                       WHERE program_year_id = of_year AND number > of_round AND pack_closes_at > program_now())
      FROM pairing
     WHERE pairing.id = pairing_id AND pairing.program_year_id = of_year AND opening = of_round
       AND coalesce(pairing.id = of_pairing, true)
       AND kind <> 'stock' AND withheld_at IS NULL AND sees_whole_program(delivery.program_id)
    RETURNING delivery.*
$$;
