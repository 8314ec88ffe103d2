"""The addresses of contacts and companies."""

from __future__ import annotations

from hub.web.addresses import get, open_to, post
from hub.web.people import binning, changes, companies, contacts, conversations, merging, undoing

RECORD = r"/{of:contacts|companies|leads|deals|tasks}/{id:\d+}"
CONTACT = r"/contacts/{id:\d+}"
ROUTES = (
    *open_to(
        "customers",
        get(r"/{of:deals|contacts}/{id:\d+}/timeline", conversations.earlier),
        post("/acts/{act}/removal", undoing.undo),
        get("/bin", binning.show, "bin"),
        get(RECORD + "/changes", changes.show),
        post(RECORD + "/bin", binning.delete),
        post(RECORD + "/bin/removal", binning.restore),
        post("/contacts", contacts.create),
        get("/contacts/new", contacts.new),
        get(CONTACT, contacts.show, "contact"),
        post(CONTACT, contacts.save),
        post(CONTACT + "/handles", contacts.add_handle),
        post(CONTACT + r"/handles/{handle_id:\d+}/removal", contacts.remove_handle),
        post(CONTACT + "/conversations", contacts.write_first),
        get(CONTACT + "/merges", merging.show),
        post(CONTACT + "/merges", merging.merge),
        post("/companies", companies.create),
        get("/companies/new", companies.new),
        get(r"/companies/{id:\d+}", companies.show, "company"),
        post(r"/companies/{id:\d+}", companies.save),
    ),
)
