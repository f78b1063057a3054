"""Which details of an act are facts of the product, and which may be about a person.

A fact is in the chain for ever. Whatever may be personal has to be erasable, so it is kept as text.
Nobody who records an act has to think of it: numbers, days, yes and no, and members of enums are
facts; any other text is personal unless it stands under one of the names below.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

# Details whose text names something of the product: a key, a state, a rule. What a person typed
# about another person stands under none of these names.
_NAMES = """
    act adopted as_drafts basis campaign changed channel choices colour consent_version country
    creator criteria currency days digest dimension engine field fields finding form format from
    gate gates gone_uid hash held item jurisdiction key keys kind language legal_always list moved
    order origin pack period platform purpose result risk role rule rules scheme scopes seed
    segment sequence severity source stage state status step tag tier timezone to_stage together
    trigger type usage verdict version weights
"""
FACTS = frozenset(_NAMES.split())
_WORDLESS = (bool, int, float, Decimal, date, time, timedelta, UUID, Enum)


def split(data: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The facts of `data`, and what may be personal."""
    facts: dict[str, Any] = {}
    personal: dict[str, Any] = {}
    for key, value in data.items():
        (facts if key in FACTS or _is_wordless(value) else personal)[key] = value
    return facts, personal


def _is_wordless(value: object) -> bool:
    # An enum of text is a text as well, which is why this is asked first.
    if value is None or value == "" or isinstance(value, _WORDLESS):
        return True
    if isinstance(value, str):
        return False
    if isinstance(value, Mapping):
        return all(_is_wordless(item) for item in value.values())
    return isinstance(value, Iterable) and all(_is_wordless(item) for item in value)
