package dev.banyan.app;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Request;
import dev.banyan.shadow.IdempotencyKeys;
import dev.banyan.shadow.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What is sent because of a client's write: its copies, and the safe requests around them.
final class WriteRequests {
  private static final Set<String> KEYED =
      Set.of(IdempotencyKeys.HEADER.toLowerCase(Locale.ROOT), "banyan-dry-run");

  /// What belongs to a body or to a condition on it.
  private static final Set<String> OF_THE_WRITE =
      Set.of("digest", "repr-digest", "transfer-encoding", "trailer", "expect", "range", "prefer");

  private WriteRequests() {}

  /// A write as it goes to a second service.
  ///
  /// @param key in place of the client's own; null for none
  static Request copy(Request write, @Nullable String key, boolean dryRun) {
    List<Headers.Field> fields = fields(write, name -> !KEYED.contains(name));
    if (key != null) {
      fields.add(new Headers.Field(IdempotencyKeys.HEADER, key));
    }
    if (dryRun) {
      fields.add(new Headers.Field(DryRuns.HEADER, "1"));
    }
    return new Request(write.method(), write.target(), new Headers(fields), write.body());
  }

  /// Asks whether a dry run would be one.
  static Request options(Request write) {
    List<Headers.Field> fields = fields(write, WriteRequests::ofTheClient);
    fields.add(new Headers.Field(DryRuns.HEADER, "1"));
    fields.add(Sample.MARK);
    return new Request("OPTIONS", path(write), new Headers(fields), Body.EMPTY);
  }

  /// Reads what a write was about, for the same client.
  static Request get(Request write, String path) {
    return new Request(
        "GET", path, new Headers(fields(write, WriteRequests::ofTheClient)), Body.EMPTY);
  }

  /// Whether a field says who asks and how. Not what belongs to the write alone, nor any field that
  /// would make another method of the one that is sent, such as `X-HTTP-Method-Override`.
  private static boolean ofTheClient(String name) {
    return !KEYED.contains(name)
        && !OF_THE_WRITE.contains(name)
        && !name.startsWith("content-")
        && !name.startsWith("if-")
        && !name.contains("method");
  }

  static String path(Request request) {
    int mark = request.target().indexOf('?');
    return mark < 0 ? request.target() : request.target().substring(0, mark);
  }

  private static List<Headers.Field> fields(Request request, Predicate<String> kept) {
    List<Headers.Field> fields = new ArrayList<>();
    for (Headers.Field field : request.headers().fields()) {
      if (kept.test(field.name().toLowerCase(Locale.ROOT))) {
        fields.add(field);
      }
    }
    return fields;
  }
}
