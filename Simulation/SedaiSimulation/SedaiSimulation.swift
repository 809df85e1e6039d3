// Simulated devices and the reference model.
