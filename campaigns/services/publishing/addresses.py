"""The address of a publication: which post it is, in however many spellings it is written.

Nothing is asked for over the network: what an address does not say cannot be found out here.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit, urlunsplit

from campaigns.services.refusals import CampaignRefused
from crm.models import Platform

URL_MAX = 500
# Short links lead to a post only by asking the platform.
_SHORT = frozenset(
    {"vm.tiktok.com", "vt.tiktok.com", "t.co", "bit.ly", "lnkd.in", "pin.it", "fb.me"}
)
_ID = r"(?P<id>[\w-]+)"
# Where the platforms put what identifies a post, as the path of its address.
_PATHS: dict[str, tuple[str, ...]] = {
    "instagram": (
        rf"^/(?:[\w.]+/)?(?:p|reel|reels|tv)/{_ID}",
        rf"^/stories/[\w.]+/{_ID}",
    ),
    "tiktok": (rf"^/@[\w.]+/(?:video|photo)/{_ID}",),
    "youtube": (rf"^/(?:shorts|live|embed)/{_ID}",),
    "x": (rf"^/\w+/status/{_ID}",),
    "linkedin": (
        r"^/posts/.*-(?:activity|ugcPost|share)-(?P<id>\d+)",
        r"^/feed/update/urn:li:(?:activity|ugcPost|share):(?P<id>\d+)",
    ),
    "pinterest": (rf"^/pin/(?:[\w-]*--)?{_ID}",),
    "twitch": (r"^/videos/(?P<id>\d+)", r"^/\w+/clip/(?P<id>[\w-]+)"),
    "facebook": (
        r"^/(?:reel|watch/live)/(?P<id>\d+)",
        r"^/[\w.]+/(?:posts|videos)/(?:[\w%-]+/)?(?P<id>[\w-]+)",
    ),
}
_QUERIES = {"youtube": ("v",), "facebook": ("v", "story_fbid", "fbid")}
_EXAMPLES = {
    "instagram": "https://www.instagram.com/p/DAbc12/",
    "tiktok": "https://www.tiktok.com/@name/video/7301234567890123456",
    "youtube": "https://www.youtube.com/watch?v=abcDEF12345",
    "x": "https://x.com/name/status/1801234567890123456",
    "linkedin": "https://www.linkedin.com/posts/name_words-activity-7201234567890123456",
    "pinterest": "https://www.pinterest.com/pin/123456789012345678/",
    "twitch": "https://www.twitch.tv/videos/2001234567",
    "facebook": "https://www.facebook.com/name/posts/123456789",
}
_KNOWN = frozenset(_PATHS)


@dataclass(frozen=True)
class Address:
    """A post's address as it is kept, and what identifies the post in all its spellings."""

    url: str
    key: str


def read_address(text: str, platform: Platform) -> Address:
    """The address of a post on `platform`. Raises CampaignRefused in words for who typed it."""
    text = text.strip()
    if not text:
        raise _refused("Paste the address at which it can be seen.")
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower().rstrip("."), parts.port
    except ValueError:
        raise _refused("This is no address. Copy it from the browser or the app.") from None
    if parts.scheme not in {"http", "https"} or "." not in host or port not in {None, 80, 443}:
        raise _refused("This is no address of a web page. It begins with https://.")
    if parts.username or any(character.isspace() for character in text) or len(text) > URL_MAX:
        raise _refused("This is no address of a web page. Copy it from the browser or the app.")
    if host in _SHORT:
        raise _refused(
            "This is a short link, which does not say what it leads to. Open it, and copy the "
            "address from there."
        )
    hosts = {one.strip().lower() for one in platform.hosts.split(",") if one.strip()}
    if hosts and not any(host == one or host.endswith(f".{one}") for one in hosts):
        raise _refused(
            f"This address is not on {platform.name} ({', '.join(sorted(hosts))}). Check that it "
            "belongs to this piece of content."
        )
    found = _identifier(platform.key, host, parts.path, parts.query)
    if found is None and platform.key in _KNOWN:
        raise _refused(
            f"This is not the address of a single post on {platform.name}. One looks like "
            f"{_EXAMPLES[platform.key]}."
        )
    if found is None:
        path = parts.path.rstrip("/") or "/"
        if path == "/" and not parts.query:
            raise _refused("This is a whole site. Copy the address of the piece itself.")
        bare = host.removeprefix("www.")
        return Address(
            urlunsplit(("https", host, parts.path, parts.query, "")),
            f"{platform.key}:{bare}{path}{'?' + parts.query if parts.query else ''}",
        )
    keeps = parts.query if not _in_path(platform.key, host, parts.path) else ""
    return Address(urlunsplit(("https", host, parts.path, keeps, "")), f"{platform.key}:{found}")


def key_of(url: str, external_id: str, platform: Platform) -> frozenset[str]:
    """All that may identify a post which an import brought."""
    keys = {f"{platform.key}:{external_id}"} if external_id else set()
    if url:
        with suppress(CampaignRefused):
            keys.add(read_address(url, platform).key)
    return frozenset(keys)


def _identifier(platform: str, host: str, path: str, query: str) -> str | None:
    in_path = _in_path(platform, host, path)
    if in_path:
        return in_path
    values = parse_qs(query)
    for name in _QUERIES.get(platform, ()):
        if values.get(name):
            return values[name][0]
    return None


def _in_path(platform: str, host: str, path: str) -> str | None:
    if host == "youtu.be":
        return path.strip("/").partition("/")[0] or None
    for pattern in _PATHS.get(platform, ()):
        match = re.match(pattern, path)
        if match:
            return match["id"]
    return None


def _refused(words: str) -> CampaignRefused:
    return CampaignRefused(words, code="bad_address", field="url")
