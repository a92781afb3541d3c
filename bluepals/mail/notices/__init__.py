"""What people are told: one function for each notice, by subject. A first name at most, and a link instead of a letter."""

from bluepals.mail.notices import cases, closing, daily_mail, doors, endings, introductions, letters, visits

__all__ = ["cases", "closing", "daily_mail", "doors", "endings", "introductions", "letters", "visits"]
