"""What beat starts, and when, in UTC."""

from __future__ import annotations

from datetime import timedelta

from celery.schedules import crontab

SCHEDULE = {
    # Incidents age, permits and campaigns end: what only time changes, before the stages are looked
    # at. What people do is computed on demand, too.
    "look-at-audiences": {
        "task": "campaigns.tasks.look_at_audiences",
        "schedule": crontab(hour=3, minute=50),
    },
    "read-reliability": {
        "task": "campaigns.tasks.read_reliability",
        "schedule": crontab(hour=4, minute=30),
    },
    # Before scores are counted: they may read it.
    "read-formats": {
        "task": "campaigns.tasks.read_formats",
        "schedule": crontab(hour=4, minute=5),
    },
    "assess-risk": {"task": "campaigns.tasks.assess_risk", "schedule": crontab(hour=4, minute=20)},
    "end-pauses": {"task": "campaigns.tasks.end_pauses", "schedule": crontab(minute="*/15")},
    # Every brand's fiscal quarter may begin in another month and zone, and dimensions have cadences
    # of their own, so this asks which runs are due and not yet there: a missed one is caught up,
    # once. It also takes up runs whose worker is gone.
    "due-segmentation": {
        "task": "segmentation.tasks.start_due_runs",
        "schedule": crontab(minute="*/5"),
    },
    # Orders for runs, drift reports, scorecards by tier: those whose message or worker got lost.
    "lost-errands": {
        "task": "segmentation.tasks.take_up_errands",
        "schedule": timedelta(minutes=1),
    },
    # The outbox is drained on commit; this is the net beneath it.
    "drain-facts": {"task": "segmentation.tasks.drain_facts", "schedule": timedelta(seconds=20)},
    # Runs bring the facts of large brands forward by what time has moved: this is the proof that it
    # comes to the same as computing them from nothing. What does not is put right and logged.
    "check-facts": {
        "task": "segmentation.tasks.check_facts",
        "schedule": crontab(day_of_week="sun", hour=3, minute=30),
    },
    # Changed facts are looked at at once; what only time changes ("no post for half a year") here.
    "suggest-stages": {
        "task": "segmentation.tasks.suggest_stages",
        "schedule": crontab(hour=4, minute=40),
    },
    # After facts were looked at and reliability was read.
    "count-scores": {
        "task": "segmentation.tasks.count_all_scores",
        "schedule": crontab(hour=4, minute=50),
    },
    # After runs and scores: it reads segments, and takes a worker for minutes where posts are many.
    "learn-forecasts": {
        "task": "segmentation.tasks.learn_all_forecasts",
        "schedule": crontab(hour=5, minute=40),
    },
    # When nobody waits: it reads words by the thousand.
    "suggest-values": {
        "task": "segmentation.tasks.suggest_values",
        "schedule": crontab(hour=5, minute=20),
    },
    # As above, of posts that disclose nothing.
    "hint-at-ads": {
        "task": "campaigns.tasks.hint_at_ads",
        "schedule": crontab(hour=5, minute=30),
    },
    # Who hangs together with whom changes slowly; makings that are far apart move people.
    "make-maps": {
        "task": "segmentation.tasks.make_all_maps",
        "schedule": crontab(day_of_week="sunday", hour=3, minute=20),
    },
    # What creators are like: after scores, since it takes the longest.
    "build-looks": {
        "task": "segmentation.tasks.build_all_looks",
        "schedule": crontab(hour=5, minute=10),
    },
    # What a person decided about a creator and a segment may end at any minute.
    "end-overrides": {
        "task": "segmentation.tasks.end_overrides",
        "schedule": timedelta(minutes=1),
    },
    # The ledger is the outbox of webhooks: what came into it since is told, and what failed tried
    # again when its time has come.
    "call-webhooks": {
        "task": "crm.tasks.call_webhooks",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 5},
    },
    "forget-deliveries": {
        "task": "crm.tasks.forget_deliveries",
        "schedule": crontab(hour=3, minute=15),
    },
    # Where a pull stands is in the database: a turn takes it up where the one before left off.
    "pull-connectors": {
        "task": "crm.tasks.pull_all",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 10},
    },
    "forget-pulls": {"task": "crm.tasks.forget_pulls", "schedule": crontab(hour=3, minute=20)},
    # What people send goes at once; this takes what waited for its hour, or for a server.
    "send-mail": {
        "task": "crm.tasks.send_mail",
        "schedule": timedelta(seconds=20),
        "options": {"expires": 20},  # none pile up while no worker is there
    },
    "fetch-mail": {
        "task": "crm.tasks.fetch_all_mail",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "sweep-mail": {"task": "crm.tasks.sweep_mail", "schedule": timedelta(minutes=5)},
    "remove-mail-files": {
        "task": "crm.tasks.remove_mail_files",
        "schedule": crontab(hour=3, minute=10),
    },
    "erase-applications": {
        "task": "crm.tasks.erase_applications",
        "schedule": crontab(hour=3, minute=20),
    },
    "erase-submissions": {
        "task": "campaigns.tasks.erase_submissions",
        "schedule": crontab(hour=3, minute=25),
    },
    "erase-whereabouts": {
        "task": "campaigns.tasks.erase_whereabouts",
        "schedule": crontab(hour=3, minute=30),
    },
    "propose-retention": {
        "task": "crm.tasks.propose_retention",
        "schedule": crontab(hour=3, minute=35),
    },
    "sign-ledgers": {"task": "crm.tasks.sign_ledgers", "schedule": crontab(hour=3, minute=50)},
    # What people asked for and a lost worker left undone goes on where it was.
    "send-promised": {"task": "crm.tasks.send_promised", "schedule": timedelta(minutes=1)},
    "lost-jobs": {"task": "crm.tasks.take_up_jobs", "schedule": timedelta(minutes=1)},
    "forget-touched": {"task": "segmentation.tasks.forget_touched", "schedule": crontab(minute=37)},
    "forget-answers": {"task": "crm.tasks.forget_answers", "schedule": crontab(minute=7)},
    "expired-files": {"task": "crm.tasks.remove_expired_files", "schedule": crontab(minute=17)},
    # Each at their own hour, so it looks often; what was told is stored and not told again.
    "tell-people": {"task": "crm.tasks.tell_people", "schedule": crontab(minute="*")},
    "advance-sequences": {
        "task": "crm.tasks.advance_sequences",
        "schedule": timedelta(minutes=1),
    },
    # Brands' days begin at different hours.
    "expire-offers": {
        "task": "campaigns.tasks.expire_offers",
        "schedule": crontab(minute=7),
    },
    # Imports tell of publications at once; what time makes late, or two days old, is found here.
    "watch-publications": {
        "task": "campaigns.tasks.watch_publications",
        "schedule": crontab(minute=37),
    },
    "remove-captures": {
        "task": "campaigns.tasks.remove_captures",
        "schedule": crontab(hour=3, minute=25),
    },
    "end-contracts": {
        "task": "campaigns.tasks.end_contracts",
        "schedule": crontab(minute=11),
    },
    # Acceptances look at once; publications, approvals and days are found here.
    "look-at-payments": {
        "task": "campaigns.tasks.look_at_payments",
        "schedule": crontab(minute=43),
    },
    # The clock of a gate counts working hours: to remind within ten minutes is soon enough.
    "remind-of-gates": {
        "task": "campaigns.tasks.remind_of_gates",
        "schedule": crontab(minute="*/10"),
    },
    "remind-of-disclosures": {
        "task": "campaigns.tasks.remind_of_disclosures",
        "schedule": crontab(minute="2-59/10"),
    },
    "chase-remediations": {
        "task": "campaigns.tasks.chase_remediations",
        "schedule": crontab(minute="5-59/10"),
    },
    # Briefs and claims that change are looked at by and by; claims begin and end on days as well.
    "recheck-drafts": {
        "task": "campaigns.tasks.recheck_drafts",
        "schedule": crontab(minute="4-59/15"),
    },
    # What somebody writes down is looked at at once; numbers and days are found here.
    "look-at-registers": {
        "task": "campaigns.tasks.look_at_registers",
        "schedule": crontab(hour=4, minute=20),
    },
    "tell-of-ending-rights": {
        "task": "campaigns.tasks.tell_of_ending_rights",
        "schedule": crontab(minute=27),
    },
    "write-clicks": {
        "task": "campaigns.tasks.write_clicks",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 5},  # none pile up while no worker is there
    },
    # Brands' days begin at different hours; redemptions come when shops send them.
    "find-spikes": {
        "task": "campaigns.tasks.find_spikes",
        "schedule": crontab(minute=47),
    },
    # Four in the morning: behind the day's imports, before people come.
    "look-at-platforms": {
        "task": "campaigns.tasks.look_at_platforms",
        "schedule": crontab(hour=4, minute=10),
    },
    # Behind the night's imports; what somebody adds is counted at once.
    "count-keywords": {
        "task": "campaigns.tasks.count_keywords",
        "schedule": crontab(hour=3, minute=20),
    },
    "find-topics": {
        "task": "campaigns.tasks.find_topics",
        "schedule": crontab(hour=4, minute=40),
    },
    "score-comments": {"task": "crm.tasks.score_comments", "schedule": timedelta(minutes=1)},
    "group-comments": {"task": "crm.tasks.group_comments", "schedule": crontab(minute="12,42")},
    # Before people come: what they said yesterday tells today's comments apart.
    "learn-from-labels": {
        "task": "crm.tasks.learn_from_labels",
        "schedule": crontab(hour=2, minute=50),
    },
    "let-comments-go": {
        "task": "crm.tasks.let_comments_go",
        "schedule": crontab(hour=3, minute=40),
    },
    "remove-clicks": {
        "task": "campaigns.tasks.remove_clicks",
        "schedule": crontab(hour=3, minute=15),
    },
    "refresh-metrics": {
        "task": "crm.tasks.refresh_all_metrics",
        "schedule": crontab(hour=2, minute=30),
    },
}
