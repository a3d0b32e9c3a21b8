"""Become another program that does not outlive its supervisor.

Run as a plain file by ``services.kit.process``: ``python -I -S child.py PARENT_PID SIGNAL NICENESS UID GID PROGRAM
[ARGS...]``; UID and GID are -1 to stay who we are. It replaces itself with PROGRAM, so the pid stays the same.

Why a file of its own and not ``preexec_fn``: code between fork and exec can deadlock in a process with threads, and a
supervisor has some (child watchers, name look-ups). It costs 13 ms per start, so it imports nothing but the
standard library and never the package around it.
"""

import os
import sys
import time
from collections.abc import Callable

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
AUTOGROUP_TRIES = 10


def main() -> int:
    parent_pid, death_signal, niceness, uid, gid = (int(number) for number in sys.argv[1:6])
    program = sys.argv[6:]
    set_death_signal = _death_signal_setter()  # loaded now: the other user may not be able to read Python's library
    if niceness:
        _be_nice(niceness)  # before the change of user, who could not open the file
    if uid >= 0:
        _become(uid, gid)
    set_death_signal(death_signal)  # after the change of user, which would clear it
    if os.getppid() != parent_pid:  # the parent ended before we could ask
        return 125
    try:
        os.execvp(program[0], program)
    except OSError as error:
        print(f"cannot start {program[0]}: {error.strerror}", file=sys.stderr)
        return 127


def _be_nice(niceness: int) -> None:
    """Let others go first. Where Linux groups processes by session, only the number of the group counts (sched(7))."""
    os.nice(niceness)
    for _ in range(AUTOGROUP_TRIES):
        try:
            with open("/proc/self/autogroup", "w") as autogroup:
                autogroup.write(str(niceness))
            return
        except BlockingIOError:  # who is not root may ask for one such change in a tenth of a second, whoever asks
            time.sleep(0.1)
        except OSError:  # not grouped by session
            return


def _become(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def _death_signal_setter() -> Callable[[int], object]:
    """Return what asks Linux for a signal when the parent ends; elsewhere the next start ends what was left."""
    if sys.platform != "linux":
        return lambda number: None
    import ctypes

    prctl = ctypes.CDLL(None).prctl
    return lambda number: prctl(PR_SET_PDEATHSIG, number)


if __name__ == "__main__":
    sys.exit(main())
