"""`make bench`: times and sizes of Inkeeper, compared with programs that do similar work, in one interleaved run."""
