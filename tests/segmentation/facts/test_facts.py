"""The fact rows of a brand, the catalogue that names them, and the readings of one creator."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from crm.choices import ContactKind, CreatorType, FieldType, Stage
from crm.models import (
    AudienceSnapshot,
    ContactPoint,
    Creator,
    CreatorNiche,
    MetricSnapshot,
    Platform,
    Relationship,
)
from crm.selectors import TierTable
from crm.services.fields import archive_field, define_field
from crm.services.tags import add_tag
from segmentation.facts.catalogue import FACTS_TABLE, catalogue, norms_table, rows
from segmentation.facts.measured import strength_key
from segmentation.facts.query import COLUMNS
from segmentation.facts.readings import read_facts
from segmentation.facts.refresh import refresh_facts
from segmentation.facts.scratch import scratch_facts
from segmentation.models import CreatorFacts, PeerNorm
from segmentation.rules.facts import FactType
from tests.factories import (
    NOW,
    CreatorFactory,
    MetricSnapshotFactory,
    NicheFactory,
    PostFactory,
    ProfileFactory,
    RelationshipFactory,
    UserFactory,
)
from tests.segmentation.building import populate

pytestmark = pytest.mark.django_db

BEFORE = NOW - timedelta(days=40)


def known(brand, *, rate=None, platform="instagram", followers=1_000, **person) -> Creator:
    creator = CreatorFactory(**person)
    RelationshipFactory(brand=brand, creator=creator, since=BEFORE)
    MetricSnapshotFactory(
        profile=ProfileFactory(creator=creator, platform_id=platform),
        followers=followers,
        engagement_rate=rate,
        captured_at=BEFORE,
    )
    return creator


def facts_of(brand, creator) -> CreatorFacts:
    return CreatorFacts.objects.get(brand=brand, creator=creator)


def values_of(brand, creator, as_of=NOW) -> dict[str, object]:
    readings = read_facts(brand=brand, creator=creator, as_of=as_of, facts=catalogue(brand))
    return {key: reading.value for key, reading in readings.items()}


def test_every_fact_is_documented_and_readable(brand):
    creator = known(brand)
    refresh_facts(brand=brand, as_of=NOW)
    facts = catalogue(brand)
    assert len(facts) >= 25 + Platform.objects.count()
    for fact in facts.values():
        assert fact.label
        assert fact.description.endswith(".")
        assert fact.source
    listed = ", ".join(fact.sql for fact in facts.values())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {listed} FROM {rows()}", [NOW, brand.pk])  # noqa: S608
        stored = dict(zip(facts, cursor.fetchone(), strict=True))
    assert stored == values_of(brand, creator)


def test_a_platform_of_the_brands_own_has_a_strength(brand):
    Platform.objects.create(key="my-forum", name="My forum", mark="MF", number=99)
    fact = catalogue(brand)["strength_my_forum"]
    assert (fact.label, fact.type) == ("Strength on My forum", FactType.NUMBER)


@pytest.mark.parametrize(
    ("followers", "is_celebrity"),
    [(None, None), (999, None), (1_000, None), (10_000, False), (5_000_000, None), (12, True)],
)
def test_the_tier_is_the_one_that_lists_show(brand, followers, is_celebrity):
    creator = known(brand, followers=followers, is_celebrity=is_celebrity)
    shown = TierTable.of(brand).tier(creator, followers)
    assert values_of(brand, creator)["tier"] == (shown.key if shown else None)


def test_a_brand_without_a_scheme_has_no_tiers(brand):
    brand.tier_scheme = None
    brand.save()
    fact = catalogue(brand)["tier"]
    assert fact.allowed == ()
    assert values_of(brand, known(brand))["tier"] is None


def test_what_the_brand_and_the_creator_say_is_taken_as_it_is(brand):
    niche = NicheFactory()
    creator = known(
        brand, country="DK", language="da", profession="Nurse", creator_type=CreatorType.EXPERT
    )
    CreatorNiche.objects.create(creator=creator, niche=niche)
    ContactPoint.objects.create(
        brand=brand, creator=creator, kind=ContactKind.EMAIL, value="a@b.example"
    )
    AudienceSnapshot.objects.create(
        profile=creator.profiles.get(),
        captured_at=BEFORE,
        countries={"DK": 0.5},
        quality=0.9,
    )
    Relationship.objects.update(owner=UserFactory(), next_step_on=date(2026, 12, 1))
    values = values_of(brand, creator)
    expected = {
        "niches": [niche.pk],
        "country": "DK",
        "language": "da",
        "profession": "Nurse",
        "creator_type": "expert",
        "has_email": True,
        "has_owner": True,
        "next_step_on": date(2026, 12, 1),
        "audience_country": {"DK": 0.5},
        "audience_age": None,
        "audience_quality": 0.9,
        "platforms": [1],
        "stage": "prospect",
        "days_in_stage": 40,
        "days_known": 40,
        "last_post_at": None,
        "days_since_last_post": None,
        "posts_90d": None,
        "is_celebrity": None,
    }
    assert {key: values[key] for key in expected} == expected


def test_tags_are_the_brands_own_and_rules_read_them_by_key(brand, other_brand):
    creator = known(brand)
    vegan, _number = add_tag(
        brand=brand, creator_ids=[creator.pk], name="Very vegan", actor=None, at=NOW
    )
    RelationshipFactory(brand=other_brand, creator=creator)
    add_tag(brand=other_brand, creator_ids=[creator.pk], name="Theirs", actor=None, at=NOW)
    assert values_of(brand, creator)["tags"] == [vegan.pk]
    assert dict(catalogue(brand)["tags"].choices) == {"very_vegan": "Very vegan"}
    # An address that is not to be used is none.
    ContactPoint.objects.create(
        brand=brand,
        creator=creator,
        kind=ContactKind.EMAIL,
        value="a@b.example",
        barred_at=NOW,
        barred_reason="She asked",
    )
    assert values_of(brand, creator)["has_email"] is False


def test_what_nobody_gave_is_unknown_not_empty(brand):
    creator = CreatorFactory()
    RelationshipFactory(brand=brand, creator=creator)
    refresh_facts(brand=brand, as_of=NOW)
    row = facts_of(brand, creator)
    known_facts = {name for name in COLUMNS if getattr(row, name) not in (None, {})}
    assert known_facts == {
        "engagement_posts",
        "creator_type",
        "stage",
        "stage_since",
        "known_since",
        "has_owner",
        "has_email",
        "tags",
        "causes",
    }


def test_stages_and_acquaintance_are_those_of_the_moment(brand):
    creator = known(brand)
    relationship = Relationship.objects.get(creator=creator)
    relationship.stage_changes.update(left_at=NOW - timedelta(days=10))
    relationship.stage_changes.create(
        from_stage=Stage.PROSPECT, stage=Stage.CORE, entered_at=NOW - timedelta(days=10)
    )
    values = values_of(brand, creator, NOW - timedelta(days=11))
    assert (values["stage"], values["days_in_stage"]) == ("prospect", 29)
    assert values_of(brand, creator)["stage"] == "core"
    assert values_of(brand, creator, BEFORE - timedelta(seconds=1)) == {}


def reading(brand, creator, key: str):
    """As rules read it of the stored row."""
    readings = read_facts(
        brand=brand, creator=creator, as_of=NOW, facts=catalogue(brand), stored=True
    )
    return readings[key].value


def strength(brand, creator, platform: str = "instagram") -> float | None:
    return reading(brand, creator, strength_key(platform))


def test_strength_needs_five_peers(brand):
    rates = (0.01, 0.02, 0.03, 0.04, 0.05)
    creators = [known(brand, rate=rate) for rate in rates]
    refresh_facts(brand=brand, as_of=NOW)
    assert strength(brand, creators[0]) is None
    known(brand, rate=None)  # no rate: not a peer
    sixth = known(brand, rate=0.12)
    other = known(brand, rate=0.5, platform="tiktok")

    refresh_facts(brand=brand, as_of=NOW)

    assert strength(brand, sixth) == pytest.approx(0.12 / 0.035)
    assert reading(brand, creators[0], "strongest_platform") == "instagram"
    assert strength(brand, other, "tiktok") is None
    assert reading(brand, other, "strongest_platform") is None
    norm = PeerNorm.objects.get(platform="instagram")
    assert (norm.median_rate, norm.creators) == (pytest.approx(0.035), 6)


def test_whoever_is_on_two_platforms_is_strongest_where_they_stand_out_most(brand):
    for platform, usual in (("instagram", 0.02), ("tiktok", 0.2)):
        for _ in range(6):
            known(brand, rate=usual, platform=platform)
    both, even = known(brand, rate=0.03), known(brand, rate=0.02)
    for creator, rate in ((both, 0.21), (even, 0.2)):
        profile = ProfileFactory(creator=creator, platform_id="tiktok")
        MetricSnapshot.objects.create(
            profile=profile, captured_at=NOW, source="vendor", followers=1, engagement_rate=rate
        )
    refresh_facts(brand=brand, as_of=NOW)
    assert reading(brand, both, "strongest_platform") == "instagram"
    # Of two that are equal, the first by name.
    assert reading(brand, even, "strongest_platform") == "instagram"
    assert reading(brand, both, "strength_tiktok") == pytest.approx(1.05)
    # The norms move, and nobody's row with them.
    PeerNorm.objects.filter(platform="instagram").update(median_rate=0.03)
    assert reading(brand, both, "strongest_platform") == "tiktok"
    PeerNorm.objects.filter(platform="tiktok").update(creators=5)
    assert reading(brand, both, "strongest_platform") == "instagram"


def test_one_creator_is_compared_with_the_stored_norm(brand):
    creators = [known(brand, rate=rate) for rate in (0.01, 0.02, 0.03, 0.04, 0.05, 0.06)]
    refresh_facts(brand=brand, as_of=NOW)
    MetricSnapshot.objects.update(engagement_rate=0.07)
    assert refresh_facts(brand=brand, as_of=NOW, creator_ids=[creators[0].pk]) == 1
    assert strength(brand, creators[0]) == pytest.approx(2)
    assert strength(brand, creators[1]) == pytest.approx(0.02 / 0.035)


def test_only_rows_that_differ_are_written_and_masks_stay(brand):
    creators = [known(brand) for _ in range(3)]
    assert refresh_facts(brand=brand, as_of=NOW) == 3
    CreatorFacts.objects.update(member_bits=[5], unknown_bits=[2])
    later = NOW + timedelta(days=1)
    assert refresh_facts(brand=brand, as_of=later) == 0
    Creator.objects.filter(pk=creators[1].pk).update(country="SE")
    assert refresh_facts(brand=brand, as_of=later) == 1
    row = facts_of(brand, creators[1])
    assert (row.country, row.as_of) == ("SE", later)
    assert (row.member_bits, row.unknown_bits) == ([5], [2])
    assert facts_of(brand, creators[0]).as_of == NOW


def test_another_brand_is_left_alone(brand, other_brand):
    creator = known(brand)
    RelationshipFactory(brand=other_brand, creator=creator, since=NOW)
    refresh_facts(brand=brand, as_of=NOW)
    assert list(CreatorFacts.objects.values_list("brand", flat=True)) == [brand.pk]


def test_a_scratch_table_touches_nothing_real(brand):
    known(brand, followers=7)
    refresh_facts(brand=brand, as_of=NOW)
    MetricSnapshot.objects.update(followers=8)
    with scratch_facts(brand, NOW) as table, connection.cursor() as cursor:
        cursor.execute(f"SELECT followers FROM {table}")  # noqa: S608
        assert cursor.fetchall() == [(8,)]
    assert CreatorFacts.objects.get().followers == 7
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", ["scratch_facts"])
        assert cursor.fetchone() == (None,)


def test_one_creator_and_all_of_them_come_to_the_same(brand):
    people = populate(brand, 120)
    refresh_facts(brand=brand, as_of=NOW)
    together = list(CreatorFacts.objects.order_by("creator").values())
    CreatorFacts.objects.all().delete()
    for one in people:
        refresh_facts(brand=brand, as_of=NOW, creator_ids=[one.pk])
    assert list(CreatorFacts.objects.order_by("creator").values()) == together


def test_readings_tell_source_and_age(brand):
    creator = known(brand, rate=0.03)
    profile = creator.profiles.get()
    PostFactory(profile=profile, likes=50, posted_at=NOW - timedelta(days=2))
    readings = read_facts(brand=brand, creator=creator, as_of=NOW, facts=catalogue(brand))
    followers, rate = readings["followers"], readings["engagement_rate"]
    assert (followers.value, followers.source) == (1_000, "Profile snapshots: Vendor")
    assert followers.captured_at == BEFORE
    assert (rate.value, rate.source) == (pytest.approx(0.05), "1 post")
    assert rate.captured_at == NOW - timedelta(days=2)
    assert readings["stage"].captured_at == BEFORE
    assert readings["audience_quality"].captured_at is None


def test_the_number_of_queries_does_not_grow_with_creators(brand, django_assert_num_queries):
    for count in (1, 30):
        populate(brand, count, seed=count)
        with django_assert_num_queries(8):
            refresh_facts(brand=brand, as_of=NOW)


def test_the_catalogue_is_one_statement_and_knows_at_once_what_is_added(
    brand, other_brand, django_assert_num_queries
):
    before = catalogue(brand)
    with django_assert_num_queries(1):
        again = catalogue(brand)
    assert again["niches"] is before["niches"]
    niche = NicheFactory(key="bees", label="Bees")
    Platform.objects.filter(key="tiktok").update(name="TikTok Shop")
    shoe = define_field(
        brand=brand, key="shoe", label="Shoe size", type=FieldType.NUMBER, at=NOW, actor=None
    )
    now = catalogue(brand)
    assert "bees" not in before["niches"].choices
    assert (now["niches"].choices["bees"], now["niches"].vocabulary["bees"]) == ("Bees", niche.pk)
    assert now["strength_tiktok"].label == "Strength on TikTok Shop"
    assert now["shoe"].label == "Shoe size"
    assert "shoe" not in catalogue(other_brand)
    archive_field(field_id=shoe.pk, at=NOW, actor=None)
    assert "shoe" not in catalogue(brand)
    assert "archived" in catalogue(brand).gone["shoe"]


def test_a_dry_run_compares_with_norms_of_its_own(brand):
    for rate in (0.01, 0.02, 0.03, 0.04, 0.05, 0.06):
        known(brand, rate=rate)
    refresh_facts(brand=brand, as_of=NOW)
    stored = PeerNorm.objects.get()
    with connection.cursor() as cursor, transaction.atomic():
        with scratch_facts(brand, NOW) as table:
            cursor.execute(f"UPDATE {norms_table(table)} SET median_rate = 0.01")  # noqa: S608 - ours
            listed = [
                f"SELECT max({catalogue(brand, name)[strength_key('instagram')].sql}) FROM {name} f"  # noqa: S608
                for name in (table, FACTS_TABLE)
            ]
            found = [cursor.execute(one).fetchone()[0] for one in listed]
        assert found == [pytest.approx(6), pytest.approx(0.06 / 0.035)]
    assert PeerNorm.objects.get().median_rate == stored.median_rate
