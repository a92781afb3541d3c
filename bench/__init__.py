"""What a pairing's year costs: the real worker beside a bare one, in one run."""
