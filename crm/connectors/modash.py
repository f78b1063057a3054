"""Modash: its report of a creator. Its engagement rate is a fraction, in files it is per cent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from crm.choices import Source
from crm.connectors.base import (
    Account,
    Call,
    Fault,
    Field,
    Kind,
    Limits,
    Malformed,
    Page,
    Setup,
    Signed,
    Wrong,
    said_in,
    usual_fault,
)
from crm.connectors.shares import shares_of

_API = "https://api.modash.io/v1/"
_KINDS = {"photo": "image", "carousel": "carousel", "reel": "short_video", "video": "video"}
_NO_CREDITS = frozenset({"not_enough_credits", "credits_exceeded", "quota_exceeded"})
_NOT_YET = frozenset({"retry_later"})
_MISSING = frozenset({"account_not_found", "account_removed", "empty_audience_data", "not_found"})
_PAYMENT_REQUIRED = 402


class Modash(Kind):
    """Reports of creators; each costs a credit of your plan."""

    key = "modash"
    name = "Modash"
    about = "Followers, averages, newest posts and the audience of each profile, from its report."
    before = "Your plan has to include the API. Each profile of a pull costs one report."
    platforms = ("instagram", "tiktok", "youtube")
    source = Source.VENDOR
    fields = (Field("token", "API token"),)
    hosts = frozenset({"api.modash.io"})
    limits = Limits(per_minute=100)
    batch = 20

    def sign(self, credentials: Mapping[str, str]) -> Signed:
        """A bearer token."""
        return Signed(headers={"Authorization": f"Bearer {credentials['token']}"})

    def trial(self, setup: Setup) -> Call:
        """The account's credits."""
        return Call("trial", f"{_API}user/info", (), units=0)

    def begin(self, accounts: Sequence[Account], setup: Setup) -> Page:
        """A report of each: by id, which survives a new handle, else by handle."""
        calls = [Call("report", _report_of(one), (one.id,)) for one in accounts]
        return Page(then=calls)

    def read(self, call: Call, answer: Any, accounts: Mapping[int, Account], setup: Setup) -> Page:
        """A report is everything."""
        account = accounts.get(call.accounts[0]) if call.accounts else None
        if account is None:
            return Page()
        report = answer["profile"]
        if not isinstance(report["profile"], dict):
            msg = "The report has no profile."
            raise Malformed(msg)
        handle = report["profile"].get("username") or account.handle
        found = [*(report.get("recentPosts") or ()), *(report.get("sponsoredPosts") or ())]
        page = Page(profiles=[(account.id, _profile(report, account))])
        page.posts += [(account.id, row) for row in _posts(found, handle, setup.posts_each)]
        audience = _audience(report.get("audience") or {})
        if audience:
            page.audiences.append((account.id, audience))
        return page

    def fault(self, status: int, answer: Any) -> Fault | None:
        """An error may come with any status: `error` says so and `code` why."""
        is_error = isinstance(answer, dict) and bool(answer.get("error"))
        code = str(answer.get("code", "")) if is_error else ""
        words = said_in(answer) or code or f"It answered {status}."
        if status == _PAYMENT_REQUIRED or code in _NO_CREDITS:
            return Fault(Wrong.QUOTA, "The credits of your plan are used up.", timedelta(days=1))
        if code in _NOT_YET:
            return Fault(Wrong.MISSING, "The report is still being made: the next pull has it.")
        if code in _MISSING:
            return Fault(Wrong.MISSING, words)
        return usual_fault(status, said_in(answer)) or (
            Fault(Wrong.REFUSED, words) if is_error else None
        )


def _report_of(account: Account) -> str:
    name = quote(account.external_id or account.handle, safe="")
    return f"{_API}{account.platform}/profile/{name}/report"


def _profile(report: Mapping[str, Any], account: Account) -> dict[str, Any]:
    told = report["profile"]
    shares = ((report.get("stats") or {}).get("avgShares") or {}).get("value")
    return {
        "handle": told.get("username") or account.handle,
        "account_id": report.get("userId"),
        "display_name": told.get("fullname"),
        "bio": report.get("bio"),
        "is_verified": report.get("isVerified"),
        "followers": told.get("followers"),
        "posts_count": report.get("postsCount"),
        "engagement_rate": told.get("engagementRate"),
        "avg_likes": _known(report, told, "avgLikes"),
        "avg_comments": _known(report, told, "avgComments"),
        "avg_views": _known(report, told, "avgViews"),
        "avg_shares": shares or None,
    }


def _known(report: Mapping[str, Any], told: Mapping[str, Any], name: str) -> Any:
    """An average; Modash writes 0 for what it does not know (averages of views of photos)."""
    return told.get(name) or report.get(name) or None


def _posts(found: Iterable[Mapping[str, Any]], handle: str, most: int) -> list[dict[str, Any]]:
    """The newest, each once: the same post has another id among the sponsored ones."""
    by_address: dict[str, dict[str, Any]] = {}
    for post in sorted(found, key=lambda one: str(one.get("created", "")), reverse=True):
        address = str(post.get("url") or "").rstrip("/")
        if not address or address in by_address or len(by_address) >= most:
            continue
        by_address[address] = {
            "handle": handle,
            # The id is the last part of the address, or its v=: the import finds it.
            "post_id": None,
            "post_url": address,
            "posted_at": post.get("created"),
            "post_kind": _KINDS.get(str(post.get("type", "")), "other"),
            "title": post.get("title"),
            "caption": post.get("text"),
            "likes": post.get("likes"),
            "comments": post.get("comments"),
            "views": post.get("views") or post.get("plays"),
        }
    return list(by_address.values())


def _audience(told: Mapping[str, Any]) -> dict[str, Any]:
    genders = shares_of(told.get("genders"))
    row = {
        "countries": shares_of(told.get("geoCountries")),
        "ages": shares_of(told.get("ages")),
        "genders": {name.lower(): share for name, share in genders.items()} if genders else None,
        "languages": shares_of(told.get("languages")),
        "quality": told.get("credibility"),
    }
    return row if any(value is not None for value in row.values()) else {}
