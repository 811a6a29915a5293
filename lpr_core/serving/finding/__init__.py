"""Finding plates with ONNX Runtime: bundle, export, evaluation."""
