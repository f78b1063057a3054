"""Take a merge back: what moved goes back, what was taken out returns, what changed is as it was.

Refused once something newer counts on it. What came to be since stays with the creator who stayed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from crm import audit
from crm.choices import MergeAction
from crm.models import Brand, Creator, Merge, MergePart, User
from crm.services import facts
from crm.services.merge.merging import lock_both
from crm.services.merge.parts import PARTS
from crm.services.merge.recording import changed_since, restore
from crm.services.merge.refusals import UndoRefused
from crm.services.metrics import refresh_metrics

_CHANGED = {
    "crm_creator": "What is known of {kept} was corrected since.",
    "crm_postaladdress": "Where parcels go to {kept} was changed since.",
    "crm_relationship": "Somebody moved {kept}, or set owner or next step, since.",
    "crm_stagechange": "{kept} was moved to another stage since.",
}
_OTHERS = (
    "Another brand of this installation is concerned, and you have no say there. Ask somebody who "
    "may change creators in every brand."
)


def reasons_against(merge: Merge, allowed: Collection[int]) -> list[str]:
    """What keeps the merge from being undone, as sentences; empty where nothing does."""
    if merge.undone_at is not None:
        return ["This merge was undone already."]
    kept = merge.kept
    if kept.merged_into is not None:
        return [f"{kept} became part of {kept.merged_into} since: undo that merge first."]
    later = Merge.objects.filter(kept=kept, undone_at=None, pk__gt=merge.pk).select_related("gone")
    if newest := later.order_by("-pk").first():
        return [f"{newest.gone} was merged into {kept} later: undo that merge first."]
    if not set(merge.brands) <= set(allowed):
        return [_OTHERS]
    parts = merge.parts.filter(action=MergeAction.CHANGED)
    return [
        _CHANGED.get(part.table_name, "Something that the merge changed was changed since.").format(
            kept=kept
        )
        for part in parts
        if changed_since(part)
    ]


def undo(*, merge_id: int, actor: User | None, at: datetime, allowed: Collection[int]) -> Merge:
    """Make the two creators two again. Raises UndoRefused, BusyImporting; nothing changes then."""
    try:
        with transaction.atomic():
            merge = _undo(merge_id, actor, at, allowed)
            # Foreign keys are checked now, so that a refusal is ours and not the commit's.
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError:
        raise UndoRefused(
            "Something that the merge took out cannot come back: what it belonged to is gone, or "
            "there is another in its place."
        ) from None
    refresh_metrics(creator_ids=[merge.kept_id, merge.gone_id], as_of=at)
    return merge


def _undo(merge_id: int, actor: User | None, at: datetime, allowed: Collection[int]) -> Merge:
    merge = Merge.objects.select_for_update(no_key=True, of=("self",)).get(pk=merge_id)
    kept, gone = lock_both(merge.kept_id, merge.gone_id)
    merge.kept, merge.gone = kept, gone
    if reasons := reasons_against(merge, allowed):
        raise UndoRefused(" ".join(reasons))
    own = {}
    for part in MergePart.objects.filter(merge=merge).order_by("-pk"):
        if part.action == MergeAction.OWN:
            own[part.table_name] = part.rows
        else:
            restore(part)
    for key, image in own.items():
        PARTS[key].undo(kept.pk, gone.pk, at, image)
    merge.undone_at, merge.undone_by = at, actor
    merge.save(update_fields=["undone_at", "undone_by"])
    facts.mark_changed(brand=None, creator_ids=[kept.pk, gone.pk], cause="merge")
    name = Creator.objects.values_list("name", flat=True).get(pk=gone.pk)
    for brand in Brand.objects.filter(pk__in=merge.brands).order_by("pk"):
        audit.record(
            brand=brand,
            verb="crm.creator.merge_undone",
            target=kept,
            actor=actor,
            at=at,
            data={"gone": name, "gone_uid": str(gone.uid), "merge": merge.pk},
        )
    return merge
