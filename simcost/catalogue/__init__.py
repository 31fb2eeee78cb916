"""The catalogue: sourced inputs that ship with simcost, as TOML files under ``distributions/``."""

from simcost.catalogue.entry import BASES, Entry
from simcost.catalogue.loader import Catalogue, load_catalogue

__all__ = ["BASES", "Catalogue", "Entry", "load_catalogue"]
