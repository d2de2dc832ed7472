"""What is put right on every request before a page sees it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]


def without_nul(get_response: Answer) -> Answer:
    """Drop NUL characters from query strings: PostgreSQL refuses them in any text, with a 500."""

    def answer(request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query or "\x00" in query:
            request.META["QUERY_STRING"] = query.replace("%00", "").replace("\x00", "")
        return get_response(request)

    return answer


def private_pages(get_response: Answer) -> Answer:
    """Keep pages of signed-in people out of caches on the way; their own browser asks again.

    Not no-store: going back would lose what was typed. Pages and files with secrets say it.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        given = get_response(request)
        if request.user.is_authenticated and not given.has_header("Cache-Control"):
            given["Cache-Control"] = "private, no-cache"
        return given

    return answer
