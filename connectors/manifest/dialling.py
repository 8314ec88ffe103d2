"""Placing a call by a manifest: our telephone rings first, then the other one."""

from __future__ import annotations

from dataclasses import replace

import yaml

from connectors.contract import Context, Dial, Refused
from connectors.manifest.answers import judge
from connectors.manifest.asking import answer_root, base_root, perform
from connectors.manifest.model import Dialler, Manifest
from connectors.manifest.names import DIAL
from connectors.manifest.outgoing import Api, read_outcomes, read_request
from connectors.manifest.reading import Reader
from values.sentences import phrase


def read_dial(reader: Reader, node: yaml.Node | None, api: Api) -> Dialler | None:
    """The section `dial`: the settings it needs, its request, what answers mean."""
    if node is None:
        return None
    parts = reader.mapping(node, ("needs", "request", "outcomes"), what="dial", needs=("request", "outcomes"))
    needs = [reader.text(item, what="needs") for item in reader.items(parts.get("needs"), what="needs")]
    for name in needs:
        if name not in reader.settings:
            reader.unknown(parts["needs"], name, reader.settings, what="needs: the setting")
    request = read_request(reader, parts.get("request"), api=api, names=DIAL)
    outcomes = read_outcomes(reader, parts.get("outcomes"))
    if request is None or outcomes is None:
        return None
    # In small letters a GET is none that may be repeated: the client sends it once, and a broken line is Unknown.
    once = replace(request, method=request.method.lower())
    return Dialler(needs=tuple(needs), request=once, outcomes=outcomes)


async def dial(manifest: Manifest, call: Dial, context: Context) -> str:
    """The provider's id of the call, or empty. Raises a SendError; never tries again by itself."""
    dialler = manifest.dial
    if dialler is None:
        raise Refused(phrase("One cannot place calls on this channel."))
    root = {
        **base_root(context.channel),
        "to": call.to,
        "to_digits": call.to.removeprefix("+"),
        "extension": call.extension,
        "number": call.number,
        "dial_id": call.dial_id,
    }
    answer = answer_root(await perform(dialler.request, root, context))
    judge(dialler.outcomes, answer, is_message=True)
    return str(dialler.outcomes.external_id(answer) or "")[:300]
