"""The page behind the link in each mail: whoever has the link may leave, without logging in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from crm.models import Brand
from crm.outreach import unsubscribing
from crm.services.outreach.suppressions import opt_out

TEMPLATE = "crm/outreach/unsubscribe.html"


# A mail programme sends the POST by itself, without a page of ours before it (RFC 8058). The link
# is the proof, and all it can do is to stop mail. A GET changes nothing: mail filters follow links.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether to leave; leave."""
    try:
        if request.method == "POST":
            brand = opt_out(token=token, at=timezone.now())
            return render(request, TEMPLATE, {"left": brand, "token": token})
        name = Brand.objects.filter(pk=unsubscribing.read(token).brand_id).first()
    except unsubscribing.BadToken as error:
        return render(request, TEMPLATE, {"problem": str(error)}, status=404)
    return render(request, TEMPLATE, {"from_brand": name, "token": token})
