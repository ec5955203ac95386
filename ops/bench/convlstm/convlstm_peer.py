"""The encoder-forecasters as everybody writes them in PyTorch: input and state concatenated, one convolution, chunk,
sigmoid and tanh, step by step, eager. Reads a line of JSON, does what it says, writes a line of JSON.
"""
import json
import struct
import sys
import time

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


class Cell(nn.Module):
    def __init__(self, weights, name):
        super().__init__()
        parts = [weights[f"{name}.{k}"] for k in ("input_weight", "state_weight") if f"{name}.{k}" in weights]
        weight = torch.cat(parts, 1)
        self.conv = nn.Conv2d(weight.shape[1], weight.shape[0], weight.shape[2], padding=weight.shape[2] // 2)
        self.conv.weight = nn.Parameter(weight)
        self.conv.bias = nn.Parameter(weights[f"{name}.bias"])
        self.hidden = weight.shape[0] // 4

    def forward(self, x, h, c):
        gates = self.conv(h if x is None else torch.cat([x, h], 1))
        i, f, g, o = torch.chunk(gates, 4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c

    def zeros(self, n, h, w, device):
        return (torch.zeros(n, self.hidden, h, w, device=device),) * 2


def layer(module, weights, name):
    module.weight = nn.Parameter(weights[name + ".weight"])
    module.bias = nn.Parameter(weights[name + ".bias"])
    return module


class Network(nn.Module):
    def __init__(self, weights, patch, multiscale):
        super().__init__()
        count = sum(k.startswith("encoder.") and k.endswith(".bias") for k in weights)
        self.patch, self.multiscale = patch, multiscale
        self.encoder = nn.ModuleList(Cell(weights, f"encoder.{i}") for i in range(count))
        self.forecaster = nn.ModuleList(Cell(weights, f"forecaster.{i}") for i in range(count))
        shape = weights["head.weight"].shape
        self.head = layer(nn.Conv2d(shape[1], shape[0], 1), weights, "head")
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        for i in range(count - 1 if multiscale else 0):
            o, n, _, _ = weights[f"down.{i}.weight"].shape
            self.down.append(layer(nn.Conv2d(n, o, 3, stride=2, padding=1), weights, f"down.{i}"))
            self.up.append(layer(nn.ConvTranspose2d(o, n, 4, stride=2, padding=1), weights, f"up.{i}"))

    def forward(self, past, leads):
        n, time_, _, height, width = past.shape
        layers = range(len(self.encoder))
        scale = [self.patch * (2 ** i if self.multiscale else 1) for i in layers]
        states = [self.encoder[i].zeros(n, height // scale[i], width // scale[i], past.device) for i in layers]
        for t in range(time_):
            x = F.pixel_unshuffle(past[:, t], self.patch)
            for i in layers:
                if i > 0 and self.multiscale:
                    x = F.leaky_relu(self.down[i - 1](x), 0.2)
                states[i] = self.encoder[i](x, *states[i])
                x = states[i][0]
        newest, frames = past[:, -1, :1], []
        for _ in range(leads):
            x = None
            for i in reversed(layers) if self.multiscale else layers:
                if x is not None and self.multiscale:
                    x = F.leaky_relu(self.up[i](x), 0.2)
                states[i] = self.forecaster[i](x, *states[i])
                x = states[i][0]
            if not self.multiscale:
                x = torch.cat([h for h, _ in states], 1)
            frames.append(newest + F.pixel_shuffle(self.head(x), self.patch))
        return torch.stack(frames, 1)


def main():
    device = sys.argv[2]
    torch.set_num_threads(int(sys.argv[1]))
    network = optimizer = past = truth = None

    def wait():
        if device != "cpu":
            torch.cuda.synchronize()

    def forecast():
        with torch.no_grad():
            return network(past, truth.shape[1])

    def train():
        optimizer.zero_grad()
        loss = F.mse_loss(network(past, truth.shape[1]), truth)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        return loss.item()

    for line in sys.stdin:
        ask = json.loads(line)
        if ask["do"] == "load":
            tensors = read(ask["file"])
            past = tensors["past"].permute(0, 1, 4, 2, 3).contiguous().to(device)
            truth = tensors["truth"].permute(0, 1, 4, 2, 3).contiguous().to(device)
            network = Network(tensors, ask["patch"], ask["multiscale"]).to(device)
            optimizer = torch.optim.Adam(network.parameters(), 1e-3)
            ours = tensors["forecast"].permute(0, 1, 4, 2, 3)
            print(json.dumps({"difference": (forecast().cpu() - ours).abs().max().item(), "version": torch.__version__}))
            continue
        work = train if ask["do"] == "train" else forecast
        wait()
        start, processor = time.perf_counter(), time.process_time()
        for _ in range(ask["repeat"]):
            work()
        wait()
        print(json.dumps({"seconds": (time.perf_counter() - start) / ask["repeat"],
                          "processor": (time.process_time() - processor) / ask["repeat"]}))


main()
