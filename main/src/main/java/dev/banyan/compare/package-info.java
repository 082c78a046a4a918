/// Comparing two running systems with recorded requests and no gateway.
///
/// A [ComparisonReport] is what came of it.
@NullMarked
package dev.banyan.compare;

import org.jspecify.annotations.NullMarked;
