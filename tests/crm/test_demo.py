"""Made-up data: deterministic, whole, and only where nobody is."""

from __future__ import annotations

import json
import stat
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from crm.choices import Stage
from crm.field_types import clean
from crm.models import (
    Brand,
    Creator,
    CreatorMetrics,
    FactChange,
    FieldValue,
    MetricSnapshot,
    Post,
    Profile,
    Relationship,
    StageChange,
    StageCount,
    User,
    UserRole,
)
from crm.services import demo, made_up
from crm.services.fields import STANDARD
from crm.services.relationships import allowed_moves
from tests.factories import NOW, BrandFactory, RelationshipFactory

pytestmark = pytest.mark.django_db


def filled(brand, seed=7, creators=60):
    return made_up.fill(brand=brand, creators=creators, seed=seed, at=NOW)


def contents():
    return (
        list(Creator.objects.order_by("pk").values_list("uid", "name", "country")),
        list(Profile.objects.order_by("pk").values_list("handle", "followers", "metrics_at")),
        list(Post.objects.order_by("pk").values_list("posted_at", "likes", "comments", "views")),
        list(StageChange.objects.order_by("pk").values_list("stage", "entered_at", "left_at")),
        list(
            FieldValue.objects.order_by("pk").values_list("field", "since", "text", "tags", "flag")
        ),
    )


def test_the_same_seed_gives_the_same_data(brand, manager):
    filled(brand)
    first = contents()
    brand.relationships.all().delete()
    Creator.objects.all().delete()
    filled(brand)
    assert contents() == first
    assert len(first[0]) == 60


def test_fields_hold_what_they_may(brand, manager):
    filled(brand)
    said = list(FieldValue.objects.select_related("field", "creator"))
    assert {row.field.key for row in said} == {one["key"] for one in STANDARD}
    for row in said:
        assert clean(row.field, row.value) == row.value
        assert row.since <= NOW
        assert row.author == manager


def test_another_seed_gives_other_data(brand):
    filled(brand, seed=1, creators=5)
    names = set(Creator.objects.values_list("uid", flat=True))
    filled(BrandFactory(), seed=2, creators=5)
    assert len(set(Creator.objects.values_list("uid", flat=True)) - names) == 5


def test_the_history_is_whole(brand, manager):
    made = filled(brand)
    assert made.creators == Relationship.objects.filter(brand=brand).count() == 60
    assert made.snapshots == MetricSnapshot.objects.count() > 60 * 8
    assert made.posts == Post.objects.count() > 500
    assert CreatorMetrics.objects.count() == 60
    assert CreatorMetrics.objects.filter(engagement_rate__isnull=False).count() > 30
    assert sum(StageCount.objects.values_list("creators", flat=True)) == 60
    assert FactChange.objects.get().creator is None
    assert not Post.objects.filter(posted_at__gt=NOW).exists()
    for relationship in Relationship.objects.prefetch_related("stage_changes"):
        stays = sorted(relationship.stage_changes.all(), key=lambda stay: stay.entered_at)
        assert stays[0].entered_at == relationship.since
        assert (stays[-1].stage, stays[-1].left_at) == (relationship.stage, None)
        assert stays[-1].entered_at == relationship.stage_since <= NOW
        for before, after in pairwise(stays):
            assert before.left_at == after.entered_at
            moves = allowed_moves(Stage(before.stage))
            assert after.stage in moves
            assert bool(after.reason) is moves[Stage(after.stage)]


def test_made_up_creators_never_mix_with_others(brand):
    RelationshipFactory(brand=brand)
    with pytest.raises(made_up.BrandNotEmpty, match="Acme has creators already"):
        filled(brand)
    assert Creator.objects.count() == 1


def test_the_command_prints_counts(brand):
    out = StringIO()
    call_command("make_demo", brand="acme", creators=3, seed=1, until="2026-11-22", stdout=out)
    printed = json.loads(out.getvalue().splitlines()[-1])
    assert (printed["brand"], printed["creators"]) == ("acme", 3)
    with pytest.raises(CommandError, match="has creators already"):
        call_command("make_demo", brand="acme", creators=3)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"brand": "nowhere"}, "no brand"),
        ({"creators": 0}, "from 1 to"),
        ({"until": "soon"}, "must be a day"),
    ],
)
def test_the_command_refuses_in_one_line(brand, options, words):
    with pytest.raises(CommandError, match=words):
        call_command("make_demo", **{"brand": "acme", "creators": 1} | options)
    assert not Creator.objects.exists()


def test_the_demo_users_have_the_passwords_in_the_file(
    settings: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings.RAPPORT_HOME = tmp_path
    call_command("ensure_demo")
    file = tmp_path / "demo-passwords.json"
    first = file.read_text()
    passwords = json.loads(first)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(passwords) == sorted(email for email, _name in demo.PEOPLE.values())
    assert len(set(passwords.values())) == 5
    for role, (email, _name) in demo.PEOPLE.items():
        user = User.objects.get(email=email)
        assert user.check_password(passwords[email])
        assert UserRole.objects.get(user=user, brand__slug="demo").role == role
    last = capsys.readouterr().out.splitlines()[-1]
    assert json.loads(last) == {"brand": "demo", "users": sorted(passwords)}

    call_command("ensure_demo")
    assert file.read_text() == first
    assert (Brand.objects.count(), User.objects.count()) == (1, 5)
