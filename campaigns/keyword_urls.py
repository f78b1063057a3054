"""Pages of search words, of what points to the brand, and of topics, below /<brand>/watch/."""

from __future__ import annotations

from django.urls import path

from campaigns.views import keywords, references, topics

urlpatterns = [
    path("keywords/", keywords.lists, name="keyword_lists"),
    path("keywords/new/", keywords.new, name="keyword_list_new"),
    path("keywords/<int:pk>/", keywords.keyword_list, name="keyword_list"),
    path("keywords/<int:pk>/assign/", keywords.assign, name="keyword_list_assign"),
    path("keywords/<int:pk>/unassign/", keywords.unassign, name="keyword_list_unassign"),
    path("keywords/<int:pk>/remove/", keywords.remove, name="keyword_list_remove"),
    path("keywords/<int:pk>/export.<format:form>", keywords.export, name="keyword_list_export"),
    path("keywords/words/<int:pk>/", keywords.keyword, name="keyword"),
    path("references/", references.references, name="post_references"),
    path("references/export.<format:form>", references.export, name="post_references_export"),
    path("topics/", topics.topics, name="topics"),
    path("topics/<int:pk>/<slug:name>/", topics.act, name="topic_act"),
]
