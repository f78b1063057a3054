"""Who sends a public form: a browser that did the work, from a network that does not flood us."""

from __future__ import annotations

import logging
from datetime import datetime
from http import HTTPStatus
from ipaddress import ip_address

from django import forms
from django.conf import settings
from django.http import HttpRequest
from redis.exceptions import RedisError

from crm.public_forms import limits, proof
from crm.styled import put_error

logger = logging.getLogger(__name__)

EXTRA = (
    "A field that nobody sees was filled in, as programs do. It is empty again now: send the form "
    "once more."
)
BUSY = (
    "We cannot take forms this moment. Nothing that you wrote is lost: send it again in a few "
    "minutes."
)
# What a view catches around `let_in`, and gives to `explain`.
SHUT = (limits.TooMany, proof.ProofRefused, RedisError)


def let_in(request: HttpRequest, *, payload: str, place: str, email: str, at: datetime) -> int:
    """Count the form and use its puzzle up; the number of the words of consent that it showed.

    Raises one of SHUT.
    """
    shown = proof.check(payload, place, at)
    network = limits.network_of(address_of(request))
    limits.count(place=place, network=network, email=email, at=at)
    proof.spend(shown)
    return shown.consent_version


def explain(form: forms.BaseForm, shut: Exception) -> tuple[HTTPStatus, dict[str, str]]:
    """Say on the form why it was not taken; the status and the headers of the answer."""
    if isinstance(shut, limits.TooMany):
        put_error(form, "", str(shut))
        return HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(shut.seconds)}
    if isinstance(shut, proof.ProofRefused):
        put_error(form, "", str(shut))
        return HTTPStatus.UNPROCESSABLE_ENTITY, {}
    # What cannot be counted is not taken: else a broken cache would open the door.
    logger.error("The cache does not answer: a form was not taken.", exc_info=shut)
    put_error(form, "", BUSY)
    return HTTPStatus.SERVICE_UNAVAILABLE, {}


def address_of(request: HttpRequest) -> str:
    """From where the request came; behind proxies of ours, what the outermost of them saw."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    proxies: int = settings.PROXIES
    if proxies and len(hops) >= proxies and is_ip(hops[-proxies]):
        return hops[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))


def is_ip(text: str) -> bool:
    """Whether it is an address at all: some proxies add a port, or write "unknown"."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
