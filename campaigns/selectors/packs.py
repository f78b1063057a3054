"""The rule packs as a brand holds them: what comes with the product, and what the brand adds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from campaigns.choices import AdditionKind
from campaigns.disclosure.additions import Addition, packs_with, patterns_of
from campaigns.disclosure.packs import Pack, Packs
from campaigns.disclosure.vocabulary import Standing
from campaigns.models import PackAddition, PackSignOff
from crm.models import Brand

_STANDINGS = {
    AdditionKind.INSUFFICIENT: Standing.INSUFFICIENT,
    AdditionKind.ACCEPTED: Standing.ACCEPTED,
}


def packs_for(brand: Brand, on: date) -> Packs:
    """The packs that count for a brand's content on a day: one query."""
    rows = PackAddition.objects.filter(brand=brand).in_force(on)
    rows = rows.select_related("added_by").order_by("jurisdiction", "pk")
    return packs_with(tuple(addition_of(row, brand) for row in rows))


def addition_of(row: PackAddition, brand: Brand) -> Addition:
    """As the engine takes it."""
    by = f" by {row.added_by.display_name}" if row.added_by else ""
    return Addition(
        id=f"brand_{row.pk}",
        jurisdiction=row.jurisdiction,
        text=row.text,
        patterns=patterns_of([row.text, *row.variants]) if row.text else (),
        standing=_STANDINGS.get(AdditionKind(row.kind)),
        rule=row.rule,
        language=row.language or None,
        reason=row.reason,
        source=f"{brand.name}, added{by}",
        url=reverse("campaigns:pack", args=[brand.slug, row.jurisdiction]),
        since=row.starts_on.isoformat(),
    )


@dataclass(frozen=True)
class Signed:
    """Whether counsel stands by the rules of a jurisdiction as they are now."""

    jurisdiction: str
    # The newest signature, whatever it was given for; None: nobody signed.
    signature: PackSignOff | None
    is_current: bool

    @property
    def words(self) -> str:
        """What a finding says about it; empty where all is well."""
        if self.is_current:
            return ""
        if self.signature is None:
            return f"The rules for {self.jurisdiction} are not signed off by your counsel."
        return (
            f"The rules for {self.jurisdiction} changed since {self.signature.signed_name} signed "
            f"them off on {self.signature.signed_at:%-d %B %Y}."
        )


def signed_off(
    brand: Brand, packs: Packs, names: Iterable[str] | None = None
) -> Mapping[str, Signed]:
    """What counsel said of these jurisdictions (None: of all), by the key of the pack: one query.

    Jurisdictions without a pack are left out: there is nothing to sign.
    """
    keys = list(packs.jurisdictions) if names is None else packs.resolve(names)
    wanted = [packs.jurisdictions[key] for key in keys if key in packs.jurisdictions]
    rows = (
        PackSignOff.objects.filter(brand=brand, jurisdiction__in=[pack.key for pack in wanted])
        .order_by("jurisdiction", "-pk")
        .distinct("jurisdiction")
    )
    newest = {row.jurisdiction: row for row in rows}
    return {pack.key: _signed(pack, newest.get(pack.key)) for pack in wanted}


def _signed(pack: Pack, row: PackSignOff | None) -> Signed:
    return Signed(pack.key, row, row is not None and row.digest == pack.digest)
