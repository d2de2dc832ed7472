"""Addresses of sign-in, team and settings pages."""

from django.urls import URLPattern, path

from access import views, views_second_factor, views_team

app_name = "access"
urlpatterns: list[URLPattern] = [
    path("signin/", views.sign_in, name="sign_in"),
    path("signin/code/", views_second_factor.code, name="code"),
    path("signin/<str:token>/", views.one_time, name="one_time"),
    path("signout/", views.sign_out, name="sign_out"),
    path("switch/", views.switch_team, name="switch_team"),
    path("settings/", views.settings_index, name="settings"),
    path("me/", views.profile, name="profile"),
    path("me/password/", views.password, name="password"),
    path("me/code/", views_second_factor.once_more, name="recheck"),
    path("me/elsewhere/", views.sign_out_elsewhere, name="sign_out_elsewhere"),
    path("me/second-step/", views_second_factor.second_step, name="second_step"),
    path("team/", views_team.team, name="team"),
    path("team/invite/", views_team.invite, name="invite"),
    path("team/<int:pk>/", views_team.change, name="member"),
]
