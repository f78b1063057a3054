"""The segments of a brand as rules see them when they refer to each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from crm.models import Brand
from segmentation.choices import SegmentStatus
from segmentation.models import Segment
from segmentation.rules import tree
from segmentation.rules.errors import RuleInvalid
from segmentation.rules.references import SegmentLink, taken_before
from segmentation.rules.stored import as_text, read

IN_USE = (SegmentStatus.ACTIVE, SegmentStatus.BROKEN)


class BrandSegments(Mapping[str, SegmentLink]):
    """The segments of a brand by key; asked for when the first rule refers to one."""

    def __init__(self, brand: Brand) -> None:
        self._brand = brand

    @cached_property
    def _links(self) -> dict[str, SegmentLink]:
        columns = (
            "key",
            "name",
            "status",
            "dimension",
            "dimension__is_exclusive",
            "active_version__rule",
            "active_version__stay_rule",
        )
        rows = list(
            Segment.objects.filter(brand=self._brand)
            .order_by("position", "key")
            .values_list(*columns, named=True)
        )
        siblings: dict[int, list[tuple[str, bool]]] = {}
        for row in rows:
            if row.dimension__is_exclusive and row.status in IN_USE:
                is_steady = row.active_version__stay_rule is not None
                siblings.setdefault(row.dimension, []).append((row.key, is_steady))
        found: dict[str, SegmentLink] = {}
        for row in rows:
            is_in_use = row.status in IN_USE
            rules = [row.active_version__rule, row.active_version__stay_rule] if is_in_use else []
            is_one_of = is_in_use and row.dimension in siblings
            found[row.key] = SegmentLink(
                key=row.key,
                name=row.name,
                is_in_use=is_in_use,
                status=SegmentStatus(row.status).label.lower(),
                refers_to=tuple(key for rule in rules for key in _refers_to(rule)),
                before=taken_before(row.key, siblings[row.dimension]) if is_one_of else (),
            )
        return found

    def __getitem__(self, key: str) -> SegmentLink:
        return self._links[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._links)

    def __len__(self) -> int:
        return len(self._links)


def _refers_to(form: object) -> tuple[str, ...]:
    """The segments a stored rule needs; none where it cannot be read any more."""
    if form is None:
        return ()
    try:
        return tree.references(read(as_text(form)))
    except RuleInvalid:
        return ()
