"""Two people review a creator without seeing each other, differ, and a third one decides."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from crm.choices import Role
from crm.models import Vetting
from tests.browser.watching import PHONE, SCREEN, width_beyond_screen
from tests.crm.reviews.world import past, publish
from tests.factories import RelationshipFactory
from tests.people import person


def test_two_blind_reviews_and_a_third_person(
    brand, manager, analyst, log_in, visit, assert_accessible, troubles
):
    strategist, admin = person(brand, Role.STRATEGIST), person(brand, Role.ADMIN)
    publish(brand, strategist)
    # Enough for alpha, but for one.
    alike = [(score, score) for score in (1, 2, 3, 4, 5, 1, 2, 4, 5)]
    past(brand, manager, (analyst, strategist), alike)
    ida = RelationshipFactory(brand=brand, creator__name="Ida Holm")

    log_in(manager)
    page = visit(f"/acme/creators/{ida.creator.uid}/?section=trust")
    page.get_by_text("Ask for two blind reviews").click()
    page.get_by_label("First reviewer").select_option(label="analyst")
    page.get_by_label("Second reviewer").select_option(label="strategist")
    page.get_by_label("What for").fill("Spring")
    page.locator("#vettings").get_by_role("button", name="Ask").click()
    expect(page.get_by_role("link", name="2 reviews asked for")).to_be_visible()
    vetting = f"/acme/reviews/vettings/{Vetting.objects.get(relationship=ida).pk}/"

    log_in(analyst)
    visit("/acme/").get_by_role("link", name="Review Ida Holm").click()
    score(page, "Tone", "5 ·")
    troubles.expect(422)
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Story: choose one")).to_be_visible()
    assert_accessible(page)
    hand_in(page, "Loud")

    log_in(strategist)
    visit(vetting)
    expect(page.get_by_text("nobody, not even an admin")).to_be_visible()
    expect(page.get_by_text("Loud")).to_have_count(0)
    page.get_by_role("link", name="Write your review").click()
    score(page, "Tone", "2 ·")
    hand_in(page, "Quiet")

    log_in(admin)
    visit("/acme/").get_by_role("link", name="Decide about Ida Holm").click()
    expect(page.get_by_text("Loud")).to_be_visible()
    assert_accessible(page)
    score(page, "Tone", "4 ·")
    page.get_by_role("form", name="Decide").get_by_label("Why").fill("Heard both")
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_text("Decided by a third person")).to_be_visible()
    expect(page.get_by_text("Quiet")).to_be_visible()

    for path in (vetting, "/acme/reviews/?show=settled", "/acme/settings/review-form/"):
        visit(path)
        assert_accessible(page)
        page.set_viewport_size(PHONE)
        assert width_beyond_screen(page) == 0, path
        page.set_viewport_size(SCREEN)
    visit("/acme/reviews/agreement/")
    tone = page.get_by_role("row", name="Tone")
    expect(tone).to_contain_text("9 of 10")
    expect(tone.get_by_role("cell").nth(0)).to_have_text("0.82")


def score(page: Page, criterion: str, answer: str) -> None:
    """Choose an answer, as one sees it, to a criterion."""
    page.get_by_role("group", name=criterion).get_by_text(answer).click()


def hand_in(page: Page, comment: str) -> None:
    """Answer the rest, and hand it in."""
    for criterion, answer in (("Story", "3 ·"), ("Risk", "cannot say"), ("Verdict", "Not now")):
        score(page, criterion, answer)
    page.get_by_label("Comment").fill(comment)
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Your review is in.")).to_be_visible()
