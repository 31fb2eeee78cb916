"""Dependence between inputs: copulas written as operations on their uniform draws."""

from simcost.dependence.blocks import Coupling, Pair, couple
from simcost.dependence.measures import latent_correlation
from simcost.dependence.nearest import cholesky, nearest_correlation

__all__ = ["Coupling", "Pair", "couple", "latent_correlation", "cholesky", "nearest_correlation"]
