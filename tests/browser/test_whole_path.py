"""The whole path, as a person goes it: from a file of creators to a scorecard, and over REST."""

from __future__ import annotations

import csv
import json
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from crm.models import Brand, Creator, Post, Relationship, StageChange
from segmentation.metrics.periods import calendar_of, quarter_bounds, quarter_of
from segmentation.models import Membership
from segmentation.rules.calendar import Quarter
from tests.browser.watching import Troubles

PASSWORD = "long enough for everybody"
CREATORS = 40
MICRO = 30  # of them have 10,000 followers or more, the others fewer
POSTS_EACH = 3


@pytest.fixture
def quarter(brand: Brand) -> tuple[Quarter, datetime]:
    """The quarter before the present one: all of it has happened, whatever day it is today."""
    calendar = calendar_of(brand)
    present = quarter_bounds(quarter_of(timezone.now(), calendar), calendar)
    last = quarter_of(present.start - timedelta(days=1), calendar)
    return last, quarter_bounds(last, calendar).start


@pytest.fixture
def creators_file(tmp_path: Path) -> Path:
    """Forty creators as somebody keeps them in a spreadsheet, and one row with a count in words."""
    path = tmp_path / "spring-list.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(["Name", "Instagram handle", "Followers", "E-mail", "Niche", "Country"])
        for n in range(CREATORS):
            followers = "12.5K" if n < MICRO else "4,200"
            niche = "Food" if n % 2 else "Travel"
            rows.writerow(
                [f"Maker {n:02d}", f"@maker.{n:02d}", followers, f"m{n}@mail.example", niche, "DK"]
            )
        rows.writerow(["Maker bad", "@maker.bad", "plenty", "bad@mail.example", "Food", "DK"])
    return path


@pytest.fixture
def posts_file(tmp_path: Path, quarter: tuple[Quarter, datetime]) -> Path:
    """Three posts of each creator in that quarter, with 5 % engagement: 625 of 12,500."""
    path = tmp_path / "posts.csv"
    _, start = quarter
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            ["Username", "Post ID", "Posted at", "Likes", "Comments", "Followers when posted"]
        )
        for n in range(CREATORS):
            for k in range(POSTS_EACH):
                posted = start + timedelta(days=10 + 20 * k, hours=n % 20)
                rows.writerow(
                    [f"maker.{n:02d}", f"p{n}-{k}", f"{posted:%Y-%m-%d %H:%M:%S}", 600, 25, 12_500]
                )
    return path


def test_from_a_file_to_a_scorecard_and_the_same_over_rest(
    admin_user,
    page: Page,
    base_url: str,
    troubles: Troubles,
    creators_file: Path,
    posts_file: Path,
    quarter: tuple[Quarter, datetime],
):
    period, start = quarter
    troubles.expect(409)  # a move on the board that is refused
    admin_user.set_password(PASSWORD)
    admin_user.save()

    log_in(page, admin_user.email)
    import_creators(page, creators_file)
    look_at_creators(page)
    move_cards(page)
    let_time_pass(since=start)
    import_posts(page, posts_file)
    run_segments(page, as_of=start + timedelta(days=1))
    ask_why(page)
    shown = read_scorecard(page, str(period))
    token = make_token(page)

    over_rest = get_json(
        f"{base_url}/api/v1/segments/size6-micro/scorecard?period={period}", token=token
    )
    assert over_rest["segment"] == "size6-micro"
    assert over_rest["period"] == str(period)
    assert over_rest["size"] == MICRO
    values = {metric["key"]: metric for metric in over_rest["metrics"]}
    assert values["engagement_rate_followers"]["value"] == pytest.approx(0.05)
    assert values["engagement_rate_followers"]["n"] == MICRO * POSTS_EACH
    assert shown["Members"] == f"{values['size']['value']:,.0f}"
    mean = values["engagement_rate_followers"]
    assert shown["Engagement rate by followers, mean"] == f"{mean['value'] * 100:.2f}\u202f%"


def log_in(page: Page, email: str) -> None:
    page.goto("/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My day")


def import_creators(page: Page, path: Path) -> None:
    page.get_by_role("link", name="Imports").click()
    page.get_by_label("File", exact=True).set_input_files(path)
    page.get_by_role("button", name="Upload").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("What the columns mean")
    columns = page.get_by_role("table")
    targets = {
        "Name": "name",
        "Instagram handle": "handle",
        "Followers": "followers",
        "E-mail": "email",
        "Niche": "niche",
        "Country": "country",
    }
    for heading, target in targets.items():
        row = columns.get_by_role("row").filter(
            has=page.get_by_role("rowheader", name=heading, exact=True)
        )
        expect(row.get_by_role("combobox").first).to_have_value(target)
    page.get_by_role("button", name="Check the rows").click()

    expect(page.get_by_role("heading", name="What this import would do")).to_be_visible()
    expect(headline(page, "Rows in the file")).to_have_text(str(CREATORS + 1))
    expect(headline(page, "New creators")).to_have_text(str(CREATORS))
    expect(headline(page, "Rejected rows")).to_have_text("1")
    rejected = page.get_by_role("region", name="Rejected rows").get_by_role("row").nth(1)
    expect(rejected).to_contain_text(str(CREATORS + 2))  # the line in the file: heads are line 1
    expect(rejected).to_contain_text("plenty")
    assert not Creator.objects.exists()

    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="What this import did")).to_be_visible()
    assert Creator.objects.count() == CREATORS


def headline(page: Page, words: str) -> Locator:
    """The number below the words."""
    outcome = page.get_by_role("region", name="What this import")
    return outcome.get_by_text(words, exact=True).locator("xpath=following-sibling::div")


def look_at_creators(page: Page) -> None:
    page.get_by_role("link", name="Creators", exact=True).click()
    expect(page.locator("#rows")).to_contain_text(f"{CREATORS} creators")
    page.get_by_role("search", name="Filter creators").get_by_label("Name or handle").fill(
        "maker 07"
    )
    expect(page.locator("#rows")).to_contain_text("1 creator")
    page.get_by_role("link", name="Maker 07", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Maker 07")
    accounts = page.get_by_role("region", name="Accounts")
    expect(accounts).to_contain_text("maker.07")
    expect(accounts).to_contain_text("12.5k")


def move_cards(page: Page) -> None:
    """One card by its select, one by dragging; what is refused is said and changes nothing."""
    page.get_by_role("link", name="Board").click()
    page.wait_for_url("**/board/")
    page.wait_for_load_state()  # before it the cards do not listen yet
    prospects = page.get_by_role("region", name="Prospect")
    partners = page.get_by_role("region", name="First-time partner")
    expect(prospects).to_contain_text(f"{CREATORS} creators")

    by_select = prospects.get_by_role("listitem").filter(has_text="maker.").first
    name = by_select.get_by_role("link").inner_text()
    by_select.get_by_label(f"Stage of {name}").select_option("First-time partner")
    expect(partners.get_by_role("link", name=name)).to_be_visible()
    expect(partners).to_contain_text("1 creator")
    expect(prospects).to_contain_text(f"{CREATORS - 1} creators")

    by_drag = prospects.get_by_role("listitem").filter(has_text="maker.").first
    dragged = by_drag.get_by_role("link").inner_text()
    by_drag.drag_to(partners)
    expect(partners.get_by_role("link", name=dragged)).to_be_visible()
    expect(partners).to_contain_text("2 creators")

    refused = prospects.get_by_role("listitem").filter(has_text="maker.").first
    refused.drag_to(page.get_by_role("region", name="Advocate"))
    expect(prospects.get_by_role("alert")).to_contain_text("Advocate")
    stages = Relationship.objects.values_list("stage", flat=True)
    assert sorted(stages) == ["first_time"] * 2 + ["prospect"] * (CREATORS - 2)


def let_time_pass(*, since: datetime) -> None:
    """As if the list had been imported, and the numbers taken, at the start of that quarter."""
    Relationship.objects.update(since=since)
    StageChange.objects.filter(from_stage="").update(entered_at=since)
    for creator in Creator.objects.prefetch_related("profiles__snapshots"):
        for profile in creator.profiles.all():
            profile.snapshots.update(captured_at=since)


def import_posts(page: Page, path: Path) -> None:
    page.get_by_role("link", name="Imports").click()
    page.get_by_label("File", exact=True).set_input_files(path)
    page.get_by_role("button", name="Upload").click()
    page.get_by_label("Platform", exact=True).first.select_option("Instagram")
    page.get_by_role("button", name="Check the rows").click()
    expect(headline(page, "New posts")).to_have_text(str(CREATORS * POSTS_EACH))
    expect(headline(page, "New creators")).to_have_text("0")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="What this import did")).to_be_visible()
    assert Post.objects.count() == CREATORS * POSTS_EACH


def run_segments(page: Page, *, as_of: datetime) -> None:
    page.get_by_role("link", name="Segments", exact=True).click()
    page.get_by_role("button", name="Install the standard packs").click()
    expect(page.get_by_role("status").filter(has_text="segments were added")).to_be_visible()
    page.get_by_role("link", name="Run now").click()
    page.get_by_label("As of").fill(f"{as_of:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Run", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Run ")
    six_tiers = page.locator("tbody").filter(has_text="Size, six tiers")
    in_six_tiers = six_tiers.get_by_role("row").filter(
        has=page.get_by_role("link", name="Micro", exact=True)
    )
    expect(in_six_tiers.get_by_role("cell").nth(1)).to_have_text(str(MICRO))
    members = Membership.objects.filter(segment__key="size6-micro", left_at=None)
    assert members.count() == MICRO

    in_six_tiers.get_by_role("link", name="Micro", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Micro")
    expect(page.get_by_role("region", name="Who belongs")).to_contain_text("followers")


def ask_why(page: Page) -> None:
    """From the creator's page: why is this person in the segment?"""
    page.get_by_role("region", name="Members").get_by_role(
        "link", name="Maker 07", exact=True
    ).click()
    page.get_by_role("link", name="Why? Micro").first.click()
    drawer = page.get_by_role("dialog", name="Why? Micro")
    expect(drawer).to_contain_text("12,500")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()


def read_scorecard(page: Page, period: str) -> dict[str, str]:
    """The metrics' names and values, as the page shows them."""
    page.goto(f"/acme/segments/size6-micro/scorecard/?period={period}")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Micro, {period}")
    # That of the run is older than a day by now: a worker was asked for a new one.
    expect(page.get_by_text("are being computed")).to_have_count(0)
    expect(page.locator("[data-chart] canvas")).not_to_have_count(0)
    judged = page.get_by_role("region", name="What it is judged by")
    rows = judged.locator("tbody").get_by_role("row")
    return {
        row.get_by_role("rowheader").inner_text(): row.get_by_role("cell").first.inner_text()
        for row in rows.all()
    }


def make_token(page: Page) -> str:
    page.get_by_role("link", name="Settings").click()
    tokens = page.get_by_role("region", name="API tokens")
    tokens.get_by_text("Make a token").click()
    tokens.get_by_label("What it is for").fill("reporting")
    tokens.get_by_label("Read scorecards").check()
    tokens.get_by_role("button", name="Make token").click()
    return page.get_by_label("The new token").input_value()


def get_json(url: str, *, token: str) -> dict[str, object]:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own server
        assert answer.status == 200
        return json.load(answer)
