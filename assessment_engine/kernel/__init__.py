"""What everything else stands on: errors, ids, the clock, state tables, canonical JSON, signatures."""
