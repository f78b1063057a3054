"""Without a mouse, and on a phone: everything is reached, and focus is never lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from crm.choices import Stage
from crm.models import Relationship
from tests.browser.watching import PHONE, width_beyond_screen
from tests.factories import CreatorFactory, ProfileFactory, RelationshipFactory


@pytest.fixture
def ana(brand):
    """Two prospects, Ana and Bea; gives Ana's relationship."""
    found = []
    for name in ("Ana Holm", "Bea Lund"):
        creator = CreatorFactory(name=name)
        ProfileFactory(creator=creator, handle=name.split()[0].lower())
        since = timezone.now() - timedelta(days=10)
        found.append(RelationshipFactory(brand=brand, creator=creator, since=since))
    return found[0]


def test_first_stop_skips_to_the_content(brand, manager, log_in, visit):
    log_in(manager)
    page = visit("/acme/board/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_letters_go_search_and_open(ana, manager, log_in, visit, base_url):
    log_in(manager)
    page = visit("/acme/board/")
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page).to_have_url(f"{base_url}/acme/creators/")
    # The address changes before the scripts of the page are there.
    page.wait_for_load_state()

    page.keyboard.press("/")
    expect(page.locator("input[type=search]:focus, input[data-search]:focus")).to_have_count(1)
    page.keyboard.press("Escape")
    page.locator("body").evaluate("body => document.activeElement.blur()")

    first, second = page.locator("tbody").get_by_role("row").all()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(second).to_be_focused()
    page.keyboard.press("k")
    expect(first).to_be_focused()
    name = first.get_by_role("link").first.inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)

    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()


def test_card_moves_by_keyboard_and_keeps_the_focus(ana, manager, log_in, visit):
    log_in(manager)
    page = visit("/acme/board/")
    select = page.get_by_label("Stage of Ana Holm")
    select.focus()
    select.select_option("First-time partner")

    expect(page.locator("#announce")).to_have_text("Ana Holm is in First-time partner now.")
    expect(page.locator("[data-card]", has_text="Ana Holm")).to_be_focused()
    assert Relationship.objects.get(pk=ana.pk).stage == Stage.FIRST_TIME


def test_card_asks_for_a_reason_and_can_stay(ana, manager, log_in, visit, troubles):
    troubles.expect(422)
    log_in(manager)
    page = visit("/acme/board/")
    page.get_by_label("Stage of Ana Holm").select_option(Stage.DECLINED.value)
    reason = page.get_by_label("Why Declined?")
    expect(reason).to_be_focused()
    page.get_by_role("button", name="Cancel").click()
    # The select shows the stage at once; the card is whole again when the question is gone.
    expect(reason).to_have_count(0)
    expect(page.get_by_label("Stage of Ana Holm")).to_have_value(Stage.PROSPECT.value)
    assert Relationship.objects.get(pk=ana.pk).stage == Stage.PROSPECT

    page.get_by_label("Stage of Ana Holm").select_option(Stage.DECLINED.value)
    page.get_by_label("Why Declined?").fill("No time this year")
    page.keyboard.press("Enter")
    expect(page.locator("#announce")).to_have_text("Ana Holm is in Declined now.")
    expect(page.locator("[data-card]", has_text="Ana Holm")).to_be_focused()
    assert Relationship.objects.get(pk=ana.pk).stage == Stage.DECLINED


def test_stale_card_is_refused_and_shows_how_it_is(ana, manager, log_in, visit, troubles):
    troubles.expect(409)
    log_in(manager)
    page = visit("/acme/board/")
    Relationship.objects.filter(pk=ana.pk).update(version=ana.version + 1)
    page.get_by_label("Stage of Ana Holm").select_option("First-time partner")

    expect(page.get_by_role("alert")).to_be_visible()
    assert Relationship.objects.get(pk=ana.pk).stage == Stage.PROSPECT


def test_board_and_creator_are_usable_on_a_phone(ana, manager, log_in, visit, page):
    page.set_viewport_size(PHONE)
    log_in(manager)
    visit("/acme/board/")
    assert width_beyond_screen(page) == 0
    page.get_by_label("Stage of Ana Holm").select_option("First-time partner")
    expect(page.locator("#announce")).to_have_text("Ana Holm is in First-time partner now.")

    page.get_by_role("button", name="Menu", exact=True).click()
    page.get_by_role("link", name="Creators", exact=True).click()
    page.get_by_role("link", name="Ana Holm").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ana Holm")
    assert width_beyond_screen(page) == 0
    page.get_by_label("Note", exact=True).fill("Met at the fair.")
    page.get_by_role("button", name="Add note").click()
    expect(page.get_by_role("region", name="Timeline")).to_contain_text("Met at the fair.")
