"""`make audit`: known vulnerabilities in what is installed, or plainly that nobody was asked."""

import subprocess
import sys

COMMAND = ["-m", "pip_audit", "--strict", "--require-hashes", "--disable-pip"]
UNREAD = ("Traceback", "could not be audited")  # no answer, or a mirror that knows nothing of it
NOBODY_ASKED = 2


def main() -> int:
    """Ask PyPI; return 0 when nothing is known, 1 when something is, 2 when nobody was asked."""
    command = [sys.executable, *COMMAND, "-r", "requirements.txt"]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    if not any(words in done.stderr for words in UNREAD):
        print(done.stderr, end="", file=sys.stderr)  # noqa: T201
        return done.returncode
    why = done.stderr.strip().splitlines()[-1]
    print(  # noqa: T201
        "Nothing was audited: PyPI's list of known vulnerabilities could not be read. Run "
        f"`make audit` where PyPI answers such questions. What happened: {why[:300]}",
        file=sys.stderr,
    )
    return NOBODY_ASKED


if __name__ == "__main__":
    sys.exit(main())
