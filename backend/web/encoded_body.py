"""The bytes of a body as they are meant: unpacked if it is compressed, without a byte order mark."""

import zlib

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from storage.errors import InvalidInput, RequestTooLarge

MARK = b"\xef\xbb\xbf"
"""What some programs begin UTF-8 with; RFC 8259 allows to ignore it."""
GZIP_WITH_HEADER = 16 + zlib.MAX_WBITS
ACCEPTED = "gzip"


def meant(body: bytes, limit_bytes: int) -> bytes:
    """Return what the body of the current request means; no more than ``limit_bytes`` are ever unpacked.

    Raises
    ------
    InvalidInput
        If it is no gzip file, in spite of what is said.
    RequestTooLarge
        If there is more in it.
    werkzeug.exceptions.UnsupportedMediaType
        If it is compressed in another way.
    """
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding == ACCEPTED:
        body = _unpacked(body, limit_bytes)
    elif encoding != "identity":
        raise UnsupportedEncoding
    return body.removeprefix(MARK)


class UnsupportedEncoding(UnsupportedMediaType):
    """A body that is compressed in a way that is not read; the answer says which one is (RFC 9110)."""

    def get_headers(self, *arguments: object) -> list[tuple[str, str]]:
        """Return the headers of the answer."""
        return [("Accept-Encoding", ACCEPTED)]


def _unpacked(body: bytes, limit_bytes: int) -> bytes:
    unpacking = zlib.decompressobj(GZIP_WITH_HEADER)
    try:
        found = unpacking.decompress(body, limit_bytes + 1)
    except zlib.error:
        found = b""
    if len(found) > limit_bytes:
        raise RequestTooLarge(
            f"Unpacked, the request body is larger than {limit_bytes:,} bytes; send fewer rows at a time."
        )
    if not unpacking.eof or unpacking.unused_data:
        raise InvalidInput(
            "The body is no whole gzip file, though Content-Encoding says so; send it again."
        )
    return found
