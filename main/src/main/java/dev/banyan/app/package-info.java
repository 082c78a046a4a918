/// Wiring and `main`: the only package that sees everything, and the only one with a clock or a
/// sleep.
@NullMarked
package dev.banyan.app;

import org.jspecify.annotations.NullMarked;
