"""Questions about the variables themselves: a misspelt name does nothing, and nothing else would say so."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

import phonenumbers

from hub.doctor.finding import Finding, ok, wrong
from hub.settings import VARIABLES, Settings


def names(environ: Mapping[str, str]) -> list[Finding]:
    """Variables that begin like ours and are none."""
    known = [variable.name for variable in VARIABLES]
    unknown = sorted(name for name in environ if name.startswith("HUB_") and name not in known)
    return [_unknown(name, known) for name in unknown] or [ok("variables", "all that are set are known")]


def region(settings: Settings) -> Finding:
    """Whether telephone numbers of the country can be read."""
    if not settings.region:
        return ok("country", "none: telephone numbers need their country code")
    if settings.region not in phonenumbers.SUPPORTED_REGIONS:
        return wrong(
            "country", f"HUB_REGION is {settings.region}, which is no country", "Say KH or US, for example."
        )
    return ok("country", settings.region)


def _unknown(name: str, known: list[str]) -> Finding:
    near = get_close_matches(name, known, 1)
    remedy = f"Do you mean {near[0]}?" if near else "Unset it; the names are below."
    return wrong("variables", f"{name} is not known and does nothing", remedy)
