// sedai-check
