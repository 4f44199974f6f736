"""One training step of a coRNN on the adding problem beside PyTorch: the same weights, Adam's averages and batch.

The tool trains in float64 for 40 and for 41 steps. From the first run's checkpoint PyTorch takes the 41st step itself: the
batch is drawn anew here from the run's seed (SplitMix64 and Swift's way of drawing below a bound), the gradient is autograd's,
the step torch.optim.Adam's. What the second run's checkpoint holds must be the same.

    check_adding_step.py TOOL [T ...]
"""

import json
import math
import subprocess
import sys
import tempfile

import numpy as np
import torch

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(z):
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
    return z ^ (z >> 31)


class Stream:
    def __init__(self, state):
        self.state = state

    @staticmethod
    def of_seed(seed):
        return Stream(mix(seed + GOLDEN & MASK))

    def split(self, index):
        return Stream(mix(self.state ^ mix(index + 0xA0761D6478BD642F & MASK)))

    def next(self):
        self.state = self.state + GOLDEN & MASK
        return mix(self.state)

    def uniform(self):
        return (self.next() >> 11) * 2.0**-53

    def below(self, bound):
        product = self.next() * bound
        while product & MASK < -bound % bound:
            product = self.next() * bound
        return product >> 64


def batch(seed, step, length, count):
    stream = Stream.of_seed(seed).split(1).split(step)
    inputs = np.zeros((length, count, 2))
    for t in range(length):
        for b in range(count):
            inputs[t, b, 0] = stream.uniform()
    half = length // 2
    for b in range(count):
        inputs[stream.below(half), b, 1] = 1
        inputs[half + stream.below(length - half), b, 1] = 1
    return torch.tensor(inputs), torch.tensor((inputs[..., 0] * inputs[..., 1]).sum(0))


def checkpoint(tool, length, m, steps, folder):
    command = [tool, "train", "--task", "adding", "--length", str(length), "--hidden", str(m), "--steps", str(steps),
               "--precision", "float64", "--validation-set", "10", "--test-set", "10", "--quiet", "--output", folder]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with open(f"{folder}/checkpoint-{steps:010}.safetensors", "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    with open(f"{folder}/recipe.json") as file:
        settings = {s["name"]: s["value"] for s in json.load(file)["settings"]}
    return {k: np.frombuffer(data[slice(*header[k]["data_offsets"])], "<f8").copy() for k in ("parameters", "mean", "square")}, settings


def check(tool, length, m=24):
    with tempfile.TemporaryDirectory() as folder:
        before, settings = checkpoint(tool, length, m, 40, folder + "/a")
        after, _ = checkpoint(tool, length, m, 41, folder + "/b")
    dt, gamma, epsilon = (float(settings[k]) for k in ("dt", "gamma", "epsilon"))
    place = min(1, max(0, math.log(length / 100) / math.log(50)))
    for value, (short, long) in zip((dt, gamma, epsilon), ((6e-2, 1.6e-2), (66, 94.5), (15, 9.5))):
        print(f"  {value:.6g} (published ends {short}, {long}; interpolated {short * (long / short) ** place:.6g})")
    parameters = torch.tensor(before["parameters"], requires_grad=True)
    W, Z, V, b, Q, q = torch.split(parameters, [m * m, m * m, 2 * m, m, m, 1])
    W, Z, V = W.view(m, m), Z.view(m, m), V.view(m, 2)
    u, target = batch(int(settings["seed"]), 40, length, int(settings["batch"]))
    y = z = torch.zeros(u.shape[1], m, dtype=torch.float64)
    for inputs in u:
        z = z + dt * (torch.tanh(y @ W.T + z @ Z.T + inputs @ V.T + b) - gamma * y - epsilon * z)
        y = y + dt * z
    loss = torch.nn.functional.mse_loss(y @ Q + q, target)
    adam = torch.optim.Adam([parameters], lr=float(settings["rate"]))
    adam.state[parameters] = {"step": torch.tensor(40.0), "exp_avg": torch.tensor(before["mean"]),
                              "exp_avg_sq": torch.tensor(before["square"])}
    loss.backward()
    adam.step()
    found = {"parameters": parameters.detach(), "mean": adam.state[parameters]["exp_avg"],
             "square": adam.state[parameters]["exp_avg_sq"]}
    moved = np.abs(after["parameters"] - before["parameters"]).max()
    worst = 0
    for name, value in found.items():
        scale = moved if name == "parameters" else np.abs(after[name]).max()
        difference = np.abs(value.numpy() - after[name]).max() / scale
        worst = max(worst, difference)
        print(f"  {name}: largest difference {difference:.1e} of {'the largest step' if name == 'parameters' else 'the largest'}")
    return worst < 1e-9


good = []
for length in [int(a) for a in sys.argv[2:]] or [10, 101, 500]:
    print(f"T = {length}")
    good.append(check(sys.argv[1], length))
if not all(good):
    sys.exit("they disagree")
