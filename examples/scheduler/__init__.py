"""A scheduler of daily and hourly jobs, and its tests over a virtual month."""
