/// The web console: the families as rows, live, with buttons that promote and roll back.
@NullMarked
package dev.banyan.console;

import org.jspecify.annotations.NullMarked;
