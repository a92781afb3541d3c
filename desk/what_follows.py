"""What a guardian can agree to, and reads before they agree, withdraw, or ask to erase."""
# ruff: noqa: RUF001 (typographer's apostrophes)

from collections.abc import Mapping, Sequence

from bluepals.domain.people import ConsentScope
from bluepals.domain.sentences import Sentence

SCOPES: Mapping[ConsentScope, Sentence] = {
    ConsentScope.LETTERS: Sentence("Letters with an officer"),
    ConsentScope.VISIT: Sentence("The officers’ visit at school"),
    ConsentScope.PHOTOS: Sentence("Photos at the visit, taken by the school"),
    ConsentScope.FOLLOW_ON: Sentence("Hearing about other programs"),
}

_AGREE_AGAIN = Sentence("If you change your mind, you can agree again on your family’s page.")
_REST_GOES_ON = Sentence(
    "You can withdraw this on this page at any time, without a reason. Everything else goes on then."
)


def of_withdrawing(scope: ConsentScope, child: str) -> Sequence[Sentence]:
    follows = {
        ConsentScope.LETTERS: (
            Sentence(
                "From this moment on no letter goes to {child} or from {child}; what is on its way is stopped.",
                child=child,
            ),
            Sentence("The officer hears that the letters are over, and not why."),
            Sentence("The visit, photos and everything else end with it."),
            Sentence("The letters that have arrived stay on this page."),
        ),
        ConsentScope.VISIT: (
            Sentence(
                "{child} does not take part when the officers come to school. The letters go on.", child=child
            ),
        ),
        ConsentScope.PHOTOS: (
            Sentence(
                "The school takes no photos of {child} at the visit. Everything else goes on.", child=child
            ),
        ),
        ConsentScope.FOLLOW_ON: (
            Sentence("We do not write to you about programs after this year. Everything else goes on."),
        ),
    }
    return (*follows[scope], _AGREE_AGAIN)


def of_agreeing(scope: ConsentScope, child: str, version: str | None) -> Sequence[Sentence]:
    """`version`: of the school's form in use; None: nobody has written it down."""
    means = {
        ConsentScope.LETTERS: (
            Sentence(
                "{child} and an adult at a police agency write letters to each other all year."
                " {child}’s letters are written at school.",
                child=child,
            ),
            Sentence("A person reads every letter before it goes on. You can read them all on this page."),
            Sentence(
                "We look for somebody for {child}. That can take a while, and need not be the officer of before.",
                child=child,
            ),
            Sentence("The visit, photos and everything else you agree to one by one, on this page."),
            Sentence("You can withdraw this on this page at any time, without a reason."),
        ),
        ConsentScope.VISIT: (
            Sentence(
                "The officers come to school at the end of the year, and {child} meets the one who writes the letters.",
                child=child,
            ),
            Sentence(
                "You can withdraw this on this page at any time, without a reason. The letters go on then."
            ),
        ),
        ConsentScope.PHOTOS: (
            Sentence(
                "The school may take photos in which {child} can be seen, when the officers visit.",
                child=child,
            ),
            _REST_GOES_ON,
        ),
        ConsentScope.FOLLOW_ON: (
            Sentence(
                "At the end of the year we write to you about other programs for {child}. We give them no data of yours.",
                child=child,
            ),
            _REST_GOES_ON,
        ),
    }
    if version is None:
        return means[scope]
    form = Sentence(
        "That you agree goes on record with today’s date and the version of the school’s form: {version}.",
        version=version,
    )
    return (*means[scope], form)


def of_erasing(child: str) -> Sequence[Sentence]:
    return (
        Sentence(
            "The coordinator confirms it, and may call you first. Letters that still go back and forth end first:"
            " withdraw them on your family’s page, or the coordinator asks you to."
        ),
        Sentence(
            "Then {child}’s name, your addresses and every letter are gone, and can’t be brought back.",
            child=child,
        ),
        Sentence(
            "What stays are numbers and times without a name, which prove that the program kept its rules."
        ),
        Sentence("What a law or an authority tells the school to keep is kept for as long as it says."),
    )
