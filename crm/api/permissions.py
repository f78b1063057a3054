"""What a token may do: what its scopes say, but never more than its user's role allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS, BasePermission

from crm.api.authentication import role_of
from crm.choices import Scope
from crm.models import ApiToken
from crm.permissions import Can, may, who_may

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView

NEEDS: dict[Scope, Can] = {
    Scope.CREATORS_READ: Can.VIEW,
    Scope.CREATORS_WRITE: Can.EDIT_CREATORS,
    Scope.CONTACTS_READ: Can.VIEW,
    Scope.CONTACTS_WRITE: Can.EDIT_CREATORS,
    Scope.RELATIONSHIPS_READ: Can.VIEW,
    Scope.RELATIONSHIPS_WRITE: Can.MOVE_STAGES,
    Scope.TASKS_READ: Can.VIEW,
    Scope.TASKS_WRITE: Can.WRITE_NOTES,
    Scope.OUTREACH_READ: Can.VIEW,
    Scope.OUTREACH_WRITE: Can.MANAGE_OUTREACH,
    Scope.IMPORTS_READ: Can.VIEW,
    Scope.IMPORTS_WRITE: Can.IMPORT_DATA,
    Scope.MAIL_READ: Can.READ_MAIL,
    Scope.MAIL_WRITE: Can.SEND_MAIL,
    Scope.APPLICATIONS_READ: Can.TRIAGE,
    Scope.APPLICATIONS_WRITE: Can.TRIAGE,
    Scope.OFFERS_READ: Can.VIEW,
    Scope.OFFERS_WRITE: Can.MAKE_OFFERS,
    Scope.CONVERSIONS_WRITE: Can.IMPORT_DATA,
    Scope.CAMPAIGNS_READ: Can.VIEW,
    Scope.CAMPAIGNS_WRITE: Can.PLAN_CAMPAIGNS,
    Scope.CAMPAIGNS_RUN: Can.RUN_CAMPAIGNS,
    Scope.RIGHTS_WRITE: Can.KEEP_RIGHTS,
    Scope.REGISTERS_WRITE: Can.KEEP_REGISTERS,
    Scope.POLICIES_WRITE: Can.EDIT_POLICIES,
    Scope.PAYMENTS_READ: Can.VIEW,
    Scope.PAYMENTS_WRITE: Can.PAY,
    Scope.LEGAL_READ: Can.VIEW,
    Scope.LEGAL_WRITE: Can.CLEAR_LEGAL,
    Scope.INCIDENTS_REPORT: Can.REPORT_INCIDENTS,
    Scope.PAUSES_WRITE: Can.PAUSE,
    Scope.PRIVACY_READ: Can.HANDLE_PRIVACY,
    Scope.PRIVACY_WRITE: Can.HANDLE_PRIVACY,
    Scope.SEGMENTS_READ: Can.VIEW,
    Scope.SEGMENTS_WRITE: Can.EDIT_SEGMENTS,
    Scope.SCORECARDS_READ: Can.VIEW,
    Scope.SERIES_READ: Can.VIEW,
    Scope.SERIES_WRITE: Can.KEEP_SERIES,
    Scope.EXPERIMENTS_READ: Can.VIEW,
    Scope.SCORES_READ: Can.VIEW,
    Scope.SCORES_WRITE: Can.EDIT_SCORES,
    Scope.EXPERIMENTS_WRITE: Can.RUN_EXPERIMENTS,
    Scope.RUNS_READ: Can.VIEW,
    Scope.RUNS_WRITE: Can.RUN_SEGMENTS,
    Scope.REVIEWS_READ: Can.VIEW,
    Scope.REVIEWS_WRITE: Can.REVIEW,
    Scope.JOBS_READ: Can.VIEW,
    Scope.JOBS_WRITE: Can.VIEW,
    Scope.AUDIT_READ: Can.READ_AUDIT,
    Scope.SETTINGS_READ: Can.VIEW,
    # Each part says who may change it (crm/api/settings.py).
    Scope.SETTINGS_WRITE: Can.VIEW,
    Scope.CONNECTORS_READ: Can.MANAGE_BRAND,
    Scope.CONNECTORS_WRITE: Can.MANAGE_BRAND,
    Scope.TOKENS_READ: Can.VIEW,
    Scope.TOKENS_WRITE: Can.VIEW,
    Scope.BRAND_EXPORT: Can.MANAGE_BRAND,
    Scope.WEBHOOKS_READ: Can.MANAGE_BRAND,
    Scope.WEBHOOKS_WRITE: Can.MANAGE_BRAND,
}


class HasScope(BasePermission):
    """A viewset names its `scope`, and its `write_scope` where it takes other methods than GET.

    An action that other people may do has a scope of its own in `write_scopes`. Where a page asks
    a role for another capability than the one behind the scope, `write_can` names it, and
    `write_cans` that of single actions: a token may do what its user may do on pages.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the token has the scope and its user's role the capability behind it."""
        token = request.auth
        if not isinstance(token, ApiToken):
            return False  # answered with 401
        if request.method not in view.allowed_methods:
            return True  # answered with 405, which says more
        scope = needed_scope(view, str(request.method))
        if scope.value not in token.scopes:
            self.message = f"This token lacks the scope {scope.value}."
            return False
        return self.role_may(token, needed_can(view, str(request.method)))

    def role_may(self, token: ApiToken, can: Can) -> bool:
        """Whether the role of the token's user has the capability; says why not."""
        role = role_of(token)
        if may(role, can):
            return True
        if role is None:
            self.message = f"{token.user} has no role in {token.brand} any more."
        else:
            self.message = f"{role.label} may not do this; {who_may(can)} may."
        return False


def needed_scope(view: APIView, method: str) -> Scope:
    """The scope that the view asks for this method."""
    if method in SAFE_METHODS:
        return Scope(view.scope)  # type: ignore[attr-defined] # of our views
    own = getattr(view, "write_scopes", {})
    return Scope(own.get(getattr(view, "action", None)) or view.write_scope)  # type: ignore[attr-defined]


def needed_can(view: APIView, method: str) -> Can:
    """What a role must be able to do for this method of the view."""
    if method not in SAFE_METHODS:
        own = getattr(view, "write_cans", {}).get(getattr(view, "action", None))
        if can := own or getattr(view, "write_can", None):
            return Can(can)
    return NEEDS[needed_scope(view, method)]
