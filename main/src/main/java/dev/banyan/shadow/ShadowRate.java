package dev.banyan.shadow;

/// How much of one family's comparable traffic is sampled.
///
/// @param configured from 0 to 1
/// @param effective what of that is kept up at this moment; less while the event loops are late
/// @param shed requests that were not sampled for that reason alone, since the start
public record ShadowRate(double configured, double effective, long shed) {}
