"""Proof, from the database and the histories that are still there, that the rules of the program were kept."""

from audit.program import audit

__all__ = ["audit"]
