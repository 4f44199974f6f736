"""The continuous coRNN over 100 time units beside SciPy's DOP853 and diffrax's Dopri8, in turn in one run.

m = 128, constant input, the same weights; medians and ratios. diffrax is jitted and its compile time left out.
Called by Benchmarks/run.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np
from scipy.integrate import solve_ivp

tool, rounds = sys.argv[1], 7
m, gamma, epsilon, span = 128, 2.7, 0.7, 100.0
rng = np.random.default_rng(3)
W, Z = rng.normal(size=(m, m)) * 2 / np.sqrt(m), rng.normal(size=(m, m)) / np.sqrt(m) / 4
V, b = rng.uniform(-1, 1, (m, 1)), rng.uniform(-0.5, 0.5, m)
WZ, drive = np.hstack([W, Z]), V[:, 0] + b
folder = tempfile.mkdtemp()
path = os.path.join(folder, "network.npz")
np.savez(path, W=W, Z=Z, V=V, b=b, dt=span, gamma=gamma, epsilon=epsilon, damping="explicit")


def field(t, x):
    return np.concatenate([x[m:], np.tanh(WZ @ x + drive) - gamma * x[:m] - epsilon * x[m:]])


def scipy_run(tolerance):
    start = time.perf_counter()
    s = solve_ivp(field, (0, span), np.zeros(2 * m), method="DOP853", rtol=tolerance, atol=tolerance)
    return time.perf_counter() - start, s.nfev, s.y[:m, -1]


def ours_run(tolerance, method):
    out = subprocess.check_output([tool, path, method, str(tolerance)], text=True).split("\n")
    seconds, evaluations = out[0].split()
    return float(seconds), int(evaluations), np.array([float(v) for v in out[1].split()])


def diffrax_run():
    try:
        import jax
        import diffrax
    except ImportError:
        return None
    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    weights, push = jnp.asarray(WZ), jnp.asarray(drive)

    def vector_field(t, x, args):
        return jnp.concatenate([x[m:], jnp.tanh(weights @ x + push) - gamma * x[:m] - epsilon * x[m:]])

    @jax.jit
    def solve(tolerance):
        s = diffrax.diffeqsolve(
            diffrax.ODETerm(vector_field), diffrax.Dopri8(), 0.0, span, 0.01, jnp.zeros(2 * m),
            stepsize_controller=diffrax.PIDController(rtol=tolerance, atol=tolerance), max_steps=1_000_000)
        return s.ys[-1], s.stats["num_steps"]

    def run(tolerance):
        jax.block_until_ready(solve(tolerance))
        start = time.perf_counter()
        y, steps = jax.block_until_ready(solve(tolerance))
        return time.perf_counter() - start, 12 * int(steps), np.asarray(y)[:m]

    return run


peers = {"SciPy DOP853": scipy_run}
jitted = diffrax_run()
if jitted:
    peers["diffrax Dopri8"] = jitted
else:
    print("diffrax isn't installed: pip install diffrax in Benchmarks/.venv to compare with it")
for tolerance in (1e-6, 1e-10):
    exact = solve_ivp(field, (0, span), np.zeros(2 * m), method="DOP853", rtol=1e-13, atol=1e-13).y[:m, -1]
    times = {name: [] for name in ["ours, dop853", "ours, rk8pd", *peers]}
    notes = {}
    for _ in range(rounds):
        for name in times:
            seconds, evaluations, y = ours_run(tolerance, name[6:]) if name.startswith("ours") else peers[name](tolerance)
            times[name].append(seconds)
            notes[name] = (evaluations, abs(y - exact).max())
    print(f"tolerance {tolerance:g}: milliseconds (median of {rounds}), evaluations, error at the end, ratio to dop853")
    for name, values in times.items():
        ratio = statistics.median(t / o for t, o in zip(values, times["ours, dop853"]))
        print(f"  {name:16} {1e3 * statistics.median(values):9.2f} {notes[name][0]:8d} {notes[name][1]:9.1e} {ratio:7.2f}")
