"""Files from schools and agencies -> people, or problems with file, line and column."""

from bluepals.roster.folder import RosterReading, is_of_a_folder, read_files, read_folder
from bluepals.roster.problems import NeedsPerson, Problem

__all__ = ["NeedsPerson", "Problem", "RosterReading", "is_of_a_folder", "read_files", "read_folder"]
