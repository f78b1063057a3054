"""Instagram Graph API: professional accounts by their handle, and the insights of one's own.

Any professional account can be looked up (business discovery): followers, posts, likes, comments.
Reach, saves, views and the followers' countries are told of the account only that gave the token.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from crm.choices import Source
from crm.connectors.base import (
    Account,
    Call,
    Fault,
    Field,
    Kind,
    Limits,
    Page,
    Rejected,
    Setup,
    Signed,
    Wrong,
    said_in,
    usual_fault,
)
from crm.connectors.shares import times

_API = "https://graph.facebook.com/v24.0/"
_MOST = 50
_HANDLE = re.compile(r"[a-z0-9_.]{1,30}", re.ASCII)
_PROFILE = "id,username,name,biography,followers_count,follows_count,media_count"
_MEDIA = "id,caption,media_type,media_product_type,permalink,timestamp,like_count,comments_count"
_KINDS = {"IMAGE": "image", "CAROUSEL_ALBUM": "carousel", "VIDEO": "video"}
# Error codes: of tokens and permissions, of calls that come too fast, of what mends itself.
_KEY = frozenset({10, 102, 190, *range(200, 300)})
_BUSY = frozenset({4, 17, 32, 613, 80002})
_DOWN = frozenset({1, 2})
# "Invalid user id": no such account, or a private one.
_NOT_FOUND = frozenset({2207013})
# Of the hour's calls, in per cent: above, we wait rather than be shut out.
_FULL = 95
_HOUR = timedelta(hours=1)
_BREAKDOWNS = ("gender", "age", "country")


class Instagram(Kind):
    """Professional accounts, as Meta tells of them."""

    key = "instagram"
    name = "Instagram"
    about = "Followers and posts of professional accounts; insights of the account that you own."
    before = (
        "You need a professional account of your own that is tied to a Facebook page, its id, and "
        "a long-lived token with instagram_basic, instagram_manage_insights, pages_read_engagement."
    )
    platforms = ("instagram",)
    source = Source.MEASURED
    fields = (
        Field(
            "user_id",
            "Id of your Instagram account",
            "Digits only.",
            is_secret=False,
            is_number=True,
        ),
        Field("token", "Access token"),
    )
    hosts = frozenset({"graph.facebook.com"})
    limits = Limits(per_minute=60)
    batch = 10

    def sign(self, credentials: Mapping[str, str]) -> Signed:
        """In a header, since addresses are written into logs."""
        return Signed(headers={"Authorization": f"Bearer {credentials['token']}"})

    def trial(self, setup: Setup) -> Call:
        """One's own name."""
        return Call("trial", _own(setup), (), {"fields": "id,username"})

    def begin(self, accounts: Sequence[Account], setup: Setup) -> Page:
        """One call for each account."""
        page = Page()
        for account in accounts:
            if _HANDLE.fullmatch(account.handle):
                page.then.append(_discovery(account, setup, left=setup.posts_each))
            else:
                words = f"“{account.handle}” is no handle of Instagram."
                page.rejected.append(Rejected(account.id, "no_address", words))
        return page

    def read(self, call: Call, answer: Any, accounts: Mapping[int, Account], setup: Setup) -> Page:
        """An account leads to its further posts; one's own to its insights."""
        account = accounts.get(call.accounts[0]) if call.accounts else None
        if account is None:
            return Page()
        if call.step == "insights":
            return _read_insights(call, answer, account)
        if call.step == "followers":
            return _read_followers(call, answer, account, setup)
        return _read_discovery(call, answer, account, setup)

    def fault(self, status: int, answer: Any) -> Fault | None:
        """What is wrong is told by the code of the error, not by the status."""
        fault = usual_fault(status, said_in(answer))
        error = answer.get("error") if isinstance(answer, dict) else None
        if fault is None or not isinstance(error, dict):
            return fault
        code = error.get("code")
        if error.get("error_subcode") in _NOT_FOUND:
            words = "Instagram knows no professional account of this name."
            return Fault(Wrong.MISSING, words)
        for wrong, codes in ((Wrong.KEY, _KEY), (Wrong.BUSY, _BUSY), (Wrong.DOWN, _DOWN)):
            if code in codes:
                return Fault(wrong, fault.words, _HOUR if wrong is Wrong.BUSY else None)
        if error.get("is_transient") is True:
            return Fault(Wrong.DOWN, fault.words)
        return (
            fault if fault.wrong in {Wrong.DOWN, Wrong.BUSY} else Fault(Wrong.REFUSED, fault.words)
        )

    def rest(self, headers: Mapping[str, str]) -> timedelta | None:
        """An hour, or as long as it says, where nearly all calls of the hour are used up."""
        waits = [
            timedelta(minutes=max(int(use.get("estimated_time_to_regain_access") or 0), 0)) or _HOUR
            for use in _uses(headers)
            if max((_percent(use.get(name)) for name in _COUNTED), default=0) >= _FULL
        ]
        return max(waits, default=None)


_COUNTED = ("call_count", "total_time", "total_cputime")


def _uses(headers: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """What the two headers say of usage; nothing where they are no JSON."""
    found: list[Any] = []
    for name in ("x-app-usage", "x-business-use-case-usage"):
        try:
            said = json.loads(headers.get(name, "{}"))
        except ValueError:
            continue
        if isinstance(said, dict):
            found += [
                said,
                *(use for uses in said.values() if isinstance(uses, list) for use in uses),
            ]
    return [use for use in found if isinstance(use, dict)]


def _percent(value: object) -> float:
    return value if isinstance(value, int | float) else 0


def _own(setup: Setup) -> str:
    return f"{_API}{setup.credentials['user_id']}"


def _discovery(account: Account, setup: Setup, *, left: int, after: str = "") -> Call:
    media = ""
    if left:
        page = f".after({after})" if after else ""
        media = f",media{page}.limit({min(_MOST, left)}){{{_MEDIA}}}"
    fields = f"business_discovery.username({account.handle}){{{_PROFILE}{media}}}"
    step = "posts" if after else "profile"
    carry = {"left": left}
    return Call(step, _own(setup), (account.id,), {"fields": fields}, carry=carry)


def _read_discovery(call: Call, answer: Any, account: Account, setup: Setup) -> Page:
    page, found = Page(), answer["business_discovery"]
    is_own = found["id"] == answer["id"]
    if call.step == "profile":
        page.profiles.append((account.id, _profile(found)))
        if is_own:
            page.then.append(_followers(account, setup, {"known": {}}))
    media = found.get("media") or {}
    rows = media.get("data", [])[: call.carry["left"]]
    for row in rows:
        page.posts.append((account.id, _post(row, found["username"])))
        if is_own:
            query = {"metric": "reach,saved,shares,views"}
            carry = {"post_id": _shortcode(row), "handle": found["username"]}
            url = f"{_API}{row['id']}/insights"
            page.then.append(Call("insights", url, (account.id,), query, carry=carry))
    left = call.carry["left"] - len(rows)
    after = media.get("paging", {}).get("cursors", {}).get("after")
    if rows and left > 0 and after:
        page.then.append(_discovery(account, setup, left=left, after=str(after)))
    return page


def _profile(found: Mapping[str, Any]) -> dict[str, Any]:
    # Its id is Meta's for this interface, not the one that lists and other tools have.
    return {
        "handle": found["username"],
        "display_name": found.get("name"),
        "bio": found.get("biography"),
        "followers": found.get("followers_count"),
        "following": found.get("follows_count"),
        "posts_count": found.get("media_count"),
    }


def _shortcode(row: Mapping[str, Any]) -> str:
    """What names a post in its address, as lists and other tools have it."""
    parts = [part for part in str(row["permalink"]).split("/") if part]
    return parts[-1]


def _post(row: Mapping[str, Any], handle: str) -> dict[str, Any]:
    kind = _KINDS.get(row.get("media_type", ""), "other")
    product = row.get("media_product_type")
    # Likes are left out where the account hides them.
    return {
        "handle": handle,
        "post_id": _shortcode(row),
        "post_url": row["permalink"],
        "posted_at": row["timestamp"],
        "post_kind": {"REELS": "short_video", "STORY": "story"}.get(product or "", kind),
        "caption": row.get("caption"),
        "likes": row.get("like_count"),
        "comments": row.get("comments_count"),
    }


def _read_insights(call: Call, answer: Any, account: Account) -> Page:
    told = {row["name"]: row["values"][0].get("value") for row in answer["data"]}
    row = {
        "handle": call.carry["handle"],
        "post_id": call.carry["post_id"],
        "reach": told.get("reach"),
        "saves": told.get("saved"),
        "shares": told.get("shares"),
        "views": told.get("views"),
    }
    return Page(posts=[(account.id, row)])


def _followers(account: Account, setup: Setup, carry: Mapping[str, Any]) -> Call:
    wanted = next(name for name in _BREAKDOWNS if name not in carry["known"])
    query = {
        "metric": "follower_demographics",
        "period": "lifetime",
        "metric_type": "total_value",
        "breakdown": wanted,
    }
    url = f"{_own(setup)}/insights"
    return Call("followers", url, (account.id,), query, carry={**carry, "wanted": wanted})


def _read_followers(call: Call, answer: Any, account: Account, setup: Setup) -> Page:
    """Three answers make one audience; below 100 followers there is none."""
    rows = answer["data"][0]["total_value"].get("breakdowns", []) if answer["data"] else []
    results = rows[0].get("results", []) if rows else []
    counts = {str(row["dimension_values"][0]): row["value"] for row in results}
    known = {**call.carry["known"], call.carry["wanted"]: counts}
    if len(known) < len(_BREAKDOWNS):
        return Page(then=[_followers(account, setup, {"known": known})])
    # Countries are cut after the largest: the whole are those of known gender, "U" included.
    whole = sum(known["gender"].values())
    if not whole:
        return Page()
    names = {"F": "female", "M": "male", "U": "unknown"}
    genders = {names.get(name, name): count for name, count in known["gender"].items()}
    shares = {"genders": genders, "ages": known["age"], "countries": known["country"]}
    row = {name: times(counts, 1 / whole) for name, counts in shares.items()}
    return Page(audiences=[(account.id, row)])
