"""import_creators, import_posts and undo_import."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from crm.models import Brand, DuplicatePair, ImportBatch, MetricSnapshot, Profile
from tests.crm.imports.conftest import Put
from tests.crm.imports.state import dump
from tests.crm.imports.test_apply import LIST, POSTS
from tests.factories import ProfileFactory, RelationshipFactory

pytestmark = pytest.mark.django_db


def run(name: str, *args: Any, **options: Any) -> dict[str, Any]:
    """The JSON on the last line of what the command prints."""
    out = StringIO()
    call_command(name, *args, stdout=out, **options)
    found = json.loads(out.getvalue().splitlines()[-1])
    assert isinstance(found, dict)
    return found


def test_the_last_line_is_the_counts(brand: Brand, put: Put) -> None:
    result = run("import_creators", put(LIST), "--brand", "acme", "--source", "modash")
    assert result == {
        "import": ImportBatch.objects.get().pk,
        "rows": 2,
        "creators_new": 2,
        "creators_updated": 0,
        "unchanged": 0,
        "profiles": 2,
        "profiles_new": 2,
        "posts": 0,
        "posts_new": 0,
        "snapshots_new": 2,
        "rejected": {},
        "ignored": {},
        "duplicate_pairs": 0,
    }
    again = run("import_creators", put(LIST), "--brand", "acme", "--source", "modash")
    assert (again["creators_new"], again["creators_updated"], again["unchanged"]) == (0, 0, 2)


def test_who_is_in_the_list_already_under_another_name_is_counted(brand: Brand, put: Put) -> None:
    known = RelationshipFactory(brand=brand, creator__name="A. Berg")
    ProfileFactory(creator=known.creator, platform_id="tiktok", handle="annaberg")
    dry = run("import_creators", put(LIST), "--brand", "acme", "--dry-run")
    assert (dry["duplicate_pairs"], DuplicatePair.objects.count()) == (0, 0)
    result = run("import_creators", put(LIST), "--brand", "acme")
    assert (result["creators_new"], result["duplicate_pairs"]) == (2, 1)
    pair = DuplicatePair.objects.get()
    assert {pair.first.name, pair.second.name} == {"A. Berg", "Anna Berg"}
    again = run("import_creators", put(LIST), "--brand", "acme")
    assert (again["creators_new"], again["duplicate_pairs"]) == (0, 0)


def test_a_dry_run_leaves_nothing(brand: Brand, put: Put) -> None:
    before = dump()
    result = run("import_creators", put(LIST), "--brand", "acme", "--dry-run")
    assert (result["import"], result["creators_new"]) == (None, 2)
    assert dump() == before
    assert not ImportBatch.objects.exists()


def test_platform_day_and_mapping_can_be_said(brand: Brand, put: Put, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps({"columns": {"A": "handle", "B": "followers"}}))
    path = put("A,B\nanna,5\n", "list.csv")
    options = ("--mapping", str(mapping), "--platform", "tiktok", "--captured-at", "2022-09-01")
    run("import_creators", path, "--brand", "acme", *options)
    assert Profile.objects.get().platform_id == "tiktok"
    assert f"{MetricSnapshot.objects.get().captured_at:%Y-%m-%d}" == "2022-09-01"


def test_posts_and_undo(brand: Brand, put: Put) -> None:
    before = dump()
    result = run("import_posts", put(POSTS, "posts.jsonl"), "--brand", "acme")
    assert (result["posts"], result["rejected"]) == (3, {"no_profile": 1})
    undone = run("undo_import", result["import"])
    assert undone == {"import": result["import"], "status": "undone"}
    assert dump() == before


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("import_creators", "{file}", "--brand", "nope"), "no brand “nope”"),
        (("import_creators", "nowhere.csv", "--brand", "acme"), "no file nowhere.csv"),
        (("import_creators", "{empty}", "--brand", "acme"), "The file is empty."),
        (("import_creators", "{plain}", "--brand", "acme"), "Say which platform"),
        (("import_creators", "{file}", "--brand", "acme", "--platform", "my"), "no platform “my”"),
        (("import_creators", "{file}", "--brand", "acme", "--mapping", "{file}"), "cannot be read"),
        (("undo_import", "4711"), "no import 4711"),
    ],
)
def test_failures_are_one_clear_line(
    brand: Brand, put: Put, args: tuple[str, ...], words: str
) -> None:
    names = {
        "{file}": str(put(LIST)),
        "{empty}": str(put("", "empty.csv")),
        "{plain}": str(put("username,followers\nanna,5\n", "list.csv")),
    }
    with pytest.raises(CommandError, match=words):
        call_command(*[names.get(arg, arg) for arg in args], stdout=StringIO())
    assert not ImportBatch.objects.exists()
