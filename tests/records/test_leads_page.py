"""The leads table: what is found, how pages are turned, what a filter keeps."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from access.models import Team, User
from access.roles import Role
from leads.models import Lead, LeadList, LeadTag, SavedView, Tag
from leads.searching import LeadFilter
from sync.models import Standing, State
from tests.factories import AccountFactory, LeadFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


def shown(browser: Client, query: str = "") -> list[str]:
    """The names on the page, in order."""
    page = browser.get(f"/leads/?{query}")
    assert page.status_code == 200
    return [row.lead.first_name for row in page.context["rows"]]


def test_a_visitor_is_sent_to_sign_in(client: Client) -> None:
    assert client.get("/leads/").status_code == 302


def test_the_newest_lead_stands_first_and_says_where_it_came_from(
    browser: Client, lead_list: LeadList
) -> None:
    LeadFactory.create(lead_list=lead_list, first_name="Asha", phone="+919822000417")
    LeadFactory.create(lead_list=lead_list, first_name="Binu")
    page = browser.get("/leads/").content.decode()
    assert page.index("Binu") < page.index("Asha")
    assert "+91 98220 00417" in page
    assert "Q2 home loans, Pune" in page


def test_another_teams_leads_are_never_shown(browser: Client) -> None:
    stranger = LeadFactory.create(first_name="Stranger")
    assert shown(browser) == []
    assert shown(browser, f"list={stranger.lead_list_id}") == []
    assert browser.get(f"/leads/{stranger.pk}/").status_code == 404


@pytest.mark.parametrize(
    "text",
    [
        "98220",
        "+91 98220",
        "9822000417",
        "+919822000417",
        "0417",
        "000417",
        "09822000417",
        "982-20",
    ],
)
def test_a_number_is_found_by_its_start_and_by_its_end(
    browser: Client, lead_list: LeadList, text: str
) -> None:
    LeadFactory.create(lead_list=lead_list, first_name="Asha", phone="+919822000417")
    LeadFactory.create(lead_list=lead_list, first_name="Binu", phone="+919900011122")
    assert shown(browser, f"q={quote(text)}") == ["Asha"]


@pytest.mark.parametrize(
    "text", ["priya", "IYER", "riy", "priya iyer", "iyer priya", "gmail.com", "pr", "प्रिया", "o'b"]
)
def test_a_name_or_an_email_is_found_by_any_piece(
    browser: Client, lead_list: LeadList, text: str
) -> None:
    LeadFactory.create(
        lead_list=lead_list,
        first_name="Priya प्रिया",
        last_name="Iyer O'Brien",
        email="priya@gmail.com",
    )
    LeadFactory.create(lead_list=lead_list, first_name="Rohan", last_name="Deshmukh")
    assert shown(browser, f"q={quote(text)}") == ["Priya प्रिया"]


@pytest.mark.parametrize("text", ['"', '" OR "', "a*b", "NEAR(", "%%%", "___", "\x00abc", "'); --"])
def test_a_search_for_odd_signs_finds_nothing_and_breaks_nothing(
    browser: Client, lead_list: LeadList, text: str
) -> None:
    LeadFactory.create(lead_list=lead_list, first_name="Asha")
    assert shown(browser, f"q={quote(text)}") == []


def test_a_renamed_lead_is_found_by_its_new_name_only(browser: Client, lead_list: LeadList) -> None:
    lead = LeadFactory.create(lead_list=lead_list, first_name="Asha")
    lead.first_name = "Kavita"
    lead.save()
    assert shown(browser, "q=kavi") == ["Kavita"]
    assert shown(browser, "q=asha") == []


def test_filters_narrow_by_list_source_tag_and_do_not_call(
    browser: Client, lead_list: LeadList, team: Team
) -> None:
    other = LeadFactory.create(lead_list__team=team, first_name="Other")
    lead = LeadFactory.create(
        lead_list=lead_list, first_name="Asha", source="Facebook", do_not_call=True
    )
    word = Tag.objects.create(team=team, name="warm")
    LeadTag.objects.create(lead=lead, tag=word)
    for query in (f"list={lead_list.pk}", "source=Facebook", f"tag={word.pk}", "dnc=yes"):
        assert shown(browser, query) == ["Asha"], query
    assert shown(browser, "dnc=no") == ["Other"]
    assert shown(browser, f"list={other.lead_list_id}") == ["Other"]


def test_a_state_is_read_over_all_accounts_or_at_one(
    browser: Client, lead_list: LeadList, team: Team
) -> None:
    main, second = (
        AccountFactory.create(team=team, name="Main"),
        AccountFactory.create(team=team, name="Second"),
    )
    refused = LeadFactory.create(lead_list=lead_list, first_name="Asha", push_state="refused")
    LeadFactory.create(lead_list=lead_list, first_name="Binu")
    Standing.objects.create(account=main, lead=refused, state=State.REJECTED)
    assert shown(browser, "state=fix") == ["Asha"]
    assert shown(browser, "state=none") == ["Binu"]
    assert shown(browser, f"account={main.pk}&state=refused") == ["Asha"]
    assert shown(browser, f"account={main.pk}&state=none") == ["Binu"]
    assert shown(browser, f"account={second.pk}&state=refused") == []
    assert shown(browser, f"account={main.pk}&state=rejected") == ["Asha"]


def test_a_refusal_is_shown_with_the_word_and_normal_states_are_quiet(
    browser: Client, lead_list: LeadList, team: Team
) -> None:
    account = AccountFactory.create(team=team, name="TeleCMI Main")
    bad, good = LeadFactory.create(lead_list=lead_list), LeadFactory.create(lead_list=lead_list)
    Standing.objects.create(account=account, lead=bad, state=State.REJECTED)
    Standing.objects.create(account=account, lead=good, state=State.DELIVERED)
    page = browser.get("/leads/").content.decode()
    assert '<use href="#m-refused"/></svg>Refused' in page
    assert '<span class="vh">At TeleCMI</span>' in page


def test_pages_turn_both_ways_without_losing_or_repeating_a_lead(
    browser: Client, lead_list: LeadList
) -> None:
    for number in range(120):
        LeadFactory.create(lead_list=lead_list, first_name=f"L{number}")
    seen, query, texts = [], "", []
    for _turn in range(3):
        page = browser.get(f"/leads/{query}")
        seen += [row.lead.first_name for row in page.context["rows"]]
        texts.append(page.context["pager_text"])
        query = page.context["page"].next
    assert seen == [f"L{number}" for number in reversed(range(120))]
    assert texts == ["1–50 of 120", "51–100 of 120", "101–120 of 120"]
    back = browser.get(f"/leads/{page.context['page'].previous}")
    assert [row.lead.first_name for row in back.context["rows"]] == seen[50:100]
    assert back.context["pager_text"] == "51–100 of 120"


def test_paging_keeps_the_filter(browser: Client, lead_list: LeadList) -> None:
    for _number in range(60):
        LeadFactory.create(lead_list=lead_list, source="Web")
    page = browser.get("/leads/?source=Web")
    assert page.context["page"].next.startswith("?source=Web&after=")


def test_htmx_gets_the_table_alone_and_a_clean_address(
    browser: Client, lead_list: LeadList
) -> None:
    LeadFactory.create(lead_list=lead_list, first_name="Asha")
    answer = browser.get("/leads/?q=asha&list=&state=", headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert answer["HX-Push-Url"] == "/leads/?q=asha"
    assert 'href="/export/leads.csv?q=asha"' in answer.content.decode()


def test_a_page_costs_the_same_queries_for_one_lead_and_for_fifty(
    browser: Client,
    lead_list: LeadList,
    team: Team,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    account = AccountFactory.create(team=team)
    for _number in range(50):
        Standing.objects.create(
            account=account, lead=LeadFactory.create(lead_list=lead_list), state=State.DELIVERED
        )
    with django_assert_max_num_queries(30):
        browser.get("/leads/")


def test_a_filter_is_saved_as_a_view_for_oneself_or_the_team(
    browser: Client, team: Team, manager: User
) -> None:
    browser.post("/leads/views/", {"filter": "dnc=yes&q=pune", "name": "Pune, stopped"})
    view = SavedView.objects.get()
    assert (view.owner, LeadFilter.read(view.query)) == (manager, LeadFilter(q="pune", dnc="yes"))
    assert "Pune, stopped" in browser.get("/leads/").content.decode()
    colleague = Client()
    colleague.force_login(UserFactory.create(team=team))
    assert "Pune, stopped" not in colleague.get("/leads/").content.decode()
    assert colleague.post(f"/leads/views/{view.pk}/forget/").status_code == 404
    browser.post(f"/leads/views/{view.pk}/forget/")
    assert not SavedView.objects.exists()


def test_a_viewer_sees_leads_but_no_boxes_to_tick(
    client: Client, team: Team, lead_list: LeadList
) -> None:
    LeadFactory.create(lead_list=lead_list)
    client.force_login(UserFactory.create(team=team, team__role=Role.VIEWER))
    page = client.get("/leads/").content.decode()
    assert "pick-all" not in page
    assert client.post("/leads/bulk/", {"verb": "delete", "all": "1"}).status_code == 403
    assert client.get("/export/leads.csv").status_code == 403
    assert Lead.objects.filter(deleted_at=None).count() == 1


def test_nonsense_in_the_address_is_ignored(browser: Client) -> None:
    TeamFactory.create()
    query = "list=x&account=-1&tag=9e9&after=abc&before=%00&from=-5&file=99999999999999999999"
    assert shown(browser, query) == []
