"""The hands: queues, frames, jobs. The only Redis clients."""
