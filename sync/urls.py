"""Addresses of what was sent and its levers; and of lists, which show where their leads stand."""

from __future__ import annotations

from django.urls import URLPattern, path

from sync.views import accounts, lead_story, lists, sent

# Named `leads:...` in telecrm_admin/urls.py: a list's page is about leads, but reads the ledger.
list_pages: list[URLPattern] = [
    path("lists/", lists.index, name="lists"),
    path("lists/new/", lists.new, name="list_new"),
    path("lists/<int:pk>/", lists.one, name="list"),
    path("lists/<int:pk>/live/", lists.live, name="list_live"),
    path("lists/<int:pk>/edit/", lists.edit, name="list_edit"),
    path("lists/<int:pk>/delete/", lists.delete, name="list_delete"),
]

app_name = "sync"
urlpatterns: list[URLPattern] = [
    path("accounts/", accounts.index, name="accounts"),
    path("accounts/new/", accounts.choose, name="account_choose"),
    path("accounts/new/<slug:slug>/", accounts.new, name="account_new"),
    path("accounts/<int:pk>/", accounts.show, name="account"),
    path("accounts/<int:pk>/edit/", accounts.edit, name="account_edit"),
    path("accounts/<int:pk>/test/", accounts.test, name="account_test"),
    path("accounts/<int:pk>/stop/", accounts.stop, name="account_stop"),
    path("accounts/<int:pk>/release/", accounts.release, name="account_release"),
    path("leads/<int:pk>/story/", lead_story.lead_story, name="lead_story"),
    path("sent/", sent.index, name="sent"),
    path("sent/<int:pk>/", sent.one, name="sent_one"),
    path("sends/<int:pk>/pause/", sent.one, name="pause"),
    path("sends/<int:pk>/resume/", sent.one, name="resume"),
    path("sends/<int:pk>/cancel/", sent.one, name="cancel"),
]
