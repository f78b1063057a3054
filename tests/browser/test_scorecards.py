"""Scorecards in a browser: KPIs with a target, side by side, and a link for somebody outside."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from segmentation.metrics.periods import calendar_of, quarter_bounds, quarter_of
from segmentation.models import ScorecardShare
from segmentation.services import scorecards
from tests.browser.watching import PHONE, SCREEN, width_beyond_screen
from tests.segmentation.world import make_creator, make_segment, post, stay


@pytest.fixture
def period(brand):
    """The quarter before, in which two segments have six members with a post each."""
    now = timezone.now()
    quarter = quarter_of(now, calendar_of(brand)).previous()
    start = quarter_bounds(quarter, calendar_of(brand)).start
    for key, likes in (("teachers", 30), ("dancers", 90)):
        segment = make_segment(brand, key, purpose="They explain things.")
        for n in range(6):
            creator = make_creator(brand, name=f"{key} {n}")
            stay(segment, creator, start - timedelta(days=1))
            post(creator, start + timedelta(days=9), followers_at_post=1_000, likes=likes + n)
    scorecards.refresh(brand_id=brand.pk, as_of=now, periods=[str(quarter)])
    return str(quarter)


def test_pages_are_accessible_and_fit_a_phone(period, strategist, log_in, visit, assert_accessible):
    log_in(strategist)
    for path in (
        f"scorecards/?period={period}",
        f"segments/teachers/scorecard/?period={period}",
        "segments/teachers/kpis/",
        f"scorecards/compare/?period={period}&segment=teachers&segment=dancers",
        "scorecards/cohorts/",
        "scorecards/sizes/",
        "scorecards/claims/",
        f"scorecards/formulas/?period={period}",
        "scorecards/benchmarks/",
        f"scorecards/quality/?period={period}",
    ):
        shown = visit(f"/acme/{path}")
        assert_accessible(shown)
        shown.set_viewport_size(PHONE)
        assert width_beyond_screen(shown) == 0, path
        shown.set_viewport_size(SCREEN)


def test_a_target_a_comparison_and_a_link(period, strategist, log_in, visit):
    log_in(strategist)
    page = visit("/acme/segments/teachers/kpis/")
    page.get_by_label("Target of Engagement rate by followers, mean").fill("2")
    page.get_by_label("Targets hold from").select_option(period)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The KPIs and targets are saved.")).to_be_visible()
    page = visit(f"/acme/scorecards/compare/?period={period}&segment=teachers&segment=dancers")
    expect(page.get_by_text("Dancers is above Teachers.").first).to_be_visible()
    expect(page.get_by_text("Reached").first).to_be_visible()
    page.get_by_label("Who it is for").fill("Ada")
    page.get_by_role("button", name="Make a link").click()
    address = page.get_by_label("Address for Ada").input_value()
    assert ScorecardShare.objects.get().name == "Ada"
    page = visit(address[address.index("/guest/") :])
    expect(page.get_by_role("heading", name="Teachers, Dancers")).to_be_visible()
    expect(page.get_by_text("Dancers is above Teachers.").first).to_be_visible()
