"""From frames to incidents. Pure but for vision/: fed and asked, never run."""
