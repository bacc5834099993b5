"""The desk's editor of transcripts: a transcript in paragraphs beside its player, corrected where it stands."""
