"""Numbers as pages show them: short, a whole one without a tenth."""

from __future__ import annotations

import re

import pytest

from crm.templatetags.rapport import compact


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (3.44, "3.4"),
        (7.0, "7"),
        (7.03, "7"),
        (9.94, "9.9"),
        (96.4, "96"),
        (979.04, "979"),
        (499.7, "500"),
        (-412.6, "-413"),
        (13_840_000, "13.8M"),
        (None, "not known"),
    ],
)
def test_a_number_in_short(value, shown):
    assert re.sub(r"<[^>]*>", "", compact(value)) == shown
