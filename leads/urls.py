"""Addresses of lists, leads, phone book, numbers and imports."""

from __future__ import annotations

from django.urls import URLPattern, path

from leads.views import bulk, contacts, export, fields, lead, leads, numbers
from leads.views.imports import check, columns, file, index, run

app_name = "leads"
urlpatterns: list[URLPattern] = [
    path("leads/", leads.leads, name="leads"),
    path("leads/bulk/", bulk.bulk_page, name="bulk"),
    path("leads/acts/<int:pk>/", bulk.act, name="act"),
    path("leads/acts/<int:pk>/stop/", bulk.stop_act, name="act_stop"),
    path("leads/views/", leads.save_view, name="save_view"),
    path("leads/views/<int:pk>/forget/", leads.forget_view, name="forget_view"),
    path("leads/<int:pk>/", lead.lead, name="lead"),
    path("leads/<int:pk>/fields/<slug:name>/", lead.edit, name="lead_group"),
    path("leads/<int:pk>/tags/", lead.tags, name="lead_tags"),
    path("leads/<int:pk>/do-not-call/", lead.switch_do_not_call, name="lead_do_not_call"),
    path("leads/<int:pk>/delete/", lead.delete, name="lead_delete"),
    path("leads/<int:pk>/restore/", lead.restore, name="lead_restore"),
    path("export/leads.csv", export.export, name="export"),
    path("imports/", index.imports, name="imports"),
    path("imports/new/", index.new, name="import_new"),
    path("imports/template/<slug:kind>.csv", index.template, name="import_template"),
    path("imports/<int:pk>/file/", file.file, name="import_file"),
    path("imports/<int:pk>/onward/", file.onward, name="import_onward"),
    path("imports/<int:pk>/columns/", columns.columns, name="import_columns"),
    path("imports/<int:pk>/check/", check.check, name="import_check"),
    path("imports/<int:pk>/cell/", check.cell, name="import_cell"),
    path("imports/<int:pk>/kind/", check.kind, name="import_kind"),
    path("imports/<int:pk>/policy/", check.policy, name="import_policy"),
    path("imports/<int:pk>/start/", run.start, name="import_start"),
    path("imports/<int:pk>/run/", run.run, name="import_run"),
    path("imports/<int:pk>/cancel/", run.cancel, name="import_cancel"),
    path("imports/<int:pk>/result/", run.result, name="import_result"),
    path("imports/<int:pk>/rejects.csv", run.rejected, name="import_rejects"),
    path("imports/<int:pk>/undo/", run.undo, name="import_undo"),
    path("imports/<int:pk>/unsend/", run.unsend, name="import_unsend"),
    path("imports/<int:pk>/discard/", index.discard, name="import_discard"),
    path("contacts/", contacts.contacts, name="contacts"),
    path("contacts/new/", contacts.contact, name="contact_new"),
    path("contacts/<int:pk>/", contacts.contact, name="contact"),
    path("contacts/<int:pk>/delete/", contacts.delete_contact, name="contact_delete"),
    path("numbers/", numbers.find_number, name="find_number"),
    path("numbers/<str:phone>/", numbers.number, name="number"),
    path("donotcall/", numbers.donotcall, name="donotcall"),
    path("donotcall/add/", numbers.add_donotcall, name="donotcall_add"),
    path("donotcall/remove/", numbers.remove_donotcall, name="donotcall_remove"),
    path("settings/fields/", fields.fields, name="fields"),
    path("settings/fields/new/", fields.field, name="field_new"),
    path("settings/fields/<int:pk>/", fields.field, name="field"),
    path("settings/fields/<int:pk>/delete/", fields.delete_field, name="field_delete"),
    path("settings/tags/<int:pk>/", fields.tag, name="tag"),
]
