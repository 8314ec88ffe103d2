"""The part of a manifest that says how to send, what answers mean, how to fetch files and how to probe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import yaml

from connectors.manifest.expressions import ask
from connectors.manifest.model import Ask, FileAccess, Fill, Outcomes, Request, Variant
from connectors.manifest.names import ANSWER, CHANNEL, FILE, MESSAGE, REF
from connectors.manifest.reading import Reader
from connectors.manifest.templates import condition, fill

REQUEST_KEYS = ("method", "url", "headers", "json", "form", "file_field")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
LISTS = ("credentials", "unreachable", "retry", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """What all requests of the manifest share: a `url` that begins with `/` is put after `base`."""

    base: str = ""
    headers: yaml.Node | None = None


def read_api(reader: Reader, node: yaml.Node | None) -> Api:
    parts = reader.mapping(node, ("base", "headers"), what="api")
    fill(reader, parts.get("base"), what="base", names=CHANNEL)
    return Api(base=reader.text(parts.get("base"), what="base").rstrip("/"), headers=parts.get("headers"))


def read_variants(reader: Reader, node: yaml.Node | None, api: Api) -> tuple[Variant, ...]:
    found = [_variant(reader, item, api) for item in reader.items(node, what="send")]
    return tuple(variant for variant in found if variant)


def _variant(reader: Reader, node: yaml.Node, api: Api) -> Variant | None:
    parts = reader.mapping(
        node, ("if", "of", "request", "upload", "upload_id"), what="send", needs=("request",)
    )
    of = reader.choice(parts.get("of"), ("message", "file"), what="of", default="message")
    names = FILE if of == "file" else MESSAGE
    if ("upload" in parts) != ("upload_id" in parts):
        reader.fault(node, "send: `upload` and `upload_id` belong together.", "Give both, or neither.")
    if "upload" in parts and of != "file":
        reader.fault(parts["upload"], "Only files are uploaded.", "Add `of: file`.")
    request = read_request(reader, parts.get("request"), api=api, names=names)
    upload = read_request(reader, parts.get("upload"), api=api, names=FILE)
    if request is None:
        return None
    return Variant(
        condition=condition(reader, parts.get("if"), what="if", names=names),
        of=of,
        request=request,
        upload=replace(upload, quiet=True) if upload else None,
        upload_id=ask(reader, parts.get("upload_id"), what="upload_id", names=ANSWER),
    )


def read_request(
    reader: Reader, node: yaml.Node | None, *, api: Api, names: Iterable[str], method: str = "POST"
) -> Request | None:
    if node is None:
        return None
    parts = reader.mapping(node, REQUEST_KEYS, what="a request", needs=("url",))
    url = fill(reader, _whole(parts.get("url"), api), what="url", names=names)
    if "json" in parts and "form" in parts:
        reader.fault(parts["form"], "A request has one body.", "Give `json` or `form`.")
    if url is None:
        return None
    return Request(
        method=reader.choice(parts.get("method"), METHODS, what="method", default=method),
        url=url,
        headers=_headers(reader, parts.get("headers"), api, names),
        json=fill(reader, parts.get("json"), what="json", names=names, native=True),
        form=_flat(reader, parts.get("form"), what="form", names=names, native=True),
        file_field=reader.text(parts.get("file_field"), what="file_field"),
    )


def _whole(node: yaml.Node | None, api: Api) -> yaml.Node | None:
    if not isinstance(node, yaml.ScalarNode) or not str(node.value).startswith("/") or not api.base:
        return node
    return yaml.ScalarNode(
        node.tag, api.base + str(node.value), start_mark=node.start_mark, end_mark=node.end_mark
    )


def _headers(reader: Reader, node: yaml.Node | None, api: Api, names: Iterable[str]) -> Fill | None:
    own = _flat(reader, node, what="headers", names=names)
    shared = _flat(reader, api.headers, what="headers", names=CHANNEL)
    if own and shared:
        return lambda root: {**shared(root), **own(root)}
    return own or shared


def _flat(
    reader: Reader, node: yaml.Node | None, *, what: str, names: Iterable[str], native: bool = False
) -> Fill | None:
    """Names with texts, no deeper. With `native` a field that comes out as none is left out."""
    for name, value in reader.mapping(node, None, what=what).items():
        if not isinstance(value, yaml.ScalarNode):
            reader.fault(value, f"{what}: {name} should be a text.")
    if not isinstance(node, yaml.MappingNode):
        return None
    return fill(reader, node, what=what, names=names, native=native)


def read_outcomes(reader: Reader, node: yaml.Node | None) -> Outcomes | None:
    if node is None:
        return None
    known = ("ok", "external_id", "reason", "retry_after", *LISTS)
    parts = reader.mapping(node, known, what="outcomes", needs=("ok", "external_id"))
    asked = {
        name: ask(reader, parts.get(name), what=name, names=ANSWER)
        for name in ("ok", "external_id", "reason", "retry_after")
    }
    lists = {name: _list(reader, parts.get(name), what=name) for name in LISTS}
    ok, external_id = asked["ok"], asked["external_id"]
    if ok is None or external_id is None:
        return None
    return Outcomes(
        ok=ok, external_id=external_id, reason=asked["reason"], retry_after=asked["retry_after"], **lists
    )


def _list(reader: Reader, node: yaml.Node | None, *, what: str) -> tuple[Ask, ...]:
    asked = [ask(reader, item, what=what, names=ANSWER) for item in reader.items(node, what=what)]
    return tuple(one for one in asked if one)


def read_files(reader: Reader, node: yaml.Node | None, api: Api) -> FileAccess:
    parts = reader.mapping(node, ("address", "lookup", "url", "headers", "hosts"), what="files")
    if ("lookup" in parts) != ("url" in parts):
        reader.fault(node, "files: `lookup` and `url` belong together.", "Give both, or neither.")
    if "headers" in parts and "hosts" not in parts:
        reader.fault(
            parts["headers"], "files: headers would go to any address that an event names.",
            "Add `hosts:` with those that may see them.",
        )  # fmt: skip
    hosts = [
        fill(reader, item, what="hosts", names=CHANNEL)
        for item in reader.items(parts.get("hosts"), what="hosts")
    ]
    lookup = read_request(reader, parts.get("lookup"), api=api, names=REF, method="GET")
    return FileAccess(
        address=fill(reader, parts.get("address"), what="address", names=REF),
        lookup=replace(lookup, quiet=True) if lookup else None,
        url=ask(reader, parts.get("url"), what="url", names=ANSWER),
        headers=_flat(reader, parts.get("headers"), what="headers", names=CHANNEL),
        hosts=tuple(host for host in hosts if host),
    )


def read_probe(reader: Reader, node: yaml.Node | None, api: Api) -> tuple[Request | None, Ask | None]:
    parts = reader.mapping(node, ("request", "ok"), what="probe", needs=("request",))
    request = read_request(reader, parts.get("request"), api=api, names=CHANNEL, method="GET")
    return (
        replace(request, quiet=True) if request else None,
        ask(reader, parts.get("ok"), what="ok", names=ANSWER),
    )
