"""The document of the API, as programs and its page ask for it: made once in each process.

To make it takes seconds of the processor, and whoever finds the address may ask for it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request


@cache
def document() -> dict[str, Any]:
    """What docs/openapi.yaml says, of the code that runs; nobody may change what comes out."""
    made: dict[str, Any] = SchemaGenerator().get_schema(  # type: ignore[no-untyped-call]
        request=None, public=True
    )
    return made


@cache
def _written(media_type: str) -> str | bytes:
    known = {one.media_type: one for one in SpectacularAPIView.renderer_classes}
    return known[media_type]().render(document(), renderer_context={})


class DocumentView(SpectacularAPIView):
    """The document as YAML or as JSON, whichever is asked for."""

    def _get_schema_response(self, request: Request) -> HttpResponse:
        renderer = request.accepted_renderer
        name = self._get_filename(request, version=None)  # type: ignore[no-untyped-call]
        return HttpResponse(
            _written(renderer.media_type),
            content_type=renderer.media_type,
            headers={"Content-Disposition": f'inline; filename="{name}"'},
        )
