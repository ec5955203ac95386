"""Radar files that would make a reader open another file or load code: hostile.py FOLDER SECRET, names of the files on standard output."""
import os
import sys

import h5py
import numpy as np

folder, secret = sys.argv[1:]
SHAPE = (64, 64)
LAEA = b"+proj=laea +lat_0=55 +lon_0=10 +ellps=WGS84 +units=m"


def attributes(group, **values):
    for name, value in values.items():
        group.attrs[name] = np.bytes_(value) if isinstance(value, str) else value


def odim(name, external=None, prefix=""):
    """A composite whose pixels are stored where external says; null leaves them to the caller."""
    file = h5py.File(os.path.join(folder, name), "w")
    attributes(file, Conventions="ODIM_H5/V2_3")
    attributes(file.create_group("what"), object="COMP", version="H5rad 2.3", date="20200601", time="120000")
    attributes(file.create_group("where"), projdef=LAEA, xsize=64, ysize=64, xscale=2000.0, yscale=2000.0,
               UL_lon=10.0, UL_lat=55.0, UR_lon=12.0, UR_lat=55.0, LL_lon=10.0, LL_lat=54.0, LR_lon=12.0, LR_lat=54.0)
    data = file.create_group("dataset1/data1")
    attributes(file.create_group("dataset1/data1/what"), quantity="RATE", gain=1.0, offset=0.0, nodata=255.0, undetect=0.0)
    if external is not None:
        data.create_dataset("data", SHAPE, "u1", external=external)
    return file


def knmi(name, external):
    file = h5py.File(os.path.join(folder, name), "w")
    attributes(file.create_group("overview"), product_datetime_end="01-JUN-2020;12:00:00.000", number_image_groups=1)
    attributes(file.create_group("geographic"), geo_dim_pixel="KM,KM", geo_number_columns=64, geo_number_rows=64,
               geo_pixel_size_x=1.0, geo_pixel_size_y=-1.0, geo_column_offset=0.0, geo_row_offset=3650.0)
    attributes(file.create_group("geographic/map_projection"),
               projection_proj4_params="+proj=stere +lat_0=90 +lon_0=0 +lat_ts=60 +a=6378.14 +b=6356.75 +x_0=0 y_0=0")
    attributes(file.create_group("image1"), image_geo_parameter="REFLECTIVITY_[DBZ]")
    attributes(file.create_group("image1/calibration"), calibration_formulas="GEO=0.5*PV+-32.0", calibration_missing_data=255,
               calibration_out_of_image=255)
    file["image1"].create_dataset("image_data", SHAPE, "u1", external=external)
    file.close()


def netcdf(name, external):
    file = h5py.File(os.path.join(folder, name), "w")
    attributes(file, Conventions="CF-1.8")
    for axis, standard in (("y", "latitude"), ("x", "longitude")):
        scale = file.create_dataset(axis, data=np.arange(64) * 0.01)
        attributes(scale, units="degrees_north" if axis == "y" else "degrees_east", standard_name=standard)
        scale.make_scale(axis)
    time = file.create_dataset("time", data=1590969600.0)
    attributes(time, units="seconds since 1970-01-01", standard_name="time")
    rain = file.create_dataset("rain", SHAPE, "u1", external=external)
    attributes(rain, units="mm h-1", standard_name="rainfall_rate", coordinates="time")
    rain.dims[0].attach_scale(file["y"])
    rain.dims[1].attach_scale(file["x"])
    file.close()


whole = [(secret, 0, 4096)]
odim("external_absolute.h5", whole).close()
odim("external_relative.h5", [(os.path.relpath(secret, folder), 0, 4096)]).close()
odim("external_environment.h5", [("/proc/self/environ", 0, 4096)]).close()
odim("external_of_two_files.h5", [(secret, 0, 1024), (secret, 0, 3072)]).close()
knmi("knmi_external.h5", whole)
netcdf("netcdf_external.nc", whole)

with h5py.File(os.path.join(folder, "target.h5"), "w") as target:
    target.create_dataset("data", data=np.full(SHAPE, 7, "u1"))
with odim("external_link.h5") as file:
    file["dataset1/data1/data"] = h5py.ExternalLink("target.h5", "/data")
with odim("external_link_behind_a_soft_one.h5") as file:
    file["hidden/away"] = h5py.ExternalLink(os.path.join(folder, "target.h5"), "/")
    file["dataset1/data1/data"] = h5py.SoftLink("/hidden/away/data")
with odim("external_link_deep_in_groups.h5") as file:
    file["dataset1/data1"].create_dataset("data", data=np.zeros(SHAPE, "u1"))
    file["a/b/c/d/e/f/g"] = h5py.ExternalLink("target.h5", "/data")
with odim("virtual.h5") as file:
    layout = h5py.VirtualLayout(SHAPE, "u1")
    layout[...] = h5py.VirtualSource(os.path.join(folder, "target.h5"), "data", SHAPE)
    file["dataset1/data1"].create_virtual_dataset("data", layout)
with odim("external_not_the_rain.h5") as file:
    file["dataset1/data1"].create_dataset("data", data=np.zeros(SHAPE, "u1"))
    file.create_dataset("how/note", SHAPE, "u1", external=whole)
with odim("plugin.h5") as file:
    # An optional filter that this HDF5 does not know is skipped while writing, and looked for while reading.
    creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    creation.set_chunk(SHAPE)
    creation.set_filter(32015, h5py.h5z.FLAG_OPTIONAL, (3,))
    h5py.h5d.create(file["dataset1/data1"].id, b"data", h5py.h5t.STD_U8LE, h5py.h5s.create_simple(SHAPE), creation)

print("\n".join(sorted(n for n in os.listdir(folder) if n != "target.h5" and n.endswith((".h5", ".nc")))))
