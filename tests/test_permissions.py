"""Who may do what, for every page of a brand: role x page x method, outsiders and strangers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID
from zlib import crc32

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from crm.choices import Role
from crm.models import AuditEntry, Brand
from crm.permissions import CAPABILITIES, Can, may, who_may
from tests.factories import CreatorFactory, RelationshipFactory
from tests.people import logged_in, person

pytestmark = pytest.mark.django_db

UID = UUID("11111111-2222-4333-8444-555555555555")
NOTHING = 2**40

EVERYBODY = frozenset(Role)
NOBODY: frozenset[Role] = frozenset()
STRATEGIST, MANAGER, ANALYST, LEGAL, ADMIN = (
    Role.STRATEGIST,
    Role.MANAGER,
    Role.ANALYST,
    Role.LEGAL,
    Role.ADMIN,
)
IMPORTERS = frozenset({STRATEGIST, MANAGER, ADMIN})
READERS = frozenset({STRATEGIST, MANAGER, LEGAL, ADMIN})
MOVERS = frozenset({MANAGER, ADMIN})
LAWYERS = frozenset({LEGAL, ADMIN})
KEEPERS = frozenset({MANAGER, LEGAL, ADMIN})
RUNNERS = frozenset({STRATEGIST, ANALYST, ADMIN})
COUNTERS = frozenset({STRATEGIST, MANAGER, ANALYST, ADMIN})
STRATEGISTS = frozenset({STRATEGIST, ADMIN})
ADMINS = frozenset({ADMIN})
REPORTERS = frozenset({STRATEGIST, MANAGER, LEGAL, ADMIN})
POLICY_WRITERS = frozenset({STRATEGIST, LEGAL, ADMIN})
REVIEWERS = frozenset({STRATEGIST, MANAGER, ANALYST, ADMIN})


@dataclass(frozen=True)
class Access:
    """Who may look at a page and who may send to it; None where it takes no such request."""

    get: frozenset[Role] | None
    post: frozenset[Role] | None = None


PAGES = {
    "crm:overview": Access(EVERYBODY),
    "crm:day": Access(EVERYBODY),
    "crm:day_section": Access(EVERYBODY),
    "crm:day_undo": Access(None, EVERYBODY),
    "crm:privacy": Access(LAWYERS, LAWYERS),
    "crm:privacy_request": Access(LAWYERS),
    "crm:privacy_act": Access(None, LAWYERS),
    "crm:privacy_creator": Access(LAWYERS),
    "crm:privacy_notices": Access(LAWYERS, LAWYERS),
    "crm:privacy_untold": Access(None, LAWYERS),
    "crm:privacy_retention": Access(LAWYERS, ADMINS),
    "crm:privacy_decide": Access(None, LAWYERS),
    "crm:privacy_settings": Access(LAWYERS, LAWYERS),
    "crm:privacy_text": Access(None, LAWYERS),
    "crm:privacy_copy": Access(None, LAWYERS),
    "crm:privacy_erase": Access(LAWYERS, LAWYERS),
    "crm:privacy_lift": Access(None, LAWYERS),
    "crm:day_finish": Access(None, EVERYBODY),
    "crm:day_snooze": Access(None, EVERYBODY),
    "crm:tasks": Access(EVERYBODY, EVERYBODY),
    "crm:task": Access(EVERYBODY, EVERYBODY),
    "crm:task_done": Access(None, EVERYBODY),
    "crm:task_delete": Access(None, EVERYBODY),
    "crm:creator_tasks": Access(EVERYBODY, EVERYBODY),
    "crm:note": Access(EVERYBODY, EVERYBODY),
    "crm:note_delete": Access(None, EVERYBODY),
    "crm:note_restore": Access(None, EVERYBODY),
    "crm:people": Access(EVERYBODY),
    "crm:notifications": Access(EVERYBODY),
    "crm:notifications_bell": Access(EVERYBODY),
    "crm:notifications_read": Access(None, EVERYBODY),
    "crm:notification": Access(EVERYBODY),
    "crm:me": Access(EVERYBODY, EVERYBODY),
    "crm:own_name": Access(None, EVERYBODY),
    "crm:calendar_new": Access(None, EVERYBODY),
    "crm:calendar_revoke": Access(None, EVERYBODY),
    "crm:applications": Access(MOVERS),
    "crm:applications_export": Access(MOVERS),
    "crm:applications_export_xlsx": Access(MOVERS),
    "crm:application": Access(MOVERS),
    "crm:application_accept": Access(None, MOVERS),
    "crm:application_decline": Access(None, MOVERS),
    "crm:application_spam": Access(None, MOVERS),
    "crm:application_undo": Access(None, MOVERS),
    "crm:application_take_up": Access(None, MOVERS),
    "crm:application_erase": Access(None, MOVERS),
    "crm:application_page": Access(MOVERS, ADMINS),
    "crm:stage_limits": Access(ADMINS, ADMINS),
    "crm:creators": Access(EVERYBODY),
    "crm:creators_export": Access(EVERYBODY),
    "crm:creators_export_xlsx": Access(EVERYBODY),
    "crm:creators_export_later": Access(None, EVERYBODY),
    "crm:creators_enrol": Access(None, IMPORTERS),
    "crm:creators_many": Access(None, MOVERS),
    "crm:saved_views": Access(EVERYBODY, EVERYBODY),
    "crm:saved_view": Access(EVERYBODY, EVERYBODY),
    "crm:saved_view_act": Access(None, EVERYBODY),
    "crm:jobs": Access(EVERYBODY),
    "crm:jobs_bar": Access(EVERYBODY),
    "crm:job": Access(EVERYBODY),
    "crm:job_rows": Access(EVERYBODY),
    "crm:job_file": Access(EVERYBODY),
    "crm:job_stop": Access(None, EVERYBODY),
    "crm:job_undo": Access(None, EVERYBODY),
    "crm:job_seen": Access(None, EVERYBODY),
    "crm:search": Access(EVERYBODY),
    "crm:creator_new": Access(MOVERS, MOVERS),
    "crm:creator": Access(EVERYBODY),
    "crm:creator_edit": Access(MOVERS, MOVERS),
    "crm:creator_fact": Access(EVERYBODY, MOVERS),
    "crm:creator_similar": Access(EVERYBODY),
    "crm:creator_timeline": Access(EVERYBODY),
    "crm:creator_timeline_export": Access(EVERYBODY),
    "crm:contacts": Access(EVERYBODY, MOVERS),
    "crm:contact": Access(None, MOVERS),
    "crm:contact_bar": Access(None, MOVERS),
    "crm:contact_erase": Access(None, MOVERS),
    "crm:address": Access(None, MOVERS),
    "crm:agents": Access(None, MOVERS),
    "crm:agent": Access(None, MOVERS),
    "crm:creator_tags": Access(EVERYBODY, MOVERS),
    "crm:creator_untag": Access(None, MOVERS),
    "crm:tags": Access(EVERYBODY),
    "crm:tag": Access(None, MOVERS),
    "crm:duplicates": Access(EVERYBODY, MOVERS),
    "crm:duplicate_decide": Access(None, MOVERS),
    "crm:merge": Access(MOVERS, MOVERS),
    "crm:merged": Access(EVERYBODY),
    "crm:merge_undo": Access(None, MOVERS),
    "crm:relationship": Access(None, MOVERS),
    "crm:notes": Access(None, EVERYBODY),
    "crm:profiles": Access(None, MOVERS),
    "crm:board": Access(EVERYBODY),
    "crm:board_column": Access(EVERYBODY),
    "crm:board_changes": Access(EVERYBODY),
    "crm:board_move": Access(None, MOVERS),
    "crm:outreach": Access(EVERYBODY),
    "crm:outreach_approve": Access(MOVERS),
    "crm:outreach_mail": Access(None, MOVERS),
    "crm:outreach_skip": Access(None, MOVERS),
    "crm:outreach_enrol": Access(IMPORTERS, IMPORTERS),
    "crm:enrolment": Access(None, IMPORTERS),
    "crm:mail_templates": Access(EVERYBODY),
    "crm:mail_template_new": Access(IMPORTERS, IMPORTERS),
    "crm:mail_template": Access(EVERYBODY, IMPORTERS),
    "crm:mail_template_archive": Access(None, IMPORTERS),
    "crm:sequences": Access(EVERYBODY),
    "crm:sequence_new": Access(IMPORTERS, IMPORTERS),
    "crm:sequence": Access(EVERYBODY),
    "crm:sequence_edit": Access(IMPORTERS, IMPORTERS),
    "crm:sequence_archive": Access(None, IMPORTERS),
    "crm:suppressions": Access(EVERYBODY, IMPORTERS),
    "crm:suppressions_export": Access(EVERYBODY),
    "crm:suppression_lift": Access(None, IMPORTERS),
    "crm:outreach_rules": Access(EVERYBODY, ADMINS),
    "crm:creator_outreach": Access(EVERYBODY),
    "crm:creator_vettings": Access(EVERYBODY, REVIEWERS),
    "crm:reviews": Access(EVERYBODY),
    "crm:review_agreement": Access(EVERYBODY),
    "crm:reviews_export": Access(EVERYBODY),
    "crm:reviews_export_xlsx": Access(EVERYBODY),
    "crm:review": Access(REVIEWERS, REVIEWERS),
    "crm:review_decline": Access(None, REVIEWERS),
    "crm:vetting": Access(EVERYBODY),
    "crm:vetting_decide": Access(None, REVIEWERS),
    "crm:vetting_assign": Access(None, REVIEWERS),
    "crm:vetting_withdraw": Access(None, REVIEWERS),
    "crm:review_form": Access(EVERYBODY, STRATEGISTS),
    "crm:review_form_version": Access(EVERYBODY),
    "crm:ledger": Access(LAWYERS),
    "crm:ledger_entry": Access(LAWYERS),
    "crm:ledger_proof": Access(LAWYERS, ADMINS),
    "crm:ledger_check": Access(None, LAWYERS),
    "crm:ledger_sign": Access(None, LAWYERS),
    "crm:ledger_checkpoint": Access(LAWYERS),
    "crm:ledger_export": Access(LAWYERS),
    "crm:imports": Access(EVERYBODY, IMPORTERS),
    "crm:import": Access(EVERYBODY),
    "crm:import_columns": Access(IMPORTERS, IMPORTERS),
    "crm:import_column": Access(None, IMPORTERS),
    "crm:import_apply": Access(None, IMPORTERS),
    "crm:import_undo": Access(IMPORTERS, IMPORTERS),
    "crm:import_rejects": Access(EVERYBODY),
    "crm:field_value": Access(EVERYBODY, MOVERS),
    "crm:fields": Access(EVERYBODY, STRATEGISTS),
    "crm:field": Access(STRATEGISTS, STRATEGISTS),
    "crm:field_archive": Access(None, STRATEGISTS),
    "crm:field_restore": Access(None, STRATEGISTS),
    "crm:creator_mail": Access(READERS),
    "crm:mail_new": Access(MOVERS, MOVERS),
    "crm:inbox": Access(READERS),
    "crm:thread": Access(READERS, MOVERS),
    "crm:thread_done": Access(None, MOVERS),
    "crm:thread_reopen": Access(None, MOVERS),
    "crm:thread_aside": Access(None, MOVERS),
    "crm:thread_assign": Access(None, MOVERS),
    "crm:mail_edit": Access(MOVERS, MOVERS),
    "crm:mail_send": Access(None, MOVERS),
    "crm:mail_take_back": Access(None, MOVERS),
    "crm:mail_discard": Access(None, MOVERS),
    "crm:mail_settle": Access(None, MOVERS),
    "crm:mail_file": Access(READERS),
    "crm:brand_exports": Access(ADMINS),
    "crm:brand_export_ask": Access(None, ADMINS),
    "crm:brand_export_file": Access(ADMINS),
    "crm:brand_export_stop": Access(None, ADMINS),
    "crm:brand_export_delete": Access(None, ADMINS),
    "crm:connectors": Access(ADMINS),
    "crm:connector_new": Access(ADMINS, ADMINS),
    "crm:connector": Access(ADMINS, ADMINS),
    "crm:connector_test": Access(None, ADMINS),
    "crm:connector_pull": Access(None, ADMINS),
    "crm:connector_stop": Access(None, ADMINS),
    "crm:connector_pause": Access(None, ADMINS),
    "crm:connector_resume": Access(None, ADMINS),
    "crm:connector_remove": Access(None, ADMINS),
    "crm:pull": Access(ADMINS),
    "crm:webhooks": Access(ADMINS),
    "crm:webhook_new": Access(ADMINS, ADMINS),
    "crm:webhook": Access(ADMINS, ADMINS),
    "crm:webhook_rotate": Access(None, ADMINS),
    "crm:webhook_pause": Access(None, ADMINS),
    "crm:webhook_resume": Access(None, ADMINS),
    "crm:webhook_ping": Access(None, ADMINS),
    "crm:webhook_replay": Access(None, ADMINS),
    "crm:webhook_remove": Access(None, ADMINS),
    "crm:webhook_delivery": Access(ADMINS),
    "crm:webhook_again": Access(None, ADMINS),
    "crm:mailboxes": Access(MOVERS),
    "crm:mailbox_new": Access(MOVERS, MOVERS),
    "crm:mailbox": Access(MOVERS, MOVERS),
    "crm:mailbox_test": Access(None, MOVERS),
    "crm:mailbox_check": Access(None, MOVERS),
    "crm:mailbox_remove": Access(None, MOVERS),
    "crm:settings": Access(ADMINS, ADMINS),
    "crm:person_new": Access(None, ADMINS),
    "crm:person": Access(None, ADMINS),
    "crm:token_new": Access(None, ADMINS),
    "crm:token_revoke": Access(None, ADMINS),
    "crm:token_rotate": Access(None, ADMINS),
    "campaigns:campaign_keywords": Access(EVERYBODY),
    "campaigns:keyword": Access(EVERYBODY),
    "campaigns:keyword_list": Access(EVERYBODY),
    "campaigns:keyword_list_assign": Access(None, IMPORTERS),
    "campaigns:keyword_list_export": Access(EVERYBODY),
    "campaigns:keyword_list_new": Access(None, IMPORTERS),
    "campaigns:keyword_list_remove": Access(None, IMPORTERS),
    "campaigns:keyword_lists": Access(EVERYBODY),
    "campaigns:post_references": Access(EVERYBODY, IMPORTERS),
    "campaigns:post_references_export": Access(EVERYBODY),
    "campaigns:topics": Access(EVERYBODY),
    "campaigns:topic_act": Access(None, IMPORTERS),
    "crm:comment": Access(EVERYBODY, COUNTERS),
    "crm:comment_theme": Access(EVERYBODY),
    "crm:comment_theme_act": Access(None, COUNTERS),
    "crm:comment_themes": Access(EVERYBODY),
    "crm:comments_learned": Access(EVERYBODY),
    "campaigns:series_list": Access(EVERYBODY),
    "campaigns:series_new": Access(None, COUNTERS),
    "campaigns:series_import": Access(None, COUNTERS),
    "campaigns:series_undo": Access(None, COUNTERS),
    "campaigns:day_note_new": Access(None, COUNTERS),
    "campaigns:day_note_remove": Access(None, COUNTERS),
    "campaigns:series": Access(EVERYBODY, COUNTERS),
    "campaigns:lifts": Access(EVERYBODY, COUNTERS),
    "campaigns:lift_drop": Access(None, COUNTERS),
    "campaigns:offers": Access(EVERYBODY),
    "campaigns:offers_export": Access(EVERYBODY),
    "campaigns:offer": Access(EVERYBODY),
    "campaigns:offer_draft": Access(MOVERS, MOVERS),
    "campaigns:offer_revise": Access(MOVERS, MOVERS),
    "campaigns:offer_counter": Access(MOVERS, MOVERS),
    "campaigns:offer_send": Access(MOVERS, MOVERS),
    "campaigns:offer_owner": Access(None, MOVERS),
    "campaigns:offer_decide": Access(None, MOVERS),
    "campaigns:creator_offers": Access(EVERYBODY),
    "campaigns:offer_new": Access(MOVERS, MOVERS),
    "campaigns:offer_band": Access(None, MOVERS),
    "campaigns:connections": Access(EVERYBODY),
    "campaigns:creator_connections": Access(EVERYBODY),
    "campaigns:connections_export": Access(EVERYBODY),
    "campaigns:connection_new": Access(KEEPERS, KEEPERS),
    "campaigns:connection_none": Access(None, KEEPERS),
    "campaigns:rule_fact": Access(None, KEEPERS),
    "campaigns:connection": Access(KEEPERS, KEEPERS),
    "campaigns:connection_take_back": Access(None, KEEPERS),
    "campaigns:virtual": Access(EVERYBODY, KEEPERS),
    "campaigns:likeness_new": Access(KEEPERS, KEEPERS),
    "campaigns:likeness": Access(KEEPERS, KEEPERS),
    "campaigns:likeness_away": Access(None, KEEPERS),
    "campaigns:likeness_paper": Access(EVERYBODY),
    "campaigns:permit_new": Access(KEEPERS, KEEPERS),
    "campaigns:registers": Access(EVERYBODY),
    "campaigns:rule_alert": Access(None, KEEPERS),
    "campaigns:category_rules": Access(EVERYBODY),
    "campaigns:permits": Access(EVERYBODY),
    "campaigns:permits_export": Access(EVERYBODY),
    "campaigns:permits_import": Access(KEEPERS, KEEPERS),
    "campaigns:permit": Access(EVERYBODY, KEEPERS),
    "campaigns:permit_away": Access(None, KEEPERS),
    "campaigns:permit_paper": Access(EVERYBODY),
    "campaigns:packs": Access(EVERYBODY),
    "campaigns:pack_changes": Access(EVERYBODY),
    "campaigns:pack": Access(EVERYBODY),
    "campaigns:pack_sign": Access(None, LAWYERS),
    "campaigns:pack_add": Access(None, LAWYERS),
    "campaigns:pack_addition_end": Access(None, LAWYERS),
    "campaigns:assets": Access(EVERYBODY),
    "campaigns:assets_export": Access(EVERYBODY),
    "campaigns:asset_new": Access(IMPORTERS, IMPORTERS),
    "campaigns:assets_tag": Access(None, IMPORTERS),
    "campaigns:asset": Access(EVERYBODY, IMPORTERS),
    "campaigns:asset_file": Access(EVERYBODY),
    "campaigns:asset_away": Access(None, IMPORTERS),
    "campaigns:asset_use": Access(None, IMPORTERS),
    "campaigns:asset_use_end": Access(None, IMPORTERS),
    "campaigns:asset_right_new": Access(KEEPERS, KEEPERS),
    "campaigns:rights": Access(EVERYBODY),
    "campaigns:rights_export": Access(EVERYBODY),
    "campaigns:right": Access(EVERYBODY),
    "campaigns:right_renew": Access(KEEPERS, KEEPERS),
    "campaigns:right_revoke": Access(None, KEEPERS),
    "campaigns:right_start": Access(None, KEEPERS),
    "campaigns:right_document": Access(EVERYBODY),
    "campaigns:engagement_rights": Access(EVERYBODY),
    "campaigns:engagement_right_new": Access(KEEPERS, KEEPERS),
    "campaigns:engagement_rights_offer": Access(None, KEEPERS),
    "campaigns:deliverable_keep": Access(None, IMPORTERS),
    "campaigns:approvals": Access(EVERYBODY),
    "campaigns:working_week": Access(EVERYBODY, POLICY_WRITERS),
    "campaigns:standing_in": Access(EVERYBODY, EVERYBODY),
    "campaigns:standing_in_end": Access(None, EVERYBODY),
    "campaigns:deliverable": Access(EVERYBODY),
    "campaigns:deliverable_change": Access(None, MOVERS),
    "campaigns:draft_submit": Access(None, MOVERS),
    "campaigns:draft_withdraw": Access(None, MOVERS),
    "campaigns:gate_decide": Access(None, EVERYBODY),
    "campaigns:corrections_confirm": Access(None, MOVERS),
    "campaigns:reviewer_invite": Access(None, MOVERS),
    "campaigns:deliverable_cancel": Access(None, MOVERS),
    "campaigns:deliverable_restore": Access(None, MOVERS),
    "campaigns:deliverable_reopen": Access(None, MOVERS),
    "campaigns:deliverable_shorten": Access(None, MOVERS),
    "campaigns:remark_write": Access(None, EVERYBODY),
    "campaigns:remark_settle": Access(None, EVERYBODY),
    "campaigns:remark_show": Access(None, MOVERS),
    "campaigns:draft_file": Access(EVERYBODY),
    "campaigns:disclosures": Access(EVERYBODY),
    "campaigns:disclosures_together": Access(LAWYERS, LAWYERS),
    "campaigns:disclosures_statistics": Access(EVERYBODY),
    "campaigns:disclosures_statistics_export": Access(EVERYBODY),
    "campaigns:disclosure": Access(EVERYBODY),
    "campaigns:disclosure_decide": Access(None, LAWYERS),
    "campaigns:disclosure_answer": Access(None, LAWYERS),
    "campaigns:remediation_new": Access(MOVERS, MOVERS),
    "campaigns:remediations": Access(EVERYBODY),
    "campaigns:remediation": Access(EVERYBODY),
    "campaigns:remediation_again": Access(MOVERS, MOVERS),
    "campaigns:remediation_done": Access(None, MOVERS),
    "campaigns:remediation_withdraw": Access(None, MOVERS),
    "campaigns:evidence_add": Access(KEEPERS, KEEPERS),
    "campaigns:disclosure_again": Access(None, LAWYERS),
    "campaigns:proof": Access(LAWYERS, LAWYERS),
    "campaigns:proof_of_piece": Access(LAWYERS),
    "campaigns:evidence_file": Access(EVERYBODY),
    "campaigns:deliverables": Access(EVERYBODY),
    "campaigns:review_plan": Access(EVERYBODY, IMPORTERS),
    "campaigns:engagement_deliverables": Access(EVERYBODY),
    "campaigns:deliverable_plan": Access(MOVERS, MOVERS),
    "campaigns:contracts": Access(EVERYBODY),
    "campaigns:contracts_export": Access(EVERYBODY),
    "campaigns:contract_clauses": Access(EVERYBODY),
    "campaigns:contract_clause": Access(EVERYBODY, LAWYERS),
    "campaigns:contract_rules": Access(EVERYBODY, LAWYERS),
    "campaigns:contract": Access(EVERYBODY),
    "campaigns:contract_pdf": Access(EVERYBODY),
    "campaigns:contract_draft": Access(MOVERS, MOVERS),
    "campaigns:contract_signed": Access(None, MOVERS),
    "campaigns:contract_paper": Access(EVERYBODY),
    "campaigns:contract_owner": Access(None, MOVERS),
    "campaigns:contract_legal": Access(None, LAWYERS),
    "campaigns:contract_act": Access(None, MOVERS),
    "campaigns:engagement_contracts": Access(EVERYBODY),
    "campaigns:contract_new": Access(None, MOVERS),
    "campaigns:exclusivities": Access(EVERYBODY, IMPORTERS),
    "campaigns:exclusivity_remove": Access(None, IMPORTERS),
    "campaigns:incidents": Access(EVERYBODY),
    "campaigns:incidents_export": Access(EVERYBODY),
    "campaigns:incident_new": Access(REPORTERS, REPORTERS),
    "campaigns:incident": Access(EVERYBODY),
    "campaigns:incident_change": Access(LAWYERS, LAWYERS),
    # Whoever owns an incident works on it, whatever their role: the services ask.
    "campaigns:incident_move": Access(None, EVERYBODY),
    "campaigns:incident_note": Access(None, EVERYBODY),
    "campaigns:incident_step": Access(None, EVERYBODY),
    "campaigns:incident_files": Access(None, EVERYBODY),
    "campaigns:incident_file": Access(EVERYBODY),
    "campaigns:incident_campaigns": Access(None, EVERYBODY),
    "campaigns:runbooks": Access(EVERYBODY),
    "campaigns:runbook": Access(EVERYBODY, LAWYERS),
    "campaigns:holds": Access(EVERYBODY),
    "campaigns:hold_new": Access(LAWYERS, LAWYERS),
    "campaigns:hold_lift": Access(None, KEEPERS),
    "campaigns:campaign_hold": Access(EVERYBODY),
    "campaigns:flags": Access(EVERYBODY),
    "campaigns:flags_export": Access(EVERYBODY),
    "campaigns:creator_flags": Access(EVERYBODY),
    "campaigns:creator_flags_now": Access(None, REVIEWERS),
    "campaigns:creator_flag_explain": Access(None, REVIEWERS),
    "campaigns:creator_flag_count": Access(None, REVIEWERS),
    "campaigns:reliability": Access(EVERYBODY),
    "campaigns:reliability_export": Access(EVERYBODY),
    "campaigns:creator_reliability": Access(EVERYBODY),
    "campaigns:creator_reliability_now": Access(None, REVIEWERS),
    "campaigns:authenticity": Access(EVERYBODY),
    "campaigns:authenticity_export": Access(EVERYBODY),
    "campaigns:trust": Access(EVERYBODY),
    "campaigns:trust_export": Access(EVERYBODY),
    "campaigns:trust_weights": Access(EVERYBODY, RUNNERS),
    "campaigns:creator_trust": Access(EVERYBODY),
    "campaigns:creator_trust_now": Access(None, REVIEWERS),
    "campaigns:causes": Access(EVERYBODY),
    "campaigns:causes_export": Access(EVERYBODY),
    "campaigns:green_claims": Access(None, READERS - {MANAGER}),
    "campaigns:donate": Access(None, IMPORTERS),
    "campaigns:donation_withdraw": Access(None, IMPORTERS),
    "campaigns:donation_receipt": Access(EVERYBODY),
    "campaigns:cause_evidence": Access(EVERYBODY),
    "campaigns:creator_causes": Access(EVERYBODY),
    "campaigns:cause_add": Access(None, MOVERS),
    "campaigns:cause_show": Access(None, MOVERS),
    "campaigns:cause_remove": Access(None, MOVERS),
    "campaigns:risk": Access(EVERYBODY),
    "campaigns:risk_export": Access(EVERYBODY),
    "campaigns:creator_risk": Access(EVERYBODY),
    "campaigns:creator_risk_now": Access(None, KEEPERS),
    "campaigns:creator_risk_override": Access(None, LAWYERS),
    "campaigns:creator_risk_end": Access(None, LAWYERS),
    "campaigns:payments": Access(EVERYBODY),
    "campaigns:payments_export": Access(None, MOVERS),
    "campaigns:payments_look": Access(None, MOVERS),
    "campaigns:payable": Access(EVERYBODY),
    "campaigns:payable_act": Access(None, MOVERS),
    "campaigns:invoices": Access(EVERYBODY),
    "campaigns:invoice_new": Access(MOVERS, MOVERS),
    "campaigns:invoice": Access(EVERYBODY),
    "campaigns:invoice_file": Access(EVERYBODY),
    "campaigns:invoice_attach": Access(None, MOVERS),
    "campaigns:invoice_aside": Access(None, MOVERS),
    "campaigns:commissions": Access(EVERYBODY),
    "campaigns:commissions_state": Access(None, MOVERS),
    "campaigns:commission": Access(EVERYBODY),
    "campaigns:commission_end": Access(None, MOVERS),
    "campaigns:commission_statement": Access(EVERYBODY),
    "campaigns:commission_new": Access(EVERYBODY, MOVERS),
    "campaigns:rates": Access(EVERYBODY, MOVERS),
    "campaigns:rates_import": Access(None, MOVERS),
    "campaigns:pay_rules": Access(EVERYBODY, ADMINS),
    "campaigns:campaign_money": Access(EVERYBODY, MOVERS),
    "campaigns:campaign_returns": Access(EVERYBODY),
    "campaigns:concentration": Access(EVERYBODY),
    "campaigns:media_values": Access(EVERYBODY, IMPORTERS),
    "campaigns:weights": Access(None, IMPORTERS),
    "campaigns:channels": Access(EVERYBODY, IMPORTERS),
    "campaigns:channel_remove": Access(None, IMPORTERS),
    "campaigns:tracking": Access(EVERYBODY),
    "campaigns:tracking_export": Access(EVERYBODY),
    "campaigns:tracking_link": Access(EVERYBODY, MOVERS),
    "campaigns:tracking_link_qr": Access(EVERYBODY),
    "campaigns:tracking_link_act": Access(None, MOVERS),
    "campaigns:tracking_link_new": Access(MOVERS, MOVERS),
    "campaigns:promo_codes": Access(EVERYBODY),
    "campaigns:promo_codes_export": Access(EVERYBODY),
    "campaigns:promo_code": Access(EVERYBODY, MOVERS),
    "campaigns:promo_code_act": Access(None, MOVERS),
    "campaigns:promo_code_new": Access(MOVERS, MOVERS),
    "crm:post_comments": Access(EVERYBODY),
    "crm:comment_thread": Access(EVERYBODY),
    "crm:comments_upload": Access(None, COUNTERS),
    "crm:comments_undo": Access(None, COUNTERS),
    "crm:comments_keeping": Access(None, ADMINS),
    "crm:comments_forget": Access(None, LAWYERS),
    "campaigns:visits": Access(EVERYBODY),
    "campaigns:visits_upload": Access(None, COUNTERS),
    "campaigns:visits_undo": Access(None, COUNTERS),
    "campaigns:survey": Access(EVERYBODY),
    "campaigns:survey_upload": Access(None, COUNTERS),
    "campaigns:survey_undo": Access(None, COUNTERS),
    "campaigns:survey_rule_new": Access(None, COUNTERS),
    "campaigns:survey_rule_remove": Access(None, COUNTERS),
    "campaigns:survey_answer": Access(EVERYBODY, COUNTERS),
    "campaigns:post_alerts": Access(EVERYBODY),
    "campaigns:post_alert_dismiss": Access(None, MOVERS),
    "campaigns:platform_weeks": Access(EVERYBODY),
    "campaigns:platform_week_act": Access(None, COUNTERS),
    "campaigns:post_counts": Access(EVERYBODY, IMPORTERS),
    "campaigns:posting_times": Access(EVERYBODY),
    "campaigns:watch_settings": Access(EVERYBODY, ADMINS),
    "campaigns:spikes": Access(EVERYBODY),
    "campaigns:spike_act": Access(None, MOVERS),
    "campaigns:tracking_settings": Access(EVERYBODY, ADMINS),
    "campaigns:campaign_tracking": Access(EVERYBODY),
    "campaigns:campaign_tracking_make": Access(None, MOVERS),
    "campaigns:campaign_tracking_export": Access(EVERYBODY),
    "campaigns:engagement_tracking": Access(EVERYBODY),
    "campaigns:creator_tracking": Access(EVERYBODY),
    "campaigns:gifts": Access(EVERYBODY),
    "campaigns:gifts_export": Access(EVERYBODY),
    "campaigns:gift": Access(EVERYBODY, MOVERS),
    "campaigns:gift_step": Access(None, MOVERS),
    "campaigns:gift_new": Access(MOVERS, MOVERS),
    "campaigns:campaigns": Access(EVERYBODY),
    "campaigns:campaigns_export": Access(EVERYBODY),
    "campaigns:campaign_new": Access(IMPORTERS, IMPORTERS),
    "campaigns:conversions": Access(EVERYBODY),
    "campaigns:conversions_export": Access(EVERYBODY),
    "campaigns:conversions_upload": Access(None, IMPORTERS),
    "campaigns:conversions_undo": Access(None, IMPORTERS),
    "campaigns:conversions_unknown": Access(EVERYBODY, MOVERS),
    "campaigns:conversions_settle": Access(None, MOVERS),
    "campaigns:conversion_feeds": Access(ADMINS),
    "campaigns:conversion_feed_new": Access(ADMINS, ADMINS),
    "campaigns:conversion_feed": Access(ADMINS, ADMINS),
    "campaigns:conversion_feed_archive": Access(None, ADMINS),
    "campaigns:competitors": Access(EVERYBODY, IMPORTERS),
    "campaigns:competitor": Access(IMPORTERS, IMPORTERS),
    "campaigns:competitor_delete": Access(None, IMPORTERS),
    "campaigns:campaign": Access(EVERYBODY),
    "campaigns:campaign_edit": Access(IMPORTERS, IMPORTERS),
    "campaigns:campaign_clone": Access(IMPORTERS, IMPORTERS),
    "campaigns:campaign_archive": Access(None, IMPORTERS),
    "campaigns:campaign_act": Access(None, MOVERS),
    "campaigns:campaign_budget": Access(EVERYBODY, IMPORTERS),
    "campaigns:campaign_capacity": Access(EVERYBODY, IMPORTERS),
    "campaigns:campaign_deadlines": Access(None, IMPORTERS),
    "campaigns:campaign_deadline": Access(None, IMPORTERS),
    "campaigns:shortlist": Access(EVERYBODY),
    "campaigns:shortlist_add": Access(None, IMPORTERS),
    "campaigns:shortlist_many": Access(None, MOVERS),
    "campaigns:campaign_board": Access(EVERYBODY),
    "campaigns:campaign_board_column": Access(EVERYBODY),
    "campaigns:engagement": Access(EVERYBODY, MOVERS),
    "campaigns:engagement_move": Access(None, MOVERS),
    "campaigns:engagement_substitute": Access(None, MOVERS),
    "campaigns:submissions": Access(MOVERS),
    "campaigns:submissions_export": Access(MOVERS),
    "campaigns:submission_page": Access(MOVERS, MOVERS),
    "campaigns:submission_posts": Access(MOVERS, MOVERS),
    "campaigns:submission_chain": Access(EVERYBODY),
    "campaigns:submission": Access(MOVERS),
    "campaigns:submission_file": Access(MOVERS),
    "campaigns:submission_act": Access(None, MOVERS),
    "campaigns:soon": Access(EVERYBODY),
    "campaigns:soon_lane": Access(None, MOVERS),
    "campaigns:whereabouts_keep": Access(None, ADMINS),
    "campaigns:whereabouts": Access(EVERYBODY, MOVERS),
    "campaigns:whereabouts_back": Access(None, MOVERS),
    "campaigns:off_lane": Access(None, MOVERS),
    "campaigns:engagement_lane": Access(EVERYBODY),
    "campaigns:events": Access(EVERYBODY),
    "campaigns:event_new": Access(MOVERS, MOVERS),
    "campaigns:event": Access(EVERYBODY),
    "campaigns:event_edit": Access(MOVERS, MOVERS),
    "campaigns:event_cancel": Access(None, MOVERS),
    "campaigns:event_invite": Access(None, MOVERS),
    "campaigns:event_send": Access(MOVERS, MOVERS),
    "campaigns:event_links": Access(None, MOVERS),
    "campaigns:event_links_file": Access(MOVERS),
    "campaigns:event_answer": Access(None, MOVERS),
    "campaigns:event_cover": Access(None, MOVERS),
    "campaigns:event_door": Access(EVERYBODY),
    "campaigns:event_door_file": Access(EVERYBODY),
    "campaigns:event_tick": Access(None, MOVERS),
    "campaigns:guest_invite": Access(None, MOVERS),
    "campaigns:guest_revoke": Access(None, MOVERS),
    "campaigns:engagement_brief": Access(EVERYBODY),
    "campaigns:briefs": Access(EVERYBODY),
    "campaigns:brief_new": Access(None, IMPORTERS),
    "campaigns:brief_accepted": Access(None, MOVERS),
    "campaigns:brief_links": Access(None, MOVERS),
    "campaigns:brief": Access(EVERYBODY),
    "campaigns:brief_edit": Access(IMPORTERS, IMPORTERS),
    "campaigns:brief_approve": Access(None, IMPORTERS),
    "campaigns:brief_clear": Access(None, LAWYERS),
    "campaigns:brief_act": Access(None, IMPORTERS),
    "campaigns:brief_pdf": Access(EVERYBODY),
    "campaigns:policies": Access(EVERYBODY),
    "campaigns:public_policy": Access(EVERYBODY, POLICY_WRITERS),
    "campaigns:public_policy_publish": Access(None, POLICY_WRITERS),
    "campaigns:public_policy_withdraw": Access(None, POLICY_WRITERS),
    "campaigns:policy_new": Access(POLICY_WRITERS, POLICY_WRITERS),
    "campaigns:policy": Access(EVERYBODY),
    "campaigns:policy_edit": Access(POLICY_WRITERS, POLICY_WRITERS),
    "campaigns:policy_read": Access(None, EVERYBODY),
    "campaigns:policy_act": Access(None, POLICY_WRITERS),
    "campaigns:guidelines": Access(EVERYBODY, POLICY_WRITERS),
    "campaigns:guideline_away": Access(None, POLICY_WRITERS),
    "campaigns:claims": Access(EVERYBODY),
    "campaigns:claims_export": Access(EVERYBODY),
    "campaigns:claim_new": Access(POLICY_WRITERS, POLICY_WRITERS),
    "campaigns:claims_check": Access(None, EVERYBODY),
    "campaigns:claim": Access(EVERYBODY, POLICY_WRITERS),
    "campaigns:claim_away": Access(None, POLICY_WRITERS),
    "campaigns:campaign_calendar": Access(EVERYBODY, IMPORTERS),
    "campaigns:campaign_slot": Access(None, IMPORTERS),
    "campaigns:campaign_fill": Access(None, IMPORTERS),
    "campaigns:creator_campaigns": Access(EVERYBODY),
    "campaigns:creator_results": Access(EVERYBODY),
    "campaigns:publishing": Access(EVERYBODY),
    "campaigns:publishing_export": Access(EVERYBODY),
    "campaigns:publishing_look": Access(None, MOVERS),
    "campaigns:publishing_days": Access(EVERYBODY),
    "campaigns:matches": Access(EVERYBODY),
    "campaigns:match_act": Access(None, MOVERS),
    "campaigns:capture": Access(EVERYBODY),
    "campaigns:publication": Access(EVERYBODY),
    "campaigns:publication_act": Access(None, MOVERS),
    "campaigns:engagement_publishing": Access(EVERYBODY),
    "campaigns:missing": Access(EVERYBODY),
    "campaigns:missing_export": Access(EVERYBODY),
    "campaigns:report": Access(EVERYBODY),
    "campaigns:report_pdf": Access(EVERYBODY),
    "campaigns:report_export": Access(EVERYBODY),
    "campaigns:report_keep": Access(None, MOVERS),
    "campaigns:report_invite": Access(None, MOVERS),
    "campaigns:report_copy": Access(EVERYBODY),
    "segmentation:activations": Access(EVERYBODY, IMPORTERS),
    "segmentation:matches": Access(EVERYBODY, IMPORTERS),
    "segmentation:match": Access(EVERYBODY),
    "segmentation:match_csv": Access(EVERYBODY),
    "segmentation:match_take": Access(None, IMPORTERS),
    "segmentation:match_weights": Access(EVERYBODY, IMPORTERS),
    "segmentation:match_lessons": Access(EVERYBODY, IMPORTERS),
    "segmentation:match_brand_weights": Access(EVERYBODY, IMPORTERS),
    "segmentation:creator_look_alikes": Access(EVERYBODY, IMPORTERS),
    "segmentation:segment_look_alikes": Access(EVERYBODY, IMPORTERS),
    "segmentation:match_lesson": Access(None, IMPORTERS),
    "segmentation:brief_new": Access(IMPORTERS, IMPORTERS),
    "segmentation:segments": Access(EVERYBODY),
    "segmentation:install_packs": Access(None, STRATEGISTS),
    "segmentation:builder_new": Access(STRATEGISTS, STRATEGISTS),
    "segmentation:builder_check": Access(None, STRATEGISTS),
    "segmentation:builder_preview": Access(None, STRATEGISTS),
    "segmentation:builder_values": Access(STRATEGISTS),
    "segmentation:builder": Access(STRATEGISTS, STRATEGISTS),
    "segmentation:segment": Access(EVERYBODY),
    "segmentation:members_csv": Access(EVERYBODY),
    "segmentation:overlap": Access(EVERYBODY),
    "segmentation:segment_edit": Access(STRATEGISTS, STRATEGISTS),
    "segmentation:playbook": Access(STRATEGISTS, STRATEGISTS),
    "segmentation:examples": Access(STRATEGISTS, STRATEGISTS),
    "segmentation:remove_example": Access(None, STRATEGISTS),
    "segmentation:archive": Access(STRATEGISTS, STRATEGISTS),
    "segmentation:version": Access(EVERYBODY, STRATEGISTS),
    "segmentation:overrides": Access(EVERYBODY),
    "segmentation:override": Access(EVERYBODY, STRATEGISTS),
    "segmentation:withdraw": Access(None, STRATEGISTS),
    "segmentation:dimension_new": Access(STRATEGISTS, STRATEGISTS),
    "segmentation:dimension": Access(STRATEGISTS, STRATEGISTS),
    "segmentation:dimension_order": Access(None, STRATEGISTS),
    "segmentation:hygiene": Access(EVERYBODY),
    "segmentation:matrix": Access(EVERYBODY),
    "segmentation:matrix_cell": Access(EVERYBODY),
    "segmentation:matrix_csv": Access(EVERYBODY),
    "segmentation:audiences": Access(EVERYBODY),
    "segmentation:audience_new": Access(STRATEGISTS, STRATEGISTS),
    "segmentation:audience": Access(EVERYBODY),
    "segmentation:audience_candidates": Access(EVERYBODY, IMPORTERS),
    "segmentation:audience_candidates_export": Access(EVERYBODY),
    "segmentation:audience_edit": Access(STRATEGISTS, STRATEGISTS),
    "segmentation:audience_delete": Access(STRATEGISTS, STRATEGISTS),
    "segmentation:scorecard": Access(EVERYBODY),
    "segmentation:scorecard_pdf": Access(EVERYBODY),
    "segmentation:scorecard_export": Access(EVERYBODY),
    "segmentation:kpis": Access(EVERYBODY, STRATEGISTS),
    "segmentation:packs": Access(EVERYBODY),
    "segmentation:pack": Access(EVERYBODY, STRATEGISTS),
    "segmentation:attribution": Access(EVERYBODY, RUNNERS),
    "segmentation:attribution_settings": Access(EVERYBODY, RUNNERS),
    "segmentation:attribution_report": Access(EVERYBODY),
    "segmentation:attribution_export": Access(EVERYBODY),
    "segmentation:attribution_why": Access(EVERYBODY),
    "segmentation:campaign_attribution": Access(EVERYBODY, RUNNERS),
    "segmentation:drift": Access(EVERYBODY, RUNNERS),
    "segmentation:drift_limit": Access(None, STRATEGISTS),
    "segmentation:content_tests": Access(EVERYBODY),
    "segmentation:content_test_new": Access(RUNNERS, RUNNERS),
    "segmentation:content_test": Access(EVERYBODY),
    "segmentation:content_test_start": Access(None, RUNNERS),
    "segmentation:content_test_assign": Access(None, RUNNERS),
    "segmentation:content_test_read": Access(None, RUNNERS),
    "segmentation:content_test_share_out": Access(None, RUNNERS),
    "segmentation:content_test_end": Access(None, RUNNERS),
    "segmentation:content_test_delete": Access(None, RUNNERS),
    "segmentation:campaign_content_tests": Access(EVERYBODY),
    "segmentation:engagement_content_tests": Access(EVERYBODY),
    "segmentation:experiments": Access(EVERYBODY),
    "segmentation:experiment_new": Access(RUNNERS, RUNNERS),
    "segmentation:experiment_calculator": Access(EVERYBODY),
    "segmentation:experiment": Access(EVERYBODY),
    "segmentation:experiment_edit": Access(RUNNERS, RUNNERS),
    "segmentation:experiment_delete": Access(RUNNERS, RUNNERS),
    "segmentation:experiment_power": Access(EVERYBODY),
    "segmentation:experiment_assigned": Access(EVERYBODY),
    "segmentation:experiment_start": Access(None, RUNNERS),
    "segmentation:experiment_join": Access(None, RUNNERS),
    "segmentation:experiment_look": Access(None, RUNNERS),
    "segmentation:experiment_complete": Access(None, RUNNERS),
    "segmentation:experiment_stop": Access(None, RUNNERS),
    "segmentation:engagement_experiments": Access(EVERYBODY),
    "segmentation:tiers": Access(EVERYBODY, RUNNERS),
    "segmentation:stages": Access(EVERYBODY),
    "segmentation:stages_ready": Access(None, STRATEGISTS),
    "segmentation:stage_preview": Access(None, STRATEGISTS),
    "segmentation:stage_suggestion_new": Access(STRATEGISTS, STRATEGISTS),
    "segmentation:stage_suggestion": Access(STRATEGISTS, STRATEGISTS),
    "segmentation:stage_rule_retire": Access(None, STRATEGISTS),
    "segmentation:stage_criteria": Access(STRATEGISTS, STRATEGISTS),
    "segmentation:suggestion_answer": Access(None, MOVERS),
    "segmentation:creator_stage": Access(EVERYBODY),
    "segmentation:stage_checks": Access(EVERYBODY),
    "segmentation:runs": Access(EVERYBODY, RUNNERS),
    "segmentation:run": Access(EVERYBODY),
    "segmentation:history": Access(None, STRATEGISTS),
    "segmentation:decide": Access(None, STRATEGISTS),
    "segmentation:cancel": Access(None, RUNNERS),
    "segmentation:roll_back": Access(None, STRATEGISTS),
    "segmentation:movers": Access(EVERYBODY),
    "segmentation:undecided": Access(EVERYBODY),
    "segmentation:changes_csv": Access(EVERYBODY),
    "segmentation:near": Access(EVERYBODY),
    "segmentation:near_csv": Access(EVERYBODY),
    "segmentation:changes": Access(EVERYBODY),
    "segmentation:scorecards": Access(EVERYBODY, RUNNERS),
    "segmentation:compare": Access(EVERYBODY),
    "segmentation:compare_pdf": Access(EVERYBODY),
    "segmentation:compare_export": Access(EVERYBODY),
    "segmentation:cohorts": Access(EVERYBODY),
    "segmentation:cohorts_export": Access(EVERYBODY),
    "segmentation:sizes": Access(EVERYBODY),
    "segmentation:claims": Access(EVERYBODY, RUNNERS),
    "segmentation:formulas": Access(EVERYBODY),
    "segmentation:suggestions": Access(EVERYBODY),
    "segmentation:creator_suggestions": Access(MOVERS),
    "segmentation:suggestion_record": Access(EVERYBODY),
    "segmentation:suggestion_settings": Access(ADMINS, ADMINS),
    "segmentation:suggestions_look": Access(None, MOVERS),
    "segmentation:value_answer": Access(None, MOVERS),
    "segmentation:suggestions_accept": Access(None, MOVERS),
    "segmentation:budget_plans": Access(EVERYBODY, IMPORTERS),
    "segmentation:budget_plan": Access(EVERYBODY),
    "segmentation:budget_plan_take": Access(None, IMPORTERS),
    "segmentation:budget_plan_delete": Access(None, IMPORTERS),
    "segmentation:budget_plan_export": Access(EVERYBODY),
    "segmentation:forecasts": Access(EVERYBODY, RUNNERS),
    "segmentation:campaign_forecast": Access(EVERYBODY),
    "segmentation:campaign_forecast_keep": Access(None, IMPORTERS),
    "segmentation:campaign_forecast_export": Access(EVERYBODY),
    "segmentation:prices": Access(EVERYBODY),
    "segmentation:creator_forecasts": Access(EVERYBODY),
    "segmentation:segment_forecasts": Access(EVERYBODY),
    "segmentation:clusters": Access(EVERYBODY),
    "segmentation:clusters_csv": Access(EVERYBODY),
    "segmentation:clusters_make": Access(None, RUNNERS),
    "segmentation:audience_overlap": Access(EVERYBODY),
    "segmentation:cluster": Access(EVERYBODY, RUNNERS),
    "segmentation:creator_clusters": Access(EVERYBODY),
    "segmentation:scores": Access(EVERYBODY),
    "segmentation:score": Access(EVERYBODY),
    "segmentation:score_ranking": Access(EVERYBODY),
    "segmentation:score_new": Access(RUNNERS, RUNNERS),
    "segmentation:score_edit": Access(RUNNERS, RUNNERS),
    "segmentation:score_use": Access(None, RUNNERS),
    "segmentation:score_count": Access(None, RUNNERS),
    "segmentation:score_archive": Access(None, RUNNERS),
    "segmentation:score_backtests": Access(EVERYBODY, RUNNERS),
    "segmentation:score_comparisons": Access(EVERYBODY, RUNNERS),
    "segmentation:score_comparison": Access(EVERYBODY),
    "segmentation:score_compare_again": Access(None, RUNNERS),
    "segmentation:creator_scores": Access(EVERYBODY),
    "segmentation:benchmarks": Access(EVERYBODY, STRATEGISTS),
    "segmentation:benchmark_remove": Access(None, STRATEGISTS),
    "segmentation:quality": Access(EVERYBODY),
    "segmentation:share": Access(None, RUNNERS),
    "segmentation:share_revoke": Access(None, RUNNERS),
    "segmentation:creator_panel": Access(EVERYBODY),
    "segmentation:creator_passages": Access(EVERYBODY),
    "segmentation:why": Access(EVERYBODY),
}
KINDS = {
    "uid": UID,
    "other": UUID(int=1),
    "form": "csv",
    "jurisdiction": "DK",
    "name": "country",
    "fact": "niches",
    "pk": NOTHING,
    "number": 1,
    "turn": NOTHING,
    "file": NOTHING,
    "position": 1,
    "key": "some",
    "kind": "joined",
    "stage": "core",
    "section": "chase",
    "change": "owner",
    "act": "pin",
    "source": "task",
    "answer": "accept",
    "verdict": "confirm",
}


def brand_patterns():
    """Every named page below /<brand>/, with the converters of its address."""
    for resolver in get_resolver().url_patterns:
        if str(resolver.pattern) == "<slug:brand>/":
            yield from patterns_in(resolver, resolver.namespace)


def patterns_in(resolver, namespace):
    """The pages of a part of an app, which may be in a module of its own."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            for name, converters in patterns_in(pattern, namespace):
                yield name, pattern.pattern.converters | converters
        else:
            yield f"{namespace}:{pattern.name}", pattern.pattern.converters


PATTERNS = dict(brand_patterns())


def address(name: str, brand: Brand) -> str:
    kwargs = {argument: KINDS[argument] for argument in PATTERNS[name]}
    return reverse(name, kwargs={"brand": brand.slug} | kwargs)


def allowed_ones(brand: Brand) -> Iterator[tuple[str, str]]:
    """Method and address of whatever somebody may ask for."""
    for name, access in PAGES.items():
        for method, allowed in (("get", access.get), ("post", access.post)):
            if allowed is not None:
                yield method, address(name, brand)


@pytest.fixture
def board(brand):
    """A creator at the address that the matrix asks for."""
    return RelationshipFactory(brand=brand, creator=CreatorFactory(uid=UID))


def test_the_matrix_names_every_page():
    assert set(PATTERNS) == set(PAGES)


@pytest.fixture
def bare_refusals(monkeypatch):
    """Pages are refused without the page that says so, which is the same for all of them."""
    monkeypatch.setattr("crm.permissions.refuse", lambda *_args: HttpResponse(status=403))


def status_of(client: Client, method: str, url: str) -> int:
    """What the page answers; what it did is taken back, so that the next one finds the same."""
    with transaction.atomic():
        status = getattr(client, method)(url).status_code
        transaction.set_rollback(True)
    return status


LET_IN = 299


@pytest.fixture
def at_the_door(monkeypatch):
    """A switch: pages say at the door whether the role may come in, and do nothing else."""

    @contextmanager
    def closed():
        with monkeypatch.context() as patch:
            patch.setattr("crm.permissions.may", lambda *_args: False)
            patch.setattr(
                "crm.permissions.refuse",
                lambda request, can: HttpResponse(
                    status=LET_IN if may(request.role, can) else HTTPStatus.FORBIDDEN
                ),
            )
            yield

    return closed


def shown_to(name: str, method: str, allowed: frozenset[Role]) -> Role:
    """Whom the page is really shown; roles take turns from page to page."""
    roles = sorted(allowed)
    return roles[crc32(f"{method} {name}".encode()) % len(roles)]


@pytest.mark.parametrize("role", Role)
@pytest.mark.usefixtures("board", "bare_refusals")
def test_role_by_page_by_method(brand, role, at_the_door):
    """Every refusal is a real one; of those who may come in one is shown what is inside."""
    client = logged_in(person(brand, role))
    wrong = []
    for name, access in PAGES.items():
        url = address(name, brand)
        for method, allowed in (("get", access.get), ("post", access.post)):
            if allowed is None or role not in allowed:
                status = status_of(client, method, url)
                right = status == (405 if allowed is None else 403)
            elif role is shown_to(name, method, allowed):
                status = status_of(client, method, url)
                # 404 where the address leads to nothing, 422 and the like for an empty form.
                right = status != 403 and status < 500
            else:
                with at_the_door():
                    status = status_of(client, method, url)
                right = status == LET_IN
            if not right:
                wrong.append(f"{role} {method} {url}: {status}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.usefixtures("board")
def test_to_an_outsider_the_brand_does_not_exist(brand, outsider_client):
    answers = {
        (method, url): status_of(outsider_client, method, url)
        for method, url in allowed_ones(brand)
    }
    assert {where for where, status in answers.items() if status != 404} == set()


@pytest.mark.usefixtures("board")
def test_a_stranger_is_asked_to_log_in(brand, client):
    for method, url in allowed_ones(brand):
        answer = getattr(client, method)(url)
        assert answer.status_code == 302, (method, url)
        assert answer["Location"].startswith("/accounts/login/?next="), (method, url)


def test_refused_requests_leave_no_trace(brand, board, analyst_client):
    analyst_client.post(f"/acme/board/cards/{board.pk}/move/", {"to": "first_time", "version": 1})
    analyst_client.post(f"/acme/creators/{UID}/relationship/", {"stage": "core", "version": 1})
    analyst_client.post("/acme/settings/", {"name": "Mine"})
    board.refresh_from_db()
    brand.refresh_from_db()
    assert (board.stage, board.version, brand.name) == ("prospect", 1, "Acme")
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role is not ADMIN])
@pytest.mark.usefixtures("board")
def test_the_refusal_says_who_may(brand, role):
    """For each thing that a role may not do, as a page and as an answer to what was sent."""
    client = logged_in(person(brand, role))
    seen = set()
    for name, access in PAGES.items():
        for method, allowed in (("get", access.get), ("post", access.post)):
            if allowed is None or role in allowed or (method, allowed) in seen:
                continue
            seen.add((method, allowed))
            answer = getattr(client, method)(address(name, brand))
            assert answer.status_code == 403, (method, name)
            words = answer.content.decode()
            assert f"Your role for Acme is {role.label.lower()}. This needs the role " in words
            assert ADMIN.label.lower() in words.partition("This needs the role ")[2]


def test_the_refusal_names_every_role_that_may(brand, analyst_client):
    page = analyst_client.get("/acme/creators/new/")
    assert page.status_code == 403
    assert "creator manager or admin" in page.content.decode()


def test_a_request_from_another_site_is_refused(brand, board, manager):
    client = Client(enforce_csrf_checks=True)
    client.force_login(manager, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.post(f"/acme/board/cards/{board.pk}/move/", {"to": "first_time", "version": 1})
    assert answer.status_code == 403
    board.refresh_from_db()
    assert board.stage == "prospect"


def test_the_rail_has_only_what_the_role_can_use(brand, manager_client, admin_user_client):
    assert 'href="/acme/settings/"' not in manager_client.get("/acme/creators/").content.decode()
    assert 'href="/acme/settings/"' in admin_user_client.get("/acme/creators/").content.decode()


def test_home_leads_to_the_first_brand_or_says_that_there_is_none(brand, manager_client, outsider):
    assert manager_client.get("/")["Location"] == "/acme/"
    outsider.roles.all().delete()
    answer = logged_in(outsider).get("/")
    assert answer.status_code == 403
    assert "no role in any brand yet" in answer.content.decode()


def test_the_table_of_capabilities_is_whole():
    assert set(CAPABILITIES) == set(Role)
    assert all(may(ADMIN, can) for can in Can)
    assert not may(None, Can.VIEW)
    assert who_may(Can.MANAGE_BRAND) == "admin"
