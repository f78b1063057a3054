"""The pages around segments in a browser: accessible, within a phone, by keyboard."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from segmentation.choices import OverrideKind
from segmentation.models import AudienceSegment, Override, Segment, SegmentVersion
from segmentation.services import packs, playbooks, runs, stage_rules
from segmentation.services.overrides import force
from tests.browser.watching import PHONE, SCREEN, width_beyond_screen
from tests.segmentation.world import make_creator, post


@pytest.fixture
def lived_in(brand, strategist):
    """Personas after a run, with a playbook, an example, a draft, a decision and an audience."""
    now = timezone.now()
    creators = []
    for n in range(12):
        creator = make_creator(
            brand,
            name=f"Creator {n:02d}",
            followers=2_000 + n,
            country="DK" if n % 2 else "SE",
            since=now - timedelta(days=200),
        )
        post(creator, now - timedelta(days=5), followers_at_post=2_000, likes=50)
        creators.append(creator)
    packs.install_pack(brand=brand, name="personas", actor=None, at=now)
    stage_rules.take_ready(brand=brand, at=now, actor=None)
    run = runs.start_run(brand=brand, as_of=now - timedelta(hours=1), at=now)
    runs.execute_run(run_id=run.pk, at=now)
    segment = Segment.objects.get(brand=brand, key="persona-influencer")
    playbooks.save_playbook(
        segment_id=segment.pk,
        changes={"do_not_pitch": True, "claims_policy": "No before and after"},
        at=now,
        actor=strategist,
    )
    playbooks.set_example(
        segment_id=segment.pk,
        creator_id=creators[0].pk,
        belongs=True,
        note="Posts weekly",
        at=now,
        actor=strategist,
    )
    SegmentVersion.objects.create(
        segment=segment,
        number=2,
        rule={"fact": "followers", "op": ">=", "value": 5_000},
        rule_text="followers >= 5000",
        created_at=now - timedelta(days=40),
    )
    force(
        segment_id=segment.pk,
        creator_id=creators[1].pk,
        kind=OverrideKind.OUT,
        reason="Asked for a break",
        at=now,
        actor=strategist,
    )
    audience = AudienceSegment.objects.create(
        brand=brand, key="teens", name="Teens", countries=["DK", "NO"], platforms=["instagram"]
    )
    audience.segments.add(segment)
    return creators


def test_every_page_is_accessible_and_fits_a_phone(
    lived_in, strategist, log_in, visit, assert_accessible
):
    log_in(strategist)
    segment = "/acme/segments/persona-influencer"
    for path in (
        "/acme/stages/",
        "/acme/stages/entry/first_time/",
        "/acme/board/",
        "/acme/segments/",
        f"{segment}/",
        f"{segment}/edit/",
        f"{segment}/playbook/",
        f"{segment}/examples/",
        f"{segment}/archive/",
        f"{segment}/overlap/",
        f"{segment}/overrides/",
        f"{segment}/versions/2/",
        "/acme/dimensions/new/",
        "/acme/dimensions/personas/",
        "/acme/hygiene/",
        "/acme/matrix/",
        "/acme/matrix/creators/?rows=fact.country&columns=personas&row=DK",
        "/acme/audiences/",
        "/acme/audiences/teens/",
        "/acme/audiences/new/",
        "/acme/audiences/teens/delete/",
        f"/acme/creators/{lived_in[1].uid}/segments/persona-influencer/override/",
    ):
        shown = visit(path)
        assert_accessible(shown)
        shown.set_viewport_size(PHONE)
        assert width_beyond_screen(shown) == 0, path
        shown.set_viewport_size(SCREEN)


def test_a_decision_by_keyboard(lived_in, strategist, log_in, visit):
    log_in(strategist)
    page = visit("/acme/segments/persona-influencer/?sort=name")
    page.get_by_role("link", name="Decide about Creator 05").focus()
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_label("Never in")).to_be_checked()
    drawer.get_by_label("Reason").fill("Moved abroad")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Creator 05: never in Influencer.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/segments/persona-influencer/\?sort=name$"))
    assert Override.objects.filter(creator=lived_in[5], reason="Moved abroad").exists()


def test_members_are_narrowed_in_place(lived_in, strategist, log_in, visit):
    log_in(strategist)
    page = visit("/acme/segments/persona-influencer/")
    page.get_by_label("Name or handle", exact=True).fill("Creator 07")
    page.get_by_label("Name or handle", exact=True).press("Enter")
    members = page.locator("#members")
    expect(members.get_by_role("link", name="Creator 08")).to_have_count(0)
    expect(members.get_by_role("link", name="Creator 07", exact=True)).to_be_visible()
    expect(page.get_by_label("Name or handle", exact=True)).to_have_value("Creator 07")
