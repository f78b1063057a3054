"""InsightIQ (formerly Phyllo): its analytics of a profile.

The same field is written as 0.025 by some of its answers and as 2.5 by others. So the scale is told
by what has to add up, and what cannot be told is not known.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from crm.choices import Source
from crm.connectors.base import (
    Account,
    Call,
    Field,
    Kind,
    Limits,
    Malformed,
    Page,
    Rejected,
    Setup,
    Signed,
)
from crm.connectors.shares import rate_near, scale_of, shares_of, times

_API = "https://api.insightiq.ai/v1/"
# How InsightIQ calls the platforms (GET /v1/work-platforms).
_PLATFORMS = {
    "instagram": "9bb8913b-ddd9-430b-a66a-d74d846e6c66",
    "tiktok": "de55aeec-0dc8-4119-bf90-16b3d1f0c987",
    "youtube": "14d9ddf5-51c6-415e-bde6-f8ed36ad7054",
}
_KINDS = {
    "IMAGE": "image",
    "CAROUSEL": "carousel",
    "REELS": "short_video",
    "SHORTS": "short_video",
    "VIDEO": "video",
    "STORY": "story",
}


class InsightIQ(Kind):
    """Analytics of profiles."""

    key = "insightiq"
    name = "InsightIQ"
    about = "Followers, averages, newest posts and the audience of each profile."
    before = "You find the client id and the secret under API keys on InsightIQ's dashboard."
    platforms = ("instagram", "tiktok", "youtube")
    source = Source.VENDOR
    fields = (Field("client_id", "Client id", is_secret=False), Field("secret", "Client secret"))
    hosts = frozenset({"api.insightiq.ai"})
    limits = Limits(per_minute=60)
    batch = 20

    def sign(self, credentials: Mapping[str, str]) -> Signed:
        """Name and password."""
        pair = f"{credentials['client_id']}:{credentials['secret']}".encode()
        return Signed(headers={"Authorization": f"Basic {base64.b64encode(pair).decode()}"})

    def trial(self, setup: Setup) -> Call:
        """The list of platforms."""
        return Call("trial", f"{_API}work-platforms", (), {"limit": "1"}, units=0)

    def begin(self, accounts: Sequence[Account], setup: Setup) -> Page:
        """One call for each account."""
        return Page(then=[_analytics(account) for account in accounts])

    def read(self, call: Call, answer: Any, accounts: Mapping[int, Account], setup: Setup) -> Page:
        """All of a profile is in one answer."""
        account = accounts.get(call.accounts[0]) if call.accounts else None
        if account is None:
            return Page()
        told = answer["profile"]
        if not isinstance(told, dict):
            msg = "The answer has no profile."
            raise Malformed(msg)
        page = Page()
        row = _profile(told, account)
        page.profiles.append((account.id, row))
        if told.get("engagement_rate") is not None and row["engagement_rate"] is None:
            words = (
                f"The engagement rate {told['engagement_rate']} is left out: likes and comments do "
                f"not tell whether it is a share or per cent."
            )
            page.rejected.append(Rejected(account.id, "unclear_scale", words))
        contents = (told.get("recent_contents") or [])[: setup.posts_each]
        page.posts += [
            (account.id, _post(content, row["handle"]))
            for content in contents
            if content.get("url")
        ]
        audience = answer.get("audience") or {}
        if audience:
            _take_audience(page, audience, account)
        return page


def _analytics(account: Account) -> Call:
    body = {"identifier": account.handle, "work_platform_id": _PLATFORMS[account.platform]}
    return Call("analytics", f"{_API}social/creators/profiles/analytics", (account.id,), body=body)


def _profile(told: Mapping[str, Any], account: Account) -> dict[str, Any]:
    followers = told.get("follower_count")
    followers = told.get("subscriber_count") if followers is None else followers
    likes, comments = told.get("average_likes"), told.get("average_comments")
    return {
        "handle": told.get("platform_username") or account.handle,
        "profile_url": told.get("url"),
        "display_name": told.get("full_name"),
        "bio": told.get("introduction"),
        "is_verified": told.get("is_verified"),
        "followers": followers,
        "posts_count": told.get("content_count"),
        "avg_likes": likes,
        "avg_comments": comments,
        "avg_views": told.get("average_views"),
        "engagement_rate": rate_near(
            told.get("engagement_rate"), likes=likes, comments=comments, followers=followers
        ),
    }


def _post(content: Mapping[str, Any], handle: str) -> dict[str, Any]:
    counted = content.get("engagement") or {}
    return {
        "handle": handle,
        # The id is the last part of the address, or its v=: the import finds it.
        "post_id": None,
        "post_url": str(content["url"]).rstrip("/"),
        "posted_at": content.get("published_at"),
        "post_kind": _KINDS.get(str(content.get("type", "")).upper(), "other"),
        "title": content.get("title"),
        "caption": content.get("description"),
        "likes": counted.get("like_count"),
        "comments": counted.get("comment_count"),
        "views": counted.get("view_count"),
        "shares": counted.get("share_count"),
        "saves": counted.get("save_count"),
    }


def _take_audience(page: Page, told: Mapping[str, Any], account: Account) -> None:
    """Genders add up to everybody, so that they tell the scale of all."""
    ages: dict[str, float] = {}
    genders: dict[str, float] = {}
    for row in told.get("gender_age_distribution") or ():
        share = float(row["value"])
        genders[str(row["gender"]).lower()] = genders.get(str(row["gender"]).lower(), 0) + share
        ages[str(row["age_range"])] = ages.get(str(row["age_range"]), 0) + share
    stated = shares_of(told.get("gender_distribution"), key="gender", value="value")
    if stated:
        genders = {name.lower(): share for name, share in stated.items()}
    scale = scale_of(genders)
    if scale is None:
        words = "The audience is left out: its genders add up neither to 1 nor to 100."
        page.rejected.append(Rejected(account.id, "unclear_scale", words))
        return
    quality = told.get("credibility_score")
    row = {
        "countries": times(shares_of(told.get("countries"), value="value"), scale),
        "ages": times(ages, scale),
        "genders": times(genders, scale),
        "languages": times(shares_of(told.get("languages"), value="value"), scale),
        "quality": quality / 100 if isinstance(quality, int | float) and quality > 1 else quality,
    }
    page.audiences.append((account.id, row))
