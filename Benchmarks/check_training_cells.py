"""Values and gradients of every cell beside PyTorch's automatic differentiation, on the same weights and data.

LSTM and tanh network are PyTorch's own modules, oscillators plain loops over theory's update. The difference of a
tensor's gradient is the largest absolute one over the largest absolute entry.

    check_training_cells.py TOOL
"""

import os
import subprocess
import sys
import tempfile

import numpy as np
import torch

tool = sys.argv[1]
dt, gamma, epsilon = 0.042, 2.7, 4.7
limits = {"float32": 2e-5, "float64": 1e-13}


def oscillator_outputs(parameters, u, damping):
    W, Z, V, b, Q, q = parameters
    y = z = torch.zeros(u.shape[1], W.shape[0], dtype=u.dtype)
    outputs = []
    for drive in u @ V.T + b:
        velocity = z + dt * (torch.tanh(y @ W.T + z @ Z.T + drive) - gamma * y)
        z = velocity / (1 + epsilon * dt) if damping == "implicit" else velocity - dt * epsilon * z
        y = y + dt * z
        outputs.append(y @ Q.T + q)
    return torch.stack(outputs)


def module_outputs(parameters, u, module):
    names = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]
    states = torch.func.functional_call(module, dict(zip(names, parameters)), (u,))[0]
    return states @ parameters[4].T + parameters[5]


def check(cell, precision, sizes, folder):
    m, d, o, batch, steps = sizes
    rows = {"lstm": 4 * m, "tanh": m}.get(cell)
    own = [(rows, d), (rows, m), (rows,), (rows,)] if rows else [(m, m), (m, m), (m, d), (m,)]
    rng = np.random.default_rng(m)
    weights = [rng.uniform(-1, 1, s) * 1.3 / np.sqrt(m) for s in own + [(o, m), (o,)]]
    u, target = rng.normal(size=(steps, batch, d)), rng.normal(size=(steps, batch, o))
    problem, gradient = os.path.join(folder, "problem"), os.path.join(folder, "gradient")
    np.concatenate([x.ravel() for x in (*weights, u, target)]).astype("<f8").tofile(problem)
    sizes = [str(n) for n in (m, d, o, batch, steps, 2, 1)]
    printed = subprocess.check_output([tool, cell, precision, *sizes, problem, gradient], text=True).split()
    ours = np.split(np.fromfile(gradient, "<f8"), np.cumsum([w.size for w in weights])[:-1])

    kind = getattr(torch, precision)
    parameters = [torch.tensor(w, dtype=kind, requires_grad=True) for w in weights]
    inputs, goal = torch.tensor(u, dtype=kind), torch.tensor(target, dtype=kind)
    if rows:
        module = (torch.nn.LSTM if cell == "lstm" else torch.nn.RNN)(d, m, dtype=kind)
        outputs = module_outputs(parameters, inputs, module)
    else:
        outputs = oscillator_outputs(parameters, inputs, cell)
    loss = torch.nn.functional.mse_loss(outputs, goal)
    loss.backward()
    value = abs(float(printed[printed.index("value") + 1]) / loss.item() - 1)
    worst = max(
        np.abs(mine - p.grad.double().numpy().ravel()).max() / p.grad.abs().max().item()
        for mine, p in zip(ours, parameters))
    print(f"{cell:9} {precision} m = {m:3}, d = {d}, batch {batch:2}, {steps:3} steps: value {value:.1e}, gradient {worst:.1e}")
    return max(value, worst) < limits[precision]


def main():
    with tempfile.TemporaryDirectory() as folder:
        good = [
            check(cell, precision, sizes, folder)
            for cell in ("explicit", "implicit", "lstm", "tanh")
            for precision in limits
            for sizes in ((37, 3, 2, 13, 61), (128, 2, 2, 50, 200), (16, 1, 1, 1, 150))
        ]
    if not all(good):
        sys.exit(f"differences above {limits}")


main()
