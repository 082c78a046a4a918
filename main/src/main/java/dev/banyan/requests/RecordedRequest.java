package dev.banyan.requests;

import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import org.jspecify.annotations.Nullable;

/// One request of a file, as it is to be sent again.
///
/// Its target begins with a slash; headers that belong to one connection are gone. Its target,
/// headers and body may hold placeholders such as `{{users.id}}`: the field `id` of the last
/// successful answer to a write at a path whose last fixed word is `users`.
///
/// @param place for people: `shop.har: entry 12`, `access.log:40`
/// @param answer what was answered when it was recorded; null where the file does not tell
public record RecordedRequest(String place, Request request, @Nullable Response answer) {}
