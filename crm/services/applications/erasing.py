"""The way out for what people wrote who did not become creators."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Q

from crm import audit
from crm.choices import ApplicationStatus
from crm.models import Application, ApplicationPage, Brand, User
from crm.services.applications.confirming import GOOD_FOR

_PUT_AWAY = (ApplicationStatus.DECLINED, ApplicationStatus.SPAM)


class EraseRefused(Exception):
    """Nothing was erased; the message is fit for the user."""


def erase_due(*, at: datetime, brand: Brand | None = None, is_dry: bool = False) -> Counter[str]:
    """Erase what is past its time, brand by brand; how many of each brand. A dry run only counts.

    Declined ones and spam go after as many days as the brand says; those whose address nobody
    confirmed when the link ends.
    """
    erased: Counter[str] = Counter()
    brands = Brand.objects.filter(applications__isnull=False).distinct().order_by("pk")
    for one in brands.filter(pk=brand.pk) if brand else brands:
        rows = _due(one, at)
        number = rows.count() if is_dry else _erase(one, at)
        if number:
            erased[one.slug] = number
    return erased


@transaction.atomic
def erase(*, application_id: int, brand: Brand, actor: User, at: datetime) -> None:
    """Erase one at once, as when its author asks for it. Raises EraseRefused."""
    rows = Application.objects.select_for_update(no_key=True, of=("self",))
    application = rows.filter(pk=application_id, brand=brand).first()
    if application is None:
        return  # somebody was quicker
    if application.status == ApplicationStatus.ACCEPTED:
        raise EraseRefused(
            f"{application} is a creator now. Take the acceptance back first, or erase the "
            "contact data on the creator's page."
        )
    pk, status = application.pk, application.status
    audited = Application(pk=pk, brand=brand)
    application.delete()
    audit.record(
        brand=brand,
        verb="crm.application.erased",
        target=audited,
        actor=actor,
        at=at,
        data={"was": status},
        label=f"application {pk}",
    )


@transaction.atomic
def _erase(brand: Brand, at: datetime) -> int:
    numbers = list(
        _due(brand, at).select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True)
    )
    if not numbers:
        return 0
    Application.objects.filter(pk__in=numbers).delete()
    audit.record(
        brand=brand,
        verb="crm.applications.expired",
        target=brand,
        at=at,
        data={"erased": len(numbers)},
    )
    return len(numbers)


def _due(brand: Brand, at: datetime) -> models.QuerySet[Application]:
    keep = timedelta(days=ApplicationPage.of(brand).keep_days)
    late = Q(status__in=_PUT_AWAY, decided_at__lt=at - keep)
    never = Q(status=ApplicationStatus.UNCONFIRMED, submitted_at__lt=at - GOOD_FOR)
    return Application.objects.filter(late | never, brand=brand).order_by("pk")
