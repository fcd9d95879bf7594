"""Errors that the API answers by itself."""

from typing import Optional


class HelpdeskError(Exception):
    status = 400
    code = "helpdesk_error"

    def __init__(self, message: str, code: Optional[str] = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class NotAllowed(HelpdeskError):
    status = 403
    code = "not_allowed"


class WrongState(HelpdeskError):
    status = 409
    code = "wrong_state"
