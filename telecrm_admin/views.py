"""Pages that cross apps."""

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render


@login_required
def today(request: HttpRequest) -> HttpResponse:
    """Is anything stuck, and are we calling now."""
    return render(request, "today.html")


def health(_: HttpRequest) -> JsonResponse:
    """Say that the web process and its database answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Explain a form that came without its token."""
    return render(request, "403_csrf.html", {"reason": reason}, status=403)
