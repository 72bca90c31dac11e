"""The small transformer. Importing it keeps ONNX Runtime, which from 1.29 reports to its maker by default, silent."""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read when onnxruntime is loaded, so it stands before every import of it
