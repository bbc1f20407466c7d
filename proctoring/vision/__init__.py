"""The eyes: the only room with OpenCV, MediaPipe, LiteRT, ONNX Runtime and PyAV."""
