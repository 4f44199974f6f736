import numpy as np

random = np.random.default_rng(7)
m, d = 16, 3
W = 0.7 * random.standard_normal((m, m)) / np.sqrt(m)
Z = 0.2 * random.standard_normal((m, m)) / np.sqrt(m)
V = random.uniform(-1, 1, (m, d))
b = random.uniform(-0.1, 0.1, m)

np.savez(
    "network.npz", W=W, Z=Z, V=V, b=b,
    dt=0.05, gamma=1.0, epsilon=1.0, damping="explicit",
)
