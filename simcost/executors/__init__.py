"""Ways to do independent pieces of work; the answers come back in order, whoever did them."""

from simcost.executors.threads import ordered_map, processors

__all__ = ["ordered_map", "processors"]
