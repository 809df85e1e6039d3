// sedai
