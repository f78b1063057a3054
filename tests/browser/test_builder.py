"""The rule builder in a browser: blocks and text in step, by keyboard, from a draft to members."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from segmentation.facts.refresh import refresh_facts
from segmentation.models import Membership, Segment, SegmentVersion
from segmentation.rules import text
from segmentation.services.segments import create_segment
from tests.browser.watching import PHONE, SCREEN, Troubles, width_beyond_screen
from tests.segmentation.building import dimension_of
from tests.segmentation.world import make_creator

HARD = """engagement_rate >= p75(tier, primary_platform)
and not (stage(core) for at least 30 days or segment("other") was in last quarter)
and count(posts where kind is video, last 2 months) >= 3
and platforms any of (instagram, tiktok)
and last_post_at in last fiscal quarter
and country in (DK, SE)
and audience_country[DK] >= 25%
and followers between 10_000 and 99_999
and (is_verified is true or stage(core) entered in quarter -3)"""


@pytest.fixture
def people(brand):
    """Five creators of 4,000 to 20,000 followers, four of them Danish; one segment."""
    since = timezone.now() - timedelta(days=30)
    for number in range(1, 6):
        make_creator(
            brand,
            name=f"Maker {number}",
            followers=number * 4_000,
            country="SE" if number == 1 else "DK",
            since=since,
        )
    refresh_facts(brand=brand, as_of=timezone.now())
    create_segment(
        dimension=dimension_of(brand),
        key="other",
        name="Other",
        rule=text.parse("country is known"),
        at=timezone.now(),
    )
    return brand


@pytest.fixture
def builder(people, strategist, log_in, visit) -> Page:
    """The page for a new segment."""
    log_in(strategist)
    return visit(reverse("segmentation:builder_new", args=["acme"]))


def rule_text(page: Page):
    return page.get_by_label("Rule, as text")


def tree(page: Page):
    return page.locator("[data-editor=rule] [data-tree]")


def condition(page: Page, name: str):
    return tree(page).get_by_role("group", name=name)


def count(page: Page):
    return page.locator("#preview [data-words]")


def add_by_keyboard(page: Page, words: str) -> None:
    """From the button that has the focus: look for a fact and take the first."""
    page.keyboard.press("Enter")
    expect(page.get_by_label("Find a fact")).to_be_focused()
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def test_from_the_first_condition_to_members_by_keyboard(builder):
    page = builder
    page.get_by_role("textbox", name="Name*", exact=True).fill("Big Danes")
    page.get_by_label("Purpose").fill("Local launches.")
    tree(page).get_by_role("button", name="Condition").focus()
    add_by_keyboard(page, "followers primary")
    expect(page.get_by_label("What is asked of Followers")).to_be_focused()
    expect(condition(page, "Condition 1.1: Followers")).to_contain_text("Give a value.")
    expect(condition(page, "Condition 1.1: Followers")).to_contain_text("Half lie between")
    page.keyboard.press("Tab")
    page.keyboard.type("10k")
    expect(rule_text(page)).to_have_value("followers >= 10_000")
    expect(count(page)).to_have_attribute("data-words", "3 of 5 creators")
    expect(page.locator("#announce")).to_have_text("3 of 5 creators")

    # Another one beside it; values come from what creators have.
    tree(page).get_by_role("button", name="Condition", exact=True).focus()
    add_by_keyboard(page, "country two letters")
    expect(page.get_by_label("What is asked of Country")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("D")
    country = condition(page, "Condition 1.2: Country")
    expect(country.locator("datalist option")).to_have_text(["DK (4)"])
    page.keyboard.type("K")
    expect(rule_text(page)).to_have_value("followers >= 10_000\nand country is DK")

    # The text is edited: the blocks follow.
    rule_text(page).fill("followers >= 7_000 or not country is SE")
    expect(page.get_by_label("Group 1 holds when")).to_have_value("any")
    expect(condition(page, "Condition 1.1: Followers").get_by_role("textbox")).to_have_value(
        "7,000"
    )
    negated = condition(page, "Condition 1.2: Country").get_by_role(
        "button", name="not", exact=True
    )
    expect(negated).to_have_attribute("aria-pressed", "true")
    expect(count(page)).to_have_attribute("data-words", "4 of 5 creators")

    # And the blocks: the text follows.
    page.get_by_label("Group 1 holds when").select_option("all")
    page.get_by_label("Remove condition 1.2").press("Enter")
    expect(rule_text(page)).to_have_value("followers >= 7000")
    expect(page.get_by_label("Remove condition 1.1")).to_be_focused()

    page.get_by_role("button", name="Save as a draft").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Version 1 of Big Danes")
    segment = Segment.objects.get(key="big-danes")
    assert segment.active_version is None
    assert segment.versions.get().rule == {"fact": "followers", "op": ">=", "value": 7000}

    page.get_by_label("Reason").fill("First of its kind.")
    page.get_by_role("button", name="Activate version 1").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Big Danes")
    page.goto("/acme/runs/")
    page.get_by_role("button", name="Run", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Run ")
    assert Membership.objects.filter(segment=segment, left_at=None).count() == 4
    page.goto("/acme/segments/big-danes/")
    expect(page.locator("#members")).to_contain_text("Maker 5")


def test_every_kind_of_condition_has_fields_or_a_line_and_none_is_lost(builder):
    page = builder
    rule_text(page).fill(HARD)
    expect(condition(page, "Condition 1.9.2: time in a stage")).to_be_visible()
    expect(page.get_by_label("Condition in the text notation")).to_have_value(
        "count(posts where kind is video, last 2 months) >= 3"
    )
    expect(page.get_by_label("Percentile")).to_have_value("75")
    expect(condition(page, "Condition 1.2.2: member of a segment")).to_contain_text("Member of")
    expect(
        condition(page, "Condition 1.7: Audience countries").get_by_label("Value")
    ).to_have_value("25")
    printed = text.print_rule(text.parse(HARD))

    # A change anywhere sends the blocks: all the rest is as it was.
    line = page.get_by_label("Condition in the text notation")
    line.fill("count(posts where kind is video, last 2 months) >= 4")
    line.press("Tab")
    expected = printed.replace("last 2 months) >= 3", "last 2 months) >= 4")
    expected = expected.replace(">= 0.25", ">= 25%")
    expect(rule_text(page)).to_have_value(expected)
    expect(page.locator("[data-tree] .rb-fault")).to_have_count(0)


def test_what_is_wrong_stands_beside_its_condition_and_its_place_in_the_text(builder):
    page = builder
    rule_text(page).fill("country is DK and\nfolowers >= 5")
    wrong = condition(page, "Condition 1.2: in the text notation")
    expect(wrong).to_contain_text('There is no fact "folowers". Did you mean followers?')
    expect(wrong.get_by_role("textbox")).to_have_attribute("aria-invalid", "true")
    expect(count(page)).to_contain_text("The count comes as soon as the rule is complete.")
    page.get_by_role("button", name="Line 2, column 1").click()
    assert (
        rule_text(page).evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
        == "folowers"
    )

    # A line that is put right turns into fields.
    wrong.get_by_role("textbox").fill("followers >= 5")
    wrong.get_by_role("textbox").press("Tab")
    expect(condition(page, "Condition 1.2: Followers")).to_be_visible()

    # Text that cannot be read leaves the blocks as they were, and says so.
    rule_text(page).fill("country is")
    expect(page.locator("#rule-faults")).to_contain_text("Line 1, column 11")
    expect(tree(page)).to_have_class("rb-tree is-stale")
    expect(condition(page, "Condition 1.2: Followers")).to_be_visible()


def test_groups_are_made_moved_and_dissolved_by_keyboard(builder):
    page = builder
    rule_text(page).fill("country is DK and followers > 5 and stage is core")
    expect(condition(page, "Condition 1.3: Stage")).to_be_visible()

    def choose(name: str, action: str) -> None:
        more = page.get_by_role("button", name=f"More for {name}")
        more.press("Enter")
        page.get_by_role("button", name=action).and_(page.locator(":visible")).press("Enter")

    choose("condition 1.1", "Put in a group")
    expect(rule_text(page)).to_have_value(
        "any(country is DK)\nand followers > 5\nand stage is core"
    )
    choose("condition 1.2", "Move up")
    expect(rule_text(page)).to_have_value("(country is DK or followers > 5)\nand stage is core")
    expect(page.get_by_role("button", name="More for condition 1.1.2")).to_be_focused()
    choose("condition 1.2", "Duplicate")
    expect(rule_text(page)).to_have_value(
        "(country is DK or followers > 5)\nand stage is core\nand stage is core"
    )
    choose("group 1.1", "Dissolve the group")
    expect(rule_text(page)).to_have_value(
        "country is DK\nand followers > 5\nand stage is core\nand stage is core"
    )
    choose("condition 1.2", "Compare with peers")
    expect(page.get_by_label("Percentile")).to_have_value("75")
    expect(rule_text(page)).to_have_value(
        "country is DK\nand followers > p75(tier)\nand stage is core\nand stage is core"
    )


def test_a_looser_rule_to_stay_and_its_saving(people, strategist, log_in, visit):
    log_in(strategist)
    page = visit("/acme/segments/other/rule/")
    page.get_by_text("A looser rule for those who are in").click()
    stay = page.locator("[data-editor=stay]")
    stay.get_by_role("button", name="Condition").click()
    page.get_by_label("Find a fact").fill("number of platforms")
    page.keyboard.press("Enter")
    stay.get_by_label("Value of Number of platforms").fill("1")
    expect(page.get_by_label("Rule to stay, as text")).to_have_value("platforms_count >= 1")
    page.get_by_label("Shortest stay, days").fill("30")
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Version 2 of Other")
    version = SegmentVersion.objects.get(number=2)
    assert (version.rule_text, version.stay_rule_text) == (
        "country is known",
        "platforms_count >= 1",
    )
    assert version.minimum_stay_days == 30


def test_a_refused_save_keeps_the_blocks(builder, troubles: Troubles):
    troubles.expect(422)
    page = builder
    tree(page).get_by_role("button", name="Condition").click()
    page.get_by_label("Find a fact").fill("followers primary")
    page.keyboard.press("Enter")
    expect(condition(page, "Condition 1.1: Followers")).to_contain_text("Give a value.")
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.get_by_text("This field is required.").first).to_be_visible()
    expect(condition(page, "Condition 1.1: Followers")).to_contain_text("Give a value.")
    assert not Segment.objects.filter(key="").exists()


def test_accessible_in_both_themes_and_on_a_phone(builder, assert_accessible):
    page = builder
    assert_accessible(page)
    rule_text(page).fill(HARD + "\nand folowers > 5 and followers >= 5")
    expect(condition(page, "Condition 1.10: in the text notation")).to_be_visible()
    rule_text(page).fill(HARD)
    expect(count(page)).to_have_attribute("data-words", "0 of 5 creators")
    expect(page.locator("#preview")).not_to_have_attribute("aria-busy", "true")
    assert_accessible(page)
    page.set_viewport_size(PHONE)
    assert width_beyond_screen(page) == 0
    assert_accessible(page)
    page.set_viewport_size(SCREEN)
    # The outermost group's button stands last, after those of the groups inside.
    add = tree(page).get_by_role("button", name="Condition", exact=True).last
    add.click()
    expect(page.get_by_label("Find a fact")).to_be_focused()
    page.get_by_label("Find a fact").fill("engagement")
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(add).to_be_focused()


def test_without_a_script_the_text_is_a_form(
    people, strategist, log_in, browser, context, base_url
):
    log_in(strategist)
    plain = browser.new_context(
        java_script_enabled=False, storage_state=context.storage_state(), base_url=base_url
    )
    page = plain.new_page()
    page.goto("/acme/segments/new/")
    page.get_by_role("textbox", name="Name*", exact=True).fill("By text")
    page.get_by_label("Purpose").fill("A job.")
    rule_text(page).fill("followers >= 8_000 and folowers > 5")
    page.get_by_role("button", name="Check and count").click()
    expect(page.locator("#rule-faults")).to_contain_text('There is no fact "folowers".')
    rule_text(page).fill("followers >= 8_000")
    page.get_by_role("button", name="Check and count").click()
    expect(count(page)).to_contain_text("4 of 5 creators")
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Version 1 of By text")
    plain.close()
