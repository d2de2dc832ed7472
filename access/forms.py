"""Forms of sign-in, team and settings."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from access.models import User
from access.roles import Role


class SignInForm(AuthenticationForm):
    """Sign-in name and password; one sentence for every way of being wrong."""

    error_messages = {
        "invalid_login": _(
            "Name and password do not match. Type both again, or ask an administrator for a "
            "sign-in link."
        ),
        "inactive": _("This person was disabled. Ask an administrator."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Sign-in name")


class CodeForm(forms.Form):
    """The code an authenticator app shows, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def refuse(self) -> None:
        """Say that the code was not right; it is not shown again."""
        self.data = {**self.data, "code": ""}
        self.add_error("code", _("This code is not right. Type the one the app shows now."))


ROLE_LINES = {
    Role.VIEWER: _("Sees lists, leads and what was sent"),
    Role.AGENT_LEAD: _("Also corrects leads and marks “do not call”"),
    Role.MANAGER: _("Also imports, sends, exports and plans campaigns"),
    Role.ADMIN: _("Also connects accounts and changes this team"),
}


class RoleSelect(forms.RadioSelect):
    """Roles as cards, each with what it allows."""

    about: ClassVar = ROLE_LINES


class InviteForm(forms.Form):
    """A new person for the team."""

    full_name = forms.CharField(
        label=_("Name"), max_length=150, widget=forms.TextInput({"autocomplete": "off"})
    )
    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=150,
        validators=[User.username_validator],
        help_text=_("Their email address, or a short name."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none"}),
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=Role.choices, initial=Role.MANAGER, widget=RoleSelect
    )


THEMES = (("", _("Same as the computer")), ("light", _("Light")), ("dark", _("Dark")))


class ProfileForm(forms.ModelForm[User]):
    """What a person may set for themselves."""

    theme = forms.ChoiceField(
        label=_("Colours"), choices=THEMES, required=False, widget=forms.RadioSelect
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    shortcuts = forms.BooleanField(
        label=_("Single-key shortcuts"),
        required=False,
        help_text=_("Press ? on any page for the list. Ctrl K always works."),
    )

    class Meta:
        model = User
        fields: ClassVar = ["first_name", "last_name", "theme"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shortcuts"].initial = not self.instance.shortcuts_off

    def save(self, commit: bool = True) -> User:
        """Store the choices; the language goes into a cookie by the view."""
        self.instance.shortcuts_off = not self.cleaned_data["shortcuts"]
        user: User = super().save(commit)
        return user
