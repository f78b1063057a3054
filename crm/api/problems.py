"""Every refusal of the API is a problem (RFC 9457) with a list of what to correct."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.core.exceptions import TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import APIException, ErrorDetail, ParseError, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from crm.limits import Busy

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request

MEDIA_TYPE = "application/problem+json"
PLAIN = "about:blank"
# Where the API is, and how much of an address below it is told back.
ROOT, ADDRESS_SHOWN = "/api/v1/", 200
INVALID = "urn:rapport:problem:invalid"
REFUSED = "urn:rapport:problem:refused"


@dataclass(frozen=True)
class Fault:
    """One thing to correct: `pointer` is a JSON pointer into the body, or ?name of the query."""

    pointer: str
    code: str
    message: str


class Refused(APIException):
    """A service said no to something well-formed: 409, with the service's words."""

    status_code = HTTPStatus.CONFLICT

    def __init__(self, reason: Exception | str, *, code: str) -> None:
        super().__init__(str(reason), code)
        self.faults = [Fault("", code, str(reason))]


class Forbidden(Refused):
    """A service said that somebody else may do it: 403, with the service's words."""

    status_code = HTTPStatus.FORBIDDEN


class BadQuery(APIException):
    """The query string cannot be used: 400, naming each parameter."""

    status_code = HTTPStatus.BAD_REQUEST

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("The query string cannot be used.", "invalid")
        self.faults = list(faults)

    @classmethod
    def of(cls, name: str, code: str, message: str) -> BadQuery:
        """For one parameter."""
        return cls([Fault(f"?{name}", code, message)])


class BadBody(APIException):
    """The body is well-formed JSON but cannot be used: 400, or another status where it says more.

    `faults` may hold more members than a Fault has, e.g. the position in a rule's text.
    """

    def __init__(
        self,
        faults: Sequence[Fault | Mapping[str, Any]],
        *,
        detail: str = "The body cannot be used.",
        status: HTTPStatus = HTTPStatus.BAD_REQUEST,
    ) -> None:
        self.status_code = status
        super().__init__(detail, "invalid")
        self.faults = list(faults)


def problem(
    status: int, *, detail: str = "", kind: str = PLAIN, faults: Sequence[object] = ()
) -> dict[str, Any]:
    """The members of a problem."""
    return {
        "type": kind,
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
        "errors": [asdict(fault) if isinstance(fault, Fault) else fault for fault in faults],
    }


def problem_details(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """Turn what a view raised into a problem; None for a fault of ours, which stays a 500."""
    if isinstance(exc, TooManyFieldsSent | TooManyFilesSent):
        # Django would answer with a page.
        exc = ParseError("The form has too many fields or files.")
    if isinstance(exc, Busy):
        exc = Refused(exc, code="busy")
    if isinstance(exc, Http404):
        exc = _missing(context.get("request"))
    response = exception_handler(exc, dict(context))
    if response is None:
        return None
    faults: Sequence[object] = getattr(exc, "faults", ())
    if isinstance(exc, ValidationError):
        faults = list(_faults(exc.detail, ""))
        detail = "The body cannot be used."
    else:
        detail = str(response.data.get("detail", ""))
    if isinstance(exc, ParseError):
        faults = [Fault("", "parse_error", detail)]
    kind = _kind_of(response.status_code)
    response.data = problem(response.status_code, detail=detail, kind=kind, faults=faults)
    response.content_type = MEDIA_TYPE
    return response


def _missing(request: Request | None) -> Http404:
    """Told by the address alone: words of a view may name what other brands have."""
    if request is None:  # A row of a batch: its place says which.
        return Http404("There is nothing here that this token may see.")
    address = request.path.removeprefix(ROOT).strip("/")[:ADDRESS_SHOWN]
    missing = Http404(f"There is no {address} that this token may see.")
    missing.faults = [Fault("", "not_found", str(missing))]  # type: ignore[attr-defined]
    return missing


@csrf_exempt  # a program that misspells an address has no form that could have expired
def not_found(request: HttpRequest, *_args: object, **_kwargs: object) -> JsonResponse:
    """For addresses below the API's root that lead nowhere."""
    return JsonResponse(
        problem(HTTPStatus.NOT_FOUND, detail="There is no such address in the API."),
        status=HTTPStatus.NOT_FOUND,
        content_type=MEDIA_TYPE,
    )


def _kind_of(status: int) -> str:
    if status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}:
        return INVALID
    return REFUSED if status == HTTPStatus.CONFLICT else PLAIN


def _faults(detail: object, pointer: str) -> Iterator[Fault]:
    """The leaves of a serializer's errors, each with its pointer."""
    if isinstance(detail, Mapping):
        for name, below in detail.items():
            at = pointer if name == "non_field_errors" else f"{pointer}/{_escaped(str(name))}"
            yield from _faults(below, at)
    elif isinstance(detail, list):
        for place, below in enumerate(detail):
            # A list of words belongs to its field; a list of dicts to the items of one.
            at = pointer if isinstance(below, ErrorDetail) else f"{pointer}/{place}"
            yield from _faults(below, at)
    elif isinstance(detail, ErrorDetail):
        yield Fault(pointer, str(detail.code), str(detail))


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
