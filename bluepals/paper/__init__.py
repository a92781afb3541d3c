"""Paper: scanned pages made safe, and what is printed: the class's pack, one letter, the visit's calendar file."""
