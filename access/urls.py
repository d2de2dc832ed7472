"""Addresses of sign-in, team and settings pages."""

from django.urls import URLPattern

app_name = "access"
urlpatterns: list[URLPattern] = []
