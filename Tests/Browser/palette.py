"""PNG files with 256 colours, as many as a page's text and lines need: a third of the size."""
import base64
import json
import struct
import zlib

import numpy as np

# Chromium reads its own screenshots.
PIXELS = """(async (address) => {
  const image = new Image();
  image.src = address;
  await image.decode();
  const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const bytes = context.getImageData(0, 0, image.width, image.height).data;
  let text = '';
  for (let k = 0; k < bytes.length; k += 32768) text += String.fromCharCode(...bytes.subarray(k, k + 32768));
  return [image.width, image.height, btoa(text)];
})(%s)"""


def reduce(page, path):
    """Replaces each colour by the nearest of 256, chosen one by one where colours are worst served: many, and far off."""
    with open(path, "rb") as file:
        address = "data:image/png;base64," + base64.b64encode(file.read()).decode()
    width, height, text = page.evaluate(PIXELS % json.dumps(address))
    pixels = np.frombuffer(base64.b64decode(text), np.uint8).reshape(-1, 4)[:, :3]
    # Neighbours of a colour go with it, so that a palette isn't spent on shades.
    coarse = (pixels & 0xF8).astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    kinds, kind, counts = np.unique(coarse, return_inverse=True, return_counts=True)
    sums = np.stack([np.bincount(kind, pixels[:, k], len(kinds)) for k in range(3)], 1)
    means = sums / counts[:, None]
    palette, nearest, off = [], np.zeros(len(means), np.uint8), np.full(len(means), np.inf)
    for number in range(min(256, len(means))):
        palette.append(np.round(means[np.argmax(counts * np.minimum(off, 1e6))]))
        distance = ((means - palette[-1]) ** 2).sum(1)
        nearest[distance < off] = number
        off = np.minimum(off, distance)
    rows = np.concatenate([np.zeros((height, 1), np.uint8), nearest[kind].reshape(height, width)], 1)
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)), (b"PLTE", np.array(palette, np.uint8).tobytes()),
              (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b"")]
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        for name, content in chunks:
            file.write(struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content)))
