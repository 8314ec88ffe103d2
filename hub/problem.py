"""A failure the operator can mend: one sentence that says what is wrong and what to do, no traceback."""

from __future__ import annotations


class Problem(Exception):
    """Ends a command with its sentence on standard error and exit code 1."""

    exit_code = 1


class WrongSetting(Problem):
    """A variable of the environment has a value that cannot be used; exit code 2."""

    exit_code = 2
