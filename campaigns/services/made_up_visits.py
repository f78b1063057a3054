"""Made-up visits of the shop through links and codes, and what buyers said at the check-out."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from campaigns.choices import SurveyChoice
from campaigns.models import PromoCode, SurveyAnswer, TrackingLink, VisitDay
from campaigns.services import survey, visits
from campaigns.services.days import today_of
from crm.choices import Role, Source
from crm.models import Brand, User

DAYS, ANSWERS = 42, 60
# What buyers say; of half of them it is a creator.
_SAID = (
    "I saw it at {name}",
    "{name} on Instagram",
    "through {name}",
    "A friend told me",
    "Google",
    "TikTok, I think",
)


@transaction.atomic
def fill_visits(*, brand: Brand, seed: int, at: datetime) -> int:
    """Six weeks of visits by link and code; how many days of them there are."""
    held = VisitDay.objects.filter(brand=brand).count()
    actor = _analyst(brand)
    if held or actor is None:
        return held
    random = Random(f"visits {seed}")  # noqa: S311 - made-up data
    ways = [
        *((link.code, "") for link in TrackingLink.objects.filter(brand=brand).order_by("pk")),
        *(("", code.code) for code in PromoCode.objects.filter(brand=brand).order_by("pk")),
    ]
    today, told = today_of(brand, at), []
    for link, code in ways:
        usual = random.lognormvariate(2.5, 0.8)
        for back in range(DAYS, 0, -1):
            sessions = int(usual * random.lognormvariate(0, 0.5))
            if sessions:
                engaged = int(sessions * random.betavariate(6, 4))
                numbers = {
                    "sessions": sessions,
                    "engaged": engaged,
                    "bounces": sessions - engaged,
                    "pages": sessions + int(engaged * random.uniform(1, 4)),
                    "seconds": int(engaged * random.uniform(30, 150)),
                }
                day = today - timedelta(days=back)
                told.append(visits.Told(day=day, numbers=numbers, link=link, code=code))
    if not told:
        return 0
    visits.tell(brand=brand, days=told, source=Source.MEASURED, actor=actor, at=at)
    return len(told)


@transaction.atomic
def fill_survey(*, brand: Brand, seed: int, at: datetime) -> int:
    """What buyers answered when asked how they heard of the brand; how many answers there are."""
    held = SurveyAnswer.objects.filter(brand=brand).count()
    actor = _analyst(brand)
    codes = PromoCode.objects.filter(brand=brand).select_related("relationship__creator")
    people = {code.relationship.creator.name: code.relationship for code in codes.order_by("pk")}
    if held or actor is None or not people:
        return held
    random = Random(f"survey {seed}")  # noqa: S311 - made-up data
    today = today_of(brand, at)
    answers = [
        survey.Told(
            key=f"made-up-{number}",
            day=today - timedelta(days=random.randrange(DAYS)),
            text=random.choice(_SAID).format(name=random.choice(list(people))),
        )
        for number in range(ANSWERS)
    ]
    survey.tell(brand=brand, answers=answers, actor=actor, at=at)
    # Somebody has said what the names mean; of “Google” and the rest they have not yet.
    for name, relationship in people.items():
        taken = survey.Taken(SurveyChoice.CREATOR, relationship)
        survey.add_rule(brand=brand, words=name, taken=taken, actor=actor, at=at)
    return len(answers)


def _analyst(brand: Brand) -> User | None:
    return User.objects.filter(roles__brand=brand, roles__role=Role.ANALYST).first()
