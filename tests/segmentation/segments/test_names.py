"""Two schemes of sizes have a "Nano" each: lists of segments say which one is meant."""

from __future__ import annotations

import pytest
from django.urls import reverse

from segmentation.models import Dimension, Segment
from segmentation.selectors.names import told_apart
from tests.segmentation.world import make_segment


def segment(pk: int, name: str, dimension: str) -> Segment:
    return Segment(pk=pk, name=name, dimension=Dimension(name=dimension))


def test_only_those_of_one_name_get_their_dimension():
    nano, other, core = (
        segment(1, "Nano", "Size"),
        segment(2, "Nano", "Harvard"),
        segment(3, "Core", "Stage"),
    )
    assert told_apart([nano, core]) == {1: "Nano", 3: "Core"}
    assert told_apart([nano, other, core]) == {1: "Nano (Size)", 2: "Nano (Harvard)", 3: "Core"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "key"),
    [("crm:creators", ""), ("segmentation:segment", "one"), ("segmentation:audience_overlap", "")],
)
def test_choices_name_the_dimension(brand, analyst_client, page, key):
    one = make_segment(brand, "one", name="Nano")
    address = reverse(page, args=[brand.slug, *filter(None, [key])])
    shown = analyst_client.get(address, {"segment": "one"}).content.decode()
    assert f"Nano ({one.dimension.name})</option>" in shown
