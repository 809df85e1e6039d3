// How commands reach the array.
