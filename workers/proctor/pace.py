"""How many frames a second a worker asks for: fewer when it lags, more again when it has not lagged for a while."""

FULL, LEAST = 1.0, 0.5
LAGGING_MS, EASY_MS = 1000.0, 300.0
THINK_EVERY_S, EASY_FOR_S = 5.0, 20.0


class Pace:
    """Fed with the lag; says a new wish only when it changes."""

    def __init__(self) -> None:
        self._fps = FULL
        self._decided_at = self._lagged_at = 0.0

    def wish(self, lag_ms: float, now: float) -> float | None:
        """Return the frames a second to ask for from now on, None when nothing changes; `now` in seconds of any clock that grows."""
        if lag_ms > EASY_MS:
            self._lagged_at = now
        if now - self._decided_at < THINK_EVERY_S:
            return None
        if lag_ms > LAGGING_MS and self._fps > LEAST:
            return self._change(max(LEAST, self._fps / 2), now)
        if now - self._lagged_at >= EASY_FOR_S and self._fps < FULL:
            return self._change(min(FULL, self._fps * 2), now)
        return None

    def _change(self, fps: float, now: float) -> float:
        self._fps, self._decided_at = fps, now
        return fps
