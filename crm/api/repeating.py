"""A POST that may be sent again: its Idempotency-Key, and the answer that is kept for a day."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import HttpResponse
from rest_framework.exceptions import APIException

from crm.api.parsing import MAX_BODY, BodyTooLarge
from crm.api.problems import BadBody, Fault, Refused
from crm.models import ApiToken, KeptAnswer
from crm.outreach.secrets import ANSWERS, SecretLost, decrypt, encrypt
from crm.services import kept_answers

if TYPE_CHECKING:
    from rest_framework.request import Request

HEADER = "Idempotency-Key"
KEY_MAX = 200
_HEADERS = ("ETag", "Location", "Content-Disposition")


class Repeated(APIException):
    """The request was answered before; `answer` is what it was answered."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__("Answered before.", "repeated")
        self.answer = answer


class Claim:
    """The right to answer a key: held until the transaction ends, which keeps the answer or not."""

    def __init__(self, token: ApiToken, key: str, fingerprint: str) -> None:
        self.token, self.key, self.fingerprint = token, key, fingerprint

    def keep(self, response: HttpResponse, at: datetime) -> None:
        """Keep what was answered; `response` is rendered."""
        KeptAnswer.objects.create(
            token=self.token,
            key=self.key,
            fingerprint=self.fingerprint,
            status=response.status_code,
            headers={
                name: response[name]
                for name in ("Content-Type", *_HEADERS)
                if response.has_header(name)
            },
            # It may show a secret that is shown once.
            body=encrypt(response.content.decode(), ANSWERS),
            created_at=at,
        )


def claim(request: Request, token: ApiToken, at: datetime) -> Claim:
    """Take the key of the request, within a transaction.

    Raises Repeated with the answer that is kept, BadBody where the key cannot be used or came with
    another request before, Refused where it can be read no more, Busy while the first goes on for
    long.
    """
    key = request.headers[HEADER].strip()
    if not key or len(key) > KEY_MAX or not key.isprintable():
        words = f"An {HEADER} has 1 to {KEY_MAX} printable characters."
        raise BadBody([Fault(HEADER, "invalid", words)], detail=words)
    kept = kept_answers.take(token, key, at)
    fingerprint = _fingerprint(request)
    if kept is None:
        return Claim(token, key, fingerprint)
    if kept.fingerprint != fingerprint:
        words = "This Idempotency-Key came with another request before. Nothing was done."
        raise BadBody(
            [Fault(HEADER, "key_reused", words)],
            detail=words,
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    try:
        body = decrypt(kept.body, ANSWERS)
    except SecretLost:
        words = "It was done, but its answer cannot be read any more: look at what there is now."
        raise Refused(words, code="answer_lost") from None
    answer = HttpResponse(body, status=kept.status, headers=kept.headers)
    answer["Idempotency-Replayed"] = "true"
    raise Repeated(answer)


def _fingerprint(request: Request) -> str:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    for part in _parts(request):
        digest.update(part)
    return digest.hexdigest()


def _parts(request: Request) -> Iterator[bytes]:
    """The body, and of a form its fields and files: the marks between them differ each time."""
    if not (request.content_type or "").startswith("multipart/"):
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY:
            raise BodyTooLarge
        yield request._request.body
        return
    form = request._request
    for name, values in sorted(form.POST.lists()):
        yield f"{name}={values!r}\n".encode()
    for name in sorted(form.FILES):
        for file in form.FILES.getlist(name):
            yield f"{name}={file.name}\n".encode()
            yield from file.chunks()
            file.seek(0)
