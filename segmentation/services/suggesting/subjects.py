"""The facts of which values are suggested, and what may be said of each.

A closed list: what creators do and in which language. Words could also be made to tell what
somebody believes or suffers from; nobody is to guess that, so a brand's own fields are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import pycountry

from crm.choices import FieldType
from crm.models import Brand, CustomField, Niche
from segmentation.classifying.lexicon import lexicon_of

FIELDS = ("content_role", "themes", "production_style")
NICHES, LANGUAGE = "niches", "language"
FACTS = ("niches", "content_role", "themes", "production_style", "language")


@dataclass(frozen=True)
class Subject:
    """A fact of which values are suggested.

    values   what may be said, with what people call it; where `is_free` also any other word
    is_set   whether a creator may have several
    field    the brand's field that holds it; None: niches and the language are shared by all brands
    """

    fact: str
    label: str
    values: Mapping[str, str]
    is_set: bool = False
    is_free: bool = False
    field: CustomField | None = field(default=None)

    def name_of(self, value: str) -> str:
        """What people call a value."""
        return self.values.get(value, value)

    def allows(self, value: str) -> bool:
        """Whether a classifier may suggest it."""
        return self.is_free or value in self.values


def subjects_of(brand: Brand) -> dict[str, Subject]:
    """By fact, in the order in which people see them. Two statements."""
    fields = {
        one.key: one
        for one in CustomField.objects.filter(
            brand=brand, key__in=FIELDS, is_standard=True
        ).in_use()
    }
    found = {NICHES: _niches()}
    for key in FIELDS:
        if key in fields:
            found[key] = _of_field(fields[key])
    found[LANGUAGE] = Subject(LANGUAGE, "Language", languages())
    return found


def _of_field(one: CustomField) -> Subject:
    is_set = one.type == FieldType.SET
    return Subject(
        one.key,
        one.label,
        one.labels or {value: value for value in _listed(one.key)},
        is_set=is_set,
        is_free=is_set and not one.choices,
        field=one,
    )


def _niches() -> Subject:
    named = dict(Niche.objects.order_by("label", "pk").values_list("key", "label"))
    missing = {key: niche_label(key) for key in _listed(NICHES) if key not in named}
    return Subject(NICHES, "Niches", named | missing, is_set=True)


def _listed(fact: str) -> list[str]:
    lexicon = lexicon_of(fact)
    return [] if lexicon is None else lexicon.values


def niche_label(key: str) -> str:
    """What a niche of the word list is called: "Film and tv"."""
    return key.replace("_", " and ").capitalize()


@cache
def languages() -> Mapping[str, str]:
    """ISO 639-1 codes with their English names."""
    named = {one.alpha_2: one.name for one in pycountry.languages if hasattr(one, "alpha_2")}
    return dict(sorted(named.items(), key=lambda one: one[1]))
