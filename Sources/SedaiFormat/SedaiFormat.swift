// How the array is written down: pages, journal records, labels.
