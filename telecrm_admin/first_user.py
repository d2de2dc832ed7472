"""The first person of an installation: nobody has a default password, a one-time link signs in."""

from django.conf import settings
from django.urls import reverse

from access import links
from access.models import Membership, Team, User
from access.roles import Role

NAME = "owner"


def first_user() -> User:
    """Return the installation's first user, made with a first team when there is nobody yet."""
    found = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    if found:
        return found
    user = User(username=NAME)
    user.is_staff = user.is_superuser = True
    user.set_unusable_password()
    user.save()
    team = Team.objects.order_by("pk").first() or Team.objects.create(name="My team")
    Membership.objects.create(user=user, team=team, role=Role.ADMIN)
    return user


def nobody_signed_in_yet() -> bool:
    """Whether the installation still waits for its first sign-in."""
    return not User.objects.filter(last_login__isnull=False).exists()


def sign_in_link(user: User, here: str) -> str:
    """Return the address of a fresh one-time sign-in page; earlier links of `user` end with it.

    It is where people open the installation; `here` while the settings do not say.
    """
    home = next(iter(settings.CSRF_TRUSTED_ORIGINS), here)
    return home + reverse("access:one_time", args=[links.make(user)])
