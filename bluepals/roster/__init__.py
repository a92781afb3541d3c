"""Files from schools and agencies -> people, or problems with file, line and column."""

from bluepals.roster.folder import RosterReading, read_folder
from bluepals.roster.problems import NeedsPerson, Problem

__all__ = ["NeedsPerson", "Problem", "RosterReading", "read_folder"]
