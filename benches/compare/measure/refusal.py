"""The one error that ends a run: its text is for the person who typed the command."""


class Refusal(Exception):
    """Something is not as it must be; exit code 2."""
