"""Migrations after the first release: for each rule one that breaks it, and some that obey."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from config import migration_rules
from config.migration_rules import RULES, check, check_all
from crm.operations import CreateModels

ROOT = Path(__file__).resolve().parent.parent
ID = ("id", models.BigAutoField(primary_key=True))
INDEX = models.Index(fields=["title"], name="post_title")
POSITIVE = models.CheckConstraint(name="post_views", condition=models.Q(views__gte=0))
ONCE = models.UniqueConstraint(fields=["title"], name="post_once")
NEW_TABLE = CreateModels([migrations.CreateModel("Fresh", [ID])])

BREAKING = [
    ("drop", migrations.RemoveField("post", "title"), "crm.post.title"),
    ("drop", migrations.DeleteModel("Post"), "crm.post"),
    ("rename", migrations.RenameField("post", "title", "name"), "crm.post.title"),
    ("rename", migrations.RenameModel("Post", "Item"), "crm.post"),
    ("rename", migrations.AlterModelTable("post", "items"), "crm.post"),
    (
        "type",
        migrations.AlterField("post", "views", models.BigIntegerField(null=True)),
        "crm.post.views",
    ),
    (
        "type",
        migrations.AlterField("post", "title", models.CharField(max_length=50)),
        "crm.post.title",
    ),
    (
        "not_null",
        migrations.AddField("post", "likes", models.IntegerField(default=0)),
        "crm.post.likes",
    ),
    ("not_null", migrations.AlterField("post", "views", models.IntegerField()), "crm.post.views"),
    ("index", migrations.AddIndex("post", INDEX), "post_title"),
    (
        "index",
        migrations.AddField("post", "day", models.DateField(null=True, db_index=True)),
        "crm.post.day",
    ),
    (
        "index",
        migrations.AlterField("post", "title", models.CharField(max_length=100, db_index=True)),
        "crm.post.title",
    ),
    ("constraint", migrations.AddConstraint("post", POSITIVE), "post_views"),
    ("constraint", migrations.AddConstraint("post", ONCE), "post_once"),
    ("sql", migrations.RunSQL("ALTER TABLE crm_post\n DROP  COLUMN title"), "DROP COLUMN"),
    ("sql", migrations.RunSQL("CREATE INDEX x ON crm_post (title)"), "CREATE INDEX"),
    (
        "sql",
        migrations.RunSQL(["SELECT 1", ("ALTER TABLE a ALTER COLUMN b SET NOT NULL", None)]),
        "ALTER COLUMN",
    ),
    (
        "drop",
        migrations.SeparateDatabaseAndState([migrations.RemoveField("post", "title")], []),
        "crm.post.title",
    ),
]
OBEYING = [
    [migrations.AddField("post", "likes", models.IntegerField(null=True))],
    [migrations.AddField("post", "likes", models.IntegerField(db_default=0))],
    [migrations.AddField("post", "tags", models.ManyToManyField("crm.post"))],
    [migrations.AlterField("post", "title", models.CharField(max_length=200))],
    [migrations.AlterField("post", "title", models.TextField())],
    [AddIndexConcurrently("post", INDEX)],
    [AddConstraintNotValid("post", POSITIVE)],
    [migrations.AddIndex("setting", models.Index(fields=["word"], name="setting_word"))],
    [migrations.RunSQL("CREATE INDEX CONCURRENTLY x ON crm_post (title)")],
    [migrations.RunSQL("ALTER TABLE a ADD CONSTRAINT b CHECK (c > 0) NOT VALID")],
    # What is new here nobody uses yet.
    [NEW_TABLE, migrations.AddField("fresh", "day", models.DateField(default=None))],
    [NEW_TABLE, migrations.AddIndex("fresh", models.Index(fields=["id"], name="fresh_id"))],
]


def before() -> ProjectState:
    """A large table and a small one, as the release before left them."""
    state = ProjectState()
    post = [
        ID,
        ("title", models.CharField(max_length=100)),
        ("views", models.IntegerField(null=True)),
    ]
    migrations.CreateModel("Post", post).state_forwards("crm", state)
    setting = [ID, ("word", models.CharField(max_length=100))]
    migrations.CreateModel("Setting", setting).state_forwards("crm", state)
    return state


def migration_of(*operations: Operation, **reasons: str) -> Migration:
    made = Migration("9999_example", "crm")
    made.operations = list(operations)
    made.safe_because = reasons
    return made


@pytest.mark.parametrize(("rule", "operation", "what"), BREAKING)
def test_a_rule_is_broken(rule: str, operation: Operation, what: str) -> None:
    found = check(migration_of(operation), before())
    assert [(one.rule, one.what) for one in found] == [(rule, what)]
    assert str(found[0]) == f"crm.9999_example: {what} [{rule}] {RULES[rule]}"


@pytest.mark.parametrize("operations", OBEYING)
def test_what_old_code_does_not_notice_is_allowed(operations: list[Operation]) -> None:
    assert check(migration_of(*operations), before()) == []


def test_a_reason_lets_a_rule_be_broken_and_no_other() -> None:
    drop = migrations.RemoveField("post", "title")
    index = migrations.AddIndex("post", models.Index(fields=["views"], name="post_views"))
    assert check(migration_of(drop, drop="No code has read it since 0.1."), before()) == []
    found = check(migration_of(drop, index, drop="Not read."), before())
    assert [one.rule for one in found] == ["index"]
    for idle in ({"drop": " "}, {"drop": "Not read.", "type": "Small."}):
        found = check(migration_of(drop, **idle), before())
        assert [one.rule for one in found][-1] == "reason"


def test_every_rule_has_an_example() -> None:
    assert {rule for rule, _operation, _what in BREAKING} | {"reason"} == set(RULES)


def test_large_tables_are_there() -> None:
    for name in migration_rules.LARGE:
        apps.get_model(name)


def test_our_migrations_since_the_first_release_obey(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_all() == []
    # With the ones before it would have found some: it does look.
    monkeypatch.setattr(
        migration_rules,
        "BEFORE_THE_FIRST_RELEASE",
        {"campaigns": 99, "crm": 27, "segmentation": 29},
    )
    assert {one.rule for one in check_all()} != set()


def test_the_command_of_make_says_nothing_when_all_is_well() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "config.migration_rules"],
        cwd=ROOT,
        env={"PATH": "", "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_who_waits_for_a_lock_in_a_deploy_gives_up() -> None:
    """Everybody else would wait behind it."""
    compose = (ROOT / "docker-compose.yml").read_text()
    migrate = compose.split("\n  migrate:\n")[1].split("\n  postgres:\n")[0]
    assert "PGOPTIONS: -c lock_timeout=10s\n" in migrate
