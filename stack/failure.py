"""What goes wrong with an embedded server, as a sentence for whoever started it."""


class StackFailure(Exception):
    """An embedded server can't run; the message says why and what to do."""
