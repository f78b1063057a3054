"""Mail templates: what they say now, and saying something else from now on."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.refusals import refusals
from crm.choices import MailPurpose, Scope, Stage
from crm.models import MailTemplate, MailTemplateVersion
from crm.models.mail_templates import BODY_MAX, SUBJECT_MAX
from crm.paging import Order
from crm.services.outreach import templates as service

ORDER = Order("mail-templates", key="id")
COLUMNS = (
    "id",
    "name",
    "description",
    "purpose",
    "stage",
    "audience",
    "created_at",
    "archived_at",
    "version",
    "subject",
    "body",
)


class MailTemplateSerializer(serializers.Serializer[Any]):
    """A mail written once; `version` counts its texts."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    description = serializers.CharField(allow_null=True)
    purpose = serializers.ChoiceField(choices=MailPurpose.choices)
    stage = serializers.ChoiceField(choices=Stage.choices, allow_null=True)
    audience = serializers.CharField(allow_null=True, help_text="E.g. `segment:educators`.")
    version = serializers.IntegerField()
    subject = serializers.CharField()
    body = serializers.CharField()
    created_at = serializers.DateTimeField()
    archived_at = serializers.DateTimeField(allow_null=True)


class MailTemplateChange(Body):
    """What to change; what is left out stays. Another text is a new version."""

    name = serializers.CharField(max_length=service.NAME_MAX, required=False)
    description = serializers.CharField(
        max_length=service.DESCRIPTION_MAX, required=False, allow_blank=True
    )
    purpose = serializers.ChoiceField(choices=MailPurpose.choices, required=False)
    stage = serializers.ChoiceField(
        choices=Stage.choices, required=False, allow_blank=True, help_text="Empty: any."
    )
    audience = serializers.CharField(max_length=120, required=False, allow_blank=True)
    subject = serializers.CharField(max_length=SUBJECT_MAX, required=False)
    body = serializers.CharField(
        max_length=BODY_MAX,
        required=False,
        trim_whitespace=False,
        help_text="Fields such as {{first_name}} are filled in; an unknown one is refused.",
    )


class NewMailTemplate(MailTemplateChange):
    """A template."""

    name = serializers.CharField(max_length=service.NAME_MAX)
    subject = serializers.CharField(max_length=SUBJECT_MAX)
    body = serializers.CharField(max_length=BODY_MAX, trim_whitespace=False)


class MailTemplateViewSet(BrandViewSet[MailTemplate]):
    """Mail templates of the brand."""

    scope = Scope.OUTREACH_READ
    write_scope = Scope.OUTREACH_WRITE
    queryset = MailTemplate.objects.none()
    serializer_class = MailTemplateSerializer
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[MailTemplate]:
        """Templates of the token's brand, each with its newest text."""
        newest = MailTemplateVersion.objects.filter(template=OuterRef("pk")).order_by("-number")
        return MailTemplate.objects.filter(brand=self.brand).annotate(
            version=Subquery(newest.values("number")[:1]),
            subject=Subquery(newest.values("subject")[:1]),
            body=Subquery(newest.values("body")[:1]),
        )

    def list(self, request: Request) -> Response:
        """Templates in the order in which they were made, archived ones too."""
        return self.page(self.get_queryset().values(*COLUMNS), order=ORDER, represent=rows)

    @extend_schema(responses=MailTemplateSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One template."""
        return Response(self._shown(pk))

    @extend_schema(
        request=NewMailTemplate,
        responses={201: MailTemplateSerializer},
        examples=[
            OpenApiExample(
                "A first mail",
                value={
                    "name": "Hello",
                    "purpose": "first",
                    "subject": "Working together?",
                    "body": "Hi {{first_name}},\n\n{{personal_line}}\n\nShall we talk?",
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Write a template."""
        body = NewMailTemplate(data=request.data)
        body.is_valid(raise_exception=True)
        about: dict[str, Any] = dict(body.validated_data)
        text = {name: about.pop(name) for name in ("subject", "body")}
        with refusals(service.TemplateRefused, body=body):
            made = service.make_template(
                brand=self.brand,
                about=cast("service.About", about),
                at=timezone.now(),
                actor=self.actor,
                **text,
            )
        return Response(self._shown(made.pk), status=201)

    @extend_schema(request=MailTemplateChange, responses=MailTemplateSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a template; sequences that have it keep the version they were saved with."""
        now = self._shown(pk)
        body = MailTemplateChange(data=request.data)
        body.is_valid(raise_exception=True)
        about: dict[str, Any] = dict(body.validated_data)
        text = {name: about.pop(name, now[name]) for name in ("subject", "body")}
        with refusals(service.TemplateRefused, body=body):
            service.change_template(
                template_id=now["id"],
                about=cast("service.About", about),
                at=timezone.now(),
                actor=self.actor,
                **text,
            )
        return Response(self._shown(pk))

    @extend_schema(request=None, responses=MailTemplateSerializer)
    def archive(self, request: Request, pk: str) -> Response:
        """Take it out of use."""
        row = self._shown(pk)
        service.archive_template(template_id=row["id"], at=timezone.now(), actor=self.actor)
        return Response(self._shown(pk))

    def _shown(self, pk: int | str) -> Row:
        return rows([self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))])[0]


def rows(found: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    may_be_empty = ("description", "stage", "audience")
    return [
        {name: (row[name] or None if name in may_be_empty else row[name]) for name in COLUMNS}
        for row in found
    ]
