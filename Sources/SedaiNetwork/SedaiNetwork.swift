// Listeners.
