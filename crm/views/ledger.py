"""The audit ledger for those who have to prove something: read, checked, signed, taken out."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm import audit, exports
from crm.audit.verbs import in_words
from crm.forms import put_error
from crm.forms.ledger import NEWEST_FIRST, KeepingForm, LedgerForm, kind_in_words
from crm.models import AuditEntry, Creator, Job, LedgerCheckpoint, LedgerKey
from crm.paging import paginate
from crm.permissions import BrandRequest, Can, brand_page
from crm.services.ledger import checkpoints, exporting, verifying

PAGE_SIZE, SHOWN = 50, 20
_FORMS = ("csv", "jsonl")


@require_safe
@brand_page(Can.READ_AUDIT)
def ledger(request: BrandRequest) -> HttpResponse:
    """The acts, newest first."""
    form = LedgerForm(request.GET, brand=request.brand)
    entries = form.entries(request.brand)
    page = paginate(entries, NEWEST_FIRST, cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    context = {
        "form": form,
        "page": page,
        "acts": [(entry, in_words(entry.verb)) for entry in page.items],
        "about": _about(request, form),
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "query": _query(request),
    }
    return render(request, "crm/ledger/list.html", context)


@require_safe
@brand_page(Can.READ_AUDIT)
def entry(request: BrandRequest, number: int) -> HttpResponse:
    """One act: who, what, when, and how it hangs in the chain."""
    beside = AuditEntry.objects.filter(brand=request.brand, number__range=(number - 1, number + 1))
    found = {one.number: one for one in beside}
    if number not in found:
        msg = f"The ledger has no entry {number}."
        raise Http404(msg)
    here, before, after = found[number], found.get(number - 1), found.get(number + 1)
    context = {
        "entry": here,
        "words": in_words(here.verb),
        "kind": kind_in_words(here.target_type),
        "before": before,
        "after": after,
        "checks": _checks(here, before, after),
        "facts": _lines(here.facts),
        "personal": _lines(here.words.personal) if here.words else [],
        "erased_by": None if here.words else _erased_by(here),
    }
    return render(request, "crm/ledger/entry.html", context)


@brand_page(Can.READ_AUDIT, post=Can.MANAGE_BRAND)
def proof(request: BrandRequest) -> HttpResponse:
    """What proves that nothing was changed; an admin says who keeps the proofs."""
    here = checkpoints.address_of(request.brand)
    form = KeepingForm(request.POST or None, initial={"address": here})
    if form.is_valid():
        try:
            checkpoints.set_address(
                brand=request.brand,
                address=form.cleaned_data["address"],
                actor=request.user,
                at=timezone.now(),
            )
        except checkpoints.AddressRefused as refusal:
            put_error(form, "address", str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("crm:ledger_proof", brand=request.brand.slug)
    checked = Job.objects.filter(brand=request.brand, kind=verifying.KIND).order_by("-pk").first()
    signed = LedgerCheckpoint.objects.filter(brand=request.brand).select_related("key")
    context = {
        "form": form,
        "address": here,
        "checked": checked,
        "checkpoints": signed[:SHOWN],
        "keys": LedgerKey.objects.all()[:SHOWN],
    }
    status = 422 if form.errors else 200
    return render(request, "crm/ledger/proof.html", context, status=status)


@require_POST
@brand_page(Can.READ_AUDIT)
def check(request: BrandRequest) -> HttpResponse:
    """Have the whole ledger checked by a worker."""
    job = verifying.ask(brand=request.brand, actor=request.user, at=timezone.now())
    return redirect("crm:job", brand=request.brand.slug, pk=job.pk)


@require_POST
@brand_page(Can.READ_AUDIT)
def sign(request: BrandRequest) -> HttpResponse:
    """Make a checkpoint now, and send it to who keeps them."""
    try:
        made = checkpoints.sign(brand=request.brand, at=timezone.now())
    except checkpoints.CheckpointRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Signed up to entry {made.number:,}. Keep the file elsewhere.")
    return redirect("crm:ledger_proof", brand=request.brand.slug)


@require_safe
@brand_page(Can.READ_AUDIT)
def checkpoint(request: BrandRequest, pk: int) -> HttpResponse:
    """The file of a checkpoint."""
    found = LedgerCheckpoint.objects.filter(brand=request.brand, pk=pk)
    row = found.select_related("brand", "key").first()
    if row is None:
        msg = "There is no such checkpoint."
        raise Http404(msg)
    response = HttpResponse(checkpoints.document(row), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{checkpoints.file_name(row)}"'
    return response


@require_safe
@brand_page(Can.READ_AUDIT)
def export(request: BrandRequest, form: str) -> HttpResponseBase:
    """What the list shows, oldest first, as CSV or as JSON lines; the ledger tells of it."""
    if form not in _FORMS:
        msg = f"The ledger is not written as {form}."
        raise Http404(msg)
    asked = LedgerForm(request.GET, brand=request.brand)
    if not asked.is_valid():
        msg = "The ledger cannot be filtered like that."
        raise Http404(msg)
    # Up to here: what is told of the export itself is not in it.
    last = AuditEntry.objects.filter(brand=request.brand).order_by("-number").first()
    entries = asked.entries(request.brand).filter(number__lte=last.number if last else 0)
    at = timezone.now()
    exporting.note_list(
        brand=request.brand,
        what="ledger",
        query=_query(request),
        actor=request.user,
        at=at,
        rows=entries.count(),
    )
    name = f"ledger-{request.brand.slug}-{timezone.localtime(at):%Y-%m-%d}"
    if form == exports.Format.CSV:
        answer = exports.stream(name, exporting.HEAD, exporting.rows(entries))
        return exports.taken_out(answer, "")
    response = StreamingHttpResponse(
        exporting.json_lines(entries), content_type="application/x-ndjson; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.jsonl"'
    return response


def _query(request: BrandRequest) -> str:
    asked = request.GET.copy()
    asked.pop("cursor", None)
    return asked.urlencode()


def _about(request: BrandRequest, form: LedgerForm) -> str:
    """Whose or what history it is, where a page led here."""
    said = form.cleaned_data if form.is_valid() else {}
    if uid := said.get("creator"):
        ours = Creator.objects.filter(uid=uid, relationships__brand=request.brand)
        return ours.values_list("name", flat=True).first() or ""
    if said.get("target_id") is not None and said.get("target_type"):
        return f"{kind_in_words(said['target_type'])} {said['target_id']}"
    return ""


def _checks(
    here: AuditEntry, before: AuditEntry | None, after: AuditEntry | None
) -> list[tuple[str, bool]]:
    """How an entry hangs in the chain, and whether each of it holds."""
    former = before.hash if before else audit.GENESIS
    origins = audit.Origins.of_brand(here.brand_id)
    checks = [
        ("It continues the entry before", here.previous_hash == former),
        ("Its content is as it was written", here.hash == audit.hash_of(here, origins=origins)),
    ]
    if text := here.words:
        as_written = here.text_digest == audit.text_digest_of(text)
        checks.append(("Its text is as it was written", as_written))
    if after:
        checks.append(("The entry after continues it", after.previous_hash == here.hash))
    return checks


def _lines(details: dict[str, object]) -> list[tuple[str, str]]:
    """Details, each in a line."""
    return [(key.replace("_", " "), _shown(value)) for key, value in sorted(details.items())]


def _shown(value: object) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    return audit.canonical(value)


def _erased_by(entry: AuditEntry) -> int | None:
    """The number of the entry that tells of the erasure of this one's text."""
    told = AuditEntry.objects.filter(
        brand=entry.brand_id,
        verb="crm.ledger.text_erased",
        number__gt=entry.number,
        facts__entries__contains=entry.number,
    )
    return told.order_by("number").values_list("number", flat=True).first()
