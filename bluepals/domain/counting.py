"""Numbers with their noun, as people say them."""


def counted(number: int, one: str, many: str | None = None) -> str:
    """1 round, 2 rounds; 1 child waits, 2 children wait."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"
