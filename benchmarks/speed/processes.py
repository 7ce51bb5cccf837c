"""CPU time of whole process trees, as the kernel counts it."""

from __future__ import annotations

import os

import psutil

STORE_CPU, LOAD_CPU = 0, 1


def cpu_seconds(root: int) -> float:
    """User and system time of the tree below the root, of processes that ended included."""
    total, process = 0.0, psutil.Process(root)
    for each in (process, *process.children(recursive=True)):
        try:
            spent = each.cpu_times()
        except psutil.NoSuchProcess:  # Its parent counts it from now on.
            continue
        total += spent.user + spent.system + spent.children_user + spent.children_system
    return total


def pin(cpu: int) -> bool:
    """Keep this process, and those it starts from now on, on one CPU; whether there is one."""
    if (os.cpu_count() or 1) <= max(STORE_CPU, LOAD_CPU):
        return False
    os.sched_setaffinity(0, {cpu})
    return True
