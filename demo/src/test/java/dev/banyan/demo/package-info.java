/// Checks of the demo from outside: its services over real sockets and a real PostgreSQL.
@NullMarked
package dev.banyan.demo;

import org.jspecify.annotations.NullMarked;
