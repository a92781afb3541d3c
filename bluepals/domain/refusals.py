"""What a person asked for and can't have as things stand."""


class Refused(Exception):
    """Nothing has changed; the message says to whoever asked what is wrong and what to do."""
