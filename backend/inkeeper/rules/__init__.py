"""What credits do. Pure: no Flask, no Peewee, no clock, no I/O."""
