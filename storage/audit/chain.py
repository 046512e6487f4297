"""The audit's entries and the chain of hashes between them: writing one, and finding what does not fit.

A line is canonical JSON (sorted names, no spaces) of everything but the entry's own hash, with that hash, the
SHA-256 of exactly those bytes, put at its end. Each entry repeats the hash of the one before it, and counts
on from it. What was written is hashed, not what reading makes of it, so any changed byte shows.
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
"""What the first entry has in place of a hash before it."""
LARGEST_FIGURES_BYTES = 32_768
SEAL = re.compile(rb',"hash":"([0-9a-f]{64})"}')
SEAL_BYTES = len(',"hash":""}') + 64


class AuditAct(Record):
    """Who did what: everything about an entry but its place in the chain.

    ``actor`` is a role or a process, never a key; ``subject`` what it was done to (a version, a trigger).
    """

    actor: str = Field(max_length=100)
    action: str = Field(max_length=100)
    subject: str | None = Field(None, max_length=128)
    reason: str | None = Field(None, max_length=LONGEST_REASON)
    figures: dict[str, Any] = Field(default_factory=dict)
    request_id: str | None = Field(None, max_length=128)
    timestamp: AwareDatetime = Field(default_factory=utc_now)


class ChainEnd(Record):
    """Where a chain ends: the sequence and hash of its newest entry."""

    sequence: int = Field(0, ge=0)
    hash: str = NOTHING


class AuditEntry(AuditAct):
    """An act in its place: ``sequence`` counts from 1, ``previous`` is the hash of the entry before."""

    sequence: int = Field(ge=1)
    previous: str
    hash: str

    @property
    def end(self) -> ChainEnd:
        """The end of a chain whose newest entry this is."""
        return ChainEnd(sequence=self.sequence, hash=self.hash)


@dataclass(frozen=True)
class Verification:
    """What became of checking a chain.

    Attributes
    ----------
    entries
        Entries that fit, from the first on.
    problem
        Names the first entry that does not fit, and how; None if the chain holds.
    note
        What a person should know though nothing is wrong.
    end
        The end of the part that fits. Kept elsewhere, it is an anchor: a chain without that entry is not
        the one that was verified.
    """

    entries: int
    problem: str | None
    note: str | None
    end: ChainEnd

    @property
    def holds(self) -> bool:
        """Whether every entry fits, as far as that can be known."""
        return self.problem is None

    @property
    def last_hash(self) -> str:
        """The hash of the last entry that fits."""
        return self.end.hash


def seal(act: AuditAct, end: ChainEnd) -> bytes:
    """Return the line, with its line feed, that puts an act after the end of a chain."""
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
        If it is not as it was written; the message says how.
    """
    found = SEAL.fullmatch(line[-SEAL_BYTES:])
    if found is None:
        raise ValueError("it is not an entry")
    if hashlib.sha256(line[:-SEAL_BYTES] + b"}").hexdigest().encode() != found[1]:
        raise ValueError("its content is not what its hash was made of")
    try:
        return AuditEntry.model_validate_json(line)
    except ValidationError as error:
        raise ValueError("it is not an entry of this release") from error


def check(lines: Iterable[bytes], head: ChainEnd | None) -> Verification:
    """Follow a chain from its first entry and compare its end with the head that was kept.

    Parameters
    ----------
    lines
        The lines of the audit with their line feeds; the last may lack it.
    head
        The end as it was noted beside them; None if that is missing or cannot be read.
    """
    before, end = ChainEnd(), ChainEnd()
    for number, line in enumerate(lines, 1):
        if not line.endswith(b"\n"):
            unfinished = f"Line {number} was never finished, as a kill leaves it."
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
    """Whether an entry is the one after the end of a chain."""
    return entry.sequence == end.sequence + 1 and entry.previous == end.hash


def _misfit(entry: AuditEntry, end: ChainEnd) -> str:
    if entry.sequence == end.sequence + 1:
        return f"entry {entry.sequence} was not made after the entry that is before it now"
    return f"entry {entry.sequence} is where entry {end.sequence + 1} should be"


def _at_the_end(
    before: ChainEnd, end: ChainEnd, head: ChainEnd | None, note: str | None
) -> Verification:
    """Judge the end of a chain that fits, given the end before its last entry."""
    if head == end or (head is None and end.sequence == 0):
        return Verification(end.sequence, None, note, end)
    if head is None:
        return _broken(
            end, "The note of the newest entry is missing: some may be removed at the end."
        )
    if head == before:
        behind = f"Entry {end.sequence} is not noted as the newest yet, as a kill leaves it."
        return Verification(end.sequence, None, " ".join(filter(None, (note, behind))), end)
    if head.sequence > end.sequence:
        return _broken(
            end, f"Entries {end.sequence + 1} to {head.sequence} are missing at the end."
        )
    return _broken(
        end, f"Entry {head.sequence} is noted as the newest, and it is not: something was replaced."
    )


def _broken(end: ChainEnd, problem: str) -> Verification:
    return Verification(end.sequence, problem, None, end)
