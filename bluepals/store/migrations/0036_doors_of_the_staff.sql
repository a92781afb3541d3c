-- By which door a visitor came: some roles are in only by a better one than a mail.

ALTER TABLE session ADD door text NOT NULL DEFAULT 'mail'
    CHECK (door IN ('mail', 'office', 'single sign-on', 'passkey'));
