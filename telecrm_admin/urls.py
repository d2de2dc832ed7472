"""Addresses of the whole site."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from access.views import admin_sign_in
from leads import urls as leads_urls
from sync import urls as sync_urls
from telecrm_admin import views, views_problems, views_reports, views_search, views_today

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views_today.today, name="today"),
    path("running/", views_today.running, name="today_jobs"),
    path("start/", views_today.start, name="start"),
    path("search/", views_search.search, name="search"),
    path("activity/", views_search.activity, name="activity"),
    path("activity/<int:pk>/undo/", views_search.undo, name="undo"),
    path("problems/", views_problems.index, name="problems"),
    path("problems/cell/<int:pk>/", views_problems.cell, name="problem_cell"),
    path("problems/<str:cause>/", views_problems.cause, name="problem"),
    path("reports/", views_reports.reports, name="reports"),
    path("reports/file.xlsx", views_reports.workbook, name="report_file"),
    path("health/", views.health, name="health"),
    path("", include("access.urls")),
    path("admin/login/", admin_sign_in),
    path("admin/", admin.site.urls),
    path("", include(([*leads_urls.urlpatterns, *sync_urls.list_pages], "leads"))),
    path("", include("campaigns.urls")),
    path("", include("sync.urls")),
]
