"""Mail templates: make one, say something else from now on, take it out of use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypedDict

from django.db import IntegrityError, transaction

from crm import audit
from crm.choices import MailPurpose, Stage
from crm.models import Brand, MailTemplate, MailTemplateVersion, Relationship, User
from crm.models.mail_templates import BODY_MAX, SUBJECT_MAX
from crm.outreach import merge_fields
from crm.outreach.merge_fields import PERSONAL_LINE, MergeField
from crm.outreach.parts import AUDIENCES
from crm.services.outreach.values import fields_of, values_of

NAME_MAX = 120
DESCRIPTION_MAX = 300
TEMPLATES_MAX = 500


class TemplateRefused(Exception):
    """Nothing is saved; the message is fit for the user, `field` says where."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class About(TypedDict, total=False):
    """What a template is for; what is left out stays as it is."""

    name: str
    description: str
    purpose: MailPurpose
    stage: Stage | str
    audience: str


class Rendered(NamedTuple):
    """A mail for one creator, and the fields that are empty for them."""

    subject: str
    body: str
    missing: tuple[MergeField, ...]

    @property
    def problem(self) -> str:
        """Why it cannot be sent like this; empty where it can."""
        return " ".join(f"“{field.label}” is empty: {field.if_empty}." for field in self.missing)


@transaction.atomic
def make_template(
    *, brand: Brand, about: About, subject: str, body: str, at: datetime, actor: User | None
) -> MailTemplate:
    """A new template with its first version. Raises TemplateRefused."""
    if MailTemplate.objects.filter(brand=brand).in_use().count() >= TEMPLATES_MAX:
        raise TemplateRefused(f"A brand has at most {TEMPLATES_MAX} templates in use.")
    template = MailTemplate(brand=brand, created_at=at)
    _describe(template, about)
    _save(template)
    version = _add_version(template, subject, body, at, actor)
    _record(template, "crm.mail_template.made", at, actor, {"version": version.number})
    return template


@transaction.atomic
def change_template(
    *,
    template_id: int,
    about: About,
    subject: str,
    body: str,
    at: datetime,
    actor: User | None,
) -> MailTemplate:
    """Another text is a new version; sequences keep theirs until they are saved anew."""
    template = _locked(template_id)
    before = {name: getattr(template, name) for name in About.__annotations__}
    _describe(template, about)
    _save(template)
    newest = newest_version(template)
    changes: dict[str, object] = {
        name: [value, getattr(template, name)]
        for name, value in before.items()
        if value != getattr(template, name)
    }
    # A text that was fit for another purpose may not be for this one.
    _check_text(template, subject.strip(), body.strip())
    if (newest.subject, newest.body) != (subject.strip(), body.strip()):
        version = _add_version(template, subject, body, at, actor)
        changes["version"] = [newest.number, version.number]
    if changes:
        _record(template, "crm.mail_template.changed", at, actor, changes)
    return template


@transaction.atomic
def archive_template(*, template_id: int, at: datetime, actor: User | None) -> MailTemplate:
    """Take it out of use: nobody picks it any more; sequences that have it keep it."""
    template = _locked(template_id)
    if template.archived_at is None:
        template.archived_at = at
        template.save(update_fields=["archived_at"])
        _record(template, "crm.mail_template.archived", at, actor, {})
    return template


@transaction.atomic
def restore_template(*, template_id: int, at: datetime, actor: User | None) -> MailTemplate:
    """Bring it back. Raises TemplateRefused where its name is taken meanwhile."""
    template = _locked(template_id)
    if template.archived_at is not None:
        template.archived_at = None
        _save(template)
        _record(template, "crm.mail_template.restored", at, actor, {})
    return template


def newest_version(template: MailTemplate) -> MailTemplateVersion:
    """What it says now."""
    return template.versions.order_by("-number")[0]


def render(
    version: MailTemplateVersion,
    values: Mapping[str, str],
    fields: Mapping[str, MergeField],
) -> Rendered:
    """The mail with these values."""
    subject = merge_fields.fill(version.subject, values, fields)
    body = merge_fields.fill(version.body, values, fields)
    missing = {field.key: field for field in (*subject.missing, *body.missing)}
    return Rendered(" ".join(subject.text.split()), body.text, tuple(missing.values()))


def render_for(
    version: MailTemplateVersion,
    relationships: Sequence[Relationship],
    *,
    brand: Brand,
    sender: User | None,
    at: datetime,
    personal_lines: Mapping[int, str] | None = None,
) -> dict[int, Rendered]:
    """The mail for each of these creators, by relationship: as many queries for one as for all."""
    fields = fields_of(brand)
    ids = [relationship.pk for relationship in relationships]
    keys = merge_fields.used(f"{version.subject}\n{version.body}")
    values = values_of(ids, brand=brand, sender=sender, keys=keys, at=at)
    lines = personal_lines or {}
    return {
        pk: render(version, {**held, PERSONAL_LINE: lines.get(pk, "")}, fields)
        for pk, held in values.items()
    }


def check_audience(audience: str, brand: Brand) -> str:
    """What is wrong with the name of an audience; empty where it names one of the brand's."""
    if not audience:
        return ""
    kind, _, key = audience.partition(":")
    if kind in AUDIENCES and key in dict(AUDIENCES[kind].choices(brand)):
        return ""
    return f"There is no audience “{audience[:60]}”."


def _describe(template: MailTemplate, about: About) -> None:
    template.name = " ".join(about.get("name", template.name).split())
    template.description = " ".join(about.get("description", template.description).split())
    template.purpose = about.get("purpose", template.purpose)
    template.stage = about.get("stage", template.stage)
    if not template.name:
        raise TemplateRefused("Give the template a name.", "name")
    if len(template.name) > NAME_MAX:
        raise TemplateRefused(f"The name has more than {NAME_MAX} characters.", "name")
    if len(template.description) > DESCRIPTION_MAX:
        raise TemplateRefused(
            f"The description has more than {DESCRIPTION_MAX} characters.", "description"
        )
    audience = about.get("audience", template.audience)
    if audience != template.audience and (problem := check_audience(audience, template.brand)):
        raise TemplateRefused(problem, "audience")
    template.audience = audience


def _save(template: MailTemplate) -> None:
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError as error:
        if "crm_mail_template_name_once" not in str(error):
            raise
        raise TemplateRefused(f"There is a template “{template.name}” already.", "name") from error


def _add_version(
    template: MailTemplate, subject: str, body: str, at: datetime, actor: User | None
) -> MailTemplateVersion:
    subject, body = subject.strip(), body.strip().replace("\r\n", "\n")
    _check_text(template, subject, body)
    last = template.versions.order_by("-number").first()
    return MailTemplateVersion.objects.create(
        template=template,
        number=last.number + 1 if last else 1,
        subject=subject,
        body=body,
        author=actor,
        created_at=at,
    )


def _check_text(template: MailTemplate, subject: str, body: str) -> None:
    if not subject or "\n" in subject or "\r" in subject:
        raise TemplateRefused("The subject is one line of text.", "subject")
    if len(subject) > SUBJECT_MAX:
        raise TemplateRefused(f"The subject has more than {SUBJECT_MAX} characters.", "subject")
    if not body:
        raise TemplateRefused("The mail is empty.", "body")
    if len(body) > BODY_MAX:
        raise TemplateRefused(f"The mail has more than {BODY_MAX:,} characters.", "body")
    known = fields_of(template.brand)
    for where, text in (("subject", subject), ("body", body)):
        found = merge_fields.faults(text, known)
        if found:
            first = found[0]
            more = f" ({len(found) - 1} more like it.)" if len(found) > 1 else ""
            place = f"Line {first.line}, character {first.column}: " if where == "body" else ""
            raise TemplateRefused(f"{place}{first.text}{more}", where)
    if template.purpose == MailPurpose.FIRST and PERSONAL_LINE not in merge_fields.used(body):
        raise TemplateRefused(
            "A first mail needs {{personal_line}}: what is said to this creator alone.", "body"
        )


def _locked(template_id: int) -> MailTemplate:
    return (
        MailTemplate.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand")
        .get(pk=template_id)
    )


def _record(
    template: MailTemplate,
    verb: str,
    at: datetime,
    actor: User | None,
    data: dict[str, object],
) -> None:
    audit.record(brand=template.brand, verb=verb, target=template, actor=actor, at=at, data=data)
