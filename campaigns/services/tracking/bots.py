"""What follows a link without being a person, as far as it says so by its name.

The list of names is the package crawler-user-agents, which many keep up to date. Most of its
patterns are plain words: asked as such they cost a twentieth of one large expression. Browsers
inside apps (Instagram, TikTok) are people.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from campaigns.choices import ClickKind

_PREVIEW = "social-preview"
# What a pattern may say and still be a plain word.
_ESCAPED = re.compile(r"\\([^\w\s])")
_SPECIAL = frozenset(r"\^$.|?*+()[]{}")
# A longer name than any browser has is cut, or it would fill the memory of answers.
LONGEST = 500


@lru_cache(maxsize=8_192)
def kind_of(user_agent: str) -> ClickKind:
    """What a click counts as by the name that came with it; without a name it is a program."""
    name = user_agent[:LONGEST]
    if not name.strip():
        return ClickKind.BOT
    previews, programs, preview_forms, program_forms = _names()
    if any(word in name for word in previews) or preview_forms.search(name):
        return ClickKind.PREVIEW
    if any(word in name for word in programs) or program_forms.search(name):
        return ClickKind.BOT
    return ClickKind.PERSON


@cache
def _names() -> tuple[tuple[str, ...], tuple[str, ...], re.Pattern[str], re.Pattern[str]]:
    """Plain words and expressions: of previews, and of other programs."""
    # 1.5 MB of examples are read with it: when the first link is followed, not in every process.
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA  # noqa: PLC0415

    words: dict[bool, list[str]] = {True: [], False: []}
    forms: dict[bool, list[str]] = {True: [], False: []}
    for entry in CRAWLER_USER_AGENTS_DATA:
        is_preview = _PREVIEW in entry.get("tags", ())
        pattern = entry["pattern"]
        plain = _ESCAPED.sub("", pattern)
        if _SPECIAL.isdisjoint(plain):
            words[is_preview].append(_ESCAPED.sub(r"\1", pattern))
        else:
            forms[is_preview].append(f"(?:{pattern})")
    never = r"(?!)"
    return (
        tuple(words[True]),
        tuple(words[False]),
        re.compile("|".join(forms[True]) or never),
        re.compile("|".join(forms[False]) or never),
    )
