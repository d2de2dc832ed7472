"""Addresses of lists, leads, phone book, numbers and imports."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "leads"
urlpatterns: list[URLPattern] = []
