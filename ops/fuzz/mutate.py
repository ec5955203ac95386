"""Writes damaged radar files of seven formats and archives of them into a folder, as a feed would: mutate.py FOLDER COUNT SEED

The files that arrived as they were written have "-none" in their names; some have names of the kinds that trip programs.
"""
import bz2
import datetime
import gzip
import io
import os
import random
import subprocess
import sys
import tarfile
import tempfile
import zipfile

import h5py
import netCDF4
import numpy as np

SIDE = 96
START = datetime.datetime(2024, 5, 1)


def rain(rng):
    """Smooth cells in counts of 0.1 mm/h, with a missing corner."""
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    field = np.zeros((SIDE, SIDE))
    for _ in range(5):
        cy, cx, size = rng.random() * SIDE, rng.random() * SIDE, 4 + 8 * rng.random()
        field += 150 * rng.random() * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * size ** 2))
    return np.minimum(field, 250).astype("u1")


def layout(rng):
    """Contiguous, or chunked with some of the usual filters."""
    if rng.random() < 0.2:
        return {}
    side = rng.choice([SIDE, SIDE // 2, 40])
    return {"chunks": (side, side), "compression": rng.choice([None, "gzip"]), "shuffle": rng.random() < 0.5, "fletcher32": rng.random() < 0.2}


def write_cf(path, time, rng):
    kind = rng.choice(["NETCDF4", "NETCDF4", "NETCDF3_CLASSIC", "NETCDF3_64BIT_DATA"])
    with netCDF4.Dataset(path, "w", format=kind) as file:
        file.Conventions = "CF-1.7"
        for name in "yx":
            file.createDimension(name, SIDE)
            axis = file.createVariable(name, "f8", (name,))
            axis.standard_name, axis.units = f"projection_{name}_coordinate", "km"
            axis[:] = (np.arange(SIDE) - SIDE / 2 + 0.5) * (-1 if name == "y" else 1)
        for name, minutes in (("valid_time", 0), ("start_time", -5)):
            variable = file.createVariable(name, "f8")
            variable.units = "seconds since 1970-01-01 00:00:00 UTC"
            if minutes == 0:
                variable.standard_name = "time"
            variable[...] = (time - datetime.datetime(1970, 1, 1)).total_seconds() + 60 * minutes
        mapping = file.createVariable("proj", "i1")
        mapping.grid_mapping_name = "albers_conical_equal_area"
        mapping.standard_parallel = [-26.2, -29.3]
        mapping.longitude_of_central_meridian, mapping.latitude_of_projection_origin = 153.24, -27.7178
        mapping.semi_major_axis, mapping.semi_minor_axis = 6378137.0, 6356752.31414
        extra = {"zlib": True, "shuffle": rng.random() < 0.5} if kind == "NETCDF4" else {}
        data = file.createVariable("precipitation", "i2", ("y", "x"), fill_value=-1, **extra)
        data.set_auto_maskandscale(False)
        data.standard_name, data.units, data.scale_factor, data.add_offset, data.grid_mapping = "precipitation_amount", "kg m-2", 0.05, 0.0, "proj"
        data[:] = rain(rng).astype("i2")


def write_odim(path, time, rng):
    with h5py.File(path, "w") as file:
        file.attrs["Conventions"] = np.bytes_("ODIM_H5/V2_2")
        what = file.create_group("what").attrs
        for name, value in (("object", "COMP"), ("version", "H5rad 2.2"), ("date", f"{time:%Y%m%d}"), ("time", f"{time:%H%M%S}"), ("source", "ORG:247")):
            what[name] = np.bytes_(value)
        where = file.create_group("where").attrs
        where["projdef"] = np.bytes_("+proj=laea +lat_0=55.0 +lon_0=10.0 +x_0=1950000.0 +y_0=-2100000.0 +units=m +ellps=WGS84")
        where["xsize"], where["ysize"], where["xscale"], where["yscale"] = SIDE, SIDE, 2000.0, 2000.0
        # From cs2cs, of (0, 0) to (192 km, −192 km).
        for name, value in (("UL_lon", -39.5357864), ("UL_lat", 67.0228328), ("UR_lon", -36.1556584), ("UR_lat", 68.1561873),
                            ("LL_lon", -36.5429558), ("LL_lat", 65.7829813), ("LR_lon", -33.1901924), ("LR_lat", 66.8532962)):
            where[name] = value
        dataset = file.create_group("dataset1")
        data = dataset.create_group("data1")
        inner = data.create_group("what").attrs
        inner["quantity"] = np.bytes_("RATE")
        inner["gain"], inner["offset"], inner["nodata"], inner["undetect"] = 0.1, 0.0, 255.0, 0.0
        pixels = data.create_dataset("data", data=rain(rng), **layout(rng))
        pixels.attrs["CLASS"] = np.bytes_("IMAGE")
        pixels.attrs["IMAGE_VERSION"] = np.bytes_("1.2")


def write_knmi(path, time, rng):
    with h5py.File(path, "w") as file:
        overview = file.create_group("overview").attrs
        for name, when in (("product_datetime_start", time - datetime.timedelta(minutes=5)), ("product_datetime_end", time)):
            overview[name] = np.bytes_(when.strftime("%d-%b-%Y;%H:%M:%S.000").upper())
        geographic = file.create_group("geographic")
        for name, value in (("geo_number_rows", np.int32([SIDE])), ("geo_number_columns", np.int32([SIDE])), ("geo_pixel_size_x", np.float32([1])),
                            ("geo_pixel_size_y", np.float32([-1])), ("geo_column_offset", np.float32([0])), ("geo_row_offset", np.float32([3650]))):
            geographic.attrs[name] = value
        geographic.attrs["geo_dim_pixel"] = np.bytes_("KM,KM")
        projection = geographic.create_group("map_projection").attrs
        projection["projection_proj4_params"] = np.bytes_("+proj=stere +lat_0=90 +lon_0=0.0 +lat_ts=60.0 +a=6378.137 +b=6356.752 +x_0=0 +y_0=0")
        image = file.create_group("image1")
        image.attrs["image_geo_parameter"] = np.bytes_("ACCUMULATED_PRECIPITATION_[MM]")
        calibration = image.create_group("calibration").attrs
        calibration["calibration_formulas"] = np.bytes_("GEO=0.01*PV+0.0")
        calibration["calibration_missing_data"] = calibration["calibration_out_of_image"] = np.int32([65535])
        pixels = image.create_dataset("image_data", data=rain(rng).astype("u2"), **layout(rng))
        pixels.attrs["CLASS"] = np.bytes_("IMAGE")


def write_polar(path, time, rng):
    """A scan of one radar: rays by gates."""
    rays, gates = rng.choice([90, 180]), rng.choice([60, 120])
    with h5py.File(path, "w") as file:
        file.attrs["Conventions"] = np.bytes_("ODIM_H5/V2_3")
        what = file.create_group("what").attrs
        for name, value in (("object", "SCAN"), ("version", "H5rad 2.3"), ("date", f"{time:%Y%m%d}"), ("time", f"{time:%H%M%S}"), ("source", "NOD:fuzz")):
            what[name] = np.bytes_(value)
        where = file.create_group("where").attrs
        where["lon"], where["lat"], where["height"] = 5.0, 52.0, 50.0
        dataset = file.create_group("dataset1")
        inner = dataset.create_group("where").attrs
        inner["elangle"], inner["rscale"], inner["rstart"] = 0.5, 1000.0, 0.0
        data = dataset.create_group("data1")
        packing = data.create_group("what").attrs
        packing["quantity"] = np.bytes_("DBZH")
        packing["gain"], packing["offset"], packing["nodata"], packing["undetect"] = 0.5, -32.0, 255.0, 0.0
        data.create_dataset("data", data=np.resize(rain(rng) // 2, (rays, gates)).astype("u1"), compression=rng.choice([None, "gzip"]))


def write_radolan(path, time, rng):
    """A composite of 450 by 450 pixels of 2 km."""
    rows = 450
    pixels = np.zeros((rows, rows), "<u2")
    pixels[:SIDE, :SIDE] = rain(rng)
    pixels[-40:] = 0x2000 | 2500
    head = f"RW{time:%d%H%M}10000{time:%m%y}BY%7dVS 3SW   2.13.1PR E-01INT  60GP 450x 450MS 20<boo,ros,emd,hnr,umd>"
    head = head % (len(head % 0) + 1 + pixels.nbytes)
    with open(path, "wb") as file:
        file.write(head.encode() + b"\x03" + pixels.tobytes())


def translate(path, time, rng, options):
    """A raster by GDAL's own tool."""
    with tempfile.NamedTemporaryFile("w", suffix=".asc") as grid:
        grid.write(f"ncols {SIDE}\nnrows {SIDE}\nxllcorner 5\nyllcorner 45\ncellsize 0.01\n")
        np.savetxt(grid, rain(rng) * 0.1, "%.1f")
        grid.flush()
        subprocess.run(["gdal_translate", "-q", "-a_srs", "+proj=longlat +ellps=WGS84", *options, grid.name, path], check=True)


def write_grib(path, time, rng):
    translate(path, time, rng, ["-of", "GRIB", "-ot", "Float64", "-co", "DISCIPLINE=209", "-co", "IDS_CENTER=161", "-co", f"IDS_REF_TIME={time:%Y-%m-%dT%H:%M:%SZ}", "-co", "PDS_PDTN=0",
                                "-co", "PDS_TEMPLATE_ASSEMBLED_VALUES=6 1 8 0 97 0 0 0 0 102 0 0 255 1 0", "-co", "DATA_ENCODING=" + rng.choice(["PNG", "SIMPLE_PACKING", "IEEE_FLOATING_POINT"])])


def write_tiff(path, time, rng):
    translate(path, time, rng, ["-of", "GTiff", "-ot", "Float32", "-mo", "units=mm/h", "-mo", f"valid_time={time:%Y-%m-%dT%H:%M:%SZ}",
                                "-co", "COMPRESS=" + rng.choice(["NONE", "DEFLATE", "LZW"]), "-co", "TILED=" + rng.choice(["YES", "NO"])])


def pack(path, time, rng, write, ending):
    """Of one file, compressed, or of two of a grid in an archive."""
    files = []
    for i in range(2):
        with tempfile.NamedTemporaryFile(suffix="." + ending) as member:
            # Between this file's time and the next one's, which would else be another scan of one time and be refused for that.
            write(member.name, time + datetime.timedelta(minutes=2 * i), rng)
            files.append((f"scan{i}.{ending}", open(member.name, "rb").read()))
    kind = rng.choice(["gz", "bz2", "zip", "tar", "tar.gz"])
    data = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files:
                archive.writestr(name, content)
    elif kind in ("tar", "tar.gz"):
        with tarfile.open(fileobj=data, mode="w:gz" if kind == "tar.gz" else "w") as archive:
            for name, content in files:
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
    else:
        data.write((gzip if kind == "gz" else bz2).compress(files[0][1]))
    with open(path, "wb") as file:
        file.write(data.getvalue())


def write_archive(path, time, rng):
    pack(path, time, rng, *rng.choice([(write_knmi, "h5"), (write_cf, "nc"), (write_odim, "h5")]))


WRITERS = [("cf", write_cf, "nc"), ("odim", write_odim, "h5"), ("knmi", write_knmi, "h5"), ("polar", write_polar, "h5"),
           ("radolan", write_radolan, "bin"), ("grib", write_grib, "grib2"), ("tiff", write_tiff, "tif"),
           ("archive", write_archive, "zip")]


def flip(data, rng):
    # Half of the flips hit the header, where they do most.
    for _ in range(rng.randint(1, 16)):
        at = rng.randrange(min(len(data), 4096) if rng.random() < 0.5 else len(data))
        data[at] ^= 1 << rng.randrange(8)


def truncate(data, rng):
    del data[rng.randrange(len(data)):]


def splice(data, rng, other):
    cut = rng.randrange(1, min(len(data), len(other)))
    data[:] = (other[:cut] + data[cut:]) if rng.random() < 0.5 else (data[:cut] + other[rng.randrange(len(other)):])


def overwrite(data, rng):
    at, length = rng.randrange(len(data)), rng.choice([1, 2, 4, 8, 64, 512])
    data[at:at + length] = rng.choice([bytes(length), b"\xff" * length, rng.randbytes(length)])[:max(0, len(data) - at)]


def enlarge(data, rng, path):
    """Declares far more pixels than there are: in HDF5 by a dataset without data, else in each number that may be a dimension."""
    huge = rng.choice([5000, 12000, 40000, 65535, 1 << 24, (1 << 31) - 1])
    if data[:4] == b"\x89HDF" and rng.random() < 0.7:
        with h5py.File(path, "r+") as file:
            found = []
            file.visititems(lambda name, item: found.append(name) if isinstance(item, h5py.Dataset) and item.ndim == 2 else None)
            for name in found:
                attributes = dict(file[name].attrs)
                dtype = file[name].dtype
                del file[name]
                item = file.create_dataset(name, (huge, huge), dtype, chunks=(min(huge, 1000), 1000), compression=rng.choice([None, "gzip"]))
                item.attrs.update({key: value for key, value in attributes.items() if key not in ("DIMENSION_LIST", "_Netcdf4Dimid")})
        with open(path, "rb") as file:
            data[:] = file.read()
        return
    for side in (SIDE, 450, 90, 180):
        for size in (2, 4, 8):
            for order in ("little", "big"):
                value = min(huge, (1 << 8 * size) - 1).to_bytes(size, order)
                data[:4096] = data[:4096].replace(side.to_bytes(size, order), value)
    digits = rng.choice([b"9999x9999", b"   0x   0", b"  -1x 450"])
    data[:256] = data[:256].replace(b" 450x 450", digits)


def strange(name, rng):
    """A name that a shell, a page or a list of lines would read as something else."""
    stem, ending = name.rsplit(".", 1)
    return rng.choice([f"-{name}", f"--{name}", f"a\n{name}", f"<b onload=x>{name}", f"'; DROP TABLE scan; --{name}", f"%n%s{name}", f" {name} ",
                       f"{stem}-{'n' * (255 - len(name) - 1)}.{ending}", f"{stem}-{'ß' * ((255 - len(name) - 1) // 2)}.{ending}"])


def main(folder, count, seed):
    rng = random.Random(seed)
    scratch = os.path.join(folder, ".scratch")
    other = bytearray(b"CDF\x01" + bytes(100))
    for i in range(count):
        name, write, ending = WRITERS[i % len(WRITERS)]
        write(scratch, START + datetime.timedelta(minutes=5 * i), rng)
        with open(scratch, "rb") as file:
            data = bytearray(file.read())
        whole = bytearray(data)
        mutation = rng.choices(["flip", "truncate", "splice", "overwrite", "huge", "none"], [35, 20, 18, 14, 8, 5])[0]
        if mutation == "flip":
            flip(data, rng)
        elif mutation == "truncate":
            truncate(data, rng)
        elif mutation == "splice":
            splice(data, rng, other)
        elif mutation == "overwrite":
            overwrite(data, rng)
        elif mutation == "huge":
            enlarge(data, rng, scratch)
        other = whole
        # Some writers rename when they are done, others do not.
        name = f"{i:05d}-{name}-{mutation}.{ending}"
        target = os.path.join(folder, strange(name, rng) if rng.random() < 0.03 else name)
        written = os.path.join(folder, f"{i}.part") if i % 2 else target
        with open(written, "wb") as file:
            file.write(data)
        if written != target:
            os.rename(written, target)
    os.remove(scratch)


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
