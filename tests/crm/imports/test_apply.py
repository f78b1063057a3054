"""Applying an import: what is added, merged, kept, refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from crm.choices import ImportStatus
from crm.importers.mapping import Kind, MappingInvalid
from crm.importers.rows import Unreadable
from crm.models import (
    AuditEntry,
    Brand,
    ContactPoint,
    Creator,
    CreatorNiche,
    ExternalId,
    FactChange,
    ImportBatch,
    MetricSnapshot,
    Post,
    PostMetricSnapshot,
    Profile,
    Relationship,
    SavedMapping,
    StageChange,
    User,
)
from crm.services.imports import running
from crm.services.imports.batches import ImportRefused
from tests.crm.imports.conftest import Put
from tests.crm.imports.state import dump, imported, json_lines, staging_tables, start
from tests.factories import (
    NOW,
    ContactPointFactory,
    CreatorFactory,
    ProfileFactory,
    RelationshipFactory,
)

pytestmark = pytest.mark.django_db

LIST = """username,full name,followers,engagement rate,country,category,email
Anna.Berg,Anna Berg,13.8M,1.39%,Denmark,"Beauty, Skincare",anna@example.com
@bo,Bo,1500,,N/A,Beauty,
"""


def test_a_list_becomes_creators_profiles_history_and_relationships(
    brand: Brand, manager: User, put: Put
) -> None:
    batch, counts = imported(brand, put(LIST), actor=manager)
    assert counts.to_json() == {
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
    }
    anna = Profile.objects.get(handle="anna.berg")
    assert (anna.platform_id, anna.followers, anna.engagement_rate) == (
        "instagram",
        13_800_000,
        0.0139,
    )
    assert (anna.metrics_at, anna.metrics_source) == (NOW, "vendor")
    assert anna.url == "https://www.instagram.com/anna.berg/"
    assert (anna.creator.name, anna.creator.country) == ("Anna Berg", "DK")
    assert anna.creator.import_batch == anna.import_batch == batch
    assert sorted(anna.creator.niches.values_list("key", "label")) == [
        ("beauty", "Beauty"),
        ("skincare", "Skincare"),
    ]
    assert ContactPoint.objects.get().value == "anna@example.com"
    snapshot = MetricSnapshot.objects.get(profile=anna)
    assert (snapshot.captured_at, snapshot.followers) == (NOW, 13_800_000)
    bo = Profile.objects.get(handle="bo")
    assert (bo.followers, bo.engagement_rate, bo.creator.country) == (1500, None, "")
    assert Relationship.objects.filter(brand=brand, stage="prospect", since=NOW).count() == 2
    assert StageChange.objects.filter(from_stage="", stage="prospect", actor=manager).count() == 2
    assert (batch.status, batch.applied_at) == (ImportStatus.APPLIED, NOW)
    entry = AuditEntry.objects.get(brand=brand)
    assert (entry.verb, entry.actor, entry.data["creators_new"]) == (
        "crm.import.applied",
        manager,
        2,
    )
    assert set(FactChange.objects.values_list("creator_id", flat=True)) == set(
        Creator.objects.values_list("pk", flat=True)
    )
    assert anna.creator.metrics.followers == 13_800_000
    assert staging_tables() == 0


def test_the_same_file_again_changes_no_row(brand: Brand, put: Put) -> None:
    path = put(LIST)
    imported(brand, path)
    FactChange.objects.all().delete()
    before = dump()
    _, counts = imported(brand, path, at=NOW + timedelta(days=9))
    assert (counts.creators_new, counts.creators_updated, counts.unchanged) == (0, 0, 2)
    assert (counts.profiles_new, counts.snapshots_new) == (0, 0)
    assert dump() == before
    assert not FactChange.objects.exists()


def test_a_dry_run_counts_and_writes_nothing(brand: Brand, put: Put) -> None:
    path = put(LIST + "Bad Handle,,5,,,,\n")
    before = dump()
    batch = start(brand, path)
    counts = running.check_import(batch_id=batch.pk, at=NOW, path=path)
    assert (counts.rows, counts.creators_new, counts.rejected) == (3, 2, {"invalid_handle": 1})
    assert dump() == before
    assert not AuditEntry.objects.exists()
    assert not FactChange.objects.exists()
    batch.refresh_from_db()
    assert (batch.status, batch.rows_total, batch.rejected) == ("checked", 3, {"invalid_handle": 1})
    applied = running.apply_import(batch_id=batch.pk, actor=None, at=NOW, path=path)
    assert applied == counts


def test_applying_twice_is_applying_once(brand: Brand, put: Put) -> None:
    batch, counts = imported(brand, put(LIST))
    before = dump()
    assert running.apply_import(batch_id=batch.pk, actor=None, at=NOW) == counts
    assert dump() == before
    assert AuditEntry.objects.count() == 1


def test_rejects_name_line_column_cell_and_reason(brand: Brand, put: Put) -> None:
    text = (
        'username,followers,engagement rate,email,note\n'
        'anna,12,5%,anna@example.com,"two\nlines"\n'
        "bo,-5,5%,,\n"
        "cy,12.5,5%,,\n"
        "de,many,5%,,\n"
        "ev,12,5%,not an address,\n"
        "Fay Fox,12,5%,,\n"
        ",12,5%,,\n"
        "gil,12\n"
    )  # fmt: skip
    batch, counts = imported(brand, put(text))
    found = list(batch.rejects.values_list("line", "column", "value"))
    assert found == [
        (4, "followers", "-5"),
        (5, "followers", "12.5"),
        (6, "followers", "many"),
        (7, "email", "not an address"),
        (8, "username", "Fay Fox"),
        (9, "", ""),
        (10, "", ""),
    ]
    reasons = list(batch.rejects.values_list("reason", flat=True))
    assert reasons[0] == "“-5” is below zero."
    assert reasons[4] == "“Fay Fox” cannot be a handle on instagram."
    assert reasons[6] == "The row has 2 fields where the header has 5."
    assert counts.rejected == {
        "invalid_email": 1,
        "invalid_handle": 1,
        "malformed_row": 1,
        "negative": 1,
        "no_handle": 1,
        "not_a_number": 1,
        "not_whole": 1,
    }
    assert counts.rows == 8
    assert list(Profile.objects.values_list("handle", flat=True)) == ["anna"]


def test_a_word_that_is_no_country_costs_the_cell_and_not_the_row(brand: Brand, put: Put) -> None:
    batch, counts = imported(
        brand, put("username,followers,country\nanna,1,Denmark\nbo,2,Norway\ncy,3,Atlantis\n")
    )
    assert counts.creators_new == 3
    assert batch.counts["ignored"] == {"country": {"count": 1, "examples": ["Atlantis"]}}
    assert Creator.objects.get(profiles__handle="cy").country == ""


def test_rows_about_one_account_merge_and_the_last_known_value_wins(brand: Brand, put: Put) -> None:
    text = (
        "username,name,followers,country\nAnna,Anna,10,DK\nanna,,20,\nbo,Bo,5,\n@ANNA,Anna B,,SE\n"
    )
    _, counts = imported(brand, put(text))
    assert (counts.rows, counts.creators_new, counts.profiles, counts.snapshots_new) == (4, 2, 2, 2)
    anna = Profile.objects.get(handle="anna")
    assert (anna.followers, anna.creator.name, anna.creator.country) == (20, "Anna B", "SE")


def test_one_row_with_several_handles_is_one_creator(brand: Brand, put: Put) -> None:
    text = (
        "full name,instagram,tiktok,instagram followers,tiktok followers\n"
        "Anna,anna,anna.tt,10,20\nBo,,bo_tt,,30\n"
    )
    _, counts = imported(brand, put(text, "list.csv"))
    assert (counts.creators_new, counts.profiles_new) == (2, 3)
    anna = Creator.objects.get(name="Anna")
    assert sorted(anna.profiles.values_list("platform_id", "handle", "followers")) == [
        ("instagram", "anna", 10),
        ("tiktok", "anna.tt", 20),
    ]


def test_rows_with_one_address_are_one_creator_through_any_chain(brand: Brand, put: Put) -> None:
    text = (
        "platform,username,name,email,creator id\n"
        "instagram,anna,Anna,a@example.com,\n"
        "tiktok,anna_tt,Anna,,7\n"
        "youtube,annatube,Anna,A@example.com,7\n"
        "instagram,bo,Bo,bo@example.com,8\n"
    )
    _, counts = imported(brand, put(text, "list.csv"), source="tool")
    assert (counts.creators_new, counts.profiles_new) == (2, 4)
    anna = Creator.objects.get(name="Anna")
    assert set(anna.profiles.values_list("handle", flat=True)) == {"anna", "anna_tt", "annatube"}
    assert list(ExternalId.objects.order_by("value").values_list("source", "value")) == [
        ("tool", "7"),
        ("tool", "8"),
    ]


def test_an_agencys_address_does_not_make_its_creators_one(brand: Brand, put: Put) -> None:
    text = (
        "username,name,email\nanna,Anna,talent@agency.example\nbo,Bo,talent@agency.example\n"
        "anna2,Anna,talent@agency.example\n"
    )
    batch, counts = imported(brand, put(text))
    assert counts.rejected == {"key_conflict": 1}
    assert batch.rejects.get().line == 3
    assert "One address is one creator" in batch.rejects.get().reason
    assert Creator.objects.get().profiles.count() == 2


def test_an_address_leads_to_the_known_creator_within_the_brand_only(
    brand: Brand, other_brand: Brand, put: Put
) -> None:
    anna = CreatorFactory(name="Anna")
    ProfileFactory(creator=anna, platform_id="tiktok", handle="anna_tt")
    RelationshipFactory(brand=brand, creator=anna)
    ContactPointFactory(brand=brand, creator=anna, value="anna@example.com")
    path = put("username,name,email\nanna,Anna,anna@example.com\n")
    _, counts = imported(brand, path)
    assert (counts.creators_new, counts.creators_updated, counts.profiles_new) == (0, 1, 1)
    assert set(anna.profiles.values_list("platform_id", flat=True)) == {"tiktok", "instagram"}
    _, counts = imported(other_brand, put("username,name,email\nann,Ann,anna@example.com\n"))
    assert counts.creators_new == 1
    assert ContactPoint.objects.count() == 2


def test_keys_that_disagree_reject_the_row_and_change_nothing(brand: Brand, put: Put) -> None:
    anna, bo = CreatorFactory(name="Anna"), CreatorFactory(name="Bo")
    ProfileFactory(creator=anna, handle="anna")
    ContactPointFactory(brand=brand, creator=bo, value="bo@example.com")
    before = dump()
    batch, counts = imported(brand, put("username,email,followers\nanna,bo@example.com,5\n"))
    assert counts.rejected == {"key_conflict": 1}
    reason = batch.rejects.get().reason
    assert "the handle “anna” to “Anna”" in reason
    assert "the address bo@example.com to “Bo”" in reason
    assert dump() == before


def test_an_account_that_changed_hands_is_rejected(brand: Brand, put: Put) -> None:
    ProfileFactory(handle="anna", external_id="111")
    before = dump()
    batch, counts = imported(brand, put("username,user id,followers\nanna,222,5\n"))
    assert counts.rejected == {"account_conflict": 1}
    assert "has the id 111 here, but 222 in the file" in batch.rejects.get().reason
    assert dump() == before


def test_a_new_handle_of_a_known_account_id_renames_the_profile(brand: Brand, put: Put) -> None:
    profile = ProfileFactory(handle="anna", external_id="111", metrics_at=NOW - timedelta(days=3))
    _, counts = imported(brand, put("username,user id,followers\nanna.new,111,5\n"))
    assert (counts.creators_new, counts.creators_updated, counts.profiles_new) == (0, 1, 0)
    profile.refresh_from_db()
    assert (profile.handle, profile.followers) == ("anna.new", 5)


def test_unknown_never_replaces_known(brand: Brand, put: Put) -> None:
    imported(brand, put(LIST))
    head = LIST.splitlines()[0]
    later = f"{head}\nanna.berg,,,N/A,#REF!,,\nbo,,🔒,,,,\n"
    before = dump()
    _, counts = imported(brand, put(later), at=NOW + timedelta(days=1))
    assert (counts.creators_updated, counts.unchanged) == (0, 2)
    assert dump() == before


def test_newer_numbers_replace_and_older_ones_only_add_to_the_history(
    brand: Brand, put: Put
) -> None:
    newest = put("username,name,followers\nanna,Anna,300\n")
    imported(brand, newest, captured_on=date(2022, 9, 1))
    older = put("username,name,followers,following\nanna,Old name,200,7\n")
    _, counts = imported(brand, older, captured_on=date(2022, 6, 1))
    assert (counts.creators_updated, counts.snapshots_new) == (1, 1)
    anna = Profile.objects.get()
    assert (anna.followers, anna.following) == (300, None)
    assert anna.metrics_at == datetime(2022, 9, 1, tzinfo=UTC)
    assert anna.creator.name == "Anna"
    latest = put("username,name,followers\nanna,Anna B,400\n")
    imported(brand, latest, captured_on=date(2023, 1, 1))
    anna = Profile.objects.get()
    assert (anna.followers, anna.creator.name) == (400, "Anna B")
    history = MetricSnapshot.objects.order_by("captured_at").values_list("followers", "following")
    assert list(history) == [(200, 7), (300, None), (400, None)]


def test_the_same_day_from_two_files_is_one_snapshot_completed(brand: Brand, put: Put) -> None:
    imported(brand, put("username,followers\nanna,300\n"), captured_on=date(2022, 9, 1))
    imported(brand, put("username,following\nanna,7\n"), captured_on=date(2022, 9, 1))
    snapshot = MetricSnapshot.objects.get()
    assert (snapshot.followers, snapshot.following) == (300, 7)


def test_a_creator_of_another_brand_is_shared_and_gets_a_relationship(
    brand: Brand, other_brand: Brand, put: Put
) -> None:
    path = put("username,followers\nanna,300\n")
    imported(brand, path, captured_on=date(2022, 9, 1))
    _, counts = imported(other_brand, path, captured_on=date(2022, 9, 1))
    assert (counts.creators_new, counts.creators_updated) == (0, 1)
    assert Creator.objects.count() == 1
    assert set(Relationship.objects.values_list("brand__slug", flat=True)) == {"acme", "other"}


POSTS = json_lines(
    {
        "shortcode": "A1",
        "taken_at": 1536944708,
        "typename": "GraphSidecar",
        "likes": 83,
        "comments_total": 0,
        "caption": "Happy 🍰",
        "owner": {"id": "300", "username": "anna", "full_name": "Anna"},
        "owner_category": "fashion",
        "owner_followers": 2031,
        "paid_partnership_with": ["brand_x"],
    },
    {
        "shortcode": "A2",
        "taken_at": 1547701417,
        "typename": "GraphVideo",
        "likes": 792,
        "comments_total": 1,
        "caption": "-",
        "owner": {"id": "300", "username": "anna", "full_name": "Anna"},
        "owner_category": "fashion",
        "owner_followers": 2031,
        "paid_partnership_with": [],
    },
    {
        "shortcode": "B1",
        "taken_at": 1527179228,
        "likes": 5,
        "owner": {"id": "301", "username": "bo"},
    },
    {"shortcode": "X1", "taken_at": 1527179228, "likes": 5, "owner": {}},
)


def test_posts_bring_their_creators_profiles_counts_and_niches(brand: Brand, put: Put) -> None:
    batch, counts = imported(brand, put(POSTS, "posts.jsonl"), kind=Kind.POSTS)
    assert (counts.rows, counts.creators_new, counts.profiles, counts.posts) == (4, 2, 2, 3)
    assert counts.rejected == {"no_profile": 1}
    assert batch.rejects.get().line == 4
    anna = Profile.objects.get(handle="anna")
    assert (anna.external_id, anna.followers, anna.display_name) == ("300", 2031, "Anna")
    assert list(CreatorNiche.objects.values_list("creator__name", "niche__key")) == [
        ("Anna", "fashion")
    ]
    first = Post.objects.get(external_id="A1")
    assert first.posted_at == datetime(2018, 9, 14, 17, 5, 8, tzinfo=UTC)
    assert (first.kind, first.likes, first.comments, first.views) == ("carousel", 83, 0, None)
    assert (first.caption, first.is_paid_partnership, first.followers_at_post) == (
        "Happy 🍰",
        True,
        2031,
    )
    assert first.creator_id == anna.creator_id
    second = Post.objects.get(external_id="A2")
    assert (second.kind, second.caption, second.is_paid_partnership) == ("video", "-", False)
    assert Post.objects.get(external_id="B1").is_paid_partnership is None
    assert PostMetricSnapshot.objects.count() == 3
    before = dump()
    _, again = imported(brand, put(POSTS, "posts.jsonl"), kind=Kind.POSTS, at=NOW + timedelta(1))
    assert (again.unchanged, again.posts, again.posts_new) == (2, 3, 0)
    assert dump() == before


TRENDING = """\
video_id,trending_date,title,channel_title,category_id,publish_time,views,likes,comments
v1,17.14.11,One,Anna's Kitchen,26,2017-11-13T17:13:01.000Z,100,10,1
v1,17.15.11,One,Anna's Kitchen,26,2017-11-13T17:13:01.000Z,250,20,2
v1,17.14.11,One,Anna's Kitchen,26,2017-11-13T17:13:01.000Z,100,10,
v2,17.15.11,Two,Bo TV,24,2017-11-14T17:13:01.000Z,7,,
"""


def test_a_video_that_trends_for_days_has_a_history(brand: Brand, put: Put) -> None:
    _, counts = imported(brand, put(TRENDING, "videos.csv"), kind=Kind.POSTS)
    assert (counts.rows, counts.creators_new, counts.posts) == (4, 2, 2)
    video = Post.objects.get(external_id="v1")
    assert (video.kind, video.title, video.views) == ("video", "One", 250)
    assert video.metrics_at == datetime(2017, 11, 15, tzinfo=UTC)
    history = video.snapshots.order_by("captured_at").values_list("views", "likes", "comments")
    assert list(history) == [(100, 10, 1), (250, 20, 2)]
    assert video.profile.handle == "anna's kitchen"
    assert video.creator.niches.get().label == "Howto & Style"


OWN_COUNTS = """\
post_id,username,posted_at,post_kind,downloads,completions,filter opens,filter captures
e1,anna,2026-11-01T10:00:00Z,podcast,800,600,,
f1,anna,2026-11-02T10:00:00Z,ar_effect,,,4000,500
"""


def test_effects_and_episodes_have_counts_of_their_own(brand: Brand, put: Put) -> None:
    _, counts = imported(brand, put(OWN_COUNTS, "posts.csv"), kind=Kind.POSTS, platform="instagram")
    assert (counts.posts, counts.rejected) == (2, {})
    episode, effect = Post.objects.order_by("external_id")
    assert (episode.downloads, episode.completions, episode.opens) == (800, 600, None)
    assert (effect.opens, effect.captures, effect.downloads) == (4_000, 500, None)
    taken = PostMetricSnapshot.objects.order_by("post__external_id")
    assert [(one.downloads, one.opens) for one in taken] == [(800, None), (None, 4_000)]


def test_dates_without_a_year_take_it_from_the_file_name(brand: Brand, put: Put) -> None:
    text = "video_id,title,channel_title,views,date\nv1,One,Anna,100,13.09\nv1,One,Anna,120,14.09\n"
    imported(brand, put(text, "videos_2017-09.csv"), kind=Kind.POSTS)
    days = PostMetricSnapshot.objects.order_by("captured_at").values_list("captured_at", flat=True)
    assert list(days) == [datetime(2017, 9, 13, tzinfo=UTC), datetime(2017, 9, 14, tzinfo=UTC)]


def test_posts_without_a_channel_are_rejected_for_want_of_a_profile(brand: Brand, put: Put) -> None:
    _, counts = imported(
        brand, put("video_id,trending_date,views\nv1,17.14.11,5\n"), kind=Kind.POSTS
    )
    assert (counts.rejected, counts.posts) == ({"no_profile": 1}, 0)


def test_a_mapping_of_ones_own(brand: Brand, put: Put) -> None:
    mapping = {"platform": "tiktok", "columns": {"Wer": "handle", "Wieviele": "followers"}}
    _, counts = imported(
        brand, put("Wer;Wieviele;Sonst\nanna;1.234,0;x\n", "liste.csv"), mapping=mapping
    )
    assert counts.creators_new == 1
    assert Profile.objects.get().followers == 1234


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"columns": {"username": "handle", "nope": "followers"}}, "no column “nope”"),
        ({"columns": {"username": "hand"}}, "no field “hand”"),
        ({"columns": {"followers": "followers"}}, "Say which column holds the handle"),
        ({"columns": {"username": "handle", "followers": "handle"}}, "both fill “Handle”"),
        ({"columns": {"username": "handle"}, "platform": "myspace"}, "no platform “myspace”"),
        ({"columns": {"username": "handle", "followers": "likes"}}, "belongs to posts"),
        ({"columns": {"username": "handle"}}, "Say which platform"),
        ({"columns": 5}, "not a column mapping"),
    ],
)
def test_mappings_that_cannot_be_used(
    brand: Brand, put: Put, mapping: dict[str, object], words: str
) -> None:
    before = dump()
    with pytest.raises(MappingInvalid, match=words):
        imported(brand, put("username,followers\nanna,5\n", "list.csv"), mapping=mapping)
    assert dump() == before
    assert staging_tables() == 0


def test_the_mapping_is_kept_per_source_and_used_for_the_same_columns(
    brand: Brand, put: Put
) -> None:
    own = {"platform": "tiktok", "columns": {"A": "handle", "B": "following"}}
    imported(brand, put("A,B\nanna,5\n", "one.csv"), source="tool", mapping=own)
    assert SavedMapping.objects.get(brand=brand).source == "tool"
    _, counts = imported(brand, put("A,B\nbo,6\n", "two.csv"), source="tool")
    assert counts.creators_new == 1
    bo = Profile.objects.get(handle="bo")
    assert (bo.platform_id, bo.following) == ("tiktok", 6)


def test_a_failure_leaves_the_reason_and_no_row(
    brand: Brand, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(LIST)
    batch = start(brand, path)
    before = dump()

    def fails(**_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(running.writing, "write", fails)
    with pytest.raises(RuntimeError):
        running.apply_import(batch_id=batch.pk, actor=None, at=NOW, path=path)
    batch.refresh_from_db()
    assert batch.status == ImportStatus.FAILED
    assert "Nothing was changed" in batch.error
    assert dump() == before
    assert staging_tables() == 0
    monkeypatch.undo()
    assert running.apply_import(batch_id=batch.pk, actor=None, at=NOW, path=path).creators_new == 2


def test_an_import_that_is_undone_cannot_be_applied(brand: Brand, put: Put) -> None:
    batch, _ = imported(brand, put(LIST))
    ImportBatch.objects.filter(pk=batch.pk).update(status=ImportStatus.UNDONE)
    with pytest.raises(ImportRefused, match="undone"):
        running.apply_import(batch_id=batch.pk, actor=None, at=NOW)


def test_a_file_that_turns_out_broken_is_refused_in_words(brand: Brand, put: Put) -> None:
    path = put("username,note\n" + "anna,x\n" * 2_000)
    batch = start(brand, path)
    path.write_text("username,note\n" + 'anna,"x\n' * 2_001)
    with pytest.raises(Unreadable, match="quotation mark"):
        running.apply_import(batch_id=batch.pk, actor=None, at=NOW, path=path)
    batch.refresh_from_db()
    assert batch.status == ImportStatus.FAILED
    assert "quotation mark" in batch.error


def test_many_creators_are_told_to_segmentation_as_one_brand(
    brand: Brand, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "SINGLE_FACTS_MAX", 1)
    imported(brand, put(LIST))
    change = FactChange.objects.get()
    assert (change.brand, change.creator_id, change.cause) == (brand, None, "import")


def test_the_number_of_statements_does_not_grow_with_the_file(brand: Brand, put: Put) -> None:
    def statements(rows: int) -> int:
        path = put("username,followers\n" + "".join(f"u{rows}_{n},{n}\n" for n in range(rows)))
        batch = start(brand, path)
        seen: list[str] = []

        def note(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
            seen.append(str(sql))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            running.apply_import(batch_id=batch.pk, actor=None, at=NOW, path=path)
        # How the planner is told to expect many rows is not part of the work.
        return len([sql for sql in seen if "set_config" not in sql])

    statements(1)
    assert statements(3) == statements(3_000)
