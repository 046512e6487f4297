"""The table that a version learned from: what its definition says, and what its training counted."""

from backend.contract.data import TableColumn, TableResponse
from storage.domain.feature import Feature
from storage.domain.inputs import FEATURES
from storage.domain.subject import ABOUT, SUBJECT, SUBJECTS, TITLE
from storage.domain.table import TABLE
from storage.domain.target import (
    ACCEPTED_TARGETS,
    DISPLAY,
    NOTE,
    TARGET_NAME,
    TARGET_UNIT,
    USUAL_ANSWERS,
)
from storage.errors import ModelIntegrityError, StateConflict
from storage.models.store import TABLE_PROFILE, ModelStore
from storage.schema.manifest import ModelManifest
from storage.schema.table_profile import ColumnProfile, TableProfile

NOT_COUNTED = (
    "The version that serves was trained by a release that did not count what its table holds. The next "
    "training does."
)


def table_of(store: ModelStore, version: str) -> TableResponse:
    """Describe the table of a version.

    Raises
    ------
    RecordNotFound
        If there is no such version.
    StateConflict
        If the version is damaged; the message names the file.
    """
    try:
        manifest = store.manifest(version)
        profile = _profile(store, manifest)
    except ModelIntegrityError as error:
        raise StateConflict(f"Version {version} is damaged: {error}") from error
    found = {one.name: one for one in profile.inputs} if profile is not None else {}
    return TableResponse(
        title=TITLE,
        about=ABOUT,
        subject=SUBJECT,
        subjects=SUBJECTS,
        model_version=manifest.version,
        trained_at=manifest.trained_at,
        table=manifest.table,
        dataset_sha256=manifest.dataset_sha256,
        time=TABLE.data.time,
        identifier=TABLE.data.identifier,
        target=_target(profile.target if profile is not None else None),
        inputs=[_input(feature, found.get(feature.name)) for feature in FEATURES],
        split=profile.split if profile is not None else None,
        validation_from=manifest.split.validation_from if manifest.split is not None else None,
        test_from=manifest.split.test_from if manifest.split is not None else None,
        doubts=manifest.doubts,
        reason=NOT_COUNTED if profile is None else None,
    )


def _profile(store: ModelStore, manifest: ModelManifest) -> TableProfile | None:
    if TABLE_PROFILE not in manifest.checksums:
        return None
    return TableProfile.from_bytes(store.read(manifest.version, TABLE_PROFILE))


def _target(found: ColumnProfile | None) -> TableColumn:
    return TableColumn(
        name=TARGET_NAME,
        label=DISPLAY.label,
        unit=TARGET_UNIT,
        description=NOTE,
        kind="number",
        may_be_missing=False,
        accepted=list(ACCEPTED_TARGETS),
        typical=list(USUAL_ANSWERS),
        found=found,
    )


def _input(feature: Feature, found: ColumnProfile | None) -> TableColumn:
    is_number = not feature.is_category
    return TableColumn(
        name=feature.name,
        label=feature.label,
        unit=feature.unit,
        description=feature.description,
        kind=feature.kind,
        may_be_missing=feature.missing,
        accepted=[feature.minimum, feature.maximum] if is_number else None,
        typical=[feature.typical.lowest, feature.typical.highest] if is_number else None,
        found=found,
    )
