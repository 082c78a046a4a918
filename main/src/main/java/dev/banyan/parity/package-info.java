/// Comparing two answers, and counting what differs by endpoint and field.
@NullMarked
package dev.banyan.parity;

import org.jspecify.annotations.NullMarked;
