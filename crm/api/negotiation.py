"""In which form an answer is sent: nearly always there is but one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rest_framework.negotiation import DefaultContentNegotiation

if TYPE_CHECKING:
    from rest_framework.renderers import BaseRenderer
    from rest_framework.request import Request

ANYTHING = "*/*"


class Negotiation(DefaultContentNegotiation):
    """As REST framework has it, at once for who takes anything or names the form as it is named."""

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[Any, str]:
        """The renderer, and the media type to answer with; NotAcceptable where there is none."""
        first, *others = renderers
        accepted = request.META.get("HTTP_ACCEPT", ANYTHING)
        if not others and accepted in {ANYTHING, first.media_type}:
            return first, str(first.media_type)
        found: tuple[Any, str] = super().select_renderer(request, [first, *others], format_suffix)
        return found
