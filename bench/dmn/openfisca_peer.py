"""openfisca_peer.py FOLDER: decides the households of a file with OpenFisca-core, all at once, as its users write rules."""

import pathlib
import sys
import time

import numpy
from openfisca_core.entities import build_entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import YEAR
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

folder = pathlib.Path(sys.argv[1])
Household = build_entity(key="household", plural="households", label="Household", is_person=True)
COUNTS = ["members", "idle_members", "employed_months"]
AMOUNTS = ["members", "disposable_income", "idle_members", "medical_cost", "schooling_cost", "care_cost", "work_cost",
           "accident_cost", "employed_months"]
TRUTHS = ["on_subsistence", "disaster", "union_member", "migrant_worker", "costly_schooling", "second_home",
          "needless_car", "business_owner", "concealed_income", "refused_survey"]


def variable(name, kind, formula=None):
    content = {"value_type": kind, "entity": Household, "definition_period": YEAR, "label": name}
    return type(name, (Variable,), content | ({"formula": formula} if formula else {}))


def rigid_spending(household, period, parameters):
    schooling = numpy.minimum(household("schooling_cost", period), parameters(period).schooling_limit)
    return household("medical_cost", period) + schooling + household("care_cost", period) + household("work_cost", period)


def counted_income(household, period, parameters):
    return household("disposable_income", period) + household("idle_members", period) * parameters(period).minimum_wage * 12


def net_income(household, period, parameters):
    return (household("counted_income", period) - household("rigid_spending", period)) / household("members", period) / 12


def exclusions(household, period, parameters):
    return sum(household(name, period).astype(int) for name in TRUTHS[4:])


def in_scope(household, period, parameters):
    enough = household("employed_months", period) >= parameters(period).employed_months_min
    return household("union_member", period) & (~household("migrant_worker", period) | enough)


def sudden_need(household, period, parameters):
    much = household("accident_cost", period) > parameters(period).accident_share * household("counted_income", period)
    return household("disaster", period) | much


def difficulty_row(household, period, parameters):
    """The row of the table that decides, from 1."""
    line = parameters(period).subsistence_line
    limit = parameters(period).relative_multiple * line
    net = household("net_income", period)
    on_subsistence = household("on_subsistence", period) & (household("rigid_spending", period) > 0)
    return numpy.select(
        [~household("in_scope", period), household("exclusions", period) > 0, on_subsistence, net < line, net < limit,
         household("sudden_need", period)], [1, 2, 3, 4, 5, 6], 7)


class Rules(TaxBenefitSystem):
    def __init__(self):
        super().__init__([Household])
        values = {"subsistence_line": 712, "relative_multiple": 2, "accident_share": 0.8, "minimum_wage": 1950,
                  "schooling_limit": 12000, "employed_months_min": 12}
        self.parameters = ParameterNode("", data={k: {"values": {"2020-01-01": {"value": v}}} for k, v in values.items()})
        for name in AMOUNTS:
            self.add_variable(variable(name, int if name in COUNTS else float))
        for name in TRUTHS:
            self.add_variable(variable(name, bool))
        for formula, kind in ((rigid_spending, float), (counted_income, float), (net_income, float), (exclusions, int),
                              (in_scope, bool), (sudden_need, bool), (difficulty_row, int)):
            self.add_variable(variable(formula.__name__, kind, formula))


rows = numpy.fromfile(folder / "rows.bin", dtype=numpy.uint8)
columns = numpy.fromfile(folder / "households.bin", dtype=numpy.int64).reshape(len(rows), -1).T
rules = Rules()
inputs = {}
for name, column in zip(AMOUNTS + TRUTHS, columns):
    inputs[name] = column / 100 if name in AMOUNTS and name not in COUNTS else column
best, best_alone, result = float("inf"), float("inf"), None
for _ in range(5):
    start = time.process_time()
    simulation = SimulationBuilder().build_default_simulation(rules, count=len(rows))
    for name, column in inputs.items():
        simulation.set_input(name, "2024", column)
    begun = time.process_time()
    result = simulation.calculate("difficulty_row", "2024")
    best, best_alone = min(best, time.process_time() - start), min(best_alone, time.process_time() - begun)
differences = int((result != rows).sum())
print("OpenFisca", best / len(rows) * 1e9, len(rows), differences, sep="\t")
print("OpenFisca, inputs set", best_alone / len(rows) * 1e9, len(rows), differences, sep="\t")
