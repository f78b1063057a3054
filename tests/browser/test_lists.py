"""The list in a browser: an owner for all that match, and undone; the palette by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from crm.models import Creator, CreatorMetrics, Relationship
from tests.factories import NOW

HOW_MANY = 60


@pytest.fixture
def sixty(brand):
    """More than a page holds."""
    creators = Creator.objects.bulk_create(
        Creator(name=f"Creator {number:02d}") for number in range(HOW_MANY)
    )
    CreatorMetrics.objects.bulk_create(
        CreatorMetrics(creator=creator, as_of=NOW, followers=number)
        for number, creator in enumerate(creators)
    )
    Relationship.objects.bulk_create(
        Relationship(brand=brand, creator=creator, since=NOW, stage_since=NOW)
        for creator in creators
    )


@pytest.mark.usefixtures("sixty")
def test_all_that_match_get_an_owner_and_lose_it_again(brand, manager, log_in, visit):
    log_in(manager)
    page = visit("/acme/creators/")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-number]")).to_have_text("1 selected")
    for _ in range(2):
        page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.locator("[data-number]")).to_have_text("3 selected")
    page.get_by_label("Select all on this page").check()
    page.get_by_role("button", name="Select all 60 that match").click()
    expect(page.locator("[data-number]")).to_have_text("60 selected")
    page.get_by_role("button", name="Owner", exact=True).click()
    drawer = page.locator("#drawer")
    drawer.get_by_label("New owner").select_option(str(manager.pk))
    drawer.get_by_role("button", name="Change 60 creators").click()
    expect(page.get_by_text("Give 60 creators to manager: started.")).to_be_visible()
    page.locator(".jobs-menu summary").click()
    expect(page.locator(".jobs-card")).to_contain_text("60 creators changed.")
    assert Relationship.objects.filter(owner=manager).count() == HOW_MANY
    page.locator(".jobs-card").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Undo: Give 60 creators to manager")
    expect(page.locator("#progress")).to_contain_text("60 creators as before.")
    assert not Relationship.objects.exclude(owner=None).exists()


@pytest.mark.usefixtures("sixty")
def test_the_palette_leads_to_a_creator_without_a_mouse(brand, manager, log_in, visit):
    log_in(manager)
    page = visit("/acme/board/")
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Search creators, notes, mails, segments, pages")
    expect(box).to_be_focused()
    box.press_sequentially("creator 5")
    options = page.locator("#palette [role=option]")
    # Most followers first.
    expect(options.first).to_contain_text("Creator 59")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#palette [aria-selected=true]")).to_contain_text("Creator 58")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Creator 58")
    page.keyboard.press("Control+k")
    expect(options.first).to_have_text("Creator 58")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
