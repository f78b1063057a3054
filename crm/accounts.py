"""Log-in policy: who may have an account, from where somebody asks, where links in mails lead."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from axes.helpers import get_cool_off, get_lockout_message
from django.conf import settings
from django.http import HttpResponse

from crm.public_forms.gate import address_of

if TYPE_CHECKING:
    from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth ships no types
    """Refuses sign-up, counts attempts by who asks, and has mails lead to the installation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: `manage.py create_user` and admins make accounts."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """By which attempts are counted: behind proxies of ours not the proxy's own address."""
        return address_of(request)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Of the installation where it is known (RAPPORT_URL), not of the Host that asked."""
        url = str(super().get_reset_password_from_key_url(key))
        return urljoin(settings.RAPPORT_URL, urlsplit(url).path) if settings.RAPPORT_URL else url


def locked_out(request: HttpRequest, *_given: object) -> HttpResponse:
    """The answer where too many log-ins failed; each further one begins the wait anew."""
    wait = int(get_cool_off(request).total_seconds())
    return HttpResponse(get_lockout_message(), status=429, headers={"Retry-After": str(wait)})
