"""Addresses of the whole site."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from leads import urls as leads_urls
from sync import urls as sync_urls
from telecrm_admin import views, views_problems, views_search

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.today, name="today"),
    path("search/", views_search.search, name="search"),
    path("activity/", views_search.activity, name="activity"),
    path("problems/", views_problems.index, name="problems"),
    path("problems/cell/<int:pk>/", views_problems.cell, name="problem_cell"),
    path("problems/<str:cause>/", views_problems.cause, name="problem"),
    path("health/", views.health, name="health"),
    path("", include("access.urls")),
    path("admin/", admin.site.urls),
    path("", include(([*leads_urls.urlpatterns, *sync_urls.list_pages], "leads"))),
    path("", include("sync.urls")),
]
