"""An experiment from the plan to its reading."""

from __future__ import annotations

from django.utils import timezone
from playwright.sync_api import expect

from segmentation.models import Experiment
from tests.browser.watching import PHONE, width_beyond_screen
from tests.segmentation.experiments.worlds import educators, saves


def test_hooks_are_planned_drawn_and_read(brand, analyst, log_in, visit, assert_accessible):
    educators(brand)
    log_in(analyst)
    page = visit("/acme/experiments/new/")
    page.get_by_label("Name").fill("Demonstrate or list")
    page.get_by_label("What do you want to know?").fill("Do demonstrations hold attention?")
    page.get_by_label("Arm", exact=True).first.fill("List")
    page.get_by_label("Arm", exact=True).nth(1).fill("Demonstration")
    page.get_by_label("who are in the segment").select_option("educators")
    page.get_by_label("What is counted of each creator").select_option("saves")
    page.get_by_label("Whenever somebody likes").check()
    assert_accessible(page)
    page.get_by_role("button", name="Save the plan").click()
    expect(page.get_by_role("heading", name="What it could show")).to_be_visible()

    page.get_by_label("How much do creators differ?").select_option("expected")
    expect(page.get_by_text("creators in the smallest arm")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Start with these creators").click()
    expect(page.get_by_text("Who got what is written down.")).to_be_visible()

    made = Experiment.objects.get()
    for row in made.assignments.select_related("relationship", "arm"):
        post = saves(row.relationship, (20 + row.number) * (1 + (row.arm.key != "list")))
        post.posted_at = timezone.now()
        post.save()
    page.get_by_role("button", name="Take look 1").click()
    expect(page.get_by_text("Demonstration does better than List.")).to_be_visible()
    expect(page.locator("[data-chart] canvas")).to_be_visible()
    assert_accessible(page)
    page.set_viewport_size(PHONE)
    assert width_beyond_screen(page) == 0
