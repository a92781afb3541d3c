"""A whole year on virtual clocks: the real service, played by actors."""
