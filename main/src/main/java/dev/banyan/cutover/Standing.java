package dev.banyan.cutover;

import dev.banyan.migration.FamilyState;
import org.jspecify.annotations.Nullable;

/// All that must outlive the process about where a family stands.
///
/// @param baseline null until a canary was entered for the first time
public record Standing(FamilyState state, @Nullable Baseline baseline) {}
