/// Benchmarks. Numbers come from here and are quoted as ratios with their conditions; no test
/// asserts a time.
@NullMarked
package dev.banyan.bench;

import org.jspecify.annotations.NullMarked;
