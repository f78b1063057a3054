"""A brand's clauses: the newest version of each, or the text that the product brings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from campaigns.choices import ClauseWhen
from campaigns.models import Clause
from campaigns.services.contracts.terms import Terms
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm import audit
from crm.data_files import read_yaml
from crm.models import Brand, User

FILE = Path(__file__).with_name("clauses.yaml")
HEADING_MAX, TEXT_MAX, CLAUSES_MAX = 120, 5_000, 100
FIELD = re.compile(r"\{\{\s*(\w*)\s*\}\}")
# What a clause can have filled in, and what that is.
FIELDS = {
    "brand": "the brand's legal name",
    "creator": "the creator's legal name",
    "campaign": "the campaign",
    "total": "the fee with its currency",
    "review_days": "“5 working days”",
    "revision_rounds": "“up to two times”",
    "kill_fees": "the share of the fee by stage",
    "ownership": "whose the content is, as a sentence",
    "ai_use": "what AI may be used for, as a sentence",
    "exclusive_for": "the category of the exclusivity",
    "exclusive_window": "“From 1 March 2027 to 30 June 2027”",
    "competitors": "“, in particular not for …”, or nothing",
    "claims": "the claims of the terms",
    "studio": "who owns a virtual creator",
    "guardian": "who consents for a minor",
    "embargo_until": "the end of the embargo",
    "notice_days": "“14 days' notice”",
    "law": "the country whose law applies",
}


@dataclass(frozen=True)
class Wording:
    """A clause as contracts have it now. `number` 0: as the product brings it."""

    key: str
    number: int
    heading: str
    text: str
    when: str
    is_used: bool = True

    @property
    def when_words(self) -> str:
        """In which contracts it stands."""
        return ClauseWhen(self.when).label


@dataclass(frozen=True)
class Defaults:
    """What the product brings."""

    notice: str
    clauses: Mapping[str, Wording]


@cache
def defaults() -> Defaults:
    """The clauses of the file, in its order."""
    form = read_yaml(FILE)
    return Defaults(
        form["notice"],
        {
            row["key"]: Wording(row["key"], 0, row["heading"], row["text"], row["when"])
            for row in form["clauses"]
        },
    )


def wordings_of(brand: Brand) -> list[Wording]:
    """Every clause of a brand, used or not, in the product's order; then its own. One query."""
    newest = {
        row.key: Wording(row.key, row.number, row.heading, row.text, row.when, row.is_used)
        for row in Clause.objects.filter(brand=brand).order_by("key", "-number").distinct("key")
    }
    own = [newest[key] for key in newest if key not in defaults().clauses]
    return [newest.get(key, clause) for key, clause in defaults().clauses.items()] + own


def wordings_for(brand: Brand, terms: Terms) -> list[Wording]:
    """Those that stand in a contract of these terms."""
    return [row for row in wordings_of(brand) if row.is_used and stands(row.when, terms)]


def stands(when: str, terms: Terms) -> bool:
    """Whether a clause of this kind stands in a contract of these terms."""
    return {
        ClauseWhen.ALWAYS: True,
        ClauseWhen.RIGHTS: bool(terms.rights),
        ClauseWhen.EXCLUSIVE: bool(terms.exclusive_for),
        ClauseWhen.KILL_FEE: bool(terms.kill_fees),
        ClauseWhen.CLAIMS: bool(terms.claims),
        ClauseWhen.EMBARGO: terms.embargo_until is not None,
        ClauseWhen.MINOR: terms.is_minor,
        ClauseWhen.VIRTUAL: terms.is_virtual,
        ClauseWhen.EQUITY: terms.has_equity,
        ClauseWhen.WHITELISTING: terms.has_whitelisting,
    }[ClauseWhen(when)]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields filled in; what is in the values is never read as a field."""
    return FIELD.sub(lambda match: values[match.group(1)], text)


def history_of(brand: Brand, key: str) -> list[Clause]:
    """The brand's versions of a clause, the newest first."""
    rows = Clause.objects.filter(brand=brand, key=key).select_related("author")
    return list(rows.order_by("-number"))


@transaction.atomic
def word(
    *,
    brand: Brand,
    key: str,
    heading: str,
    text: str,
    when: str,
    is_used: bool,
    actor: User,
    at: datetime,
    expected_number: int,
) -> Clause:
    """Write a version of a clause; an empty key makes a new clause of the brand.

    Contracts that were sent keep their words. Raises CampaignRefused, CampaignOutdated.
    """
    # One writer of a brand's clauses at a time: the number of a version is counted.
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    heading = " ".join(heading.replace("\0", "").split())
    text = text.replace("\0", "").replace("\r\n", "\n").strip()
    _check(heading, text, when)
    known = {row.key for row in wordings_of(brand)}
    if not key:
        if len(known) >= CLAUSES_MAX:
            raise CampaignRefused(f"{CLAUSES_MAX} clauses are the most.")
        key = _free_key(heading, known)
    elif key not in known:
        raise CampaignRefused("There is no such clause.")
    newest = Clause.objects.filter(brand=brand, key=key).aggregate(Max("number"))["number__max"]
    if (newest or 0) != expected_number:
        raise CampaignOutdated(
            "Somebody worded this clause anew since you loaded the page; nothing of yours was "
            "saved."
        )
    made = Clause.objects.create(
        brand=brand,
        key=key,
        number=expected_number + 1,
        heading=heading,
        text=text,
        when=when,
        is_used=is_used,
        author=actor,
        created_at=at,
    )
    audit.record(
        brand=brand,
        verb="campaigns.clause.worded",
        target=made,
        actor=actor,
        at=at,
        data={"key": key, "number": made.number, "is_used": is_used},
        label=heading,
    )
    return made


def _check(heading: str, text: str, when: str) -> None:
    if not heading or len(heading) > HEADING_MAX:
        raise CampaignRefused(f"A heading has 1 to {HEADING_MAX} characters.", field="heading")
    if not text or len(text) > TEXT_MAX:
        raise CampaignRefused(f"A clause has 1 to {TEXT_MAX:,} characters.", field="text")
    if when not in ClauseWhen.values:
        raise CampaignRefused("Choose in which contracts it stands.", field="when")
    for name in FIELD.findall(text):
        if name not in FIELDS:
            raise CampaignRefused(
                f"“{name}” cannot be filled in. There is: {', '.join(FIELDS)}.", field="text"
            )


def _free_key(heading: str, known: set[str]) -> str:
    stem = slugify(heading)[:34].strip("-") or "clause"
    key, number = f"own-{stem}"[:38], 2
    while key in known:
        key, number = f"own-{stem}"[:35] + f"-{number}", number + 1
    return key
