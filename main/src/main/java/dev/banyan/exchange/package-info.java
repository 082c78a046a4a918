/// One request and what each side answered, as immutable values: raw bytes, headers in order,
/// timings.
///
/// An [Exchange] has a [Request] and two [Leg]s. Comparing them gives a [Verdict], whose
/// [Difference]s name the places where the answers differ. Bodies may be borrowed from the
/// network's buffers; see [Body] for who gives them back.
@NullMarked
package dev.banyan.exchange;

import org.jspecify.annotations.NullMarked;
