"""Signs about audiences in the database: gathered, stored, explained, facts for rules."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from campaigns.choices import Flag
from campaigns.models import AuthenticityReading, FlagDismissal
from campaigns.services.authenticity import dismissing, gathering
from campaigns.services.authenticity.looking import look_at, look_at_all
from campaigns.services.refusals import CampaignRefused
from crm.connectors.registry import name_of
from crm.models import (
    AudienceSnapshot,
    AuditEntry,
    Brand,
    Creator,
    FactChange,
    MetricSnapshot,
    Post,
    Profile,
    Relationship,
    User,
)
from segmentation.facts.catalogue import catalogue
from segmentation.facts.readings import read_facts
from segmentation.facts.refresh import refresh_facts
from segmentation.models import CreatorFacts
from tests.factories import NOW, ProfileFactory, RelationshipFactory

TODAY = NOW.date()


def account(brand: Brand, name: str = "Anna Holm", **numbers: object) -> Profile:
    """Half the followers came within a month, and the audience is elsewhere."""
    relationship = RelationshipFactory(brand=brand, creator__name=name, creator__country="DK")
    profile: Profile = ProfileFactory(creator=relationship.creator)
    for ago, followers in ((60, 20_000), (30, 40_000)):
        MetricSnapshot.objects.create(
            profile=profile, captured_at=NOW - timedelta(days=ago), followers=followers, **numbers
        )
    AudienceSnapshot.objects.create(
        profile=profile,
        captured_at=NOW - timedelta(days=20),
        countries={"DK": 0.05, "IN": 0.6},
        quality=0.9,
    )
    return profile


def relationship_of(profile: Profile) -> Relationship:
    return Relationship.objects.select_related("brand", "creator").get(creator=profile.creator)


def test_a_source_of_no_known_kind_is_told_as_it_is() -> None:
    told = [
        gathering._who(source, told_by)
        for source, told_by in (
            ("vendor", None),
            ("stranger", ""),
            ("stranger", "modash-api"),
            ("", None),
            (None, None),
        )
    ]
    assert told == ["vendor", "stranger", name_of("modash-api"), "", ""]


def test_what_is_kept(brand: Brand) -> None:
    profile = account(brand, following=900)
    assert look_at([profile.creator_id], at=NOW) == 1
    row = AuthenticityReading.objects.get(profile=profile)
    assert row.raised == ["country_mismatch", "growth_spike"]
    assert row.unknown == [
        "comment_ratio",
        "rate_drift",
        "rate_high",
        "rate_low",
    ]
    spike = row.flags[0]
    assert (spike["key"], spike["state"], spike["on"], spike["threshold"]) == (
        "growth_spike",
        "raised",
        (NOW - timedelta(days=30)).date().isoformat(),
        "50% in 30 days from 20,000 followers",
    )
    change = FactChange.objects.get(creator_id=profile.creator_id, cause="authenticity")
    assert change.brand is None  # every brand that knows the creator


def test_a_row_for_each_outcome_and_none_for_the_same(brand: Brand) -> None:
    profile = account(brand)
    look_at([profile.creator_id], at=NOW)
    assert look_at([profile.creator_id], at=NOW + timedelta(hours=1)) == 0
    FactChange.objects.all().delete()
    # Newer numbers, the same signs: the row is renewed.
    later = NOW + timedelta(days=1)
    MetricSnapshot.objects.create(profile=profile, captured_at=later, followers=40_100)
    assert look_at([profile.creator_id], at=later) == 0
    row = AuthenticityReading.objects.get(profile=profile)
    assert (row.read_at, row.looked_at) == (NOW, NOW)  # the largest step is still the same
    AudienceSnapshot.objects.create(
        profile=profile, captured_at=later, countries={"DK": 0.06, "IN": 0.6}, quality=0.9
    )
    assert look_at([profile.creator_id], at=later) == 0
    row.refresh_from_db()
    assert (row.read_at, row.looked_at) == (NOW, later)
    assert "6% of the audience in DK" in row.flags[4]["value"]
    assert not FactChange.objects.exists()
    # Other signs: a row of its own.
    AudienceSnapshot.objects.create(
        profile=profile,
        captured_at=later + timedelta(hours=1),
        countries={"DK": 0.6, "IN": 0.1},
        quality=0.9,
    )
    assert look_at_all(at=later + timedelta(hours=2)) == 1
    old, new = AuthenticityReading.objects.order_by("pk")
    assert (old.superseded_at, new.superseded_at) == (later + timedelta(hours=2), None)
    assert new.raised == ["growth_spike"]
    assert FactChange.objects.filter(creator_id=profile.creator_id).count() == 1


def test_the_database_keeps_the_shape(brand: Brand) -> None:
    profile = account(brand)
    look_at([profile.creator_id], at=NOW)
    rows = AuthenticityReading.objects.all()
    for values in (
        {"raised": ["witchcraft"]},
        {"digest": "no"},
        {"superseded_at": NOW - timedelta(days=1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)
    row = rows.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_as_many_queries_for_many(brand: Brand) -> None:
    first = [account(brand, f"Creator {number}").creator_id for number in range(2)]
    with CaptureQueriesContext(connection) as few:
        look_at(first, at=NOW)
    more = [account(brand, f"Other {number}").creator_id for number in range(8)]
    with CaptureQueriesContext(connection) as many:
        look_at(more, at=NOW)
    assert len(many) == len(few) == 12


def test_posts_count_as_they_are_known(brand: Brand) -> None:
    profile = account(brand)
    for number in range(6):
        Post.objects.create(
            profile=profile,
            creator=profile.creator,
            external_id=f"p{number}",
            posted_at=NOW - timedelta(days=number + 1),
            likes=100,
            comments=0 if number else 1,
            kind="image",
        )
    look_at([profile.creator_id], at=NOW)
    row = AuthenticityReading.objects.get(profile=profile)
    values = {flag["key"]: flag["value"] for flag in row.flags}
    assert values["rate_low"] == "0.25 % of followers react: the middle of 6 posts"
    assert values["comment_ratio"] == "1 comment for 600 likes (0.17 %) on 6 posts"


def test_a_person_explains_a_flag(brand: Brand, analyst: User) -> None:
    profile = account(brand)
    creator = relationship_of(profile)
    look_at([profile.creator_id], at=NOW)

    def dismiss(**changed: object) -> FlagDismissal:
        return dismissing.dismiss(
            **{  # type: ignore[arg-type]
                "relationship": creator,
                "profile": profile,
                "flag": Flag.GROWTH,
                "reason": "She was on television.",
                "last_day": TODAY + timedelta(days=30),
                "actor": analyst,
                "at": NOW,
            }
            | changed
        )

    for changed, code in (
        ({"reason": "  "}, "reason_needed"),
        ({"reason": "x" * 501}, "refused"),
        ({"flag": "witchcraft"}, "refused"),
        ({"flag": Flag.RATE_LOW}, "not_raised"),
        ({"last_day": TODAY - timedelta(days=1)}, "out_of_range"),
        ({"last_day": TODAY + timedelta(days=366)}, "out_of_range"),
        ({"profile": account(brand, "Bo Berg")}, "not_raised"),
    ):
        with pytest.raises(CampaignRefused) as refused:
            dismiss(**changed)
        assert refused.value.code == code, changed
    assert not FlagDismissal.objects.exists()

    with CaptureQueriesContext(connection) as asked:
        first = dismiss()
    # The night holds the lock of scores while it stores rows that refer to the creator: a lock on
    # the creator's key would have each wait for the other.
    locks = [one["sql"] for one in asked if 'FROM "crm_relationship"' in one["sql"]]
    assert [sql.rpartition(" FOR ")[2] for sql in locks if " FOR " in sql] == [
        'NO KEY UPDATE OF "crm_relationship"'
    ]
    second = dismiss(at=NOW + timedelta(hours=1))
    first.refresh_from_db()
    assert first.ended_at == NOW + timedelta(hours=1)
    dismissing.count_again(dismissal=second, actor=analyst, at=NOW + timedelta(hours=2))
    with pytest.raises(CampaignRefused, match="counts already"):
        dismissing.count_again(dismissal=second, actor=analyst, at=NOW + timedelta(hours=2))
    entries = AuditEntry.objects.filter(verb__startswith="campaigns.authenticity").order_by("pk")
    assert [entry.verb for entry in entries] == [
        "campaigns.authenticity.dismissed",
        "campaigns.authenticity.dismissed",
        "campaigns.authenticity.counted_again",
    ]
    assert entries[0].data["flag"] == "growth_spike"


def test_flags_are_a_fact(brand: Brand, other_brand: Brand, analyst: User) -> None:
    profile = account(brand)
    creator = relationship_of(profile)
    RelationshipFactory(brand=other_brand, creator=profile.creator)

    def flags(hours: float, of: Brand = brand) -> object:
        at = NOW + timedelta(hours=hours)
        read = read_facts(brand=of, creator=profile.creator, as_of=at, facts=catalogue(of))
        return read["audience_flags"].value

    look_at([profile.creator_id], at=NOW + timedelta(hours=1))
    dismissing.dismiss(
        relationship=creator,
        profile=profile,
        flag=Flag.GROWTH,
        reason="She was on television.",
        last_day=(NOW + timedelta(days=2)).date(),
        actor=analyst,
        at=NOW + timedelta(hours=3),
    )
    # As it was at each moment; what one brand says of a flag is no other's.
    assert [flags(hours) for hours in (0, 2, 4)] == [None, 2, 1]
    assert flags(4, other_brand) == 2
    at = NOW + timedelta(days=4)
    assert flags(96) == 2
    assert dismissing.end_what_ran_out(at) == 1
    refresh_facts(brand=brand, as_of=at)
    row = CreatorFacts.objects.get(brand=brand, creator=profile.creator)
    assert (row.audience_flags, row.reliability, row.causes) == (2, None, [])
    Creator.objects.filter(pk=profile.creator_id).update(country="IN")
    look_at([profile.creator_id], at=at)
    assert flags(97) == 1
