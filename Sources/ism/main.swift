// ism
