"""What people and programs are told when something that we stand on is away: 503, try again.

Django calls `server_error` for every exception that nobody handled, wherever it was raised, after
it was logged and Sentry has heard of it. Nothing here asks a database, a cache or a session.
"""

from __future__ import annotations

import errno
import sys
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import psycopg
import redis
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from kombu.exceptions import OperationalError as BrokerError

from crm.api.problems import MEDIA_TYPE, problem

if TYPE_CHECKING:
    from django.http import HttpRequest

RETRY_SECONDS = 10
API = "/api/"
# The database: not there, starting, too many connections, disk full, a deadlock, a time limit.
_AWAY = (
    OperationalError,
    InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    redis.ConnectionError,
    redis.TimeoutError,
    redis.exceptions.OutOfMemoryError,
    redis.exceptions.ReadOnlyError,
    BrokerError,
)
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True)
class Told:
    """What is said of a fault, and after how many seconds asking again makes sense."""

    status: HTTPStatus
    title: str
    detail: str
    retry_after: int | None = None


_UNAVAILABLE = Told(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Rapport cannot answer this moment",
    "A part that it needs is starting again or away. Nothing is kept half: what you sent was done"
    " whole or not at all. Try again in a few seconds, and look first whether it was done.",
    RETRY_SECONDS,
)
_STORAGE_FULL = Told(
    HTTPStatus.INSUFFICIENT_STORAGE,
    "There is no room left for files",
    "The file was not kept, and nothing else was changed. Tell whoever runs this server; everything"
    " that needs no new file works on.",
)
_BROKEN = Told(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "Something broke on our side",
    "Nothing of what you sent was kept half. The error is in the server's log.",
)


def told_of(error: BaseException | None) -> Told:
    """What is said of an exception that nobody handled."""
    if isinstance(error, _AWAY):
        return _UNAVAILABLE
    if isinstance(error, OSError) and error.errno in _FULL:
        return _STORAGE_FULL
    return _BROKEN


def server_error(request: HttpRequest) -> HttpResponse:
    """The page, or over REST the problem, for the exception that is being handled."""
    told = told_of(sys.exc_info()[1])
    answer = answer_of(request, told)
    if told.retry_after is not None:
        answer["Retry-After"] = str(told.retry_after)
    answer["Cache-Control"] = "no-store"
    return answer


def answer_of(request: HttpRequest, told: Told) -> HttpResponse:
    """The page that says it, or over REST the problem."""
    if request.path.startswith(API):
        members = problem(told.status, detail=told.detail)
        return JsonResponse(members, status=told.status, content_type=MEDIA_TYPE)
    return HttpResponse(render_to_string("fault.html", {"told": told}), status=told.status)
