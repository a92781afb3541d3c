"""A child and an officer, for rules that need nobody else."""

from uuid import UUID

from rehearsal.cast import Couple


def couple(
    key: str = "S1",
    officer: str = "P1",
    language: str = "en",
    reads: str = "en es",
    first_round: int = 1,
    school: str = "north",
) -> Couple:
    return Couple(
        pairing_id=UUID(int=1),
        key=key,
        school=school,
        class_name="5A",
        language=language,
        student_name="Ana",
        officer_id=UUID(int=2),
        officer_key=officer,
        officer_name="Rosa",
        officer_languages=reads.split(),
        first_round=first_round,
    )
