"""What opens the gates before contact."""

from enum import StrEnum


class Cause(StrEnum):
    """Why a gate opened; in these words only, so that nothing about a person comes along."""

    ROSTER = "the roster was imported again: consent and clearance are there"
    CONSENT = "a consent came in"
    CLEARANCE = "a clearance was renewed"
    CASE = "a case was closed"
