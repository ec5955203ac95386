"""Makes one field of a checkpoint or of a forecast file wrong, and leaves the file itself whole."""
import json
import struct

import netCDF4
import numpy as np

WRONG = ["", "x", "NaN", "-1", -1, 0, 1 << 40, (1 << 63) - 1, 1e308, None, [], {}, [-1], [1 << 40, 1 << 40], True]


def paths(value, at=()):
    """The way to every field of a JSON value, those of JSON in strings among them."""
    if isinstance(value, str) and value[:1] in "{[":
        value = json.loads(value)
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []:
        yield (*at, key)
        yield from paths(inner, (*at, key))


def changed(value, path, wrong):
    """The value with another in one of its fields, or without it where that is `paths`."""
    if isinstance(value, str):
        return json.dumps(changed(json.loads(value), path, wrong))
    value = value.copy()
    if len(path) > 1:
        value[path[0]] = changed(value[path[0]], path[1:], wrong)
    elif wrong is paths:
        del value[path[0]]
    else:
        value[path[0]] = wrong
    return value


def checkpoint(source, target, rng):
    with open(source, "rb") as file:
        data = file.read()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    header = changed(header, rng.choice(list(paths(header))), rng.choice([paths, *WRONG]))
    text = json.dumps(header).encode()
    with open(target, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data[8 + length:])


def forecast(source, target, rng):
    with open(source, "rb") as file:
        data = file.read()
    with open(target, "wb") as file:
        file.write(data)
    with netCDF4.Dataset(target, "a") as file:
        file.set_auto_maskandscale(False)
        owner = rng.choice([file, *file.variables.values()])
        kind = rng.choice(["attribute", "values", "name", "dimension"])
        if kind == "attribute" and owner.ncattrs():
            name = rng.choice([n for n in owner.ncattrs() if n != "_FillValue"] or ["added"])
            if name == "added" or rng.random() < 0.7:
                owner.setncattr(name, rng.choice(["", "x", "-1", "days since 1-1-1", -1, 0, float("nan"), 1e308, np.int64((1 << 63) - 1), [1, 2, 3]]))
            else:
                owner.delncattr(name)
        elif kind == "dimension":
            file.renameDimension(rng.choice(list(file.dimensions)), "renamed")
        elif kind == "name" or owner is file:
            file.renameVariable(rng.choice(list(file.variables)), "renamed")
        elif owner.dtype != str and owner.dtype.kind in "iuf":
            values = np.asarray(owner[...])
            extreme = [np.nan, -1e30, 1e30, 0] if values.dtype.kind == "f" else [0, np.iinfo(values.dtype).max, np.iinfo(values.dtype).min]
            owner[...] = values[::-1] if values.ndim and rng.random() < 0.3 else np.full_like(values, rng.choice(extreme))
