"""What a change to many creators is: made of a job's parameters, undone by what its rows hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from crm.models import Brand
from crm.registry import Registry
from crm.services.bulk.batches import Batch, Outcome

Params = Mapping[str, Any]
Outcomes = dict[int, Outcome]


class BulkRefused(Exception):
    """Nothing is changed; the message is fit for the user, `field` is what it is about."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class Change(Protocol):
    """One change to many creators: decided for each by the rules for one, written for all."""

    @classmethod
    def of(cls, brand: Brand, params: Params) -> Change:
        """The change that the parameters of a job describe. Raises BulkRefused."""

    def words(self, who: str) -> str:
        """What it does to `who` ("12 creators"), as the title of its job."""

    def make(self, batch: Batch) -> Outcomes:
        """Change those of the batch who can be; what became of each."""

    @staticmethod
    def put_back(batch: Batch) -> Outcomes:
        """Undo what `batch.done` says was done, but for those who were changed since.

        What the change was made of (an owner, a choice of a list) need not be there any more.
        """


CHANGES: Registry[type[Change]] = Registry()


def kind_of(params: Params) -> type[Change]:
    """The kind of change that the parameters name. Raises BulkRefused."""
    key = str(params.get("change", ""))
    if key not in CHANGES:
        raise BulkRefused("Choose what to change.", "change")
    return CHANGES[key]


def made(brand: Brand, params: Params) -> Change:
    """The change that the parameters of a job describe. Raises BulkRefused."""
    return kind_of(params).of(brand, params)
