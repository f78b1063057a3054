"""The board in a browser: thousands of cards, moves by hand and by key, and a colleague's moves."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.utils import timezone
from playwright.sync_api import expect

from crm.choices import Stage
from crm.models import Creator, Profile, Relationship, StageChange
from crm.services.relationships import move_stage
from tests.browser.watching import width_beyond_screen

CARDS = 5_000


def fill(brand, at):
    """5,000 cards, half of them prospects; the first name of each column stands highest."""
    creators = Creator.objects.bulk_create(Creator(name=f"Creator {n:04d}") for n in range(CARDS))
    Profile.objects.bulk_create(
        Profile(creator=one, platform_id="instagram", handle=f"creator{one.pk}") for one in creators
    )
    stages = (Stage.PROSPECT, Stage.FIRST_TIME, Stage.PROSPECT, Stage.CORE)
    rows = Relationship.objects.bulk_create(
        Relationship(
            brand=brand,
            creator=one,
            stage=stages[number % 4],
            since=at - timedelta(days=900),
            stage_since=at - timedelta(days=1, minutes=number),
        )
        for number, one in enumerate(creators)
    )
    StageChange.objects.bulk_create(
        StageChange(relationship=row, stage=row.stage, entered_at=row.stage_since) for row in rows
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE crm_creator, crm_profile, crm_relationship, crm_stagechange")


def test_a_board_of_five_thousand_cards_is_moved(
    brand, manager, admin_user, log_in, visit, assert_accessible, troubles
):
    troubles.expect(304)  # nothing happened meanwhile
    troubles.expect(409)
    fill(brand, timezone.now())
    log_in(manager)
    page = visit("/acme/board/")
    cards = page.locator("#cards-prospect > [data-card]")
    expect(page.locator("#count-prospect")).to_contain_text("2,500")
    expect(page.locator("#count-prospect")).to_contain_text("median 2 days")
    expect(cards).to_have_count(50)

    page.locator("#more-prospect").scroll_into_view_if_needed()
    expect(cards).to_have_count(100)
    page.locator("#cards-prospect").evaluate("place => place.scrollTo(0, 0)")

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

    # A colleague moves a card: it comes up by itself, and says who it was.
    theirs = Relationship.objects.get(creator__name="Creator 0004")
    shown = page.locator(f"#card-{theirs.pk}")
    old = shown.locator("[name=version]").input_value()
    move_stage(
        relationship_id=theirs.pk,
        to=Stage.FIRST_TIME,
        actor=admin_user,
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

    # Many at once, with one reason.
    for place in range(2):
        cards.nth(place).locator("[data-tick]").check()
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("#drawer-body")).to_contain_text("2 creators")
    page.keyboard.press("Escape")

    assert width_beyond_screen(page) == 0
    assert_accessible(page)
