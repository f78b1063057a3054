"""Cells that are neither numbers, dates nor handles: text, e-mail, country, language, yes/no,
kinds, subjects.

As in numbers.py: a value, None where not known, BadValue where the cell cannot be what the column
is.
"""

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import pycountry

from crm.importers.numbers import BadValue, is_missing

NICHE_MAX = 80
TAG_MAX = 60

_EMAIL = re.compile(r"[^@\s,;<>()\[\]\"]{1,64}@[^@\s,;<>()\[\]\".]+(\.[^@\s,;<>()\[\]\".]+)+")
_PHONE = re.compile(r"\+?[\d\s().\-/]{5,40}(?:\s*(?:ext|x)\.?\s*\d{1,6})?", re.IGNORECASE)
_YES = frozenset(
    {"true", "t", "yes", "y", "1", "1.0", "ja", "si", "sí", "oui", "✓", "✔", "x", "verified"}
)
_NO = frozenset({"false", "f", "no", "n", "0", "0.0", "nein", "non", "✗", "✘", "not verified"})

# What lists write where ISO's names differ.
_COUNTRIES: Mapping[str, str] = {
    "usa": "US",
    "u.s.": "US",
    "u.s.a.": "US",
    "united states of america": "US",
    "america": "US",
    "uk": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "great britain": "GB",
    "russia": "RU",
    "south korea": "KR",
    "korea": "KR",
    "north korea": "KP",
    "iran": "IR",
    "syria": "SY",
    "vietnam": "VN",
    "taiwan": "TW",
    "bolivia": "BO",
    "venezuela": "VE",
    "tanzania": "TZ",
    "moldova": "MD",
    "laos": "LA",
    "brunei": "BN",
    "czech republic": "CZ",
    "macedonia": "MK",
    "palestine": "PS",
    "turkey": "TR",
    "ivory coast": "CI",
    "cape verde": "CV",
    "swaziland": "SZ",
    "kosovo": "XK",
    "uae": "AE",
    "holland": "NL",
    "the netherlands": "NL",
    "hong kong": "HK",
    "macau": "MO",
    "democratic republic of the congo": "CD",
}

_POST_KINDS: Mapping[str, str] = {
    kind: name
    for name, kinds in {
        "image": "graphimage image photo picture static",
        "carousel": "graphsidecar sidecar carousel carousel_album album slideshow",
        "short_video": "reel reels clips clip short shorts short_video",
        "video": "graphvideo video igtv feed_video xdtgraphvideo",
        "live": "live livestream stream",
        "story": "story stories",
        "text": "text tweet status thread",
        "audio": "audio podcast episode",
        "article": "article blog blog_post newsletter",
    }.items()
    for kind in kinds.split()
}

# The numbers by which the YouTube Data API names video categories.
YOUTUBE_CATEGORIES: Mapping[str, str] = {
    "1": "Film & Animation",
    "2": "Autos & Vehicles",
    "10": "Music",
    "15": "Pets & Animals",
    "17": "Sports",
    "18": "Short Movies",
    "19": "Travel & Events",
    "20": "Gaming",
    "21": "Videoblogging",
    "22": "People & Blogs",
    "23": "Comedy",
    "24": "Entertainment",
    "25": "News & Politics",
    "26": "Howto & Style",
    "27": "Education",
    "28": "Science & Technology",
    "29": "Nonprofits & Activism",
    "30": "Movies",
    "31": "Anime/Animation",
    "32": "Action/Adventure",
    "33": "Classics",
    "34": "Comedy",
    "35": "Documentary",
    "36": "Drama",
    "37": "Family",
    "38": "Foreign",
    "39": "Horror",
    "40": "Sci-Fi/Fantasy",
    "41": "Thriller",
    "42": "Shorts",
    "43": "Shows",
    "44": "Trailers",
}


def parse_text(cell: object, limit: int) -> str | None:
    """Text of at most `limit` characters, without blanks around it."""
    if is_missing(cell):
        return None
    text = (
        cell.strip() if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False, default=str)
    )
    if "\0" in text:
        raise BadValue("nul_byte", "The cell holds a NUL byte.")
    if len(text) > limit:
        raise BadValue("too_long", f"The text has {len(text):,} characters; {limit:,} fit.")
    return text


def parse_prose(cell: object, limit: int) -> str | None:
    """Text that people wrote, where "-" or "N/A" is text as well; None only where empty."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    return parse_text(cell, limit) or str(cell).strip()


def parse_email(cell: object) -> str | None:
    """One address in lower case."""
    if is_missing(cell):
        return None
    text = str(cell).strip().removeprefix("mailto:").lower()
    if len(text) > 254 or not _EMAIL.fullmatch(text) or ".." in text:
        raise BadValue("invalid_email", f"“{text[:80]}” is not an e-mail address.")
    return text


def parse_phone(cell: object) -> str | None:
    """A telephone number as written, blanks made single."""
    if is_missing(cell):
        return None
    text = " ".join(str(cell).split()).lower()
    if not _PHONE.fullmatch(text) or sum(map(str.isdecimal, text)) < 5:
        raise BadValue("invalid_phone", f"“{text[:60]}” is not a telephone number.")
    return text


def parse_flag(cell: object) -> bool | None:
    """Yes or no; a list stands for yes if it holds anything (`paid_partnership_with`)."""
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, list | dict):
        return bool(cell)
    if is_missing(cell):
        return None
    text = str(cell).strip().lower()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise BadValue("not_yes_or_no", f"“{text[:40]}” is neither yes nor no.")


def parse_country(cell: object) -> str | None:
    """ISO 3166-1 alpha-2 from a code or an English name; raises BadValue("unknown_country")."""
    if is_missing(cell):
        return None
    code = _country(" ".join(str(cell).split()).lower())
    if code is None:
        raise BadValue("unknown_country", f"“{str(cell)[:60]}” is no country that we know.")
    return code


def parse_language(cell: object) -> str | None:
    """BCP 47 from a code ("fr-FR", "fr_fr") or an English name;

    raises BadValue("unknown_language").
    """
    if is_missing(cell):
        return None
    tag = _language(" ".join(str(cell).split()).lower())
    if tag is None:
        raise BadValue("unknown_language", f"“{str(cell)[:60]}” is no language that we know.")
    return tag


def parse_post_kind(cell: object) -> str | None:
    """One of crm.choices.PostKind; what is not recognised is "other"."""
    if is_missing(cell):
        return None
    word = str(cell).strip().lower().replace(" ", "_").replace("-", "_")
    return _POST_KINDS.get(word, "other")


def parse_niches(cell: object) -> list[str]:
    """The subjects in a cell:

    a list, or text parted by comma, semicolon or bar; a YouTube category number.
    """
    if isinstance(cell, list):
        labels: Iterable[Any] = (
            item.get("name", "") if isinstance(item, dict) else item for item in cell
        )
    elif isinstance(cell, int) and not isinstance(cell, bool):
        labels = [str(cell)]
    elif is_missing(cell):
        return []
    else:
        labels = re.split(r"[,;|]", str(cell))
    found = [
        YOUTUBE_CATEGORIES.get(label, label)
        for label in (str(item).strip() for item in labels)
        if label
    ]
    for label in found:
        if len(label) > NICHE_MAX or not niche_key(label) or label.isdecimal():
            raise BadValue("unknown_niche", f"“{label[:60]}” is no subject.")
    return [label for label in found if not is_missing(label)]


def parse_tags(cell: object) -> list[str]:
    """The words in a cell, parted by comma, semicolon or bar."""
    if isinstance(cell, list):
        words: Iterable[Any] = cell
    elif is_missing(cell):
        return []
    else:
        words = re.split(r"[,;|]", str(cell))
    found = [" ".join(str(word).split()) for word in words]
    for word in found:
        if len(word) > TAG_MAX:
            raise BadValue("unknown_tag", f"“{word[:60]}” is too long for a tag.")
    return [word for word in found if word and not is_missing(word)]


@lru_cache(maxsize=4096)
def niche_key(label: str) -> str:
    """What equal subjects share: "Food & Drink" and "food-drink" are one."""
    return re.sub(r"[^\w]+", "-", label.lower()).strip("-")[:60]


@lru_cache(maxsize=4096)
def _country(name: str) -> str | None:
    if name in _COUNTRIES:
        return _COUNTRIES[name]
    try:
        return str(pycountry.countries.lookup(name).alpha_2)
    except LookupError:
        return None


@lru_cache(maxsize=4096)
def _language(name: str) -> str | None:
    code, _, region = name.replace("_", "-").partition("-")
    try:
        found = pycountry.languages.lookup(code if len(code) <= 3 else name)
    except LookupError:
        # "Chinese", "Greek" and the like are the common half of a longer official name.
        common = {
            "chinese": "zh",
            "greek": "el",
            "norwegian": "no",
            "malay": "ms",
            "farsi": "fa",
            "tagalog": "tl",
        }
        return common.get(name)
    tag = str(getattr(found, "alpha_2", found.alpha_3))
    return f"{tag}-{region.upper()}" if len(region) == 2 and len(code) <= 3 else tag
