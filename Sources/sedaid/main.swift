// sedaid
