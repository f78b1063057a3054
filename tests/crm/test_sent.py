"""Numbers of rows and pages to go back to, as browsers send them or as somebody makes them up."""

from __future__ import annotations

import pytest

from crm.sent import page_of_ours, row_number, row_numbers


def test_numbers_of_rows():
    strange = ["", "x", "-1", "1.5", " 7", "\u00b2", "\u0661", "1" * 19, "1" * 5_000]
    assert [row_number(text) for text in strange] == [None] * len(strange)
    assert row_numbers(["3", *strange, "0", "9" * 18, "3"]) == [3, 0, 10**18 - 1, 3]


@pytest.mark.parametrize(
    "path", ["", "-1", "crm:overview", "x", "//evil.example/", "https://evil.example/", "/\\e.ex/"]
)
def test_only_paths_of_ours_are_gone_back_to(path):
    assert page_of_ours(path, otherwise="/acme/") == "/acme/"


def test_a_path_of_ours_is_gone_back_to():
    assert page_of_ours("/acme/board/?stage=core", otherwise="/") == "/acme/board/?stage=core"
