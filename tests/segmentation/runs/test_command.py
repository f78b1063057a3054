"""`manage.py run_segmentation` prints the numbers that the page of the run shows."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from segmentation.choices import RunStatus
from segmentation.facts.catalogue import catalogue
from segmentation.models import Membership, Run
from segmentation.selectors.runs import run_page
from tests.factories import NOW
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.runs.worlds import creator_with, give_followers, run_now

pytestmark = pytest.mark.django_db
# The command's clock is the real one.
EARLY = NOW - timedelta(days=400)


@pytest.fixture
def sized(brand):
    """A brand in which one creator grows out of Small into Big, and one is not known."""
    creators = [creator_with(brand, n, since=EARLY) for n in (500, 600, None)]
    size = dimension_of(brand, "size", is_exclusive=True)
    segment_of(size, "big", "followers >= 1_000", position=1)
    segment_of(size, "small", "followers >= 0", position=2)
    run_now(brand, EARLY)
    give_followers(creators[0], 5_000, EARLY + timedelta(hours=1))
    return brand


def test_a_dry_run_prints_what_its_page_shows_and_moves_nobody(sized, capsys):
    as_of = (EARLY + timedelta(days=1)).isoformat()
    before = list(Membership.objects.order_by("pk").values())

    call_command("run_segmentation", brand="acme", as_of=as_of, dry_run=True)

    assert list(Membership.objects.order_by("pk").values()) == before
    run = Run.objects.order_by("-pk").first()
    page = run_page(run, catalogue(sized))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"Dry run: 1 of 3 creators move, as of {run.as_of:%Y-%m-%d %H:%M} UTC."
    assert (page.joined, page.left, page.unknown) == (1, 1, 2)
    assert lines[1] == f"1 join, 1 leave, 2 cases undecided, {page.near} near misses."
    assert (
        "big                                        1           1           0           1"
        in (lines[3])
    )
    assert "Within Size:" in lines
    assert "           1  from small to big" in lines
    assert "Facts to find out: Followers (2)" in lines
    told = json.loads(lines[-1])
    assert (told["run"], told["status"]) == (run.pk, RunStatus.DRY)
    assert told["segments"]["big"] == {
        "members": 1,
        "joined": 1,
        "left": 0,
        "unknown": 1,
        "missing": {"followers": 1},
        "near": run.segments.get(segment__key="big").near,
    }


def test_what_cannot_be_run_is_said_in_words(sized):
    count = Run.objects.count()
    with pytest.raises(CommandError, match="only moves forward"):
        call_command("run_segmentation", brand="acme", as_of="2020-01-01")
    with pytest.raises(CommandError, match="has no dimension 'nope'"):
        call_command("run_segmentation", brand="acme", dimension="nope")
    assert Run.objects.count() == count
