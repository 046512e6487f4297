"""What the neighbours of a district cost and who lives there, and how the district differs from them."""

import numpy as np

from storage.schema.arrays import FloatArray, IntegerArray
from training.features.columns import AGE, INCOME, OCCUPANCY, POPULATION, ROOMS
from training.kernels.compiled import compiled
from training.kernels.exponential import negative_exponentials
from training.kernels.insertion_sort import insertion_sort

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
def price_statistics(
    raw: FloatArray, prices: FloatArray, rows: IntegerArray, features: FloatArray
) -> None:
    """Fill the features named in ``STATISTIC_NAMES`` that depend neither on distances nor on an order.

    Parameters
    ----------
    raw, prices
        Shape (n_training, 8) and (n_training,): the training districts, prices in 100,000 USD.
    rows
        Shape (n_neighbours,): which of them are the neighbours.
    features
        Shape (22,).
    """
    size = rows.shape[0]
    near_prices, incomes = np.empty(size), np.empty(size)
    for position in range(size):
        near_prices[position] = prices[rows[position]]
        incomes[position] = raw[rows[position], INCOME]
    features[13] = _price_slope(incomes, near_prices)
    _fill_distribution(near_prices, features[1:6])


@compiled
def copy_price_statistics(known: FloatArray, features: FloatArray) -> None:
    """Take over what ``price_statistics`` filled for the same neighbours: both of shape (22,)."""
    features[1:6] = known[1:6]
    features[13] = known[13]


@compiled
def distance_statistics(
    raw: FloatArray,
    prices: FloatArray,
    distances: FloatArray,
    rows: IntegerArray,
    softening: float,
    features: FloatArray,
) -> None:
    """Fill the features named in ``STATISTIC_NAMES`` that depend on how far the neighbours are.

    ``price_statistics`` fills the others, and ``compare_with_neighbourhood`` then completes them for one
    district.

    Parameters
    ----------
    raw, prices
        As in ``price_statistics``.
    distances, rows
        Shape (n_neighbours,): ascending distances to the neighbours, and their training rows.
    softening
        Neighbours weigh 1 / (distance + softening).
    features
        Shape (22,).
    """
    last = rows.shape[0] - 1
    for position in range(3):
        features[6 + position] = prices[rows[min(position, last)]]
    features[15] = distances[0]
    features[16] = _mean(distances)
    features[17] = distances[last]
    _weighted_means(raw, prices, distances, rows, softening, features)


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
    weights = (distances / bandwidth) ** 2
    weights -= weights[0]
    negative_exponentials(weights)
    total, weight_sum = 0.0, 0.0
    for position in range(rows.shape[0]):
        total += weights[position] * prices[rows[position]]
        weight_sum += weights[position]
    return total / weight_sum


@compiled
def _weighted_means(
    raw: FloatArray,
    prices: FloatArray,
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
        weighted_price = weight * prices[rows[position]]
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
def _fill_distribution(values: FloatArray, features: FloatArray) -> None:
    """Fill mean, median, deviation, minimum and maximum, shape (5,); puts the values into order."""
    insertion_sort(values)
    last = values.shape[0] - 1
    features[0] = _mean(values)
    features[1] = (values[last // 2] + values[(last + 1) // 2]) / 2.0
    features[2] = _deviation(values)
    features[3] = values[0]
    features[4] = values[last]


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
