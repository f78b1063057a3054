"""The skincare campaign from its brief to its report, by the clicks of everybody who is in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from campaigns.choices import EngagementStage, GuestKind
from campaigns.models import Deliverable, DisclosureReview, GuestLink, UsageRight
from campaigns.selectors.briefs import version_for
from crm.models import Brand, User
from tests.browser.watching import PHONE, SCREEN, width_beyond_screen
from tests.campaigns.skincare import CLAIM, STRICT, Skincare, skincare

POST = "https://www.instagram.com/p/DCalm1/"
PROVEN = "This cream is clinically proven. It calms my skin. #ad"
PLAIN = "My skin is calm with this cream. Azelaic acid, explained. #ad"


@pytest.fixture
def world(brand: Brand, manager: User, strategist: User, legal: User) -> Skincare:
    return skincare(brand, manager)


class Stage:
    """Who sits before the screen: somebody of the brand at a desk, or a guest with a phone."""

    def __init__(self, page: Page, log_in: Callable[[User], None]) -> None:
        self.page, self._log_in = page, log_in

    def at_desk(self, user: User, path: str) -> Page:
        """Somebody of the brand opens a page."""
        self._log_in(user)
        self.page.set_viewport_size(SCREEN)
        self.page.goto(path)
        return self.page

    def on_phone(self, path: str) -> Page:
        """Somebody without an account opens an address."""
        self.page.context.clear_cookies()
        self.page.set_viewport_size(PHONE)
        self.page.goto(path)
        assert width_beyond_screen(self.page) == 0
        return self.page

    def on_piece(self, link: str) -> Page:
        """The creator opens her piece."""
        self.on_phone(link)
        self.page.get_by_role("link", name="Short video on Instagram").first.click()
        expect(self.page.get_by_role("heading", name="Short video on Instagram")).to_be_visible()
        assert width_beyond_screen(self.page) == 0
        return self.page


@pytest.fixture
def stage(page: Page, log_in: Callable[[User], None]) -> Stage:
    return Stage(page, log_in)


def test_from_the_brief_to_the_report(
    world, stage, manager, strategist, legal, assert_accessible, troubles
):
    people = {"manager": manager, "strategist": strategist, "legal": legal}
    brief(world, stage, people, assert_accessible)
    link = contract(world, stage, people, assert_accessible)
    piece = content(world, stage, people, link, assert_accessible)
    published(world, stage, people, link, piece, assert_accessible)
    troubles.expect(410)
    ended(world, stage, people, link)


def brief(world, stage, people, assert_accessible):
    """For all with the claim, which legal has to clear; for storytellers without it."""
    page = stage.at_desk(people["manager"], f"{world.path}briefs/")
    page.get_by_role("button", name="Write the brief").click()
    page.get_by_label("What we want to reach").fill("People understand what calms their skin.")
    page.get_by_label("Message", exact=True).first.fill("Explain what azelaic acid does.")
    expect(page.get_by_label(CLAIM)).to_be_checked()
    page.get_by_label("heals acne").check()
    piece = page.get_by_role("group", name="Piece 1")
    piece.get_by_label("Seconds at most").fill("60")
    page.get_by_role("button", name="Save draft").click()
    page.get_by_role("button", name="Ask for approval").click()
    expect(page.get_by_role("heading", name="Waits for the brand and legal")).to_be_visible()
    assert_accessible(page)
    about_all = page.url

    page.get_by_role("link", name="Brief", exact=True).last.click()
    page.get_by_role("link", name="Brief for a segment").click()
    page.get_by_role("button", name="Write a brief for Storytellers").click()
    expect(page.get_by_role("textbox", name="Don't")).to_have_value(STRICT)
    page.get_by_label(CLAIM).uncheck()
    page.get_by_role("button", name="Save draft").click()
    page.get_by_role("button", name="Ask for approval").click()
    expect(page.get_by_role("heading", name="Waits for the brand", exact=True)).to_be_visible()
    for_storytellers = page.url

    for path, told in (
        (about_all, "Your yes is written down. Version 1 waits for legal."),
        (for_storytellers, "Version 1 is approved."),
    ):
        page = stage.at_desk(people["strategist"], path)
        page.get_by_role("button", name="Approve", exact=True).click()
        expect(page.get_by_text(told)).to_be_visible()
    page = stage.at_desk(people["legal"], about_all)
    page.get_by_role("button", name="Approve for legal").click()
    expect(page.get_by_text("Version 1 is approved.")).to_be_visible()
    general, strict = version_for(world.educator), version_for(world.storyteller)
    assert CLAIM in str(general.document)
    assert CLAIM not in str(strict.document)
    assert STRICT in str(strict.document)


def contract(world, stage, people, assert_accessible):
    """Offered, countered, agreed, and accepted by the educator on her phone."""
    place = f"{world.path}creators/{world.educator.pk}/"
    page = stage.at_desk(people["manager"], place)
    page.get_by_role("link", name="New offer").click()
    page.get_by_label("What for").fill("Azelaic acid, explained")
    line = page.get_by_role("group", name="Deliverable 1")
    line.get_by_label("Number").fill("1")
    line.get_by_label("Form", exact=True).select_option("short_video")
    line.get_by_label("Platform").select_option("instagram")
    line.get_by_label("About").select_option("tutorial")
    page.get_by_label("Fee", exact=True).fill("400")
    organic = page.get_by_role("group", name="Organic")
    organic.get_by_role("checkbox").check()
    organic.get_by_label("Months").fill("6")
    page.get_by_role("button", name="Save draft").click()
    page.get_by_role("link", name="Send").click()
    page.get_by_role("button", name="Mark as sent").click()
    page.get_by_role("link", name="Counter-offer").click()
    page.get_by_label("Fee", exact=True).fill("500")
    page.get_by_role("button", name="Save their counter-offer").click()
    page.get_by_role("button", name="Accept their offer").click()
    expect(page.get_by_text("Accepted. What was agreed stays as it is.")).to_be_visible()
    world.educator.refresh_from_db()
    assert world.educator.stage == EngagementStage.NEGOTIATING
    assert world.educator.agreed_cost == 500

    page.get_by_role("link", name="On to the contract").click()
    page.get_by_role("button", name="Draft a contract").click()
    page.get_by_label("Law of").fill("Denmark")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("The fee is 500 EUR.")).to_be_visible()
    page.get_by_role("button", name="Send", exact=True).click()
    link = page.get_by_label("this link").input_value()
    assert_accessible(page)

    page = stage.on_phone(link)
    assert_accessible(page)
    page.get_by_role("link", name="Brief").first.click()
    page.get_by_label("Your full name").fill("Ida Holm")
    page.get_by_label("I have read it").check()
    page.get_by_role("button", name="Accept the brief").click()
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("link", name="Calm skin, Ida Holm").first.click()
    page.get_by_label("Your full name").fill("Ida Holm")
    assert width_beyond_screen(page) == 0
    page.get_by_label("I have read the contract").check()
    page.get_by_role("button", name="Accept the contract").click()
    expect(page.get_by_role("heading", name="In force")).to_be_visible()
    world.educator.refresh_from_db()
    assert world.educator.stage == EngagementStage.CONTRACTED
    [right] = UsageRight.objects.filter(engagement=world.educator)
    assert (right.usage, right.months, right.starts_on) == ("organic", 6, None)
    return link


def content(world, stage, people, link, assert_accessible):
    """Three drafts until it is approved, and a fourth that opens the review again."""
    piece = Deliverable.objects.get(engagement=world.educator)
    page_of_piece = f"/acme/deliverables/{piece.pk}/"
    page = stage.on_phone(link)
    page.get_by_role("link", name="Short video on Instagram").first.click()
    hand_in(page, "This cream is clinically proven. It calms my skin.")

    page = stage.at_desk(people["manager"], "/acme/approvals/")
    page.get_by_role("link", name="Short video on Instagram").click()
    page.get_by_label("Remark", exact=True).fill("Say first that it is advertising.")
    page.get_by_label("About these words").fill("This cream")
    page.get_by_label("Ida Holm sees it").check()
    page.get_by_role("button", name="Write").click()
    expect(page.locator("mark")).to_have_text("This cream")
    decide(page, "Needs work", "The label is missing.")
    assert_accessible(page)

    page = stage.on_piece(link)
    expect(page.get_by_text("Say first that it is advertising.")).to_be_visible()
    expect(page.get_by_text("The label is missing.")).to_be_visible()
    hand_in(page, PROVEN)
    page = stage.at_desk(people["manager"], page_of_piece)
    decide(page, "Approved")
    page = stage.at_desk(people["legal"], page_of_piece)
    decide(page, "Needs work", "Name the study with the claim.")

    page = stage.on_piece(link)
    expect(page.get_by_text("Name the study with the claim.")).to_be_visible()
    hand_in(page, PROVEN.replace("proven", "proven in a study of 60 people"))
    page = stage.at_desk(people["manager"], page_of_piece)
    decide(page, "Approved")
    page.get_by_label("Who it is for").fill("Dr. Sol, dermatologist")
    page.get_by_role("button", name="Make a link").click()
    outside = page.get_by_label("Address for Dr. Sol, dermatologist").input_value()
    page = stage.on_phone(outside)
    page.get_by_label("I would approve it").check()
    page.get_by_role("button", name="Say so, as Dr. Sol").click()
    expect(page.get_by_text("it is written down under your name")).to_be_visible()
    page = stage.at_desk(people["legal"], page_of_piece)
    expect(page.get_by_text("Dr. Sol, dermatologist, from outside")).to_be_visible()
    decide_for_legal(page, piece)

    page = stage.on_piece(link)
    page.get_by_role("link", name="The version that is approved").click()
    page.get_by_text("Hand in a new version").click()
    page.get_by_label("Why one more draft than agreed").fill("A better first line.")
    hand_in(page, PLAIN)
    page = stage.at_desk(people["manager"], page_of_piece)
    decide(page, "Approved")
    page = stage.at_desk(people["legal"], page_of_piece)
    decide_for_legal(page, piece)
    piece.refresh_from_db()
    assert piece.state == "approved"
    return piece


def hand_in(page, text):
    page.get_by_label("Text", exact=True).fill(text)
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Thank you: your draft is with us.")).to_be_visible()


def decide(page, outcome, reason=""):
    """Say it at the gate whose turn it is; what is not said line by line is in order."""
    if page.get_by_label("Every line without an answer is in order").is_visible():
        page.get_by_label("Every line without an answer is in order").check()
    page.get_by_role("radio", name=outcome, exact=True).check()
    page.get_by_label("Reason").fill(reason)
    page.get_by_role("button", name="Decide", exact=True).click()
    expect(page.get_by_text("Decided about “Short video on Instagram”.")).to_be_visible()


def decide_for_legal(page, piece):
    """Legal decides about the disclosure, and with it about the draft."""
    review = DisclosureReview.objects.open().get(deliverable=piece)
    page.goto(f"/acme/legal/reviews/{review.pk}/")
    expect(page.get_by_role("heading", name="Decide", exact=True)).to_be_visible()
    page.get_by_role("radio", name="Unclear").check()
    page.get_by_label("Reason", exact=True).fill("The picture is not there yet.")
    page.get_by_label("At legal's gate").select_option("approved")
    page.get_by_label("To the creator").fill("Put “Reklame” on the picture, too.")
    if page.get_by_label("Every line without an answer is in order").is_visible():
        page.get_by_label("Every line without an answer is in order").check()
    page.get_by_role("button", name="Decide", exact=False).first.click()
    expect(page.get_by_text("“Short video on Instagram”: unclear.")).to_be_visible()


def published(world, stage, people, link, piece, assert_accessible):
    """She pastes the address: rights begin, she is live, and the report knows."""
    page = stage.on_piece(link)
    page.get_by_label("Address of the post").fill(POST)
    page.get_by_role("button", name="It is published").click()
    expect(page.get_by_role("heading", name="Published")).to_be_visible()
    piece.refresh_from_db()
    world.educator.refresh_from_db()
    assert (piece.state, world.educator.stage) == ("published", EngagementStage.LIVE)
    [right] = UsageRight.objects.filter(deliverable=piece)
    assert (right.usage, right.starts_on) == ("organic", timezone.localdate())

    page = stage.at_desk(people["manager"], f"{world.path}report/")
    expect(page.get_by_role("link", name="Published, why?").first).to_contain_text("1")
    assert_accessible(page)


def ended(world, stage, people, link):
    """A link that has expired says so; who made it makes another."""
    now = timezone.now()
    GuestLink.objects.filter(kind=GuestKind.PORTAL, engagement=world.educator).update(
        created_at=now - timedelta(days=61), expires_at=now - timedelta(days=1)
    )
    page = stage.on_phone(link)
    expect(page.get_by_role("heading", name="This link has ended")).to_be_visible()
    page.get_by_role("button", name="Ask for a new link").click()
    expect(page.get_by_text("knows that you need a new one")).to_be_visible()
    page = stage.at_desk(people["manager"], "/acme/notifications/")
    page.get_by_role("link", name="Ida Holm").first.click()
    page.get_by_role("button", name="Make a link").click()
    address = page.get_by_label("Address for Ida Holm").input_value()
    page = stage.on_phone(address)
    expect(page.get_by_role("heading", name="Calm skin")).to_be_visible()
