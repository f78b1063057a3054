"""A person calls a cluster by another name, or asks for a new map."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from crm import audit
from crm.models import Brand, User
from segmentation.models import Cluster
from segmentation.services.clusters import building
from segmentation.services.edits import EditRefused

NAME_MAX = 80


@transaction.atomic
def rename(*, cluster_id: int, name: str, version: int, actor: User, at: datetime) -> Cluster:
    """Call a cluster `name`; by its words again where that is empty. Raises EditRefused."""
    cluster = Cluster.objects.select_for_update(no_key=True, of=("self",)).get(pk=cluster_id)
    name = name.strip()
    if len(name) > NAME_MAX:
        msg = f"A name has {NAME_MAX} characters at most."
        raise EditRefused(msg, code="too_long", field="name")
    if cluster.version != version:
        msg = "Somebody has named it since: look at it again."
        raise EditRefused(msg, code="outdated", field="name")
    if name == cluster.name:
        return cluster
    before, cluster.name = cluster.name, name
    cluster.named_by = actor
    cluster.version += 1
    cluster.save(update_fields=["name", "named_by", "version"])
    audit.record(
        brand=cluster.brand,
        verb="segmentation.cluster.renamed",
        target=cluster,
        actor=actor,
        at=at,
        data={"name": [before, name]},
    )
    return cluster


@transaction.atomic
def ask_for_map(*, brand: Brand, actor: User, at: datetime) -> bool:
    """Have the map made. Returns False where it is being made already."""
    if not building.request(at=at, brand=brand, actor=actor):
        return False
    audit.record(
        brand=brand,
        verb="segmentation.cluster.map_asked",
        target=brand,
        actor=actor,
        at=at,
        label="map of clusters",
    )
    return True
