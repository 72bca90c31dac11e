"""The bytes of a file as it is stored -> the bytes of its text. What wraps them is known by their first bytes.

A table of Parquet becomes JSON Lines, so that the readers of rows read it as well.
"""

import gzip
import io
import json
import zlib
from typing import Any

from analyzer.errors import ReadError
from analyzer.formats.limits import check_size

_CHUNK = 1 << 20
_WINDOW = 1 << 27  # bytes; what zstd itself takes unless it is told to trust the file
_ROWS = 1000
_REFUSED = {
    b"PK\x03\x04": "a zip archive",
    b"BZh": "compressed by bzip2",
    b"\xfd7zXZ\0": "compressed by xz",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"%PDF": "a PDF document",
}


def unpack(data: bytes, name: str) -> bytes:
    """Return the bytes of the text in gzip, zstd or Parquet, and other bytes as they are.

    Raises ReadError for damage, for more than `limits.LARGEST` bytes, and for a container that must be unpacked first.
    """
    if data.startswith(b"\x1f\x8b"):
        return _gunzip(data, name)
    if data.startswith(b"\x28\xb5\x2f\xfd"):
        return _unzstd(data, name)
    if data.startswith(b"PAR1"):
        return _parquet_rows(data, name)
    for mark, what in _REFUSED.items():
        if data.startswith(mark):
            raise ReadError(f"{name} is {what}; unpack it and give the text file in it")
    return data


def _gunzip(data: bytes, name: str) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            return _read_limited(file, name)
    except (OSError, EOFError, zlib.error) as error:
        raise ReadError(f"{name}: damaged gzip data ({error})") from error


def _unzstd(data: bytes, name: str) -> bytes:
    import zstandard

    try:
        with zstandard.ZstdDecompressor(max_window_size=_WINDOW).stream_reader(data, read_across_frames=True) as file:
            return _read_limited(file, name)
    except zstandard.ZstdError as error:
        raise ReadError(f"{name}: damaged zstd data ({error})") from error


def _read_limited(file: Any, name: str) -> bytes:
    unpacked = bytearray()
    while chunk := file.read(_CHUNK):
        unpacked += chunk
        check_size(len(unpacked), f"{name}, unpacked,")
    return bytes(unpacked)


def _parquet_rows(data: bytes, name: str) -> bytes:
    """Return a line of JSON for each row, nested columns left out."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise ReadError(f"{name}: Parquet needs one more package: pip install 'analyzer[parquet]'") from error

    lines = bytearray()
    try:
        schema = pq.read_schema(io.BytesIO(data))
        columns = [field.name for field in schema if not pa.types.is_nested(field.type)]
        # A dictionary holds a repeated text once; its size is looked up before the rows are spelt out.
        file = pq.ParquetFile(io.BytesIO(data), read_dictionary=columns)
        check_size(sum(file.metadata.row_group(i).total_byte_size for i in range(file.num_row_groups)), name)
        for batch in file.iter_batches(batch_size=_ROWS, columns=columns):
            check_size(len(lines) + sum(map(_spelt_out, batch.columns)), f"{name}, unpacked,")
            values = [_plain_values(column) for column in batch.columns]
            for row in zip(*values, strict=True):
                record = dict(zip(batch.schema.names, row, strict=True))
                lines += json.dumps(record, ensure_ascii=False, default=_as_text).encode("utf-8", "replace") + b"\n"
            check_size(len(lines), f"{name}, unpacked,")
    except (pa.ArrowException, OSError, ValueError) as error:
        raise ReadError(f"{name}: damaged Parquet data ({error})") from error
    return bytes(lines)


def _spelt_out(column: Any) -> int:
    """Return the bytes of a column's texts, each counted as often as it stands in a row."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_dictionary(column.type):
        return 0
    return pc.sum(pc.binary_length(column.dictionary).take(column.indices)).as_py() or 0


def _plain_values(column: Any) -> list[Any]:
    import pyarrow as pa

    if pa.types.is_timestamp(column.type):  # Python's own times have no nanoseconds
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    values: list[Any] = column.to_pylist()
    return values


def _as_text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
