"""Addresses of campaigns and agents."""

from __future__ import annotations

from django.urls import URLPattern, path

from campaigns.views import acts, agents, form, index, part_ids, plan

app_name = "campaigns"
urlpatterns: list[URLPattern] = [
    path("campaigns/", index.index, name="campaigns"),
    path("campaigns/new/", form.new, name="new"),
    path("campaigns/check/", form.check, name="check"),
    path("campaigns/ids/", part_ids.part_ids, name="part_ids"),
    path("campaigns/plan/<int:list_pk>/<int:account_pk>/", plan.plan, name="plan"),
    path("campaigns/<int:pk>/", form.one, name="campaign"),
    path("campaigns/<int:pk>/duplicate/", acts.duplicate, name="duplicate"),
    path("campaigns/<int:pk>/split/", acts.split, name="split"),
    path("campaigns/<int:pk>/remove/", acts.remove, name="remove"),
    path("campaigns/<int:pk>/ended/", acts.ended, name="ended"),
    path("campaigns/<int:pk>/by-hand/", acts.by_hand, name="by_hand"),
    path("agents/", agents.agents, name="agents"),
    path("agents/add/", agents.add, name="agent_add"),
    path("agents/<int:pk>/", agents.one, name="agent"),
    path("agents/<int:pk>/left/", agents.left, name="agent_left"),
    path("agents/<int:pk>/back/", agents.back, name="agent_back"),
]
