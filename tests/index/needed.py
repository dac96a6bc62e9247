"""What a method needs beyond its defaults, and tables it can take; a new member that needs nothing has no entry."""

from .strategies import tables

LOWEST, HIGHEST = -1000.0, 1200.0  # beyond every value of `tables`: goalposts, and the scale values of `none` lie on

AGGREGATE = {
    "power": {"p": -0.5},
    "owa": {"power": 2.0},
    "adjusted_mazziotta_pareto": {"scale": (0.0, 200.0)},
    "benefit_of_doubt": {"spread": 0.5},
}


def normalise_options(name, table, direction=None):
    """Options with which `normalise` takes any varied table."""
    down = [code for code in table.columns if (direction or {}).get(code, 1) == -1]
    goal = {code: LOWEST if code in down else HIGHEST for code in table.columns}
    return {
        "goalposts": {"bounds": dict.fromkeys(table.columns, (LOWEST, HIGHEST))},
        "scaled": {"bounds": dict.fromkeys(table.columns, (LOWEST, HIGHEST))},
        "distance_to_reference": {"reference": goal},
        "distance_to_target": {"target": goal},
        "categorical": {"classes": 3},
        "none": {"scale": (LOWEST, HIGHEST)},
    }.get(name, {})


def tables_for(record, **settings):
    """Values that a normalisation can take."""
    return tables(lower=0.5 if record.positive else LOWEST + 0.5, **settings)
