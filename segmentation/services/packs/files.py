"""Rule packs as they lie in segmentation/packs: a dimension and its segments, in YAML.

    key, version, source   its name, which wording of it this is, and where the idea comes from
    group                  sizes, dimensions or examples: where the list of packs shows it
    changes                {version: what it changed}, for those who have an older one
    dimension              name, description, exclusive, precedence, cadence, position
    segments               key, name, purpose, definition, primary_kpi, kpis, rule and, where it
                           differs from the usual: stay, minimum_stay_days, near_percent, unknown,
                           playbook (the columns of segmentation.models.Playbook)

Instead of segments a pack may have a template (`segment`) and `each`: the tiers of a `scheme`, or
the platforms, niches or regions of the brand's creators. Names in braces are filled in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pycountry
from django.db import transaction
from django.db.models import Count, QuerySet

from crm.data_files import read_yaml
from crm.models import Brand, Creator, Niche, Platform, Profile, Tier
from crm.performance import planned_for
from segmentation.choices import Cadence, UnknownPolicy
from segmentation.facts.measured import strength_key
from segmentation.rules import text, tree
from segmentation.rules.tree import All, Comparison, Op
from segmentation.services.wordings import NEAR_PERCENT, Wording

T = TypeVar("T")

FOLDER = Path(__file__).resolve().parents[2] / "packs"
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
# The regions with most creators; the others are too small to plan for.
MOST_REGIONS = 60


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
    wording: Wording
    definition: str = ""
    playbook: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rule(self) -> tree.Node:
        """Who belongs."""
        return self.wording.rule


@dataclass(frozen=True)
class Pack:
    """A pack as read from its file."""

    key: str
    version: int
    source: str
    dimension: Mapping[str, Any]
    form: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What people read: the name of its dimension."""
        return str(self.dimension["name"])

    @property
    def description(self) -> str:
        """What its dimension is about."""
        return str(self.dimension["description"]).strip()

    @property
    def group(self) -> str:
        """Where the list of packs shows it: sizes, dimensions or examples."""
        return str(self.form["group"])

    @property
    def changes(self) -> Mapping[int, str]:
        """What each version changed."""
        found: Mapping[int, str] = self.form.get("changes", {})
        return found

    @property
    def cadence(self) -> Cadence:
        """How often its dimension is evaluated anew."""
        return Cadence(self.dimension.get("cadence", Cadence.QUARTERLY))

    @property
    def origin(self) -> str:
        """What its dimension and segments are marked with."""
        return f"{self.key} v{self.version}"

    @property
    def grows(self) -> bool:
        """Whether the brand's own creators decide which segments there are."""
        return self.form.get("each") in {"niches", "platforms", "regions"}

    def worded(self, origin: str) -> bool:
        """Whether `origin` names this pack, of whatever version."""
        return origin.rpartition(" v")[0] == self.key


def names() -> list[str]:
    """The packs there are, in order of the alphabet."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def read(name: str) -> Pack:
    """The pack of that name. Raises PackUnknown."""
    if name not in names():
        raise PackUnknown(
            f"There is no pack {name!r}. There are: {', '.join([DEFAULT, *names()])}."
        )
    form = read_yaml(FOLDER / f"{name}.yaml")
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
            return [_draft(pack.form["segment"], _tier_words(tier)) for tier in ordered]
        case "platforms":
            return [_draft(pack.form["segment"], words) for words in _platform_words(brand)]
        case "niches":
            return [_draft(pack.form["segment"], words) for words in _niche_words(brand)]
        case "regions":
            return [_draft(pack.form["segment"], words) for words in _region_words(brand)]
        case _:
            return [_draft(form, {}) for form in pack.form["segments"]]


def _draft(form: Mapping[str, Any], words: Mapping[str, str]) -> SegmentDraft:
    """The segment that a form describes; a template's fields are filled in with `words`."""

    def filled(key: str, default: str = "") -> str:
        found = str(form.get(key, default))
        return (found.format(**words).replace(". .", "") if words else found).strip()

    stay = filled("stay")
    return SegmentDraft(
        key=filled("key"),
        name=filled("name")[:LONGEST_NAME],
        purpose=filled("purpose"),
        primary_kpi=form["primary_kpi"],
        kpis=tuple(form["kpis"]),
        wording=Wording(
            text.parse(filled("rule", "{rule}")),
            text.parse(stay) if stay else None,
            form.get("minimum_stay_days", 0),
            form.get("near_percent", NEAR_PERCENT),
            UnknownPolicy(form.get("unknown", UnknownPolicy.LEAVE_OUT)),
        ),
        definition=filled("definition"),
        playbook={
            key: value.strip() if isinstance(value, str) else value
            for key, value in form.get("playbook", {}).items()
        },
    )


def _is_flag(tier: Tier) -> bool:
    return tier.low is None and tier.high is None


def _tier_words(tier: Tier) -> dict[str, str]:
    return {
        "key": tier.key,
        "name": tier.name,
        "best_use": tier.best_use,
        "advantages": tier.advantages,
        "range": _tier_range(tier),
        "rule": text.print_rule(_tier_rule(tier)),
    }


def _tier_range(tier: Tier) -> str:
    if _is_flag(tier):
        return "Creators whom somebody marked as a celebrity"
    if tier.high is None:
        return f"{tier.low:,} followers and more"
    return f"{tier.low or 0:,} to {tier.high - 1:,} followers"


def _tier_rule(tier: Tier) -> tree.Node:
    """Followers from `low` (included) to `high` (not included); without bounds the flag."""
    if _is_flag(tier):
        # Nobody said: not marked, hence not a celebrity rather than unknown.
        flag = "is_celebrity"
        return All((Comparison(flag, Op.IS_KNOWN), Comparison(flag, Op.IS, True)))
    bounds = []
    if tier.low:
        bounds.append(Comparison("followers", Op.GE, tier.low))
    if tier.high is not None:
        bounds.append(Comparison("followers", Op.LT, tier.high))
    if not bounds:
        return Comparison("followers", Op.IS_KNOWN)
    return All(tuple(bounds)) if len(bounds) > 1 else bounds[0]


def _creators_of(brand: Brand) -> Any:
    return Creator.objects.of_brand(brand).values("pk")


def _of_everybody(rows: QuerySet[Any, T]) -> list[T]:
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


def _region_words(brand: Brand) -> Iterator[dict[str, str]]:
    """Country with language, as the brand's creators have them; alone where no language is known.

    Those with most creators, in order of their names.
    """
    known = Creator.objects.of_brand(brand).exclude(country="")
    counted = known.values_list("country", "language").annotate(n=Count("pk"))
    found = _of_everybody(counted.order_by("-n", "country", "language")[:MOST_REGIONS])
    spoken = {country for country, language, _ in found if language}
    regions = [
        (_country_name(country), _language_name(language), country, language)
        for country, language, _ in found
        if language or country not in spoken
    ]
    for name, tongue, country, language in sorted(regions):
        rule = f"country is {json.dumps(country)}"
        if language:
            rule += f" and language is {json.dumps(language)}"
        key = "-".join(filter(None, [country.lower(), language.lower()]))
        yield {"slug": key, "name": f"{name}, {tongue}" if tongue else name, "rule": rule}


def _country_name(code: str) -> str:
    found = pycountry.countries.get(alpha_2=code)
    return str(found.name) if found else code


def _language_name(tag: str) -> str:
    """The name of a language tag's language: "Portuguese (pt-br)" for one with a region."""
    base, _, rest = tag.partition("-")
    names = {"alpha_2": base} if len(base) == 2 else {"alpha_3": base}
    found = pycountry.languages.get(**names) if tag else None
    if found is None:
        return tag
    return f"{found.name} ({tag})" if rest else str(found.name)


def _words(key: str, name: str, number: int, prefix: str) -> dict[str, str]:
    """What a template may name; a key too long for a segment's gives way to its number."""
    slug = key if len(prefix + key) <= LONGEST_KEY else str(number)
    return {"key": key, "slug": slug, "name": name, "quoted": json.dumps(key, ensure_ascii=False)}
