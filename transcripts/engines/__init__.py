"""Speech recognisers, each behind the same small interface."""
