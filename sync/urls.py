"""Addresses of what was sent and its levers; and of lists, which show where their leads stand."""

from __future__ import annotations

from django.urls import URLPattern, path

from sync.views import (
    accounts,
    actions,
    campaigns,
    chosen,
    fetching,
    launch,
    lead_story,
    levers,
    lists,
    person,
    send_panel,
    sending,
    sent,
)

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
    path("accounts/<int:pk>/columns/", accounts.columns, name="account_columns"),
    path("accounts/<int:pk>/test/", accounts.test, name="account_test"),
    path("accounts/<int:pk>/stop/", accounts.stop, name="account_stop"),
    path("accounts/<int:pk>/release/", accounts.release, name="account_release"),
    path("accounts/<int:pk>/agents/", fetching.agents, name="fetch_agents"),
    path("accounts/<int:pk>/lists/", fetching.lists, name="fetch_lists"),
    path("accounts/<int:pk>/workspace/", fetching.workspace, name="fetch_workspace"),
    path("leads/<int:pk>/story/", lead_story.lead_story, name="lead_story"),
    path("numbers/<str:phone>/everything.json", person.everything, name="person_file"),
    path("numbers/<str:phone>/erase/", person.erase, name="person_erase"),
    path("leads/<int:pk>/actions/new/", actions.new, name="action_new"),
    path("lists/<int:pk>/panel/", send_panel.show, name="send_panel"),
    path("lists/<int:pk>/send/", sending.send_list, name="send_list"),
    path("lists/<int:pk>/next-part/forget/", sending.forget_next_part, name="forget_next_part"),
    path("contacts/send/", chosen.send_contacts, name="send_contacts"),
    path("leads/send/", chosen.send_leads, name="send_leads"),
    path("campaigns/<int:pk>/send/", sending.send_campaign, name="send_campaign"),
    path("campaigns/send/", campaigns.send_campaigns, name="send_campaigns"),
    path("campaigns/<int:pk>/sent/", campaigns.campaign_sent, name="campaign_sent"),
    path("campaigns/<int:pk>/launch/", launch.of_campaign, name="launch"),
    path("campaigns/launch/<int:list_pk>/<int:account_pk>/", launch.of_list, name="launch_list"),
    path("sends/<int:pk>/pause/", levers.pause, name="pause"),
    path("sends/<int:pk>/resume/", levers.resume, name="resume"),
    path("sends/<int:pk>/cancel/", levers.cancel, name="cancel"),
    path("sends/<int:pk>/again/", levers.send_again, name="send_again"),
    path("sent/", sent.index, name="sent"),
    path("sent/<int:pk>/", sent.one, name="sent_one"),
    path("sent/<int:pk>/decide/", levers.decide, name="decide"),
    path("sent/<int:pk>/again/", levers.again, name="again"),
]
