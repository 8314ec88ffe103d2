"""What every connector owes, written once: run by the tests over all of them, and by `hub connector check`."""

from connectors.conformance.model import Failed, Result, Skipped, Subject
from connectors.conformance.run import run
from connectors.conformance.subjects import subject_of

__all__ = ["Failed", "Result", "Skipped", "Subject", "run", "subject_of"]
