package dev.banyan.transfer.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A copy that another server keeps of a database by reading its log.
///
/// @param name as people know it
/// @param behind null where it does not replicate at this moment, or does not know how far it is
public record Replica(String name, @Nullable Duration behind) {}
