"""`python -m hub` and the console script `hub`."""

from __future__ import annotations

from hub.cli import hub


def main() -> None:
    """Run the command line."""
    hub(prog_name="hub")


if __name__ == "__main__":
    main()
