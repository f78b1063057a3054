"""Categories of goods that have rules of their own, and what people call them."""

from __future__ import annotations

from collections.abc import Mapping

from campaigns.disclosure.packs import Packs

# Notes of packs that are about persons or advertising at large, not about the goods of a post.
NOT_GOODS = frozenset({"general", "qualification"})
_NAMES: Mapping[str, str] = {
    "ai_synthetic": "People made by AI",
    "alternative_medicine": "Alternative medicine",
    "body_image_retouch": "Retouched bodies and faces",
    "finance_crypto": "Finance and crypto",
    "food_hfss": "Food high in fat, salt or sugar",
    "minors": "Children and young people",
    "political": "Politics",
    "tobacco_vape": "Tobacco and vaping",
}


def goods_of(packs: Packs) -> list[str]:
    """The categories of goods that a campaign can be about."""
    return sorted(packs.categories - NOT_GOODS)


def goods_name(key: str) -> str:
    """What people call a category."""
    return _NAMES.get(key, key.replace("_", " ").capitalize())
