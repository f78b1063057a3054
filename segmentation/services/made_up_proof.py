"""Made-up proof for the demo brand: an experiment that runs, a look at it, and an attribution."""

from __future__ import annotations

from datetime import datetime, timedelta

from campaigns.choices import CampaignStatus
from campaigns.models import Campaign
from campaigns.services.days import today_of
from crm.choices import Role
from crm.models import Brand, User
from segmentation.choices import ExperimentDesign, ExperimentReading, OutcomeMetric
from segmentation.models import AttributionReport, Experiment
from segmentation.services.attribution import requests
from segmentation.services.experiments import assigning, looking, plans
from segmentation.services.experiments.plans import ArmPlan, Wanted
from segmentation.services.experiments.refusals import ExperimentRefused

STARTED, DAYS, ATTRIBUTED = 30, 42, 45
_ARMS = (
    ArmPlan("plain", "As always", "The link and the code below the post."),
    ArmPlan("routine", "As a routine", "Show the evening routine first, then the link."),
)


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


def _analyst(brand: Brand) -> User | None:
    return User.objects.filter(roles__brand=brand, roles__role=Role.ANALYST).first()


def _running(brand: Brand) -> Campaign | None:
    rows = Campaign.objects.filter(brand=brand, status=CampaignStatus.ACTIVE)
    return rows.order_by("pk").first()
