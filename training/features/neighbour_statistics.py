"""What the neighbours of a district cost and who lives there, and how the district differs from them."""

import numpy as np

from training.dataset.table import FloatArray
from training.features.compiled import compiled
from training.features.insertion_sort import insertion_sort
from training.features.raw_inputs import AGE, INCOME, OCCUPANCY, POPULATION, ROOMS
from training.features.search_tree import IntegerArray

STATISTIC_NAMES = (
    "price_weighted_mean",
    "price_mean",
    "price_median",
    "price_deviation",
    "price_minimum",
    "price_maximum",
    "price_of_first",
    "price_of_second",
    "price_of_third",
    "price_from_income_ratio",
    "income_weighted_mean",
    "income_relative",
    "income_rank",
    "price_slope_on_income",
    "price_from_income_slope",
    "distance_to_first",
    "distance_mean",
    "distance_to_last",
    "rooms_weighted_mean",
    "occupancy_weighted_mean",
    "age_weighted_mean",
    "population_weighted_mean",
)
CONTRAST_NAMES = (
    "age_contrast",
    "rooms_contrast",
    "bedrooms_contrast",
    "population_contrast",
    "occupancy_contrast",
    "rooms_rank",
    "bedrooms_rank",
    "occupancy_rank",
    "income_log_deviation",
    "rooms_log_deviation",
)


@compiled
def neighbourhood_statistics(
    raw: FloatArray,
    prices: FloatArray,
    distances: FloatArray,
    rows: IntegerArray,
    softening: float,
    features: FloatArray,
) -> None:
    """Fill the features named in ``STATISTIC_NAMES`` as far as the neighbours alone make them.

    ``compare_with_neighbourhood`` completes them for one district.

    Parameters
    ----------
    raw, prices
        Shape (n_training, 8) and (n_training,): the training districts, prices in 100,000 USD.
    distances, rows
        Shape (n_neighbours,): ascending distances to the neighbours, and their training rows.
    softening
        Neighbours weigh 1 / (distance + softening).
    features
        Shape (22,), filled.
    """
    size = rows.shape[0]
    near_prices, incomes = np.empty(size), np.empty(size)
    for position in range(size):
        near_prices[position] = prices[rows[position]]
        incomes[position] = raw[rows[position], INCOME]
    _price_statistics(near_prices, features[1:9])
    features[13] = _price_slope(incomes, near_prices)
    features[15] = distances[0]
    features[16] = _mean(distances)
    features[17] = distances[-1]
    _weighted_means(raw, near_prices, distances, rows, softening, features)


@compiled
def compare_with_neighbourhood(
    raw: FloatArray, own: FloatArray, rows: IntegerArray, features: FloatArray
) -> None:
    """Complete the features named in ``STATISTIC_NAMES``, shape (22,), for a district ``own``, shape (8,)."""
    income = features[10]
    features[9] *= own[0]
    features[11] = own[0] / max(income, 1e-3)
    features[12] = _rank(raw[:, 0], rows, own[0])
    features[14] = features[0] + features[13] * (own[0] - income)


@compiled
def neighbourhood_logarithms(logs: FloatArray, rows: IntegerArray, features: FloatArray) -> None:
    """Fill the features named in ``CONTRAST_NAMES`` as far as the neighbours alone make them.

    ``contrast_with_neighbourhood`` completes them for one district.

    Parameters
    ----------
    logs
        Shape (n_training, 6), see ``raw_inputs.logarithms``.
    rows
        Shape (n_neighbours,).
    features
        Shape (10,), filled.
    """
    near = np.empty((logs.shape[1], rows.shape[0]))
    for position in range(rows.shape[0]):
        near[:, position] = logs[rows[position]]
    for column in range(1, 6):
        features[column - 1] = _mean(near[column])
    features[8] = _deviation(near[0])
    features[9] = _deviation(near[2])


@compiled
def contrast_with_neighbourhood(
    logs: FloatArray, own_logs: FloatArray, rows: IntegerArray, features: FloatArray
) -> None:
    """Complete the features named in ``CONTRAST_NAMES``, shape (10,), for a district's logarithms (6,)."""
    for column in range(1, 6):
        features[column - 1] = own_logs[column] - features[column - 1]
    features[5] = _rank(logs[:, 2], rows, own_logs[2])
    features[6] = _rank(logs[:, 3], rows, own_logs[3])
    features[7] = _rank(logs[:, 5], rows, own_logs[5])


@compiled
def gaussian_mean(
    distances: FloatArray, prices: FloatArray, rows: IntegerArray, bandwidth: float
) -> float:
    """Return the neighbours' mean price under weights exp(-(distance / bandwidth)^2).

    The weights are relative to the nearest neighbour's, so that they cannot all vanish: infinitely far
    away the answer is the nearest neighbour's price.
    """
    total = 0.0
    weight_sum = 0.0
    nearest = distances[0] / bandwidth
    for position in range(rows.shape[0]):
        scaled = distances[position] / bandwidth
        weight = np.exp(nearest * nearest - scaled * scaled)
        total += weight * prices[rows[position]]
        weight_sum += weight
    return total / weight_sum


@compiled
def _weighted_means(
    raw: FloatArray,
    near_prices: FloatArray,
    distances: FloatArray,
    rows: IntegerArray,
    softening: float,
    features: FloatArray,
) -> None:
    """Fill the weighted means, all in one pass: each sum waits for itself, so several cost what one does."""
    weight_sum, price, price_per_income = 0.0, 0.0, 0.0
    income, rooms, occupancy, age, population = 0.0, 0.0, 0.0, 0.0, 0.0
    for position in range(rows.shape[0]):
        near, weight = raw[rows[position]], 1.0 / (distances[position] + softening)
        weighted_price = weight * near_prices[position]
        weight_sum += weight
        price += weighted_price
        price_per_income += weighted_price / max(near[INCOME], 1e-3)
        income += weight * near[INCOME]
        rooms += weight * near[ROOMS]
        occupancy += weight * near[OCCUPANCY]
        age += weight * near[AGE]
        population += weight * near[POPULATION]
    features[0] = price / weight_sum
    features[9] = price_per_income / weight_sum
    features[10] = income / weight_sum
    features[18] = rooms / weight_sum
    features[19] = occupancy / weight_sum
    features[20] = age / weight_sum
    features[21] = population / weight_sum


@compiled
def _rank(values: FloatArray, rows: IntegerArray, own: float) -> float:
    """Return the share of neighbours below the district's own value."""
    below = 0
    for position in range(rows.shape[0]):
        if values[rows[position]] < own:
            below += 1
    return float(below / rows.shape[0])


@compiled
def _mean(values: FloatArray) -> float:
    total = 0.0
    for value in values:
        total += value
    return float(total / values.shape[0])


@compiled
def _deviation(values: FloatArray) -> float:
    """Return the standard deviation of the values themselves, not of what they are a sample of."""
    mean, total = _mean(values), 0.0
    for value in values:
        total += (value - mean) * (value - mean)
    return float(np.sqrt(total / values.shape[0]))


@compiled
def _price_statistics(prices: FloatArray, features: FloatArray) -> None:
    """Fill mean, median, deviation, minimum, maximum and the first three prices."""
    ascending = prices.copy()
    insertion_sort(ascending)
    last = prices.shape[0] - 1
    features[0] = _mean(prices)
    features[1] = (ascending[last // 2] + ascending[(last + 1) // 2]) / 2.0
    features[2] = _deviation(prices)
    features[3] = ascending[0]
    features[4] = ascending[last]
    for position in range(3):
        features[5 + position] = prices[min(position, last)]


@compiled
def _price_slope(incomes: FloatArray, prices: FloatArray) -> float:
    """Return the ridge slope of price on income among neighbours (ridge weight one)."""
    income_mean, price_mean = _mean(incomes), _mean(prices)
    covariation, variation = 0.0, 1.0
    for position in range(incomes.shape[0]):
        income_step = incomes[position] - income_mean
        covariation += income_step * (prices[position] - price_mean)
        variation += income_step * income_step
    return float(covariation / variation)
