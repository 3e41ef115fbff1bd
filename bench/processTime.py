#!/usr/bin/env python3
"""Runs a command and prints, as JSON, its processor time (user and system), wall time, peak memory and output."""

import json
import resource
import subprocess
import sys
import time

start = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
wall = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
if done.returncode != 0:
    sys.exit(f"{sys.argv[1:]} ended with {done.returncode}: {done.stderr[-2000:]}")
print(
    json.dumps(
        {
            "processor": used.ru_utime + used.ru_stime,
            "wall": wall,
            "memory": used.ru_maxrss * 1024,  # kilobytes on Linux
            "output": done.stdout,
        }
    )
)
