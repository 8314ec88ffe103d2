"""Failures a command can explain: one sentence that says what to do, and the exit code."""

from __future__ import annotations

import sys

from hub.problem import Problem


def sentence_of(error: BaseException) -> tuple[str, int] | None:
    """The sentence and the exit code; None for what is a fault of the program."""
    if isinstance(error, Problem):
        return str(error), error.exit_code
    if isinstance(error, KeyboardInterrupt):
        return "Stopped.", 1
    return _of_domain(error) or _of_database(error) or _of_system(error)


def _of_domain(error: BaseException) -> tuple[str, int] | None:
    """NotFound, Forbidden, Invalid and Conflict carry a sentence for people. Looked up only when loaded: it costs no import."""
    errors = sys.modules.get("values.errors")
    kinds = [getattr(errors, name, None) for name in ("NotFound", "Forbidden", "Invalid", "Conflict")]
    known = tuple(kind for kind in kinds if isinstance(kind, type))
    return (str(error), 1) if known and isinstance(error, known) else None


def _of_database(error: BaseException) -> tuple[str, int] | None:
    asyncpg = sys.modules.get("asyncpg")
    if asyncpg is None:
        return None
    if isinstance(error, asyncpg.InvalidAuthorizationSpecificationError | asyncpg.InvalidCatalogNameError):
        return f"The database refused us ({error}): check HUB_DATABASE_URL.", 1
    if isinstance(error, asyncpg.UndefinedTableError):
        return f"The database has no schema yet ({error}): run `hub migrate`.", 1
    if isinstance(error, asyncpg.CannotConnectNowError | asyncpg.ConnectionDoesNotExistError):
        return f"The database is not available ({error}): try again in a moment.", 1
    return None


def _of_system(error: BaseException) -> tuple[str, int] | None:
    if isinstance(error, ConnectionError):
        return f"A server does not answer ({error}): `hub doctor` says which one.", 1
    if isinstance(error, TimeoutError):
        return "A server did not answer in time: `hub doctor` says which one.", 1
    if isinstance(
        error, FileNotFoundError | PermissionError | IsADirectoryError | FileExistsError | NotADirectoryError
    ):
        return f"{error.filename}: {error.strerror}.", 1
    if isinstance(error, OSError):
        return f"The system refused: {error}.", 1
    return None
