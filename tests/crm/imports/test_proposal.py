"""What columns are taken to mean."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

import pytest

from crm.importers import reading
from crm.importers.dates import DateForm
from crm.importers.mapping import ColumnMapping, Kind, check
from crm.importers.numbers import DecimalStyle, PercentUnit
from crm.importers.proposal import guess_kind, guess_source, propose
from tests.crm.imports.conftest import Put

NOW = datetime(2026, 11, 22, tzinfo=UTC)
UPFLUENCE = (
    "influencer_id,media_url,profile_name,first_name,last_name,phone_number,email,"
    "shipping_address.country_code"
)


def proposed(path: Path, kind: Kind = Kind.CREATORS, name: str = "") -> ColumnMapping:
    how = reading.detect(path)
    rows = list(islice(reading.read_rows(path, how, how.columns), 1_000))
    samples = {
        column: [row[1][at] for row in rows if isinstance(row, tuple)]
        for at, column in enumerate(how.columns)
    }
    return propose(
        how.columns,
        samples,
        kind=kind,
        has_header=how.header_line > 0,
        file_name=name or path.name,
        now=NOW,
    )


def targets(mapping: ColumnMapping) -> dict[str, str]:
    return {
        column.column: f"{column.platform}:{column.target}" if column.platform else column.target
        for column in mapping.used
    }


@pytest.mark.parametrize(
    ("header", "row", "platform", "expected"),
    [
        (  # exact numbers rather than rounded ones, of doubled headings
            "Tiktoker name,Tiktok name,Subscribers,Subscribers,Views avg.,Views avg.",
            "anna.tt,Anna 🥊,13.8M,13800000,6.4M,6400000",
            "tiktok",
            {
                "Tiktoker name": "handle",
                "Tiktok name": "name",
                "Subscribers (2)": "followers",
                "Views avg. (2)": "avg_views",
            },
        ),
        (  # the handle is the column whose cells are handles
            "channel name,youTuber,Subscribers count",
            "annabakes,Anna Bakes for you,12",
            "youtube",
            {"channel name": "handle", "youTuber": "name", "Subscribers count": "followers"},
        ),
        (
            "Name,Youtuber,Country",
            "Anna Bakes!,annabakes,Denmark",
            "youtube",
            {"Name": "name", "Youtuber": "handle", "Country": "country"},
        ),
        (
            "Username,Category,#Followers,#Followees,#Posts",
            "anna,beauty,1,2,3",
            "instagram",
            {
                "Username": "handle",
                "Category": "niche",
                "#Followers": "followers",
                "#Followees": "following",
                "#Posts": "posts_count",
            },
        ),
        (  # a part of a heading is not the heading
            "rank,Youtuber,subscribers,subscribers_for_last_30_days,video_views,Audience country",
            "1,anna,5,2,9,Denmark",
            "youtube",
            {"Youtuber": "handle", "subscribers": "followers"},
        ),
        (  # Aspire
            "email,uid,instagram,tiktok,youtube,pinterest,country",
            "a@example.com,17,anna,anna.tt,https://youtube.com/@annatube,,Denmark",
            "",
            {
                "email": "email",
                "uid": "external_id",
                "instagram": "instagram:handle",
                "tiktok": "tiktok:handle",
                "youtube": "youtube:handle",
                "pinterest": "pinterest:handle",
                "country": "country",
            },
        ),
        (  # Aspire with its own id beside ours: no list of posts
            "email,uid,id,instagram,country",
            "a@example.com,17,990,anna,Denmark",
            "instagram",
            {"email": "email", "uid": "external_id", "instagram": "handle", "country": "country"},
        ),
        (  # HypeAuditor: points without a sign, and a lock where the plan shows nothing
            "Instagram Handle,Instagram Followers,Instagram ER,YouTube ER,Language",
            "anna,12.5K,3.47,\U0001f512,fr_FR",
            "instagram",
            {
                "Instagram Handle": "handle",
                "Instagram Followers": "followers",
                "Instagram ER": "engagement_rate",
                "Language": "language",
            },
        ),
        (  # Upfluence
            UPFLUENCE,
            "9,https://www.instagram.com/anna/,anna,Anna,Berg,+45 12345678,a@example.com,DK",
            "instagram",
            {
                "influencer_id": "external_id",
                "media_url": "profile_url",
                "profile_name": "handle",
                "first_name": "first_name",
                "last_name": "last_name",
                "phone_number": "phone",
                "email": "email",
                "shipping_address.country_code": "country",
            },
        ),
        (  # a spreadsheet with numbers per platform
            "Name,Instagram Handle,Instagram Followers,Instagram ER,TikTok Handle,TikTok Followers",
            "Anna,anna,5,3.47,anna.tt,6",
            "",
            {
                "Name": "name",
                "Instagram Handle": "instagram:handle",
                "Instagram Followers": "instagram:followers",
                "Instagram ER": "instagram:engagement_rate",
                "TikTok Handle": "tiktok:handle",
                "TikTok Followers": "tiktok:followers",
            },
        ),
        (
            "name,handle,platform,follower count,engagement rate",
            "Anna,anna,Instagram,5,2%",
            "",
            {
                "name": "name",
                "handle": "handle",
                "platform": "platform",
                "follower count": "followers",
                "engagement rate": "engagement_rate",
            },
        ),
    ],
)
def test_lists_of_creators(
    put: Put, header: str, row: str, platform: str, expected: dict[str, str]
) -> None:
    mapping = proposed(put(f"{header}\n{row}\n", "list.csv"))
    assert targets(mapping) == expected
    assert mapping.platform == platform
    everywhere = {"instagram", "tiktok", "youtube", "pinterest"}
    assert check(mapping, header.split(","), everywhere) == [] or "Subscribers" in header


def test_headings_that_have_slipped_are_left_out_with_a_warning(put: Put) -> None:
    text = (
        "instagram name,influencer name,Followers,Views avg.,Likes avg,Comments avg.\n"
        "anna,Anna B,50,Spain,10,20\nbo,Bo,60,France,11,21\n"
    )
    mapping = proposed(put(text, "list.csv"))
    assert targets(mapping) == {
        "instagram name": "handle",
        "influencer name": "name",
        "Followers": "followers",
    }
    (warning,) = mapping.warnings
    assert "“Views avg.”" in warning
    assert "slipped" in warning


def test_a_known_table_without_a_header(put: Put) -> None:
    lines = [f"user{n},1{n},2,3,4,5,6,7,True,False,English" for n in range(5)]
    mapping = proposed(put("\n".join(lines), "twitchdata.csv"))
    assert targets(mapping) == {
        "Column 1": "handle",
        "Column 6": "followers",
        "Column 11": "language",
    }
    assert mapping.platform == "twitch"


@pytest.mark.parametrize(
    ("heading", "cells", "unit"),
    [
        ("engagement rate", ["1.39%", "NaN%"], PercentUnit.POINTS),
        ("engagement rate", ["3.47", "0.5"], PercentUnit.POINTS),
        ("engagement rate", ["0.0347", "0.005"], PercentUnit.FRACTION),
        ("ER %", ["0.5"], PercentUnit.POINTS),
    ],
)
def test_the_unit_of_a_rate(put: Put, heading: str, cells: list[str], unit: PercentUnit) -> None:
    text = f"username,{heading}\n" + "".join(f"u{n},{cell}\n" for n, cell in enumerate(cells))
    (column,) = [c for c in proposed(put(text)).used if c.target == "engagement_rate"]
    assert column.unit is unit


def test_the_decimal_mark_of_a_doubtful_column_is_that_of_the_file(put: Put) -> None:
    doubtful = "username;followers;avg likes\nanna;1.234;17,8\nbo;2.345;3,5\n"
    mapping = proposed(put(doubtful))
    styles = {column.target: column.decimal for column in mapping.used}
    assert styles["followers"] is DecimalStyle.COMMA
    assert mapping.warnings == ()
    alone = proposed(put("username;followers\nanna;1.234\n"))
    assert [column.decimal for column in alone.used][1] is DecimalStyle.COMMA
    assert "read as whole thousands" in alone.warnings[0]


def test_posts_of_a_crawler(put: Put) -> None:
    text = (
        '{"shortcode": "A", "id": "1", "taken_at": 1536944708, "typename": "GraphImage", '
        '"likes": 1, "comments_total": 2, "comments_in_file": 0, "caption": "x", "is_ad": false, '
        '"owner": {"id": "9", "username": "anna"}, "owner_category": "food", '
        '"owner_followers": 5}\n'
    )
    mapping = proposed(put(text, "posts.jsonl"), Kind.POSTS)
    assert targets(mapping) == {
        "shortcode": "post_id",
        "taken_at": "posted_at",
        "typename": "post_kind",
        "likes": "likes",
        "comments_total": "comments",
        "caption": "caption",
        "owner.id": "account_id",
        "owner.username": "handle",
        "owner_category": "niche",
        "owner_followers": "followers",
    }
    assert mapping.platform == "instagram"


def test_a_date_is_the_day_of_the_numbers_where_posts_come_back(put: Put) -> None:
    again = put("video_id,channel_title,views,date\nv1,Anna,5,13.09\nv1,Anna,6,14.09\n")
    mapping = proposed(again, Kind.POSTS, "videos_2017-09.csv")
    (column,) = [c for c in mapping.used if c.column == "date"]
    assert (column.target, column.form, mapping.year) == ("captured_at", DateForm.DAY_MONTH, 2017)
    once = put("video_id,channel_title,views,date\nv1,Anna,5,2017-09-13\nv2,Anna,6,2017-09-14\n")
    assert targets(proposed(once, Kind.POSTS))["date"] == "posted_at"


def test_a_channel_with_an_id_needs_no_title_for_a_handle(put: Put) -> None:
    text = "videoIds,channelIds,channelTitles,views\nv1,UCtxD0x6AuNNqdXO9Wp5GHew,Anna,5\n"
    mapping = proposed(put(text), Kind.POSTS, "videos.csv")
    assert targets(mapping) == {
        "videoIds": "post_id",
        "channelIds": "account_id",
        "channelTitles": "display_name",
        "views": "views",
    }


def test_kind_source_and_day() -> None:
    assert guess_kind(("video_id", "title", "views")) is Kind.POSTS
    assert guess_kind(("username", "followers")) is Kind.CREATORS
    assert guess_kind(("id", "caption", "owner username")) is Kind.POSTS
    assert guess_kind(("id", "uid", "email", "instagram", "url")) is Kind.CREATORS
    assert guess_source(("influencer_id", "media_url", "profile_name", "email")) == "upfluence"
    assert guess_source(("username", "followers")) == ""


def test_the_file_name_gives_platform_and_day(put: Put) -> None:
    mapping = proposed(put("handle,followers\nanna,5\n"), name="TikTok list sep 2022.csv")
    assert (mapping.platform, mapping.captured_on, mapping.year) == (
        "tiktok",
        date(2022, 9, 1),
        2022,
    )


def test_a_mapping_goes_to_json_and_back(put: Put) -> None:
    mapping = proposed(put("handle,followers,er\nanna,5,2%\n"), name="tiktok 2022-09-01.csv")
    assert ColumnMapping.from_json(mapping.to_json()) == mapping
