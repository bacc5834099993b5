"""Words of many languages: their forms, names in several spellings, completion, what a misspelt one may have meant."""
