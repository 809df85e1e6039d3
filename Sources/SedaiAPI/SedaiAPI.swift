// What travels between the array and its commands.
