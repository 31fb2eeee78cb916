"""netCDF 4, the default: all outcomes, summary, units and provenance."""

from __future__ import annotations

from pathlib import Path

from simcost.report.formats._format import Format
from simcost.report.formats._write import replacing, reserve
from simcost.result import Result

_OVERHEAD = 1 << 20  # what the format takes beyond the numbers; an ample guess


def write(result: Result, path: Path) -> None:
    """Write the dataset of a result; `xarray.open_dataset` reads it back equal."""
    dataset = result.dataset
    with replacing(path) as temporary:
        reserve(temporary, dataset.nbytes + _OVERHEAD)  # HDF5 crashes the process on a full disk
        try:
            dataset.to_netcdf(temporary, engine="h5netcdf")
        except RuntimeError as error:  # what HDF5 raises when a full disk shows only at the end
            raise OSError(str(error)) from error


FORMAT = Format(name="netcdf", suffix=".nc", write=write)
