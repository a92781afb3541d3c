"""What a person asked for and can't have as things stand."""

from bluepals.domain.sentences import Sentence


class Worded(Exception):
    """What went wrong is said to whoever asked, in a sentence: a pattern with its values, or one that is made already."""

    def __init__(self, sentence: str, /, **values: object) -> None:
        self.sentence = sentence if isinstance(sentence, Sentence) else Sentence(sentence, **values)
        super().__init__(self.sentence)


class Refused(Worded):
    """Nothing has changed; the sentence says what is wrong and what to do."""
