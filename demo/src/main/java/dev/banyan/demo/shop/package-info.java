/// What both services stand on, and nothing of how either answers.
///
/// A [ShopServer] turns each HTTP request into a [Call], asks its [Shop], and writes the [Answer].
/// [Connections] opens the pool a service uses; [Parent] ends a service whose parent has gone.
/// [ShopDatabase] is the PostgreSQL that has the databases of both, with their seed.
@NullMarked
package dev.banyan.demo.shop;

import org.jspecify.annotations.NullMarked;
