/// The tee, its budget, the second leg: what may be shadowed, and what it may cost.
@NullMarked
package dev.banyan.shadow;

import org.jspecify.annotations.NullMarked;
