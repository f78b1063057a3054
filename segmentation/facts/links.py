"""The segments of a brand as rules see them when they refer to each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from crm.models import Brand
from segmentation.choices import SegmentStatus
from segmentation.models import Segment
from segmentation.rules import json_form, tree
from segmentation.rules.errors import RuleInvalid
from segmentation.rules.references import SegmentLink

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
        found: dict[str, SegmentLink] = {}
        before: dict[int, tuple[str, ...]] = {}
        rows = Segment.objects.filter(brand=self._brand).order_by("position", "key")
        for key, name, status, dimension, is_exclusive, rule, stay_rule in rows.values_list(
            *columns
        ):
            is_in_use = status in IN_USE
            found[key] = SegmentLink(
                key=key,
                name=name,
                is_in_use=is_in_use,
                status=SegmentStatus(status).label.lower(),
                refers_to=(*_refers_to(rule), *_refers_to(stay_rule)) if is_in_use else (),
                before=before.get(dimension, ()) if is_exclusive else (),
            )
            if is_in_use:
                before[dimension] = (*before.get(dimension, ()), key)
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
        return tree.references(json_form.load(form))
    except RuleInvalid:
        return ()
