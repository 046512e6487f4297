"""The client for programs with an event loop (asyncio or trio)."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

import anyio
import httpx

from . import calls
from .answers import Feedback, Health, LoggedPrediction, Model, Prediction, Row
from .calls import Answer, Call
from .connection import opened
from .retries import Retries


class AsyncClient:
    """The prediction service at an address, for one event loop; close it, or use ``async with``.

    Parameters
    ----------
    url
        Address of the service, such as ``http://127.0.0.1:5000``.
    key
        API key, sent as bearer token; None where the service asks for none.
    timeout_seconds
        Longest wait for one answer.
    retries
        How often a call is made again when that may help.

    Examples
    --------
    A row has the names of your table's inputs, see ``(await client.model()).inputs``::

        async with AsyncClient("http://127.0.0.1:5000") as client:
            prediction = await client.predict(row, reference="order-17")
            await client.send_actual_values({prediction.prediction_id: 2.5})
    """

    def __init__(
        self,
        url: str,
        key: str | None = None,
        timeout_seconds: float = 10.0,
        retries: Retries = Retries(),  # noqa: B008  (it cannot be changed)
    ) -> None:
        self._retries = retries
        self._http = httpx.AsyncClient(**opened(url, key, timeout_seconds))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def predict(
        self,
        row: Row,
        *,
        reference: str | None = None,
        metadata: Mapping[str, str] | None = None,
        explain: bool = False,
        idempotency_key: str | None = None,
    ) -> Prediction:
        """Predict one row.

        Parameters
        ----------
        reference
            Your own id of it, to look it up by and to send its actual value for.
        metadata
            Up to 10 short texts by name, logged with it.
        explain
            Whether to ask for the contribution of each input, which takes longer.
        idempotency_key
            Of your own, if another process may send the same request: within 24 hours it is carried out once.

        Raises
        ------
        ClientError
            See ``errors``; after the last repetition.
        """
        return await self._make(
            calls.predict(row, reference, metadata, idempotency_key, explain=explain)
        )

    async def predict_batch(
        self,
        rows: Sequence[Row],
        *,
        references: Sequence[str | None] | None = None,
        idempotency_key: str | None = None,
    ) -> list[Prediction]:
        """Predict 1 to 10,000 rows, all or none; the answers are in their order."""
        return await self._make(calls.predict_batch(rows, references, idempotency_key))

    async def send_actual_values(
        self, values: Mapping[str, float], *, idempotency_key: str | None = None
    ) -> Feedback:
        """Send actual values by prediction id, up to 10,000."""
        return await self._make(calls.feedback(values, "prediction_id", idempotency_key))

    async def send_actual_values_by_reference(
        self, values: Mapping[str, float], *, idempotency_key: str | None = None
    ) -> Feedback:
        """Send actual values by your own references, up to 10,000."""
        return await self._make(calls.feedback(values, "reference", idempotency_key))

    async def prediction(self, prediction_id: str) -> LoggedPrediction:
        """Look a logged prediction up, a moment after it was answered."""
        return await self._make(calls.prediction(prediction_id))

    async def health(self) -> Health:
        """Ask whether the service can predict."""
        return await self._make(calls.health())

    async def model(self) -> Model:
        """Ask which model serves, and for the names of its inputs."""
        return await self._make(calls.model())

    async def _make(self, call: Call[Answer]) -> Answer:
        request, made = call.request(self._http), 0
        while True:
            try:
                response = await self._http.send(request)
            except httpx.HTTPError as error:
                pause = self._retries.pause(made, None, 0.0)
                if pause is None:
                    raise calls.without_answer(error, request.url) from error
            else:
                pause = call.pause(self._retries, made, response)
                if pause is None:
                    return call.answer(response)
            await anyio.sleep(pause)
            made += 1
