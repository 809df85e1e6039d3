// What the array is made of: kinds, states, names, rules and messages.
