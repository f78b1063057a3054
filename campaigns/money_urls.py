"""Pages about money: what is owed and paid, bills, rates, and what came back for it."""

from __future__ import annotations

from django.urls import path

from campaigns.views.payments import commissions, invoices, lists, payables, rates
from campaigns.views.returns import pages, values

urlpatterns = [
    path("payments/", lists.payments, name="payments"),
    path("payments/export.<format:form>", lists.export, name="payments_export"),
    path("payments/look/", lists.look, name="payments_look"),
    path("payments/invoices/", invoices.invoices, name="invoices"),
    path("payments/invoices/new/", invoices.new, name="invoice_new"),
    path("payments/invoices/<int:pk>/", invoices.invoice, name="invoice"),
    path("payments/invoices/<int:pk>/file/", invoices.file, name="invoice_file"),
    path("payments/invoices/<int:pk>/for/", invoices.attach, name="invoice_attach"),
    path("payments/invoices/<int:pk>/aside/", invoices.set_aside, name="invoice_aside"),
    path("payments/rates/", rates.rates, name="rates"),
    path("payments/rates/file/", rates.import_rates, name="rates_import"),
    path("payments/rules/", rates.rules, name="pay_rules"),
    path("payments/commissions/", commissions.commissions, name="commissions"),
    path("payments/commissions/state/", commissions.state, name="commissions_state"),
    path("payments/commissions/<int:pk>/", commissions.commission, name="commission"),
    path("payments/commissions/<int:pk>/end/", commissions.end, name="commission_end"),
    path(
        "payments/commissions/<int:pk>/statements/<int:number>/",
        commissions.statement,
        name="commission_statement",
    ),
    path("campaigns/<slug:key>/money/commission/", commissions.agree, name="commission_new"),
    path("payments/<int:pk>/", payables.payable, name="payable"),
    path("payments/<int:pk>/acts/<slug:act>/", payables.act, name="payable_act"),
    path("campaigns/<slug:key>/money/", lists.money, name="campaign_money"),
    path("campaigns/<slug:key>/returns/", pages.returns, name="campaign_returns"),
    path("returns/concentration/", pages.concentration, name="concentration"),
    path("returns/values/", values.values, name="media_values"),
    path("returns/weights/", values.weights, name="weights"),
    path("returns/channels/", values.channels, name="channels"),
    path("returns/channels/<int:pk>/remove/", values.remove_channel, name="channel_remove"),
]
