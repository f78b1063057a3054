"""Packs: what they add, that they never overwrite, and that their segments have the right size."""

from __future__ import annotations

import json
from collections import Counter
from io import StringIO
from statistics import median

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from crm.choices import CreatorType, Stage
from crm.models import AuditEntry, Creator, CreatorNiche, Tier
from segmentation.choices import SegmentStatus
from segmentation.facts.catalogue import catalogue
from segmentation.metrics.catalogue import METRICS
from segmentation.models import Dimension, Membership, Playbook, Run, Segment
from segmentation.rules.validate import validate
from segmentation.services import runs
from segmentation.services.explain import explain_membership
from segmentation.services.packs import files as pack_files
from segmentation.services.packs import install_pack, plan_pack
from segmentation.services.packs.files import DEFAULT_PACKS, PackUnknown
from segmentation.services.segments import archive_segment
from tests.factories import (
    NOW,
    CreatorFactory,
    NicheFactory,
    ProfileFactory,
    RelationshipFactory,
    UserFactory,
)
from tests.segmentation.building import Person, populate

pytestmark = pytest.mark.django_db

COUNT = 2_000
TIERS = {
    "size6-nano": (1_000, 10_000),
    "size6-micro": (10_000, 100_000),
    "size6-mid": (100_000, 500_000),
    "size6-macro": (500_000, 1_000_000),
    "size6-mega": (1_000_000, 10**15),
    "harvard-nano": (500, 1_000),
    "harvard-micro": (1_000, 5_000),
    "harvard-mid": (5_000, 10_000),
    "harvard-macro": (10_000, 25_000),
    "harvard-mega": (25_000, 50_000),
    "harvard-all-star": (50_000, 10**15),
}
PACK_WORDS = {
    "key",
    "version",
    "source",
    "group",
    "changes",
    "dimension",
    "segments",
    "each",
    "scheme",
    "segment",
}
DIMENSION_WORDS = {"name", "description", "exclusive", "precedence", "cadence", "position"}
SEGMENT_WORDS = {
    "key",
    "name",
    "purpose",
    "definition",
    "primary_kpi",
    "kpis",
    "rule",
    "stay",
    "minimum_stay_days",
    "near_percent",
    "unknown",
    "playbook",
}
BUILDERS = ("engineer", "inventor", "developer", "product manage", "product design", "founder")
WON = {Stage.FIRST_TIME, Stage.CORE, Stage.ADVOCATE}


def install(brand, name="default", actor=None):
    return install_pack(brand=brand, name=name, actor=actor, at=NOW)


def keys(brand) -> set[str]:
    return set(Segment.objects.filter(brand=brand).values_list("key", flat=True))


def run_now(brand) -> Run:
    run = runs.start_run(brand=brand, as_of=NOW, at=NOW)
    return runs.execute_run(run_id=run.pk, at=NOW)


@pytest.mark.parametrize("name", pack_files.names())
def test_every_segment_of_a_pack_has_a_job_and_a_sound_rule(brand, name):
    populate(brand, 30)
    Creator.objects.update(country="DK", language="da")
    pack = pack_files.read(name)
    assert set(pack.form) <= PACK_WORDS
    assert set(pack.dimension) <= DIMENSION_WORDS
    assert pack.group in {"sizes", "dimensions", "examples"}
    assert set(pack.changes) == set(range(2, pack.version + 1))
    for form in pack.form.get("segments", [pack.form.get("segment")]):
        assert set(form) <= SEGMENT_WORDS
        Playbook(**form.get("playbook", {})).clean_fields(
            exclude=["segment", "updated_at", "updated_by"]
        )
    drafts = pack_files.drafts(pack, brand)
    assert drafts
    for draft in drafts:
        assert validate(draft.rule, catalogue(brand)).errors == ()
        if draft.wording.stay_rule is not None:
            assert validate(draft.wording.stay_rule, catalogue(brand)).errors == ()
        assert draft.purpose
        assert draft.definition
        assert "{" not in draft.name + draft.purpose + draft.definition
        assert {draft.primary_kpi, *draft.kpis} <= {metric.key for metric in METRICS}


def test_the_default_set_has_both_size_schemes_and_the_dimensions_that_need_no_setting(
    brand, strategist
):
    install(brand, actor=strategist)

    assert list(Dimension.objects.order_by("position").values_list("key", flat=True)) == [
        "size_glossary_6",
        "size_harvard_media",
        "platform_strength",
        "niche",
        "relationship_stage",
        "personas",
    ]
    nano = Segment.objects.get(key="size6-nano")
    assert nano.active_version.rule_text == "followers >= 1000\nand followers < 10_000"
    assert (nano.status, nano.owner, nano.origin) == (
        SegmentStatus.ACTIVE,
        strategist,
        "size_glossary_6 v1",
    )
    sizes = Segment.objects.filter(dimension__key="size_glossary_6").order_by("position")
    assert sizes[0].key == "size6-celebrity"
    personas = Segment.objects.filter(dimension__key="personas").order_by("position")
    assert [one.name for one in personas] == [
        "Influencer",
        "Innovator",
        "Early adopter",
        "Majority",
        "Late adopter",
    ]
    assert AuditEntry.objects.filter(verb="segmentation.pack.installed").count() == 6


def test_installing_again_changes_nothing(brand):
    populate(brand, 30)
    install(brand)
    before = list(Segment.objects.values()), AuditEntry.objects.count()
    plans = install(brand)
    assert all(plan.is_empty for plan in plans)
    assert (list(Segment.objects.values()), AuditEntry.objects.count()) == before


def test_what_the_brand_has_is_never_overwritten(brand):
    install(brand, "relationship_stage")
    Segment.objects.filter(key="stage-core").update(name="The inner circle", purpose="Ours.")
    archive_segment(segment_id=Segment.objects.get(key="stage-declined").pk, at=NOW, actor=None)
    plan = plan_pack(brand=brand, name="relationship_stage")[0]
    assert (plan.adds, len(plan.keeps)) == ((), 6)
    install(brand, "relationship_stage")
    assert Segment.objects.get(key="stage-core").name == "The inner circle"
    assert Segment.objects.get(key="stage-declined").status == SegmentStatus.ARCHIVED


def test_a_plan_writes_nothing(brand):
    plans = plan_pack(brand=brand, name="default")
    assert [plan.pack.key for plan in plans] == list(DEFAULT_PACKS)
    assert not Dimension.objects.exists()


def test_an_unknown_pack_is_refused_with_the_names_there_are(brand):
    with pytest.raises(PackUnknown, match="There are: default, audience_fit"):
        install(brand, "../settings")
    assert not Dimension.objects.exists()


def test_a_new_niche_and_platform_get_a_segment_by_installing_or_by_the_next_run(brand):
    first = NicheFactory(key="chess", label="Chess")
    creator = CreatorFactory()
    RelationshipFactory(brand=brand, creator=creator)
    CreatorNiche.objects.create(creator=creator, niche=first)
    NicheFactory(key="unused")
    install(brand, "niche")
    assert keys(brand) == {"niche-chess"}

    second = NicheFactory(key='a "quoted" and long niche ' + "x" * 30, label="Long {one}")
    CreatorNiche.objects.create(creator=creator, niche=second)
    ProfileFactory(creator=creator, platform_id="tiktok")
    install(brand, "niche")
    assert keys(brand) == {"niche-chess", f"niche-{second.pk}"}

    install(brand, "platform_strength")
    assert "strong-tiktok" in keys(brand)
    ProfileFactory(creator=creator, platform_id="podcast")
    run_now(brand)
    assert "strong-podcast" in keys(brand)
    members = Membership.objects.values_list("segment__key", flat=True)
    assert set(members) == {"niche-chess", f"niche-{second.pk}"}


def test_sizes_of_every_segment_agree_with_a_count_by_hand(brand):
    people = populate(brand, COUNT)
    install(brand)

    run = run_now(brand)

    assert run.population == COUNT
    found = dict(run.segments.values_list("segment__key", "members"))
    by_hand = dict.fromkeys(found, 0) | _by_hand(people)
    assert found == by_hand
    # Enough of each to mean something.
    assert all(found[key] > 5 for key in TIERS)
    stored = dict(Segment.objects.values_list("key", "members_count"))
    assert stored == found
    in_ledger = Counter(Membership.objects.values_list("segment__key", flat=True))
    assert {key: in_ledger[key] for key in found} == found
    assert run.segments.get(segment__key="size6-nano").unknown == sum(
        one.most_followers is None for one in people
    )
    assert run.segments.get(segment__key="niche-beauty").unknown == sum(
        not one.niches for one in people
    )


def test_platform_strength_agrees_with_sql_by_hand(brand):
    populate(brand, COUNT)
    install(brand, "platform_strength")
    run = run_now(brand)
    found = dict(run.segments.values_list("segment__key", "members"))
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT p.platform_id, p.creator_id,
              (SELECT avg(x.rate) FROM (
                SELECT (coalesce(o.likes, 0) + coalesce(o.comments, 0))::float8 / s.followers rate
                FROM crm_post o WHERE o.profile_id = p.id
                  AND (o.likes IS NOT NULL OR o.comments IS NOT NULL)
                ORDER BY o.posted_at DESC, o.id DESC LIMIT 12) x)
            FROM crm_profile p JOIN crm_metricsnapshot s ON s.profile_id = p.id""")
        rates = [row for row in cursor.fetchall() if row[2] is not None]
    assert found
    for key, members in found.items():
        here = [rate for platform, _, rate in rates if f"strong-{platform}" == key]
        assert len(here) > 100
        assert members == sum(rate / median(here) >= 1.25 for rate in here)


def _by_hand(people: list[Person]) -> Counter[str]:
    """The sizes of the segments, from what was made up, without a rule or a fact."""
    sizes: Counter[str] = Counter()
    rates: dict[str, list[float]] = {}
    for one in people:
        followers = one.most_followers
        for key, (low, high) in TIERS.items():
            celebrity = one.celebrity and key.startswith("size6")
            sizes[key] += followers is not None and low <= followers < high and not celebrity
        sizes["size6-celebrity"] += bool(one.celebrity)
        sizes.update(f"niche-{niche}" for niche in one.niches)
        sizes[f"stage-{one.stage.value.replace('_', '-')}"] += 1
        posted = any(0 <= days <= 365 for days, *_ in one.posts)
        sizes["persona-influencer"] += followers is not None and followers >= 1_000 and posted
        sizes["persona-innovator"] += one.stage in WON and any(
            word in one.profession.lower() for word in BUILDERS
        )
        sizes["persona-early-adopter"] += (
            one.stage in {Stage.CORE, Stage.ADVOCATE} or one.creator_type == CreatorType.CUSTOMER
        )
        prospect = one.stage == Stage.PROSPECT
        sizes["persona-majority"] += one.stage == Stage.FIRST_TIME or (
            prospect and one.known_days < 365
        )
        sizes["persona-late-adopter"] += one.stage in {Stage.LAPSED, Stage.DECLINED} or (
            prospect and one.known_days >= 365
        )
        _add_rate(rates, one)
    for platform, here in rates.items():
        usual = median(here)
        sizes[f"strong-{platform}"] = sum(rate / usual >= 1.25 for rate in here)
    return sizes


def _add_rate(rates: dict[str, list[float]], one: Person) -> None:
    """Add the engagement rate on the platform that has the posts: the last one made."""
    platform = list(one.followers)[-1]
    followers = one.followers[platform]
    # Newest first; of those at one moment the one made last.
    ordered = sorted(enumerate(one.posts), key=lambda post: (post[1][0], -post[0]))
    counted = [
        (likes or 0) + (comments or 0)
        for _, (_, likes, comments) in ordered
        if likes is not None or comments is not None
    ][:12]
    if followers and counted:
        rate = sum(number / followers for number in counted) / len(counted)
        rates.setdefault(platform, []).append(rate)


def test_tiers_are_those_of_the_table(brand):
    Tier.objects.filter(scheme__key="glossary_4", key="mega").update(low=2_000_000)
    install(brand, "size_glossary_4")
    assert Segment.objects.get(key="size4-mega").active_version.rule_text == (
        "followers >= 2_000_000"
    )


def test_influencer_is_the_effective_persona_before_all_others(brand):
    people = populate(brand, 300)
    install(brand, "personas")
    run_now(brand)
    stays: dict[int, set[str]] = {}
    for creator, key in Membership.objects.values_list("creator", "segment__key"):
        stays.setdefault(creator, set()).add(key)
    both = next(pk for pk, held in stays.items() if "persona-influencer" in held and len(held) > 2)
    other = next(pk for pk, held in stays.items() if "persona-influencer" not in held)
    assert {both, other} <= {one.pk for one in people}
    for pk, expected in ((both, "persona-influencer"), (other, min(stays[other], key=_order))):
        for key in stays[pk]:
            told = explain_membership(
                segment=Segment.objects.get(key=key), creator=CreatorFactory._meta.model(pk=pk)
            )
            assert told["effective"]["key"] == expected


def _order(key: str) -> int:
    return Segment.objects.get(key=key).position


def test_the_command_gives_what_it_adds_to_an_owner(brand, strategist):
    call_command(
        "install_pack",
        "relationship_stage",
        brand="acme",
        owner=strategist.email,
        stdout=StringIO(),
    )
    assert set(Segment.objects.values_list("owner", flat=True)) == {strategist.pk}
    stranger = UserFactory()
    with pytest.raises(CommandError, match="among the people of"):
        call_command("install_pack", "niche", brand="acme", owner=stranger.email)


def test_the_command_shows_what_it_adds(brand):
    out = StringIO()
    call_command("install_pack", "relationship_stage", brand="acme", dry_run=True, stdout=out)
    assert "+ stage-prospect" in out.getvalue()
    assert not Segment.objects.exists()
    call_command("install_pack", "relationship_stage", brand="acme", stdout=out)
    assert Segment.objects.count() == 6
    told = json.loads(out.getvalue().splitlines()[-1])
    assert told["kept"] == {"relationship_stage": []}
    assert len(told["added"]["relationship_stage"]) == 6
    with pytest.raises(CommandError, match="no pack"):
        call_command("install_pack", "nothing", brand="acme")
    with pytest.raises(CommandError, match="no brand"):
        call_command("install_pack", "niche", brand="nobody")
