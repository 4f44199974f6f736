"""Full Lyapunov spectra of small systems, made orthonormal at each step, beside plain Numba loops written for each of
them, in turn in one run: nanoseconds a step, medians and ratios. This is what a step costs beside its arithmetic: ours goes
through the library's call for any system, with block averages, errors, convergence trace and trace identity.

Flows by RK4. Same start, unit tangents; a short run's exponents must agree before anything is timed. Called by
Benchmarks/run.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

import numba
import numpy as np

tool, rounds = sys.argv[1], 9
jit = numba.njit(fastmath=True)


@jit
def gram_schmidt(v, logs):
    k, n = v.shape
    for i in range(k):
        square = 0.0
        for c in range(n):
            square += v[i, c] * v[i, c]
        length = np.sqrt(square)
        logs[i] += np.log(length)
        for c in range(n):
            v[i, c] /= length
        for j in range(i + 1, k):
            part = 0.0
            for c in range(n):
                part += v[i, c] * v[j, c]
            for c in range(n):
                v[j, c] -= part * v[i, c]


@jit
def henon(start, steps):
    x, v, logs = start.copy(), np.eye(2), np.zeros(2)
    for _ in range(steps):
        for r in range(2):
            v[r, 0], v[r, 1] = -2.8 * x[0] * v[r, 0] + v[r, 1], 0.3 * v[r, 0]
        x[0], x[1] = 1 - 1.4 * x[0] * x[0] + x[1], 0.3 * x[0]
        gram_schmidt(v, logs)
    return logs / steps


@jit
def lorenz63(x, v, dx, dv):
    dx[0] = 10 * (x[1] - x[0])
    dx[1] = x[0] * (28 - x[2]) - x[1]
    dx[2] = x[0] * x[1] - 8 / 3 * x[2]
    for r in range(3):
        dv[r, 0] = 10 * (v[r, 1] - v[r, 0])
        dv[r, 1] = (28 - x[2]) * v[r, 0] - v[r, 1] - x[0] * v[r, 2]
        dv[r, 2] = x[1] * v[r, 0] + x[0] * v[r, 1] - 8 / 3 * v[r, 2]


@jit
def rossler(x, v, dx, dv):
    dx[0] = -x[1] - x[2]
    dx[1] = x[0] + 0.2 * x[1]
    dx[2] = 0.2 + x[2] * (x[0] - 5.7)
    for r in range(3):
        dv[r, 0] = -v[r, 1] - v[r, 2]
        dv[r, 1] = v[r, 0] + 0.2 * v[r, 1]
        dv[r, 2] = x[2] * v[r, 0] + (x[0] - 5.7) * v[r, 2]


def flow(field, h):
    @jit
    def run(start, steps):
        n = start.shape[0]
        x, v, logs = start.copy(), np.eye(n), np.zeros(n)
        k, r = np.empty((4, n)), np.empty((4, n, n))
        y, w = np.empty(n), np.empty((n, n))
        for _ in range(steps):
            y[:], w[:] = x, v
            for s in range(4):
                field(y, w, k[s], r[s])
                ahead = h if s == 2 else h / 2
                if s < 3:
                    for i in range(n):
                        y[i] = x[i] + ahead * k[s, i]
                        for j in range(n):
                            w[i, j] = v[i, j] + ahead * r[s, i, j]
            for i in range(n):
                x[i] += h / 6 * (k[0, i] + 2 * (k[1, i] + k[2, i]) + k[3, i])
                for j in range(n):
                    v[i, j] += h / 6 * (r[0, i, j] + 2 * (r[1, i, j] + r[2, i, j]) + r[3, i, j])
            gram_schmidt(v, logs)
        return logs / steps

    return run


systems = {
    "henon": (henon, np.array([0.1, 0.1]), 1.0),
    "lorenz63": (flow(lorenz63, 0.005), np.array([1.0, 2.0, 20.0]), 0.005),
    "rossler": (flow(rossler, 0.02), np.array([1.0, 1.0, 0.0]), 0.02),
}
steps = 500_000
print(f"small systems, orthonormalised at each step: nanoseconds a step (median of {rounds} rounds in turn)")
print(f"{'':10} {'ours':>8} {'Numba':>8} {'Numba / ours':>13}   ours' and Numba's exponents")
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "start.npy")
    for name, (run, start, h) in systems.items():
        np.save(path, start)

        def ours(steps):
            out = subprocess.check_output([tool, name, path, str(len(start)), str(steps), "1"], text=True).split("\n")
            return float(out[0]), np.array([float(v) for v in out[1].split()])

        # Short enough that rounding hasn't grown.
        difference = abs(ours(20)[1] - np.sort(run(start, 20))[::-1]).max() / h
        if not difference < 1e-6:
            sys.exit(f"{name}: other exponents, {difference:.0e}")
        a, b = [], []
        for _ in range(rounds):
            second, mine = ours(steps)
            a.append(second)
            began = time.perf_counter()
            theirs = run(start, steps)
            b.append((time.perf_counter() - began) / steps)
        ratio = statistics.median(y / x for x, y in zip(a, b))
        texts = [" ".join(f"{e / h:.4f}" for e in exponents) for exponents in (mine, np.sort(theirs)[::-1])]
        print(f"{name:10} {1e9 * statistics.median(a):8.0f} {1e9 * statistics.median(b):8.0f} {ratio:13.2f}   "
              + "; ".join(texts), flush=True)
