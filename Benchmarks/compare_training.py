"""A training step's value and gradient beside JAX and PyTorch, in turn in one run: medians and ratios.

Explicit damping, two inputs, two outputs at every step, mean squared error, its gradient by W, Z, V, b and the readout,
on the same weights. Compilation is left out. JAX: with and without deferring the weights' gradients to one product,
one product a step or two, three degrees of unrolling, one thread and two; PyTorch: eager, and compiled in chunks of
10 steps, one thread and two; the fastest of each is what counts. Peers that take other threads run in processes of
their own. "peak" is a loop of multiply-adds on registers in the same process as ours just before, on as many threads;
the fraction counts the products' operations alone.

    compare_training.py TOOL [PRECISION [HIDDEN BATCH STEPS]] [--quick]
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

words = [a for a in sys.argv[1:] if not a.startswith("--")]
tool, precision = words[0], words[1] if len(words) > 1 else "float32"
m, batch, steps = (int(w) for w in words[2:5]) if len(words) > 2 else (128, 50, 500)
quick = "--quick" in sys.argv
rounds = 5 if quick else 9
d = o = 2
dt, gamma, epsilon = 0.042, 2.7, 4.7
shapes = [(m, m), (m, m), (m, d), (m,), (o, m), (o,)]
counts = [m * m, m * m, m * d, m, o * m, o]


def problem():
    import numpy as np

    rng = np.random.default_rng(1)
    limit, readout = 1 / np.sqrt(2 * m + d), 1 / np.sqrt(m)
    parameters = [rng.uniform(-l, l, s) for s, l in zip(shapes, [limit] * 4 + [readout] * 2)]
    return parameters, rng.normal(size=(steps, batch, d)), rng.normal(size=(steps, batch, o))


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

    def hidden(W, Z, drives, joined, unroll):
        WZ = jnp.concatenate([W.T, Z.T])

        def step(state, drive):
            y, z = state
            product = jnp.concatenate([y, z], 1) @ WZ if joined else y @ W.T + z @ Z.T
            faster = z + dt * (jnp.tanh(product + drive) - gamma * y - epsilon * z)
            further = y + dt * faster
            return (further, faster), (y, z, further)

        zero = jnp.zeros((batch, m), precision)
        return jax.lax.scan(step, (zero, zero), drives, unroll=unroll)[1]

    def score(y, Q, q):
        return jnp.mean((y @ Q.T + q - goal) ** 2)

    def plain(joined, unroll):
        def loss(p):
            W, Z, V, b, Q, q = p
            return score(hidden(W, Z, inputs @ V.T + b, joined, unroll)[2], Q, q)

        return jax.jit(jax.value_and_grad(loss))

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

    ways = [(b, j, u) for b in (plain, deferred) for j in (True, False) for u in (1, 4, 8)]
    if quick:
        ways = [(b, True, u) for b in (plain, deferred) for u in (1, 4)]
    for build, joined, unroll in ways:
        f = build(joined, unroll)
        name = f"{build.__name__}, {'one product' if joined else 'two products'}, unroll {unroll}"
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
    if "--no-compile" not in sys.argv:
        yield "compiled, 10 steps at a time", build(torch.compile(some_steps), 10)


def peer():
    """A process that tries all ways, then times the best of them once for every line it is sent."""
    import numpy as np

    least = {}
    for name, run in (jax_ways if sys.argv[-2] == "jax" else torch_ways)():
        try:
            compiling = seconds(run)
            least[name] = min(seconds(run) for _ in range(3 if quick else 5)), run
        except Exception as error:
            print(f"  {name} left out: {type(error).__name__}: {str(error).splitlines()[0]}", file=sys.stderr)
            continue
        print(f"  {sys.argv[-2]}, {name}, {os.environ['OMP_NUM_THREADS']} threads: {1e3 * least[name][0]:.1f} ms"
              f" (first {compiling:.1f} s)", file=sys.stderr)
    name = min(least, key=lambda n: least[n][0])
    run = least[name][1]
    value, gradient = run()
    np.savez(sys.argv[-1], *[np.asarray(g, np.float64) for g in gradient])
    import resource

    memory = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"way": name, "value": float(value), "memory": memory}), flush=True)
    for _ in sys.stdin:
        print(seconds(run), flush=True)


def start_peer(library, threads, folder):
    environment = {k: v for k, v in os.environ.items() if k not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}
    environment["OMP_NUM_THREADS"] = str(threads)
    cores = sorted(os.sched_getaffinity(0))[:threads]  # XLA has as many threads as it may use cores.
    path = os.path.join(folder, f"{library}{threads}.npz")
    process = subprocess.Popen(
        [sys.executable, *sys.argv, "--peer", library, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, env=environment, preexec_fn=lambda: os.sched_setaffinity(0, cores))
    line = process.stdout.readline()
    if not line:
        return None
    return {**json.loads(line), "process": process, "gradient": path, "times": []}


def main():
    import numpy as np

    with tempfile.TemporaryDirectory() as folder:
        parameters, u, target = problem()
        path, own = os.path.join(folder, "problem"), os.path.join(folder, "gradient")
        np.concatenate([x.ravel() for x in (*parameters, u, target)]).astype("<f8").tofile(path)
        print(f"value and gradient, m = {m}, d = {d}, batch {batch}, {steps} steps, {precision}", flush=True)
        peers = {}
        for library in ("jax", "torch"):
            for threads in (1, 2):
                found = start_peer(library, threads, folder)
                if found:
                    peers[library, threads] = found
                else:
                    print(f"{library} on {threads} threads is left out: is it installed in Benchmarks/.venv?")

        def ours(threads):
            sizes = [str(n) for n in (m, d, o, batch, steps, threads, 5)]
            out = subprocess.check_output([tool, "oscillator", precision, *sizes, path, own], text=True).split()
            return dict(zip(out[::2], out[1::2]))

        results = {1: [], 2: []}
        for _ in range(rounds):
            for threads in results:
                results[threads].append(ours(threads))
            for peer in peers.values():
                print(file=peer["process"].stdin, flush=True)
                peer["times"].append(float(peer["process"].stdout.readline()))

        gradient = np.split(np.fromfile(own, "<f8"), np.cumsum(counts)[:-1])
        limit = 1e-9 if precision == "float64" else 1e-3
        for (library, threads), peer in peers.items():
            with np.load(peer["gradient"]) as stored:
                wanted = [stored[k].ravel() for k in stored.files]
            difference = max(abs(g - w).max() / abs(w).max() for g, w in zip(gradient, wanted))
            value = float(results[1][0]["value"])
            print(f"  ours and {library}, {threads} threads: value differs by {abs(value / peer['value'] - 1):.1e},"
                  f" gradient by {difference:.1e} relative")
            if not difference < limit:
                sys.exit("the gradients disagree")
            peer["process"].stdin.close()
            peer["process"].wait()

        median = statistics.median
        two = [float(r["seconds"]) for r in results[2]]
        print(f"milliseconds (median and least of {rounds} rounds in turn), ratio to ours on two threads, memory")
        for threads, runs in results.items():
            times = [float(r["seconds"]) for r in runs]
            fraction = median(float(r["operations"]) / float(r["seconds"]) / float(r["peak"]) for r in runs)
            print(f"  ours, {threads} threads, {runs[0]['kernels']:9}{1e3 * median(times):9.2f} {1e3 * min(times):9.2f}"
                  f" {median(times) / median(two):7.2f} {float(runs[0]['memory']) / 1e6:8.0f} MB,"
                  f" {100 * fraction:.0f} % of the peak, {median(float(r['peak']) for r in runs) / 1e9:.0f} GFLOP/s")
        for (library, threads), peer in peers.items():
            print(f"  {library + ', ' + str(threads) + ' threads':25}{1e3 * median(peer['times']):9.2f}"
                  f" {1e3 * min(peer['times']):9.2f} {median(p / t for p, t in zip(peer['times'], two)):7.2f}"
                  f" {peer['memory'] / 1e6:8.0f} MB ({peer['way']})")
        if peers:
            fastest = min(median(p["times"]) for p in peers.values())
            print(f"the fastest peer takes {fastest / median(two):.2f} times as long as ours")


if "--peer" in sys.argv:
    peer()
else:
    main()
