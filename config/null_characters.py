"""The one character that PostgreSQL keeps in no text (NUL), sent in a form or an address: 400."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from psycopg.errors import UntranslatableCharacter

from config.faults import Told, answer_of

NUL = "\x00"


class NullCharacters:
    """Answers for views that read a text themselves; Django's form fields refuse it on their own.

    Only programs send it, so that a page that names the field is enough.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """What the view answers."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """400 for what the database said to such a text; None for all other exceptions."""
        if not (isinstance(error, DataError) and _is_about_nul(error)):
            return None
        given = [*request.GET.lists(), *request.POST.lists()]
        names = ", ".join(name for name, texts in given if any(NUL in text for text in texts))
        where = f"What was sent as {names}" if names else "The address"
        detail = f"{where} holds a null character, which no text can hold. Nothing was changed."
        return answer_of(request, Told(HTTPStatus.BAD_REQUEST, "That cannot be kept", detail))


def _is_about_nul(error: DataError) -> bool:
    """Of texts psycopg says so before it sends them, of JSON the server does."""
    return "NUL (0x00)" in str(error) or isinstance(error.__cause__, UntranslatableCharacter)
