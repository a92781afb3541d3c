-- What calls for a person, and with which command it is answered where no page has a button for it.
ALTER TABLE attention ADD how text CHECK (how <> '');
