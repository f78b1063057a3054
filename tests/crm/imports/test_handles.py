"""Handles and profile addresses."""

from __future__ import annotations

import pytest

from crm.importers.handles import parse_handle, platform_of_url, profile_address
from crm.importers.numbers import BadValue


@pytest.mark.parametrize(
    ("cell", "platform", "expected"),
    [
        ("Anna.Berg", "instagram", "anna.berg"),
        (" @Anna_Berg ", "instagram", "anna_berg"),
        ("https://www.instagram.com/Anna.Berg/?hl=en", "instagram", "anna.berg"),
        ("instagram.com/anna.berg/", "instagram", "anna.berg"),
        ("https://instagram.com/stories/anna.berg/", "instagram", "anna.berg"),
        ("anna.com", "instagram", "anna.com"),
        ("https://www.tiktok.com/@khaby.lame?lang=en", "tiktok", "khaby.lame"),
        ("@Some.One", "tiktok", "some.one"),
        ("https://www.youtube.com/@AnnaBakes", "youtube", "annabakes"),
        ("https://www.youtube.com/c/AnnaBakes", "youtube", "annabakes"),
        (
            "https://youtube.com/channel/UCtxD0x6AuNNqdXO9Wp5GHew",
            "youtube",
            "UCtxD0x6AuNNqdXO9Wp5GHew",
        ),
        ("✿ Anna's  Kitchen", "youtube", "✿ anna's kitchen"),
        ("Studio Anna (annalive)", "twitch", "annalive"),
        ("annalive)", "twitch", "annalive"),
        ("https://twitter.com/anna", "x", "anna"),
        ("https://www.linkedin.com/in/anna-berg-1a2b/", "linkedin", "anna-berg-1a2b"),
        ("https://www.pinterest.co.uk/anna/", "pinterest", "anna"),
        ("Anna & Co Weekly", "newsletter", "anna & co weekly"),
        ("\u200eanna\ufeff", "instagram", "anna"),
    ],
)
def test_one_spelling_per_account(cell: str, platform: str, expected: str) -> None:
    assert parse_handle(cell, platform) == expected


@pytest.mark.parametrize("cell", ["", "nan", "N/A", "#REF!", None, "🔒"])
def test_unknown_handles(cell: object) -> None:
    assert parse_handle(cell, "instagram") is None


@pytest.mark.parametrize(
    ("cell", "platform", "code"),
    [
        ("Anna Berg", "instagram", "invalid_handle"),
        ("anna@example.com", "instagram", "invalid_handle"),
        ("a" * 31, "instagram", "invalid_handle"),
        ("https://www.instagram.com/p/ABC123/", "instagram", "invalid_handle"),
        ("https://www.instagram.com/", "instagram", "invalid_handle"),
        ("https://www.tiktok.com/@anna", "instagram", "other_platform"),
        ("https://example.com/anna", "instagram", "invalid_handle"),
        ("@", "youtube", "invalid_handle"),
        ("x" * 201, "youtube", "invalid_handle"),
    ],
)
def test_what_cannot_be_an_account(cell: str, platform: str, code: str) -> None:
    with pytest.raises(BadValue) as refused:
        parse_handle(cell, platform)
    assert refused.value.code == code


def test_platform_of_an_address() -> None:
    assert platform_of_url("https://www.tiktok.com/@anna") == "tiktok"
    assert platform_of_url("youtu.be/abc") == "youtube"
    assert platform_of_url("https://x.com/anna") == "x"
    assert platform_of_url("https://notinstagram.com/anna") is None
    assert platform_of_url("anna") is None


def test_addresses_of_accounts() -> None:
    assert profile_address("anna", "instagram") == "https://www.instagram.com/anna/"
    channel = "UCtxD0x6AuNNqdXO9Wp5GHew"
    assert profile_address(channel, "youtube") == f"https://www.youtube.com/channel/{channel}"
    assert profile_address("✿ anna's kitchen", "youtube") == ""
    assert profile_address("anna's weekly", "newsletter") == ""
