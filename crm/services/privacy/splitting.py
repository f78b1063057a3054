"""Creators whom other brands know: what has to stay of them moves to a row without a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from crm.models import Creator, CreatorMetrics, Post, PostMetricSnapshot, Profile, Relationship
from crm.services.privacy.blanking import numbered
from crm.services.privacy.parts import DELETED
from crm.services.privacy.walking import links

if TYPE_CHECKING:
    from crm.services.privacy.erasing import Plan


def split(made: Plan) -> int:
    """The number to which the brand's numbers belong from now on; a row, where one is kept."""
    if not made.keeps_row:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('crm_creator_id_seq')")
            return int(cursor.fetchone()[0])
    stub = Creator.objects.create(name="Erased creator")
    for key in links(Creator):
        pks = made.found.get(key.model)
        if pks and key.model is not Relationship and key.model._meta.label not in DELETED:
            rows = key.model._base_manager.filter(pk__in=pks, **{key.attname: made.subject.creator})
            rows.update(**{key.attname: stub.pk})
    _copy_posts(made, stub)
    return stub.pk


def _copy_posts(made: Plan, stub: Creator) -> None:
    """The numbers of the posts that the brand's work names, without where or what they are."""
    named = [
        (key, made.found[key.model])
        for key in links(Post)
        if key.model in made.found and key.model is not PostMetricSnapshot
    ]
    wanted: set[int] = set()
    for key, pks in named:
        rows = key.model._base_manager.filter(pk__in=pks, **{f"{key.name}__isnull": False})
        wanted |= set(rows.values_list(key.attname, flat=True))
    posts = Post.objects.filter(pk__in=wanted, creator=made.subject.creator).order_by("pk")
    profiles: dict[int, Profile] = {}
    for post in posts.select_related("profile"):
        if post.profile_id not in profiles:
            profiles[post.profile_id] = _copy_profile(post.profile, stub)
        number = post.pk
        copied = _copy_post(post, profiles[post.profile_id], stub)
        for key, pks in named:
            rows = key.model._base_manager.filter(pk__in=pks, **{key.attname: number})
            rows.update(**{key.attname: copied})
    CreatorMetrics.objects.filter(creator=stub).delete()


def _copy_profile(profile: Profile, stub: Creator) -> Profile:
    numbers = ("platform_id", "followers", "following", "posts_count", "metrics_at")
    values = {name: getattr(profile, name) for name in numbers}
    made = Profile.objects.create(
        creator=stub, handle=f"erased-copy-{profile.pk}-{stub.pk}", **values
    )
    Profile.objects.filter(pk=made.pk).update(handle=numbered("erased-"))
    return made


def _copy_post(post: Post, profile: Profile, stub: Creator) -> int:
    snapshots = list(PostMetricSnapshot.objects.filter(post=post).order_by("pk"))
    before = post.pk
    post.pk, post.profile, post.creator = None, profile, stub
    post.import_batch = None
    post.external_id = f"erased-copy-{before}-{stub.pk}"
    post.title = post.caption = post.url = ""
    post._state.adding = True
    post.save(force_insert=True)
    for snapshot in snapshots:
        snapshot.pk, snapshot.post, snapshot.import_batch = None, post, None
    PostMetricSnapshot.objects.bulk_create(snapshots)
    return post.pk
