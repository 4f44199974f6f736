"""Times the tool itself: every gradient rung of 1,000 steps at m = 128, and certify as m grows. Called by Benchmarks/run.

The networks are random (normal entries, spectral radius about 0.4 of W and Z each), alike units and units that differ.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

tool = sys.argv[1]


def network(folder, m, alike):
    rng = np.random.default_rng(m)
    units = {"gamma": 1.0, "epsilon": 1.0} if alike else {
        "gamma": list(rng.uniform(0.5, 2, m)), "epsilon": list(rng.uniform(0.5, 2, m))}
    weights = {name: (0.4 / np.sqrt(m) * rng.normal(size=(m, m))).tolist() for name in ("W", "Z")}
    path = os.path.join(folder, f"random-{m}-{'alike' if alike else 'mixed'}.json")
    with open(path, "w") as file:
        json.dump({"format": "cornn-analyze/network/1", "dt": 0.05, "damping": "explicit", **units, **weights,
                   "V": rng.normal(size=(m, 2)).tolist(), "b": [0.0] * m}, file)
    return path


def seconds(*arguments):
    start = time.perf_counter()
    result = subprocess.run([tool, *arguments, "--format", "json"], capture_output=True, check=True)
    return time.perf_counter() - start, json.loads(result.stdout)


with tempfile.TemporaryDirectory() as folder:
    path = network(folder, 128, True)
    run = [seconds("bounds", path, "--signal", "noise", "--steps", "1000", "--no-flow")[0] for _ in range(5)]
    print(f"bounds, m = 128, 1,000 steps, all rungs: {statistics.median(run):.2f} s (median of 5)")
    print("certify, map and flow, all tests, seconds")
    print(f"{'m':>5} {'alike':>8} {'mixed':>8}")
    for m in (32, 64, 128, 256, 512):
        times = [seconds("certify", network(folder, m, alike)) for alike in (True, False)]
        marks = ["" if result["contraction"]["certified"] else " refused" for _, result in times]
        print(f"{m:>5} {times[0][0]:>8.2f} {times[1][0]:>8.2f}{marks[0]}{marks[1]}", flush=True)
