"""What happened: the tamper-evident audit ledger and the outbox of changed facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from crm.models.brands import Brand, User
from crm.models.creators import Creator

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

HASH = "^[0-9a-f]{64}$"
# What is shown in place of a text that was erased.
ERASED = "(erased)"


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Entries of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class AuditEntryManager(models.Manager["AuditEntry"]):
    def get_queryset(self) -> AuditEntryQuerySet:
        """Entries with their texts: hardly anybody reads one without the other."""
        return AuditEntryQuerySet(self.model, using=self._db).select_related("text")


class AuditEntry(models.Model):
    """One act in a brand's ledger. Each entry holds the hash of the one before (crm/audit).

    The database refuses to change or delete one, whoever asks. What is personal is in its text,
    which may be erased: the entry holds the digest of it.
    """

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, db_index=False, related_name="+")
    number = models.BigIntegerField()
    at = models.DateTimeField()
    # Stays when the account goes: it is hashed, and a number alone tells nothing about a person.
    actor = models.ForeignKey(
        User,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        blank=True,
        related_name="+",
    )
    verb = models.CharField(max_length=60)
    target_type = models.CharField(max_length=40)
    target_id = models.BigIntegerField(null=True, blank=True)
    # Numbers, days, states and keys of the product (crm/audit/facts.py): nothing personal.
    facts = models.JSONField(default=dict)
    text_digest = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = AuditEntryManager.from_queryset(AuditEntryQuerySet)()

    class Meta:
        ordering = ["brand", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "number"], name="crm_audit_number_once"),
            models.CheckConstraint(
                name="crm_audit_hashes_whole",
                condition=models.Q(
                    text_digest__regex=HASH, previous_hash__regex=HASH, hash__regex=HASH
                ),
            ),
        ]
        indexes = [
            # The history of one record.
            models.Index(
                fields=["brand", "target_type", "target_id", "-number"], name="crm_audit_by_target"
            ),
            # Which texts were erased by right, asked at each erasure: a handful of rows.
            models.Index(
                fields=["brand", "number"],
                condition=models.Q(verb="crm.ledger.text_erased"),
                name="crm_audit_erasures",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.verb}"

    @property
    def words(self) -> AuditText | None:
        """Its text; None where that was erased."""
        found: AuditText | None = getattr(self, "text", None)
        return found

    @property
    def actor_label(self) -> str:
        """Who did it, as they were called then."""
        return self.words.actor_label if self.words else ERASED

    @property
    def target_label(self) -> str:
        """What it was done to, as it was called then."""
        return self.words.target_label if self.words else ERASED

    @property
    def data(self) -> dict[str, Any]:
        """All details that there are, those that may be erased among them."""
        found: dict[str, Any] = dict(self.facts)
        return found | (self.words.personal if self.words else {})


class AuditText(models.Model):
    """The personal part of an entry: names, addresses, free text. Erased only by a logged act.

    The entry's digest of it is salted, so that nobody finds out by trying names what was erased.
    """

    entry = models.OneToOneField(
        AuditEntry, on_delete=models.PROTECT, primary_key=True, related_name="text"
    )
    salt = models.CharField(max_length=32)
    actor_label = models.CharField(max_length=254)
    target_label = models.CharField(max_length=200, blank=True, default="")
    personal = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.target_label


class LedgerKey(models.Model):
    """The public half of a key that signs checkpoints; the other half is a file of its owner."""

    fingerprint = models.CharField(max_length=64, unique=True)
    public_key = models.CharField(max_length=44)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.fingerprint[:16]


class LedgerCheckpoint(models.Model):
    """How far a brand's ledger was at a moment, signed, to be kept where we cannot change it."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, db_index=False, related_name="+")
    number = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    key = models.ForeignKey(LedgerKey, on_delete=models.PROTECT, db_index=False, related_name="+")
    signature = models.CharField(max_length=88)

    class Meta:
        ordering = ["brand", "-number", "-pk"]
        constraints = [
            # Also how the newest of a brand is found.
            models.UniqueConstraint(
                fields=["brand", "number", "key"], name="crm_ledger_checkpoint_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brand_id}: {self.number}"


class LedgerKeeping(models.Model):
    """Where a brand's checkpoints are mailed to, so that somebody else has them."""

    brand = models.OneToOneField(Brand, on_delete=models.CASCADE, related_name="+")
    address = models.EmailField(blank=True, default="")

    def __str__(self) -> str:
        return f"{self.brand_id}"


class LedgerOrigin(models.Model):
    """A brand came from another installation with its ledger, and rows have other numbers here.

    Entries up to `number` (behind those of the origin before) hold hashes over the numbers that
    rows had there. A row here has the number there plus `shift`; those of the brand, of accounts
    and of words that all brands share are in `keys`: {"crm.user": {"7": 3}}, here and there.
    """

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, db_index=False, related_name="+")
    number = models.BigIntegerField()
    shift = models.BigIntegerField()
    keys = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        ordering = ["brand", "number"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "number"], name="crm_ledger_origin_once"),
            models.CheckConstraint(
                name="crm_ledger_origin_numbers",
                condition=models.Q(number__gte=0, shift__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brand_id}: {self.number}"


class FactChange(models.Model):
    """Outbox: facts of a creator for a brand may have changed; segmentation takes these rows.

    Without a creator: of all the brand's creators. Without a brand: for every brand of the creator.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, null=True, related_name="+")
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, null=True, related_name="+")
    cause = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="crm_fact_change_of_something",
                condition=models.Q(brand__isnull=False) | models.Q(creator__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.brand_id}/{self.creator_id}"
