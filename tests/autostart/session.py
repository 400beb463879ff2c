"""A user's session with a systemd of its own, in namespaces that end with this process.

Run by `unshare`, as root of its mount, PID and cgroup namespaces. Reads commands as JSON lists, one a line, and writes
for each a JSON object with its exit code and its output.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

RUNTIME = "/run/user-session"


def main() -> None:
    # systemd asks for this folder to know that the system has been started by it.
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
    Path("/run/systemd/system").mkdir(parents=True)
    Path(RUNTIME).mkdir(mode=0o700, parents=True)
    # In place of the system's own cgroups, of whichever version.
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/sys/fs/cgroup"], check=True)
    subprocess.run(["umount", "/sys/fs/cgroup"], check=True)
    subprocess.run(["mount", "-t", "cgroup2", "none", "/sys/fs/cgroup"], check=True)
    os.environ["XDG_RUNTIME_DIR"] = RUNTIME
    manager = subprocess.Popen(["/usr/lib/systemd/systemd", "--user", "--log-target=null"], stdin=subprocess.DEVNULL)
    while subprocess.run(["systemctl", "--user", "is-system-running"], capture_output=True).stdout != b"running\n":
        assert manager.poll() is None, "the user's systemd has ended"
        time.sleep(0.1)
    for line in sys.stdin:
        done = subprocess.run(json.loads(line), capture_output=True, text=True, stdin=subprocess.DEVNULL)
        answer = {"code": done.returncode, "out": done.stdout, "err": done.stderr}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    manager.terminate()
    manager.wait()


main()
