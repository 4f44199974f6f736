"""A loss and its gradient through 500 steps beside JAX and PyTorch, in turn in one run: medians and ratios.

Explicit damping, m = 128, two inputs, 50 trajectories, float64, two threads. The loss is the mean over steps and
trajectories of |y - target|^2 / 2, its gradient by W, Z, V and b. Compilation is left out; of the ways to write it in
JAX the fastest is taken (deferring the weights' gradients to one product didn't help PyTorch). Called by
Benchmarks/run.
"""

import os
import signal
import statistics
import subprocess
import sys
import time

os.environ["OMP_NUM_THREADS"] = "2"
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])  # XLA has as many threads as it may use cores.
import numpy as np

tool, rounds, threads = sys.argv[1], 9, 2
m, d, batch, steps = 128, 2, 50, 500
dt, gamma, epsilon = 0.042, 2.7, 4.7
rng = np.random.default_rng(1)
limit = 1 / np.sqrt(2 * m + d)
# Transposed, as a row of the batch is multiplied from the right.
parameters = [rng.uniform(-limit, limit, shape) for shape in ((m, m), (m, m), (d, m), (m,))]
u, target = rng.normal(size=(steps, batch, d)), rng.normal(size=(steps, batch, m))


def seconds(run):
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def jax_run():
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    inputs, goal = jnp.asarray(u), jnp.asarray(target)

    def forward(W, Z, drives, joined, unroll):
        WZ = jnp.concatenate([W, Z])

        def step(state, at):
            (y, z), (drive, wanted) = state, at
            product = jnp.concatenate([y, z], 1) @ WZ if joined else y @ W + z @ Z
            faster = z + dt * (jnp.tanh(product + drive) - gamma * y - epsilon * z)
            further = y + dt * faster
            return (further, faster), (0.5 * jnp.sum((further - wanted) ** 2), y, z)

        zero = jnp.zeros((batch, m))
        _, (errors, y, z) = jax.lax.scan(step, (zero, zero), (drives, goal), unroll=unroll)
        return jnp.sum(errors) / (steps * batch), (y, z)

    def plain(joined, unroll):
        return jax.jit(jax.value_and_grad(lambda p: forward(p[0], p[1], inputs @ p[2] + p[3], joined, unroll)[0]))

    def deferred(joined, unroll):
        """The gradient by the drives, then that by the weights in one product over all steps."""

        def value_and_grad(p):
            W, Z, V, b = p
            by_drive = jax.value_and_grad(lambda drives: forward(W, Z, drives, joined, unroll), has_aux=True)
            (value, (y, z)), a = by_drive(inputs @ V + b)
            a = a.reshape(-1, m)
            return value, [x.reshape(steps * batch, -1).T @ a for x in (y, z, inputs)] + [a.sum(0)]

        return jax.jit(value_and_grad)

    start = [jnp.asarray(p) for p in parameters]
    ways = {}
    for build in (plain, deferred):
        for joined in (True, False):
            for unroll in (1, 4, 8):
                f = build(joined, unroll)
                compiling = seconds(lambda: jax.block_until_ready(f(start)))
                least = min(seconds(lambda: jax.block_until_ready(f(start))) for _ in range(5))
                ways[least] = f
                print(
                    f"  JAX, {build.__name__}, {'one product' if joined else 'two products'}, unroll {unroll}:"
                    f" {1e3 * least:.1f} ms (compiled in {compiling:.1f} s)")
    best = ways[min(ways)]

    def run():
        return jax.block_until_ready(best(start))

    value, gradient = run()
    return f"JAX {jax.__version__}", run, float(value), [np.asarray(g) for g in gradient]


def torch_runs():
    import torch

    torch.set_num_threads(threads)
    inputs, goal = torch.from_numpy(u), torch.from_numpy(target)
    start = [torch.from_numpy(p).requires_grad_() for p in parameters]

    def some_steps(y, z, WZ, drives):
        ys = []
        for drive in drives.unbind(0):
            sigma = torch.tanh(torch.addmm(drive, torch.cat((y, z), 1), WZ))
            z = torch.add(z * (1 - dt * epsilon), y, alpha=-dt * gamma).add(sigma, alpha=dt)
            y = torch.add(y, z, alpha=dt)
            ys.append(y)
        return y, z, torch.stack(ys)

    def build(advance, chunk):
        def run():
            W, Z, V, b = start
            for p in start:
                p.grad = None
            WZ = torch.cat((W, Z))
            drives = torch.addmm(b, inputs.view(-1, d), V).view(steps, batch, m)
            y = z = torch.zeros(batch, m, dtype=torch.float64)
            parts = []
            for part in drives.split(chunk):
                y, z, ys = advance(y, z, WZ, part)
                parts.append(ys)
            error = torch.cat(parts) - goal
            loss = torch.dot(error.view(-1), error.view(-1)) * (0.5 / (steps * batch))
            loss.backward()
            return loss, [p.grad for p in start]

        return run

    def finished(name, run):
        value, gradient = run()
        return name, run, float(value.detach()), [g.numpy().copy() for g in gradient]

    yield finished(f"PyTorch {torch.__version__}", build(some_steps, steps))

    def give_up(*_):
        raise TimeoutError("more than three minutes")

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(180)
    try:
        began = time.perf_counter()
        compiled = finished("torch.compile", build(torch.compile(some_steps), 10))
        print(f"  torch.compile, 10 steps at a time, compiled in {time.perf_counter() - began:.1f} s")
        signal.alarm(0)
        yield compiled
    except Exception as error:
        print(f"  torch.compile left out: {type(error).__name__}: {str(error).splitlines()[0]}")
    finally:
        signal.alarm(0)


print(f"value and gradient, m = {m}, batch {batch}, {steps} steps, float64, {threads} threads")
peers = []
try:
    peers.append(jax_run())
except ImportError:
    print("JAX isn't installed: pip install jax in Benchmarks/.venv to compare with it")
try:
    peers.extend(torch_runs())
except ImportError:
    print("PyTorch isn't installed: pip install torch in Benchmarks/.venv to compare with it")

for name, _, value, gradient in peers[1:]:
    first, _, expected, wanted = peers[0]
    difference = max(abs(g - w).max() / abs(w).max() for g, w in zip(gradient, wanted))
    print(f"  {name} and {first}: loss differs by {abs(value / expected - 1):.1e}, gradient by {difference:.1e} relative")
    if not difference < 1e-10:
        sys.exit("the peers' gradients disagree")

times = {name: [] for name, *_ in peers}
if os.access(tool, os.X_OK):
    times["ours"] = []
else:
    print(f"{tool} isn't built: ours is left out")
for _ in range(rounds):
    if "ours" in times:
        out = subprocess.check_output([tool, str(m), str(batch), str(steps), str(threads)], text=True)
        times["ours"].append(float(out.split()[0]))
    for name, run, *_ in peers:
        times[name].append(seconds(run))
print(f"milliseconds (median and least of {rounds} rounds in turn), ratio to ours")
for name, values in times.items():
    line = f"  {name:20} {1e3 * statistics.median(values):9.2f} {1e3 * min(values):9.2f}"
    if "ours" in times:
        line += f" {statistics.median(v / o for v, o in zip(values, times['ours'])):7.2f}"
    print(line)
