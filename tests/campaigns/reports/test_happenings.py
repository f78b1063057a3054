"""Lifts and events in the report: what is known of them, in page and PDF, without names."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from campaigns.choices import EventPart, InvitationState
from campaigns.experiments.weeks import Span
from campaigns.models import EventInvitation, EventPost
from campaigns.selectors.reports.report import report_of
from campaigns.services.series import keeping, lifts
from campaigns.services.series.lifts import Asked
from tests.campaigns.events.worlds import an_event, invited
from tests.campaigns.publishing.pieces import running
from tests.factories import NOW, PostFactory

pytestmark = pytest.mark.django_db
FIRST = date(2026, 9, 28)


@pytest.fixture
def campaign(brand, manager):
    """With a lift of 25 %, one that cannot be told, and a dinner with two posts."""
    campaign = running(brand, manager, currency="EUR")
    search = keeping.create_series(
        brand=brand, name="Brand search", kind="brand_search", source="", actor=None, at=NOW
    )
    other = keeping.create_series(
        brand=brand, name="Other market", kind="other", source="", actor=None, at=NOW
    )
    days = [FIRST + timedelta(days=number) for number in range(56)]
    for series, grown in ((search, 150.0), (other, 120.0)):
        level = {day: grown if place >= 28 else 100.0 for place, day in enumerate(days)}
        keeping.put_values(series=series, values=level, actor=None, at=NOW)
    spans = {
        "before": Span(FIRST, FIRST + timedelta(days=27)),
        "after": Span(FIRST + timedelta(days=28), FIRST + timedelta(days=55)),
    }
    for control, back in ((other, None), (None, 364)):
        asked = Asked(series=search, control=control, days_back=back, **spans)
        lifts.ask_lift(campaign=campaign, asked=asked, actor=None, at=NOW)
    event = an_event(brand, manager, campaign)
    rows = invited(event, manager, "Mira Holm", "Kim Berg", "Noor Dam", "Ida Lund")
    states = (InvitationState.ATTENDED, InvitationState.ABSENT, InvitationState.ACCEPTED)
    for row, state in zip(rows, states, strict=False):
        before = "" if state == InvitationState.ACCEPTED else InvitationState.ACCEPTED
        EventInvitation.objects.filter(pk=row.pk).update(state=state, before_check_in=before)
    for reach in (900, None):
        profile_post = PostFactory(reach=reach)
        EventPost.objects.create(invitation=rows[0], post=profile_post, verdict=EventPart.YES)
    EventPost.objects.create(invitation=rows[0], post=PostFactory(), verdict=EventPart.NO)
    return campaign


def test_what_the_report_says_of_lifts_and_events(campaign) -> None:
    report = report_of(campaign, NOW)
    known, unknown = report["lifts"]
    assert (known["series"], known["control"]) == (
        "Brand search", "Other market on the same days",
    )  # fmt: skip
    assert known["lift"] == pytest.approx(0.25)
    assert known["reason_if_absent"] is None
    assert (unknown["lift"], unknown["words"]) == (None, [])
    assert "there is no whole week" in unknown["reason_if_absent"]
    [dinner] = report["events"]
    assert (dinner["invited"], dinner["said_yes"], dinner["there"], dinner["unanswered"]) == (
        4, 3, 1, 1,
    )  # fmt: skip
    assert dinner["words"] == (
        "4 invited, 3 said yes, 1 has not answered; 1 was there. 2 posts of it: reach 900, known "
        "of 1."
    )
    assert "Mira" not in str(report["events"])


def test_page_and_pdf_say_it(campaign, brand, analyst_client) -> None:
    page = reverse("campaigns:report", args=[brand.slug, campaign.key])
    shown = analyst_client.get(page).content.decode()
    assert "Lifts of daily series" in shown
    assert "4 invited, 3 said yes" in shown
    assert "Not known: " in shown
    printed = analyst_client.get(reverse("campaigns:report_pdf", args=[brand.slug, campaign.key]))
    assert printed.content.startswith(b"%PDF")
