"""Actual values: in any order, late, twice; decided by the one writer, on both databases."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from storage.database.connection import Database
from storage.database.filters import PredictionFilter
from storage.database.record_log import PageRequest, RecordLog
from storage.errors import CommandUnanswered, DatabaseUnavailable
from storage.log_writer.writer import LogWriter
from storage.predictions.feedback import Attached, Correction, Feedback
from storage.predictions.labels import count_labels_since
from storage.predictions.references import MOST_PREDICTIONS
from storage.schema.records import PredictionRecord, new_id, utc_now
from storage.settings import Settings
from storage.spool.spool import Spool
from tests.storage import records

TIMEOUT_SECONDS = 20.0


@pytest.fixture
def write(settings: Settings, writable: Database) -> Callable[[], None]:
    """Move everything from the spool into the database."""
    writer = LogWriter(settings.paths, writable, settings.log_writer.batch_bytes)

    def drain() -> None:
        writer.drain(utc_now())

    return drain


@pytest.fixture
def log_writer(write: Callable[[], None]) -> Iterator[None]:
    """A log-writer that keeps moving records while the test runs."""
    stopped = threading.Event()

    def run() -> None:
        while not stopped.wait(0.02):
            write()

    thread = threading.Thread(target=run)
    thread.start()
    yield
    stopped.set()
    thread.join()


@pytest.fixture
def feedback(spool: Spool, readable: Database, settings: Settings) -> Feedback:
    return Feedback(spool, readable, settings.paths, TIMEOUT_SECONDS)


@pytest.fixture
def record_log(settings: Settings, readable: Database) -> RecordLog:
    return RecordLog(readable, settings.paths)


@pytest.fixture
def predicted(spool: Spool) -> list[PredictionRecord]:
    """Three predictions, in the spool and not yet in the database."""
    made = [records.prediction(value=float(value)) for value in range(3)]
    spool.append(made)
    return made


def ids(predicted: list[PredictionRecord]) -> list[str]:
    return [record.prediction_id for record in predicted]


@pytest.mark.usefixtures("log_writer")
def test_values_are_attached_in_any_order_and_read_back(
    feedback: Feedback, predicted: list[PredictionRecord], record_log: RecordLog
) -> None:
    one, two, three = ids(predicted)
    assert feedback.attach([(three, 1 / 3), (one, 0.0)]) == Attached(2, (), (), ())
    assert record_log.prediction(three)["actual"] == 1 / 3
    assert record_log.prediction(one)["actual"] == 0.0
    assert record_log.prediction(two)["actual"] is None
    assert record_log.prediction(two)["labelled_at"] is None
    assert record_log.prediction(one)["labelled_at"] >= predicted[0].timestamp


@pytest.mark.usefixtures("log_writer")
def test_the_first_value_stays_and_others_are_reported(
    feedback: Feedback, predicted: list[PredictionRecord], record_log: RecordLog
) -> None:
    one, two, _ = ids(predicted)
    assert feedback.attach([(one, 2.0)]).accepted == 1
    again = feedback.attach([(one, 2.0), (two, 1.0), (one, 3.0), (two, 1.0)])
    assert again == Attached(1, (), (one, one, two), (one,))
    assert record_log.prediction(one)["actual"] == 2.0
    assert record_log.statistics()["labelled"] == 2


@pytest.mark.usefixtures("log_writer")
def test_a_correction_counts_from_now_on_and_keeps_the_history(
    feedback: Feedback, predicted: list[PredictionRecord], record_log: RecordLog, readable: Database
) -> None:
    one, two, three = ids(predicted)
    feedback.attach([(one, 42.0), (three, 1.0)])
    arrived = record_log.prediction(one)["labelled_at"]
    by_ada = Correction("operator", "Ada", "4_2 was read as 42")
    done = feedback.attach([(one, 4.2), (two, 2.0), (three, 1.0), (two, 3.0), ("x", 1.0)], by_ada)
    assert done == Attached(1, ("x",), (three,), (), ((one, 42.0, 4.2), (two, 2.0, 3.0)))
    feedback.attach([(one, 4.3)], Correction("admin", "Grace", "the deed says so"))
    assert feedback.attach([(one, 4.2)]).conflicting == (one,)
    assert [record_log.prediction(each)["actual"] for each in (one, two, three)] == [4.3, 3.0, 1.0]
    first, second = record_log.corrections(one)
    assert (first["earlier"], first["earlier_at"], first["actual"]) == (42.0, arrived, 4.2)
    assert (first["actor"], first["person"], first["reason"]) == tuple(vars(by_ada).values())
    assert (second["earlier"], second["earlier_at"]) == (4.2, first["timestamp"])
    assert record_log.prediction(one)["labelled_at"] == second["timestamp"]
    assert record_log.corrections(three) == []
    assert count_labels_since(readable, second["timestamp"]) == 1


@pytest.mark.usefixtures("log_writer")
def test_one_request_may_correct_a_value_twice(
    feedback: Feedback, predicted: list[PredictionRecord], record_log: RecordLog
) -> None:
    one, *_ = ids(predicted)
    feedback.attach([(one, 1.0)])
    done = feedback.attach([(one, 2.0), (one, 3.0)], Correction("operator", "Ada", "two typos"))
    assert done.corrected == ((one, 1.0, 2.0), (one, 2.0, 3.0))
    first, second = record_log.corrections(one)
    assert (first["actual"], second["earlier"]) == (2.0, 2.0)
    assert second["earlier_at"] == first["timestamp"]
    assert record_log.prediction(one)["actual"] == 3.0


@pytest.mark.usefixtures("log_writer")
@pytest.mark.parametrize(
    "made_up", ["0123456789abcdef" * 2, "no such id", "", "x" * 64, "½\x00'; DROP"]
)
def test_unknown_ids_are_told_and_the_others_kept(
    feedback: Feedback, predicted: list[PredictionRecord], made_up: str
) -> None:
    one, *_ = ids(predicted)
    assert feedback.attach([(made_up, 1.0), (one, 1.0)]) == Attached(1, (made_up,), (), ())


@pytest.mark.usefixtures("log_writer")
def test_a_value_right_behind_its_answer_is_not_unknown(
    settings: Settings, readable: Database, spool: Spool, feedback: Feedback
) -> None:
    """The prediction lies in another process's spool file than the values."""
    other = Spool(settings.paths.spool, settings.spool.segment_bytes)
    for number in range(5):
        made = records.prediction(value=float(number))
        other.append([records.log() for _ in range(200)])
        other.append([made])
        assert feedback.attach([(made.prediction_id, 1.0)]).accepted == 1
    other.close()


def test_while_the_writer_is_behind_nothing_is_called_unknown(
    settings: Settings,
    spool: Spool,
    readable: Database,
    write: Callable[[], None],
    record_log: RecordLog,
) -> None:
    made = records.prediction()
    spool.append([made])
    impatient = Feedback(spool, readable, settings.paths, 0.2)
    with pytest.raises(CommandUnanswered, match="nothing was attached"):
        impatient.attach([(made.prediction_id, 1.0)])
    write()
    with pytest.raises(CommandUnanswered, match="nothing was changed"):
        impatient.attach([(made.prediction_id, 1.0)])
    time.sleep(0.2)
    write()
    assert record_log.prediction(made.prediction_id)["actual"] is None


def test_without_a_database_it_is_said(settings: Settings, spool: Spool) -> None:
    missing = Feedback(spool, Database(settings.database_address), settings.paths, 0.2)
    with pytest.raises(DatabaseUnavailable):
        missing.attach([(new_id(), 1.0)])


@pytest.mark.usefixtures("log_writer")
def test_of_two_requests_at_once_exactly_one_is_accepted(
    settings: Settings, readable: Database, spool: Spool, predicted: list[PredictionRecord]
) -> None:
    one, *_ = ids(predicted)
    answers: list[Attached] = []

    def attach(actual: float) -> None:
        answers.append(
            Feedback(spool, readable, settings.paths, TIMEOUT_SECONDS).attach([(one, actual)])
        )

    threads = [threading.Thread(target=attach, args=(float(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.accepted for answer in answers) == [0, 0, 0, 1]
    assert sum(len(answer.conflicting) for answer in answers) == 3


@pytest.mark.usefixtures("log_writer")
def test_predictions_filter_by_whether_the_value_is_known(
    feedback: Feedback, predicted: list[PredictionRecord], record_log: RecordLog
) -> None:
    one, two, three = ids(predicted)
    feedback.attach([(two, 1.0)])
    listed = {
        labelled: [
            row["prediction_id"]
            for row in record_log.predictions(
                PageRequest(), PredictionFilter(labelled=labelled)
            ).rows
        ]
        for labelled in (True, False, None)
    }
    assert listed == {True: [two], False: [three, one], None: [three, two, one]}


@pytest.mark.usefixtures("log_writer")
def test_ten_thousand_values_at_once(
    feedback: Feedback, spool: Spool, record_log: RecordLog
) -> None:
    made = [records.prediction() for _ in range(10_000)]
    spool.append(made)
    attached = feedback.attach([(record.prediction_id, 1.0) for record in reversed(made)])
    assert attached == Attached(10_000, (), (), ())
    assert record_log.statistics()["labelled"] == 10_000


def referring(reference: str, house_age: float = 41.0) -> PredictionRecord:
    made = records.prediction()
    inputs = made.inputs.model_copy(update={"HouseAge": house_age})
    return made.model_copy(update={"reference": reference, "inputs": inputs})


@pytest.mark.usefixtures("log_writer")
def test_a_reference_means_every_prediction_of_the_same_question(
    feedback: Feedback, spool: Spool, record_log: RecordLog
) -> None:
    same, other = [referring("a"), referring("a")], referring("b")
    spool.append([*same, other])
    attached = feedback.attach([(other.prediction_id, 1.0)], None, [("a", 2.0), ("b", 1.5)])
    assert attached == Attached(3, (), (other.prediction_id,), (other.prediction_id,))
    for made in same:
        assert record_log.prediction(made.prediction_id)["actual"] == 2.0
    again = feedback.attach([], Correction("operator", "Ada", "a typo"), [("a", 3.0)])
    assert {(one, now) for one, _, now in again.corrected} == {
        (made.prediction_id, 3.0) for made in same
    }


@pytest.mark.usefixtures("log_writer")
def test_a_reference_of_different_questions_labels_none_and_tells_their_ids(
    feedback: Feedback, spool: Spool, record_log: RecordLog
) -> None:
    older, newer = referring("a"), referring("a", 12.0)
    spool.append([older, newer])
    attached = feedback.attach([], None, [("a", 2.0), ("nobody", 1.0), ("a", 2.0), ("x\0", 1.0)])
    assert attached.accepted == 0
    assert attached.unknown == ("nobody", "x\0")
    assert attached.ambiguous == (("a", (newer.prediction_id, older.prediction_id)),)
    assert record_log.statistics()["labelled"] == 0


@pytest.mark.usefixtures("log_writer")
def test_a_reference_of_too_many_predictions_is_ambiguous_and_hides_no_other(
    feedback: Feedback, spool: Spool
) -> None:
    often = [referring("often") for _ in range(MOST_PREDICTIONS + 1)]
    alone = [referring(f"alone {number}") for number in range(700)]
    spool.append([*often, *alone])
    referred = [(made.reference or "", 1.0) for made in (often[0], *alone)]
    attached = feedback.attach([], None, referred)
    assert (attached.accepted, attached.unknown) == (700, ())
    newest = tuple(made.prediction_id for made in often[:-11:-1])
    assert attached.ambiguous == (("often", newest),)


@pytest.mark.usefixtures("log_writer")
def test_of_a_reference_no_prediction_that_was_answered_is_overlooked(
    settings: Settings, readable: Database, spool: Spool, feedback: Feedback
) -> None:
    """One is stored already, another lies in another process's spool file when the value comes."""
    other = Spool(settings.paths.spool, settings.spool.segment_bytes)
    for number in range(5):
        first = referring(str(number))
        spool.append([first])
        assert feedback.attach([(first.prediction_id, 1.0)]).accepted == 1
        other.append([records.log() for _ in range(200)])
        other.append([referring(str(number))])
        assert feedback.attach([], None, [(str(number), 1.0)]).accepted == 1
    other.close()
