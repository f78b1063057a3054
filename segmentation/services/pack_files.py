"""Rule packs as they lie in segmentation/packs: a dimension and its segments, in YAML.

A pack lists its segments, or has a template and `each`: tiers of a scheme, the platforms or the
niches of the brand's creators. Names of the template's fields, in braces, are filled in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from django.db import models, transaction
from django.db.models import QuerySet

from crm.models import Brand, Creator, Niche, Platform, Profile, Tier
from crm.performance import planned_for
from segmentation.facts.catalogue import strength_key
from segmentation.rules import text, tree
from segmentation.rules.tree import All, Comparison, Op

T = TypeVar("T", bound=models.Model)

FOLDER = Path(__file__).resolve().parent.parent / "packs"
# What a new brand gets: both size schemes of the documents and the dimensions that need no setting.
DEFAULT = "default"
DEFAULT_PACKS = (
    "size_glossary_6",
    "size_harvard_media",
    "platform_strength",
    "niche",
    "relationship_stage",
    "personas",
)
LONGEST_KEY = 60
LONGEST_NAME = 120


class PackUnknown(Exception):
    """There is no pack of that name; the message is fit for the user."""


@dataclass(frozen=True)
class SegmentDraft:
    """A segment as a pack has it, ready to be made."""

    key: str
    name: str
    purpose: str
    primary_kpi: str
    kpis: tuple[str, ...]
    rule: tree.Node


@dataclass(frozen=True)
class Pack:
    """A pack as read from its file."""

    key: str
    version: int
    source: str
    dimension: Mapping[str, Any]
    form: Mapping[str, Any]

    @property
    def origin(self) -> str:
        """What its dimension and segments are marked with."""
        return f"{self.key} v{self.version}"

    @property
    def grows(self) -> bool:
        """Whether the brand's own creators decide which segments there are."""
        return self.form.get("each") in {"niches", "platforms"}


def names() -> list[str]:
    """The packs there are, in order of the alphabet."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def read(name: str) -> Pack:
    """The pack of that name. Raises PackUnknown."""
    if name not in names():
        raise PackUnknown(
            f"There is no pack {name!r}. There are: {', '.join([DEFAULT, *names()])}."
        )
    form = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return Pack(form["key"], form["version"], form["source"], form["dimension"], form)


def packs_named(name: str) -> list[Pack]:
    """The pack of that name, or those of the default set."""
    return [read(one) for one in (DEFAULT_PACKS if name == DEFAULT else [name])]


def drafts(pack: Pack, brand: Brand) -> list[SegmentDraft]:
    """The segments of a pack for a brand, in order of precedence."""
    match pack.form.get("each"):
        case "tiers":
            tiers = Tier.objects.filter(scheme__key=pack.form["scheme"])
            # The flag overrides the count, so it comes first.
            ordered = sorted(tiers, key=lambda tier: (not _is_flag(tier), tier.position))
            return [_filled(pack, _tier_words(tier), _tier_rule(tier)) for tier in ordered]
        case "platforms":
            return [_filled(pack, words) for words in _platform_words(brand)]
        case "niches":
            return [_filled(pack, words) for words in _niche_words(brand)]
        case _:
            return [_listed(form) for form in pack.form["segments"]]


def _listed(form: Mapping[str, Any]) -> SegmentDraft:
    return SegmentDraft(
        key=form["key"],
        name=form["name"],
        purpose=form["purpose"].strip(),
        primary_kpi=form["primary_kpi"],
        kpis=tuple(form["kpis"]),
        rule=text.parse(form["rule"]),
    )


def _filled(pack: Pack, words: Mapping[str, str], rule: tree.Node | None = None) -> SegmentDraft:
    form = pack.form["segment"]
    return SegmentDraft(
        key=form["key"].format(**words),
        name=form["name"].format(**words)[:LONGEST_NAME],
        purpose=form["purpose"].format(**words).replace(". .", "").strip(),
        primary_kpi=form["primary_kpi"],
        kpis=tuple(form["kpis"]),
        rule=text.parse(form["rule"].format(**words)) if rule is None else rule,
    )


def _is_flag(tier: Tier) -> bool:
    return tier.low is None and tier.high is None


def _tier_words(tier: Tier) -> dict[str, str]:
    return {
        "key": tier.key,
        "name": tier.name,
        "best_use": tier.best_use,
        "advantages": tier.advantages,
    }


def _tier_rule(tier: Tier) -> tree.Node:
    """Followers from `low` (included) to `high` (not included); without bounds the flag."""
    if _is_flag(tier):
        # Nobody said: not marked, hence not a celebrity rather than unknown.
        flag = "is_celebrity"
        return All((Comparison(flag, Op.IS_KNOWN), Comparison(flag, Op.IS, True)))
    bounds = []
    if tier.low is not None:
        bounds.append(Comparison("followers", Op.GE, tier.low))
    if tier.high is not None:
        bounds.append(Comparison("followers", Op.LT, tier.high))
    return All(tuple(bounds)) if len(bounds) > 1 else bounds[0]


def _creators_of(brand: Brand) -> Any:
    return Creator.objects.of_brand(brand).values("pk")


def _of_everybody(rows: QuerySet[T]) -> list[T]:
    """The rows, asked for in a way that is quick over all creators of a brand."""
    with transaction.atomic(), planned_for(None):
        return list(rows)


def _platform_words(brand: Brand) -> Iterator[dict[str, str]]:
    profiles = Profile.objects.filter(creator__in=_creators_of(brand)).values("platform")
    used = Platform.objects.filter(pk__in=profiles).order_by("position", "key")
    for platform in _of_everybody(used):
        yield {
            **_words(platform.key, platform.name, platform.number, "strong-"),
            "strength": strength_key(platform.key),
        }


def _niche_words(brand: Brand) -> Iterator[dict[str, str]]:
    named = Niche.objects.filter(creators__in=_creators_of(brand))
    for niche in _of_everybody(named.distinct().order_by("label", "pk")):
        yield _words(niche.key, niche.label, niche.pk, "niche-")


def _words(key: str, name: str, number: int, prefix: str) -> dict[str, str]:
    """What a template may name; a key too long for a segment's gives way to its number."""
    slug = key if len(prefix + key) <= LONGEST_KEY else str(number)
    return {"key": key, "slug": slug, "name": name, "quoted": json.dumps(key, ensure_ascii=False)}
