"""Numbers as they are typed: what no record can have is a wrong argument, not a fault of the database."""

from __future__ import annotations

import click

SMALL = click.IntRange(1, 2**31 - 1)
"""Of tokens, webhooks and people who are told of alarms."""
LARGE = click.IntRange(1, 2**63 - 1)
"""Of messages and inputs."""
