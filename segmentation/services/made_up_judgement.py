"""Made-up judgement for the demo brand: rankings, forecasts, audiences, a map."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime

from campaigns.choices import CampaignStatus
from campaigns.models import Campaign
from crm.choices import Role
from crm.models import Brand, User
from segmentation.facts.advance import advance_facts
from segmentation.models import (
    AudienceSegment,
    ClusterMap,
    ExpectedViews,
    ForecastModel,
    Match,
    ScoreComparison,
    ScoreModel,
    Segment,
)
from segmentation.services.audiences import create_audience
from segmentation.services.clusters import asking as clusters
from segmentation.services.forecasts import asking as forecasts
from segmentation.services.matches import asking, counting
from segmentation.services.packs.installing import install_pack
from segmentation.services.scores import comparing, writing

# Whom the brand wants to reach, and by which niches.
_AUDIENCES = {
    "new-routines": (
        "People with a new routine",
        "They look for something that is kept up: skin, food, moving more.",
        ["DK", "SE", "NO"],
        ["beauty", "food", "fitness"],
    ),
    "young-families": (
        "Young families",
        "Parents who ask others before they buy.",
        ["DE", "NL"],
        ["parenting"],
    ),
}
# What the score would be if the bond counted more than how people react.
_WEIGHTS = {"engagement": 25, "steady": 20, "bond": 55}


def fill_audiences(*, brand: Brand, seed: int, at: datetime) -> int:
    """Two audiences, with the segments of niches that reach them; how many there are."""
    held = AudienceSegment.objects.filter(brand=brand).count()
    actor = _one(brand, Role.STRATEGIST)
    if held or actor is None:
        return held
    install_pack(brand=brand, name="niche", actor=actor, at=at)
    there = set(Segment.objects.filter(brand=brand).values_list("key", flat=True))
    for key, (name, description, countries, niches) in _AUDIENCES.items():
        segments = [one for one in (f"niche-{niche}" for niche in niches) if one in there]
        values = {"name": name, "description": description, "countries": countries}
        create_audience(brand=brand, key=key, values=values, segments=segments, at=at, actor=actor)
    return len(_AUDIENCES)


def fill_comparisons(*, brand: Brand, seed: int, at: datetime) -> int:
    """A draft of the score that weighs otherwise, beside the version in use; how many there are."""
    held = ScoreComparison.objects.filter(brand=brand).count()
    actor = _one(brand, Role.ANALYST)
    model = ScoreModel.objects.filter(brand=brand, active_version__isnull=False).first()
    if held or actor is None or model is None or model.active_version is None:
        return held
    definition = deepcopy(model.active_version.definition)
    for component in definition["components"]:
        component["weight"] = _WEIGHTS[component["key"]]
    draft = writing.save_version(
        model_id=model.pk,
        name=model.name,
        purpose=model.purpose,
        definition=definition,
        reason="What if the bond counted more?",
        actor=actor,
        at=at,
    )
    advance_facts(brand=brand, as_of=at)
    found = comparing.request_comparison(
        first=model.active_version, second=draft, actor=actor, at=at
    )
    comparing.compare(comparison_id=found.pk, at=at)
    return 1


def fill_matches(*, brand: Brand, seed: int, at: datetime) -> int:
    """Everybody ranked for the running campaign; how many rankings there are."""
    held = Match.objects.filter(campaign__brand=brand).count()
    actor = _one(brand, Role.MANAGER)
    campaign = Campaign.objects.filter(brand=brand, status=CampaignStatus.ACTIVE).first()
    if held or actor is None or campaign is None:
        return held
    advance_facts(brand=brand, as_of=at)
    match = asking.request(
        campaign_id=campaign.pk, brand=brand, question=asking.Question(), actor=actor, at=at
    )
    counting.count(match_id=match.pk, at=at)
    return 1


def fill_clusters(*, brand: Brand, seed: int, at: datetime) -> int:
    """Have the map of clusters made, once a worker is there; how many maps there are."""
    held = ClusterMap.objects.filter(brand=brand).count()
    actor = _one(brand, Role.ANALYST)
    if held or actor is None:
        return held
    clusters.ask_for_map(brand=brand, actor=actor, at=at)
    return 1


def fill_forecasts(*, brand: Brand, seed: int, at: datetime) -> int:
    """Learn what next posts are expected to bring; of how many creators that is told."""
    if not ForecastModel.objects.filter(brand=brand).exists():
        model = forecasts.ask(brand=brand, actor=None, at=at)
        forecasts.learn(model_id=model.pk, at=at)
    return ExpectedViews.objects.filter(relationship__brand=brand, replaced_at=None).count()


def _one(brand: Brand, role: Role) -> User | None:
    return User.objects.filter(roles__brand=brand, roles__role=role).order_by("pk").first()
