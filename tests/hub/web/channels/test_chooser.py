"""Kinds of channels: in groups, what is used most in the country first, nothing left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from connectors.contract import ConnectorSpec
from hub.runtime import registry_of
from hub.web.channels.chooser import SHIPPED, TITLES, groups
from tests.site import Site

OWN = ConnectorSpec(id="pigeon", title="Pigeon post", handle_kind="pigeon")
SPECS = [replace(OWN, id=id_, title=id_) for ids in SHIPPED.values() for id_ in reversed(ids)]


@pytest.mark.parametrize(
    ("language", "country", "first", "messengers", "telephony"),
    [
        ("en", "", "mail", ("whatsapp", "telegram"), "telephony"),
        ("ru", "", "mail", ("telegram", "whatsapp", "vk"), "mango"),
        ("km", "", "messengers", ("telegram", "messenger"), "telephony"),
        ("en", "KH", "messengers", ("telegram", "messenger"), "telephony"),
        ("ru", "KH", "messengers", ("telegram", "messenger"), "telephony"),
        ("ru", "DE", "mail", ("whatsapp", "telegram"), "telephony"),
    ],
)
def test_the_commonest_come_first(
    language: str, country: str, first: str, messengers: tuple[str, ...], telephony: str
) -> None:
    found = groups([OWN, *SPECS], language=language, country=country)
    by_title = {group.title: [spec.id for spec in group.specs] for group in found}
    assert found[0].title == TITLES[first]
    assert tuple(by_title[TITLES["messengers"]][: len(messengers)]) == messengers
    assert by_title[TITLES["telephony"]][0] == telephony
    assert found[-1].title == TITLES["own"]
    assert by_title[TITLES["own"]] == ["pigeon"]
    assert sorted(id_ for ids in by_title.values() for id_ in ids) == sorted(s.id for s in [OWN, *SPECS])


def test_what_is_shipped_is_in_a_group() -> None:
    folders = {path.parent.name for path in Path("connectors").glob("*/connector.*")} - {"manifest"}
    assert folders == {id_ for ids in SHIPPED.values() for id_ in ids}


async def test_the_page_shows_them_all(site: Site) -> None:
    admin, _ = await site.world.user("Odd", role="admin", sees_all=True)
    site.world.runtime.registry.update(registry_of(site.world.runtime.settings))  # type: ignore[attr-defined]  # a dict in tests
    async with (await site.client(admin)).get("/channels/new") as answer:
        html = await answer.text()
    for ids in SHIPPED.values():
        for id_ in ids:
            assert f'href="/channels/new/{id_}"' in html
