// One entry per operation of the array.
