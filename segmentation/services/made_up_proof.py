"""Made-up proof for the demo brand: an experiment that runs, an attribution, a score."""

from __future__ import annotations

from datetime import datetime, timedelta

from campaigns.choices import CampaignStatus
from campaigns.models import Campaign
from campaigns.services.days import today_of
from crm.choices import Role
from crm.models import Brand, User
from segmentation.choices import ExperimentDesign, ExperimentReading, OutcomeMetric
from segmentation.models import AttributionReport, Experiment, ScoreModel
from segmentation.services.attribution import requests
from segmentation.services.experiments import assigning, looking, plans
from segmentation.services.experiments.plans import ArmPlan, Wanted
from segmentation.services.experiments.refusals import ExperimentRefused
from segmentation.services.scores import writing

STARTED, DAYS, ATTRIBUTED = 30, 42, 45
_ARMS = (
    ArmPlan("plain", "As always", "The link and the code below the post."),
    ArmPlan("routine", "As a routine", "Show the evening routine first, then the link."),
)
_FIT = {
    "least_known": 0.6,
    "components": [
        {
            "key": "engagement",
            "label": "Engagement",
            "fact": "engagement_rate",
            "weight": 50,
            "scale": {"kind": "percentile", "peers": ["tier"]},
            "missing": "no_score",
        },
        {
            "key": "steady",
            "label": "Steady posting",
            "fact": "posts_per_week",
            "weight": 20,
            "scale": {"kind": "anchors", "points": [[0, 0], [1, 60], [3, 100]]},
        },
        {
            "key": "bond",
            "label": "Bond",
            "fact": "stage",
            "weight": 30,
            "scale": {
                "kind": "values",
                "points": {"first_time": 50, "core": 85, "advocate": 100, "declined": 0},
                "other": 20,
            },
        },
    ],
}


def fill_experiments(*, brand: Brand, seed: int, at: datetime) -> int:
    """The creators of the running campaign, by chance in two arms, and one look."""
    held = Experiment.objects.filter(brand=brand).count()
    actor, campaign = _analyst(brand), _running(brand)
    if held or actor is None or campaign is None:
        return held
    wanted = Wanted(
        name="Routine or plain",
        question="Do more people follow the link when it comes with a routine?",
        design=ExperimentDesign.CHANCE,
        metric=OutcomeMetric.CLICKS,
        arms=_ARMS,
        campaign=campaign.key,
        reading=ExperimentReading.ANYTIME,
        days=DAYS,
    )
    began = at - timedelta(days=STARTED)
    made = plans.create_experiment(
        brand=brand, wanted=wanted, actor=actor, at=began, seed=f"demo-{seed}"
    )
    try:
        assigning.start(experiment_id=made.pk, actor=actor, at=began)
        look = looking.ask(experiment_id=made.pk, actor=actor, at=at)
    except ExperimentRefused:
        # Too few creators for two arms: the plan stays a draft.
        return 1
    looking.compute(look_id=look.pk, at=at)
    return 1


def fill_attribution(*, brand: Brand, seed: int, at: datetime) -> int:
    """What the shop sold in six weeks, divided by all models; how many reports there are."""
    held = AttributionReport.objects.filter(brand=brand).count()
    actor = _analyst(brand)
    if held or actor is None:
        return held
    today = today_of(brand, at)
    report = requests.request_report(
        brand=brand,
        campaign=None,
        first_on=today - timedelta(days=ATTRIBUTED),
        last_on=today,
        currency=brand.currency,
        actor=actor,
        at=at,
    )
    requests.compute(report_id=report.pk, at=at)
    return 1


def fill_scores(*, brand: Brand, seed: int, at: datetime) -> int:
    """A score over engagement, posting and the bond; counted when the facts are there."""
    held = ScoreModel.objects.filter(brand=brand).count()
    actor = _analyst(brand)
    if held or actor is None:
        return held
    version = writing.create_model(
        brand=brand,
        key="fit",
        name="Fit",
        purpose="Whom to ask first: people who react, a steady hand, and a bond with us.",
        definition=_FIT,
        reason="To begin with",
        actor=actor,
        at=at,
    )
    writing.activate(version_id=version.pk, actor=actor, at=at)
    return 1


def _analyst(brand: Brand) -> User | None:
    return User.objects.filter(roles__brand=brand, roles__role=Role.ANALYST).first()


def _running(brand: Brand) -> Campaign | None:
    rows = Campaign.objects.filter(brand=brand, status=CampaignStatus.ACTIVE)
    return rows.order_by("pk").first()
