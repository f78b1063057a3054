"""Somebody hands something in from a phone; a manager accepts it; who can post soon is asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import expect

from campaigns.choices import SubmissionState
from campaigns.models import FastLane, Submission
from campaigns.services.deliverables.record import Actor
from campaigns.services.whereabouts import saying
from campaigns.services.whereabouts.saying import Said
from crm.public_forms import proof
from tests.browser.watching import PHONE, SCREEN, width_beyond_screen
from tests.campaigns.made import make_campaign
from tests.campaigns.submissions.worlds import PIXEL, a_page, handed_in
from tests.factories import RelationshipFactory


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(proof, "NOT_BEFORE", timedelta(0))
    # Files in memory are one object for all threads: a picture that is shown would be read apart.
    on_disk = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    settings.STORAGES = settings.STORAGES | {"default": on_disk}
    settings.MEDIA_ROOT = tmp_path
    cache.clear()


def test_from_a_phone_to_the_library(
    brand, manager, log_in, page, visit, troubles, assert_accessible
):
    settings = a_page(brand, manager)
    handed_in(settings, timezone.now(), name="Buy Pills", email="b@x.example")
    key = settings.campaign.key
    page.set_viewport_size(PHONE)
    visit(f"/apply/acme/campaigns/{key}/")
    expect(page.locator("#puzzle-state")).to_have_text("The check against programs is done.")
    assert_accessible(page)
    assert width_beyond_screen(page) == 0
    page.get_by_label("Your name").fill("Mia Lund")
    page.get_by_label("E-mail").fill("mia@lund.example")
    page.get_by_label("Picture or film").set_input_files(
        {"name": "b.png", "mimeType": "image/png", "buffer": PIXEL}
    )
    page.get_by_label("I am 18 or older.").check()
    page.get_by_label("I agree to this.").check()
    page.get_by_label("Yes, you may use it like this.").check()
    page.get_by_role("button", name="Hand it in").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()

    log_in(manager)
    page.set_viewport_size(SCREEN)
    visit(f"/acme/campaigns/{key}/submissions/")
    rows = page.locator("article[data-row]")
    expect(rows).to_have_count(2)
    assert_accessible(page)
    page.keyboard.press("j")
    page.keyboard.press("q")
    expect(rows.nth(0).get_by_label("What you ask")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    page.keyboard.type("Spam")
    page.keyboard.press("Enter")
    expect(rows.nth(0)).to_contain_text("Refused. Nothing was sent.")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(rows.nth(1)).to_contain_text("It is in the library")
    assert_accessible(page)
    page.set_viewport_size(PHONE)
    assert width_beyond_screen(page) == 0
    states = Submission.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [SubmissionState.REFUSED, SubmissionState.ACCEPTED]


def test_who_can_post_soon(brand, manager, log_in, page, visit, troubles, assert_accessible):
    key = make_campaign(brand, manager).key
    ava = RelationshipFactory(brand=brand, creator__name="Ava")
    said = Said(place="Copenhagen", country="DK", notice_hours=1)
    saying.say(relationship=ava, said=said, by=Actor(manager), at=timezone.now())
    log_in(manager)
    page.set_viewport_size(PHONE)
    visit("/acme/soon/?near=Copenhagen")
    assert width_beyond_screen(page) == 0
    page.set_viewport_size(SCREEN)
    assert_accessible(page)
    page.get_by_label("Choose Ava").check()
    page.get_by_label("Campaign").select_option(key)
    page.get_by_label("Why there is no time").fill("The match is tonight")
    page.get_by_role("button", name="Onto the fast lane").click()
    expect(page.get_by_text("1 on the fast lane of")).to_be_visible()
    assert FastLane.objects.get().gate_hours == 1
