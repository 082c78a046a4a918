/// Checks of the tour's own judgement: what it calls found, what it calls wrong, what it leaves.
@NullMarked
package dev.banyan.demo.tour;

import org.jspecify.annotations.NullMarked;
