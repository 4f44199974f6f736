"""The full Lyapunov spectrum of a chaotic coRNN map beside JAX, in turn in one run: medians and ratios.

m = 128, explicit damping, W of gain 3 and Z of gain 1/2, no input, float64: 256 tangents, made orthonormal at each step
and every 10 steps. Same weights, same start, unit tangents; a short run's exponents must agree before anything is timed.
Compilation is left out; of the ways to write it in JAX and its numbers of threads the fastest is taken. Ours runs on one
thread and checks the trace identity on the way (a factorisation of an m x m matrix at each orthonormalisation). Called by
Benchmarks/run; called with a number of threads it is a peer in a process of its own.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

m, gamma, epsilon, dt = 128, 1.0, 1.0, 0.05
rng = np.random.default_rng(3)
W, Z = 3 * rng.normal(size=(m, m)) / np.sqrt(m), 0.5 * rng.normal(size=(m, m)) / np.sqrt(m)
start = rng.normal(size=2 * m)
checked, timed = 100, {1: 200, 10: 1000}


def peer(threads):
    """Answers lines of [way, interval, steps] by the seconds a step and the exponents per step."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])  # XLA has as many threads as it may use cores.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(threads)
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    weights = jnp.asarray(np.hstack([W, Z]))

    def move(x):
        y, z = x[:m], x[m:]
        z = z + dt * (jnp.tanh(weights @ x) - gamma * y - epsilon * z)
        return jnp.concatenate([y + dt * z, z])

    def columns(x, v):
        y, z = v[:m], v[m:]
        slope = 1 - jnp.tanh(weights @ x) ** 2
        z = (1 - dt * epsilon) * z + dt * (slope[:, None] * (weights @ v) - gamma * y)
        return move(x), jnp.concatenate([y + dt * z, z])

    def jvp(x, v):
        moved, push = jax.linearize(move, x)
        return moved, jax.vmap(push, in_axes=1, out_axes=1)(v)

    def jacobian(x, v):
        """The Jacobian itself, then one product."""
        return move(x), jax.jacfwd(move)(x) @ v

    ways = {"products": columns, "linearize and vmap": jvp, "Jacobian": jacobian}

    def build(advance, interval, steps):
        def block(carry, _):
            x, v, logs = carry
            x, v = jax.lax.fori_loop(0, interval, lambda _, at: advance(*at), (x, v))
            v, r = jnp.linalg.qr(v)
            return (x, v, logs + jnp.log(jnp.abs(jnp.diagonal(r)))), None

        @jax.jit
        def run(x, v):
            (_, _, logs), _ = jax.lax.scan(block, (x, v, jnp.zeros(2 * m)), None, length=steps // interval)
            return logs / steps

        return run

    built = {}
    for line in sys.stdin:
        way, interval, steps = json.loads(line)
        key = (way, interval, steps)
        if key not in built:
            built[key] = build(ways[way], interval, steps)
            jax.block_until_ready(built[key](jnp.asarray(start), jnp.eye(2 * m)))
        began = time.perf_counter()
        exponents = jax.block_until_ready(built[key](jnp.asarray(start), jnp.eye(2 * m)))
        elapsed = time.perf_counter() - began
        print(json.dumps([elapsed / steps, np.sort(np.asarray(exponents))[::-1].tolist()]), flush=True)


if sys.argv[1].isdigit():
    peer(int(sys.argv[1]))
    sys.exit()

tool, rounds = sys.argv[1], 7
folder = tempfile.TemporaryDirectory()
network, begin = os.path.join(folder.name, "network.npz"), os.path.join(folder.name, "start.npy")
np.savez(network, W=W, Z=Z, V=np.zeros((m, 1)), b=np.zeros(m), dt=dt, gamma=gamma, epsilon=epsilon, damping="explicit")
np.save(begin, start)


def ours(interval, steps):
    out = subprocess.check_output([tool, network, begin, str(2 * m), str(steps), str(interval)], text=True).split("\n")
    return float(out[0]), np.array([float(v) for v in out[1].split()])


class Peer:
    def __init__(self, way, threads, process):
        self.name, self.way, self.process = f"JAX, {way}, {threads} thread(s)", way, process

    def __call__(self, interval, steps):
        self.process.stdin.write(json.dumps([self.way, interval, steps]) + "\n")
        self.process.stdin.flush()
        seconds, exponents = json.loads(self.process.stdout.readline())
        return seconds, np.array(exponents)


processes = {
    threads: subprocess.Popen(
        [sys.executable, __file__, str(threads)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    for threads in (1, 2)
}
peers = [Peer(way, t, p) for t, p in processes.items() for way in ("products", "linearize and vmap", "Jacobian")]
print(f"full spectrum of a coRNN map, m = {m}, {2 * m} tangents; ours on one thread")
for interval, steps in timed.items():
    _, expected = ours(interval, checked)
    least = {}
    for run in peers:
        found = run(interval, checked)[1]
        difference = abs(found - expected).max() / dt
        least[run] = min(run(interval, checked)[0] for _ in range(2))
        print(f"  {run.name:38} {1e3 * least[run]:8.3f} ms a step, exponents of {checked} steps differ by {difference:.0e}")
        if not difference < 1e-8:
            sys.exit(f"{run.name}: other exponents")
    best = min(least, key=least.get)
    a, b = [], []
    for _ in range(rounds):
        second, mine = ours(interval, steps)
        a.append(second)
        second, theirs = best(interval, steps)
        b.append(second)
    ratio = statistics.median(y / x for x, y in zip(a, b))
    print(f"orthonormalised every {interval} step(s): milliseconds a step (median of {rounds} rounds in turn)")
    for name, times, exponents in (("ours", a, mine), (best.name, b, theirs)):
        rates = exponents / dt
        print(f"  {name:38} {1e3 * statistics.median(times):8.3f}  exponents per time 1, 2, 3, 256, sum: "
              + " ".join(f"{rates[i]:.6f}" for i in (0, 1, 2, -1)) + f" {rates.sum():.6f}")
    print(f"  JAX / ours: {ratio:.2f}", flush=True)
for process in processes.values():
    process.stdin.close()
    process.wait()
