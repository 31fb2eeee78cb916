"""The commands of the command line. Each imports what it needs when it runs."""

from __future__ import annotations

import click

from simcost.cli.check import check
from simcost.cli.compare import compare
from simcost.cli.contingency import contingency
from simcost.cli.discover import discover
from simcost.cli.explain import explain
from simcost.cli.footprint import footprint
from simcost.cli.init import init
from simcost.cli.inputs import inputs
from simcost.cli.joint import joint
from simcost.cli.rare import rare
from simcost.cli.replay import replay
from simcost.cli.reverse import reverse
from simcost.cli.robustness import robustness
from simcost.cli.run import run
from simcost.cli.schema import schema
from simcost.cli.seek import seek
from simcost.cli.sensitivity import sensitivity
from simcost.cli.stress import stress
from simcost.cli.timeline import timeline
from simcost.cli.tornado import tornado

# A list, not a scan of the folder: the order is that of the help page.
COMMANDS: dict[str, click.Command] = {
    str(command.name): command
    for command in (
        run, stress, compare, seek, robustness, footprint,
        joint, timeline, tornado, sensitivity, contingency, reverse, discover, rare,
        check, explain, replay, inputs, init, schema,
    )
}  # fmt: skip
