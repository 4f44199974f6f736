"""What a sweep costs beside its points: 1,000 cheap ones (bounds of two units over gamma, 10 steps).

    python3 Benchmarks/sweep_overhead.py [TOOL]

Three walls: the whole command; the same points one after the other in one process, which is the bare work; and a run
that finds them all done.
"""

import json
import os
import subprocess
import sys
import tempfile
import time

tool = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else ".build/release/cornn-analyze")
count = 1000
network = {"format": "cornn-analyze/network/1", "damping": "implicit", "dt": 0.1, "gamma": 1.3, "epsilon": 0.7,
           "W": [[0.3, -0.8], [0.6, 0.2]], "Z": [[0.1, 0.2], [0.4, -0.3]], "V": [[0.9], [-0.5]], "b": [0.2, 0.1]}
scenario = f"""# What does a sweep cost beside its points?
kind: bounds
checkpoint: net.json
signal: cosine
steps: 10
flow: false
gradient: false
grid:
  gamma: {{from: 0.5, to: 3, count: {count}}}
"""

with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    with open("net.json", "w") as file:
        json.dump(network, file)
    with open("s.yaml", "w") as file:
        file.write(scenario)

    requests = "".join(
        json.dumps({"kind": "bounds", "arguments": [
            "net.json", "--signal=cosine", "--steps=10", "--no-flow", "--no-gradient",
            f"--gamma={0.5 + 2.5 * k / (count - 1)}", "--threads=1"]}) + "\n" for k in range(count))

    def bare():
        worker = subprocess.Popen([tool, "point-worker", "."], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        start = time.perf_counter()
        for line in requests.splitlines(keepends=True):
            worker.stdin.write(line)
            worker.stdin.flush()
            worker.stdout.readline()
        seconds = time.perf_counter() - start
        worker.stdin.close()
        worker.wait()
        return seconds

    def run(jobs, *more):
        start = time.perf_counter()
        subprocess.run([tool, "run", "s.yaml", "--output", f"run{jobs}", "--jobs", str(jobs), *more],
                       check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - start

    alone = min(bare() for _ in range(3))
    print(f"bare work, one process:        {1e3 * alone / count:.3f} ms a point")
    for jobs in [1, os.cpu_count()]:
        whole = run(jobs)
        print(f"run --jobs {jobs}:                  {1e3 * whole / count:.3f} ms a point, "
              f"overhead {1e3 * (whole - alone / jobs) / count:.3f} ms a point")
    print(f"run --resume, nothing missing: {1e3 * run(1, '--resume') / count:.3f} ms a point")
