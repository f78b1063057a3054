"""The rule packs: what each says, whether counsel stands by it, what the brand adds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.disclosure.additions import REQUIREMENTS
from campaigns.disclosure.goods import goods_name
from campaigns.disclosure.packs import FOR_THE_READER, Datum, Pack
from campaigns.disclosure.vocabulary import Confidence, Standing
from campaigns.disclosure.words import QUESTIONS
from campaigns.forms.connections import ReasonForm
from campaigns.forms.registers import AdditionForm, SignForm
from campaigns.models import PackAddition, PackSignOff
from campaigns.selectors.coming import AHEAD, coming
from campaigns.selectors.packs import packs_for, signed_off
from campaigns.services.refusals import CampaignRefused
from campaigns.services.registers import packs as service
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error

_STANDINGS = {
    Standing.ACCEPTED: "Accepted wording",
    Standing.CONDITIONAL: "Accepted under a condition",
    Standing.INSUFFICIENT: "Wording that is not enough",
    Standing.MARK: "Words that must be there beside it",
    Standing.UNLISTED: "Other wording",
}
_READING = {
    "instruments": "Laws and codes",
    "liability": "Who is liable",
    "penalties": "Penalties",
    "recordkeeping": "What to keep",
}


@require_safe
@brand_page(Can.VIEW)
def packs(request: BrandRequest) -> HttpResponse:
    """Each jurisdiction with its version and counsel's word on it."""
    on = timezone.localdate()
    known = packs_for(request.brand, on)
    signed = signed_off(request.brand, known)
    rows = [
        {
            "pack": pack,
            "signed": signed[pack.key],
            "data": len(_unique(pack)),
            "unread": sum(
                datum.confidence is Confidence.GENERAL_KNOWLEDGE for datum in _unique(pack)
            ),
        }
        for pack in known.jurisdictions.values()
    ]
    context = {
        "rows": rows,
        "disclaimer": known.disclaimer,
        "unsigned": sum(not one.is_current for one in signed.values()),
        "changes": len(coming(request.brand, known, on)),
        "ahead": AHEAD,
    }
    return render(request, "campaigns/packs/list.html", context)


@require_safe
@brand_page(Can.VIEW)
def changes(request: BrandRequest) -> HttpResponse:
    """Rules that begin or end within the next 90 days, and the open campaigns that they touch."""
    on = timezone.localdate()
    found = coming(request.brand, packs_for(request.brand, on), on)
    return render(request, "campaigns/packs/changes.html", {"changes": found, "ahead": AHEAD})


@require_safe
@brand_page(Can.VIEW)
def pack(request: BrandRequest, jurisdiction: str) -> HttpResponse:
    """All that a pack says, with sources; counsel's signature, and the brand's additions."""
    return _show(request, jurisdiction)


@require_POST
@brand_page(Can.CLEAR_LEGAL)
def sign(request: BrandRequest, jurisdiction: str) -> HttpResponse:
    """Counsel stands by the rules as they were shown."""
    form = SignForm(request.POST)
    if form.is_valid():
        try:
            service.sign_off(
                brand=request.brand,
                jurisdiction=_key(request, jurisdiction),
                **form.cleaned_data,
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"Signed off: the rules for {jurisdiction.upper()}.")
            return redirect("campaigns:pack", request.brand.slug, jurisdiction)
    return _show(request, jurisdiction, status=409, sign_errors=form)


@require_POST
@brand_page(Can.CLEAR_LEGAL)
def add(request: BrandRequest, jurisdiction: str) -> HttpResponse:
    """Add a wording or a requirement."""
    form = AdditionForm(request.POST)
    if form.is_valid():
        try:
            made = service.add(
                brand=request.brand,
                jurisdiction=_key(request, jurisdiction),
                wanted=form.wanted,
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(
                request,
                f"“{made}” holds from {made.starts_on:%-d %B %Y}. The rules changed by it: they "
                "need counsel's signature anew.",
            )
            return redirect("campaigns:pack", request.brand.slug, jurisdiction)
    return _show(request, jurisdiction, status=422, addition_form=form)


@require_POST
@brand_page(Can.CLEAR_LEGAL)
def end(request: BrandRequest, jurisdiction: str, pk: int) -> HttpResponse:
    """An addition holds no longer."""
    form = ReasonForm(request.POST)
    form.is_valid()
    try:
        service.end(
            addition_id=pk,
            brand=request.brand,
            reason=form.cleaned_data.get("reason", ""),
            actor=request.user,
            at=timezone.now(),
        )
    except PackAddition.DoesNotExist as missing:
        raise Http404("There is no such addition.") from missing
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "It holds no longer than yesterday.")
    return redirect("campaigns:pack", request.brand.slug, jurisdiction)


def _key(request: BrandRequest, jurisdiction: str) -> str:
    known = packs_for(request.brand, timezone.localdate())
    found = known.resolve([jurisdiction])[0]
    if found not in known.jurisdictions:
        raise Http404(f"There are no rules for “{jurisdiction}”.")
    return found


def _show(
    request: BrandRequest, jurisdiction: str, *, status: int = 200, **forms: Any
) -> HttpResponse:
    on = timezone.localdate()
    known = packs_for(request.brand, on)
    key = known.resolve([jurisdiction])[0]
    if key not in known.jurisdictions:
        raise Http404(f"There are no rules for “{jurisdiction}”.")
    found = known.jurisdictions[key]
    additions = PackAddition.objects.filter(brand=request.brand, jurisdiction=key)
    context = {
        "pack": found,
        "over": known.over(key),
        "parts": [(name, data) for name, data in _parts(found) if data],
        "signed": signed_off(request.brand, known, [key])[key],
        "signatures": PackSignOff.objects.filter(brand=request.brand, jurisdiction=key)[:20],
        "additions": additions.select_related("added_by", "ended_by").order_by("-pk"),
        "questions": REQUIREMENTS,
        "sign_form": SignForm(initial={"digest": found.digest}),
        "sign_errors": None,
        "addition_form": AdditionForm(),
        "disclaimer": known.disclaimer,
        "today": on,
    } | forms
    return render(request, "campaigns/packs/pack.html", context, status=status)


def _unique(pack: Pack) -> list[Datum]:
    """A wording in several languages is one datum."""
    return list({datum.key: datum for datum in pack.data}.values())


def _parts(pack: Pack) -> list[tuple[str, list[tuple[str, str, Datum]]]]:
    """The data in the order in which counsel reads them: what each says in short, and in words."""
    labels: dict[Standing, dict[str, tuple[str, str, Datum]]] = {}
    for label in pack.labels:
        note = "" if label.datum.note == label.text else label.datum.note
        labels.setdefault(label.standing, {})[label.datum.key] = (label.text, note, label.datum)
    placement = [
        (QUESTIONS.get(one.rule, one.rule), one.datum.note, one.datum) for one in pack.placement
    ]
    ties = [
        (", ".join(words).replace("_", " "), datum.note, datum) for datum, words in pack.connections
    ]
    goods = [
        (goods_name(name), datum.note, datum)
        for name, some in pack.categories.items()
        for datum in some
    ]
    return [
        *((words, list(labels.get(one, {}).values())) for one, words in _STANDINGS.items()),
        ("Where and how", placement),
        ("What has to be disclosed", ties),
        ("Permits and registers", _plain(pack.registration)),
        ("Written contract", _plain(pack.contract)),
        ("Sensitive goods", goods),
        *((_READING[part], _plain(pack.reading[part])) for part in FOR_THE_READER),
    ]


def _plain(data: Iterable[Datum]) -> list[tuple[str, str, Datum]]:
    return [("", datum.note, datum) for datum in data]
