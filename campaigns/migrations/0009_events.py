"""Events of campaigns, invitations to them, and links that answer one."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels

# What happened stays as it was written down; whose account or link it was is forgotten with it, and
# where two creators become one, what happened to one invitation goes on with the other.
KEEP = """
CREATE TRIGGER campaigns_invitation_event_kept BEFORE UPDATE ON campaigns_invitationevent
  FOR EACH ROW EXECUTE FUNCTION
  campaigns_keep_row('invitation_id', 'actor_id', 'link_id', 'message_id');
"""
LET_GO = """
DROP TRIGGER campaigns_invitation_event_kept ON campaigns_invitationevent;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0008_erasing"),
        ("crm", "0024_erasing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Event",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=120)),
                        ("place", models.CharField(max_length=120)),
                        ("address", models.CharField(blank=True, default="", max_length=300)),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("zone", models.CharField(max_length=60)),
                        ("capacity", models.PositiveIntegerField(blank=True, null=True)),
                        ("guests_max", models.PositiveSmallIntegerField(default=0)),
                        ("answer_by", models.DateField(blank=True, null=True)),
                        ("covers_travel", models.BooleanField(default=False)),
                        ("covers", models.CharField(blank=True, default="", max_length=300)),
                        ("notes", models.TextField(blank=True, default="", max_length=4000)),
                        ("hashtag", models.CharField(blank=True, default="", max_length=60)),
                        ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "cancelled_because",
                            models.CharField(blank=True, default="", max_length=300),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "campaign",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="events",
                                to="campaigns.campaign",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["starts_at", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["campaign", "starts_at", "id"], name="campaigns_event_list"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("name", ""), _negated=True),
                                    models.Q(("place", ""), _negated=True),
                                    models.Q(("zone", ""), _negated=True),
                                ),
                                name="campaigns_event_named",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                                name="campaigns_event_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("capacity", None), ("capacity__gt", 0), _connector="OR"
                                ),
                                name="campaigns_event_capacity",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("guests_max__lte", 20)),
                                name="campaigns_event_guests",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("cancelled_at", None), ("cancelled_because", "")),
                                    models.Q(
                                        ("cancelled_at__isnull", False),
                                        models.Q(("cancelled_because", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_event_cancelled",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EventInvitation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("invited", "Invited"),
                                    ("accepted", "Comes"),
                                    ("declined", "Does not come"),
                                    ("waiting", "On the waiting list"),
                                    ("offered", "Was offered a free place"),
                                    ("withdrawn", "Taken back"),
                                    ("attended", "Was there"),
                                    ("absent", "Did not come"),
                                ],
                                default="invited",
                                max_length=10,
                            ),
                        ),
                        ("state_since", models.DateTimeField(default=django.utils.timezone.now)),
                        ("guests", models.PositiveSmallIntegerField(default=0)),
                        ("waiting_since", models.DateTimeField(blank=True, null=True)),
                        (
                            "before_check_in",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("invited", "Invited"),
                                    ("accepted", "Comes"),
                                    ("declined", "Does not come"),
                                    ("waiting", "On the waiting list"),
                                    ("offered", "Was offered a free place"),
                                    ("withdrawn", "Taken back"),
                                    ("attended", "Was there"),
                                    ("absent", "Did not come"),
                                ],
                                default="",
                                max_length=10,
                            ),
                        ),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "engagement",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="invitations",
                                to="campaigns.engagement",
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="invitations",
                                to="campaigns.event",
                            ),
                        ),
                        (
                            "relationship",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.relationship",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["event", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["event", "state", "waiting_since", "id"],
                                name="campaigns_invitation_list",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("event", "relationship"), name="campaigns_invitation_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "before_check_in__in",
                                        [
                                            "",
                                            "invited",
                                            "accepted",
                                            "declined",
                                            "waiting",
                                            "offered",
                                            "withdrawn",
                                            "attended",
                                            "absent",
                                        ],
                                    ),
                                    (
                                        "state__in",
                                        [
                                            "invited",
                                            "accepted",
                                            "declined",
                                            "waiting",
                                            "offered",
                                            "withdrawn",
                                            "attended",
                                            "absent",
                                        ],
                                    ),
                                ),
                                name="campaigns_invitation_state",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("guests__lte", 20)),
                                name="campaigns_invitation_guests",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["waiting", "offered"]), _negated=True),
                                    ("waiting_since__isnull", False),
                                    _connector="OR",
                                ),
                                name="campaigns_invitation_waiting",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state__in", ["attended", "absent"]),
                                        models.Q(("before_check_in", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(
                                            ("state__in", ["attended", "absent"]), _negated=True
                                        ),
                                        ("before_check_in", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_invitation_checked",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EventPost",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "verdict",
                            models.CharField(
                                choices=[("yes", "From the event"), ("no", "Not from the event")],
                                max_length=3,
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "invitation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="posts",
                                to="campaigns.eventinvitation",
                            ),
                        ),
                        (
                            "post",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.post",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["invitation", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("invitation", "post"), name="campaigns_event_post_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("verdict__in", ["yes", "no"])),
                                name="campaigns_event_post_verdict",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InvitationEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "act",
                            models.CharField(
                                choices=[
                                    ("invite", "Invite"),
                                    ("send", "Sent the invitation"),
                                    ("accept", "Comes"),
                                    ("decline", "Does not come"),
                                    ("wait", "Put on the waiting list"),
                                    ("offer", "Offer the free place"),
                                    ("withdraw", "Take back"),
                                    ("check_in", "Was there"),
                                    ("miss", "Did not come"),
                                    ("undo", "Undo the check-in"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("guests", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("note", models.CharField(blank=True, default="", max_length=500)),
                        (
                            "actor",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "invitation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="acts",
                                to="campaigns.eventinvitation",
                            ),
                        ),
                        (
                            "link",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="campaigns.guestlink",
                            ),
                        ),
                        (
                            "message",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.message",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["invitation", "at", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "act__in",
                                        [
                                            "invite",
                                            "send",
                                            "accept",
                                            "decline",
                                            "wait",
                                            "offer",
                                            "withdraw",
                                            "check_in",
                                            "miss",
                                            "undo",
                                        ],
                                    )
                                ),
                                name="campaigns_invitation_act",
                            )
                        ],
                    },
                ),
            ]
        ),
        migrations.RemoveConstraint(
            model_name="guestlink",
            name="campaigns_guest_opens_one",
        ),
        migrations.AlterField(
            model_name="guestlink",
            name="kind",
            field=models.CharField(
                choices=[
                    ("portal", "A creator's pages in a campaign"),
                    ("reviewer", "The review of a piece of content"),
                    ("report", "The report of a campaign"),
                    ("event", "An invitation to an event"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="guestlink",
            name="invitation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="guest_links",
                to="campaigns.eventinvitation",
            ),
        ),
        migrations.AddConstraint(
            model_name="guestlink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("campaign", None),
                        ("deliverable", None),
                        ("engagement__isnull", False),
                        ("invitation", None),
                        ("kind", "portal"),
                    ),
                    models.Q(
                        ("campaign", None),
                        ("deliverable__isnull", False),
                        ("engagement", None),
                        ("invitation", None),
                        ("kind", "reviewer"),
                    ),
                    models.Q(
                        ("campaign__isnull", False),
                        ("deliverable", None),
                        ("engagement", None),
                        ("invitation", None),
                        ("kind", "report"),
                    ),
                    models.Q(
                        ("campaign", None),
                        ("deliverable", None),
                        ("engagement", None),
                        ("invitation__isnull", False),
                        ("kind", "event"),
                    ),
                    _connector="OR",
                ),
                name="campaigns_guest_opens_one",
            ),
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
