"""Makes the checkpoints in this folder: python make_fixtures.py (needs PyTorch, NumPy and safetensors).

Each network has m = 3 units and d = 2 inputs, with weights that every number format holds exactly:
W[i, j] = (7i - 5j + 3)/16, Z[i, j] = (3i + 4j - 11)/16, V[i, j] = (2i - 3j + 5)/16, b[i] = (3i - 2)/16.
states.json holds the hidden states that PyTorch computes with each public cell's own update.
"""

import json
import collections
import numpy as np
import torch
from safetensors.numpy import save_file as save_numpy
from safetensors.torch import save_file as save_torch
from torch import nn

m, d = 3, 2
i = np.arange(m)[:, None]
W = (7 * i - 5 * np.arange(m)[None, :] + 3) / 16
Z = (3 * i + 4 * np.arange(m)[None, :] - 11) / 16
V = (2 * i - 3 * np.arange(d)[None, :] + 5) / 16
b = (3 * np.arange(m) - 2) / 16
Q = np.array([[0.5, -0.25, 1.0]])
q = np.array([0.125])
dt, gamma, epsilon = 0.042, 2.7, 4.7
inputs = np.cos(np.arange(20 * d).reshape(20, d) * 0.37)


def t(a, dtype=torch.float32):
    return torch.tensor(np.asarray(a), dtype=dtype)


def linear(weight, bias=None):
    layer = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None)
    layer.weight = nn.Parameter(t(weight))
    if bias is not None:
        layer.bias = nn.Parameter(t(bias))
    return layer


def run(step):
    """States under the published update: velocity first (explicit damping), then position with the new velocity."""
    y = torch.zeros(1, m, dtype=torch.float64)
    z = torch.zeros(1, m, dtype=torch.float64)
    out = []
    for u in inputs:
        drive = step(torch.tensor(u[None, :]), y, z)
        z = z + dt * (torch.tanh(drive) - gamma * y - epsilon * z)
        y = y + dt * z
        out.append(torch.cat([y, z], dim=1)[0].tolist())
    return out


states = {}


class Cell(nn.Module):
    pass


def network(cell, name="cell"):
    net = nn.Module()
    net.add_module(name, cell)
    net.readout = linear(Q, q)
    return net


# packed: i2h(cat(x, hz, hy))
cell = Cell()
cell.i2h = linear(np.hstack([V, Z, W]), b)
packed = network(cell)
torch.save(packed.state_dict(), "packed.pt")
wide = cell.i2h.double()
states["packed"] = run(lambda x, y, z: wide(torch.cat((x, z, y), 1)))
packed = packed.float()

# split: i2h(x) + h2h1(hy) + h2h2(hz)
cell = Cell()
cell.i2h, cell.h2h1, cell.h2h2 = linear(V, b), linear(W), linear(Z)
net = network(cell)
torch.save(net.state_dict(), "split.pt")
net.double()
states["split"] = run(lambda x, y, z: cell.i2h(x) + cell.h2h1(y) + cell.h2h2(z))

# recurrent-pair: i2h(embedded) + h2h(cat(hz, hy))
cell_pair = Cell()
cell_pair.i2h, cell_pair.h2h = linear(V, b), linear(np.hstack([Z, W]))
net = network(cell_pair, "rnn")
net.embedding = nn.Embedding(5, d)
net.embedding.weight = nn.Parameter(t(np.arange(5 * d).reshape(5, d) / 8 - 0.5))
torch.save(net.state_dict(), "recurrent-pair.pt")
net.double()
states["recurrent-pair"] = run(lambda x, y, z: cell_pair.i2h(x) + cell_pair.h2h(torch.cat((z, y), 1)))

# frictionless: i2h(x) + h2h(hy)
cell_free = Cell()
cell_free.i2h, cell_free.h2h = linear(V, b), linear(W)
net = network(cell_free)
torch.save(net.state_dict(), "frictionless.pt")
net.double()
states["frictionless"] = run(lambda x, y, z: cell_free.i2h(x) + cell_free.h2h(y))

# reservoir: x @ x2h + hy @ h2h + bias
reservoir = {"x2h": t(V.T.copy()), "h2h": t(W.T.copy()), "bias": t(b)}
reservoir["gamma"], reservoir["epsilon"] = t([2.5, 2.75, 3.0]), t([4.0, 4.5, 5.0])
torch.save(reservoir, "reservoir.pt")
x2h, h2h, bias = t(V.T, torch.float64), t(W.T, torch.float64), t(b, torch.float64)
states["reservoir"] = run(lambda x, y, z: x @ x2h + y @ h2h + bias)

# torchrecurrent: weight_ih x + weight_hh hy + weight_ch hz, three biases
cells = {}
for k in range(2):
    s = 1 if k == 0 else -1
    cells[f"cells.{k}.weight_ih"] = t(s * V if k == 0 else s * W)
    cells[f"cells.{k}.weight_hh"], cells[f"cells.{k}.weight_ch"] = t(s * W), t(s * Z)
    cells[f"cells.{k}.bias_ih"], cells[f"cells.{k}.bias_hh"] = t(s * b / 2), t(s * b / 4)
    cells[f"cells.{k}.bias_ch"] = t(s * b / 4)
torch.save(cells, "torchrecurrent.pt")
states["torchrecurrent"] = states["split"]

# stacked: a packed cell for each layer
stacked = nn.Module()
stacked.rnn_cell_list = nn.ModuleList()
for weights in (np.hstack([V, Z, W]), np.hstack([W, -Z, -W])):
    cell = Cell()
    cell.i2h = linear(weights, b)
    stacked.rnn_cell_list.append(cell)
stacked.readout = linear(Q, q)
torch.save(stacked.state_dict(), "stacked.pt")
states["stacked"] = states["packed"]

json.dump(
    {"dt": dt, "gamma": gamma, "epsilon": epsilon, "inputs": inputs.tolist(), "states": states},
    open("states.json", "w"),
)

# Number formats, containers, views.
for name in ("float64", "float16", "bfloat16"):
    torch.save({k: v.to(getattr(torch, name)) for k, v in packed.state_dict().items()}, f"packed-{name}.pt")
torch.save(dict(packed.state_dict()), "plain-dict.pt")
optimizer = torch.optim.Adam(packed.parameters())
sum(p.sum() for p in packed.parameters()).backward()
optimizer.step()
with torch.no_grad():  # the step moved the weights: put them back
    packed.cell.i2h.weight.copy_(t(np.hstack([V, Z, W])))
    packed.cell.i2h.bias.copy_(t(b))
    packed.readout.weight.copy_(t(Q))
    packed.readout.bias.copy_(t(q))
torch.save(
    {"epoch": 7, "dt": dt, "state_dict": packed.state_dict(), "optimizer": optimizer.state_dict()},
    "wrapped-state_dict.pt",
)
torch.save({"model_state_dict": packed.state_dict(), "loss": 0.25, "done": True}, "wrapped-model_state_dict.pth")
torch.save(packed.state_dict(), "protocol4.pt", pickle_protocol=4)
torch.save({k: nn.Parameter(v) for k, v in packed.state_dict().items()}, "parameters.pt")
torch.save({"module." + k: v for k, v in packed.state_dict().items()}, "data-parallel.pt")
whole = t(np.hstack([V, Z, W]))
torch.save(
    collections.OrderedDict(
        [
            ("W", whole[:, 5:8]),  # a view of columns
            ("Z", t(Z.T.copy()).t()),  # a transposed view
            ("V", whole[:, :2]),
            ("b", t(np.repeat(b, 2))[::2]),  # every second number
        ]
    ),
    "strided.pt",
)

# What must be refused.
torch.save(packed.state_dict(), "legacy.pt", _use_new_zipfile_serialization=False)
torch.save({"state_dict": packed.state_dict(), "best": np.float64(0.5)}, "foreign.pt")
torch.jit.script(nn.Linear(2, 3)).save("torchscript.pt")
bad = packed.state_dict()
bad["cell.i2h.weight"] = bad["cell.i2h.weight"].clone()
bad["cell.i2h.weight"][1, 4] = float("nan")
torch.save(bad, "nan.pt")

# safetensors and npz.
save_torch({k: v.contiguous() for k, v in packed.state_dict().items()}, "packed.safetensors")
save_torch({k: v.to(torch.bfloat16).contiguous() for k, v in packed.state_dict().items()}, "packed-bfloat16.safetensors")
save_numpy({"W": W, "Z": Z, "V": V, "b": b}, "native.safetensors", metadata={"dt": "0.042", "gamma": "2.7", "epsilon": "4.7", "damping": "explicit"})
arrays = {"W": W, "Z": Z, "V": V, "b": b, "dt": np.array(dt), "gamma": np.array(gamma), "epsilon": np.full(m, epsilon), "damping": np.array("explicit")}
np.savez("stored.npz", **arrays)
np.savez_compressed("deflated.npz", **arrays)
np.savez("fortran.npz", **{k: np.asfortranarray(v) for k, v in arrays.items()})
for name in (">f8", ">f4", "<f4", ">f2", "<f2"):
    np.savez_compressed(
        {"<": "little", ">": "big"}[name[0]] + name[1:] + ".npz",
        **{k: v.astype(name) for k, v in arrays.items() if k in "WZVb"},
    )
np.savez("stored-alone.npz", weights=W, other=V)
