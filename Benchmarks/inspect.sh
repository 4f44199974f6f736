#!/usr/bin/env bash
# inspect --no-spectral on a checkpoint of 100 MB, and --help: wall time and peak memory, five runs each.
set -euo pipefail
tool=$1 python=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$python" - "$folder/large.npz" <<'PY'
import sys
import numpy as np
m = 3535
rng = np.random.default_rng(0)
weights = {k: rng.normal(size=s).astype(np.float32) for k, s in (("W", (m, m)), ("Z", (m, m)), ("V", (m, 2)), ("b", m))}
np.savez(sys.argv[1], dt=0.1, gamma=1.0, epsilon=1.0, damping="explicit", **weights)
PY
echo "inspect --no-spectral on $(stat -c %s "$folder/large.npz") bytes, then --help: seconds and KiB at the peak"
for _ in 1 2 3 4 5; do
  /usr/bin/env time -f '%e s  %M KiB' "$tool" inspect --no-spectral "$folder/large.npz" 2>&1 >/dev/null
done
for _ in 1 2 3 4 5; do /usr/bin/env time -f '%e s  %M KiB' "$tool" --help 2>&1 >/dev/null; done
