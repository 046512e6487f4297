"""The details of one prediction: kept, so that opening a tab again does not repeat the call."""

from dataclasses import dataclass

import streamlit as st

from backend.contract.predictions import PredictionResponse
from backend.contract.what_if import NearestResponse, SensitivityResponse
from dashboard.predict.nearest import NUMBER
from dashboard.shared.service import housing_client

DETAILS = "predict_details"
"""Session state: the details of the last prediction."""


@dataclass
class AnswerDetails:
    """What the service said about one prediction; None: not requested yet."""

    answer: PredictionResponse
    wants_explanation: bool = False
    _explained: PredictionResponse | None = None
    _sensitivity: SensitivityResponse | None = None
    _nearest: NearestResponse | None = None

    def want_explanation(self) -> None:
        """Request the contributions: a failed call is repeated at the next drawing."""
        self.wants_explanation = True

    def explained(self) -> PredictionResponse:
        """Return the prediction with its contributions; calls the service the first time.

        The service logs it as a prediction of its own.

        Raises
        ------
        ClientError
            If the call fails; so do the others.
        """
        if self._explained is None:
            self._explained = housing_client().predict(self.answer.input, explain=True)
        return self._explained

    def sensitivity(self) -> SensitivityResponse:
        """Return the prediction along each input."""
        if self._sensitivity is None:
            self._sensitivity = housing_client().sensitivity(self.answer.input)
        return self._sensitivity

    def nearest(self) -> NearestResponse:
        """Return the nearest training rows."""
        if self._nearest is None:
            self._nearest = housing_client().nearest_districts(self.answer.input, NUMBER)
        return self._nearest


def details_of(answer: PredictionResponse) -> AnswerDetails:
    """Return the details of a prediction; a new prediction starts without any."""
    details: AnswerDetails | None = st.session_state.get(DETAILS)
    if details is None or details.answer.prediction_id != answer.prediction_id:
        details = st.session_state[DETAILS] = AnswerDetails(answer)
    return details
