"""Makes the packages of a release (`make package`); it is in `tests` because it uses the tools of `tests/lint`."""
