"""Our sentences where the provider said nothing that it documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from sync import providers
from sync.models import State
from sync.providers.base import Explanation, Provider

NO_ANSWER = "no_answer"
NO_CONNECTION = "no_connection"
NOT_OUR_API = "not_our_api"
UNREADABLE = "unreadable"
UNPROVEN = "tls"
BLOCKED = "blocked"
NOT_STARTED = "not_started"
OUR_FAULT = "our_fault"
NOT_FOUND = "not_found"
NO_LEAD = "no_lead"
REFUSED_IN_DOUBT = "refused_in_doubt"
SEND_AGAIN = gettext_noop("It is not tried by itself any more: send it again.")

TAKEN = {
    State.DELIVERED: gettext_noop("%(name)s confirmed that it has this."),
    State.ACCEPTED: gettext_noop("%(name)s took it and does not report here what became of it."),
    State.ALREADY_THERE: gettext_noop("%(name)s had it before this was sent."),
}
_LOOK_IT_UP = gettext_noop("Look it up at %(name)s, then say here whether it is there.")
_CHECK_ADDRESS = gettext_noop("Ask an administrator to check the address of the account.")
# What may come instead of an answer of the provider's: cause, sentence, what to do, and its place.
GENERIC = {
    NO_ANSWER: (
        "no-answer",
        gettext_noop("%(name)s did not answer. It may or may not have the record."),
        _LOOK_IT_UP,
        "decide",
    ),
    NO_CONNECTION: (
        "no-connection",
        gettext_noop("No connection to %(name)s. Nothing left this desk."),
        gettext_noop("It is tried again by itself; an administrator can check the address."),
        "wait",
    ),
    NOT_STARTED: (
        "not-started",
        gettext_noop("The worker stopped before this left. It goes again by itself."),
        gettext_noop("Wait: nothing needs doing."),
        "wait",
    ),
    OUR_FAULT: (
        "our-fault",
        gettext_noop("This request could not be put together. Nothing left this desk."),
        gettext_noop("Ask an administrator: the worker's log says what went wrong."),
        "ask_admin",
    ),
    UNREADABLE: (
        "unreadable",
        gettext_noop("%(name)s's answer cannot be read. It may or may not have the record."),
        _LOOK_IT_UP,
        "decide",
    ),
    NOT_FOUND: (
        "not-found",
        gettext_noop("%(name)s took this, but an hour later it is not there: probably dropped."),
        gettext_noop("Check the number and every value it is strict about, then send it again."),
        "edit_records",
    ),
    NO_LEAD: (
        "lead-not-there",
        gettext_noop("Its lead did not arrive at %(name)s, so this was not sent."),
        gettext_noop("Send the lead first, then send this again."),
        "send_again",
    ),
    REFUSED_IN_DOUBT: (
        "refused-in-doubt",
        gettext_noop("%(name)s refused this now. An earlier try got no answer and may be there."),
        _LOOK_IT_UP,
        "decide",
    ),
    NOT_OUR_API: (
        "not-our-api",
        gettext_noop("The address that answers is not %(name)s's API."),
        _CHECK_ADDRESS,
        "credentials",
    ),
    UNPROVEN: (
        "not-proven",
        gettext_noop("Who answers cannot prove to be %(name)s. Nothing was sent."),
        _CHECK_ADDRESS,
        "credentials",
    ),
    BLOCKED: (
        "blocked",
        gettext_noop("Requests may not go to the address of this %(name)s account."),
        _CHECK_ADDRESS,
        "credentials",
    ),
}


def explain(
    provider_slug: str, endpoint: str, code: str, message: str, *, state: str = ""
) -> Explanation:
    """Return what `message` means and the one thing to do, in our words.

    `code` is the provider's own code, or one of the codes of this module where it gave no answer;
    `state` is where the record ended, as far as that is known: a success needs no fix.
    """
    provider = providers.get(provider_slug)
    if generic := _generic(provider, code):
        return _given_up(generic) if state == State.FAILED else generic
    known = _translated(provider.explain(endpoint, code, message))
    if state in TAKEN and (known is None or known.action != "none"):
        sentence = _(TAKEN[State(state)]) % {"name": provider.name}
        return Explanation(f"{provider.slug}-{state}", sentence, "")
    if known:
        return _given_up(known) if state == State.FAILED else known
    return Explanation(
        cause=f"{provider_slug}-unknown",
        sentence=_("%(name)s answered with words it does not document.") % {"name": provider.name},
        fix=_("Read the quote, correct the record if it says what is wrong, and send it again."),
        action="send_again",
    )


def _translated(known: Explanation | None) -> Explanation | None:
    """Return a provider's sentences in the reader's language: providers only mark them for it."""
    return known and replace(known, sentence=_(known.sentence), fix=_(known.fix))


def _given_up(said: Explanation) -> Explanation:
    """Return `said` for a record that is known not to be there and is not tried any more."""
    if said.action == "decide":
        return replace(
            said, sentence=_("It did not arrive."), fix=_(SEND_AGAIN), action="send_again"
        )
    if said.action == "wait":
        return replace(said, fix=_(SEND_AGAIN), action="send_again")
    return said


def _generic(provider: Provider, code: str) -> Explanation | None:
    """Return the sentence for an answer that never came or is not the provider's."""
    if code not in GENERIC:
        return None
    cause, sentence, fix, action = GENERIC[code]
    name = {"name": provider.name}
    return Explanation(f"{provider.slug}-{cause}", _(sentence) % name, _(fix) % name, action)


def seen(provider_slug: str, not_kept: Sequence[str] = ()) -> str:
    """Return the sentence for a record that was looked up and is there, without `not_kept`."""
    values = {"name": providers.get(provider_slug).name, "fields": ", ".join(not_kept)}
    if not_kept:
        return _("Looked up at %(name)s: it is there, but without %(fields)s.") % values
    return _("Looked up at %(name)s: it is there.") % values


def not_seen(provider_slug: str, times: int) -> str:
    """Return the sentence for a record that was looked for and not seen, which proves nothing."""
    values = {"name": providers.get(provider_slug).name, "times": times}
    return (
        ngettext(
            "Looked for once at %(name)s: not seen.",
            "Looked for %(times)s times at %(name)s: not seen.",
            times,
        )
        % values
    )
