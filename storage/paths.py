"""Every path of the running system, named once. One folder moves, mounts or resets all of it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class RuntimePaths:
    """The files and folders below one runtime folder. Nothing is created by naming it."""

    root: Path

    @property
    def data(self) -> Path:
        """Files of the champion for programs that look for them here."""
        return self.root / "data"

    @property
    def scaler(self) -> Path:
        """The champion's fitted preprocessing; follows the champion pointer."""
        return self.data / "scaler.pkl"

    @property
    def training_inputs(self) -> Path:
        """The champion's training inputs as CSV; follows the champion pointer."""
        return self.data / "X_train.csv"

    @property
    def models(self) -> Path:
        """Model versions, and which of them serves."""
        return self.root / "models"

    @property
    def best_model(self) -> Path:
        """The champion's pipeline; follows the champion pointer."""
        return self.models / "best_model.pkl"

    @property
    def best_model_metrics(self) -> Path:
        """The champion's metrics as JSON; follows the champion pointer."""
        return self.models / "best_model_metrics.json"

    @property
    def champion_pointer(self) -> Path:
        """The only truth of which version serves."""
        return self.models / "champion.json"

    @property
    def champion_lock(self) -> Path:
        """Held while the champion pointer is read, judged and replaced."""
        return self.models / "champion.lock"

    @property
    def promotion_watch(self) -> Path:
        """How far the watch over the newest promotion is."""
        return self.models / "watch.json"

    @property
    def shadow_position(self) -> Path:
        """Up to which logged prediction a challenger was asked silently."""
        return self.models / "shadow.json"

    @property
    def loading_lock(self) -> Path:
        """Held by the one worker process that loads a version beside its answers."""
        return self.models / "loading.lock"

    @property
    def versions(self) -> Path:
        """One folder for each published version."""
        return self.models / "versions"

    @property
    def open_registrations(self) -> Path:
        """What MLflow's registry is still to be told, a file for each version."""
        return self.models / "unregistered"

    @property
    def database_folder(self) -> Path:
        """The log database, if it is SQLite."""
        return self.root / "database"

    @property
    def database(self) -> Path:
        """Predictions, labels, requests, log lines, events and the monitoring configuration."""
        return self.database_folder / "mlops_logs.db"

    @property
    def spool(self) -> Path:
        """Records that were accepted and are not yet in the database."""
        return self.root / "spool"

    @property
    def rejected_records(self) -> Path:
        """Spool records that could not be read or stored, set aside for a person."""
        return self.spool / "rejected"

    @property
    def log_writer_status(self) -> Path:
        """What the log-writer last said of itself."""
        return self.spool / "log_writer.json"

    @property
    def log_writer_lock(self) -> Path:
        """Held by the one log-writer."""
        return self.spool / "log_writer.lock"

    @property
    def mlflow_store(self) -> Path:
        """MLflow's runs and registry."""
        return self.root / "mlruns" / "mlflow.db"

    @property
    def mlflow_artifacts(self) -> Path:
        """MLflow's artifacts."""
        return self.root / "mlartifacts"

    @property
    def reports(self) -> Path:
        """What the monitor found."""
        return self.root / "reports"

    @property
    def monitoring_summary(self) -> Path:
        """What the monitor saw so far, replaced at each of its rounds."""
        return self.reports / "monitoring_summary.json"

    @property
    def monitoring_picture(self) -> Path:
        """The monitor's figures; follows the summary."""
        return self.reports / "api_monitoring_report.png"

    @property
    def probes(self) -> Path:
        """The monitor's looks at the service, a line of JSON each."""
        return self.reports / "probes.jsonl"

    @property
    def checks(self) -> Path:
        """The checks that the monitor asked for, a line of JSON each."""
        return self.reports / "checks.jsonl"

    @property
    def triggers(self) -> Path:
        """The retraining queue, a file for each request."""
        return self.root / "triggers"

    @property
    def worker_lock(self) -> Path:
        """Held by the one retraining worker."""
        return self.triggers / "worker.lock"

    @property
    def audit_log(self) -> Path:
        """Who changed what: one entry a line, only ever appended to."""
        return self.root / "audit" / "audit.jsonl"

    @property
    def audit_head(self) -> Path:
        """Sequence and hash of the newest entry, so that entries removed at the end are missed."""
        return self.root / "audit" / "head.json"

    @property
    def audit_lock(self) -> Path:
        """Held while an entry is appended."""
        return self.root / "audit" / "audit.lock"

    @property
    def prometheus(self) -> Path:
        """Metric files of the API's worker processes, wiped when the service starts."""
        return self.root / "prometheus"

    @property
    def keys(self) -> Path:
        """Keys created by ``make up``, readable by the owner only."""
        return self.root / "keys.env"
