"""The part of a manifest that says how to send, what answers mean, how to fetch files and how to probe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import yaml

from connectors.charsets import codec
from connectors.manifest.destinations import HOST
from connectors.manifest.expressions import ask
from connectors.manifest.model import Ask, FileAccess, Fill, Outcomes, Request, Stage, TokenSource, Variant
from connectors.manifest.names import ANSWER, CHANNEL, FILE, MESSAGE, REF
from connectors.manifest.reading import Reader
from connectors.manifest.templates import condition, fill, names_of, paths_of

REQUEST_KEYS = ("method", "url", "headers", "json", "form", "file_field", "body")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OWN = frozenset(("settings", "channel", "token"))
"""What administrators entered, and what the provider gave to them."""
LISTS = ("credentials", "unreachable", "retry", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """What all requests of the manifest share: a `url` that begins with `/` is put after `base`. A request whose templates
    name `token` gets one of its source."""

    base: str = ""
    headers: yaml.Node | None = None
    charset: str = "utf-8"
    token: TokenSource | None = None


def read_api(reader: Reader, node: yaml.Node | None) -> Api:
    parts = reader.mapping(node, ("base", "headers", "charset", "token"), what="api")
    fill(reader, parts.get("base"), what="base", names=CHANNEL)
    api = Api(
        base=reader.text(parts.get("base"), what="base").rstrip("/"),
        headers=parts.get("headers"),
        charset=read_charset(reader, parts.get("charset")),
    )
    return replace(api, token=_token(reader, parts.get("token"), api))


def read_charset(reader: Reader, node: yaml.Node | None) -> str:
    """A codec of ours by whatever name the provider has for it."""
    said = reader.text(node, what="charset", default="utf-8")
    found = codec(said)
    if found is None:
        reader.fault(node, f"The charset “{said[:60]}” is not known.", "Say it as `windows-1251`.")
    return found or "utf-8"


def _token(reader: Reader, node: yaml.Node | None, api: Api) -> TokenSource | None:
    """How an access token is fetched: by a request that shares the base, and no header, with all others."""
    if node is None:
        return None
    known = ("request", "value", "lasts", "early", "expired")
    parts = reader.mapping(node, known, what="token", needs=("request", "value"))
    bare = replace(api, headers=None)
    request = read_request(reader, parts.get("request"), api=bare, names=CHANNEL)
    asked = {
        name: ask(reader, parts.get(name), what=name, names=ANSWER) for name in ("value", "lasts", "expired")
    }
    early = reader.number(parts.get("early"), what="early", default=60, minimum=0, maximum=86_400)
    value = asked["value"]
    if request is None or value is None:
        return None
    return TokenSource(
        request=replace(request, quiet=True),
        value=value,
        lasts=asked["lasts"],
        early=early,
        expired=asked["expired"],
    )


def read_variants(reader: Reader, node: yaml.Node | None, api: Api) -> tuple[Variant, ...]:
    found = [_variant(reader, item, api) for item in reader.items(node, what="send")]
    return tuple(variant for variant in found if variant)


def _variant(reader: Reader, node: yaml.Node, api: Api) -> Variant | None:
    known = ("if", "of", "request", "upload", "upload_id", "steps")
    parts = reader.mapping(node, known, what="send", needs=("request",))
    of = reader.choice(parts.get("of"), ("message", "file"), what="of", default="message")
    names = FILE if of == "file" else MESSAGE
    for name in ("upload", "steps"):
        if name in parts and of != "file":
            reader.fault(parts[name], "Only files are uploaded.", "Add `of: file`.")
    stages = read_stages(reader, node, parts, api)
    request = read_request(
        reader, parts.get("request"), api=api, names={*names, *(("taken",) if stages else ())}
    )
    for named in sorted(paths_of(node, "answered") - reader.answers):
        reader.unknown(node, named, reader.answers, what="send: of `answered`, the name")
    if request is None:
        return None
    for named in sorted(paths_of(parts["request"], "taken") - _taken(stages)):
        reader.unknown(parts["request"], named, _taken(stages), what="request: of `taken`, the name")
    return Variant(
        condition=condition(reader, parts.get("if"), what="if", names=names),
        of=of,
        request=request,
        stages=stages,
    )


def read_stages(reader: Reader, node: yaml.Node, parts: dict[str, yaml.Node], api: Api) -> tuple[Stage, ...]:
    """`upload` and `upload_id`, or `steps`, of which each knows what the ones before took."""
    if ("upload" in parts) != ("upload_id" in parts):
        reader.fault(node, "send: `upload` and `upload_id` belong together.", "Give both, or neither.")
    if "upload" in parts and "steps" in parts:
        reader.fault(parts["steps"], "send: an upload is one step, or several `steps`.", "Keep one of them.")
    if "upload" in parts and "upload_id" in parts:
        request = read_request(reader, parts["upload"], api=api, names=FILE)
        id_ = ask(reader, parts["upload_id"], what="upload_id", names=ANSWER)
        return (Stage(request=replace(request, quiet=True), take={"id": id_}),) if request and id_ else ()
    found: list[Stage] = []
    for item in reader.items(parts.get("steps"), what="steps"):
        step = reader.mapping(item, ("request", "take"), what="a step", needs=("request",))
        request = read_request(reader, step.get("request"), api=api, names={*FILE, "taken"})
        for named in sorted(set(paths_of(step["request"], "taken") if request else ()) - _taken(found)):
            reader.unknown(step["request"], named, _taken(found), what="request: of `taken`, the name")
        take = {
            name: made
            for name, part in reader.mapping(step.get("take"), None, what="take").items()
            if (made := ask(reader, part, what=f"take, {name}", names=ANSWER))
        }
        if request:
            found.append(Stage(request=replace(request, quiet=True), take=take))
    return tuple(found)


def _taken(stages: Iterable[Stage]) -> set[str]:
    return {name for stage in stages for name in stage.take}


def read_request(
    reader: Reader, node: yaml.Node | None, *, api: Api, names: Iterable[str], method: str = "POST"
) -> Request | None:
    if node is None:
        return None
    parts = reader.mapping(node, REQUEST_KEYS, what="a request", needs=("url",))
    known = {*names, *(("token",) if api.token else ())}
    is_elsewhere = _leads_elsewhere(parts.get("url"))
    headers = None if is_elsewhere else api.headers
    url = fill(reader, _whole(parts.get("url"), api), what="url", names=known)
    if "json" in parts and "form" in parts:
        reader.fault(parts["form"], "A request has one body.", "Give `json` or `form`.")
    body = reader.choice(parts.get("body"), ("", "file"), what="body", default="")
    if body and ({"json", "form", "file_field"} & set(parts)):
        reader.fault(parts["body"], "A request has one body.", "Give `body: file` alone.")
    if url is None:
        return None
    own = {name for part in parts.values() for name in names_of(part)}
    shared = names_of(headers) | (names_of(_base_node(api)) if not is_elsewhere else set())
    return Request(
        method=reader.choice(parts.get("method"), METHODS, what="method", default=method),
        url=url,
        headers=_headers(reader, parts.get("headers"), replace(api, headers=headers), known),
        json=fill(reader, parts.get("json"), what="json", names=known, native=True),
        form=_flat(reader, parts.get("form"), what="form", names=known, native=True),
        file_field=reader.text(parts.get("file_field"), what="file_field"),
        token=api.token if "token" in own | shared else None,
        whole_file=body == "file",
        elsewhere=is_elsewhere,
        charset=api.charset,
    )


def _leads_elsewhere(node: yaml.Node | None) -> bool:
    """Whether the host comes from outside, from an answer or an event: credentials do not follow there by themselves."""
    if not isinstance(node, yaml.ScalarNode):
        return False
    text, head = str(node.value).strip(), HOST.match(str(node.value))
    if text.startswith("/") or head is None:
        return "taken" in names_of(node)
    named = node if "{%" in text else yaml.ScalarNode(node.tag, head[1])
    return bool(names_of(named) - OWN) or "taken" in names_of(node)


def _base_node(api: Api) -> yaml.Node:
    return yaml.ScalarNode("tag:yaml.org,2002:str", api.base)


def _whole(node: yaml.Node | None, api: Api) -> yaml.Node | None:
    if not isinstance(node, yaml.ScalarNode) or not str(node.value).startswith("/") or not api.base:
        return node
    return yaml.ScalarNode(
        node.tag, api.base + str(node.value), start_mark=node.start_mark, end_mark=node.end_mark
    )


def _headers(reader: Reader, node: yaml.Node | None, api: Api, names: Iterable[str]) -> Fill | None:
    own = _flat(reader, node, what="headers", names=names)
    shared = _flat(reader, api.headers, what="headers", names={*CHANNEL, *(("token",) if api.token else ())})
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
