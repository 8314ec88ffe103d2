"""`hub field`: customers' own fields: what there are, a new one, retiring one."""

from __future__ import annotations

from typing import Any

import click

from hub.cli.session import print_json, with_pool
from hub.cli.show import table

JSON = click.option("--json", "as_json", is_flag=True, help="For scripts.")
OBJECTS = click.Choice(["contact", "company", "deal", "lead", "task"])


@click.group()
def field() -> None:
    """List, add and retire customers' own fields."""


@field.command("list")
@click.option("--object", "object_", type=OBJECTS, default=None, help="Only of this.")
@JSON
def list_(object_: str | None, as_json: bool) -> None:
    """All own fields, in the order of the cards."""

    async def run(pool: Any, settings: Any) -> Any:
        from crm_core.fields import service

        async with pool.acquire() as conn:
            return (await service.own(conn)).all

    found = [each for each in with_pool(run) if object_ in (None, each.object)]
    if as_json:
        print_json([_plain(each) for each in found])
        return
    table(
        ("Object", "Key", "Type", "Label", "Group", "Options", "Retired"),
        [
            (each.object, each.key, each.type.value, each.label, each.group, ", ".join(o.label for o in each.options),
             f"{each.retired_at:%Y-%m-%d}" if each.retired_at else "")
            for each in found
        ],
        empty="There are no own fields.",
    )  # fmt: skip


@field.command()
@click.argument("object_", metavar="OBJECT", type=OBJECTS)
@click.argument("label")
@click.option(
    "--type", "type_", default="text", show_default=True, help="text, number, money, date, choice, ..."
)
@click.option("--key", default="", help="As x_budget; made of the label where none is given.")
@click.option("--group", default="", help="Under which heading it stands on the card.")
@click.option("--option", "options", multiple=True, help="A value of a choice; may be repeated.")
@JSON
def add(
    object_: str, label: str, type_: str, key: str, group: str, options: tuple[str, ...], as_json: bool
) -> None:
    """Add a field to an object."""

    async def run(pool: Any, settings: Any) -> Any:
        from crm_core.fields import service
        from crm_core.fields.model import TYPES, NewField
        from crm_core.users.model import SYSTEM
        from values.fields.model import FieldType

        if type_ not in TYPES:
            raise click.UsageError(f"There is no type “{type_}”; there are {', '.join(TYPES)}.")
        new = NewField(
            object=object_,
            type=FieldType(type_),
            label=label,
            key=key,
            labels={},
            group=group,
            options=options,
        )
        async with pool.acquire() as conn, conn.transaction():
            made = await service.add(conn, SYSTEM, new)
            return await service.get(conn, made.id)

    _say(with_pool(run), "added", as_json)


@field.command()
@click.argument("object_", metavar="OBJECT", type=OBJECTS)
@click.argument("key")
@JSON
def retire(object_: str, key: str, as_json: bool) -> None:
    """Ask nobody for a field any more; its values stay."""

    async def run(pool: Any, settings: Any) -> Any:
        from crm_core.fields import service
        from crm_core.users.model import SYSTEM

        async with pool.acquire() as conn, conn.transaction():
            found = await service.named(conn, object_, key)
            await service.retire(conn, SYSTEM, found.id)
            return await service.get(conn, found.id)

    _say(with_pool(run), "retired", as_json)


def _say(found: Any, what: str, as_json: bool) -> None:
    if as_json:
        print_json(_plain(found))
    else:
        click.echo(f"Field {found.key} of {found.object} is {what}.")


def _plain(found: Any) -> dict[str, Any]:
    return {
        "id": found.id,
        "object": found.object,
        "key": found.key,
        "type": found.type.value,
        "label": found.label,
        "labels": dict(found.labels),
        "group": found.group,
        "options": [{"id": each.id, "label": each.label} for each in found.options],
        "is_retired": found.is_retired,
    }
