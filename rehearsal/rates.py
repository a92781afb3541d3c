"""How often people do what."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

DEFAULT = Path(__file__).parent / "rates.toml"


class RatesRefused(Exception):
    """The file can't be used; the message says which line of it and why."""


class Rates(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    student_on_time: float = Field(ge=0, le=1)
    student_late: float = Field(ge=0, le=1)
    officer_on_time: float = Field(ge=0, le=1)
    officer_late: float = Field(ge=0, le=1)
    scanned: float = Field(ge=0, le=1)
    visit_yes: float = Field(ge=0, le=1)
    visit_no: float = Field(ge=0, le=1)
    visit_come: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _shares_of_one_whole(self) -> "Rates":
        for one, other in (
            ("student_on_time", "student_late"),
            ("officer_on_time", "officer_late"),
            ("visit_yes", "visit_no"),
        ):
            if getattr(self, one) + getattr(self, other) > 1:
                raise ValueError(f"{one} and {other} are shares of the same people: together at most 1")
        return self

    @classmethod
    def read(cls, path: Path = DEFAULT) -> "Rates":
        """Raises RatesRefused, and OSError when the file is not there."""
        try:
            return cls.model_validate(tomllib.loads(path.read_text("utf-8")))
        except ValidationError as errors:
            told = "; ".join(": ".join((*map(str, error["loc"]), error["msg"])) for error in errors.errors())
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            told = str(error)
        raise RatesRefused(
            f"{path.name} can't be used. {told}. rehearsal/rates.toml shows what belongs in it."
        )
