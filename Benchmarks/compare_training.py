"""A training step's value and gradient beside JAX and PyTorch, in turn in one run: medians and ratios.

Explicit damping, two inputs, two outputs at every step, mean squared error, its gradient by W, Z, V, b and the readout,
on the same weights and data. --adding: the adding problem's training step, two inputs, one output at the last step only,
and Adam after the gradient, beside JAX; steps per second. Compilation is left out. JAX: with and without deferring the weights' gradients to one
product, with and without rematerialisation, one product a step or two, three degrees of unrolling, one thread and two;
PyTorch: eager, and compiled in chunks of 10 steps (a whole sequence takes it minutes to compile), one thread and two;
the fastest way of each is what counts. Peers that take other threads run in processes of their own. "peak" is a loop of multiply-adds on registers in the same
process as ours just before, on as many threads; the fraction counts the products' operations alone.
"""

import argparse
import json
import math
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("tool")
parser.add_argument("precision", choices=["float32", "float64"])
parser.add_argument("--sizes", nargs=3, type=int, metavar=("HIDDEN", "BATCH", "STEPS"), default=[128, 50, 500])
parser.add_argument("--ways", default="", help="a regular expression: the peers' ways that are tried")
parser.add_argument("--adding", action="store_true", help="the adding problem's training step with Adam, beside JAX")
parser.add_argument("--libraries", help="jax,torch; jax alone with --adding")
parser.add_argument("--rounds", type=int, default=7)
parser.add_argument("--iterations", type=int, default=3, help="runs in a round, whose median counts")
parser.add_argument("--record", help="a file to which the result is added as a line of JSON")
parser.add_argument("--peer", nargs=2, help=argparse.SUPPRESS)
options = parser.parse_args()
precision = options.precision
m, batch, steps = options.sizes
d, o, scored = (2, 1, 1) if options.adding else (2, 2, steps)
dt, gamma, epsilon = 0.042, 2.7, 4.7
if options.adding:  # As the tool has them for the length: linear in logarithms between T = 100 and 5000.
    place = min(1, max(0, math.log(steps / 100) / math.log(50)))
    dt, gamma, epsilon = (a * (b / a) ** place for a, b in ((6e-2, 1.6e-2), (66, 94.5), (15, 9.5)))
libraries = (options.libraries or ("jax" if options.adding else "jax,torch")).split(",")
if options.adding and libraries != ["jax"]:
    sys.exit("--adding is beside JAX alone")
shapes = [(m, m), (m, m), (m, d), (m,), (o, m), (o,)]
counts = [m * m, m * m, m * d, m, o * m, o]


def problem():
    rng = np.random.default_rng(1)
    limit, readout = 1 / np.sqrt(2 * m + d), 1 / np.sqrt(m)
    parameters = [rng.uniform(-l, l, s) for s, l in zip(shapes, [limit] * 4 + [readout] * 2)]
    return parameters, rng.normal(size=(steps, batch, d)), rng.normal(size=(scored, batch, o))


def seconds(run):
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def jax_ways():
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", precision == "float64")
    parameters, u, target = problem()
    inputs, goal = jnp.asarray(u, precision), jnp.asarray(target, precision)
    start = [jnp.asarray(p, precision) for p in parameters]

    def hidden(W, Z, drives, joined, unroll, again=False):
        WZ = jnp.concatenate([W.T, Z.T])

        def step(state, drive):
            y, z = state
            product = jnp.concatenate([y, z], 1) @ WZ if joined else y @ W.T + z @ Z.T
            faster = z + dt * (jnp.tanh(product + drive) - gamma * y - epsilon * z)
            further = y + dt * faster
            return (further, faster), (y, z, further)

        zero = jnp.zeros((batch, m), precision)
        return jax.lax.scan(jax.checkpoint(step) if again else step, (zero, zero), drives, unroll=unroll)[1]

    def score(y, Q, q):
        return jnp.mean((y[-scored:] @ Q.T + q - goal) ** 2)

    def training_step(value_and_grad):
        """The value and its gradient, and what Adam makes of parameters and averages."""

        @jax.jit
        def step(p, mean, square, t):
            value, gradient = value_and_grad(p)
            mean = [0.9 * m + 0.1 * g for m, g in zip(mean, gradient)]
            square = [0.999 * v + 0.001 * g * g for v, g in zip(square, gradient)]
            rate, correction = 1e-6 / (1 - 0.9**t), 1 / jnp.sqrt(1 - 0.999**t)
            p = [x - rate * m / (jnp.sqrt(v) * correction + 1e-8) for x, m, v in zip(p, mean, square)]
            return value, gradient, p, mean, square

        zeros = [jnp.zeros_like(p) for p in start]
        return lambda p: step(p, zeros, zeros, jnp.asarray(1, precision))

    def plain(joined, unroll, again=False):
        def loss(p):
            W, Z, V, b, Q, q = p
            return score(hidden(W, Z, inputs @ V.T + b, joined, unroll, again)[2], Q, q)

        return jax.jit(jax.value_and_grad(loss))

    def rematerialised(joined, unroll):
        return plain(joined, unroll, again=True)

    def deferred(joined, unroll):
        """The gradient by the drives, then that by the weights in one product over all steps."""

        def value_and_grad(p):
            W, Z, V, b, Q, q = p

            def loss(drives, Q, q):
                before, velocity, after = hidden(W, Z, drives, joined, unroll)
                return score(after, Q, q), (before, velocity)

            by = jax.value_and_grad(loss, argnums=(0, 1, 2), has_aux=True)
            (value, (y, z)), (a, dQ, dq) = by(inputs @ V.T + b, Q, q)
            a = a.reshape(-1, m)
            return value, [a.T @ x.reshape(steps * batch, -1) for x in (y, z, inputs)] + [a.sum(0), dQ, dq]

        return jax.jit(value_and_grad)

    ways = [(b, True, u) for b in (plain, rematerialised, deferred) for u in (1, 4)]
    ways += [(plain, False, 4), (deferred, False, 4), (deferred, True, 8)]
    for build, joined, unroll in ways:
        name = f"{build.__name__}, {'one product' if joined else 'two products'}, unroll {unroll}"
        f = training_step(build(joined, unroll)) if options.adding else build(joined, unroll)
        yield name, lambda f=f: jax.block_until_ready(f(start))


def torch_ways():
    import torch

    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    parameters, u, target = problem()
    kind = getattr(torch, precision)
    inputs, goal = torch.from_numpy(u).to(kind), torch.from_numpy(target).to(kind)
    start = [torch.from_numpy(p).to(kind).requires_grad_() for p in parameters]

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
            W, Z, V, b, Q, q = start
            for p in start:
                p.grad = None
            WZ = torch.cat((W.T, Z.T))
            drives = torch.addmm(b, inputs.view(-1, d), V.T).view(steps, batch, m)
            y = z = torch.zeros(batch, m, dtype=kind)
            parts = []
            for part in drives.split(chunk):
                y, z, ys = advance(y, z, WZ, part)
                parts.append(ys)
            outputs = torch.addmm(q, torch.cat(parts).view(-1, m), Q.T).view(steps, batch, o)
            loss = torch.nn.functional.mse_loss(outputs, goal)
            loss.backward()
            return loss.detach(), [p.grad for p in start]

        return run

    yield "eager", build(some_steps, steps)
    yield "compiled, 10 steps at a time", build(torch.compile(some_steps, dynamic=False), 10)


def median_seconds(run):
    return statistics.median(seconds(run) for _ in range(options.iterations))


def peer(library, path):
    """Compiles all ways; then tries them, and times the best of them once for every line it is sent."""
    threads = os.environ["OMP_NUM_THREADS"]
    ways = {}
    for name, run in (jax_ways if library == "jax" else torch_ways)():
        if not re.search(options.ways, name):
            continue
        try:
            run()
            ways[name] = run
        except Exception as error:
            print(f"  {name} left out: {type(error).__name__}: {str(error).splitlines()[0]}", file=sys.stderr)
    print("compiled", flush=True)
    sys.stdin.readline()
    least = {name: min(seconds(run) for _ in range(options.iterations)) for name, run in ways.items()}
    for name, time in least.items():
        print(f"  {library}, {threads} threads, {name}: {1e3 * time:.1f} ms", file=sys.stderr)
    best = min(least, key=least.get)
    value, gradient = ways[best]()[:2]
    np.savez(path, *[np.asarray(g, np.float64) for g in gradient])
    memory = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"way": best, "value": float(value), "memory": memory}), flush=True)
    for _ in sys.stdin:
        print(median_seconds(ways[best]), flush=True)


class Peer:
    """Another library on so many threads, in a process of its own."""

    def __init__(self, library, threads, folder):
        self.name = f"{library}, {threads} thread{'s'[:threads - 1]}"
        environment = {k: v for k, v in os.environ.items() if k not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}
        environment["OMP_NUM_THREADS"] = str(threads)
        cores = sorted(os.sched_getaffinity(0))[:threads]  # XLA has as many threads as it may use cores.
        self.path = os.path.join(folder, f"{library}{threads}.npz")
        self.process = subprocess.Popen(
            [sys.executable, *sys.argv, "--peer", library, self.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, env=environment, preexec_fn=lambda: os.sched_setaffinity(0, cores))
        self.times = []
        if self.process.stdout.readline() != "compiled\n":
            sys.exit(f"{library} doesn't run: is it installed in Benchmarks/.venv?")

    def ask(self):
        print(file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def finish(self):
        self.process.stdin.close()
        self.process.wait()
        with np.load(self.path) as stored:
            return [stored[k].ravel() for k in stored.files]


def main():
    median = statistics.median
    with tempfile.TemporaryDirectory() as folder:
        parameters, u, target = problem()
        path, own = os.path.join(folder, "problem"), os.path.join(folder, "gradient")
        np.concatenate([x.ravel() for x in (*parameters, u, target)]).astype("<f8").tofile(path)
        what = "training step on the adding problem" if options.adding else "value and gradient"
        print(f"{what}, m = {m}, d = {d}, batch {batch}, {steps} steps, {precision}", flush=True)
        peers = [Peer(library, threads, folder) for library in libraries for threads in (1, 2)]

        def ours(threads):
            sizes = [str(n) for n in (m, d, o, batch, steps, threads, options.iterations)]
            command = [options.tool, "adding" if options.adding else "explicit", precision, *sizes, path, own]
            out = subprocess.check_output(command, text=True).split()
            return {k: v if k == "kernels" else float(v) for k, v in zip(out[::2], out[1::2])}

        results = {1: [], 2: []}
        best = [peer.ask() for peer in peers]
        for _ in range(options.rounds):
            for threads in results:
                results[threads].append(ours(threads))
            for peer in peers:
                peer.times.append(peer.ask())

        gradient = np.split(np.fromfile(own, "<f8"), np.cumsum(counts)[:-1])
        limit = 1e-12 if precision == "float64" else 1e-4
        for peer, own in zip(peers, best):
            difference = max(abs(g - w).max() / abs(w).max() for g, w in zip(gradient, peer.finish()))
            value = abs(results[1][0]["value"] / own["value"] - 1)
            print(f"  ours and {peer.name}: value differs by {value:.1e}, gradient by {difference:.1e} relative")
            if not max(difference, value) < limit:
                sys.exit("they disagree")

        two = [r["seconds"] for r in results[2]]
        print(f"milliseconds (median and least of {options.rounds} rounds in turn), ratio to ours on two threads, memory")
        for threads, runs in results.items():
            times = [r["seconds"] for r in runs]
            fraction = median(r["operations"] / r["seconds"] / r["peak"] for r in runs)
            name = f"ours, {threads} thread{'s'[:threads - 1]}, {runs[0]['kernels']}"
            print(f"  {name:25}{1e3 * median(times):9.2f} {1e3 * min(times):9.2f} {median(times) / median(two):7.2f}"
                  f" {runs[0]['memory'] / 1e6:8.0f} MB, {100 * fraction:.0f} % of the peak,"
                  f" {median(r['peak'] for r in runs) / 1e9:.0f} GFLOP/s")
        for peer, own in zip(peers, best):
            print(f"  {peer.name:25}{1e3 * median(peer.times):9.2f} {1e3 * min(peer.times):9.2f}"
                  f" {median(p / t for p, t in zip(peer.times, two)):7.2f} {own['memory'] / 1e6:8.0f} MB ({own['way']})")
        fastest = min(peers, key=lambda peer: median(peer.times))
        ratio = median(p / t for p, t in zip(fastest.times, two))
        if options.adding:
            print(f"steps per second: ours {1 / median(two):.1f}, {fastest.name} {1 / median(fastest.times):.1f}")
        print(f"the fastest peer takes {ratio:.2f} times as long as ours", flush=True)
        if options.record:
            record = {"precision": precision, "hidden": m, "batch": batch, "steps": steps, "adding": options.adding, "ours": median(two),
                      "oursOnOne": median(r["seconds"] for r in results[1]), "fraction": fraction,
                      "kernels": runs[0]["kernels"], "ratio": ratio, "memory": runs[0]["memory"],
                      "peers": {p.name: {"seconds": median(p.times), **b} for p, b in zip(peers, best)}}
            with open(options.record, "a") as file:
                print(json.dumps(record), file=file)


if options.peer:
    peer(*options.peer)
else:
    main()
