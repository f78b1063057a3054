"""Filters and tags that every template has: how numbers, moments and icons look."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.timesince import timesince

from crm.icons import ICONS, SPRITE
from crm.permissions import may as role_may
from crm.services.mentions import pieces

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.safestring import SafeString

    from crm.models import User

register = template.Library()

_STEPS = ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k"))


def not_known() -> SafeString:
    """Unknown is a word, never 0 or a dash."""
    return format_html('<span class="unknown">{}</span>', "not known")


@register.filter
def known(value: object) -> object:
    """The value, or the words "not known" for None and the empty string."""
    return not_known() if value is None or value == "" else value


@register.filter
def compact(value: float | None) -> SafeString | str:
    """A large number as 13.8M, one from ten on whole; with the exact figure on hover."""
    if value is None:
        return not_known()
    for size, letter in _STEPS:
        if abs(value) >= size:
            short = f"{value / size:.1f}".rstrip("0").rstrip(".")
            return format_html('<span title="{}">{}{}</span>', f"{value:,.0f}", short, letter)
    tenths = f"{value:,.1f}".removesuffix(".0")
    if abs(value) < 10 or "." not in tenths:
        return tenths
    return format_html('<span title="{}">{}</span>', tenths, f"{value:,.0f}")


@register.filter
def exact(value: float | None) -> SafeString | str:
    """A count with its thousands apart: 13,800."""
    return not_known() if value is None else f"{value:,}"


@register.filter
def took(milliseconds: int | None) -> SafeString | str:
    """How long something took: 850 ms, 12.1 s, 3 min 5 s."""
    if milliseconds is None:
        return not_known()
    if milliseconds < 1_000:
        return f"{milliseconds}\u202fms"
    seconds = milliseconds / 1_000
    if seconds < 60:
        return f"{seconds:.1f}\u202fs"
    return f"{seconds // 60:.0f}\u202fmin {seconds % 60:.0f}\u202fs"


@register.filter
def percent(value: float | None, digits: int = 2) -> SafeString | str:
    """A fraction as a percentage: 0.0325 is 3.25 %."""
    if value is None:
        return not_known()
    return f"{value * 100:.{digits}f}\u202f%"


@register.filter
def signed(value: float | None, digits: int = 1) -> SafeString | str:
    """A difference with its sign: +0.5; what rounds to nothing has none."""
    if value is None:
        return not_known()
    rounded = round(value, digits)
    return f"{rounded:+,.{digits}f}" if rounded else f"{0:.{digits}f}"


@register.filter
def ago(moment: datetime | None) -> SafeString:
    """A moment as "3 days ago", with the exact moment on hover."""
    if moment is None:
        return not_known()
    now = timezone.now()
    exact = timezone.localtime(moment)
    if moment > now:
        words = f"{exact:%-d %b %Y}"
    elif now - moment < timedelta(minutes=1):
        words = "just now"
    else:
        words = f"{timesince(moment, now, depth=1)} ago"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        exact.isoformat(),
        f"{exact:%-d %b %Y, %H:%M %Z}",
        words,
    )


@register.filter
def moment(text: str) -> datetime:
    """The moment that was kept as text (ISO 8601) among the inputs of a result."""
    return datetime.fromisoformat(text)


@register.filter
def day(moment: date | datetime | None) -> SafeString | str:
    """A date as 3 Mar 2026; of a moment, the day in the brand's time zone."""
    if moment is None:
        return not_known()
    if isinstance(moment, datetime):
        moment = timezone.localtime(moment)
    return f"{moment:%-d %b %Y}"


@register.filter
def web(address: str | None) -> str:
    """An address that was stored, where a page makes a link of it: http(s), else "" (no link).

    Each is looked at when it is taken; a link that runs a script must not hang on that alone.
    """
    return address if address and address.startswith(("https://", "http://")) else ""


@register.filter
def naming(text: str, handles: Mapping[str, User]) -> SafeString:
    """A text in which each @ that names a colleague stands out, with who that is on hover."""
    return format_html_join(
        "",
        "{}",
        (
            (format_html('<strong title="{}">{}</strong>', user.display_name, part),)
            if user
            else (part,)
            for part, user in pieces(text, handles)
        ),
    )


@register.filter
def may(role: str | None, can: str) -> bool:
    """Whether the role may do something: {% if role|may:"move_stages" %}."""
    return role_may(role, can)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon out of the sprite; with `label` it is read out, without it is decoration.

    Raises TemplateSyntaxError for an icon that is not in crm.icons.ICONS.
    """
    if name not in ICONS:
        msg = f"icon {name!r} is not in crm.icons.ICONS"
        raise template.TemplateSyntaxError(msg)
    address = f"{static(SPRITE)}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>',
            label,
            address,
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', address)


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: object) -> str:
    """The page's query string with some parameters changed (None takes one away), with its `?`."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}" if parameters else "?"


@register.simple_tag
def version() -> str:
    """The product's version."""
    return str(settings.RAPPORT_VERSION)
