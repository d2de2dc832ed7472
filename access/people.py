"""Who works in a team: inviting, changing roles, disabling."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from access import links, second_factor
from access.audit import record
from access.models import Membership, Team, User
from access.roles import Right, Role, can


class Refused(Exception):
    """What was asked for is not allowed; the message says why, for people."""


def may_manage(actor: User, person: User) -> bool:
    """Whether `actor` may make sign-in links for `person` or disable them.

    Only when `actor` administers every team `person` is in: a link signs in as that person, so an
    administrator of one team must not reach another team, or a superuser, through it.
    """
    if actor.is_superuser:
        return True
    if person.is_superuser or person.is_staff:
        return False
    theirs = Team.objects.filter(memberships__user=person)
    return all(can(actor, team, Right.TEAM) for team in theirs)


@transaction.atomic
def invite(team: Team, *, full_name: str, username: str, role: str, by: User) -> tuple[User, str]:
    """Add a person to `team` and return them with the token of a one-time link.

    Raises Refused when the sign-in name belongs to somebody `by` may not manage.
    """
    person = User.objects.filter(username__iexact=username).first()
    if person and (person.memberships.filter(team=team).exists() or not may_manage(by, person)):
        raise Refused(_("This sign-in name is taken. Choose another one."))
    if person is None:
        first, _space, last = full_name.strip().partition(" ")
        person = User(username=username, first_name=first, last_name=last.strip())
        person.set_unusable_password()
    person.is_active = True  # somebody taken out of their last team comes back
    person.save()
    Membership.objects.create(user=person, team=team, role=role)
    record("person.invited", actor=by, target=person, team=team, role=role)
    return person, links.make(person)


@transaction.atomic
def change_role(membership: Membership, role: str, *, by: User) -> None:
    """Give a member another role; raises Refused for the last administrator."""
    if role != Role.ADMIN:
        _keep_an_administrator(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    record("person.role", actor=by, target=membership.user, team=membership.team, role=role)


@transaction.atomic
def new_link(membership: Membership, *, by: User) -> str:
    """Return the token of a fresh one-time link for a member."""
    _check_managed(membership, by)
    record("person.link", actor=by, target=membership.user, team=membership.team)
    return links.make(membership.user)


@transaction.atomic
def remove(membership: Membership, *, by: User) -> None:
    """Take a member out of the team; somebody in no other team cannot sign in any more."""
    _keep_an_administrator(membership)
    person = membership.user
    membership.delete()
    if not person.memberships.exists() and not person.is_superuser:
        person.is_active = False
        person.save(update_fields=["is_active"])
    record("person.removed", actor=by, target=person, team=membership.team)


def reset_second_step(membership: Membership, *, by: User) -> None:
    """Take away the second step of a member who lost the phone and the recovery codes.

    Raises Refused when there is none, or the member is not `by`'s alone to manage.
    """
    _check_managed(membership, by)
    if not second_factor.remove(membership.user, by=by, team=membership.team):
        raise Refused(_("%(name)s has no second step.") % {"name": membership.user})


def _check_managed(membership: Membership, by: User) -> None:
    if not may_manage(by, membership.user):
        raise Refused(
            _("%(name)s also works in teams that are not yours. Ask the administrator there.")
            % {"name": membership.user}
        )


def _keep_an_administrator(membership: Membership) -> None:
    others = membership.team.memberships.filter(role=Role.ADMIN, user__is_active=True)
    if membership.role == Role.ADMIN and not others.exclude(pk=membership.pk).exists():
        raise Refused(_("A team needs an administrator. Make somebody else one first."))
