"""A file as a person has it: bicycles hired each day, with dates, words, gaps and whole numbers."""

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np

DAYS = 500
SEED = 11
TARGET = "hires"
FIRST_DAY = date(2024, 1, 1)
WEATHER = {"dry": 0.0, "cloudy": -25.0, "rain": -110.0, "snow": -190.0}
"""The words, and how many hires more each brings."""
STATIONS = {"Harbour": 60.0, "Market": 30.0, "University": 0.0}
GAP_SHARE = 0.06
COLUMNS = (
    "day",
    "station",
    "weather",
    "weekday",
    "temperature_c",
    "wind",
    "school_holiday",
    TARGET,
)


def write_rides(path: Path) -> Path:
    """Write the rows as CSV, the same ones each time; return the path."""
    random = np.random.default_rng(SEED)
    days = [FIRST_DAY + timedelta(days=number) for number in range(DAYS)]
    weather = random.choice(list(WEATHER), DAYS, p=(0.45, 0.3, 0.2, 0.05))
    station = random.choice(list(STATIONS), DAYS)
    year = 2 * np.pi * np.arange(DAYS) / 365
    temperature = (11 - 9 * np.cos(year) + random.normal(0, 3, DAYS)).round(1)
    wind = random.gamma(2, 2, DAYS).round(1)
    holiday = random.integers(0, 2, DAYS)
    lacks_wind = random.random(DAYS) < GAP_SHARE
    weekend = np.array([day.weekday() >= 5 for day in days])
    hires = (
        220
        + 11 * temperature
        - 9 * wind
        + 45 * weekend
        + 20 * holiday
        + [WEATHER[word] for word in weather]
        + [STATIONS[word] for word in station]
        + random.normal(0, 18, DAYS)
    )
    hires = np.maximum(hires, 0).round()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row, day in enumerate(days):
            writer.writerow(
                [
                    day.isoformat(),
                    station[row],
                    weather[row],
                    day.strftime("%A"),
                    temperature[row],
                    "" if lacks_wind[row] else wind[row],
                    holiday[row],
                    int(hires[row]),
                ]
            )
    return path
