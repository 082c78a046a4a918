/// The tour: a small shop moved from its legacy to its rewrite, with Banyan run as a program.
///
/// [Main] starts one of three things. `legacy` and `candidate` are the two services, each a process
/// of its own; users and products are in the legacy's database, orders in one of each. `demo`
/// starts the server of both databases, both services, Banyan and some traffic, and takes every
/// family from `legacy` to `retired` through the same HTTP API that any user of Banyan has. `demo
/// pair` serves both, each over a copy of the database of its own, to be compared by hand.
@NullMarked
package dev.banyan.demo;

import org.jspecify.annotations.NullMarked;
