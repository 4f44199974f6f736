"""The map beside NumPy, in turn in one run: medians and their ratio. Called by Benchmarks/run."""

import os
import statistics
import subprocess
import sys
import time

threads = int(sys.argv[2])
os.environ["OPENBLAS_NUM_THREADS"] = str(threads)
import numpy as np

tool = sys.argv[1]
hidden, rounds = 128, 9
dt, gamma, epsilon = 0.042, 2.7, 4.7


def numpy_map(batch, steps):
    """The explicit map as one would write it to be fast: no temporaries, one product a step."""
    rng = np.random.default_rng(1)
    limit = 1 / np.sqrt(2 * hidden + 2)
    WZ, V = rng.uniform(-limit, limit, (2 * hidden, hidden)), rng.uniform(-limit, limit, (2, hidden))
    b, u = rng.uniform(-limit, limit, hidden), rng.normal(size=(steps, batch, 2))

    def run():
        drives = u @ V + b
        position, velocity = np.empty((steps, batch, hidden)), np.empty((steps, batch, hidden))
        state = np.zeros((batch, 2 * hidden))
        y, z = state[:, :hidden], state[:, hidden:]
        sigma, scratch = np.empty((batch, hidden)), np.empty((batch, hidden))
        for n in range(steps):
            np.matmul(state, WZ, out=sigma)
            sigma += drives[n]
            np.tanh(sigma, out=sigma)
            np.multiply(y, gamma, out=scratch)
            sigma -= scratch
            np.multiply(z, epsilon, out=scratch)
            sigma -= scratch
            sigma *= dt
            z += sigma
            np.multiply(z, dt, out=scratch)
            y += scratch
            position[n], velocity[n] = y, z

    run()
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) / steps


print(f"{threads} thread(s), m = {hidden}, microseconds a step, medians of {rounds} rounds in turn")
print(f"{'batch':>6} {'ours':>8} {'NumPy':>8} {'NumPy / ours':>13}   (NumPy {np.__version__})")
for batch, steps in ((1, 20000), (50, 2000)):
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(float(subprocess.check_output([tool, str(hidden), str(batch), str(steps), str(threads)])))
        theirs.append(numpy_map(batch, steps))
    a, b = statistics.median(ours), statistics.median(theirs)
    ratio = statistics.median(y / x for x, y in zip(ours, theirs))
    print(f"{batch:>6} {1e6 * a:>8.2f} {1e6 * b:>8.2f} {ratio:>13.2f}")
