"""Runs what failed in the whole suite once more, alone; fails only if it fails again.

`python .ci/again.py REPORT`: REPORT is what `pytest --failures-to REPORT` wrote. A test that passes alone failed for
another reason than the code under test, most often a busy machine: it is a defect too, so its name ends the output.
"""

import json
import subprocess
import sys
from pathlib import Path

MOST = 20
"""More failures than this are no unstable tests."""
TESTS_FAILED = 1
"""pytest's exit status when it ran to its end; any other one (interrupted, not collected) is final."""


def main(path: Path) -> int:
    if not path.exists():
        return 1  # it did not come to the tests, or was killed
    report = json.loads(path.read_text(encoding="utf-8"))
    failed = report["failed"]
    if report["status"] != TESTS_FAILED or not 0 < len(failed) <= MOST:
        return 1
    print(f"\nOnce more, alone: {len(failed)} failed", flush=True)
    again = path.with_suffix(".again.json")
    again.unlink(missing_ok=True)
    code = subprocess.call([sys.executable, "-m", "pytest", "-n0", "--failures-to", str(again), *failed])
    still = json.loads(again.read_text(encoding="utf-8"))["failed"] if again.exists() else failed
    unstable = [test for test in failed if test not in still]
    if unstable:
        print("\nUNSTABLE: failed in the whole suite and passed alone; each is to be mended:")
        print("\n".join(f"  {test}" for test in unstable), flush=True)
    return 1 if code or still else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
