"""Colours of charts that do not follow the theme: each is visible on the light and the dark background.

Each has a contrast of at least 3 to 1 against both (WCAG 2.2, 1.4.11). Up and down differ in hue and
judge nothing: a higher value is neither good nor bad.
"""

UP = "#2a8799"
"""Teal: what raises a prediction."""
DOWN = "#c26a00"
"""Amber: what lowers it."""
TOTAL = "#7d959d"
"""Gray: where a sum starts and ends."""
HERE = "#d9534a"
"""Red: the current row."""
SLOWEST = "#8a5fc0"
"""Violet: the slowest percentile, and notes."""
LETTERS = "light-dark(#3d4f56, #b7c6cc)"
"""Text in a Plotly chart, whose own gray is too faint to read easily."""
LAND = "rgba(125, 149, 157, 0.14)"
"""The land on a map; its coast is drawn in ``TOTAL``."""
