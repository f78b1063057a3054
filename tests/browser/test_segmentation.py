"""The pages of segmentation in a browser: accessible, quiet, within the screen of a phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from segmentation.models import Segment
from segmentation.services import changesets, packs, runs, scorecards
from tests.browser.watching import PHONE, width_beyond_screen
from tests.segmentation.world import make_creator, post


@pytest.fixture
def segmented(brand):
    """Thirty creators with posts, the standard packs, a run two months ago and its scorecards."""
    now = timezone.now()
    known = now - timedelta(days=300)
    stages = ("prospect", "first_time", "core")
    for n in range(30):
        creator = make_creator(
            brand,
            name=f"Creator {n:02d}",
            followers=300 + n * 9_000,
            since=known,
            stage=stages[n % 3],
        )
        for week in range(12):
            day = now - timedelta(weeks=week, hours=n)
            post(creator, day, followers_at_post=10_000, likes=100 + n * 10 + week, comments=n)
    packs.install_pack(brand=brand, name="default", actor=None, at=now)
    run = runs.start_run(brand=brand, as_of=now - timedelta(days=100), at=now)
    runs.execute_run(run_id=run.pk, at=now)
    scorecards.refresh(brand_id=brand.pk, as_of=now)
    return brand


def test_every_page_is_accessible_and_fits_a_phone(
    segmented, strategist, log_in, visit, assert_accessible
):
    log_in(strategist)
    run = changesets.last_applied(segmented)
    core = segmented_key(segmented)
    for path in (
        "/acme/segments/",
        f"/acme/segments/{core}/",
        "/acme/runs/",
        f"/acme/runs/{run.pk}/",
        f"/acme/runs/{run.pk}/{core}/joined/",
        "/acme/scorecards/",
        f"/acme/segments/{core}/scorecard/",
    ):
        page = visit(path)
        assert_accessible(page)
        page.set_viewport_size(PHONE)
        assert width_beyond_screen(page) == 0, path
        page.set_viewport_size({"width": 1440, "height": 900})


def test_a_scorecard_is_drawn_and_explains_its_numbers(segmented, analyst, log_in, visit):
    log_in(analyst)
    page = visit(f"/acme/segments/{segmented_key(segmented)}/scorecard/")
    # Four of what it is judged by, its members by stage and by platform.
    expect(page.locator("[data-chart] canvas")).to_have_count(6)
    page.get_by_role("link", name="Why? Engagement rate by followers, mean").click()
    drawer = page.locator("#drawer-body")
    expect(drawer).to_contain_text("engagement_rate_followers v2:")
    expect(drawer).to_contain_text("Log-ratio by creator")


def test_packs_run_and_result_by_hand(brand, strategist, log_in, visit):
    make_creator(brand, name="Ana", followers=20_000)
    log_in(strategist)
    page = visit("/acme/segments/")
    page.get_by_role("button", name="Install the standard packs").click()
    page.get_by_role("link", name="Run now").click()
    page.get_by_label("Dry run").check()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Run ")
    expect(page.get_by_text("A dry run: nobody moves.")).to_be_visible()
    expect(page.get_by_role("heading", name="Biggest movements")).to_be_visible()


def segmented_key(brand):
    """The key of a stage's segment, which has ten members."""
    stages = Segment.objects.filter(brand=brand, dimension__key="relationship_stage")
    return stages.filter(members_count=10).first().key
