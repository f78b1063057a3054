"""Make lists of search words, and say for which campaign or brief they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from campaigns.choices import SearchIntent, WordLanguage
from campaigns.models import Brief, Campaign, Keyword, KeywordAssignment, KeywordList
from campaigns.services.keywords.text import folded
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.models import Brand, User

QUERY_MAX = 200
LIST_MAX = 5_000
LISTS_MAX = 200
VOLUME_MAX = 2**31 - 1


class KeywordsRefused(CampaignRefused):
    """Nothing was kept. `place` says which of the words, from 0; None: none of them by itself."""

    def __init__(
        self, message: str, *, code: str, field: str = "", place: int | None = None
    ) -> None:
        super().__init__(message, code=code, field=field)
        self.place = place


@dataclass(frozen=True)
class Searched:
    """What people type into a search. `volume` is searches a month; None and "": not known."""

    query: str
    volume: int | None = None
    intent: str = ""


@transaction.atomic
def create_list(
    *,
    brand: Brand,
    name: str,
    language: WordLanguage,
    words: Sequence[Searched],
    actor: User | None,
    at: datetime,
    file_name: str = "",
) -> KeywordList:
    """A new list with these words, all of them or none. Raises KeywordsRefused."""
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    name = " ".join(name.split())
    if not name or len(name) > 120:
        msg = "A list has a name of 120 characters at most."
        raise KeywordsRefused(msg, code="name_needed", field="name")
    held = KeywordList.objects.filter(brand=brand)
    if held.filter(name__iexact=name).exists():
        msg = "There is a list of this name already."
        raise KeywordsRefused(msg, code="name_taken", field="name")
    if held.count() >= LISTS_MAX:
        msg = f"A brand has {LISTS_MAX} lists at most: remove one first."
        raise KeywordsRefused(msg, code="too_many")
    made = KeywordList.objects.create(
        brand=brand,
        name=name,
        language=language,
        file_name=file_name[:255],
        created_by=actor,
        created_at=at,
    )
    new = _add(made, words, at=at)
    audit.record(
        brand=brand,
        verb="campaigns.keywords.list_made",
        target=made,
        actor=actor,
        at=at,
        data={"words": new, "language": language, "file": file_name},
    )
    return made


@transaction.atomic
def add_words(
    *, keyword_list: KeywordList, words: Sequence[Searched], actor: User | None, at: datetime
) -> int:
    """Put further words on a list; one that is there gets the numbers that are told now.

    Returns how many are new. Raises KeywordsRefused.
    """
    found = KeywordList.objects.select_for_update(no_key=True).get(pk=keyword_list.pk)
    new = _add(found, words, at=at)
    audit.record(
        brand=found.brand,
        verb="campaigns.keywords.words_added",
        target=found,
        actor=actor,
        at=at,
        data={"told": len(words), "new": new},
    )
    return new


@transaction.atomic
def remove_list(*, keyword_list: KeywordList, actor: User | None, at: datetime) -> None:
    """Delete a list with its words and what they were assigned to."""
    found = KeywordList.objects.select_for_update(no_key=True).select_related("brand")
    one = found.get(pk=keyword_list.pk)
    audit.record(
        brand=one.brand,
        verb="campaigns.keywords.list_removed",
        target=one,
        actor=actor,
        at=at,
        data={"words": one.keywords.count()},
    )
    one.delete()


@transaction.atomic
def assign(
    *,
    keyword_list: KeywordList,
    keywords: Sequence[int] | None,
    campaign: Campaign,
    brief: Brief | None,
    actor: User | None,
    at: datetime,
) -> int:
    """Say that a campaign, or one of its briefs, is for these words (None: all of the list).

    Returns how many were new. Raises KeywordsRefused.
    """
    if campaign.brand_id != keyword_list.brand_id:
        msg = "There is no such campaign."
        raise KeywordsRefused(msg, code="unknown_campaign", field="campaign")
    if brief is not None and brief.campaign_id != campaign.pk:
        msg = "That brief is not one of this campaign."
        raise KeywordsRefused(msg, code="unknown_brief", field="brief")
    ids = _ids(keyword_list, keywords)
    rows = KeywordAssignment.objects.filter(keyword__in=ids, campaign=campaign, brief=brief)
    new = set(ids) - set(rows.values_list("keyword", flat=True))
    KeywordAssignment.objects.bulk_create(
        [
            KeywordAssignment(
                keyword_id=pk, campaign=campaign, brief=brief, assigned_by=actor, assigned_at=at
            )
            for pk in sorted(new)
        ],
        ignore_conflicts=True,
    )
    audit.record(
        brand=keyword_list.brand,
        verb="campaigns.keywords.assigned",
        target=keyword_list,
        actor=actor,
        at=at,
        data={
            "campaign": campaign.key,
            "brief": brief.pk if brief else None,
            "words": len(new),
        },
    )
    return len(new)


@transaction.atomic
def unassign(
    *,
    keyword_list: KeywordList,
    keywords: Sequence[int] | None,
    campaign: Campaign,
    actor: User | None,
    at: datetime,
) -> int:
    """Take the words away from a campaign and its briefs. Returns how many. Raises as above."""
    ids = _ids(keyword_list, keywords)
    rows = KeywordAssignment.objects.filter(keyword__in=ids, campaign=campaign)
    gone = rows.values("keyword").distinct().count()
    rows.delete()
    audit.record(
        brand=keyword_list.brand,
        verb="campaigns.keywords.unassigned",
        target=keyword_list,
        actor=actor,
        at=at,
        data={"campaign": campaign.key, "words": gone},
    )
    return gone


def _ids(keyword_list: KeywordList, keywords: Sequence[int] | None) -> list[int]:
    rows = Keyword.objects.filter(keyword_list=keyword_list)
    if keywords is None:
        return list(rows.values_list("pk", flat=True))
    found = list(rows.filter(pk__in=keywords).values_list("pk", flat=True))
    if not found or len(found) < len(set(keywords)):
        msg = "Choose words of this list."
        raise KeywordsRefused(msg, code="unknown_words", field="keywords")
    return found


def _add(made: KeywordList, words: Sequence[Searched], *, at: datetime) -> int:
    checked = check(words)
    before = made.keywords.count()
    Keyword.objects.bulk_create(
        [
            Keyword(
                keyword_list=made,
                query=" ".join(one.query.split()),
                folded=key,
                volume=one.volume,
                intent=one.intent,
                created_at=at,
            )
            for key, one in checked.items()
        ],
        update_conflicts=True,
        unique_fields=["keyword_list", "folded"],
        update_fields=["volume", "intent"],
        batch_size=1_000,
    )
    after = made.keywords.count()
    if after > LIST_MAX:
        msg = f"A list has {LIST_MAX:,} words at most: split it."
        raise KeywordsRefused(msg, code="too_many", field="words")
    made.counted_at = None
    made.save(update_fields=["counted_at"])
    return after - before


def check(words: Sequence[Searched]) -> dict[str, Searched]:
    """The words by how they are compared. Raises KeywordsRefused for the first that cannot be."""
    if not 0 < len(words) <= LIST_MAX:
        msg = f"Between one and {LIST_MAX:,} searches at once."
        raise KeywordsRefused(msg, code="too_many", field="words")
    found: dict[str, Searched] = {}
    for place, (one, key) in enumerate(
        zip(words, folded([one.query for one in words]), strict=True)
    ):
        if not key or len(one.query) > QUERY_MAX or len(key) > QUERY_MAX:
            msg = f"A search has words, of {QUERY_MAX} characters at most."
            raise KeywordsRefused(msg, code="query_needed", field="query", place=place)
        if one.volume is not None and not 0 <= one.volume <= VOLUME_MAX:
            msg = f"A volume lies between 0 and {VOLUME_MAX:,}."
            raise KeywordsRefused(msg, code="out_of_range", field="volume", place=place)
        if one.intent and one.intent not in SearchIntent.values:
            msg = f"An intent is one of {', '.join(SearchIntent.values)}."
            raise KeywordsRefused(msg, code="unknown_intent", field="intent", place=place)
        first = found.setdefault(key, one)
        if (first.volume, first.intent) != (one.volume, one.intent):
            msg = f"“{one.query[:60]}” is here twice, with other numbers."
            raise KeywordsRefused(msg, code="told_differently", field="query", place=place)
    return found
