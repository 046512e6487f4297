"""The reference of the model's inputs, made from the schema that the service answers."""

from tests.documentation.markdown import page, table
from tests.documentation.schema_words import Json

INTRODUCTION = """
What the reference model predicts from: 20,640 census block groups of California in the 1990 US census (Pace
and Barry, *Sparse Spatial Autoregressions*, 1997; public domain). The table is in `training/dataset/`, with
checksum, units and provenance, and is verified each time it is loaded. The answer is the median house value
in units of 100,000 USD. The census capped it at 500,001 USD, so a price there means "this or more".

All eight inputs are needed, as JSON numbers. A value outside *accepted* is refused with a 400; one outside
what training saw is answered with a warning.
"""


def inputs(document: Json) -> str:
    """Return the page."""
    fields = document["components"]["schemas"]["HousingFeatures"]["properties"]
    head = ["input", "unit", "meaning", "accepted", "typical", "example"]
    rows = [_row(name, field) for name, field in fields.items()]
    return page("Inputs", INTRODUCTION, table(head, rows))


def _row(name: str, field: Json) -> list[str]:
    meaning = field["description"].removesuffix(f" Unit: {field['unit']}.")
    return [
        f"`{name}`",
        field["unit"],
        meaning,
        f"{field['minimum']:g} to {field['maximum']:g}",
        f"{field['typical_minimum']:g} to {field['typical_maximum']:g}",
        f"{field['examples'][0]:g}",
    ]
