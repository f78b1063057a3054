"""A creator as the rules see them: kind, seat, age, reach, papers, each with its source."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Sum

from campaigns.choices import BasedOn, PaperKind, PaperState, RuleFactKey
from campaigns.disclosure.case import Consent, Creator, Virtual
from campaigns.disclosure.packs import Packs, standard
from campaigns.disclosure.vocabulary import CreatorKind
from campaigns.models import Likeness, Permit, RuleFact, VirtualCreator
from crm.choices import CreatorType, PostKind
from crm.models import AudienceSnapshot, Post, Profile, Relationship

_YEAR = timedelta(days=365)
_FILMS = (PostKind.VIDEO, PostKind.SHORT_VIDEO, PostKind.LIVE)
_BAND = re.compile(r"\D*(\d+)\s*[-–]\s*(\d+)\D*")  # noqa: RUF001 - sources write either dash


@dataclass(frozen=True)
class RuleView:
    """What the engine is told of a creator, and what people wrote down about it."""

    creator: Creator
    # The key of the pack of where the creator is based; empty: not known, or without a pack.
    seat: str
    # Who owns or runs a virtual creator; empty: not known.
    run_by: str
    # The newest of each key.
    facts: Mapping[str, RuleFact] = field(default_factory=dict)
    permits: tuple[Permit, ...] = ()
    # Of a virtual creator; None: nothing is written down.
    virtual: VirtualCreator | None = None
    likenesses: tuple[Likeness, ...] = ()
    # Why a number that nobody wrote down is what it is.
    derived: Mapping[str, str] = field(default_factory=dict)


def creator_for_rules(relationship: Relationship, on: date) -> Creator:
    """What every case of this creator is built with."""
    return rule_views([relationship], on)[relationship.pk].creator


def rule_view(relationship: Relationship, on: date) -> RuleView:
    """One creator, with the sources."""
    return rule_views([relationship], on)[relationship.pk]


def rule_views(relationships: Collection[Relationship], on: date) -> Mapping[int, RuleView]:
    """Each of these creators on a day (with `creator` at hand): five queries for all of them.

    Seven where some of them are virtual.
    """
    numbers = [row.pk for row in relationships]
    people = [row.creator_id for row in relationships]
    facts: dict[int, dict[str, RuleFact]] = defaultdict(dict)
    rows = RuleFact.objects.filter(relationship__in=numbers, on__lte=on)
    for fact in rows.select_related("created_by").order_by("on", "pk"):
        facts[fact.relationship_id][fact.key] = fact
    permits: dict[int, list[Permit]] = defaultdict(list)
    papers = Permit.objects.in_use().filter(relationship__in=numbers)
    for paper in papers.select_related("checked_by").order_by("-pk"):
        permits[paper.relationship_id].append(paper)
    reach = _reach(people)
    films = _films(people, on)
    young = _young(people, on)
    virtual = _virtual(
        [row.pk for row in relationships if row.creator.creator_type == CreatorType.VIRTUAL]
    )
    return {
        row.pk: _view(
            row,
            on,
            facts=facts[row.pk],
            permits=permits[row.pk],
            reach=reach.get(row.creator_id, (None, None)),
            films=films.get(row.creator_id, 0),
            young=young.get(row.creator_id),
            character=virtual.get(row.pk),
        )
        for row in relationships
    }


def yes(fact: RuleFact | None) -> bool | None:
    """What a fact says that is yes or no; None: not known."""
    return {"yes": True, "no": False}.get(fact.value) if fact else None


def number(fact: RuleFact | None) -> Decimal | None:
    """What a fact says that is a number; None: not known."""
    return Decimal(fact.value) if fact and fact.value else None


def _view(
    row: Relationship,
    on: date,
    *,
    facts: Mapping[str, RuleFact],
    permits: list[Permit],
    reach: tuple[int | None, int | None],
    films: int,
    young: tuple[float, str] | None,
    character: VirtualCreator | None,
) -> RuleView:
    packs = standard()
    derived: dict[str, str] = {}
    share = number(facts.get(RuleFactKey.AUDIENCE_UNDER_18))
    audience = float(share) / 100 if share is not None else None
    if audience is None and young is not None:
        audience, derived[RuleFactKey.AUDIENCE_UNDER_18] = young
    videos = number(facts.get(RuleFactKey.VIDEOS))
    # What imports brought is the least there is: it shows that a threshold is met, never that not.
    if videos is None and films and films >= _most_films(packs):
        videos = Decimal(films)
        derived[RuleFactKey.VIDEOS] = f"at least {films} on file"
    views = number(facts.get(RuleFactKey.MONTHLY_VIEWS))
    country = facts.get(RuleFactKey.SEAT)
    name = country.value if country and country.value else row.creator.country
    if not (country and country.value) and name:
        derived[RuleFactKey.SEAT] = "the country of the creator's profile"
    seat = packs.resolve([name])[0] if name else ""
    run_by = facts.get(RuleFactKey.RUN_BY)
    owner = character.owner if character else ""
    likenesses = tuple(character.in_use) if character else ()
    made = Creator(
        kind=CreatorKind(row.creator.creator_type),
        followers=reach[0],
        followers_sum=reach[1],
        videos_12_months=int(videos) if videos is not None else None,
        monthly_views=int(views) if views is not None else None,
        income_eur=number(facts.get(RuleFactKey.INCOME)),
        registered=_registered(permits, on),
        permit_valid_until=_permitted(permits, on),
        permit_shown=yes(facts.get(RuleFactKey.PERMIT_SHOWN)),
        under_age=yes(facts.get(RuleFactKey.UNDER_AGE)),
        audience_under_18=audience,
        virtual=_told(character, likenesses) if character else None,
    )
    return RuleView(
        creator=made,
        seat=seat if seat in packs.jurisdictions else "",
        run_by=owner or (run_by.value if run_by else ""),
        facts=facts,
        permits=tuple(permits),
        virtual=character,
        likenesses=likenesses,
        derived=derived,
    )


def _virtual(numbers: Collection[int]) -> dict[int, VirtualCreator]:
    """What is written down of those that are virtual, with the people they are like."""
    if not numbers:
        return {}
    rows = VirtualCreator.objects.filter(relationship__in=numbers).with_people()
    return {row.relationship_id: row for row in rows}


def _told(row: VirtualCreator, likenesses: Collection[Likeness]) -> Virtual:
    return Virtual(
        ai_made=row.is_ai_made,
        based_on_people={BasedOn.PEOPLE: True, BasedOn.NOBODY: False}.get(BasedOn(row.based_on))
        if row.based_on
        else None,
        consents=tuple(
            Consent(
                parts=tuple(one.parts),
                given={PaperState.HELD.value: True, PaperState.NONE.value: False}.get(one.consent),
                valid_from=one.valid_from,
                valid_until=one.valid_until,
            )
            for one in likenesses
        ),
        rights_owner=bool(row.ip_owner),
        rights_until=row.ip_until,
    )


def _permitted(permits: list[Permit], on: date) -> dict[str, date | None]:
    """By jurisdiction: the last day of the best permit; None: there is none."""
    found: dict[str, date | None] = {}
    for paper in permits:
        if paper.kind != PaperKind.PERMIT:
            continue
        if paper.state == PaperState.NONE:
            found.setdefault(paper.jurisdiction, None)
        elif paper.valid_from is None or paper.valid_from <= on:
            until = paper.valid_until or date.max
            found[paper.jurisdiction] = max(found.get(paper.jurisdiction) or until, until)
    return found


def _registered(permits: list[Permit], on: date) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for paper in permits:
        if paper.kind != PaperKind.REGISTER:
            continue
        is_in = paper.state == PaperState.HELD and (
            (paper.valid_from is None or paper.valid_from <= on)
            and (paper.valid_until is None or paper.valid_until >= on)
        )
        found[paper.jurisdiction] = is_in or found.get(paper.jurisdiction, False)
    return found


def _reach(people: Collection[int]) -> dict[int, tuple[int | None, int | None]]:
    """Followers of the account with the most, and of all of them."""
    rows = (
        Profile.objects.filter(creator__in=people)
        .order_by()
        .values("creator")
        .annotate(most=Max("followers"), all=Sum("followers"))
    )
    return {row["creator"]: (row["most"], row["all"]) for row in rows}


def _films(people: Collection[int], on: date) -> dict[int, int]:
    """Films of the last 12 months that imports brought."""
    end = datetime.combine(on + timedelta(days=1), time(), UTC)
    rows = (
        Post.objects.filter(creator__in=people, kind__in=_FILMS)
        .filter(posted_at__gte=end - _YEAR, posted_at__lt=end)
        .order_by()
        .values("creator")
        .annotate(films=Count("pk"))
    )
    return {row["creator"]: row["films"] for row in rows}


def _young(people: Collection[int], on: date) -> dict[int, tuple[float, str]]:
    """The highest share of minors that the newest snapshot of any account of theirs tells."""
    end = datetime.combine(on + timedelta(days=1), time(), UTC)
    rows = (
        AudienceSnapshot.objects.filter(
            profile__creator__in=people, captured_at__lt=end, ages__isnull=False
        )
        .order_by("profile_id", "-captured_at", "-pk")
        .distinct("profile_id")
        .annotate(creator=F("profile__creator"))
        .select_related("profile__platform")
    )
    found: dict[int, tuple[float, str]] = {}
    for row in rows:
        share = minors(row.ages)
        if share is None:
            continue
        words = (
            f"{share:.0%} of the audience on {row.profile.platform}, {row.captured_at:%-d %B %Y}"
        )
        before = found.get(row.creator)
        if before is None or before[0] < share:
            found[row.creator] = share, words
    return found


def minors(ages: Any) -> float | None:
    """The share of under-18s in bands as sources write them ("13-17"); None: no band tells."""
    if not isinstance(ages, dict):
        return None
    shares = [
        float(share)
        for band, share in ages.items()
        if (match := _BAND.fullmatch(str(band)))
        and int(match[2]) <= 17
        and isinstance(share, int | float)
    ]
    return sum(shares) if shares else None


def _most_films(packs: Packs) -> int:
    """The highest number of films that a register asks for."""
    return max(
        datum.params.get("videos") or 0
        for pack in packs.jurisdictions.values()
        for datum in pack.registration
    )
