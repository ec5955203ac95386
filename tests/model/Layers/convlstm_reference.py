"""The ConvLSTM of Shi et al. 2015 written with PyTorch alone, to compare with.

usage: convlstm_reference.py IN.safetensors OUT.safetensors
Reads x (T,N,C,H,W), input_weight, state_weight, bias and perhaps peephole; runs T steps from a zero state; writes the
last hidden and cell state and the gradients of sum(hidden * cell + hidden) for x and every weight.
"""
import json
import struct
import sys

import numpy as np
import torch


def read(path):
    with open(path, "rb") as f:
        size, = struct.unpack("<Q", f.read(8))
        header = json.loads(f.read(size))
        data = f.read()
    header.pop("__metadata__", None)
    return {k: torch.from_numpy(np.frombuffer(data[slice(*v["data_offsets"])], "<f4").reshape(v["shape"]).copy())
            for k, v in header.items()}


def write(path, tensors):
    header, blobs, offset = {}, [], 0
    for k, v in tensors.items():
        blob = v.detach().numpy().astype("<f4").tobytes()
        header[k] = {"dtype": "F32", "shape": list(v.shape), "data_offsets": [offset, offset + len(blob)]}
        offset += len(blob)
        blobs.append(blob)
    text = json.dumps(header).encode()
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


t = read(sys.argv[1])
for v in t.values():
    v.requires_grad_(True)
x, pad = t["x"], t["input_weight"].shape[-1] // 2
hidden = t["state_weight"].shape[1]
h = torch.zeros(x.shape[1], hidden, *x.shape[3:])
c = torch.zeros_like(h)
peephole = t.get("peephole", torch.zeros(3, hidden)).view(3, 1, hidden, 1, 1)
weight = torch.cat([t["input_weight"], t["state_weight"]], 1)
for step in x:
    gates = torch.nn.functional.conv2d(torch.cat([step, h], 1), weight, t["bias"], padding=pad)
    i, f, g, o = gates.chunk(4, 1)
    i = torch.sigmoid(i + peephole[0] * c)
    f = torch.sigmoid(f + peephole[1] * c)
    c = f * c + i * torch.tanh(g)
    o = torch.sigmoid(o + peephole[2] * c)
    h = o * torch.tanh(c)
(h * c + h).sum().backward()
write(sys.argv[2], {"hidden": h, "cell": c, **{k + ".grad": v.grad for k, v in t.items()}})
