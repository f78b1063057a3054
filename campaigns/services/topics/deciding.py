"""Follow a topic, which makes it a search word, or set it aside."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns.choices import TopicState, WordLanguage
from campaigns.models import Keyword, KeywordList, RisingTopic
from campaigns.services.keywords.keeping import Searched, add_words, create_list
from campaigns.services.keywords.text import folded
from crm import audit
from crm.models import Brand, User

FOLLOWED_LIST = "Followed topics"


class TopicRefused(Exception):
    """Nothing was decided; the message is fit for the user."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


@transaction.atomic
def follow(*, brand: Brand, topic_id: int, actor: User | None, at: datetime) -> RisingTopic:
    """Put the topic on the list of followed ones, from which briefs take it.

    Raises RisingTopic.DoesNotExist, TopicRefused, KeywordsRefused.
    """
    topic = _locked(brand, topic_id)
    found = KeywordList.objects.filter(brand=brand, name__iexact=FOLLOWED_LIST).first()
    words = [Searched(topic.term)]
    if found is None:
        found = create_list(
            brand=brand,
            name=FOLLOWED_LIST,
            language=WordLanguage.SIMPLE,
            words=words,
            actor=actor,
            at=at,
        )
    elif not found.keywords.filter(folded=folded([topic.term])[0]).exists():
        add_words(keyword_list=found, words=words, actor=actor, at=at)
    topic.keyword = Keyword.objects.get(keyword_list=found, folded=folded([topic.term])[0])
    return _decided(topic, TopicState.FOLLOWED, actor, at)


@transaction.atomic
def dismiss(*, brand: Brand, topic_id: int, actor: User | None, at: datetime) -> RisingTopic:
    """Set it aside. Raises RisingTopic.DoesNotExist, TopicRefused."""
    return _decided(_locked(brand, topic_id), TopicState.DISMISSED, actor, at)


def _locked(brand: Brand, topic_id: int) -> RisingTopic:
    rows = RisingTopic.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "week__brand"
    )
    topic = rows.get(pk=topic_id, week__brand=brand)
    if topic.state != TopicState.OPEN:
        raise TopicRefused("Somebody has decided about this topic already.", code="decided")
    return topic


def _decided(
    topic: RisingTopic, state: TopicState, actor: User | None, at: datetime
) -> RisingTopic:
    topic.state, topic.decided_by, topic.decided_at = state, actor, at
    topic.save(update_fields=["state", "decided_by", "decided_at", "keyword"])
    audit.record(
        brand=topic.week.brand,
        verb="campaigns.topic.decided",
        target=topic,
        actor=actor,
        at=at,
        label=str(topic),
        data={"state": [TopicState.OPEN, state], "week": topic.week.week.isoformat()},
    )
    return topic
