"""What each connector makes of answers in the shapes that were recorded, with made-up values."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.choices import Source
from crm.connectors.base import Account, Call, Setup, Wrong
from crm.connectors.registry import KINDS
from crm.models import Post
from tests.crm.connectors.conftest import KEYS
from tests.crm.connectors.faking import Said

CHANNEL = "UCaaaaaaaaaaaaaaaaaaaaaa"
OTHER = "UCbbbbbbbbbbbbbbbbbbbbbb"


def setup_of(key, posts_each=25):
    return Setup(KEYS[key], posts_each)


def channel(number, **statistics):
    return {
        "kind": "youtube#channel",
        "id": number,
        "snippet": {"title": "Noa cooks", "description": "Soup.", "customUrl": "@noacooks"},
        "statistics": {
            "viewCount": "900",
            "subscriberCount": "12300",
            "hiddenSubscriberCount": False,
            "videoCount": "41",
        }
        | statistics,
        "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": f"UU{number[2:]}"}},
    }


def video(number, channel_id=CHANNEL, **values):
    return {
        "kind": "youtube#video",
        "id": number,
        "snippet": {
            "publishedAt": "2026-11-01T10:00:00Z",
            "channelId": channel_id,
            "title": "Soup",
            "description": "With leek.",
            "liveBroadcastContent": "none",
            "defaultAudioLanguage": "da",
        },
        "statistics": {"viewCount": "500", "favoriteCount": "0"},
    } | values


def listed(kind, *items, **more):
    return {"kind": f"youtube#{kind}ListResponse", "items": list(items)} | more


class TestYouTube:
    kind = KINDS["youtube"]
    accounts = {
        1: Account(1, "youtube", "noacooks", CHANNEL),
        2: Account(2, "youtube", "bo", OTHER),
        3: Account(3, "youtube", "cy"),
        4: Account(4, "youtube", "kids diana show"),
    }

    def read(self, call, answer, posts_each=25):
        return self.kind.read(call, answer, self.accounts, setup_of("youtube", posts_each))

    def test_ids_go_in_one_call_handles_in_one_each_titles_in_none(self):
        page = self.kind.begin(list(self.accounts.values()), setup_of("youtube"))
        assert [(one.accounts, one.units) for one in page.then] == [((1, 2), 1), ((3,), 1)]
        assert page.then[0].query["id"] == f"{CHANNEL},{OTHER}"
        assert page.then[1].query["forHandle"] == "@cy"
        assert [(one.account, one.code) for one in page.rejected] == [(4, "no_address")]

    def test_hidden_subscribers_are_not_known_and_a_channel_that_is_gone_is_said(self):
        call = self.kind.begin([self.accounts[1], self.accounts[2]], setup_of("youtube")).then[0]
        answer = listed(
            "channel", channel(CHANNEL, hiddenSubscriberCount=True, subscriberCount="0")
        )
        page = self.read(call, answer)
        [(one, row)] = page.profiles
        assert (one, row["followers"], row["posts_count"]) == (1, None, "41")
        assert (row["handle"], row["account_id"]) == ("@noacooks", CHANNEL)
        assert [(one.account, one.code) for one in page.rejected] == [(2, "missing")]
        [uploads] = page.then
        assert uploads.query["playlistId"] == f"UU{CHANNEL[2:]}"
        assert self.read(call, answer, posts_each=0).then == []
        # Nobody found: the list lacks its items altogether.
        nobody = self.read(call, {"kind": "youtube#channelListResponse", "pageInfo": {}})
        assert [one.account for one in nobody.rejected] == [1, 2]

    def test_uploads_are_followed_up_to_the_number_asked_for(self):
        carry = {"left": 3, "channel": CHANNEL, "handle": "@noacooks"}
        call = Call("uploads", "https://x", (1,), {"playlistId": "UU1"}, carry=carry)
        items = [{"contentDetails": {"videoId": f"v{number}"}} for number in range(2)]
        page = self.read(call, listed("playlistItem", *items, nextPageToken="T"))
        videos, further = page.then
        assert videos.query["id"] == "v0,v1"
        assert (further.query["pageToken"], further.query["maxResults"]) == ("T", "1")
        last = self.read(further, listed("playlistItem", *items, nextPageToken="U"))
        assert [one.step for one in last.then] == ["videos"]
        assert last.then[0].query["id"] == "v0"

    def test_videos_say_whether_they_are_paid_and_hide_likes(self):
        call = Call(
            "videos",
            "https://x",
            (1,),
            {"id": "a,b,c,d"},
            carry={"channel": CHANNEL, "handle": "@noacooks"},
        )
        paid = {"paidProductPlacementDetails": {"hasPaidProductPlacement": True}}
        soon = video("c")
        soon["snippet"]["liveBroadcastContent"] = "upcoming"
        page = self.read(
            call, listed("video", video("a", **paid), video("b", channel_id=OTHER), soon)
        )
        [(_one, row)] = page.posts
        assert (row["is_paid_partnership"], row["views"]) == (True, "500")
        assert (row["likes"], row["comments"]) == (None, None)
        assert [one.code for one in page.rejected] == ["missing_post"]

    @pytest.mark.parametrize(
        ("status", "reason", "wrong"),
        [
            (403, "quotaExceeded", Wrong.QUOTA),
            (403, "rateLimitExceeded", Wrong.BUSY),
            (403, "SERVICE_UNAVAILABLE", Wrong.KEY),
            (400, "API_KEY_INVALID", Wrong.KEY),
            (404, "playlistNotFound", Wrong.MISSING),
            (400, "invalidParameter", Wrong.REFUSED),
            (503, "backendError", Wrong.DOWN),
        ],
    )
    def test_the_reason_says_what_is_wrong(self, status, reason, wrong):
        error = {"code": status, "message": "No.", "errors": [{"reason": reason}]}
        fault = self.kind.fault(status, {"error": error})
        assert fault is not None
        assert fault.wrong is wrong


class TestInstagram:
    kind = KINDS["instagram"]
    account = Account(1, "instagram", "noa.cooks")
    own = KEYS["instagram"]["user_id"]

    def found(self, number="17840000000000009", **media):
        told = {"id": number, "username": "noa.cooks", "name": "Noa", "biography": "Soup."}
        told |= {"followers_count": 64976, "media_count": 436}
        return {"business_discovery": told | media, "id": self.own}

    def media(self, *rows, after=None):
        paging = {"cursors": {"after": after}} if after else {}
        return {"media": {"data": list(rows), "paging": paging}}

    def row(self, code="CSr71Gzlqo4", **values):
        return {
            "id": "1788",
            "caption": "Leek.",
            "comments_count": 11,
            "media_type": "VIDEO",
            "media_product_type": "REELS",
            "permalink": f"https://www.instagram.com/p/{code}/",
            "timestamp": "2026-11-02T19:00:42+0000",
        } | values

    def read(self, call, answer, posts_each=25):
        return self.kind.read(call, answer, {1: self.account}, setup_of("instagram", posts_each))

    def first(self, posts_each=25):
        return self.kind.begin([self.account], setup_of("instagram", posts_each)).then[0]

    def test_another_account_has_posts_but_no_insights(self):
        page = self.read(self.first(), self.found(**self.media(self.row(), after="A")))
        [(_one, row)] = page.profiles
        assert (row["followers"], row.get("following")) == (64976, None)
        assert "account_id" not in row, "it is not the id that lists have"
        [(_one, post)] = page.posts
        assert (post["post_id"], post["post_kind"]) == ("CSr71Gzlqo4", "short_video")
        assert post["likes"] is None, "the account hides them"
        [further] = page.then
        assert ".after(A).limit(24)" in further.query["fields"]
        last = self.read(further, self.found(**self.media(self.row("other"))))
        assert (last.profiles, len(last.posts), last.then) == ([], 1, [])

    def test_of_ones_own_account_insights_and_followers_are_asked(self):
        page = self.read(self.first(posts_each=1), self.found(self.own, **self.media(self.row())))
        followers, insights = page.then
        told = [
            {"name": name, "values": [{"value": value}]}
            for name, value in (("reach", 90), ("saved", 4), ("shares", 2), ("views", 130))
        ]
        [(_one, row)] = self.read(insights, {"data": told}).posts
        assert (row["post_id"], row["reach"], row["saves"], row["views"]) == (
            "CSr71Gzlqo4",
            90,
            4,
            130,
        )
        answers = {
            "gender": {"F": 60, "M": 30, "U": 10},
            "age": {"13-17": 10, "18-24": 90},
            "country": {"DK": 50, "SE": 25},
        }
        for name, counts in answers.items():
            assert followers.query["breakdown"] == name
            results = [{"dimension_values": [key], "value": n} for key, n in counts.items()]
            told = [{"total_value": {"breakdowns": [{"results": results}]}}]
            page = self.read(followers, {"data": told})
            followers = page.then[0] if page.then else None
        [(_one, audience)] = page.audiences
        assert audience["genders"] == {"female": 0.6, "male": 0.3, "unknown": 0.1}
        assert audience["countries"] == {"DK": 0.5, "SE": 0.25}, "of all, not of those listed"

    @pytest.mark.parametrize(
        ("error", "wrong"),
        [
            ({"code": 190, "message": "Session has expired"}, Wrong.KEY),
            ({"code": 200}, Wrong.KEY),
            ({"code": 4}, Wrong.BUSY),
            ({"code": 110, "error_subcode": 2207013}, Wrong.MISSING),
            ({"code": 2, "is_transient": True}, Wrong.DOWN),
            ({"code": 100, "message": "(#100) Pages Public Content Access"}, Wrong.REFUSED),
        ],
    )
    def test_the_code_says_what_is_wrong(self, error, wrong):
        fault = self.kind.fault(400, {"error": error})
        assert fault is not None
        assert fault.wrong is wrong

    def test_a_nearly_used_up_hour_is_waited_for(self):
        assert self.kind.rest({"x-app-usage": '{"call_count": 94}'}) is None
        assert self.kind.rest({"x-app-usage": '{"call_count": 95}'}) == timedelta(hours=1)
        uses = '{"1784": [{"call_count": 100, "estimated_time_to_regain_access": 7}]}'
        assert self.kind.rest({"x-business-use-case-usage": uses}) == timedelta(minutes=7)
        assert self.kind.rest({"x-app-usage": "half"}) is None


class TestModash:
    kind = KINDS["modash"]
    account = Account(1, "instagram", "noa")

    def report(self, **values):
        post = {"created": "2026-11-01T10:00:00.000+00:00", "type": "photo", "likes": 30}
        link = "https://www.instagram.com/p/DM8EjNUovEf"
        return {
            "error": False,
            "profile": {
                "userId": "1735",
                "profile": {
                    "username": "noa",
                    "fullname": "Noa",
                    "followers": 6600,
                    "engagementRate": 0.007737,
                    "avgLikes": 50,
                    "avgViews": 0,
                },
                "isVerified": True,
                "postsCount": 39,
                "recentPosts": [post | {"id": "3691845806209560863_1735", "url": f"{link}/"}],
                "sponsoredPosts": [post | {"id": "DM8EjNUovEf", "url": link}],
                "audience": {
                    "genders": [{"code": "MALE", "weight": 0.7}, {"code": "FEMALE", "weight": 0.3}],
                    "geoCountries": [{"name": "Brazil", "code": "BR", "weight": 0.11}],
                    "credibility": 0.75,
                },
            }
            | values,
        }

    def read(self, answer):
        call = self.kind.begin([self.account], setup_of("modash")).then[0]
        return self.kind.read(call, answer, {1: self.account}, setup_of("modash"))

    def test_its_rate_is_a_fraction_and_its_zero_average_not_known(self):
        [(_one, row)] = self.read(self.report()).profiles
        assert row["engagement_rate"] == 0.007737
        assert (row["avg_likes"], row["avg_views"], row["avg_comments"]) == (50, None, None)

    def test_a_post_that_is_listed_twice_under_two_ids_is_one(self):
        [(_one, row)] = self.read(self.report()).posts
        assert row["post_url"].endswith("/DM8EjNUovEf")
        assert "is_paid_partnership" not in row, "its guess is not the platform's mark"

    def test_the_audience_is_in_fractions(self):
        [(_one, row)] = self.read(self.report()).audiences
        assert row["genders"] == {"male": 0.7, "female": 0.3}
        assert (row["countries"], row["ages"], row["quality"]) == ({"BR": 0.11}, None, 0.75)
        assert self.read(self.report(audience=None)).audiences == []

    @pytest.mark.parametrize(
        ("status", "code", "wrong"),
        [
            (200, "account_not_found", Wrong.MISSING),
            (200, "retry_later", Wrong.MISSING),
            (402, "", Wrong.QUOTA),
            (403, "not_enough_credits", Wrong.QUOTA),
            (401, "invalid_token", Wrong.KEY),
            (200, "something_else", Wrong.REFUSED),
        ],
    )
    def test_an_error_may_come_with_any_status(self, status, code, wrong):
        fault = self.kind.fault(status, {"error": True, "code": code, "message": "No."})
        assert fault is not None
        assert fault.wrong is wrong


class TestInsightIQ:
    kind = KINDS["insightiq"]
    account = Account(1, "instagram", "noa")

    def read(self, rate, genders, **audience):
        told = {"platform_username": "noa", "follower_count": 1000, "average_likes": 20}
        told |= {"average_comments": 5, "engagement_rate": rate}
        shares = [{"gender": name, "value": value} for name, value in genders.items()]
        answer = {"profile": told, "audience": {"gender_distribution": shares} | audience}
        call = self.kind.begin([self.account], setup_of("insightiq")).then[0]
        assert call.body == {
            "identifier": "noa",
            "work_platform_id": "9bb8913b-ddd9-430b-a66a-d74d846e6c66",
        }
        return self.kind.read(call, answer, {1: self.account}, setup_of("insightiq"))

    @pytest.mark.parametrize(("rate", "known"), [(0.025, 0.025), (2.5, 0.025), (40, None)])
    def test_the_scale_of_a_rate_is_told_by_likes_and_comments(self, rate, known):
        page = self.read(rate, {"MALE": 100})
        [(_one, row)] = page.profiles
        assert row["engagement_rate"] == known
        assert [one.code for one in page.rejected] == ([] if known else ["unclear_scale"])

    def test_the_scale_of_an_audience_is_told_by_its_genders(self):
        countries = [{"code": "DK", "value": 25}]
        [(_one, row)] = self.read(2.5, {"MALE": 40, "FEMALE": 60}, countries=countries).audiences
        assert row["countries"] == {"DK": 0.25}
        countries = [{"code": "DK", "value": 0.25}]
        [(_one, row)] = self.read(2.5, {"MALE": 0.4, "FEMALE": 0.6}, countries=countries).audiences
        assert row["countries"] == {"DK": 0.25}
        page = self.read(2.5, {"MALE": 7})
        assert (page.audiences, [one.code for one in page.rejected]) == ([], ["unclear_scale"])


@pytest.mark.django_db
def test_a_channel_is_pulled_to_its_videos(side, profile, connect, turn):
    def answers(asked):
        step = asked.path.rpartition("/")[2]
        assert asked.headers["X-Goog-Api-Key"] == "k-1"
        assert "key" not in asked.query
        items = {"contentDetails": {"videoId": "abc"}}
        return Said(
            {
                "channels": listed("channel", channel(CHANNEL)),
                "playlistItems": listed("playlistItem", items),
                "videos": listed("video", video("abc")),
            }[step]
        )

    side.answer = answers
    noa = profile("old name", platform_id="youtube", external_id=CHANNEL)
    connector = connect("youtube")

    assert turn(connector) == 3

    noa.refresh_from_db()
    assert (noa.handle, noa.followers, noa.metrics_source) == (
        "noacooks",
        12300,
        Source.MEASURED,
    )
    post = Post.objects.get()
    assert (post.external_id, post.views, post.likes, post.kind) == ("abc", 500, None, "video")
    assert (post.metrics_source, post.is_paid_partnership) == (Source.MEASURED, None)
    assert connector.pulls.get().rejected == {}
