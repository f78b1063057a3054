"""Every page of a brand: its address, and who may do what there."""

from __future__ import annotations

from uuid import UUID

from django.urls import URLResolver, get_resolver, reverse

from crm.models import Brand
from tests.pages import campaigns, crm, segmentation
from tests.pages.roles import Access

UID = UUID("11111111-2222-4333-8444-555555555555")
NOTHING = 2**40

PAGES: dict[str, Access] = {**crm.PAGES, **campaigns.PAGES, **segmentation.PAGES}

KINDS = {
    "uid": UID,
    "other": UUID(int=1),
    "form": "csv",
    "jurisdiction": "DK",
    "name": "country",
    "fact": "niches",
    "pk": NOTHING,
    "number": 1,
    "turn": NOTHING,
    "file": NOTHING,
    "position": 1,
    "key": "some",
    "kind": "joined",
    "stage": "core",
    "section": "chase",
    "change": "owner",
    "act": "pin",
    "source": "task",
    "answer": "accept",
    "verdict": "confirm",
}


def brand_patterns():
    """Every named page below /<brand>/, with the converters of its address."""
    for resolver in get_resolver().url_patterns:
        if str(resolver.pattern) == "<slug:brand>/":
            yield from patterns_in(resolver, resolver.namespace)


def patterns_in(resolver, namespace):
    """The pages of a part of an app, which may be in a module of its own."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            for name, converters in patterns_in(pattern, namespace):
                yield name, pattern.pattern.converters | converters
        else:
            yield f"{namespace}:{pattern.name}", pattern.pattern.converters


PATTERNS = dict(brand_patterns())


def address(name: str, brand: Brand) -> str:
    kwargs = {argument: KINDS[argument] for argument in PATTERNS[name]}
    return reverse(name, kwargs={"brand": brand.slug} | kwargs)
