"""A corrected text taken back into the present revision: ids and the times of unchanged words stay."""
