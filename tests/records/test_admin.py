"""Django's admin: every table opens and searches, the ledger is read-only, no secret is shown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from access.models import AuditEvent, User
from leads.models import Import, ImportIssue, Lead, LeadList
from sync.models import Attempt, Decision, Delivery, DeliveryItem, Gate, Push, Standing
from tests.factories import (
    AccountFactory,
    ContactFactory,
    ImportFactory,
    LeadFactory,
    UserFactory,
)
from tests.pages import world

pytestmark = pytest.mark.django_db
OURS = [
    model
    for label in ("access", "leads", "campaigns", "sync")
    for model in apps.get_app_config(label).get_models()
    if not model._meta.auto_created
]
# Rows that are edited inside the record they belong to.
INSIDE = {"membership", "leadtag", "campaignagent", "recoverycode", "fingerprintkey"}
LEDGER = (Push, Delivery, DeliveryItem, Attempt, Decision, Standing, Gate, AuditEvent)


@pytest.fixture
def root(client: Client) -> Client:
    user: User = UserFactory.create(is_staff=True, is_superuser=True)
    client.force_login(user)
    return client


def test_every_model_has_a_table() -> None:
    missing = [m.__name__ for m in OURS if m not in admin.site._registry]
    assert {name.lower() for name in missing} <= INSIDE


@pytest.mark.parametrize("model", [m for m in OURS if m in admin.site._registry])
def test_every_table_opens_and_searches(root: Client, model: type[Model]) -> None:
    url = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    assert root.get(url).status_code == 200
    assert root.get(f"{url}?q=abc").status_code == 200


def test_every_record_opens(root: Client) -> None:
    world.friday(scale=0.02)
    ImportFactory.create().issues.create(row_number=3, code="phone_empty")
    opened = set()
    for model in OURS:
        record = model._default_manager.order_by("-pk").first()
        if record is not None and model in admin.site._registry:
            url = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{record.pk}/change/"
            assert root.get(url).status_code == 200, url
            opened.add(model)
    assert opened >= {Import, ImportIssue, Lead, LeadList, Push, Delivery, Attempt, Standing}


def test_an_import_offers_no_link_to_its_upload_and_writes_times_as_the_pages_do(
    root: Client,
) -> None:
    made = datetime(2026, 11, 21, 12, 14, tzinfo=UTC)
    record = ImportFactory.create(file="imports/2026/11/week.csv", created_at=made)
    page = root.get(f"/admin/leads/import/{record.pk}/change/").text
    assert "imports/2026/11" not in page
    assert "21 Nov 2026, 17:44" in page


@pytest.mark.parametrize("model", LEDGER)
def test_the_ledger_cannot_be_changed_by_hand(root: Client, model: type[Model]) -> None:
    table = admin.site._registry[model]
    request = root.get("/admin/").wsgi_request
    assert not table.has_add_permission(request)
    assert not table.has_change_permission(request)
    assert not table.has_delete_permission(request)


def test_an_accounts_secrets_are_named_but_never_shown(root: Client) -> None:
    account = AccountFactory.create(
        credentials={"secret": "s3cr3t-of-the-account", "inet_no": "2224257"}
    )
    page = root.get(f"/admin/access/account/{account.pk}/change/").content.decode()
    assert "s3cr3t-of-the-account" not in page
    assert "secret: ••••" in page
    assert 'name="credentials"' not in page


@pytest.mark.parametrize("text", ["98220 00417", "0417", "+919822", "priya", "gmail"])
def test_leads_are_found_by_the_ends_of_a_number_and_pieces_of_a_name(
    root: Client, text: str
) -> None:
    LeadFactory.create(phone="+919822000417", first_name="Priya", email="priya@gmail.com")
    LeadFactory.create(phone="+919900011122", first_name="Rohan")
    page = root.get("/admin/leads/lead/", {"q": text})
    assert [lead.first_name for lead in page.context["cl"].queryset] == ["Priya"]


def test_contacts_are_found_by_name_too(root: Client) -> None:
    ContactFactory.create(first_name="Priya")
    page = root.get("/admin/leads/contact/", {"q": "riya"})
    assert page.context["cl"].queryset.count() == 1


def test_a_change_in_the_admin_is_a_new_version_with_an_author(
    root: Client, lead_list: LeadList
) -> None:
    lead = LeadFactory.create(lead_list=lead_list, city="Pune")
    url = f"/admin/leads/lead/{lead.pk}/change/"
    form = root.get(url).context["adminform"].form
    values = {name: form.initial.get(name) or "" for name in form.fields}
    tags = {f"leadtag_set-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    answer = root.post(url, values | tags | {"city": "Nashik", "custom": "{}"})
    assert answer.status_code == 302, answer.context["errors"]
    saved = Lead.objects.get(pk=lead.pk)
    assert (saved.city, saved.version) == ("Nashik", 2)
    assert AuditEvent.objects.filter(kind="edited", target_id=str(lead.pk)).exists()


def test_the_table_of_leads_never_counts_or_asks_per_row(
    root: Client, lead_list: LeadList, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(20):
        LeadFactory.create(lead_list=lead_list)
    with django_assert_max_num_queries(12):
        root.get("/admin/leads/lead/")
