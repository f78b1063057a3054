"""Handles and profile addresses, one spelling per account: "@CristiaNo ",
"instagram.com/cristiano/?hl=en".

`parse_handle` gives the handle as it identifies the account (lower case where the platform ignores
case), so that equal accounts are equal strings. What cannot be an account raises BadValue.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from crm.importers.numbers import BadValue, is_missing

HANDLE_MAX = 200


@dataclass(frozen=True, slots=True)
class HandleRule:
    """How a platform names accounts:

    the pattern of a handle, its hosts, and path parts before the handle.
    """

    hosts: tuple[str, ...]
    pattern: re.Pattern[str]
    address: str
    prefixes: tuple[str, ...] = ()
    reserved: frozenset[str] = frozenset()
    titles: bool = False  # lists name channels by title where they have no handle


def _rule(
    hosts: str,
    pattern: str,
    address: str,
    *,
    prefixes: str = "",
    reserved: str = "",
    titles: bool = False,
) -> HandleRule:
    return HandleRule(
        tuple(hosts.split()),
        re.compile(pattern),
        address,
        tuple(prefixes.split()),
        frozenset(reserved.split()),
        titles,
    )


RULES: Mapping[str, HandleRule] = {
    "instagram": _rule(
        "instagram.com instagr.am",
        r"[a-z0-9_.]{1,30}",
        "https://www.instagram.com/{}/",
        prefixes="stories _u",
        reserved="p reel reels tv explore accounts stories",
    ),
    "tiktok": _rule(
        "tiktok.com",
        r"[\w.]{1,30}",
        "https://www.tiktok.com/@{}",
        reserved="tag music video discover",
    ),
    "youtube": _rule(
        "youtube.com youtu.be",
        r"[\w.·-]{1,100}",
        "https://www.youtube.com/@{}",
        prefixes="c user channel",
        reserved="watch shorts playlist results feed embed c user channel",
        titles=True,
    ),
    "twitch": _rule(
        "twitch.tv", r"[a-z0-9_]{1,25}", "https://www.twitch.tv/{}", reserved="videos directory p"
    ),
    "x": _rule(
        "x.com twitter.com",
        r"[a-z0-9_]{1,20}",
        "https://x.com/{}",
        reserved="i home search hashtag intent share",
    ),
    "linkedin": _rule(
        "linkedin.com",
        r"[\w%-]{2,100}",
        "https://www.linkedin.com/in/{}/",
        prefixes="in company pub school",
        reserved="in company pub school feed posts",
    ),
    "pinterest": _rule(
        "pinterest.com",
        r"[a-z0-9_-]{2,30}",
        "https://www.pinterest.com/{}/",
        reserved="pin search ideas",
    ),
    "snapchat": _rule(
        "snapchat.com",
        r"[a-z0-9_.-]{2,30}",
        "https://www.snapchat.com/add/{}",
        prefixes="add",
        reserved="add",
    ),
    "facebook": _rule(
        "facebook.com fb.com",
        r"[\w.]{1,80}",
        "https://www.facebook.com/{}",
        prefixes="pg people",
        reserved="watch groups events profile.php",
    ),
}
_BRACKETED = re.compile(r"(?:^|[(\s])@?([^\s()@]+)\)$")
_CHANNEL_ID = re.compile(r"UC[\w-]{22}", re.ASCII)
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_HOST = re.compile(r"(?:https?://)?([\w-]+(?:\.[\w-]+)+)(?:[/?#:]|$)", re.IGNORECASE)
_HOSTS: Mapping[str, str] = {
    host: platform for platform, rule in RULES.items() for host in rule.hosts
}


def platform_of_url(text: str) -> str | None:
    """The platform whose address the text is, or None ("https://www.tiktok.com/@a" is tiktok)."""
    found = _HOST.match(text.strip())
    if found is None:
        return None
    parts = found[1].lower().split(".")
    # Pinterest has a domain per country (pinterest.co.uk); the others have one.
    return "pinterest" if "pinterest" in parts[:-1] else _HOSTS.get(".".join(parts[-2:]))


def parse_handle(cell: object, platform: str) -> str | None:
    """The handle in a cell with a handle, "@handle" or a profile address; None where not known.

    On YouTube a channel id keeps its case, and a channel title ("Kids Diana Show") stands for the
    channel where the list has nothing better. Raises BadValue for what cannot be an account on the
    platform.
    """
    if is_missing(cell):
        return None
    text = str(cell)
    rule = RULES.get(platform)
    if rule is None:
        return _free_handle(_cleaned(text))
    lowered = text.lower()
    if text.isascii() and rule.pattern.fullmatch(lowered) and not text.startswith("UC"):
        return lowered  # most cells end here
    text = _without_address(_cleaned(text), platform, rule)
    if platform == "youtube" and _CHANNEL_ID.fullmatch(text):
        return text
    text = text.removeprefix("@").strip()
    # "Riot Games (riotgames)", and what is left of it where the name was lost: "riotgames)".
    bracketed = None if rule.titles else _BRACKETED.search(text)
    lowered = (bracketed[1] if bracketed else text).lower()
    if rule.pattern.fullmatch(lowered):
        return lowered
    if rule.titles and text:
        return _free_handle(text)
    raise BadValue("invalid_handle", f"{_shown(text)} cannot be a handle on {platform}.")


def _cleaned(text: str) -> str:
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).strip()


def _without_address(text: str, platform: str, rule: HandleRule) -> str:
    """The part of a profile address that names the account; other text as it is."""
    found = platform_of_url(text) if "/" in text or "." in text else None
    if found is not None and ("/" in text or found == platform):
        if found != platform:
            raise BadValue(
                "other_platform", f"{_shown(text)} is an address of {found}, not of {platform}."
            )
        return _handle_in_url(text, rule)
    if "://" in text:
        raise BadValue("invalid_handle", f"{_shown(text)} is not an address of {platform}.")
    return text


def profile_address(handle: str, platform: str) -> str:
    """The public address of an account; empty where the handle alone does not lead there."""
    rule = RULES.get(platform)
    if rule is None or not handle.isascii() or " " in handle:
        return ""
    if platform == "youtube" and _CHANNEL_ID.fullmatch(handle):
        return f"https://www.youtube.com/channel/{handle}"
    return rule.address.format(handle)


def looks_like_handle(text: str) -> bool:
    """True for one word of the signs that handles are made of, or an "@" before it:

    no spaces, no emoji.
    """
    return re.fullmatch(r"@?[\w.-]{1,40}", text.strip(), re.ASCII) is not None


def _handle_in_url(text: str, rule: HandleRule) -> str:
    address = urlsplit(text if "://" in text else f"https://{text}")
    parts = [unquote(part) for part in address.path.split("/") if part]
    while parts and parts[0].lower() in rule.prefixes and len(parts) > 1:
        parts.pop(0)
    if not parts or parts[0].lower() in rule.reserved:
        raise BadValue("invalid_handle", f"{_shown(text)} is not the address of a profile.")
    return parts[0]


def _free_handle(text: str) -> str:
    handle = " ".join(text.removeprefix("@").split()).casefold()
    if not handle:
        raise BadValue("invalid_handle", "The handle is empty.")
    if len(handle) > HANDLE_MAX:
        raise BadValue("invalid_handle", f"{_shown(text)} is too long for a handle.")
    return handle


def _shown(text: str) -> str:
    return f"“{text if len(text) <= 60 else text[:59] + '…'}”"
