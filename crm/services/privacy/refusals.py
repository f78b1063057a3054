"""What is not done to somebody's data, and why."""

from __future__ import annotations


class PrivacyRefused(Exception):
    """Nothing was changed; the message is fit for the user, `field` says where."""

    def __init__(self, message: str, field: str = "", code: str = "refused") -> None:
        super().__init__(message)
        self.field, self.code = field, code
