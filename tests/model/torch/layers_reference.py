"""The same layers, optimisers and schedules in PyTorch.

usage: layers_reference.py CASES.json IN.safetensors OUT.safetensors
CASES.json holds {"layers": {name: expression}, "optimisers": …, "schedules": …}. For a layer IN holds NAME.x and its
weights NAME.w.KEY; OUT gets NAME.y and the gradients of sum(y²) as NAME.x.grad and NAME.w.KEY.grad. An optimiser makes
12 steps from OPTIMISER.p on sum(p⁴ + p²); OUT gets where it ended. A schedule runs 12 epochs; OUT gets its rates.
"""
import json
import struct
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


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
        blob = v.detach().contiguous().numpy().astype("<f4").tobytes()
        header[k] = {"dtype": "F32", "shape": list(v.shape), "data_offsets": [offset, offset + len(blob)]}
        offset += len(blob)
        blobs.append(blob)
    text = json.dumps(header).encode()
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


class Call(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


cases, given, out = json.load(open(sys.argv[1])), read(sys.argv[2]), {}
for name, expression in cases["layers"].items():
    module = eval(expression)
    module.load_state_dict({k[len(name) + 3:]: v for k, v in given.items() if k.startswith(name + ".w.")})
    x = given[name + ".x"].requires_grad_()
    y = module(x)
    y = y[0] if isinstance(y, tuple) else y
    (y ** 2).sum().backward()
    out[name + ".y"], out[name + ".x.grad"] = y, x.grad
    for k, p in module.named_parameters():
        out[f"{name}.w.{k}.grad"] = p.grad
    for k, b in module.named_buffers():
        out[f"{name}.w.{k}"] = b
for name, expression in cases["optimisers"].items():
    p = nn.Parameter(given[name + ".p"])
    optimiser = eval(expression)([p])
    for _ in range(12):
        optimiser.zero_grad()
        (p ** 4 + p ** 2).sum().backward()
        optimiser.step()
    out[name] = p
for name, expression in cases["schedules"].items():
    optimiser = torch.optim.SGD([nn.Parameter(torch.zeros(1))], 0.5)
    schedule, rates = eval(expression)(optimiser), []
    for epoch in range(12):
        rates.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        schedule.step(abs(epoch - 3)) if "Plateau" in expression else schedule.step()
    out[name] = torch.tensor(rates)
write(sys.argv[3], out)
