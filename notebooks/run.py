"""Run the notebooks anew, all or those named, and keep their outputs, or only see that they run.

python notebooks/run.py [--check] [NAME.ipynb …]
"""

import argparse
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent


def main() -> None:
    """Run each notebook in its folder, without noting the times; an error in a cell ends the run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=sorted(path.name for path in FOLDER.glob("*.ipynb")))
    parser.add_argument("--check", action="store_true", help="leave the files as they are")
    options = parser.parse_args()
    for name in options.names:
        notebook = nbformat.read(FOLDER / name, as_version=4)
        NotebookClient(notebook, record_timing=False, resources={"metadata": {"path": str(FOLDER)}}).execute()
        if not options.check:
            notebook.metadata["language_info"] = {"name": "python"}  # not the version of whoever ran it
            nbformat.write(notebook, FOLDER / name)


if __name__ == "__main__":
    main()
