-- Whoever asks too often, or for an address that is nobody's, is sent nothing. What did not go out opens nothing and ends
-- nothing: nobody guesses at a code that was never mailed, or ends with their asking what another has been mailed.

ALTER TABLE entry ADD went_out boolean NOT NULL DEFAULT true,
    ADD CONSTRAINT what_stays_opens_nothing
        CHECK (went_out OR num_nonnulls(code, staff_id, officer_id) + cardinality(children) = 0);
