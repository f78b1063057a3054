"""Packs with what a brand asks for beyond them: wordings that it refuses, further requirements.

Stricter wins: a wording that the brand refuses is taken out of what the pack accepts. A wording
that counsel accepts beyond the pack is looser; it says so in its datum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from campaigns.disclosure import lexicon as lexicons
from campaigns.disclosure.files import names, read
from campaigns.disclosure.packs import Packs, build, standard
from campaigns.disclosure.placement import ADVICE, ELSEWHERE, RULES
from campaigns.disclosure.text import fold, key_of
from campaigns.disclosure.vocabulary import Confidence, Standing
from campaigns.disclosure.words import QUESTIONS

# Requirements that a brand may ask for anywhere, with the question that each one asks.
REQUIREMENTS: Mapping[str, str] = {
    rule: QUESTIONS[rule]
    for rule in (*RULES, "name_advertiser", "use_platform_tool")
    # These need details that only a pack has, or say nothing by themselves.
    if rule in QUESTIONS
    and rule not in ADVICE | {"min_duration", "retouch_mark", "video_rules", "per_follower_count"}
    and (rule in RULES or rule in ELSEWHERE)
}


@dataclass(frozen=True, slots=True)
class Addition:
    """One line that a brand adds. Either a wording with its standing, or a rule."""

    id: str
    jurisdiction: str
    text: str
    patterns: tuple[str, ...]
    standing: Standing | None  # None: a rule
    rule: str
    language: str | None
    reason: str
    # Who added it, where that is to be read, and since when it holds.
    source: str
    url: str
    since: str


def patterns_of(texts: Iterable[str]) -> tuple[str, ...]:
    """What to look for: "#tag" is a hashtag, words are words and the hashtag made of them."""
    found: list[str] = []
    for text in texts:
        plain = " ".join(text.split()).lower()
        if plain.startswith("#"):
            plain = plain.replace(" ", "")
        found.append(plain)
        if not plain.startswith("#") and key_of(plain):
            found.append(f"#{plain.replace(' ', '')}")
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=32)
def packs_with(additions: tuple[Addition, ...]) -> Packs:
    """The packs of the product with these additions. Raises PackRefused, PatternRefused."""
    if not additions:
        return standard()
    sources = deepcopy(read("sources.yaml"))
    for one in additions:
        sources["sources"][one.id] = {
            "name": one.source,
            "url": one.url,
            "date": one.since,
            "kind": "brand",
        }
    forms = []
    for name in names("jurisdictions"):
        form = read(name)
        mine = [one for one in additions if one.jurisdiction == form["key"]]
        if mine:
            _extend(form, mine)
        forms.append(form)
    return build(
        jurisdictions=forms,
        platforms=read("platforms.yaml"),
        sources=sources,
        baseline=read("baseline.yaml"),
        lexicon=lexicons.standard(),
    )


def _extend(form: dict[str, Any], additions: Sequence[Addition]) -> None:
    form["version"] = f"{form['version']}+{len(additions)}"
    refused = {
        _key(pattern)
        for one in additions
        if one.standing is Standing.INSUFFICIENT
        for pattern in one.patterns
    }
    for label in form["labels"]:
        if label["standing"] in {Standing.ACCEPTED, Standing.CONDITIONAL} and "match" in label:
            _take_out(label, refused)
    for one in additions:
        datum = {
            "note": one.reason,
            "src": [one.id],
            "confidence": Confidence.FOUND.value,
            "effective_from": one.since,
            "added": True,
        }
        if one.standing is None:
            form["placement"].append({"rule": one.rule} | datum)
        else:
            label = {"standing": one.standing.value, "text": one.text, "match": [*one.patterns]}
            if one.language:
                label["lang"] = one.language
            form["labels"].append(label | datum)


def _take_out(label: dict[str, Any], refused: set[str]) -> None:
    match = label["match"]
    if isinstance(match, dict):
        left: Any = {
            language: [pattern for pattern in patterns if _key(pattern) not in refused]
            for language, patterns in match.items()
        }
        is_same = left == match
    else:
        left = [pattern for pattern in match if _key(pattern) not in refused]
        is_same = left == match
    if not is_same:
        label["match"] = left
        # The line stays, so that the ones after it keep their numbers.
        label["covered_by"] = "a wording that the brand refuses"


def _key(pattern: str) -> str:
    return f"#{key_of(pattern[1:])}" if pattern.startswith("#") else fold(pattern)
