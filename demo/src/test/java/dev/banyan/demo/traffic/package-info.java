/// Checks that traffic counts what fails.
@NullMarked
package dev.banyan.demo.traffic;

import org.jspecify.annotations.NullMarked;
