"""A column of tags: words of the brand, made where they are new, and gone with the import."""

from __future__ import annotations

import pytest

from crm.models import CreatorTag, Tag
from crm.services import duplicates
from crm.services.imports import batches, running, undoing
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def bring(brand, path, text):
    path.write_text(text)
    batch = batches.start(
        brand=brand,
        actor=None,
        path=path,
        file_name=path.name,
        wishes=batches.Wishes(),
        at=NOW,
    )
    running.apply_import(batch_id=batch.pk, actor=None, at=NOW, path=path)
    return batch


def given():
    rows = CreatorTag.objects.values_list("creator__name", "tag__name", "tag__key")
    return sorted(rows)


def test_words_are_given_made_and_taken_back(brand, other_brand, tmp_path):
    Tag.objects.create(brand=brand, key="plants", name="Vegan")
    Tag.objects.create(brand=other_brand, key="spring", name="Spring launch")
    sheet = "Name;TikTok;Tags\nIda Holm;@idaholm;vegan, Spring launch\nNoa Lind;@noa;VEGAN\n"
    batch = bring(brand, tmp_path / "one.csv", sheet)
    assert given() == [
        ("Ida Holm", "Spring launch", "spring_launch"),
        ("Ida Holm", "Vegan", "plants"),
        ("Noa Lind", "Vegan", "plants"),
    ]
    again = bring(brand, tmp_path / "two.csv", sheet)
    assert len(given()) == 3
    # Nobody decided about the pairs that were found: they do not hold an undo back.
    duplicates.find(brand=brand, at=NOW)
    for done in (again, batch):
        undoing.undo_import(batch_id=done.pk, actor=None, at=NOW)
    assert given() == []
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["Spring launch", "Vegan"]


def test_in_a_file_of_posts_tags_are_words_about_the_post(brand, tmp_path):
    path = tmp_path / "posts.csv"
    path.write_text("handle,post id,posted at,likes,tags\nidaholm,1,2026-01-02,5,soup\n")
    batch = batches.start(
        brand=brand,
        actor=None,
        path=path,
        file_name=path.name,
        wishes=batches.Wishes(),
        at=NOW,
    )
    assert "tag" not in {column["target"] for column in batch.mapping["columns"]}
