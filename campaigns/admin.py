"""Campaigns and agents in the admin: the same form, the same rules."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from access.models import Account, Team
from campaigns import choices, dialers
from campaigns.forms import CampaignForm
from campaigns.models import Agent, AgentSet, Campaign
from leads.admin_tables import WithImport
from leads.models import LeadList


class CampaignAdminForm(CampaignForm):
    """The form of the page, with the account chosen in the form itself."""

    class Meta(CampaignForm.Meta):
        fields = ("account", "lead_list")  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        written = args[0] if args else kwargs.get("data")
        instance: Campaign | None = kwargs.get("instance")
        here = Account.objects.filter(provider=choices.DIALER)
        account = _named(here, (written or {}).get("account"))
        account = account or (instance.account if instance else here.first())
        owner = _named(LeadList.objects.all(), (written or {}).get("lead_list"))
        home = instance or account
        team = owner.team if owner else home.team if home else None
        super().__init__(
            *args, account=account or Account(), team=team or Team(), may_override=True, **kwargs
        )

    def save_m2m(self) -> None:
        """Agents are seated by save()."""


def _named(rows: QuerySet[Any], key: Any) -> Any:
    return rows.filter(pk=key).first() if str(key or "").isdecimal() else None


@admin.register(Campaign)
class CampaignAdmin(admin.ModelAdmin[Campaign]):
    """Campaigns; one that was sent can be looked at only."""

    form = CampaignAdminForm
    list_display = ("name", "team", "account", "state", "start_date", "end_date")
    list_filter = ("state", "dialer_type", "team", "account")
    search_fields = ("name", "wire_name", "lead_list__name")
    list_select_related = ("team", "account")

    def get_fieldsets(self, request: HttpRequest, obj: Campaign | None = None) -> Any:
        """Return the form's sections; CSS shows each dialer's own fields."""
        both = [f.column for f in dialers.FIELDS if not f.dialer and f.column != "agents"]
        own = {
            dialer: [f.column for f in dialers.FIELDS if f.dialer == dialer]
            for dialer in dialers.DIALERS
        }
        return [
            (None, {"fields": ["account", "lead_list", *both, "outside_hours_reason"]}),
            *(
                (words, {"fields": own[dialer], "classes": [f"only-{dialer}"]})
                for dialer, words in dialers.DIALERS.items()
            ),
            (dialers.BY_NAME["users"].label, {"fields": ["agents", "agent_ids"]}),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whether there is a dialer account for a campaign to go to."""
        has_dialer = Account.objects.filter(provider=choices.DIALER).exists()
        return has_dialer and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        """Whether the campaign may be changed: nothing of it is at the provider."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or obj.is_editable)

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:
        """Leave the saving to the form, which seats the agents as well."""
        if not change:
            obj.created_by_id = request.user.pk
        form.save()


@admin.register(Agent)
class AgentAdmin(WithImport):
    """People who take calls."""

    import_kind = "agents"

    list_display = ("agent_id", "name", "calling_team", "team", "account", "left_at")
    list_filter = ("team", "account", "group")
    search_fields = ("agent_id", "name", "phone")
    list_select_related = ("team", "account")

    @admin.display(description=_("calls in team"), ordering="group")
    def calling_team(self, agent: Agent) -> str:
        """The group on the call floor; `team` is the client whose records these are."""
        return agent.group


@admin.register(AgentSet)
class AgentSetAdmin(admin.ModelAdmin[AgentSet]):
    """Named choices of agents."""

    list_display = ("name", "team")
    list_filter = ("team",)
    search_fields = ("name",)
    filter_horizontal = ("agents",)
