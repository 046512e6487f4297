"""Every path of the running system, defined once, below one folder that can be moved, mounted or reset."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class RuntimePaths:
    """The files and folders below one runtime folder. None is created here."""

    root: Path

    @property
    def table(self) -> Path:
        """Of which table the records are."""
        return self.root / "table.json"

    @property
    def data(self) -> Path:
        """Files of the champion, for programs that expect them here."""
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
        """Model versions and the champion pointer."""
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
        """The champion pointer: decides which version serves."""
        return self.models / "champion.json"

    @property
    def champion_history(self) -> Path:
        """The moves of the champion pointer, from which the way back follows."""
        return self.models / "champion_history.json"

    @property
    def champion_lock(self) -> Path:
        """Held while the champion pointer is read, checked and replaced."""
        return self.models / "champion.lock"

    @property
    def promotion_watch(self) -> Path:
        """Progress of the watch over the newest promotion."""
        return self.models / "watch.json"

    @property
    def shadow_position(self) -> Path:
        """Position of the shadow in the logged predictions."""
        return self.models / "shadow.json"

    @property
    def loading_lock(self) -> Path:
        """Held by the one process of the service that loads a version while answering."""
        return self.models / "loading.lock"

    @property
    def versions(self) -> Path:
        """One folder for each published version."""
        return self.models / "versions"

    @property
    def tables(self) -> Path:
        """The tables that versions learned from, named by the checksum of their rows; shared by versions."""
        return self.models / "tables"

    @property
    def removed_versions(self) -> Path:
        """Versions that were removed because newer ones are enough."""
        return self.models / "removed_versions.json"

    @property
    def pinned_versions(self) -> Path:
        """Versions that a person has pinned, so that they are not removed."""
        return self.models / "pinned_versions.json"

    @property
    def version_remarks(self) -> Path:
        """Notes and tags that people gave to versions."""
        return self.models / "version_remarks.json"

    @property
    def version_remarks_lock(self) -> Path:
        """Held while notes and tags of versions are changed."""
        return self.models / "version_remarks.lock"

    @property
    def open_registrations(self) -> Path:
        """Versions still to be registered in MLflow, a file for each."""
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
    def reingest_lock(self) -> Path:
        """Held while rejected records are brought back."""
        return self.spool / "reingest.lock"

    @property
    def log_writer_status(self) -> Path:
        """Latest status of the log-writer."""
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
        """Reports of the monitor."""
        return self.root / "reports"

    @property
    def monitoring_summary(self) -> Path:
        """The monitor's summary, replaced in each round."""
        return self.reports / "monitoring_summary.json"

    @property
    def monitoring_picture(self) -> Path:
        """The monitor's figures; follows the summary."""
        return self.reports / "api_monitoring_report.png"

    @property
    def scored_files(self) -> Path:
        """Files that were scored on the console, a folder each: who and when, the result and the problems."""
        return self.root / "scored_files"

    @property
    def traffic(self) -> Path:
        """Sums of each hour's predictions, a file for each version: what drift checks call usual."""
        return self.root / "traffic"

    @property
    def probes(self) -> Path:
        """The monitor's probes of the service, a line of JSON each."""
        return self.reports / "probes.jsonl"

    @property
    def checks(self) -> Path:
        """The checks that the monitor requested, a line of JSON each."""
        return self.reports / "checks.jsonl"

    @property
    def triggers(self) -> Path:
        """The retraining queue, a file for each request."""
        return self.root / "triggers"

    @property
    def queue_lock(self) -> Path:
        """Held while the queue is changed, or copied by a backup."""
        return self.triggers / "queue.lock"

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
        """Sequence and hash of the newest entry, so that removed entries are detected."""
        return self.root / "audit" / "head.json"

    @property
    def audit_lock(self) -> Path:
        """Held while an entry is appended."""
        return self.root / "audit" / "audit.lock"

    @property
    def alerts(self) -> Path:
        """Alerts that fire or have ended, what people did about them, and messages that still wait."""
        return self.root / "alerts" / "alerts.json"

    @property
    def alerts_lock(self) -> Path:
        """Held while the alerts are changed."""
        return self.root / "alerts" / "alerts.lock"

    @property
    def launcher_lock(self) -> Path:
        """Held by the one ``make up``."""
        return self.root / "processes" / "launcher.lock"

    @property
    def api_lock(self) -> Path:
        """Held by the one API, and by its worker processes until they have ended."""
        return self.root / "processes" / "mlops-api.lock"

    @property
    def monitor_lock(self) -> Path:
        """Held by the one monitor."""
        return self.root / "processes" / "monitor.lock"

    @property
    def backup_lock(self) -> Path:
        """Held by the one backup that is being made."""
        return self.root / "processes" / "backup.lock"

    @property
    def process_states(self) -> Path:
        """How the processes of ``make up`` are, written by it; missing or old without it."""
        return self.root / "processes" / "states.json"

    @property
    def prometheus(self) -> Path:
        """Metric files of the API's worker processes, cleared when the service starts."""
        return self.root / "prometheus"

    @property
    def keys(self) -> Path:
        """Keys created by ``make up``, readable by the owner only."""
        return self.root / "keys.env"

    @property
    def named_keys(self) -> Path:
        """Keys made by ``python -m backend.keys`` or on the console: names, roles, hashes; no secret."""
        return self.root / "keys" / "named_keys.json"

    @property
    def named_keys_lock(self) -> Path:
        """Held while the named keys are changed."""
        return self.root / "keys" / "named_keys.lock"

    @property
    def kept_answers(self) -> Path:
        """Answers kept for a day by their Idempotency-Key, and locks of the processes that keep them."""
        return self.root / "idempotency" / "answers.db"

    @property
    def key_uses(self) -> Path:
        """When each named key was last used, as the time of an empty file."""
        return self.root / "keys" / "uses"
