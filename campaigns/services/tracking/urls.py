"""Addresses of shops: what is put behind them, and what is odd about them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.text import slugify

from campaigns.models import TrackingLink
from campaigns.models.tracking import UTM

TARGET_MAX = 2_000
_is_web = URLValidator(schemes=["http", "https"])
# Something that looks like an address of mail, or a telephone number, would go to the shop.
_PERSONAL = re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}|\+?\d[\d\s()./-]{7,}\d", re.IGNORECASE)
_UTM_WORD = re.compile(r"^[a-z0-9][a-z0-9._~-]*$")


class UrlRefused(Exception):
    """An address or a word of it cannot be used; the message is fit for the user."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def checked_target(text: str) -> str:
    """The address as it is kept. Raises UrlRefused."""
    target = text.strip()
    if len(target) > TARGET_MAX:
        msg = f"The address is longer than {TARGET_MAX:,} characters."
        raise UrlRefused(msg, "target")
    try:
        _is_web(target)
        parts = urlsplit(target)
    except (ValidationError, ValueError):
        msg = "That is not the address of a page. It begins with https://."
        raise UrlRefused(msg, "target") from None
    if parts.username or parts.password:
        msg = (
            "The address has a name and a password in it. Whoever follows the link would see them."
        )
        raise UrlRefused(msg, "target")
    # Schemes and hosts are the same in small letters, and are compared so.
    return urlunsplit(parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower()))


def checked_utm(given: Mapping[str, str]) -> dict[str, str]:
    """The five UTM words as they are kept. Raises UrlRefused.

    Small letters and no spaces: else one campaign is several in the shop's statistics.
    """
    words = {}
    for name in UTM:
        word = given.get(name, "").strip()
        if not word:
            words[name] = ""
            continue
        if _PERSONAL.search(word):
            msg = f"{name} must not say who somebody is: no e-mail address, no telephone number."
            raise UrlRefused(msg, name)
        if len(word) > 100 or not _UTM_WORD.match(word):
            like = utm_word(word)
            msg = f"{name} takes small letters, digits and . _ ~ -, up to 100 characters."
            raise UrlRefused(msg + (f" For instance {like}." if like else ""), name)
        words[name] = word
    return words


def utm_word(text: str) -> str:
    """`text` as a word of UTM: small letters, hyphens for spaces."""
    return slugify(text.replace("_", "-"))[:100].strip("-")


def utm_for(*, platform: str, campaign: str, handle: str, variant: str) -> dict[str, str]:
    """What a link says where nobody said otherwise."""
    return {
        "utm_source": utm_word(platform) or "creator",
        "utm_medium": "influencer",
        "utm_campaign": utm_word(campaign),
        "utm_content": utm_word(handle),
        "utm_term": utm_word(variant),
    }


def with_params(target: str, said: Mapping[str, str]) -> str:
    """`target` with these parameters; what it says of the same name gives way."""
    parts = urlsplit(target)
    pairs = [
        pair
        for pair in parts.query.split("&")
        if pair and parse_qsl(pair, keep_blank_values=True)[0][0] not in said
    ]
    query = "&".join([*pairs, urlencode(said, quote_via=quote)] if said else pairs)
    return urlunsplit(parts._replace(query=query))


def warnings(link: TrackingLink, shop_hosts: Iterable[str]) -> list[str]:
    """What somebody should look at again; nothing of it is refused."""
    parts = urlsplit(link.target)
    found = []
    if parts.scheme == "http":
        found.append("The address is not encrypted (http://): browsers may warn of it.")
    host, shops = parts.hostname or "", tuple(shop_hosts)
    if shops and not any(host == shop or host.endswith(f".{shop}") for shop in shops):
        found.append(f"{host} is none of the brand's shops ({', '.join(shops)}).")
    if _PERSONAL.search(parts.query):
        found.append("The address seems to say who somebody is.")
    return found
