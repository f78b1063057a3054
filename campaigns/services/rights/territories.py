"""Where rights hold: countries by their ISO codes, and groups that stand for several of them.

A group is replaced by its countries when it is entered: who joins or leaves it later changes
nothing about what was agreed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import pycountry

# As of January 2026; DACH and the Nordics as the trade uses the words.
GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "EU": (
        "the European Union",
        (
            "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
            "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
        ),
    ),
    "DACH": ("Germany, Austria, Switzerland", ("AT", "CH", "DE")),
    "NORDICS": ("the Nordic countries", ("DK", "FI", "IS", "NO", "SE")),
}  # fmt: skip
_WORLD = frozenset({"world", "worldwide", "everywhere", "global", "globally", "all countries"})
_APART = re.compile(r"\s*(?:[,;/+&\n]|\band\b)\s*", re.IGNORECASE)


@cache
def countries() -> Mapping[str, str]:
    """Name of each country by its code, in the order of the names."""
    found = {
        str(country.alpha_2): str(getattr(country, "common_name", country.name))
        for country in pycountry.countries
    }
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def expanded(keys: Iterable[str]) -> list[str]:
    """Codes of countries, each once and in order; groups are replaced by theirs."""
    found: set[str] = set()
    for key in keys:
        name = key.strip().upper()
        found.update(GROUPS[name][1] if name in GROUPS else (name,))
    return sorted(found)


def names(codes: Sequence[str]) -> str:
    """Countries in words, a whole group by its name: "European Union, Norway"; none: worldwide."""
    if not codes:
        return "worldwide"
    left, words = set(codes), []
    for name, members in GROUPS.values():
        if left.issuperset(members):
            words.append(name)
            left.difference_update(members)
    known = countries()
    return ", ".join([*words, *sorted(known.get(code, code) for code in left)])


def read(words: str) -> tuple[list[str], str]:
    """Countries named in a text, or the text itself where any part of it is not a country.

    Nothing, or "worldwide", is everywhere: no country and no text.
    """
    text = " ".join(words.split())
    if not text or text.lower() in _WORLD:
        return [], ""
    found: list[str] = []
    for part in _APART.split(text):
        codes = _codes(part)
        if not codes:
            return [], text
        found += codes
    return expanded(found), ""


def _codes(part: str) -> Sequence[str]:
    for key, (name, members) in GROUPS.items():
        if part.casefold() in {
            key.casefold(),
            name.removeprefix("the ").casefold(),
            name.casefold(),
        }:
            return members
    try:
        # Exact codes and names only: a guess would be an agreement nobody made.
        return [str(pycountry.countries.lookup(part).alpha_2)]
    except LookupError:
        by_name = {name.casefold(): code for code, name in countries().items()}
        code = by_name.get(part.casefold())
        return [code] if code else []
