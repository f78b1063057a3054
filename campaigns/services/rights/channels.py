"""Where content can be shown: the platforms, and the brand's own and bought places besides."""

from __future__ import annotations

import re
from collections.abc import Mapping

from crm.models import Platform

# Keys that no platform has; the order is the form's.
OTHER: Mapping[str, str] = {
    "website": "Website",
    "online_shop": "Online shop",
    "newsletter": "Newsletter",
    "display": "Display advertising",
    "retail": "Shops and points of sale",
    "print": "Print",
    "out_of_home": "Posters (out of home)",
    "television": "Television and cinema",
    "press": "Press and PR",
    "internal": "Inside the company",
}
_ALL = frozenset({"all", "all channels", "everywhere"})
_APART = re.compile(r"\s*(?:[,;/+&\n]|\band\b)\s*", re.IGNORECASE)


def channels() -> dict[str, str]:
    """Key and name of each channel: platforms first. One query."""
    return dict(Platform.objects.values_list("key", "name")) | dict(OTHER)


def names(keys: list[str], known: Mapping[str, str]) -> str:
    """Channels in words: "Instagram, Website"; nothing: all of them."""
    return ", ".join(known.get(key, key) for key in keys) if keys else "all channels"


def read(words: str, known: Mapping[str, str]) -> tuple[list[str], str]:
    """Channels named in a text, or the text itself where any part of it is none of them."""
    text = " ".join(words.split())
    if not text or text.casefold() in _ALL:
        return [], ""
    by_name = {name.casefold(): key for key, name in known.items()} | {key: key for key in known}
    found = [by_name.get(part.casefold(), "") for part in _APART.split(text)]
    return (found, "") if all(found) else ([], text)
