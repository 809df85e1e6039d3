// The NBD protocol as a state machine.
