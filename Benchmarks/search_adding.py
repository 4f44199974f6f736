"""A little random search on the adding problem, with equal effort for every cell: what AddingSettings has beyond the
published values.

For each cell six trials of 2,000 steps (at T = 100, say; at T = 500 a coRNN's trials of 1,000 learned nothing): the
settings as they are, then draws, all uniform in the logarithm and spread as a Latin hypercube: the rate in 3e-4 ...
3e-2 (A's rate of expRNN stays a tenth of it), a coRNN's dt, gamma and epsilon in the ranges of its published settings
over all tasks (0.016 ... 0.1, 0.2 ... 94.5, 4.7 ... 15), an antisymmetric RNN's step in 0.01 ... 1 and diffusion in
0.001 ... 1. Each trial is a run of `train` in a folder of its own and goes on where it was interrupted; the validation
set (not the test set) judges, by the best look. The flags of the best trial are written to
FOLDER/T<length>-<cell>.flags; none, where no trial got below 0.15 (predicting the mean has 1/6).

    search_adding.py TOOL FOLDER --length T [--cells cornn,lstm,...] [--steps 2000] [--trials 6]
"""

import argparse
import json
import math
import os
import subprocess

import numpy as np

CELLS = ["cornn", "lstm", "gru", "tanh", "antisymmetric", "fastrnn", "exprnn"]
parser = argparse.ArgumentParser()
parser.add_argument("tool")
parser.add_argument("folder")
parser.add_argument("--length", type=int, required=True)
parser.add_argument("--cells", default=",".join(CELLS))
parser.add_argument("--steps", type=int, default=2000)
parser.add_argument("--trials", type=int, default=6)
options = parser.parse_args()


def drawn(cell):
    """Flags of each trial; the first takes what the tool has. Each quantity falls once into each of as many equal parts of
    its range as there are draws (a Latin hypercube)."""
    rng = np.random.default_rng([CELLS.index(cell), options.length])
    count = options.trials - 1

    def log_uniform(low, high):
        places = (rng.permutation(count) + rng.uniform(size=count)) / count
        return np.exp(math.log(low) + places * (np.log(high) - math.log(low)))

    flags = {"rate": log_uniform(3e-4, 3e-2)}
    if cell == "cornn":
        flags |= {"dt": log_uniform(0.016, 0.1), "gamma": log_uniform(0.2, 94.5), "epsilon": log_uniform(4.7, 15)}
    if cell == "antisymmetric":
        flags |= {"step-size": log_uniform(0.01, 1), "diffusion": log_uniform(0.001, 1)}
    return [[]] + [
        [part for name, values in flags.items() for part in (f"--{name}", f"{values[k]:.2g}")] for k in range(count)]


os.makedirs(options.folder, exist_ok=True)
for cell in options.cells.split(","):
    results = []
    for trial, flags in enumerate(drawn(cell)):
        folder = os.path.join(options.folder, f"T{options.length}-{cell}-{trial}")
        result = os.path.join(folder, "train.json")
        if not os.path.exists(result):
            command = [options.tool, "train", "--task", "adding", "--length", str(options.length), "--cell", cell,
                       "--steps", str(options.steps), "--test-set", "200", "--quiet", "--output", folder, "--resume"]
            subprocess.run(command + flags, check=True, stdout=subprocess.DEVNULL)
        with open(result) as file:
            found = json.load(file)
        best = found["best"]["score"] if found.get("best") else math.inf
        results.append((best, trial, flags))
        end = found["outcome"]
        print(f"T = {options.length}, {cell:13} trial {trial}: validation {best:.5f} ({end}) {' '.join(flags)}", flush=True)
    with open(os.path.join(options.folder, f"T{options.length}-{cell}.flags"), "w") as file:
        best, _, flags = min(results)
        print(" ".join(flags if best < 0.15 else []), file=file)
