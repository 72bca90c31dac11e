"""Every error this package raises on purpose.

    AnalyzerError
    ├── ReadError            a file cannot be read as a comment thread
    │   ├── UnknownFormatError   no reader recognises it, or the named format does not exist
    │   └── NoCommentsError      it is readable, but holds no reader comments
    ├── SchemeError          a stance scheme is malformed
    ├── ModelError           a model folder is missing, damaged or does not fit
    ├── DataError            labelled rows cannot be used for training or scoring
    ├── SettingsError        a file of thresholds is malformed
    └── ReviewError          the review store cannot do what was asked
        ├── RefusedError         the person may not do this
        ├── ConflictError        somebody else was faster, or it is done already
        ├── MissingError         the store holds no such thing
        └── TooManyError         too many attempts to sign in

A message says where (file, line or comment id), what was found and what would work.
"""


class AnalyzerError(Exception):
    """Something the user can mend; its message is one line."""


class ReadError(AnalyzerError):
    """A file cannot be read as a comment thread."""


class UnknownFormatError(ReadError):
    """No reader recognises the file, or the named format does not exist."""


class NoCommentsError(ReadError):
    """The file is readable, but holds no reader comments."""


class SchemeError(AnalyzerError):
    """A stance scheme is malformed."""


class ModelError(AnalyzerError):
    """A model folder is missing, damaged or does not fit."""


class DataError(AnalyzerError):
    """Labelled rows cannot be used for training or scoring."""


class SettingsError(AnalyzerError):
    """A file of thresholds is malformed."""


class ReviewError(AnalyzerError):
    """The review store cannot do what was asked."""


class RefusedError(ReviewError):
    """The person may not do this."""


class ConflictError(ReviewError):
    """Somebody else was faster, or it is done already."""


class MissingError(ReviewError):
    """The store holds no such thing."""


class TooManyError(ReviewError):
    """Too many attempts to sign in."""
