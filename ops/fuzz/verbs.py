"""Gives the damaged files of a folder to the verbs: verbs.py NOWCAST FOLDER COUNT SEED, see ops/fuzz-verbs.sh"""
import collections
import glob
import json
import os
import random
import re
import resource
import subprocess
import sys

import fields

nowcast, folder, count, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
# A decoder may take 2 GB; this is the program beside it, with libtorch.
MOST_KILOBYTES = 2_200_000
LONGEST_SECONDS = 120
failures, reasons = [], collections.Counter()


def call(*arguments):
    """The outcome of a verb that may refuse its file, and nothing else."""
    try:
        done = subprocess.run([nowcast, *arguments], capture_output=True, timeout=LONGEST_SECONDS * (20 if arguments[0] == "inspect" else 1))
    except subprocess.TimeoutExpired:
        failures.append(f"{arguments}: does not end")
        return None
    errors = done.stderr.decode(errors="replace").splitlines()
    strange = [line for line in errors if not line.startswith("nowcast: ") or "Exception" in line]
    if done.returncode not in (0, 1) or strange:
        failures.append(f"{arguments}: status {done.returncode}, {strange[:3]}")
    if resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > MOST_KILOBYTES:
        failures.append(f"{arguments}: memory")
    for line in errors:
        reasons[re.sub(r"[-+]?\d[\d.]*(E[-+]?\d+)?", "N", re.sub(r"'[^']*'", "X", re.sub(r"^nowcast: /\S*", "", line)))[:90]] += 1
    return done.returncode, done.stdout, errors


def damage(source, target, rng):
    kind = rng.choice(["flip", "head", "truncate", "overwrite", "field", "field", "field"])
    if kind == "field":
        (fields.checkpoint if source.endswith(".safetensors") else fields.forecast)(source, target, rng)
        return
    with open(source, "rb") as file:
        data = bytearray(file.read())
    if kind in ("flip", "head"):
        for _ in range(rng.randint(1, 24)):
            data[rng.randrange(min(len(data), 4096) if kind == "head" else len(data))] ^= 1 << rng.randrange(8)
    elif kind == "truncate":
        del data[rng.randrange(len(data)):]
    else:
        at, length = rng.randrange(len(data)), rng.choice([1, 4, 8, 64, 512])
        data[at:at + length] = rng.choice([bytes(length), b"\xff" * length, rng.randbytes(length)])[:len(data) - at]
    with open(target, "wb") as file:
        file.write(data)


def inspect():
    radar = sorted(glob.glob(os.path.join(folder, "radar", "*")))
    outcome = call("inspect", "--json", os.path.join(folder, "radar", "*"))
    if outcome is None:
        return
    read = [report["file"] for report in json.loads(outcome[1])]
    # A name is written on one line, whatever is in it.
    said = "\n".join(outcome[2])
    refused = [path for path in radar if path.replace("\n", " ") in said or path in said]
    lost = set(radar) - set(read) - set(refused)
    print(f"inspect: {len(radar)} radar files, {len(read)} read, {len(refused)} refused, {len(lost)} lost; decoders ended: "
          f"{sum('ended the decoder' in line for line in outcome[2])}, stopped at the time limit: {sum('it took over' in line for line in outcome[2])}")
    failures.extend(f"lost: {path}" for path in lost)
    failures.extend(f"undamaged and refused: {path}" for path in refused if "-none." in path)


def others():
    rng = random.Random(seed)
    rain, ended = os.path.join(folder, "rain"), collections.Counter()
    damaged = {kind: os.path.join(folder, f"damaged.{kind}") for kind in ("nc", "safetensors")}
    verbs = [("plot", "nc", ("plot", damaged["nc"], "--out", os.path.join(folder, "p.png"))),
             ("evaluate", "nc", ("evaluate", "--forecasts", damaged["nc"], "--data", rain)),
             ("forecast", "safetensors", ("forecast", "--data", rain, "--model", damaged["safetensors"], "--out", os.path.join(folder, "f.nc")))]
    for i in range(count):
        for kind, path in damaged.items():
            damage(os.path.join(folder, f"whole.{kind}"), path, rng)
        for name, _, arguments in verbs:
            before = len(failures)
            outcome = call(*arguments)
            ended[name, outcome and outcome[0]] += 1
            if len(failures) > before:
                for kind, path in damaged.items():
                    os.replace(path, f"{path}.{i}") if os.path.exists(path) else None
                break
    print(f"{count} forecast files and checkpoints: " + ", ".join(f"{verb} {'refused' if status else 'read'} {n}" for (verb, status), n in sorted(ended.items(), key=str)))


inspect()
others()
print("most frequent reasons:")
for reason, n in reasons.most_common(12):
    print(f"{n:7} {reason}")
for failure in failures[:20]:
    print(f"FAILED {failure}", file=sys.stderr)
sys.exit(1 if failures else 0)
