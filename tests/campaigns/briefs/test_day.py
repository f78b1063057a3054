"""What briefs bring to My day: to decide, and whom to remind."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns.choices import BriefGate, CampaignStatus, EngagementStage
from campaigns.day.briefs import BriefsForBrand, BriefsForLegal, BriefsNotAccepted
from campaigns.services.briefs import accepting, deciding
from crm.choices import Role
from crm.day import Asker
from tests.campaigns.briefs.made import approved, draft, next_version
from tests.campaigns.made import engage, make_campaign, set_status
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=3)


@pytest.fixture
def campaign(brand, manager):
    return set_status(make_campaign(brand, manager), CampaignStatus.ACTIVE)


def asker(user, brand, role, at=LATER, *, is_team=False) -> Asker:
    return Asker(user=user, brand=brand, role=role, at=at, is_team=is_team)


def test_each_gate_has_what_waits_for_it(brand, campaign, manager, strategist, legal):
    version = draft(campaign, manager, statements=("We look into it.",))
    said = {"brief_id": version.brief_id, "brand": brand, "at": NOW, "expected_version": None}
    deciding.submit(**said, actor=manager)
    theirs = asker(strategist, brand, Role.STRATEGIST)
    lawyers = asker(legal, brand, Role.LEGAL)
    assert list(BriefsForBrand().rows(theirs)) == [version]
    assert list(BriefsForLegal().rows(lawyers)) == [version]
    assert not BriefsForBrand().rows(asker(manager, brand, Role.MANAGER)).exists()
    (row,) = BriefsForBrand().show(theirs, list(BriefsForBrand().rows(theirs)))
    assert row.title == "Brief for all creators, version 1"
    assert row.why.startswith("waits for a yes or a no, written by ")
    deciding.decide(**said, gate=BriefGate.BRAND, is_yes=True, note="", actor=strategist)
    assert not BriefsForBrand().rows(theirs).exists()
    assert list(BriefsForLegal().rows(lawyers)) == [version]


def test_who_has_not_accepted_is_chased_after_two_days(
    brand, campaign, manager, strategist, django_assert_num_queries
):
    late = engage(campaign, EngagementStage.CONTRACTED, owner=manager)
    done = engage(campaign, EngagementStage.CONTRACTED, owner=manager)
    engage(campaign, EngagementStage.CONTRACTED, owner=strategist)
    engage(campaign, EngagementStage.VETTED, owner=manager)
    source, mine = BriefsNotAccepted(), asker(manager, brand, Role.MANAGER)
    assert not source.rows(mine).exists()
    version = approved(campaign, manager, strategist)
    accepting.record_acceptance(
        engagement_id=done.pk,
        brand=brand,
        version_id=version.pk,
        name="Ida",
        note="Mail",
        actor=manager,
        at=NOW,
    )
    with django_assert_num_queries(1):
        rows = list(source.rows(mine))
    assert rows == [late]
    (row,) = source.show(mine, rows)
    assert row.why == "has not accepted version 1 of the brief"
    assert source.rows(asker(manager, brand, Role.MANAGER, is_team=True)).count() == 2
    assert not source.rows(asker(manager, brand, Role.MANAGER, NOW)).exists()
    next_version(version, manager, strategist, goal="Other.")
    assert set(source.rows(mine)) == {late, done}
