"""`make bench`: how fast and how large Inkeeper is, beside programs that do comparable work, in one interleaved run."""
