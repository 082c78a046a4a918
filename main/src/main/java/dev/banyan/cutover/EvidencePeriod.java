package dev.banyan.cutover;

/// Which comparisons a decision rests on. Taken ahead of looking at them, so that what begins anew
/// in between shows.
///
/// @param own how often they have begun anew in this process
/// @param shared the period that all processes of a store share, as [Comparisons#period] has it
record EvidencePeriod(long own, long shared) {}
