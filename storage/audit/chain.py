"""Audit log entries and the chain of hashes between them: sealing entries and verifying the chain.

A line is canonical JSON (sorted names, no spaces) of everything but the entry's own hash, with that hash, the
SHA-256 of exactly those bytes, appended to it. Each entry repeats the hash of the previous one and continues
its numbering. The bytes as written are hashed, not the parsed values, so any changed byte is detected.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import AwareDatetime, Field, ValidationError

from storage.schema.records import LONGEST_REASON, Record, utc_now

NOTHING = "0" * 64
"""The first entry's value for the previous hash."""
LARGEST_FIGURES_BYTES = 32_768
SEAL = re.compile(rb',"hash":"([0-9a-f]{64})"}')
SEAL_BYTES = len(',"hash":""}') + 64


class AuditAct(Record):
    """Who did what: an entry without its place in the chain.

    ``actor`` is a key's name or role, or a process, never a secret; ``subject`` is what it was done to (a
    version, a trigger).
    """

    actor: str = Field(max_length=100)
    action: str = Field(max_length=100)
    subject: str | None = Field(None, max_length=128)
    reason: str | None = Field(None, max_length=LONGEST_REASON)
    figures: dict[str, Any] = Field(default_factory=dict)
    request_id: str | None = Field(None, max_length=128)
    timestamp: AwareDatetime = Field(default_factory=utc_now)


class ChainEnd(Record):
    """The end of a chain: sequence and hash of its newest entry."""

    sequence: int = Field(0, ge=0)
    hash: str = NOTHING


class AuditEntry(AuditAct):
    """An act with its place: ``sequence`` counts from 1, ``previous`` is the previous entry's hash."""

    sequence: int = Field(ge=1)
    previous: str
    hash: str

    @property
    def end(self) -> ChainEnd:
        """The end of a chain whose newest entry this is."""
        return ChainEnd(sequence=self.sequence, hash=self.hash)


@dataclass(frozen=True)
class Verification:
    """The result of verifying a chain.

    Attributes
    ----------
    entries
        Valid entries, counted from the first.
    problem
        Names the first invalid entry and what is wrong with it; None if the chain is intact.
    note
        Something a person should know although the chain is intact.
    end
        The end of the valid part. Stored elsewhere, it is an anchor: a chain without that entry is not
        the one that was verified.
    """

    entries: int
    problem: str | None
    note: str | None
    end: ChainEnd

    @property
    def holds(self) -> bool:
        """Whether every entry is valid, as far as can be verified."""
        return self.problem is None

    @property
    def last_hash(self) -> str:
        """The hash of the last valid entry."""
        return self.end.hash


def seal(act: AuditAct, end: ChainEnd) -> bytes:
    """Return the line, with its line feed, that appends an act to a chain with this end."""
    content = json.loads(act.model_dump_json()) | {
        "sequence": end.sequence + 1,
        "previous": end.hash,
    }
    figures = json.dumps(content["figures"]).encode()
    if len(figures) > LARGEST_FIGURES_BYTES:
        content["figures"] = {"left_out_bytes": len(figures)}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    sealed = canonical.encode()
    return sealed[:-1] + f',"hash":"{hashlib.sha256(sealed).hexdigest()}"}}\n'.encode()


def unseal(line: bytes) -> AuditEntry:
    """Return the entry that a line (without its line feed) holds.

    Raises
    ------
    ValueError
        If it was changed or damaged; the message says how.
    """
    found = SEAL.fullmatch(line[-SEAL_BYTES:])
    if found is None:
        raise ValueError("it is not an entry")
    if hashlib.sha256(line[:-SEAL_BYTES] + b"}").hexdigest().encode() != found[1]:
        raise ValueError("its content does not match its hash")
    try:
        return AuditEntry.model_validate_json(line)
    except ValidationError as error:
        raise ValueError("its fields are not those of this release") from error


def check(lines: Iterable[bytes], head: ChainEnd | None) -> Verification:
    """Verify a chain from its first entry and compare its end with the recorded head.

    Parameters
    ----------
    lines
        The lines of the audit log with their line feeds; the last may lack one.
    head
        The end as recorded in the head file; None if that is missing or unreadable.
    """
    before, end = ChainEnd(), ChainEnd()
    for number, line in enumerate(lines, 1):
        if not line.endswith(b"\n"):
            unfinished = f"Line {number} is incomplete, as after a kill."
            return _at_the_end(before, end, head, unfinished)
        try:
            entry = unseal(line[:-1])
        except ValueError as error:
            return _broken(
                end, f"Line {number}, where entry {end.sequence + 1} should be: {error}."
            )
        if not follows(entry, end):
            return _broken(end, f"Line {number}: {_misfit(entry, end)}.")
        before, end = end, entry.end
    return _at_the_end(before, end, head, None)


def follows(entry: AuditEntry, end: ChainEnd) -> bool:
    """Whether an entry directly follows the end of a chain."""
    return entry.sequence == end.sequence + 1 and entry.previous == end.hash


def _misfit(entry: AuditEntry, end: ChainEnd) -> str:
    if entry.sequence == end.sequence + 1:
        return f"entry {entry.sequence} does not continue from the entry before it"
    return f"entry {entry.sequence} is where entry {end.sequence + 1} should be"


def _at_the_end(
    before: ChainEnd, end: ChainEnd, head: ChainEnd | None, note: str | None
) -> Verification:
    """Compare the end of a valid chain, and the end before its last entry, with the head."""
    if head == end or (head is None and end.sequence == 0):
        return Verification(end.sequence, None, note, end)
    if head is None:
        return _broken(
            end,
            "The record of the newest entry is missing: entries may have been removed at the end.",
        )
    if head == before:
        behind = f"Entry {end.sequence} is not recorded as the newest yet, as after a kill."
        return Verification(end.sequence, None, " ".join(filter(None, (note, behind))), end)
    if head.sequence > end.sequence:
        return _broken(
            end, f"Entries {end.sequence + 1} to {head.sequence} are missing at the end."
        )
    return _broken(
        end,
        f"Entry {head.sequence} is recorded as the newest but is not the last: entries were replaced.",
    )


def _broken(end: ChainEnd, problem: str) -> Verification:
    return Verification(end.sequence, problem, None, end)
