"""What each role may do, in one table, and the decorator that asks for it on every page."""

from __future__ import annotations

from enum import StrEnum
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from crm.choices import Role
from crm.exports import list_in
from crm.limits import Busy
from crm.models import Brand, User, UserRole
from crm.paging import BadCursor
from crm.services.ledger import exporting

if TYPE_CHECKING:
    from collections.abc import Callable

    from django_htmx.middleware import HtmxDetails

P = ParamSpec("P")


class Can(StrEnum):
    """A thing that a role may or may not do for a brand."""

    VIEW = "view"
    IMPORT_DATA = "import_data"
    EDIT_CREATORS = "edit_creators"
    MOVE_STAGES = "move_stages"
    WRITE_NOTES = "write_notes"
    MANAGE_OUTREACH = "manage_outreach"
    READ_MAIL = "read_mail"
    SEND_MAIL = "send_mail"
    MAKE_OFFERS = "make_offers"
    PLAN_CAMPAIGNS = "plan_campaigns"
    RUN_CAMPAIGNS = "run_campaigns"
    MAKE_CONTRACTS = "make_contracts"
    APPROVE_CONTENT = "approve_content"
    CLEAR_LEGAL = "clear_legal"
    KEEP_EVIDENCE = "keep_evidence"
    EDIT_POLICIES = "edit_policies"
    KEEP_RIGHTS = "keep_rights"
    PAY = "pay"
    KEEP_REGISTERS = "keep_registers"
    REPORT_INCIDENTS = "report_incidents"
    HANDLE_INCIDENTS = "handle_incidents"
    PAUSE = "pause"
    OVERRIDE_RISK = "override_risk"
    TRIAGE = "triage"
    REVIEW = "review"
    RUN_SEGMENTS = "run_segments"
    APPLY_RUNS = "apply_runs"
    EDIT_SEGMENTS = "edit_segments"
    EDIT_SCORES = "edit_scores"
    RUN_EXPERIMENTS = "run_experiments"
    KEEP_SERIES = "keep_series"
    READ_AUDIT = "read_audit"
    HANDLE_PRIVACY = "handle_privacy"
    READ_RESTRICTED = "read_restricted"
    MANAGE_BRAND = "manage_brand"


# The requester, the reviewer and the editor of a rule are different people.
CAPABILITIES: dict[Role, frozenset[Can]] = {
    Role.STRATEGIST: frozenset(
        {
            Can.VIEW,
            Can.IMPORT_DATA,
            Can.WRITE_NOTES,
            Can.MANAGE_OUTREACH,
            Can.READ_MAIL,
            Can.PLAN_CAMPAIGNS,
            Can.APPROVE_CONTENT,
            Can.EDIT_POLICIES,
            Can.REPORT_INCIDENTS,
            Can.REVIEW,
            Can.RUN_SEGMENTS,
            Can.APPLY_RUNS,
            Can.EDIT_SEGMENTS,
            Can.EDIT_SCORES,
            Can.RUN_EXPERIMENTS,
            Can.KEEP_SERIES,
        }
    ),
    Role.MANAGER: frozenset(
        {
            Can.VIEW,
            Can.IMPORT_DATA,
            Can.EDIT_CREATORS,
            Can.MOVE_STAGES,
            Can.WRITE_NOTES,
            Can.MANAGE_OUTREACH,
            Can.READ_MAIL,
            Can.SEND_MAIL,
            Can.MAKE_OFFERS,
            Can.PLAN_CAMPAIGNS,
            Can.RUN_CAMPAIGNS,
            Can.KEEP_EVIDENCE,
            Can.MAKE_CONTRACTS,
            Can.KEEP_RIGHTS,
            Can.PAY,
            Can.KEEP_REGISTERS,
            Can.REPORT_INCIDENTS,
            Can.PAUSE,
            Can.REVIEW,
            Can.TRIAGE,
            Can.KEEP_SERIES,
        }
    ),
    Role.ANALYST: frozenset(
        {
            Can.VIEW,
            Can.WRITE_NOTES,
            Can.REVIEW,
            Can.RUN_SEGMENTS,
            Can.EDIT_SCORES,
            Can.RUN_EXPERIMENTS,
            Can.KEEP_SERIES,
        }
    ),
    Role.LEGAL: frozenset(
        {
            Can.VIEW,
            Can.WRITE_NOTES,
            Can.READ_MAIL,
            Can.CLEAR_LEGAL,
            Can.KEEP_EVIDENCE,
            Can.EDIT_POLICIES,
            Can.KEEP_RIGHTS,
            Can.KEEP_REGISTERS,
            Can.REPORT_INCIDENTS,
            Can.HANDLE_INCIDENTS,
            Can.PAUSE,
            Can.OVERRIDE_RISK,
            Can.READ_AUDIT,
            Can.HANDLE_PRIVACY,
            Can.READ_RESTRICTED,
        }
    ),
    Role.ADMIN: frozenset(Can),
}


def may(role: str | None, can: Can | str) -> bool:
    """Whether a user with `role` (None: no role) may do `can`."""
    return role is not None and Can(can) in CAPABILITIES[Role(role)]


def brands_where(user: User, can: Can) -> frozenset[int]:
    """The brands in which `user` may do `can`."""
    roles = [role for role in Role if can in CAPABILITIES[role]]
    held = UserRole.objects.filter(user=user, role__in=roles)
    return frozenset(held.values_list("brand", flat=True))


class BrandRequest(HttpRequest):
    """A request of a logged-in user for a page of a brand that the user may see."""

    user: User
    brand: Brand
    role: Role
    htmx: HtmxDetails


def who_may(can: Can) -> str:
    """The roles that may do `can`, in words: "manager or admin"."""
    names = [role.label.lower() for role in Role if can in CAPABILITIES[role]]
    return " or ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def refuse(request: BrandRequest, can: Can) -> HttpResponse:
    """The 403 page: names what is missing and who could do it."""
    context = {"role_name": request.role.label.lower(), "who_may": who_may(can)}
    return render(request, "crm/not_allowed.html", context, status=403)


def _tell_of_list(request: BrandRequest, answer: HttpResponseBase) -> None:
    """Each list that leaves the product is in the ledger, whoever wrote its view."""
    name = list_in(answer)
    if name and request.method != "HEAD":
        exporting.note_list(
            brand=request.brand,
            what=name,
            query=request.META["QUERY_STRING"],
            actor=request.user,
            at=timezone.now(),
        )


def brand_page(
    can: Can, *, post: Can | None = None
) -> Callable[
    [Callable[Concatenate[BrandRequest, P], HttpResponseBase]], Callable[..., HttpResponseBase]
]:
    """Give a view `request.brand` and `request.role`, and let in only those who may.

    The URL's `brand` (a slug) is taken by the decorator. Nobody logged in: the log-in page. A brand
    in which the user has no role: 404, as if it did not exist. A role without `can` (or `post`,
    where given, for anything but GET and HEAD): 403 with words. A place in a list that
    is none: 404.
    """

    def decorate(
        view: Callable[Concatenate[BrandRequest, P], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @login_required
        @wraps(view)
        def wrapped(
            plain: HttpRequest, brand: str, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            request = cast("BrandRequest", plain)
            found = (
                UserRole.objects.select_related("brand")
                .filter(user=request.user, brand__slug=brand)
                .first()
            )
            if found is None:
                msg = f"There is no brand “{brand}” among yours."
                raise Http404(msg)
            request.brand, request.role = found.brand, Role(found.role)
            needed = can if plain.method in {"GET", "HEAD"} else (post or can)
            if not may(request.role, needed):
                return refuse(request, needed)
            # Days and quarters are the brand's, on every page of it.
            with timezone.override(request.brand.timezone):
                try:
                    answer = view(request, *args, **kwargs)
                except Busy as busy:
                    return render(request, "crm/busy.html", {"reason": str(busy)}, status=409)
                except BadCursor as error:
                    raise Http404(str(error)) from error
                _tell_of_list(request, answer)
                return answer

        return wrapped

    return decorate
