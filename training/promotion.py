"""Whether a challenger becomes the champion: a pure decision with its reason."""

from dataclasses import dataclass

from storage.schema.features import TARGET_UNIT


@dataclass(frozen=True)
class Decision:
    """The verdict, and the sentence that a person reads about it."""

    promote: bool
    reason: str


def decide(challenger_rmse: float, champion_rmse: float | None) -> Decision:
    """Promote a challenger that is not worse than the champion.

    Parameters
    ----------
    challenger_rmse, champion_rmse
        RMSE of both on the same validation part, in 100,000 USD; None: no champion can be compared.

    Examples
    --------
    >>> decide(challenger_rmse=0.45, champion_rmse=0.46)
    Decision(promote=True, reason="validation RMSE 0.4500 is not above the champion's 0.4600 ...")
    """
    if champion_rmse is None:
        return Decision(True, "there is no champion that could be compared")
    promote = challenger_rmse <= champion_rmse
    comparison = "is not above" if promote else "is above"
    return Decision(
        promote,
        f"validation RMSE {challenger_rmse:.4f} {comparison} the champion's {champion_rmse:.4f} "
        f"({TARGET_UNIT})",
    )
