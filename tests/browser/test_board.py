"""The board in a browser: thousands of cards, moves by hand and by key, and a colleague's moves."""

from __future__ import annotations

from django.utils import timezone
from playwright.sync_api import expect

from crm.choices import Stage
from crm.models import Relationship
from crm.services.relationships import move_stage
from tests.browser.watching import width_beyond_screen
from tests.crm.cards import fill


def test_a_board_of_five_thousand_cards_is_moved(
    brand, manager, admin_user, log_in, visit, assert_accessible, troubles
):
    troubles.expect(304)  # nothing happened meanwhile
    troubles.expect(409)
    fill(brand, 5_000, (Stage.PROSPECT, Stage.FIRST_TIME, Stage.PROSPECT, Stage.CORE))
    log_in(manager)
    page = visit("/acme/board/")
    cards = page.locator("#cards-prospect > [data-card]")
    expect(page.locator("#count-prospect")).to_contain_text("2,500")
    expect(page.locator("#count-prospect")).to_contain_text("median 2 days")
    expect(cards).to_have_count(20)

    page.locator("#more-prospect").scroll_into_view_if_needed()
    expect(cards).to_have_count(40)
    page.locator("#cards-prospect").evaluate("place => place.scrollTo(0, 0)")

    move_by_hand(page, cards)
    stay_beside(page, admin_user)

    # Many at once, with one reason.
    for place in range(2):
        cards.nth(place).locator("[data-tick]").check()
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("#drawer-body")).to_contain_text("2 creators")

    # Narrowed to a few, for the look at every element takes its time.
    visit("/acme/board/?search=creator+002")
    expect(cards).to_have_count(5)
    assert width_beyond_screen(page) == 0
    assert_accessible(page)


def move_by_hand(page, cards):
    """By key and by mouse."""
    # By key: down, over to the next column, and back; then the card is moved.
    first = cards.nth(0)
    first.focus()
    page.keyboard.press("ArrowDown")
    expect(cards.nth(1)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#cards-first_time > [data-card]").nth(1)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("m")
    expect(first.locator("select")).to_be_focused()
    first.locator("select").select_option("first_time")
    moved = page.locator("#cards-first_time > [data-card]").first
    expect(moved).to_contain_text("Creator 0000")
    expect(moved).to_be_focused()
    expect(page.locator("#announce")).to_have_text("Creator 0000 is in First-time partner now.")
    expect(page.locator("#count-first_time")).to_contain_text("1,251")

    # By mouse, from column to column.
    second = cards.filter(has_text="Creator 0002")
    second.drag_to(page.locator("[data-column=first_time]"))
    expect(moved).to_contain_text("Creator 0002")


def stay_beside(page, colleague):
    """What a colleague moves comes up by itself; a move of an old card is refused."""
    # A colleague moves a card: it comes up by itself, and says who it was.
    theirs = Relationship.objects.get(creator__name="Creator 0004")
    shown = page.locator(f"#card-{theirs.pk}")
    old = shown.locator("[name=version]").input_value()
    move_stage(
        relationship_id=theirs.pk,
        to=Stage.FIRST_TIME,
        actor=colleague,
        at=timezone.now(),
        expected_version=None,
    )
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#board-news")).to_contain_text(
        "admin moved Creator 0004 to First-time partner."
    )
    expect(page.locator(f"#cards-first_time > #card-{theirs.pk}")).to_be_visible()
    expect(page.locator("#count-first_time")).to_contain_text("1,253")

    # A card that is older than what somebody else did: refused, and shown where it is.
    version = shown.locator("[name=version]")
    version.evaluate("(field, old) => { field.value = old }", old)
    shown.locator("select").select_option("core")
    expect(shown.get_by_role("alert")).to_contain_text("nothing of yours was saved")
    expect(page.locator(f"#cards-first_time > #card-{theirs.pk}")).to_be_visible()
    theirs.refresh_from_db()
    assert (theirs.stage, theirs.version) == ("first_time", 2)
