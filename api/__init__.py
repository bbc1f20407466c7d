"""The doors: HTTP and websockets. Parse, call one service, show the answer."""
