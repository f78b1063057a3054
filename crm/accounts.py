"""Log-in policy: accounts are made by an admin, not by signing up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.adapter import DefaultAccountAdapter

if TYPE_CHECKING:
    from django.http import HttpRequest


class ClosedSignupAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth ships no types
    """Refuses the sign-up page."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: `manage.py create_user` and admins make accounts."""
        return False
