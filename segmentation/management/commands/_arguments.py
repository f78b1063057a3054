"""What several commands of segmentation read from their command line."""

from __future__ import annotations

from datetime import date, datetime

from django.core.management.base import CommandError

from crm.models import Brand
from segmentation.metrics.periods import calendar_of


def brand_named(slug: str) -> Brand:
    """The brand with the slug. Raises CommandError."""
    brand = Brand.objects.filter(slug=slug).first()
    if brand is None:
        raise CommandError(f"There is no brand with the slug {slug}.")
    return brand


def moment_from(text: str, brand: Brand) -> datetime:
    """An ISO moment; without a time zone it is the brand's, a bare date is its first moment.

    Raises CommandError.
    """
    calendar = calendar_of(brand)
    try:
        if len(text) == len("2026-01-31"):
            return calendar.midnight(date.fromisoformat(text))
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(
            f"{text!r} is not a moment; write 2026-09-30 or 2026-09-30T18:00+02:00."
        ) from error
    return moment if moment.tzinfo is not None else calendar.at_wall_clock(moment)
