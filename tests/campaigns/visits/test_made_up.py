"""Made-up visits and answers for the demo brand."""

from __future__ import annotations

import pytest

from campaigns.models import SurveyAnswer, VisitDay
from campaigns.services.made_up_campaigns import fill_campaigns
from campaigns.services.made_up_conversions import fill_conversions
from campaigns.services.made_up_visits import fill_survey, fill_visits
from crm.services import made_up
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_without_links_there_are_no_visits(brand, analyst):
    assert fill_visits(brand=brand, seed=1, at=NOW) == 0
    assert fill_survey(brand=brand, seed=1, at=NOW) == 0


def test_visits_come_by_link_and_code_and_buyers_name_creators(brand, analyst, manager):
    made_up.fill(brand=brand, creators=30, seed=1, at=NOW)
    fill_campaigns(brand=brand, seed=1, at=NOW)
    fill_conversions(brand=brand, seed=1, at=NOW)
    days = fill_visits(brand=brand, seed=1, at=NOW)
    held = VisitDay.objects.filter(brand=brand)
    assert held.count() == days > 0
    assert held.filter(link=None).exists()
    assert held.filter(code=None).exists()
    assert fill_survey(brand=brand, seed=1, at=NOW) == 60
    answers = SurveyAnswer.objects.filter(brand=brand)
    assert answers.exclude(relationship=None).exists()
    assert answers.filter(relationship=None).exists()
    # Once.
    assert fill_visits(brand=brand, seed=1, at=NOW) == days
    assert fill_survey(brand=brand, seed=1, at=NOW) == 60
