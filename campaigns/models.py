"""Campaigns a dialer runs, and the agents who take the calls."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Account, Team, TeamOwnedQuerySet, User
from leads.models import Import, LeadList, ListPart, SendSummary
from leads.naming import token, wire_name

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Agent(models.Model):
    """A person who takes calls at a dialer account; `agent_id` is `<extension>_<inet_no>`."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="agents")
    account = models.ForeignKey(Account, models.PROTECT, related_name="agents")
    agent_id = models.CharField(_("agent id"), max_length=60)
    name = models.CharField(_("name"), max_length=120, blank=True)
    extension = models.CharField(_("extension"), max_length=20, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    group = models.CharField(_("team"), max_length=80, blank=True)
    origin = models.ForeignKey(
        Import, models.SET_NULL, null=True, blank=True, related_name="agents", editable=False
    )
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = TeamOwnedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "agent_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "agent_id"], name="agent_once_at_account")
        ]

    def __str__(self) -> str:
        return self.name or self.agent_id


class AgentSet(models.Model):
    """A named choice of agents."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="agent_sets")
    name = models.CharField(_("name"), max_length=80)
    agents = models.ManyToManyField(Agent, related_name="sets")

    objects = TeamOwnedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["team", "name"], name="agent_set_in_team")
        ]

    def __str__(self) -> str:
        return self.name


class CampaignState(models.TextChoices):
    """Where a campaign stands; campaigns/states.py has the words for people."""

    DRAFT = "draft", _("Draft")
    WAITING = "waiting", _("Waiting")
    CREATED = "created", _("Created")
    BY_HAND = "by_hand", _("Created by hand")
    UNSURE = "unsure", _("Not sure")
    REFUSED = "refused", _("Refused")


EDITABLE = (CampaignState.DRAFT, CampaignState.REFUSED)  # nothing of it is at the provider
HOLDING = tuple(state for state in CampaignState if state not in EDITABLE)


class CampaignQuerySet(TeamOwnedQuerySet):
    """Campaigns as a page asks for them."""

    def living(self) -> CampaignQuerySet:
        """Return the ones nobody has thrown away."""
        return self.filter(deleted_at=None)

    def in_the_way(self) -> CampaignQuerySet:
        """Return those that keep their agents and their part, as far as we know.

        Seed 003: TeleCMI takes an agent, and a group of leads, in one campaign only. One that
        waits or may be there counts; one a person saw ending does not.
        """
        return self.living().filter(state__in=HOLDING, ended_confirmed_at=None)


class Campaign(models.Model):
    """One plan for one part of a list at one dialer account (seed 003).

    Rules for the dialer's fields live in campaigns/dialers.py; the columns here only hold values.
    Times are the wall clock of `time_zone` (an IANA name); the offset is worked out on sending.
    """

    State = CampaignState

    class Dialer(models.TextChoices):
        PREDICTIVE = "predictive", _("Predictive")
        PROGRESSIVE = "progressive", _("Progressive")

    team = models.ForeignKey(Team, models.PROTECT, related_name="campaigns")
    account = models.ForeignKey(Account, models.PROTECT, related_name="campaigns")
    lead_list = models.ForeignKey(LeadList, models.PROTECT, related_name="campaigns")
    part = models.ForeignKey(
        ListPart, models.PROTECT, null=True, blank=True, related_name="campaigns"
    )
    state = models.CharField(
        max_length=8, choices=CampaignState.choices, default=CampaignState.DRAFT
    )
    name = models.CharField(_("name"), max_length=100)
    token = models.CharField(max_length=12, blank=True, editable=False)
    wire_name = models.CharField(max_length=160, blank=True, editable=False)
    provider_campaign_id = models.UUIDField(null=True, blank=True)
    dialer_type = models.CharField(
        _("dialer"), max_length=12, choices=Dialer.choices, default=Dialer.PREDICTIVE
    )
    active = models.BooleanField(_("start dialling"), default=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Kolkata")
    start_date = models.DateField(_("first day"), null=True, blank=True)
    end_date = models.DateField(_("last day"), null=True, blank=True)
    start_time = models.TimeField(_("from"), null=True, blank=True)
    end_time = models.TimeField(_("until"), null=True, blank=True)
    agents = models.ManyToManyField(Agent, through="CampaignAgent", related_name="campaigns")
    user_interval = models.CharField(_("pause between calls"), max_length=10, blank=True)
    ratio = models.CharField(_("lines per agent"), max_length=5, blank=True)
    waiting_music = models.CharField(_("waiting music"), max_length=100, blank=True)
    unanswered_music = models.CharField(_("unanswered music"), max_length=100, blank=True)
    ring_rule = models.CharField(_("who rings"), max_length=40, blank=True)
    ring_seconds = models.PositiveIntegerField(_("ring for"), null=True, blank=True)
    max_waiting_time = models.PositiveIntegerField(_("longest wait"), null=True, blank=True)
    call_interval = models.PositiveIntegerField(_("call interval"), null=True, blank=True)
    no_agent_no_wait = models.BooleanField(_("hang up when no agent is free"), null=True)
    max_waiting_time_without_agent = models.PositiveIntegerField(
        _("longest wait without an agent"), null=True, blank=True
    )
    caller_id = models.CharField(_("caller id"), max_length=20, blank=True)
    reject_delay_time = models.PositiveIntegerField(_("after a reject"), null=True, blank=True)
    no_answer_delay_time = models.PositiveIntegerField(_("after no answer"), null=True, blank=True)
    outside_hours_reason = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    push_state = models.CharField(
        max_length=8, blank=True, default="", choices=SendSummary.choices, editable=False
    )
    # The press that made it: a double click makes one campaign (or one plan), not two.
    click = models.CharField(max_length=60, blank=True, db_index=True, editable=False)
    duplicate_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    left_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    # "All agents on one part after another": this one may start when that one has ended.
    follows = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="followers", editable=False
    )
    ended_confirmed_at = models.DateTimeField(null=True, blank=True)
    # Somebody pressed "Create" while the part's id was missing: it goes out when the id is pasted.
    wanted_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What the provider answered last; written by sync when a send rests or ends.
    evidence = models.CharField(max_length=8, blank=True, editable=False)
    cause = models.CharField(max_length=60, blank=True, editable=False)
    quote = models.TextField(blank=True, editable=False)
    reason = models.TextField(blank=True, editable=False)
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = CampaignQuerySet.as_manager()
    if TYPE_CHECKING:
        seats: RelatedManager[CampaignAgent]

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "wire_name"],
                condition=~models.Q(wire_name=""),
                name="campaign_name_at_account",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        """Give the campaign its token; the name for the provider follows while it may."""
        if not self.wire_name or (self.token and self.is_editable):
            self.token = self.token or token()
            self.wire_name = wire_name(self.name, self.token)
            if (fields := kwargs.get("update_fields")) is not None:
                kwargs["update_fields"] = {*fields, "token", "wire_name"}  # type: ignore[misc]
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        """Return the campaign's page."""
        return reverse("campaigns:campaign", args=[self.pk])

    def agents_in_order(self) -> list[Agent]:
        """Return the campaign's agents in the order of the form."""
        return [seat.agent for seat in self.seats.select_related("agent").order_by("position")]

    def seat(self, agents: Iterable[Agent]) -> None:
        """Give the campaign these agents in this order; unsaved ones are entered first."""
        self.seats.all().delete()
        chosen = list(agents)
        for agent in chosen:
            if agent.pk is None:
                agent.save()
        CampaignAgent.objects.bulk_create(
            CampaignAgent(campaign=self, agent=agent, position=number)
            for number, agent in enumerate(chosen)
        )

    @property
    def bracketed(self) -> str:
        """The letters that keep the name at the provider apart: "[m4t9xe]"."""
        return f"[{self.token}]" if self.token else ""

    @property
    def is_editable(self) -> bool:
        """Whether it may be changed: nothing of it is at the provider."""
        return self.state in EDITABLE


class CampaignAgent(models.Model):
    """An agent's place in a campaign; `position` keeps the order of the form."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="seats")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="seats")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "agent"], name="agent_once_in_campaign")
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} in {self.campaign_id}"
