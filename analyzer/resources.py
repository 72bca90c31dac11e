"""Where the shipped models, schemes and samples lie: inside the installed package, or beside it in a checkout."""

from pathlib import Path

from analyzer.errors import ModelError

_PACKAGE = Path(__file__).resolve().parent
DEFAULT_MODEL = "small"


def resource(*parts: str) -> Path:
    """Return the path of a shipped file or folder, such as `resource("data", "threads")`."""
    installed = _PACKAGE.joinpath(*parts)
    return installed if installed.exists() else _PACKAGE.parent.joinpath(*parts)


def model_folder(name: str) -> Path:
    """Return the folder of a shipped model by its name, or of any model by its path; raises ModelError."""
    for folder in (resource("models", name), Path(name)):
        if (folder / "config.json").is_file():
            return folder
    shipped = ", ".join(shipped_models())
    raise ModelError(f"no model {name!r}: it is neither a folder with a config.json nor a shipped model ({shipped})")


def shipped_models() -> list[str]:
    """Return the names of the shipped models, sorted."""
    return sorted(path.parent.name for path in resource("models").glob("*/config.json"))
