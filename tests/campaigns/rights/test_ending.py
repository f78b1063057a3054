"""Rights that end are told of once each, and what is used past them is shown."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.choices import RightSource, Usage
from campaigns.day.rights import SOURCES
from campaigns.models import AssetUse
from campaigns.services.assets.using import Use, log_use
from campaigns.services.feed import entries
from campaigns.services.guests import make_link, path_of
from campaigns.services.rights.ending import overruns, tell_endings
from campaigns.services.rights.evidence import Evidence
from campaigns.services.rights.granting import grant, revoke
from campaigns.services.rights.terms import next_terms
from crm.choices import Role
from crm.day import Asker, DayRefused
from crm.models import Brand, Notification
from crm.timeline import timeline
from tests.campaigns.rights.worlds import LAST, asset_of, at_utc, engagement_of, give
from tests.factories import NOW, BrandFactory
from tests.people import person

pytestmark = pytest.mark.django_db

ENDING, PAST = SOURCES


@pytest.fixture
def brand() -> Brand:
    return BrandFactory(timezone="Europe/Copenhagen")


@pytest.fixture
def manager(brand):
    return person(brand, Role.MANAGER)


def asker(user, brand, at, *, is_team=False):
    return Asker(user=user, brand=brand, role=Role.MANAGER, at=at, is_team=is_team)


def on(day):
    return at_utc(day.year, day.month, day.day)


def renewed(right):
    return grant(
        engagement=right.engagement,
        terms=next_terms(right),
        source=RightSource.CONTRACT,
        evidence=Evidence(reference="Contract 13"),
        actor=None,
        at=NOW,
        renews=right,
    )


def test_told_once_at_each_step_by_the_brands_day(brand, manager):
    right = give(engagement_of(brand, manager))

    def told(days):
        tell_endings(at=on(LAST - timedelta(days=days)))
        return Notification.objects.count()

    assert [told(days) for days in (61, 60, 59, 31, 30, 29, 8, 7, 6, 1, 0, -1)] == [
        0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3,
    ]  # fmt: skip
    newest = Notification.objects.latest("pk")
    assert newest.user == manager
    assert newest.text == (
        "A right ends in 7 days, on 2 June 2027: paid use of Spring launch. Renew it, or take the "
        "content down then."
    )
    assert newest.url == reverse("campaigns:right", args=[brand.slug, right.pk])


def test_nobody_is_told_of_what_goes_on(brand, manager):
    engagement = engagement_of(brand, manager)
    renewed(give(engagement))
    give(engagement, usage=Usage.ORGANIC, is_endless=True)
    back = give(engagement, usage=Usage.WHITELISTING)
    revoke(right_id=back.pk, brand=brand, on=date(2027, 1, 1), reason="Quarrel", actor=None, at=NOW)

    tell_endings(at=on(LAST - timedelta(days=3)))

    assert not Notification.objects.exists()


def test_my_day_shows_what_ends_within_a_month_to_whom_it_belongs(brand, manager):
    give(engagement_of(brand, manager))
    other = person(brand, Role.ADMIN)
    before, within = on(LAST - timedelta(days=31)), on(LAST - timedelta(days=30))

    mine = asker(manager, brand, within)

    assert list(ENDING.rows(asker(manager, brand, before))) == []
    assert list(ENDING.rows(asker(other, brand, within))) == []
    assert len(ENDING.rows(asker(other, brand, within, is_team=True))) == 1
    [row] = ENDING.show(mine, list(ENDING.rows(mine)))
    assert row.title == "Paid use of Spring launch"
    assert row.why == "ends in 30 days: renew it, or plan to take the content down"
    assert (row.is_late, row.who) == (False, manager.display_name)


def use_of(asset, actor, **values):
    said = {"usage": Usage.PAID, "channel": "website", "starts_on": date(2026, 12, 3)} | values
    return log_use(
        asset_id=asset.pk,
        brand=asset.brand,
        use=Use(**said),
        reason="The right is renewed in spring",
        actor=actor,
        at=NOW,
    )


def test_a_use_past_its_right_comes_to_my_day_and_is_taken_down(brand, manager):
    engagement = engagement_of(brand, manager)
    give(engagement)
    use = use_of(asset_of(engagement), manager)
    fine = use_of(asset_of(engagement), manager, ends_on=LAST)
    early, soon, late = (LAST - timedelta(days=15), LAST - timedelta(days=14), LAST)

    assert overruns(brand, early) == []
    [found] = overruns(brand, soon)
    assert (found.use, found.until) == (use, LAST)
    [found] = overruns(brand, late + timedelta(days=1))
    assert (found.use, found.until) == (use, None)

    mine = asker(manager, brand, on(late + timedelta(days=1)))
    [row] = PAST.show(mine, list(PAST.rows(mine)))
    assert (row.pk, row.about, row.is_late) == (use.pk, "Website", True)
    assert row.why == "no right covers it today, and it goes on: take it down, or ask for more"
    with pytest.raises(DayRefused):
        PAST.finish(mine, use.pk, version=9, asked={})
    PAST.finish(mine, use.pk, version=row.version, asked={})

    use.refresh_from_db()
    assert use.ends_on == late + timedelta(days=1)
    # It is down, but was up today: gone tomorrow.
    assert overruns(brand, late + timedelta(days=2)) == []
    assert AssetUse.objects.get(pk=fine.pk).ends_on == LAST


def test_a_right_that_is_renewed_covers_the_use(brand, manager):
    engagement = engagement_of(brand, manager)
    right = give(engagement)
    use_of(asset_of(engagement), manager, ends_on=LAST + timedelta(days=30))
    renewed(right)

    assert overruns(brand, LAST) == []


def test_calendars_have_the_last_day_and_no_names(brand, manager):
    engagement = engagement_of(brand, manager)
    right = give(engagement)
    renewed(give(engagement, usage=Usage.ORGANIC))

    found = list(entries(manager, (LAST - timedelta(days=5), LAST)))

    assert [(entry.key, entry.title, entry.on) for entry in found] == [
        (f"right-{right.pk}", "Right ends: paid use of Spring launch", LAST)
    ]


def test_the_timeline_tells_what_was_given_and_taken_back(brand, manager):
    engagement = engagement_of(brand, manager)
    right = give(engagement)
    revoke(
        right_id=right.pk,
        brand=brand,
        on=date(2027, 1, 1),
        reason="Quarrel",
        actor=manager,
        at=NOW + timedelta(hours=1),
    )

    found = [
        (event.title, event.text)
        for event in timeline(engagement.relationship).items
        if event.kind == "right"
    ]

    assert found == [
        ("Right taken back: paid use of Spring launch", "Quarrel"),
        ("Right given: paid use of Spring launch", "until 2 June 2027"),
    ]


def test_a_creator_sees_what_they_allowed_and_nothing_of_others(brand, manager, client):
    engagement, other = engagement_of(brand, manager), engagement_of(brand, manager)
    give(engagement, starts_on=date(2020, 1, 1), ends_on=date(2090, 1, 1), credit="@anna")
    give(other, usage=Usage.WHITELISTING)
    link = make_link(target=engagement, name="Anna", actor=manager, at=timezone.now())

    home = client.get(path_of(link)).content.decode()
    page = client.get(f"{path_of(link)}rights/").content.decode()

    assert "In force today: paid use." in home
    assert "Paid use worldwide on all channels from 1 January 2020" in page
    assert "You are named: @anna" in page
    assert "hitelisting" not in page


def test_no_link_opens_the_rights_but_a_good_one(brand, manager, client):
    engagement = engagement_of(brand, manager)
    give(engagement)
    now = timezone.now()
    link = make_link(target=engagement, name="Anna", actor=manager, at=now)
    report = make_link(target=engagement.campaign, name="Board", actor=manager, at=now)
    address = f"{path_of(link)}rights/"

    assert client.get("/guest/nothing/rights/").status_code == 404
    assert client.get(f"{path_of(report)}rights/").status_code == 404
    link.revoked_at = now
    link.save()
    assert client.get(address).status_code == 410
