"""Colours of charts that know nothing of the theme: each can be told from the light and the dark ground.

Each stands at least 3 to 1 against both (WCAG 2.2, 1.4.11). Up and down differ in hue and are no
judgement: a higher price is neither good nor bad.
"""

UP = "#2a8799"
"""Teal: what raises a price."""
DOWN = "#c26a00"
"""Amber: what lowers it."""
TOTAL = "#7d959d"
"""Gray: where a sum begins and ends."""
HERE = "#d9534a"
"""Red: the block group that is asked about."""
LETTERS = "light-dark(#3d4f56, #b7c6cc)"
"""Of texts in a Plotly chart, whose own gray is too faint to be read easily."""
LAND = "rgba(125, 149, 157, 0.14)"
"""The ground of a map; its coast is drawn in ``TOTAL``."""
