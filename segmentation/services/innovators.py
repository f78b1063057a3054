"""The rule of innovators from a template: a fit score, and professions by keywords (F165)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from crm.fact_keys import OF_A_SCORE
from crm.models import Brand, User
from crm.services.reviews.forms import newest_form
from segmentation.facts.catalogue import catalogue
from segmentation.models import Segment, SegmentVersion
from segmentation.rules import text
from segmentation.rules.facts import Fact, FactType
from segmentation.services.edits import EditRefused
from segmentation.services.segments import save_draft

# Of makers: what the document names, and what such people write of themselves.
KEYWORDS = (
    *("engineer", "inventor", "developer", "product manage", "product design", "founder"),
    *("scientist", "researcher", "maker", "hardware"),
)
MOST = 30
# Results of vettings are facts whose keys begin so.
OF_A_REVIEW = "review_"
# What a keyword may be: it is written into a rule between quotes.
_KEYWORD = re.compile(r"[\w][\w .+&'/-]{1,39}")


def rule_of(*, fit: str, least: float, keywords: Sequence[str]) -> str:
    """The rule as text. `fit` is the key of a number fact. Raises EditRefused."""
    wanted = list(dict.fromkeys(" ".join(one.split()).lower() for one in keywords if one.strip()))
    if not wanted:
        raise EditRefused("Name at least one profession.", code="needed", field="keywords")
    if len(wanted) > MOST:
        raise EditRefused(f"{MOST} keywords are the most.", code="too_many", field="keywords")
    for one in wanted:
        if not _KEYWORD.fullmatch(one):
            raise EditRefused(
                f"“{one}” cannot be a keyword: 2 to 40 letters, digits, spaces and . + & ' / -.",
                code="invalid",
                field="keywords",
            )
    professions = " or ".join(f'profession contains "{one}"' for one in wanted)
    return f"{fit} >= {least:g} and ({professions})"


def fits_of(brand: Brand) -> list[Fact]:
    """The facts of which much says that a creator fits: the brand's scores, and what reviewers
    found, but for criteria of which little is good (risk)."""
    form = newest_form(brand)
    lines = form.lines_in_order() if form else []
    reverse = {line.criterion.field_key for line in lines if line.wants_little}
    return [
        fact
        for fact in catalogue(brand).values()
        if fact.type == FactType.NUMBER
        and fact.key.startswith((OF_A_SCORE, OF_A_REVIEW))
        and fact.key not in reverse
    ]


def draft(
    *,
    segment: Segment,
    fit: str,
    least: float,
    keywords: Sequence[str],
    actor: User,
    at: datetime,
) -> SegmentVersion:
    """Keep the rule as a draft of a persona; no run uses it before somebody activates it.

    Raises EditRefused, SegmentRefused.
    """
    fact = next((one for one in fits_of(segment.brand) if one.key == fit), None)
    if fact is None:
        raise EditRefused("Choose a score.", code="unknown_fact", field="fit")
    if (fact.minimum is not None and least < fact.minimum) or (
        fact.maximum is not None and least > fact.maximum
    ):
        raise EditRefused(
            f"{fact.label} goes from {fact.minimum:g} to {fact.maximum:g}.",
            code="out_of_range",
            field="least",
        )
    rule = text.parse(rule_of(fit=fit, least=least, keywords=keywords))
    return save_draft(segment_id=segment.pk, rule=rule, actor=actor, at=at)
