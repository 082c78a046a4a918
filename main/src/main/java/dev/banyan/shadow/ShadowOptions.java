package dev.banyan.shadow;

import java.time.Duration;

/// What shadowing may cost in all. Over any of these an exchange is not compared, and counted by
/// reason.
///
/// @param memoryBytes what is held for comparison at one time, all exchanges together
/// @param bodyBytes the longest single body that is kept
/// @param concurrency second legs under way at one time
/// @param deadline how long a second leg may take in all
/// @param lag how late the event loops may be before less is sampled; nothing is at ten times that
public record ShadowOptions(
    long memoryBytes, int bodyBytes, int concurrency, Duration deadline, Duration lag) {}
