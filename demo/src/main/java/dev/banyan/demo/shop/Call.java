package dev.banyan.demo.shop;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One request, as it stood on the wire.
///
/// @param path the raw path, percent signs and all
/// @param query the decoded query, the first value of each name
/// @param ifNoneMatch the header of that name
/// @param body the body as text, empty where there is none
public record Call(
    String method,
    String path,
    Map<String, String> query,
    @Nullable String ifNoneMatch,
    String body) {
  public Call {
    query = Map.copyOf(query);
  }
}
