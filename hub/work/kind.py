"""A kind of job: what may be done in the background, who may begin it, and what its handler gives back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from crm_core.access.abilities import Ability
from crm_core.users.model import Viewer
from hub.runtime import Runtime
from hub.work.run import Run
from values.errors import Forbidden
from values.sentences import phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a job ended: a sentence for who began it, the same for scripts, and the page where it is seen."""

    said: str
    result: Mapping[str, Any] = field(default_factory=dict[str, Any])
    href: str = ""


Handler = Callable[[Runtime, Run], Awaitable[Outcome]]
"""Does a job in batches of its own transactions, each with its checkpoint; begins where `run.state` says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Something that may be done in the background. `title` is a sentence for people; who has the ability `needs`
    may begin it, and it runs as long as they have."""

    name: str
    title: str
    handler: Handler
    needs: Ability

    def check(self, viewer: Viewer) -> None:
        """Raises Forbidden for who may not begin it."""
        if not viewer.can(self.needs):
            raise Forbidden(phrase("Your role does not include this."))
