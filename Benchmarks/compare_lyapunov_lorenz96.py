"""The full Lyapunov spectrum of Lorenz-96 beside Numba and JiTCODE, in turn in one run: medians and ratios.

40 variables, F = 8, RK4 with step 0.01, 40 tangents made orthonormal every 10 steps, one thread. Everyone starts from
the same state and unit tangents, and a short run's exponents must agree before anything is timed. Compilation is left
out. JiTCODE integrates by SciPy's adaptive steppers; it is timed so (dopri5 held to steps of 0.01), and also with its
compiled field in a plain RK4. Called by Benchmarks/run.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"
import numba
import numpy as np

tool, rounds = sys.argv[1], 9
n, F, h, interval = 40, 8.0, 0.01, 10
warm, checked, timed = 5000, 500, 20000


def numba_runs(fastmath):
    """Two ways: tangents in rows, one after another through the 10 steps between two orthonormalisations; and tangents
    in columns, all together through each stage. Modified Gram-Schmidt or LAPACK."""
    jit = numba.njit(fastmath=fastmath)

    @jit
    def gram_schmidt(rows, logs):
        k, width = rows.shape
        for i in range(k):
            q = rows[i]
            square = 0.0
            for c in range(width):
                square += q[c] * q[c]
            length = np.sqrt(square)
            logs[i] += np.log(length)
            for c in range(width):
                q[c] /= length
            for j in range(i + 1, k):
                r = rows[j]
                part = 0.0
                for c in range(width):
                    part += q[c] * r[c]
                for c in range(width):
                    r[c] -= part * q[c]

    @jit
    def householder(rows, logs):
        q, r = np.linalg.qr(rows.T)
        rows[:] = q.T
        for i in range(rows.shape[0]):
            logs[i] += np.log(np.abs(r[i, i]))

    @jit
    def entries(x, at, a, b, rate):
        """The stages of one step of the state, and the entries of the derivative at each: with 2 and 1 values of margin
        around x, so that the loops have no wrapping."""
        n = x.shape[0]
        padded = np.empty(n + 3)
        total = x.copy()
        stage = x.copy()
        for s in range(4):
            padded[2:n + 2] = stage
            padded[0], padded[1], padded[n + 2] = stage[n - 2], stage[n - 1], stage[0]
            for j in range(n):
                a[at + s, j] = padded[j + 3] - padded[j]
                b[at + s, j] = padded[j + 1]
                rate[j] = a[at + s, j] * b[at + s, j] - stage[j] + F
            weight = h / 3 if s == 1 or s == 2 else h / 6
            ahead = h if s == 2 else h / 2
            for j in range(n):
                total[j] += weight * rate[j]
                stage[j] = x[j] + ahead * rate[j]
        x[:] = total

    @jit
    def push_rows(tangents, steps, a, b):
        k, n = tangents.shape
        stage, total, moved = np.empty(n + 3), np.empty(n), np.empty(n)
        for r in range(k):
            v = tangents[r]
            for step in range(steps):
                for j in range(n):
                    total[j] = v[j]
                    stage[j + 2] = v[j]
                for s in range(4):
                    stage[0], stage[1], stage[n + 2] = stage[n], stage[n + 1], stage[2]
                    weight = h / 3 if s == 1 or s == 2 else h / 6
                    ahead = h if s == 2 else h / 2
                    p, q = a[4 * step + s], b[4 * step + s]
                    for j in range(n):
                        moved[j] = (stage[j + 3] - stage[j]) * q[j] + p[j] * stage[j + 1] - stage[j + 2]
                    for j in range(n):
                        total[j] += weight * moved[j]
                        stage[j + 2] = v[j] + ahead * moved[j]
                for j in range(n):
                    v[j] = total[j]

    @jit
    def push_columns(tangents, steps, a, b):
        k, n = tangents.shape
        v = np.ascontiguousarray(tangents.T)
        total = v.copy()
        stage, following = np.empty((n, k)), np.empty((n, k))
        for step in range(steps):
            stage[:] = v
            for s in range(4):
                weight = h / 3 if s == 1 or s == 2 else h / 6
                ahead = h if s == 2 else h / 2
                for j in range(n):
                    p, q = a[4 * step + s, j], b[4 * step + s, j]
                    w0, w1, w2, w3 = stage[j - 2], stage[j - 1], stage[j], stage[j + 1 if j + 1 < n else 0]
                    t, f, here = total[j], following[j], v[j]
                    for c in range(k):
                        moved = (w3[c] - w0[c]) * q + p * w1[c] - w2[c]
                        t[c] += weight * moved
                        f[c] = here[c] + ahead * moved
                stage, following = following, stage
            v[:] = total
        tangents[:] = v.T

    def build(push, orthonormalize):
        @jit
        def run(x, tangents, steps):
            logs = np.zeros(tangents.shape[0])
            a, b, rate = np.empty((4 * interval, n)), np.empty((4 * interval, n)), np.empty(n)
            for _ in range(steps // interval):
                for step in range(interval):
                    entries(x, 4 * step, a, b, rate)
                push(tangents, interval, a, b)
                orthonormalize(tangents, logs)
            return logs / steps

        return lambda start, steps: run(start.copy(), np.eye(n), steps)

    for layout, push in (("rows", push_rows), ("columns", push_columns)):
        for name, orthonormalize in (("Gram-Schmidt", gram_schmidt), ("LAPACK", householder)):
            yield f"Numba, {layout}, {name}{', fastmath' if fastmath else ''}", build(push, orthonormalize)


def jitcode_runs():
    warnings.simplefilter("ignore")  # That 40 exponents are many.
    from jitcode import jitcode_lyap, y

    f = [(y((j + 1) % n) - y((j - 2) % n)) * y((j - 1) % n) - y(j) + F for j in range(n)]
    began = time.perf_counter()
    lyapunov = jitcode_lyap(f, n_lyap=n, verbose=False)
    lyapunov.generate_f_C(chunk_size=200)
    lyapunov.compile_C(verbose=False)
    print(f"  JiTCODE: {n + n * n} equations written and compiled in {time.perf_counter() - began:.0f} s")
    lyapunov.set_integrator("dopri5", rtol=1e-6, atol=1e-6, max_step=h, first_step=h)

    def own(start, steps):
        # Its own call would begin with random tangents.
        super(jitcode_lyap, lyapunov).set_initial_value(np.concatenate([start, np.eye(n).ravel()]), 0.0)
        total = np.zeros(n)
        for i in range(steps // interval):
            _, growth, _ = lyapunov.integrate((i + 1) * interval * h)
            total += growth
        # Mean growth rates per time, one for each interval.
        return total / (steps // interval) * h

    def plain(start, steps):
        field = lyapunov.f
        x = np.concatenate([start, np.eye(n).ravel()])
        total = np.zeros(n)
        for i in range(steps):
            k1 = field(0.0, x)
            k2 = field(0.0, x + h / 2 * k1)
            k3 = field(0.0, x + h / 2 * k2)
            k4 = field(0.0, x + h * k3)
            x = x + h / 6 * (k1 + 2 * (k2 + k3) + k4)
            if (i + 1) % interval == 0:
                q, r = np.linalg.qr(x[n:].reshape(n, n).T)
                total += np.log(abs(np.diagonal(r)))
                x[n:] = q.T.ravel()
        return total / steps

    yield "JiTCODE, its dopri5", own
    yield "JiTCODE's field, RK4", plain


def on_attractor():
    def field(x):
        return (np.roll(x, -1) - np.roll(x, 2)) * np.roll(x, 1) - x + F

    x = F + 0.01 * np.arange(n) % 0.07
    for _ in range(warm):
        k1 = field(x)
        k2 = field(x + h / 2 * k1)
        k3 = field(x + h / 2 * k2)
        x = x + h / 6 * (k1 + 2 * (k2 + k3) + field(x + h * k3))
    return x


start = on_attractor()
folder = tempfile.TemporaryDirectory()
path = os.path.join(folder.name, "start.npy")
np.save(path, start)


def ours(steps):
    out = subprocess.check_output([tool, "lorenz96", path, str(n), str(steps), str(interval)], text=True).split("\n")
    return float(out[0]), np.array([float(v) for v in out[1].split()])


def seconds(run, steps):
    began = time.perf_counter()
    run(start, steps)
    return (time.perf_counter() - began) / steps


print(f"Lorenz-96, {n} variables, {n} tangents, RK4 with step {h}, orthonormalised every {interval} steps, one thread")
candidates = [way for fastmath in (False, True) for way in numba_runs(fastmath)]
try:
    candidates += jitcode_runs()
except ImportError:
    print("JiTCODE isn't installed: pip install jitcode in Benchmarks/.venv to compare with it")

_, expected = ours(checked)
peers, kept = {}, {}
for name, run in candidates:
    found = np.sort(run(start, checked))[::-1]
    difference = abs(found - expected).max() / h
    # The same arithmetic but for its order; dopri5 has another truncation error.
    allowed = 1e-2 if "dopri5" in name else 1e-6
    least = min(seconds(run, 2000) for _ in range(3))
    print(f"  {name:36} {1e6 * least:8.2f} µs a step, exponents of {checked} steps differ by {difference:.0e} from ours")
    if not difference < allowed:
        sys.exit(f"{name}: other exponents")
    family = "Numba" if name.startswith("Numba") else name
    if family not in peers or least < kept[family]:
        kept[family], peers[family] = least, (name, run)

times = {"ours": [], **{name: [] for name, _ in peers.values()}}
exponents = {}
for _ in range(rounds):
    second, exponents["ours"] = ours(timed)
    times["ours"].append(second)
    for name, run in peers.values():
        slow = name.startswith("JiTCODE")
        steps = timed // 10 if slow else timed
        began = time.perf_counter()
        found = run(start, steps)
        times[name].append((time.perf_counter() - began) / steps)
        exponents[name] = np.sort(found)[::-1]
print(f"microseconds a step (median of {rounds} rounds in turn), ratio to ours, exponents per time 1, 2, 3, 13, 40, sum")
for name, values in times.items():
    ratio = statistics.median(v / o for v, o in zip(values, times["ours"]))
    rates = exponents[name] / h
    print(f"  {name:36} {1e6 * statistics.median(values):8.2f} {ratio:7.2f}  "
          + " ".join(f"{rates[i]:8.4f}" for i in (0, 1, 2, 12, 39)) + f" {rates.sum():9.5f}")
fastest = min((statistics.median(v / o for v, o in zip(times[name], times["ours"])), name) for name in times if name != "ours")
print(f"{fastest[0]:.2f} times as fast as the fastest of them ({fastest[1]}); wanted: 2")
