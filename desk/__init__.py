"""The web pages: an officer reads and answers, a teacher hands in and opens the class's pack."""
