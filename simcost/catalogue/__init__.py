"""The catalogue: sourced inputs that ship with simcost, as TOML files under ``distributions/``."""

from simcost.catalogue.entry import BASES, Entry
from simcost.catalogue.loader import Catalogue, load_catalogue, shipped_folder
from simcost.catalogue.tables import Table

__all__ = ["BASES", "Catalogue", "Entry", "Table", "load_catalogue", "shipped_folder"]
