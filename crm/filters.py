"""Which creators of a brand: one filter for the list, its export, the board and the API."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any

import django_filters as filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Exists, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Lower
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from crm.choices import Stage
from crm.countries import COUNTRIES
from crm.models import (
    Brand,
    Creator,
    CreatorNiche,
    CreatorTag,
    Niche,
    Platform,
    Profile,
    Relationship,
    Tag,
    User,
)
from crm.models.creators import Fold
from crm.paging import Order
from crm.registry import Registry

Relationships = QuerySet[Relationship]

NOBODY = "none"
DEFAULT_SORT = "-followers"
# As many as anybody has, and what the column can hold.
MAX_FOLLOWERS = 10**12

# The years that somebody may ask about; the database cannot compare all that a calendar has.
EARLIEST, LATEST = 1970, 2199

_METRICS = "creator__metrics__"


class MomentFilter(filters.IsoDateTimeFilter):  # type: ignore[misc] # it ships no types
    """A moment within the years that somebody may ask about."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        first, last = (datetime(year, 1, 1, tzinfo=UTC) for year in (EARLIEST, LATEST + 1))
        said = f"The year must lie from {EARLIEST} to {LATEST}."
        bounds = [MinValueValidator(first, said), MaxValueValidator(last, said)]
        super().__init__(*args, validators=bounds, **kwargs)


def _orders() -> dict[str, Order]:
    """Each order by its name in the address: "followers" upwards, "-followers" downwards."""
    by_metric = {
        "followers": "followers",
        "engagement": "engagement_rate",
        "last_post": "last_post_at",
    }
    orders = {}
    for sign, descending in (("", False), ("-", True)):
        orders[f"{sign}name"] = Order(
            f"{sign}name", Lower("creator__name"), "creator__id", descending=descending
        )
        orders[f"{sign}added"] = Order(f"{sign}added", "created_at", descending=descending)
        for name, column in by_metric.items():
            orders[f"{sign}{name}"] = Order(
                f"{sign}{name}",
                f"{_METRICS}{column}",
                f"{_METRICS}creator_id",
                descending=descending,
                nullable=True,
                tie_of_unknown="creator_id",
            )
    return orders


ORDERS = _orders()
_SORT_LABELS = {
    "name": ("Name, A to Z", "Name, Z to A"),
    "followers": ("Fewest followers", "Most followers"),
    "engagement": ("Lowest engagement rate", "Highest engagement rate"),
    "last_post": ("Longest without a post", "Newest post"),
    "added": ("Added first", "Added last"),
}
# The default first: a select without a choice shows its first option.
SORTS = [
    (name, _SORT_LABELS[name.lstrip("-")][name.startswith("-")])
    for name in sorted(ORDERS, key=lambda name: name != DEFAULT_SORT)
]


@dataclass(frozen=True)
class Sort:
    """An order that a brand's list has beside the usual ones.

    order     its name is that in the address
    label     what the choice says
    prepared  gives rows what the order reads
    """

    order: Order
    label: str
    prepared: Callable[[Relationships], Relationships]


# Upper apps: gives the further orders of a brand.
MORE_SORTS: Registry[Callable[[Brand], Iterable[Sort]]] = Registry()


def asked(query: QueryDict) -> str:
    """The query string without the empty fields that a form sends along."""
    given = query.copy()
    for name, values in query.lists():
        given.setlist(name, [value for value in values if value])
    return given.urlencode()


def named(rows: Relationships, words: str) -> Relationships:
    """The relationships whose creator has `words` in the name or in a handle, without accents."""
    words = words.strip()
    if not words:
        return rows
    by_name = Creator.objects.alias(folded=Fold("name")).filter(
        folded__contains=Fold(Value(words, output_field=TextField()))
    )
    handle = re.escape(words.removeprefix("@"))
    by_handle = Profile.objects.filter(handle__iregex=handle)
    # A union, since an OR over two tables would use neither index.
    found = by_name.order_by().values("pk").union(by_handle.order_by().values("creator_id"))
    return rows.filter(creator__in=found)


def owned(rows: Relationships, owner: str) -> Relationships:
    """The relationships of the owner with this address, or those without an owner."""
    if owner == NOBODY:
        return rows.filter(owner=None)
    return rows.filter(owner__email=owner)


def on_platform(rows: Relationships, platform: Platform) -> Relationships:
    """The relationships whose creator has an account on the platform."""
    accounts = Profile.objects.filter(creator=OuterRef("creator"), platform=platform)
    return rows.filter(Exists(accounts))


class WholeNumber(filters.Filter):  # type: ignore[misc] # it ships no types
    """Asks for a count."""

    field_class = forms.IntegerField

    def __init__(self, **options: Any) -> None:
        # Not type=number: a browser hides what it cannot read, and what was typed should stay.
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "numeric"}), **options)


class Percentage(filters.Filter):  # type: ignore[misc] # it ships no types
    """Asks for a rate in percent."""

    field_class = forms.FloatField

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **options)


class BoardFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Which cards of the board. `queryset` are relationships of one brand."""

    search = filters.CharFilter(
        method="by_words",
        label="Name or handle",
        max_length=100,
        help_text="Accents do not matter.",
        # Where "/" leads.
        widget=forms.TextInput(attrs={"type": "search", "data-search": ""}),
    )
    owner = filters.ChoiceFilter(
        method="by_owner",
        label="Owner",
        empty_label="Anybody",
        choices=(),
        help_text="An address, or “none”.",
    )
    platform = filters.ModelChoiceFilter(
        method="by_platform",
        label="Platform",
        empty_label="Any",
        queryset=Platform.objects.all(),
    )

    class Meta:
        model = Relationship
        fields: list[str] = []

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        queryset: Relationships,
        *,
        request: HttpRequest | None = None,
        prefix: str | None = None,
        brand: Brand | None = None,
        at: datetime | None = None,
    ) -> None:
        """`brand` is the request's (a page's or a token's) unless given, `at` the present."""
        super().__init__(data if data is not None else {}, queryset, request=request, prefix=prefix)
        self.at = at or timezone.now()
        self.brand = brand = brand or _brand_of(request)
        for item in self.filters.values():
            # A field that somebody asked the class for (the schema does) is of no brand.
            vars(item).pop("_field", None)
        if "tag" in self.filters:
            self.filters["tag"].extra["queryset"] = Tag.objects.filter(brand=brand)
        # Read when the form is shown or an owner is asked for, once: a program rarely does.
        self.filters["owner"].extra["choices"] = cache(partial(_owners, brand))
        self._more_sorts = cache(partial(_more_sorts, brand))
        if "sort" in self.filters:
            # Not a method: fields are copied with all that they hold.
            self.filters["sort"].extra["choices"] = cache(partial(_sorts, self._more_sorts))
        for item in self.filters.values():
            widget = item.field.widget
            is_choice = isinstance(widget, forms.Select)
            if isinstance(widget, forms.CheckboxSelectMultiple):
                widget.attrs["class"] = "form-check-input"
            else:
                widget.attrs["class"] = "form-select" if is_choice else "form-control"

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked for."""
        return any(self.form[name].data for name in self.filters if name != "sort")

    def by_words(self, rows: Relationships, _name: str, words: str) -> Relationships:
        """See `named`."""
        return named(rows, words)

    def by_owner(self, rows: Relationships, _name: str, owner: str) -> Relationships:
        """See `owned`."""
        return owned(rows, owner)

    def by_platform(self, rows: Relationships, _name: str, platform: Platform) -> Relationships:
        """See `on_platform`."""
        return on_platform(rows, platform)


class CreatorFilter(BoardFilter):
    """Which creators. Rates are in percent: 2.5 is 2.5 %. An unknown number meets no bound."""

    stage = filters.MultipleChoiceFilter(
        label="Stage", choices=Stage.choices, widget=forms.CheckboxSelectMultiple
    )
    niche = filters.ModelChoiceFilter(
        method="by_niche",
        label="Niche",
        empty_label="Any",
        queryset=Niche.objects.all(),
        to_field_name="key",
    )
    tag = filters.ModelChoiceFilter(
        method="by_tag",
        label="Tag",
        empty_label="Any",
        queryset=Tag.objects.none(),
        to_field_name="key",
    )
    # A callable, since each filter set copies its filters with all that is in them.
    country = filters.ChoiceFilter(
        field_name="creator__country",
        label="Country",
        choices=lambda: COUNTRIES,
        empty_label="Any",
    )
    followers_min = WholeNumber(
        field_name=f"{_METRICS}followers",
        lookup_expr="gte",
        label="Followers from",
        min_value=0,
        max_value=MAX_FOLLOWERS,
    )
    followers_max = WholeNumber(
        field_name=f"{_METRICS}followers",
        lookup_expr="lte",
        label="Followers to",
        min_value=0,
        max_value=MAX_FOLLOWERS,
    )
    engagement_min = Percentage(
        method="by_rate",
        label="Engagement from, %",
        min_value=0,
        max_value=100_000,
    )
    engagement_max = Percentage(
        method="by_rate",
        label="Engagement to, %",
        min_value=0,
        max_value=100_000,
    )
    last_post_within = WholeNumber(
        method="by_last_post",
        label="Last post within, days",
        min_value=1,
        max_value=36_500,
    )
    sort = filters.ChoiceFilter(
        method="by_order", label="Sort", choices=SORTS, empty_label=None, null_label=None
    )

    @property
    def order(self) -> Order:
        """The order that the rows are to be paged in."""
        chosen = (self.form.cleaned_data.get("sort") if self.is_valid() else None) or DEFAULT_SORT
        return ORDERS[chosen] if chosen in ORDERS else self._more_sorts()[chosen].order

    def by_niche(self, rows: Relationships, _name: str, niche: Niche) -> Relationships:
        """Creators who work in the niche."""
        return rows.filter(
            Exists(CreatorNiche.objects.filter(creator=OuterRef("creator"), niche=niche))
        )

    def by_tag(self, rows: Relationships, _name: str, tag: Tag) -> Relationships:
        """Creators whom the brand gave the tag."""
        return rows.filter(Exists(CreatorTag.objects.filter(creator=OuterRef("creator"), tag=tag)))

    def by_rate(self, rows: Relationships, name: str, percent: float) -> Relationships:
        """Engagement rates from or to `percent`."""
        lookup = "gte" if name.endswith("min") else "lte"
        return rows.filter(**{f"{_METRICS}engagement_rate__{lookup}": percent / 100})

    def by_last_post(self, rows: Relationships, _name: str, days: int) -> Relationships:
        """Creators whose newest known post is at most `days` old."""
        return rows.filter(
            **{
                f"{_METRICS}last_post_at__gt": self.at - timedelta(days=days),
                f"{_METRICS}last_post_at__lte": self.at,
            }
        )

    def by_order(self, rows: Relationships, _name: str, order: str) -> Relationships:
        """The order narrows nothing: the pager sorts, by what some orders add to the rows."""
        return rows if order in ORDERS else self._more_sorts()[order].prepared(rows)


def add_filter(name: str, part: filters.Filter) -> None:
    """Let an upper app narrow the list of creators, too: once, when the apps are ready.

    The filter's `parent` is the CreatorFilter, with the `brand` and the moment `at`. Raises
    ValueError where the name is taken.
    """
    if name in CreatorFilter.base_filters:
        msg = f"There is a filter “{name}” already."
        raise ValueError(msg)
    CreatorFilter.base_filters[name] = part


def _more_sorts(brand: Brand | None) -> dict[str, Sort]:
    """By name; without a brand there are none."""
    if brand is None:
        return {}
    return {sort.order.name: sort for source in MORE_SORTS for sort in source(brand)}


def _sorts(more: Callable[[], Mapping[str, Sort]]) -> list[tuple[str, str]]:
    """All orders to choose from, the default first."""
    return [*SORTS, *((name, sort.label) for name, sort in more().items())]


def _owners(brand: Brand) -> list[tuple[str, str]]:
    """What the filter of owners takes: nobody, and who has a role in the brand."""
    people = User.objects.filter(roles__brand=brand).order_by("first_name", "email", "pk")
    return [(NOBODY, "Nobody"), *((person.email, person.display_name) for person in people)]


def _brand_of(request: HttpRequest | None) -> Brand:
    """The brand of a page's request, or of the token of an API request."""
    found: Brand = getattr(request, "brand", None) or request.auth.brand  # type: ignore[union-attr]
    return found
