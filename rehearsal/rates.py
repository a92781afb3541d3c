"""How often people do what, and what life brings."""

import tomllib
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

DEFAULT = Path(__file__).parent / "rates.toml"


class Preset(StrEnum):
    """Which kind of year; each is a table of the file."""

    CALM = "calm"
    USUAL = "usual"
    EPIDEMIC = "epidemic"


class RatesRefused(Exception):
    """The file can't be used; the message says which line of it and why."""


class LifeRates(BaseModel):
    """Shares of days, people, letters and visits, as rates.toml says of each; 0: it does not happen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    snow: float = Field(0, ge=0, le=1)
    officer_moved: float = Field(0, ge=0, le=1)
    officer_busy: float = Field(0, ge=0, le=1)
    officer_stopped: float = Field(0, ge=0, le=1)
    officer_died: float = Field(0, ge=0, le=1)
    clearance_ends: float = Field(0, ge=0, le=1)
    silence_replaced: float = Field(0, ge=0, le=1)
    reserve_rejected: float = Field(0, ge=0, le=1)
    consent_withdrawn: float = Field(0, ge=0, le=1)
    child_leaves: float = Field(0, ge=0, le=1)
    child_transfers: float = Field(0, ge=0, le=1)
    child_died: float = Field(0, ge=0, le=1)
    child_late: float = Field(0, ge=0, le=1)
    child_stays: float = Field(0, ge=0, le=1)
    declined: float = Field(0, ge=0, le=1)
    erased: float = Field(0, ge=0, le=1)
    agency_rests: float = Field(0, ge=0, le=1)
    pairing_rests: float = Field(0, ge=0, le=1)
    sad: float = Field(0, ge=0, le=1)
    family: float = Field(0, ge=0, le=1)
    harm: float = Field(0, ge=0, le=1)
    conduct: float = Field(0, ge=0, le=1)
    visit_moved: float = Field(0, ge=0, le=1)
    visit_called_off: float = Field(0, ge=0, le=1)
    survey_answered: float = Field(0, ge=0, le=1)
    closed: float = Field(0, ge=0, le=1)
    closed_for_good: float = Field(0, ge=0, le=1)
    wants_to_go_on: float = Field(0, ge=0, le=1)

    @model_validator(mode="after")
    def _shares_of_one_whole(self) -> "LifeRates":
        for names in (
            ("officer_moved", "officer_busy", "officer_stopped", "officer_died"),
            ("consent_withdrawn", "child_leaves", "child_transfers", "child_died", "child_stays"),
            ("sad", "family", "harm"),
            ("visit_moved", "visit_called_off"),
        ):
            if sum(getattr(self, name) for name in names) > 1:
                raise ValueError(
                    f"{', '.join(names)} are shares of the same people, letters or visits: together at most 1"
                )
        return self


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
    calm: LifeRates
    usual: LifeRates
    epidemic: LifeRates

    def life(self, preset: Preset) -> LifeRates:
        return {Preset.CALM: self.calm, Preset.USUAL: self.usual, Preset.EPIDEMIC: self.epidemic}[preset]

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
