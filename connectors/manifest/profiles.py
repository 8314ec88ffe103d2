"""Looking up who a sender is: a name and a picture that events do not bring."""

from __future__ import annotations

from dataclasses import replace

import yaml

from connectors.contract import Context, Handle, Profile, Refused
from connectors.manifest.answers import judge
from connectors.manifest.asking import answer_root, base_root, perform
from connectors.manifest.expressions import ask
from connectors.manifest.model import Manifest, ProfileAccess
from connectors.manifest.names import ANSWER, CHANNEL
from connectors.manifest.outgoing import Api, read_request
from connectors.manifest.reading import Reader
from values.sentences import phrase

PROFILE = CHANNEL | {"who", "who_kind"}


def read_profile(reader: Reader, node: yaml.Node | None, api: Api) -> ProfileAccess | None:
    """The section `profile`."""
    if node is None:
        return None
    known = ("request", "name", "picture", "language", "ok")
    parts = reader.mapping(node, known, what="profile", needs=("request",))
    if not {"name", "picture"} & set(parts):
        reader.fault(node, "profile tells neither a name nor a picture.", "Add `name:` or `picture:`.")
    request = read_request(reader, parts.get("request"), api=api, names=PROFILE, method="GET")
    asked = {
        name: ask(reader, parts.get(name), what=name, names=ANSWER)
        for name in ("name", "picture", "language", "ok")
    }
    return ProfileAccess(request=replace(request, quiet=True), **asked) if request else None


async def profile(manifest: Manifest, handle: Handle, context: Context) -> Profile:
    """See `connectors.contract.Profiling`."""
    access = manifest.profile
    if access is None or handle.kind not in manifest.spec.kinds:
        raise Refused(phrase("The provider tells nothing of such an address."))
    root = {**base_root(context.channel), "who": handle.value, "who_kind": handle.kind}
    answer = answer_root(await perform(access.request, root, context))
    if not (access.ok(answer) if access.ok else False):
        judge(manifest.outcomes, answer, is_message=False)
        if access.ok:
            raise Refused(
                phrase("The provider's answer is not understood ({status}).", status=answer["status"])
            )
    told = {
        name: found.strip()
        for name, asked in (("name", access.name), ("picture", access.picture), ("language", access.language))
        if asked is not None and isinstance(found := asked(answer), str)
    }
    return Profile(
        name=told.get("name", "")[:200],
        picture=told.get("picture", "")[:4_000],
        language=told.get("language", "")[:20],
    )
