"""A bound filter as a condition of SQL, cut at every hop by what the viewer sees there."""

from __future__ import annotations

from typing import LiteralString

from crm_core.catalogue import checks
from crm_core.catalogue.model import Catalogue, Link, Table
from crm_core.catalogue.writing import Writing
from values.filters.bound import Bound, Every, Negated, Rows, Some, Test


def condition(
    given: Bound, catalogue: Catalogue, of: Table, alias: LiteralString, writing: Writing
) -> LiteralString:
    """The condition that a row of the object, known by `alias`, passes. It may be null, which is no.

    A related row that the viewer does not see is as if it were not there.
    """
    match given:
        case Every(items):
            return _joined(
                " AND ", [condition(item, catalogue, of, alias, writing) for item in items], "true"
            )
        case Some(items):
            return _joined(
                " OR ", [condition(item, catalogue, of, alias, writing) for item in items], "false"
            )
        case Negated(item):
            return f"({condition(item, catalogue, of, alias, writing)}) IS NOT TRUE"
        case Test(hops, key, _type, check):
            if not hops:
                return checks.passes(check, of.fields[key], alias, writing)
            at, last, source, where = reached(hops, catalogue, of, alias, writing)
            asked = checks.passes(check, at.fields[key], last, writing)
            return f"EXISTS (SELECT FROM {source} WHERE {where} AND {asked})"
        case Rows(op=">=", number=0):
            return "true"
        case Rows(op="<", number=0):
            return "false"
        case Rows(hops, relation, _op, _number, where=inner):
            at, last, source, where = reached((*hops, relation), catalogue, of, alias, writing)
            asked = condition(inner, catalogue, at, last, writing)
            found: LiteralString = f"FROM {source} WHERE {where} AND {asked}"
            if hops or is_existence(given):
                return _counted(given, found, writing)
            return _grouped(given, of.relations[relation], found, alias, last, writing)


def visible(table: Table, alias: LiteralString) -> LiteralString:
    """The condition that a row lives and the viewer sees it."""
    return f"{table.where} AND {table.visible}".replace("{t}", alias)


def reached(
    steps: tuple[str, ...], catalogue: Catalogue, of: Table, alias: LiteralString, writing: Writing
) -> tuple[Table, LiteralString, LiteralString, LiteralString]:
    """The object at the end of the relations, its alias, the tables on the way and what joins them."""
    sources: list[LiteralString] = []
    joins: list[LiteralString] = []
    for step in steps:
        link: Link = of.relations[step]
        of, before, alias = catalogue[link.target], alias, writing.alias()
        sources.append(link.source.replace("{r}", alias))
        on = link.on.replace("{k}", writing.key(link.own)) if link.own else link.on
        joins.append(on.replace("{r}", alias).replace("{t}", before))
        joins.append(visible(of, alias))
    return of, alias, ", ".join(sources), " AND ".join(joins)


def is_existence(rows: Rows) -> bool:
    """Whether it asks for no more than that there is one, or none."""
    return (rows.op, rows.number) in {(">=", 1), (">", 0), ("=", 0), ("<", 1), ("<=", 0)}


def _grouped(
    rows: Rows,
    link: Link,
    found: LiteralString,
    alias: LiteralString,
    last: LiteralString,
    writing: Writing,
) -> LiteralString:
    """Counted in one pass over the related rows; where few rows are asked, the planner looks up those of each.

    "Fewer than" is "not as many as": a record without any stands in no group.
    """
    key, _, own = link.on.partition(" = ")
    if own != "{t}.id":
        return _counted(rows, found, writing)
    key = key.replace("{r}", last)
    inner = found.replace(f"{key} = {alias}.id", f"{key} IS NOT NULL")
    is_not, op, number = _group_of(rows)
    group = writing.alias()
    having: LiteralString = f"HAVING count(*) {checks.COMPARED[op]} {writing.place(number)}::bigint"
    exists: LiteralString = "NOT EXISTS" if is_not else "EXISTS"
    return f"{exists} (SELECT FROM (SELECT {key} AS k {inner} GROUP BY 1 {having}) AS {group} WHERE {group}.k = {alias}.id)"


def _group_of(rows: Rows) -> tuple[bool, str, int]:
    """Whether it is the groups that are not meant, and which groups: of at least one row."""
    match rows.op:
        case "<":
            return True, ">=", rows.number
        case "<=":
            return True, ">", rows.number
        case _:
            return False, rows.op, rows.number


def _counted(rows: Rows, found: LiteralString, writing: Writing) -> LiteralString:
    """One more than the number that is asked for tells enough: nobody counts a million rows to learn that there are three."""
    match rows.op, rows.number:
        case (">=", 1) | (">", 0):
            return f"EXISTS (SELECT {found})"
        case ("=", 0) | ("<", 1) | ("<=", 0):
            return f"NOT EXISTS (SELECT {found})"
        case _:
            number = writing.place(rows.number)
            counted: LiteralString = (
                f"(SELECT count(*) FROM (SELECT {found} LIMIT {number}::bigint + 1) AS n)"
            )
            return f"{counted} {checks.COMPARED[rows.op]} {number}::bigint"


def _joined(by: LiteralString, parts: list[LiteralString], nothing: LiteralString) -> LiteralString:
    return f"({by.join(parts)})" if parts else nothing
