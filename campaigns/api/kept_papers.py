"""Files that were kept with records: signed contracts, permits, invoices, receipts."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from django.http import FileResponse, Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from campaigns.models import ContractAcceptance, Donation, Invoice, Permit
from campaigns.services.causes.papers import STORE as RECEIPTS
from campaigns.services.contracts.files import STORE as CONTRACTS
from campaigns.services.payments.invoices import STORE as INVOICES
from campaigns.services.registers.papers import STORE as PERMITS
from crm.api.base import ID, BrandViewSet
from crm.choices import Scope

M = TypeVar("M", bound=Model)


class _PaperViewSet(BrandViewSet[M]):
    """The file of a row, as it was kept: rows have `file_sha256`, `file_name`."""

    lookup_value_regex = ID
    http_method_names = ["get", "head"]
    store: ClassVar[Any]

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def paper(self, request: Request, pk: str) -> FileResponse:
        """The file, as a download; 404 where none was kept."""
        found: Any = self.kept(int(pk)).exclude(file_sha256="").first()
        if found is None or not self.store.has(self.brand.pk, found.file_sha256):
            raise Http404
        # Never shown in place: whoever sent it chose its bytes.
        return FileResponse(
            self.store.open(self.brand.pk, found.file_sha256),
            as_attachment=True,
            filename=found.file_name,
            content_type="application/octet-stream",
        )

    def kept(self, pk: int) -> QuerySet[M]:
        """Rows of the token's brand with the file of the record `pk`."""
        return self.get_queryset().filter(pk=pk)


class SignedContractViewSet(_PaperViewSet[ContractAcceptance]):
    """What was signed on paper."""

    scope = Scope.CAMPAIGNS_READ
    queryset = ContractAcceptance.objects.none()
    store = CONTRACTS

    def kept(self, pk: int) -> QuerySet[ContractAcceptance]:
        """The acceptance of a contract."""
        return ContractAcceptance.objects.filter(
            version__contract__brand=self.brand, version__contract=pk
        )


class PermitPaperViewSet(_PaperViewSet[Permit]):
    """The paper itself."""

    scope = Scope.LEGAL_READ
    queryset = Permit.objects.none()
    store = PERMITS

    def get_queryset(self) -> QuerySet[Permit]:
        """Papers of the token's brand that nobody put away."""
        return Permit.objects.in_use().filter(brand=self.brand)


class InvoiceFileViewSet(_PaperViewSet[Invoice]):
    """An invoice as it came."""

    scope = Scope.PAYMENTS_READ
    queryset = Invoice.objects.none()
    store = INVOICES

    def get_queryset(self) -> QuerySet[Invoice]:
        """Invoices of the token's brand."""
        return Invoice.objects.filter(brand=self.brand)


class DonationReceiptViewSet(_PaperViewSet[Donation]):
    """What proves a donation."""

    scope = Scope.CAMPAIGNS_READ
    queryset = Donation.objects.none()
    store = RECEIPTS

    def get_queryset(self) -> QuerySet[Donation]:
        """Donations of the token's brand."""
        return Donation.objects.filter(brand=self.brand)
