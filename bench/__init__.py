"""What a pairing's year costs, and a page of the desk: the real ones beside bare ones."""
