"""Creators by two things at once."""

from __future__ import annotations

import pytest

from crm.models import Creator, Niche
from segmentation.facts.catalogue import catalogue
from segmentation.models import Segment
from segmentation.selectors.matrix import EMPTY, NONE, axes_of, creators_with, matrix
from tests.factories import NOW
from tests.segmentation.segments.masks import member
from tests.segmentation.world import make_segment

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(brand, other_brand):
    """Two roles, two sizes far apart in the mask, and countries."""
    roles = [make_segment(brand, key, position=n) for n, key in enumerate(("teach", "show"))]
    sizes = [make_segment(brand, key, dimension="size") for key in ("small", "large")]
    sizes[1].bit = 75
    Segment.objects.filter(pk=sizes[1].pk).update(bit=75)
    teach, show = roles
    small, large = sizes
    member(brand, teach, small, country="DK", name="Ana", stage="core")
    member(brand, teach, show, large, country="DK", name="Bo", stage="prospect")
    member(brand, show, small, country="SE", name="Cai", stage="core")
    member(brand, name="Dee")
    elsewhere = make_segment(other_brand, "teach")
    member(other_brand, elsewhere, country="DK")
    return brand


def counted(brand, first, second):
    axes = axes_of(brand, catalogue(brand))
    found = matrix(brand, axes[first], axes[second], at=NOW)
    return found, {key: creators for key, creators in found.cells.items() if creators}


def test_two_dimensions(world, django_assert_num_queries):
    found, cells = counted(world, "role", "size")
    assert cells == {
        ("teach", "small"): 1,
        ("teach", "large"): 1,
        ("show", "large"): 1,
        ("show", "small"): 1,
        (NONE, NONE): 1,
    }
    assert [(one.key, one.label, one.creators) for one in found.lines] == [
        ("teach", "Teach", 2),
        ("show", "Show", 2),
        (NONE, "In none", 1),
    ]
    assert found.population == 4
    axes = axes_of(world, catalogue(world))
    with django_assert_num_queries(1):
        matrix(world, axes["role"], axes["size"], at=NOW)


def test_a_dimension_and_a_fact(world):
    found, cells = counted(world, "fact.country", "role")
    assert cells == {("DK", "teach"): 2, ("DK", "show"): 1, ("SE", "show"): 1, (NONE, NONE): 1}
    assert [(one.label, one.creators) for one in found.lines] == [
        ("Denmark", 2),
        ("Sweden", 1),
        ("Not known", 1),
    ]


def test_two_facts_of_which_one_has_an_order(world):
    found, cells = counted(world, "fact.stage", "fact.country")
    assert cells == {("prospect", "DK"): 1, ("core", "DK"): 1, ("core", "SE"): 1, (NONE, NONE): 1}
    assert [one.label for one in found.lines] == ["Prospect", "Core partner", "Not known"]


@pytest.mark.parametrize(
    ("first", "second"),
    [("role", "size"), ("fact.country", "role"), ("fact.stage", "fact.country"), ("role", "role")],
)
def test_every_cell_leads_to_as_many_creators(world, first, second):
    axes = axes_of(world, catalogue(world))
    found, _ = counted(world, first, second)
    for line, cells in found.table():
        for column, creators in cells:
            parts = [(axes[first], line.key), (axes[second], column.key)]
            rows = Creator.objects.filter(pk__in=creators_with(world, parts, at=NOW))
            assert rows.count() == creators


def test_names_behind_a_cell(world):
    axes = axes_of(world, catalogue(world))
    parts = [(axes["role"], "teach"), (axes["fact.country"], "DK")]
    rows = Creator.objects.filter(pk__in=creators_with(world, parts, at=NOW))
    assert sorted(rows.values_list("name", flat=True)) == ["Ana", "Bo"]
    with pytest.raises(KeyError):
        creators_with(world, [(axes["role"], "nowhere")], at=NOW)


def test_long_axes_are_cut_but_not_in_the_file(world, monkeypatch):
    monkeypatch.setattr("segmentation.selectors.matrix.MAX_LINES", 2)
    axes = axes_of(world, catalogue(world))
    short = matrix(world, axes["fact.country"], axes["role"], at=NOW)
    assert ([one.key for one in short.lines], short.hidden) == (["DK", "SE"], 2)
    whole = matrix(world, axes["fact.country"], axes["role"], at=NOW, whole=True)
    assert (len(whole.lines), whole.hidden) == (3, 0)


def test_a_set_counts_in_each_of_its_values(brand):
    food, pet = (Niche.objects.create(key=key, label=key.title()).pk for key in ("food", "pet"))
    member(brand, niches=[food, pet], country="DK")
    member(brand, niches=[food], country="SE")
    member(brand, niches=[], country="DK")
    member(brand, niches=None, country="DK")
    found, cells = counted(brand, "fact.niches", "fact.country")
    assert cells == {
        ("food", "DK"): 1,
        ("food", "SE"): 1,
        ("pet", "DK"): 1,
        (EMPTY, "DK"): 1,
        (NONE, "DK"): 1,
    }
    labels = {one.key: one.label for one in found.lines}
    assert (labels[EMPTY], labels[NONE]) == ("None of them", "Not known")
    assert [one.key for one in found.lines][-2:] == [EMPTY, NONE]
    assert (found.population, found.rows.is_exclusive) == (4, False)
    axes = axes_of(brand, catalogue(brand))
    for line in found.lines:
        rows = creators_with(brand, [(axes["fact.niches"], line.key)], at=NOW)
        assert Creator.objects.filter(pk__in=rows).count() == line.creators
