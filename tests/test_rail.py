"""Pages beside a line's own page light up that line of the rail."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.urls import resolve

from crm.choices import Role
from crm.context import rail
from crm.models import Brand
from tests.pages import address

BRAND = Brand(slug="acme")


@pytest.mark.parametrize(
    ("page", "line"),
    [
        ("campaigns:flags", "Incidents"),
        ("campaigns:authenticity", "Incidents"),
        ("campaigns:reliability", "Incidents"),
        ("campaigns:trust_weights", "Incidents"),
        ("segmentation:clusters", "Segments"),
        ("segmentation:samples", "Segments"),
        ("segmentation:scores", "Segments"),
        ("segmentation:score_comparisons", "Segments"),
        ("segmentation:personas", "Segments"),
        ("segmentation:match_brand_weights", "Campaigns"),
        ("segmentation:content_tests", "Experiments"),
        ("segmentation:scorecards", "Scorecards"),
        ("segmentation:scorecard", "Scorecards"),
        ("segmentation:kpis", "Scorecards"),
        ("segmentation:segment", "Segments"),
        ("crm:review_drift", "Creators"),
        ("crm:pitches", "Outreach"),
        ("campaigns:topics", "Watch"),
    ],
)
def test_a_page_stands_below_its_line(page, line):
    request = RequestFactory().get(address(page, BRAND))
    request.resolver_match = resolve(request.path)
    here = [item.label for item in rail(request, BRAND, Role.ADMIN) if item.is_here]
    assert here == [line]
