"""YouTube Data API v3: channels, their newest videos, and whether a video says it is paid.

A day has 10,000 units; each of the calls made here costs one: a channel some two (its uploads, its
videos) and a fiftieth. Subscribers are told to three digits only, that is how YouTube gives them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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
    Rejected,
    Setup,
    Signed,
    Wrong,
    said_in,
    usual_fault,
)

_API = "https://www.googleapis.com/youtube/v3/"
# Of a call with ids, and of a page.
_MOST = 50
_QUOTA = frozenset({"quotaExceeded", "dailyLimitExceeded"})
_BUSY = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
_BAD_KEYS = frozenset({"keyInvalid", "keyExpired", "API_KEY_INVALID", "API_KEY_EXPIRED"})


class YouTube(Kind):
    """The open data of channels and videos."""

    key = "youtube"
    name = "YouTube"
    about = "Subscribers and videos of your creators' channels, with YouTube's paid-promotion mark."
    before = "Make an API key for the YouTube Data API v3 in the Google Cloud console."
    platforms = ("youtube",)
    source = Source.MEASURED
    fields = (Field("key", "API key"),)
    hosts = frozenset({"www.googleapis.com"})
    limits = Limits(per_minute=300, units_per_day=10_000, zone="America/Los_Angeles")
    batch = _MOST

    def sign(self, credentials: Mapping[str, str]) -> Signed:
        """In a header, since addresses are written into logs."""
        return Signed(headers={"X-Goog-Api-Key": credentials["key"]})

    def trial(self, setup: Setup) -> Call:
        """The list of languages: one unit, no person."""
        return Call("trial", f"{_API}i18nLanguages", (), {"part": "snippet"})

    def begin(self, accounts: Sequence[Account], setup: Setup) -> Page:
        """All channels with a known id in one call, the others by handle one by one."""
        page = Page()
        known = [account for account in accounts if account.external_id]
        if known:
            ids = ",".join(account.external_id for account in known)
            page.then.append(_channels([account.id for account in known], {"id": ids}))
        for account in accounts:
            if account.external_id:
                continue
            if " " in account.handle:
                page.rejected.append(
                    Rejected(
                        account.id,
                        "no_address",
                        f"“{account.handle}” is a title. YouTube is asked by handle or channel id.",
                    )
                )
                continue
            page.then.append(_channels([account.id], {"forHandle": f"@{account.handle}"}))
        return page

    def read(self, call: Call, answer: Any, accounts: Mapping[int, Account], setup: Setup) -> Page:
        """Channels lead to their uploads, uploads to videos."""
        if not str(answer["kind"]).endswith("ListResponse"):
            msg = "This is no list of YouTube."
            raise Malformed(msg)
        # A list that is empty may lack `items` altogether.
        items = answer.get("items", [])
        if call.step == "channels":
            return _read_channels(call, items, accounts, setup)
        if call.step == "uploads":
            return _read_uploads(call, items, answer.get("nextPageToken"))
        if call.step == "videos":
            return _read_videos(call, items, accounts)
        return Page()

    def fault(self, status: int, answer: Any) -> Fault | None:
        """A used up quota is a 403 as well as a wrong key: the reason tells them apart."""
        fault = usual_fault(status, said_in(answer))
        if fault is None or not isinstance(answer, dict):
            return fault
        reasons = _reasons(answer.get("error"))
        if reasons & _QUOTA:
            return Fault(Wrong.QUOTA, "The day's quota of YouTube is used up.")
        if reasons & _BUSY:
            return Fault(Wrong.BUSY, fault.words)
        if reasons & _BAD_KEYS:
            return Fault(Wrong.KEY, fault.words)
        return fault


def _reasons(error: Any) -> set[str]:
    if not isinstance(error, dict):
        return set()
    rows = [*(error.get("errors") or ()), *(error.get("details") or ())]
    return {str(row["reason"]) for row in rows if isinstance(row, dict) and "reason" in row}


def _channels(accounts: Sequence[int], who: Mapping[str, str]) -> Call:
    parts = "snippet,statistics,contentDetails"
    query = {"part": parts, "maxResults": str(_MOST), **who}
    return Call("channels", f"{_API}channels", tuple(accounts), query)


def _read_channels(
    call: Call, items: list[Any], accounts: Mapping[int, Account], setup: Setup
) -> Page:
    page = Page()
    found = {item["id"]: item for item in items}
    asked_by_handle = "forHandle" in call.query
    for account in (accounts[one] for one in call.accounts if one in accounts):
        item = (
            next(iter(found.values()), None) if asked_by_handle else found.get(account.external_id)
        )
        if item is None:
            words = "YouTube knows no such channel: it is gone, or has another handle."
            page.rejected.append(Rejected(account.id, "missing", words))
            continue
        row = _profile(item, account)
        page.profiles.append((account.id, row))
        uploads = item["contentDetails"]["relatedPlaylists"].get("uploads")
        if setup.posts_each and uploads:
            # The videos name the channel as it is called now: the import takes the newest handle.
            carry = {"left": setup.posts_each, "channel": item["id"], "handle": row["handle"]}
            page.then.append(_uploads(account.id, uploads, carry))
    return page


def _profile(item: Mapping[str, Any], account: Account) -> dict[str, Any]:
    told, counted = item["snippet"], item["statistics"]
    is_hidden = counted.get("hiddenSubscriberCount") is True
    return {
        "handle": told.get("customUrl") or account.handle,
        "account_id": item["id"],
        "profile_url": f"https://www.youtube.com/channel/{item['id']}",
        "display_name": told.get("title"),
        "bio": told.get("description"),
        "followers": None if is_hidden else counted.get("subscriberCount"),
        "posts_count": counted.get("videoCount"),
    }


def _uploads(account: int, playlist: str, carry: Mapping[str, Any], token: str = "") -> Call:
    query = {
        "part": "contentDetails",
        "playlistId": playlist,
        "maxResults": str(min(_MOST, carry["left"])),
    }
    if token:
        query["pageToken"] = token
    return Call("uploads", f"{_API}playlistItems", (account,), query, carry=carry)


def _read_uploads(call: Call, items: list[Any], token: str | None) -> Page:
    page = Page()
    ids = [item["contentDetails"]["videoId"] for item in items][: call.carry["left"]]
    if not ids:
        return page
    [account] = call.accounts
    parts = "snippet,statistics,paidProductPlacementDetails"
    query = {"part": parts, "id": ",".join(ids)}
    page.then.append(Call("videos", f"{_API}videos", (account,), query, carry=call.carry))
    left = call.carry["left"] - len(ids)
    if token and left > 0:
        playlist = call.query["playlistId"]
        page.then.append(_uploads(account, playlist, {**call.carry, "left": left}, token))
    return page


def _read_videos(call: Call, items: list[Any], accounts: Mapping[int, Account]) -> Page:
    page = Page()
    [one] = call.accounts
    for item in items:
        told = item["snippet"]
        # What is only announced is not published; what is another's was put on this list.
        is_own = told["channelId"] == call.carry["channel"]
        if one in accounts and is_own and told.get("liveBroadcastContent") != "upcoming":
            page.posts.append((one, _post(item, call.carry)))
    missing = len(call.query["id"].split(",")) - len(items)
    if missing > 0:
        words = f"{missing} of the newest videos are private or deleted."
        page.rejected.append(Rejected(one, "missing_post", words))
    return page


def _post(item: Mapping[str, Any], carry: Mapping[str, Any]) -> dict[str, Any]:
    # Likes and comments are left out where the channel hides them.
    told, counted = item["snippet"], item.get("statistics", {})
    paid = item.get("paidProductPlacementDetails") or {}
    return {
        "handle": carry["handle"],
        "account_id": carry["channel"],
        "post_id": item["id"],
        "post_url": f"https://www.youtube.com/watch?v={item['id']}",
        "posted_at": told["publishedAt"],
        "post_kind": "live" if told.get("liveBroadcastContent") == "live" else "video",
        "title": told.get("title"),
        "caption": told.get("description"),
        "post_language": told.get("defaultAudioLanguage") or told.get("defaultLanguage"),
        "is_paid_partnership": paid.get("hasPaidProductPlacement"),
        "views": counted.get("viewCount"),
        "likes": counted.get("likeCount"),
        "comments": counted.get("commentCount"),
    }
