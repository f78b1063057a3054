"""What browsers send beside forms: numbers of rows, and the page to go back to."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.http import url_has_allowed_host_and_scheme

_DIGITS = 18  # what a bigint holds, whatever the digits are


def row_number(text: str) -> int | None:
    """The number of a row; None for what is none, as are digits of other scripts."""
    is_one = text.isascii() and text.isdigit() and len(text) <= _DIGITS
    return int(text) if is_one else None


def row_numbers(texts: Iterable[str]) -> list[int]:
    """The numbers among these, in their order."""
    return [number for text in texts if (number := row_number(text)) is not None]


def page_of_ours(path: str, *, otherwise: str) -> str:
    """The page to go back to, where it is a path of this installation."""
    is_ours = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if is_ours else otherwise
