"""TeleCMI's ids of parts: pasted in any shape, matched by name, never one of a lead."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from campaigns import ids
from leads.models import LeadList, ListPart
from sync.models import Delivery, DeliveryItem
from tests.factories import AccountFactory, LeadFactory, LeadListFactory, PushFactory

pytestmark = pytest.mark.django_db
TOKENS = ("k7f3qa", "p2w8md", "t9c4vx")
IDS = [str(uuid4()) for _token in TOKENS]


@pytest.fixture
def lead_list() -> LeadList:
    """A list in three parts without ids."""
    made = LeadListFactory.create(name="Diwali balance transfer")
    account = AccountFactory.create(team=made.team)
    for number, token in enumerate(TOKENS, 1):
        name = f"{made.name} [{token}]"
        ListPart.objects.create(
            account=account, lead_list=made, number=number, token=token, wire_name=name
        )
    return made


def matched(pasted: str, lead_list: LeadList) -> tuple[dict[str, str], list[str]]:
    """Token -> id for what was pasted, and the problems."""
    parts = list(lead_list.parts.all())
    found = ids.match(pasted, parts)
    by_pk = {part.pk: part.token for part in parts}
    return {by_pk[pk]: str(number) for pk, number in found.by_part.items()}, found.problems


EVERY = dict(zip(TOKENS, IDS, strict=True))
NAME = "Diwali balance transfer"


@pytest.mark.parametrize(
    "line",
    [
        "{name} [{token}]\t{id}",
        "{name} [{token}]  {id}",
        '"{name} [{token}]","{id}"',
        "{name} [{token}], {upper}",
        "[{token}] {id}",
        "{name} [{token}]\n{id}",
        "{id}\t{name} [{token}]",
        "2 | {name} [{token}] | 834 leads | {id} | active",
    ],
)
def test_lines_in_any_shape_and_order_find_their_parts(line: str, lead_list: LeadList) -> None:
    rows = [
        line.format(name=NAME, token=token, id=number, upper=number.upper())
        for token, number in reversed(EVERY.items())
    ]
    found, problems = matched("\n".join(rows), lead_list)
    assert problems == []
    assert found == EVERY


def test_an_id_alone_is_taken_only_when_one_part_is_open(lead_list: LeadList) -> None:
    assert matched(IDS[0], lead_list)[0] == {}
    assert "without a name" in matched(IDS[0], lead_list)[1][0]
    for part, number in zip(lead_list.parts.all()[:2], IDS, strict=False):
        ListPart.objects.filter(pk=part.pk).update(provider_leads_id=number)
    assert matched(IDS[2], lead_list) == ({"t9c4vx": IDS[2]}, [])


def test_a_name_nobody_knows_is_said(lead_list: LeadList) -> None:
    found, problems = matched(f"Other list [zzzz99] {IDS[0]}", lead_list)
    assert found == {}
    assert "Other list [zzzz99]" in problems[0]


def test_the_id_of_one_of_our_leads_is_never_taken(lead_list: LeadList) -> None:
    account = lead_list.parts.get(number=1).account
    lead = LeadFactory.create(lead_list=lead_list)
    delivery = Delivery.objects.create(
        push=PushFactory.create(account=account), account=account, endpoint="leads"
    )
    DeliveryItem.objects.create(delivery=delivery, lead=lead, remote_id=IDS[0])
    found, problems = matched(f"{NAME} [k7f3qa] {IDS[0].upper()}", lead_list)
    assert found == {}
    assert "id of one lead" in problems[0]
    with pytest.raises(ids.NotAnId, match="id of one lead"):
        ids.set_one(lead_list.parts.get(number=1), UUID(IDS[0]))


def test_one_id_cannot_be_two_parts(lead_list: LeadList) -> None:
    _found, problems = matched(f"[k7f3qa] {IDS[0]}\n[p2w8md] {IDS[0]}", lead_list)
    assert "belongs to another part" in problems[0]
    _found, problems = matched(f"[k7f3qa] {IDS[0]}\n[k7f3qa] {IDS[1]}", lead_list)
    assert "two different ids" in problems[0]


def test_an_id_that_is_here_is_not_overwritten(lead_list: LeadList) -> None:
    ListPart.objects.filter(number=1).update(provider_leads_id=IDS[2])
    assert "another id already" in matched(f"[k7f3qa] {IDS[0]}", lead_list)[1][0]
