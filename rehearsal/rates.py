"""How often people do what."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

DEFAULT = Path(__file__).parent / "rates.toml"


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

    @classmethod
    def read(cls, path: Path = DEFAULT) -> "Rates":
        return cls.model_validate(tomllib.loads(path.read_text("utf-8")))
