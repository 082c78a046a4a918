@NullMarked
package dev.banyan.tidy;

import org.jspecify.annotations.NullMarked;
