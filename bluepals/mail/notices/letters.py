"""Letters that have come, came back, are missing, or are to be handed out."""

from bluepals.mail.notice import Action, Notice

SAY_GOODBYE = ("It is the last letter of this year, so please say goodbye in it.",)


def to_read(*, officer: str, student: str, answer_by: str, farewell: bool, link: str) -> Notice:
    return Notice(
        kind="letter",
        subject=f"A letter from {student}",
        greeting=f"Dear {officer},",
        paragraphs=(
            (
                f"{student} has written to you. Please answer by {answer_by}: typed on your page, "
                "or as a photo of a handwritten letter."
            ),
            *(SAY_GOODBYE if farewell else ()),
        ),
        action=Action("Read and answer", link),
    )


def student_missed(*, officer: str, student: str, answer_by: str, farewell: bool, link: str) -> Notice:
    return Notice(
        kind="letter",
        subject=f"You may write to {student} first",
        greeting=f"Dear {officer},",
        paragraphs=(
            (
                f"There is no letter from {student} this time. A few lines from you would mean a lot: "
                f"please write first, by {answer_by}."
            ),
            *(SAY_GOODBYE if farewell else ()),
        ),
        action=Action("Write a letter", link),
    )


def silence_warning(*, officer: str, student: str, answer_by: str, link: str) -> Notice:
    return Notice(
        kind="letter",
        subject=f"{student} is waiting for you",
        greeting=f"Dear {officer},",
        paragraphs=(
            (
                f"{student} has had no letter from you for a while; a letter of a colleague stood in. "
                "We know how full your days are, and a few lines are enough."
            ),
            (
                f"Please write by {answer_by}, or tell us if you can't any more: then {student} gets another pal, "
                "and nobody thinks less of you."
            ),
        ),
        action=Action("Write a letter", link),
    )


def officers_returned(*, officer: str, student: str, reason: str, due: str, link: str) -> Notice:
    return Notice(
        kind="returned",
        subject=f"Your letter to {student} came back to be changed",
        greeting=f"Dear {officer},",
        paragraphs=(
            "Thank you for the letter. The person who read it asks for a change before it goes on:",
            f"“{reason}”",
            f"Please send it again by {due}.",
        ),
        action=Action("Change the letter", link),
    )


def childs_returned(*, teacher: str, student: str, reason: str, due: str, link: str) -> Notice:
    return Notice(
        kind="returned",
        subject=f"{student}'s letter came back to be changed",
        greeting=f"Dear {teacher},",
        paragraphs=(
            "Thank you for the letter. The person who read it asks for a change before it goes on, and says to you:",
            f"“{reason}”",
            f"What to say to {student} stands on your page. Please hand the letter in again by {due}.",
        ),
        action=Action("Change the letter", link),
    )


def pack_ready(*, teacher: str, class_name: str, round_number: int, opens_on: str, link: str) -> Notice:
    return Notice(
        kind="pack",
        subject=f"Opening day {round_number}: the letters of class {class_name}",
        greeting=f"Dear {teacher},",
        paragraphs=(
            (
                f"The letters that class {class_name} opens on {opens_on} are ready: one for every child with a pal. "
                "Print the pack, give each child their own letter, and let the class open them together."
            ),
        ),
        action=Action("Get the letters", link),
    )


def opening_moved(
    *, teacher: str, by: str, class_name: str, round_number: int, was: str, opens_on: str, link: str
) -> Notice:
    return Notice(
        kind="pack",
        subject=f"Opening day {round_number} of class {class_name} is on {opens_on}",
        greeting=f"Dear {teacher},",
        paragraphs=(
            (
                f"{by} has moved opening day {round_number} of class {class_name} from {was} to {opens_on}. If that does not "
                f"suit you, please speak with {by}: each of you can move it on the page of the class."
            ),
        ),
        action=Action("Look at the class", link),
    )


def after_its_pack(*, teacher: str, student: str, class_name: str, round_number: int, link: str) -> Notice:
    return Notice(
        kind="pack",
        subject=f"One more letter for class {class_name}",
        greeting=f"Dear {teacher},",
        paragraphs=(
            (
                f"The letter to {student} for opening day {round_number} was not in the pack, and is there now. Please print it and hand"
                " it to the child, unless it has come with a later print of the pack."
            ),
        ),
        action=Action("Get the letter", link),
    )


def after_the_last_round(*, teacher: str, class_name: str, link: str) -> Notice:
    return Notice(
        kind="pack",
        subject=f"One more letter for class {class_name}",
        greeting=f"Dear {teacher},",
        paragraphs=(
            "An officer's letter is here, and no opening day is left for it. Please print it and hand it to the child it is for.",
        ),
        action=Action("Get the letter", link),
    )
