"""A process that must not outlive the one that started it: Linux's parent-death signal, set by the child itself."""

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent ends, however it ends; when it has ended already, exit now.

    `parent` is the pid that the child knows from before it was started. What the kernel watches is the thread that started us, so
    children are started from a thread that stays.
    """
    if _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:
        os._exit(1)
