"""What a column can mean, and the words by which its heading says so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crm.models import CustomField


class Level(StrEnum):
    """Whose value it is."""

    ACCOUNT = "account"
    CREATOR = "creator"
    FIELD = "field"
    POST = "post"

    @property
    def label(self) -> str:
        """As people call it."""
        return {
            "account": "Profile",
            "creator": "Creator",
            "field": "Fields of your brand",
            "post": "Post",
        }[self.value]


class Parse(StrEnum):
    """How the cell is read."""

    HANDLE = "handle"
    URL = "url"
    PLATFORM = "platform"
    TEXT = "text"
    PROSE = "prose"
    EMAIL = "email"
    PHONE = "phone"
    COUNT = "count"
    AVERAGE = "average"
    RATE = "rate"
    NUMBER = "number"
    SHARE = "share"
    PART = "part"
    SCORE = "score"
    WORDS = "words"
    FLAG = "flag"
    MOMENT = "moment"
    COUNTRY = "country"
    LANGUAGE = "language"
    NICHE = "niche"
    TAG = "tag"
    POST_KIND = "post_kind"


PERCENTAGES = frozenset({Parse.RATE, Parse.SHARE, Parse.PART})
NUMBERS = frozenset({Parse.COUNT, Parse.AVERAGE, Parse.NUMBER, Parse.SCORE, *PERCENTAGES})


@dataclass(frozen=True, slots=True)
class Target:
    """A field that a column can fill.

    `limit` is the longest text; `several`: more than one column may fill it; `field`: the brand's
    own field that it is.
    """

    key: str
    label: str
    level: Level
    parse: Parse
    limit: int = 0
    several: bool = False
    field: CustomField | None = None


Targets = Mapping[str, Target]


def _targets() -> Targets:
    creator, account, post = Level.CREATOR, Level.ACCOUNT, Level.POST
    all_targets = (
        Target("handle", "Handle", account, Parse.HANDLE),
        Target("profile_url", "Profile address", account, Parse.URL, 500),
        Target("platform", "Platform", account, Parse.PLATFORM),
        Target("account_id", "Platform's id of the account", account, Parse.TEXT, 100),
        Target("display_name", "Name shown on the profile", account, Parse.TEXT, 300),
        Target("bio", "Biography", account, Parse.PROSE, 10_000),
        Target("is_verified", "Verified by the platform", account, Parse.FLAG),
        Target("followers", "Followers", account, Parse.COUNT),
        Target("following", "Following", account, Parse.COUNT),
        Target("posts_count", "Number of posts", account, Parse.COUNT),
        Target("avg_views", "Average views", account, Parse.AVERAGE),
        Target("avg_likes", "Average likes", account, Parse.AVERAGE),
        Target("avg_comments", "Average comments", account, Parse.AVERAGE),
        Target("avg_shares", "Average shares", account, Parse.AVERAGE),
        Target("engagement_rate", "Engagement rate", account, Parse.RATE),
        Target("audience_quality", "Share of real followers", account, Parse.PART),
        Target("fake_followers", "Share of suspicious followers", account, Parse.PART),
        Target("aqs", "HypeAuditor's Audience Quality Score", account, Parse.SCORE),
        Target("captured_at", "Day the numbers are from", account, Parse.MOMENT),
        Target("name", "Creator's name", creator, Parse.TEXT, 200),
        Target("first_name", "First name", creator, Parse.TEXT, 100),
        Target("last_name", "Last name", creator, Parse.TEXT, 100),
        Target("email", "E-mail", creator, Parse.EMAIL),
        Target("phone", "Phone", creator, Parse.PHONE),
        Target("external_id", "Creator's id in the source", creator, Parse.TEXT, 200),
        Target("country", "Country", creator, Parse.COUNTRY),
        Target("language", "Language", creator, Parse.LANGUAGE),
        Target("profession", "Profession", creator, Parse.TEXT, 200),
        Target("niche", "Niche", creator, Parse.NICHE, several=True),
        Target("tag", "Tag of your brand", creator, Parse.TAG),
        Target("post_id", "Post's id", post, Parse.TEXT, 200),
        Target("post_url", "Post's address", post, Parse.TEXT, 500),
        Target("posted_at", "Posted at", post, Parse.MOMENT),
        Target("post_kind", "Kind of post", post, Parse.POST_KIND),
        Target("is_video", "Is a video", post, Parse.FLAG),
        Target("title", "Title", post, Parse.PROSE, 500),
        Target("caption", "Caption or description", post, Parse.PROSE, 100_000),
        Target("post_language", "Language of the post", post, Parse.LANGUAGE),
        Target("is_paid_partnership", "Platform's paid-partnership mark", post, Parse.FLAG),
        Target("followers_at_post", "Followers when posted", post, Parse.COUNT),
        Target("likes", "Likes", post, Parse.COUNT),
        Target("comments", "Comments", post, Parse.COUNT),
        Target("shares", "Shares", post, Parse.COUNT),
        Target("saves", "Saves", post, Parse.COUNT),
        Target("views", "Views", post, Parse.COUNT),
        Target("reach", "Reach", post, Parse.COUNT),
        Target("impressions", "Impressions", post, Parse.COUNT),
        Target("completions", "Seen or heard to the end", post, Parse.COUNT),
        Target("opens", "Openings of an effect", post, Parse.COUNT),
        Target("captures", "Captures with an effect", post, Parse.COUNT),
        Target("downloads", "Downloads of an episode", post, Parse.COUNT),
    )
    return {target.key: target for target in all_targets}


TARGETS = _targets()
PROFILE_NUMBERS = (
    "followers", "following", "posts_count", "avg_views", "avg_likes", "avg_comments", "avg_shares",
    "engagement_rate",
)  # fmt: skip
AUDIENCE_NUMBERS = ("audience_quality", "fake_followers", "aqs")
POST_NUMBERS = (
    "likes", "comments", "saves", "shares", "views", "reach", "impressions", "completions", "opens",
    "captures", "downloads",
)  # fmt: skip

# Headings in the plain form of `plain`, most telling first. What stands for a handle or a name is
# judged by its cells.
_WORDS: Mapping[str, str] = {
    "handle": "username; user name; handle; owner username; profile name; channel info; screen "
    "name; account; "
    "account name; profile; user; unique id; nick; login",
    "profile_url": "profile url; profile link; url; link; media url; channel url; profile "
    "address; website url",
    "platform": "platform; social network; network; social media; work platform",
    "account_id": "channel id; channel ids; user id; account id; owner id; platform id; profile id",
    "display_name": "display name; channel title; channel titles; owner full name",
    "bio": "bio; biography; introduction; about",
    "is_verified": "verified; is verified; owner is verified",
    "followers": "followers; follower; followers count; follower count; followers number; "
    "followers numbers; "
    "number of followers; subscribers; subscriber; subscribers count; subscriber count; number of "
    "subscribers; "
    "fans; audience size; owner followers; channel subscriber count; total followers",
    "following": "following; followees; followings; following count; follows; owner followees; "
    "followees count",
    "posts_count": "posts; posts count; post count; media count; number of posts; uploads; video "
    "count; videos; "
    "owner posts; channel video count; total posts; content count",
    "avg_views": "avg views; average views; views avg; views average; mean views; avg view",
    "avg_likes": "avg likes; average likes; likes avg; likes average; mean likes; avg like",
    "avg_comments": "avg comments; average comments; comments avg; comments average; mean "
    "comments; avg comment",
    "avg_shares": "avg shares; average shares; shares avg; shares average; mean shares; avg share",
    "engagement_rate": "engagement rate; er; eng rate; 60 day eng rate; engagement rate percent; "
    "er percent",
    "audience_quality": "credibility; audience credibility; credibility score; real followers; "
    "real followers percent; audience quality",
    "fake_followers": "fake followers; fake followers percent; suspicious followers; suspicious "
    "followers percent",
    "aqs": "aqs; audience quality score; hypeauditor aqs",
    "captured_at": "trending date; captured at; snapshot date; as of; today; crawled at; date of "
    "data",
    "first_name": "first name; firstname; given name",
    "last_name": "last name; lastname; surname; family name",
    "email": "email; e mail; email address; mail; contact email",
    "phone": "phone; phone number; telephone; mobile",
    "external_id": "influencer id; creator id; uid; record id; contact id",
    "country": "country; abbreviation; country code; channel country; country region; shipping "
    "address country code",
    "language": "language; lang; owner language",
    "profession": "profession; occupation; job title; professional background",
    "tag": "tag; tags; creator tags; influencer tags; labels",
    "niche": "category; categories; niche; niches; vertical; influencer vertical; topic; topics; "
    "owner category; "
    "category id; category ids; category 1; category 2; category 3",
    "post_id": "shortcode; post id; media id; video id; video ids; tweet id",
    "post_url": "permalink; post url; post link; video url",
    "posted_at": "taken at; published at; publish time; posted at; posted on; post date; "
    "timestamp; created at; "
    "create time; upload date",
    "post_kind": "typename; media type; post type; content type; product type; post kind; type; "
    "format",
    "is_video": "is video",
    "title": "title; titles; video title; post title",
    "caption": "caption; description; descriptions; text; message",
    "post_language": "post language; caption language",
    "is_paid_partnership": "paid partnership with; is paid partnership; paid partnership; is "
    "sponsored; sponsored",
    "followers_at_post": "followers at post; followers when posted",
    "likes": "likes; like count; likes count; number of likes; favorites",
    "comments": "comments; comment count; comments count; comments total; comment total; number "
    "of comments",
    "shares": "shares; share count; shares count; reposts; retweets",
    "saves": "saves; save count; saved; saves count; bookmarks",
    "views": "views; view count; views count; video view count; plays; play count; video views",
    "reach": "reach; reached accounts",
    "impressions": "impressions",
    "completions": "completions; completed views; completed listens; views to the end",
    "opens": "effect opens; filter opens; opens",
    "captures": "effect captures; filter captures; captures",
    "downloads": "downloads; episode downloads; download count",
}  # fmt: skip
_TARGET_OF: Mapping[str, str] = {
    word.strip(): key for key, words in _WORDS.items() for word in words.split(";") if word.strip()
}
# One of these is the handle and the other the name; lists disagree which.
IDENTITY_WORDS = frozenset(
    (
        *("name", "full name", "fullname", "real name", "display name", "title"),
        *("creator", "creator name", "creators", "streamer", "channel", "channel name"),
        *("channel title", "channel titles", "influencer", "influencer name", "influencers"),
        *("influencer insta name", "instagrammer", "tiktoker", "tiktoker name"),
        *("youtuber", "you tuber", "youtuber name"),
    )
)
PLATFORM_WORDS: Mapping[str, str] = {
    word: platform
    for platform, words in {
        "instagram": "instagram; insta; ig; instagrammer",
        "tiktok": "tiktok; tiktoker; tik tok; douyin",
        "youtube": "youtube; youtuber; you tuber; yt",
        "twitch": "twitch",
        "x": "twitter; tweet",
        "linkedin": "linkedin",
        "pinterest": "pinterest",
        "snapchat": "snapchat",
        "facebook": "facebook",
        "podcast": "podcast",
        "newsletter": "newsletter",
    }.items()
    for word in words.split("; ")
}


def plain(heading: str) -> str:
    """A heading as lower-case words:

    "channelSubscriberCount", "Followers Numbers " and "#Followers" lose their dress.
    """
    text = re.sub(r" \(\d+\)$", "", heading.strip())  # our own mark of a repeated heading
    text = re.sub(r"(?<=[a-z\d])(?=[A-Z])", " ", text).lower().replace("%", " percent ")
    text = text.replace("&", " and ").replace("avg.", "avg").replace("average", "average")
    return " ".join(re.findall(r"[^\W_]+", re.sub(r"\((?:mostly|values?)\)|\bvalues\b", " ", text)))


def split_platform(words: str) -> tuple[str, str]:
    """The platform that a plain heading names and the rest:

    "instagram engagement rate", "tiktok".
    """
    for word, platform in PLATFORM_WORDS.items():
        if re.search(rf"\b{word}\b", words):
            return platform, " ".join(re.sub(rf"\b{word}\b", " ", words).split())
    return "", words


def target_of(words: str, *, posts: bool) -> str:
    """The target that plain heading words name, or "". In a posts file `id` is the post's."""
    if words in {"id", "ids"}:
        return "post_id" if posts else "external_id"
    key = _TARGET_OF.get(words, "")
    if not posts:
        swaps = {
            "title": "",
            "titles": "",
            "caption": "bio" if words.startswith("description") else "",
        }
        if key in swaps:
            return swaps[key]
        return key if not key or TARGETS[key].level is not Level.POST else ""
    return "post_url" if words in {"url", "link"} else key


def is_header_word(cell: str) -> bool:
    """True if the cell is a heading that we know."""
    words = plain(cell)
    platform, rest = split_platform(words)
    known = {words, rest} & (_TARGET_OF.keys() | IDENTITY_WORDS | {"id", "rank", "s no"})
    return bool(known) or (bool(platform) and not rest)
