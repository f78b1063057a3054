"""How long a text may be where it is published, as far as that is known (read in 2026)."""

from __future__ import annotations

from collections.abc import Mapping

CAPTIONS: Mapping[str, int] = {
    "instagram": 2_200,
    "tiktok": 4_000,
    "youtube": 5_000,
    "twitch": 140,
    "x": 280,
    "facebook": 63_206,
    "linkedin": 3_000,
    "pinterest": 500,
    "threads": 500,
    "bluesky": 300,
}


def caption_limit(platform: str) -> int | None:
    """The most characters of a caption there; None: none, or not known."""
    return CAPTIONS.get(platform)
